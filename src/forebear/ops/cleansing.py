"""Cleansing: what the steps that made data changed about its quality."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from forebear.analysis.verdict import called, counted, listed
from forebear.core.entities import Node
from forebear.core.errors import InvalidInput
from forebear.core.ports import Store
from forebear.core.quality import CheckResult
from forebear.ops.cleansing_case import CleansingCase, Leg
from forebear.ops.cuts import Cut
from forebear.ops.quality_suites import Suite, in_force, read_suite
from forebear.ops.resolve import moment, resolve_one
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["CleansingRequest", "CleansingResponse", "CleansingStep", "Effect", "cleansing"]

Word = Literal["fixed", "better", "same", "worse", "broken", "not known"]


class Effect(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One check before and after."""

    id: str
    word: Word
    before: str
    """What it said of what went in: its message, or that it is not known."""
    after: str
    offending_before: int | None = None
    offending_after: int | None = None
    by: list[int] = []
    """The operations that did it, by their places in the step, where that was seen."""


class CleansingStep(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version that went into the next, compared with what was made of it."""

    artifact: str
    title: str
    rows: int | None
    into: str
    """The artifact that was made of it."""
    into_title: str
    into_rows: int | None
    effects: list[Effect]
    operations: list[Cut] = []
    """What was done between: what changed the number of rows, and what did the effects."""
    why_not: str = ""
    """Why nothing is known of it."""


class CleansingResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was cleansed on the way to data."""

    verdict: str
    title: str
    artifact: str
    rows: int | None
    stages: list[CleansingStep]
    """From the farthest version to what was asked about."""
    gaps: list[str] = []


class CleansingRequest(Request[CleansingResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask what the steps that made data changed about its quality."""

    target: Target
    suite: str | None = None
    """The suite as TOML, by which all are judged; without it the one in force."""
    as_of: str | None = None


@operation(name="quality-cleansing", permission="read")
def cleansing(context: Context, request: CleansingRequest) -> CleansingResponse:
    """Compare data with the versions it was made of, step by step, by one suite of checks.

    Raises:
        InvalidInput: there is no suite, or it was made of nothing that is recorded.
    """
    store = context.store
    seq = moment(store, request.as_of)
    node = resolve_one(store, request.target, seq)
    case = CleansingCase(store, node, _suite(store, node, request, seq), seq)
    legs = case.legs()
    if not legs:
        raise InvalidInput(
            f"{called(node)} was made of nothing that is recorded.",
            hint="`forebear trace` shows where it comes from.",
        )
    stages = [_stage(case, leg) for leg in legs]
    told = dict.fromkeys(
        f"{one.title} is not known: {one.why_not}" for one in stages if one.why_not
    )
    why_not = case.results(node.id).why_not
    gaps = [f"what {called(node)} is like is not known: {why_not}"] if why_not else []
    gaps += [*told, *case.gaps]
    return CleansingResponse(
        verdict=_verdict(node, stages),
        title=called(node),
        artifact=node.id,
        rows=case.rows(node.id),
        stages=stages,
        gaps=gaps,
    )


def _stage(case: CleansingCase, leg: Leg) -> CleansingStep:
    before, after = case.results(leg.source), case.results(leg.target)
    known = not (before.why_not or after.why_not)
    effects = [
        _effect(name, before.found.get(name), after.found.get(name))
        for name in (case.compared(leg) if known else [])
    ]
    operations, done_by = case.operations(
        leg, [one.id for one in effects if one.word not in ("same", "not known")]
    )
    return CleansingStep(
        artifact=leg.source,
        title=case.title(leg.source),
        rows=case.rows(leg.source),
        into=leg.target,
        into_title=case.title(leg.target),
        into_rows=case.rows(leg.target),
        effects=[replace(one, by=done_by.get(one.id, [])) for one in effects],
        operations=operations,
        why_not=before.why_not,
    )


def _suite(store: Store, node: Node, request: CleansingRequest, seq: int | None) -> Suite:
    if request.suite is not None:
        return read_suite(request.suite, "the suite")
    for row in store.versions_of([node.id], seq).get(node.id, []):
        suite = in_force(store, row.name, seq) if row.kind == "data" else None
        if suite is not None:
            return suite
    raise InvalidInput(
        f"There are no checks for {called(node)}.",
        hint=f"`forebear quality suggest {request.target.ref} -o quality/NAME.toml` makes some.",
    )


def _effect(id: str, before: CheckResult | None, after: CheckResult | None) -> Effect:
    return Effect(
        id=id,
        word=_word(before, after),
        before=before.message if before else "not recorded",
        after=after.message if after else "not recorded",
        offending_before=before.offending if before else None,
        offending_after=after.offending if after else None,
    )


def _word(before: CheckResult | None, after: CheckResult | None) -> Word:
    judged = ("passed", "failed")
    if before is None or after is None or not {before.status, after.status} <= set(judged):
        return "not known"
    if before.status != after.status:
        return "fixed" if after.status == "passed" else "broken"
    was, now = before.offending or 0, after.offending or 0
    return "same" if was == now else "better" if now < was else "worse"


def _verdict(node: Node, stages: list[CleansingStep]) -> str:
    title = called(node)
    last = [one for one in stages if one.into == node.id]
    if not any(one.effects for one in stages):
        return f"What was cleansed on the way to {title} is not known."
    of = listed([one.title for one in last if one.effects]) or "what it was made of"
    better, worse = (_count(last, words) for words in (_BETTER, _WORSE))
    told = f"{title} is better than {of} in {counted(better, 'check')}"
    told += f" and worse in {worse}." if worse else " and worse in none."
    if len(stages) == len(last):
        return told
    gained = dict.fromkeys(one.into_title for one in stages if _count([one], _BETTER))
    lost = dict.fromkeys(one.into_title for one in stages if _count([one], _WORSE))
    on_the_way = f"It got better with {listed([*gained])}" if gained else "It got better nowhere"
    return f"{told} {on_the_way}, and worse {f'with {listed([*lost])}' if lost else 'nowhere'}."


_BETTER: Final = ("fixed", "better")
_WORSE: Final = ("broken", "worse")


def _count(stages: list[CleansingStep], words: tuple[str, ...]) -> int:
    return sum(1 for one in stages for effect in one.effects if effect.word in words)
