"""Drift: between versions of data, and between what a model learned from and what it meets."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from forebear.analysis.column_facts import ColumnFacts, of_inputs, of_profile
from forebear.analysis.drift import ColumnDrift, Drift, DriftWord, compared
from forebear.analysis.verdict import called, counted
from forebear.core.entities import Node
from forebear.core.errors import ForebearError, InvalidInput, Unreadable
from forebear.core.personal import class_of
from forebear.core.ports import Store
from forebear.core.profiles import Profile, seal
from forebear.core.serving import USAGE, Usage
from forebear.engines.profile import profile_path
from forebear.ops.data_files import file_of, same_content
from forebear.ops.profiles import classes_of, stored_profile
from forebear.ops.resolve import moment, resolve, resolve_one
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.training import Learned, columns_in, flow_into, learned

__all__ = ["DriftRequest", "DriftResponse", "drift", "drift_between", "facts_of"]


class DriftResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far one is from the other."""

    verdict: str
    before: str
    """What was compared, in words."""
    now: str
    drift: DriftWord
    """The severest of any column."""
    columns: list[ColumnDrift]
    new: list[str] = []
    vanished: list[str] = []
    rows: tuple[int, int]
    gaps: list[str] = []


class DriftRequest(Request[DriftResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Compare two versions of data, or what a model learned from with what it meets."""

    before: Target
    """Data, or a model: then what it learned from."""
    now: Target | None = None
    """Data."""
    deployment: str | None = None
    """A deployment: what its program counted of its inputs."""
    on: Target | None = None
    """A file, recorded or not."""
    as_of: str | None = None


@operation(name="drift", permission="read")
def drift(context: Context, request: DriftRequest) -> DriftResponse:
    """Say how far data is from what it was: effects first, then whether chance explains them.

    Raises:
        InvalidInput: nothing is said to compare with, or more than one thing.
        Unreadable: of one of them there is no profile, and its content is not at hand.
    """
    store = context.store
    seq = moment(store, request.as_of)
    said = [one for one in (request.now, request.deployment, request.on) if one is not None]
    if len(said) != 1:
        raise InvalidInput(
            "Drift is between two things.",
            hint="Name another version, or --deployment RUN, or --on FILE.",
        )
    gaps: dict[str, None] = {}
    before, title = _before(store, request.before, seq, gaps)
    now, other = _now(store, request, seq)
    served = request.deployment is not None
    if served:
        # What a program counts knows numbers and texts and no finer types.
        now = {name: _typed_as(one, before.get(name)) for name, one in now.items()}
    if served or _is_model(store, request.before, seq):
        # A deployment is given features, and a model needs no more than those.
        shared = before.keys() & now.keys()
        before = {name: one for name, one in before.items() if not shared or name in shared}
        now = {name: one for name, one in now.items() if not shared or name in shared}
    found = compared(before, now)
    if not found.p_values:
        gaps["whether chance explains it is not known: SciPy is not installed"] = None
    return DriftResponse(
        verdict=_verdict(found, title, other),
        before=title,
        now=other,
        drift=found.worst,
        columns=found.columns,
        new=found.new,
        vanished=found.vanished,
        rows=found.rows,
        gaps=list(gaps),
    )


def drift_between(store: Store, before: str, now: str, seq: int | None = None) -> Drift | None:
    """Return how far one artifact is from another by stored profiles alone; None without them."""
    one, other = (stored_profile(store, id, seq) for id in (before, now))
    if one is None or other is None:
        return None
    return compared(of_profile(one), of_profile(other))


def facts_of(store: Store, node: Node, seq: int | None) -> dict[str, ColumnFacts]:
    """Return what is known of the columns of data: by its profile, else by its content.

    Raises:
        Unreadable: there is neither.
    """
    profile = stored_profile(store, node.id, seq)
    if profile is None:
        profile = _made_now(store, node)
    return of_profile(profile)


def _made_now(store: Store, node: Node) -> Profile:
    try:
        with file_of(store, node) as path:
            return _sealed(store, profile_path(str(path)), node.id)
    except Unreadable as error:
        raise Unreadable(
            f"There is no profile of {called(node)}, and none can be made now: {error.message}",
            hint=f"`forebear profile {node.id}` makes one while the content is there.",
        ) from None


def _sealed(store: Store, profile: Profile, artifact: str | None) -> Profile:
    """Return what of a profile made now may be told: nothing that few rows share."""
    said = classes_of(store, artifact) if artifact else {}
    return seal(profile, personal=lambda column: class_of(column, said))


def _is_model(store: Store, target: Target, seq: int | None) -> bool:
    return resolve(store, target, seq).nodes[0].kind == "model"


def _before(
    store: Store, target: Target, seq: int | None, gaps: dict[str, None]
) -> tuple[dict[str, ColumnFacts], str]:
    if not _is_model(store, target, seq):
        node = resolve_one(store, target, seq)
        return facts_of(store, node, seq), called(node)
    model = learned(store, target, seq)
    for id in _learned_from(store, model, seq):
        source = store.node(id, seq)
        if source is None:
            continue
        try:
            facts = facts_of(store, source, seq)
        except ForebearError:
            continue
        if id not in model.train_data():
            gaps[
                f"of exactly what {model.title} learned from there is no profile; compared is"
                f" {called(source)}, from which it was made"
            ] = None
        features = {
            name
            for one in _own(model)
            if (at := store.node(one, seq)) is not None
            for name in columns_in(store, at, seq)
        }
        learned_from = {name: one for name, one in facts.items() if name in features}
        return learned_from or facts, f"what {model.title} learned from ({called(source)})"
    raise Unreadable(
        f"Of what {model.title} learned from, no profile is recorded, and no content is at hand.",
        hint="`forebear profile` keeps one of its training data.",
    )


def _learned_from(store: Store, model: Learned, seq: int | None) -> list[str]:
    """Return what a model learned from, then what that was made of, the nearest first."""
    own = _own(model)
    return [*own, *(id for id in reversed(flow_into(store, own, seq).order) if id not in own)]


def _own(model: Learned) -> list[str]:
    """Return the data that the fit itself was given, the features where they stand apart."""
    return list(dict.fromkeys(model.train_data(slot="X") or model.train_data()))


def _now(
    store: Store, request: DriftRequest, seq: int | None
) -> tuple[dict[str, ColumnFacts], str]:
    if request.now is not None:
        node = resolve_one(store, request.now, seq)
        return facts_of(store, node, seq), called(node)
    if request.on is not None:
        path, digest = request.on.path, request.on.digest
        # Only who has the content can name its digest: a path alone opens nothing.
        if path is not None and digest is not None and same_content(Path(path), digest):
            return of_profile(_sealed(store, profile_path(path), None)), Path(path).name
        node = resolve_one(store, request.on, seq)
        return facts_of(store, node, seq), called(node)
    assert request.deployment is not None
    return _served(store, request.deployment, seq)


def _served(store: Store, ref: str, seq: int | None) -> tuple[dict[str, ColumnFacts], str]:
    said = ref if ref.startswith("run:") else f"run:{ref}"
    found = resolve(store, Target(ref=said), seq)
    assert found.run is not None
    if found.run.kind != "serve":
        raise InvalidInput(
            f"{said} is no deployment but of the kind {found.run.kind}.",
            hint="`forebear deployments` lists them.",
        )
    usage = Usage.sum(one.value for one in USAGE.latest(store.statements, [found.run.id], seq=seq))
    if usage is None or not usage.inputs:
        raise Unreadable(
            f"What {found.run.name} is given was not counted.",
            hint="In its program `look(rows)` of what `fb.serving` returns hands that over.",
        )
    return of_inputs(usage.inputs), f"what {found.run.name} was given in {usage.calls:,} calls"


def _typed_as(one: ColumnFacts, before: ColumnFacts | None) -> ColumnFacts:
    same = before is not None and before.form == one.form
    return replace(one, kind=before.kind) if same and before is not None else one


def _verdict(found: Drift, before: str, now: str) -> str:
    by_word: dict[str, list[str]] = {}
    for one in found.columns:
        by_word.setdefault(one.verdict, []).append(one.column)
    parts = [
        f"{_named(by_word[word])} {'differ' if len(by_word[word]) > 1 else 'differs'} {how}"
        for word, how in (("strong", "strongly"), ("moderate", "moderately"))
        if word in by_word
    ]
    if found.vanished:
        parts.append(f"{_named(found.vanished)} {_are(found.vanished)} gone")
    if found.new:
        parts.append(f"{_named(found.new)} {_are(found.new)} new")
    unsure = by_word.get("unsure", [])
    if unsure:
        parts.append(f"of {_named(unsure)} what is stored can't tell")
    compared = sum(1 for one in found.columns if one.verdict != "not compared")
    if not parts:
        return f"No drift from {before} to {now} in {counted(compared, 'column')}."
    return f"From {before} to {now}: {'; '.join(parts)}."


def _named(columns: list[str]) -> str:
    if len(columns) > 4:
        return f"{', '.join(columns[:3])} and {len(columns) - 3} more columns"
    return " and ".join([", ".join(columns[:-1]), columns[-1]] if columns[1:] else columns)


def _are(columns: list[str]) -> str:
    return "are" if len(columns) > 1 else "is"
