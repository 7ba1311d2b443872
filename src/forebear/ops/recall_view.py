"""A recall with all that it reaches, as answers tell it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from forebear.analysis.verdict import counted
from forebear.core.errors import BadRef, NotFound
from forebear.core.ports import Store
from forebear.core.recalls import PACKAGE, RECALL, Cause, Recall, Severity
from forebear.core.statements import Said
from forebear.ops.affected import Affected, Reach, reach_of
from forebear.ops.packages import environments_with
from forebear.ops.recall_things import find_recall

__all__ = ["SETTLED", "RecallView", "recall_at", "view_of"]

SETTLED: Final = frozenset({"done", "accepted", "nothing to do"})


class RecallView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A recall with all that it reaches and what has become of that."""

    id: str
    about: str
    title: str
    verdict: str
    """In words: what it reaches, and what is left to do."""
    severity: Severity
    cause: Cause
    reason: str
    status: str
    by: str | None
    at: datetime
    affected: list[Affected]
    open: int
    """How many of them something is left to do about."""
    omitted: int
    gaps: list[str]
    versions: str | None = None
    key: str | None = None
    column: str | None = None
    closed: datetime | None = None
    closed_why: str | None = None


def recall_at(store: Store, start: str, seq: int | None = None) -> Said[Recall]:
    """Return the recall whose id begins like that.

    Raises:
        NotFound: none does.
        BadRef: several do.
    """
    found = find_recall(store, start.strip(), seq) if start.strip() else []
    if not found:
        hint = "`forebear recall status` lists the recalls."
        raise NotFound(f"No recall begins with '{start}'.", hint=hint)
    if len(found) > 1:
        raise BadRef(
            f"'{start}' may mean {len(found)} recalls: "
            f"{', '.join(one.row.key[:18] for one in found[:5])}.",
            hint="Write more of it.",
        )
    return found[0]


def view_of(
    store: Store, said: Said[Recall], seq: int | None = None, *, reach: Reach | None = None
) -> RecallView:
    """Return a recall with all that it reaches by now, or reached then.

    `reach` is given by who knows it already.
    """
    reach = reach_of(store, said, seq) if reach is None else reach
    history = RECALL.history(store.statements, [said.row.about], key=said.row.key, seq=seq)
    first = history[-1].row
    closed = said.row if said.value.status == "closed" else None
    left = sum(one.status not in SETTLED for one in reach.affected) if closed is None else 0
    gaps = list(reach.gaps)
    if said.row.about.startswith(PACKAGE):
        package = said.row.about.removeprefix(PACKAGE)
        having = environments_with(store, package, said.value.versions or "", seq)
        if not having.ids:
            gaps.append(f"no recorded environment has {said.value.title}")
        if having.unread:
            told = counted(having.unread, "environment")
            gaps.append(f"the packages of {told} are not kept here")
    return RecallView(
        id=said.row.key,
        about=said.row.about,
        title=said.value.title,
        verdict=_verdict(said, reach.affected, left, reach.omitted),
        severity=said.value.severity,
        cause=said.value.cause,
        reason=said.value.reason,
        status=said.value.status,
        by=first.by,
        at=first.at,
        affected=reach.affected,
        open=left,
        omitted=reach.omitted,
        gaps=gaps,
        versions=said.value.versions,
        key=said.value.key,
        column=said.value.column,
        closed=closed.at if closed else None,
        closed_why=closed.why if closed else None,
    )


def _verdict(said: Said[Recall], affected: Sequence[Affected], left: int, omitted: int) -> str:
    counts = {
        kind: sum(one.kind == kind and one.verdict != "none" for one in affected)
        for kind in ("model", "deployment", "consumer")
    }
    title, short = said.value.title, said.row.key[:13]
    begin = f"The recall {short} of {title} reaches "
    parts = [counted(number, kind) for kind, number in counts.items()]
    sentence = f"{begin}{parts[0]}, {parts[1]} and {parts[2]}."
    spared = sum(one.verdict == "none" for one in affected)
    if spared:
        sentence += f" {counted(spared, 'thing')} below it {'is' if spared == 1 else 'are'} spared."
    if omitted:
        sentence += f" {counted(omitted, 'model')} without a name {'is' if omitted == 1 else 'are'}"
        sentence += " not listed."
    if said.value.status == "closed":
        return sentence + (" It was closed with things left." if said.value.forced else " Closed.")
    return sentence + (
        f" {counted(left, 'thing')} {'is' if left == 1 else 'are'} still to be dealt with."
        if left
        else " Nothing is left to do."
    )
