"""Cleansing: what the steps that made data changed about its quality."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Literal

from msgspec import Struct

from forebear.analysis.flowgraph import FlowGraph
from forebear.analysis.verdict import called, counted
from forebear.core.entities import Node
from forebear.core.errors import ForebearError, InvalidInput
from forebear.core.ports import Store
from forebear.core.quality import CHECK, CheckResult
from forebear.engines.checking import scanning
from forebear.ops.cuts import Cut, cuts_of
from forebear.ops.data_files import file_of, name_of
from forebear.ops.kin import table_of
from forebear.ops.profiles import stored_profile
from forebear.ops.quality_run import do_checks, judge_seen
from forebear.ops.quality_seen import seen_of
from forebear.ops.quality_suites import Suite, in_force, read_suite
from forebear.ops.resolve import moment, resolve_one
from forebear.ops.source_code import SourceLines
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.training import flow_into, steps_of

__all__ = ["Before", "CleansingRequest", "CleansingResponse", "Effect", "cleansing"]

Word = Literal["fixed", "better", "same", "worse", "broken", "not known"]


class Effect(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One check before and after."""

    id: str
    word: Word
    before: str
    """What it said of the source: its message, or that it is not known."""
    after: str
    offending_before: int | None = None
    offending_after: int | None = None


class Before(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A source of the data, compared with what was made of it."""

    artifact: str
    title: str
    rows: int | None
    effects: list[Effect]
    why_not: str = ""
    """Why nothing is known of it."""


class CleansingResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was cleansed on the way to data."""

    verdict: str
    title: str
    artifact: str
    rows: int | None
    sources: list[Before]
    operations: list[Cut]
    """What was done on the way, in order, where it was seen."""
    gaps: list[str] = []


class CleansingRequest(Request[CleansingResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask what the steps that made data changed about its quality."""

    target: Target
    suite: str | None = None
    """The suite as TOML, by which both are judged; without it the one in force."""
    as_of: str | None = None


@operation(name="quality-cleansing", permission="read")
def cleansing(context: Context, request: CleansingRequest) -> CleansingResponse:
    """Compare data with its sources by one suite of checks, and tell what was done between.

    Raises:
        InvalidInput: there is no suite, or it was made of nothing that is recorded.
    """
    store = context.store
    seq = moment(store, request.as_of)
    node = resolve_one(store, request.target, seq)
    suite = _suite(store, node, request, seq)
    graph = flow_into(store, [node.id], seq)
    sources = [id for id in graph.roots if id != node.id]
    if not sources:
        raise InvalidInput(
            f"{called(node)} was made of nothing that is recorded.",
            hint="`forebear trace` shows where it comes from.",
        )
    after, why_not = _results(store, node, suite, seq)
    found = [_compared(store, id, suite, after, seq) for id in sources]
    steps = steps_of(store, graph, seq)
    lines = SourceLines(store, seq)
    done = [cut for step in steps.values() for cut in cuts_of(step, lines)]
    gaps = [f"what {called(node)} is like is not known: {why_not}"] if why_not else []
    gaps += [f"{one.title} is not known: {one.why_not}" for one in found if one.why_not]
    return CleansingResponse(
        verdict=_verdict(called(node), found),
        title=called(node),
        artifact=node.id,
        rows=_rows(store, node, graph, seq),
        sources=found,
        operations=done,
        gaps=gaps,
    )


def _rows(store: Store, node: Node, graph: FlowGraph, seq: int | None) -> int | None:
    known = table_of(store, node, seq).rows
    told = (one.n_out for one in graph.into.get(node.id, ()) if one.n_out is not None)
    return known if known is not None else next(told, None)


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


def _results(
    store: Store, node: Node, suite: Suite, seq: int | None
) -> tuple[dict[str, CheckResult], str]:
    """Return what the suite says of data: as it is recorded, else by doing it now."""
    known = {one.row.key: one.value for one in CHECK.latest(store.statements, [node.id], seq=seq)}
    names = {check.name for check in suite.checks}
    if names <= known.keys():
        return {name: known[name] for name in names}, ""
    try:
        with ExitStack() as stack:
            path = stack.enter_context(file_of(store, node))
            scan = stack.enter_context(scanning(path, {}, name=name_of(store, node)))
            done = do_checks(suite.checks, scan, suite.data, missing=lambda _: "not looked into")
    except ForebearError as error:
        profile = stored_profile(store, node.id, seq)
        if profile is None:
            return {}, error.message.rstrip(".")
        done = judge_seen(suite.checks, seen_of(profile), suite.data)
    return {one.check.name: one.result for one in done}, ""


def _compared(
    store: Store, id: str, suite: Suite, after: dict[str, CheckResult], seq: int | None
) -> Before:
    node = store.node(id, seq)
    assert node is not None
    before, why_not = _results(store, node, suite, seq)
    effects = [
        _effect(check.name, before.get(check.name), after.get(check.name))
        for check in suite.checks
        if _about_same(before.get(check.name))
    ]
    return Before(
        artifact=id,
        title=called(node),
        rows=table_of(store, node, seq).rows,
        effects=[] if why_not else effects,
        why_not=why_not,
    )


def _about_same(result: CheckResult | None) -> bool:
    """Tell whether a check can be compared: a column that came later has no before."""
    return result is None or not result.message.startswith("there is no column")


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


def _verdict(title: str, sources: list[Before]) -> str:
    words = [effect.word for one in sources for effect in one.effects]
    if not words:
        return f"What was cleansed on the way to {title} is not known."
    fixed = words.count("fixed") + words.count("better")
    broken = words.count("broken") + words.count("worse")
    of = " and ".join(one.title for one in sources if one.effects)
    told = f"{title} is better than {of} in {counted(fixed, 'check')}"
    return told + (f" and worse in {broken}." if broken else " and worse in none.")
