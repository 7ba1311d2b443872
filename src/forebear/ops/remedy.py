"""What becomes of the things that a recall reaches, until nothing is left to do."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from forebear.analysis.verdict import called, counted, listed
from forebear.core import redaction
from forebear.core.entities import Node
from forebear.core.errors import Conflict, InvalidInput, NotFound
from forebear.core.ports import Store
from forebear.core.recalls import RECALL, REMEDY, Recall, Remedy, RemedyStatus
from forebear.core.statements import Said
from forebear.ops.affected import Affected, reach_of
from forebear.ops.deployments import deployments_at
from forebear.ops.kin import same_model
from forebear.ops.recall_things import Parts, things_of
from forebear.ops.recall_view import SETTLED, RecallView, recall_at, view_of
from forebear.ops.resolve import resolve_one
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["CloseRecallRequest", "RemedyRequest", "close_recall", "remedy"]


class RemedyRequest(Request[RecallView], frozen=True, kw_only=True, omit_defaults=True):
    """Say what has become of one thing that a recall reaches."""

    id: str
    target: Target
    """A model, `run:…` of a deployment, or its title in the answer of the recall."""
    status: RemedyStatus
    by_version: Target | None = None
    note: str | None = None


class CloseRecallRequest(Request[RecallView], frozen=True, kw_only=True, omit_defaults=True):
    """Close a recall."""

    id: str
    force: bool = False
    why: str | None = None


@operation(name="recall-remedy", permission="write")
def remedy(context: Context, request: RemedyRequest) -> RecallView:
    """Say what has become of one thing that a recall reaches; what is done must be so.

    Raises:
        NotFound: the recall does not reach it.
        InvalidInput: the recalled thing is in what shall take its place, it is still in use,
            or a reason is missing.
    """
    store = context.store
    said = recall_at(store, request.id)
    reach = reach_of(store, said)
    item = _meant(store, said, request.target, reach.affected)
    note = redaction.text(request.note).value if request.note else None
    replacing = None
    if request.status == "accepted" and not note:
        raise InvalidInput("What is accepted as it is needs a reason.", hint='--note "…"')
    if request.by_version is not None:
        replacing = resolve_one(store, request.by_version)
        _refuse_unless_free(store, said, replacing, request.by_version.ref)
    if request.status == "done":
        _refuse_unless_done(store, item, replaced=replacing is not None, note=note)
    by = replacing.id if replacing is not None else None
    remedied = Remedy(status=request.status, verdict=item.verdict, note=note, by_version=by)
    ids = item.ids if item.kind == "model" else [item.id]
    store.append(
        [REMEDY.say(id, remedied, key=said.row.key, by=context.author, why=note) for id in ids]
    )
    title = called(replacing) if replacing is not None else None
    changed = replace(item, status=request.status, note=note, by_version=title)
    affected = [changed if one is item else one for one in reach.affected]
    return view_of(store, said, reach=replace(reach, affected=affected))


@operation(name="recall-close", permission="write")
def close_recall(context: Context, request: CloseRecallRequest) -> RecallView:
    """Close a recall of which nothing is left to do.

    Raises:
        Conflict: something is left, and it is not forced; or it is closed already.
    """
    store = context.store
    said = recall_at(store, request.id)
    short = said.row.key[:13]
    if said.value.status == "closed":
        raise Conflict(f"The recall {short} of {said.value.title} is closed already.")
    why = redaction.text(request.why).value if request.why else None
    reach = reach_of(store, said)
    left = [one for one in reach.affected if one.status not in SETTLED]
    if left and not request.force:
        raise Conflict(
            f"{counted(len(left), 'thing')} {'is' if len(left) == 1 else 'are'} left to do "
            f"something about: {listed(one.title for one in left)}.",
            hint=f"`forebear recall status {short}` shows them; --force closes it all the same.",
        )
    if left and not why:
        raise InvalidInput("Closing it with something left needs a reason.", hint='--why "…"')
    closed = replace(said.value, status="closed", forced=bool(left), key=_committed(context, said))
    store.append([RECALL.say(said.row.about, closed, key=said.row.key, by=context.author, why=why)])
    return view_of(store, recall_at(store, said.row.key), reach=reach)


def _committed(context: Context, said: Said[Recall]) -> str | None:
    """Return what an event says in place of a record's key."""
    key = said.value.key
    return None if key is None else context.store.identities.commitment(key)


def _meant(
    store: Store, said: Said[Recall], target: Target, affected: Sequence[Affected]
) -> Affected:
    """Return the affected thing that somebody names: by its title, its id, or a ref."""
    found = [one for one in affected if target.ref in {one.title, *one.ids, f"run:{one.id[:13]}"}]
    if not found and target.ref.startswith("run:"):
        start = target.ref.removeprefix("run:")
        found = [one for one in affected if one.id.startswith(start)]
    if not found:
        words = target.ref
        found = [
            one
            for one in affected
            if (one.kind == "consumer" and one.id == f"consumer:{words}")
            or (one.kind == "consumer" and one.title.startswith(f"{words} ("))
        ]
    if not found:
        ids = {node.id for node in same_model(store, resolve_one(store, target))}
        found = [one for one in affected if one.kind == "model" and not ids.isdisjoint(one.ids)]
    if len(found) != 1:
        what = "does not reach" if not found else f"reaches {len(found)} things called"
        raise NotFound(
            f"The recall of {said.value.title} {what} {target.ref}.",
            hint=f"`forebear recall status {said.row.key[:13]}` lists what it reaches.",
        )
    return found[0]


def _refuse_unless_free(store: Store, said: Said[Recall], node: Node, ref: str) -> None:
    """Refuse a replacement that the recalled thing is in as well."""
    by = node.id
    kin = [one.id for one in same_model(store, node)] if node.kind == "model" else [by]
    things = things_of(store, said)
    way = [by] if by in things else store.shortest_path(things, [by])
    way = way or store.shortest_path(things, kin)
    if not way or Parts(store, said.value, things).in_model(kin) == "none":
        return
    names = {id: called(one) for id, one in store.nodes(way).items()}
    raise InvalidInput(
        f"{ref} comes from {said.value.title} too: {' → '.join(names.get(id, id) for id in way)}.",
        hint="Train it without what was recalled, and record that.",
    )


def _refuse_unless_done(store: Store, item: Affected, *, replaced: bool, note: str | None) -> None:
    if item.kind == "consumer" or item.verdict == "disclose":
        if not note:
            raise InvalidInput(
                f"Say how it was disclosed that {item.title} is concerned.",
                hint='--note "mail of 3 May"',
            )
        return
    live = deployments_at(store)
    if item.kind == "deployment":
        if any(one.id == item.id for one in live):
            raise InvalidInput(
                f"{item.title} is still live.", hint=f"`forebear undeploy run:{item.id[:13]}`"
            )
        return
    if item.verdict == "retrain" and not replaced:
        raise InvalidInput(
            f"Say which version takes the place of {item.title}.",
            hint="--by-version churn:8; --accepted with a --note where there is none.",
        )
    where = [f"{one.title} in {one.env}" for one in live if one.model in item.ids]
    if where and item.verdict in {"retrain", "quarantine"}:
        raise InvalidInput(
            f"{item.title} is still live: {listed(where)}.",
            hint=f"`forebear undeploy {item.title}` ends that.",
        )
