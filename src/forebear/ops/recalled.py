"""Which open recalls reach a thing: what promotion, deployment and loading ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from forebear.analysis.verdict import listed
from forebear.core.ports import Store
from forebear.core.recalls import RECALL, REMEDY, SEVERITIES, Recall, Remedy, Severity
from forebear.core.statements import Said
from forebear.ops.recall_things import Parts, things_of
from forebear.ops.resolve import moment
from forebear.ops.subjects import subject
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "LetBe",
    "RecallStanding",
    "RecalledRequest",
    "RecalledResponse",
    "let_be",
    "open_recalls",
    "recalled",
    "recalled_op",
]


class RecallStanding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A recall that reaches a thing."""

    id: str
    """Of the recall."""
    about: str
    title: str
    """What was recalled."""
    severity: Severity
    cause: str
    reason: str
    at: datetime
    seq: int
    withdrawn: bool = False
    """The recall is closed, and another version has taken this one's place."""


class LetBe(Struct, frozen=True):
    """A recall that reaches a thing, and what was decided about that."""

    title: str
    """What was recalled."""
    remedy: Said[Remedy]


class RecalledResponse(Struct, frozen=True, kw_only=True):
    """Which recalls reach a thing."""

    title: str
    verdict: str
    recalls: list[RecallStanding]


class RecalledRequest(Request[RecalledResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask whether a thing, or what it was made of, was recalled."""

    target: Target
    as_of: str | None = None


@operation(name="recalled", permission="read", decides=True)
def recalled_op(context: Context, request: RecalledRequest) -> RecalledResponse:
    """Say which recalls reach a thing: it, or something that it was made of, was recalled."""
    store = context.store
    seq = moment(store, request.as_of)
    about = subject(store, request.target, seq)
    found = recalled(store, about.everything, seq)
    if not found:
        verdict = f"No recall reaches {about.title}."
    elif found[0].about in about.everything or found[0].withdrawn:
        verdict = f"{about.title} was recalled: {found[0].reason}"
    else:
        verdict = f"{about.title} was made of {_with_reasons(found)}"
    return RecalledResponse(title=about.title, verdict=verdict, recalls=found)


def _with_reasons(found: Sequence[RecallStanding]) -> str:
    if len(found) == 1:
        return f"{found[0].title}, which was recalled: {found[0].reason}"
    told = listed(f"{one.title} ({one.reason})" for one in found)
    return f"{told}, which were recalled"


def recalled(store: Store, ids: Sequence[str], seq: int | None = None) -> list[RecallStanding]:
    """Return the recalls that reach any of these, the gravest first; none is the common case.

    `ids` are all that a version is (`Subject.everything`: its guises and its names). One walk
    upwards answers for all open recalls. What a recall of a record or a column provably did not
    reach, what was accepted, and what had only to be disclosed and was, is left out. Of a closed
    recall stays what another version has replaced, or what was taken out of use.
    """
    said = RECALL.latest(store.statements, seq=seq)
    if not said:
        return []
    remedies = REMEDY.latest(store.statements, ids, seq=seq)
    settled = {one.row.key for one in remedies if _stays_in_use(one.value)}
    given_up = {one.row.key for one in remedies if one.value.status == "done"} - settled
    opened = [one for one in said if one.value.status == "open" and one.row.key not in settled]
    things = {one.row.key: things_of(store, one, seq) for one in opened}
    every = list(dict.fromkeys(id for some in things.values() for id in some))
    above = {*ids, *store.reached(ids, "up", every, seq=seq)} if every else set(ids)
    found = [
        _standing(one)
        for one in opened
        if (one.row.about in above or not above.isdisjoint(things[one.row.key]))
        and Parts(store, one.value, things[one.row.key], seq).in_model(ids) != "none"
    ]
    found += [
        _standing(one, withdrawn=True)
        for one in said
        if one.value.status == "closed" and one.row.key in given_up
    ]
    return sorted(found, key=lambda one: (-SEVERITIES.index(one.severity), one.at))


def let_be(store: Store, ids: Sequence[str], seq: int | None = None) -> list[LetBe]:
    """Return the recalls that reach any of these, and of which it was decided that it may stay."""
    said = [
        one for one in REMEDY.latest(store.statements, ids, seq=seq) if _stays_in_use(one.value)
    ]
    titles = {
        one.row.key: one.value.title
        for one in (RECALL.latest(store.statements, seq=seq) if said else [])
    }
    last = {one.row.key: one for one in said}
    return [LetBe(title=titles.get(id, id), remedy=one) for id, one in last.items()]


def _stays_in_use(remedy: Remedy) -> bool:
    told = remedy.status == "done" and remedy.verdict in {"disclose", "none"}
    return told or remedy.status == "accepted"


def open_recalls(store: Store, seq: int | None = None) -> list[Said[Recall]]:
    """Return the recalls that are not closed, oldest first."""
    said = RECALL.latest(store.statements, seq=seq)
    return [one for one in said if one.value.status == "open"]


def _standing(said: Said[Recall], *, withdrawn: bool = False) -> RecallStanding:
    return RecallStanding(
        id=said.row.key,
        about=said.row.about,
        title=said.value.title,
        severity=said.value.severity,
        cause=said.value.cause,
        reason=said.value.reason,
        at=said.row.at,
        seq=said.row.seq,
        withdrawn=withdrawn,
    )
