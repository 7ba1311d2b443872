"""Data with the versions that it was made of, step by step, judged by one suite of checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from forebear.analysis.flowgraph import FlowGraph
from forebear.analysis.verdict import called
from forebear.core.checking import Check
from forebear.core.entities import Node
from forebear.core.errors import ForebearError
from forebear.core.events import StepRecorded
from forebear.core.ports import Store
from forebear.core.quality import CHECK, CheckResult
from forebear.engines.checking import scanning
from forebear.ops.cuts import Cut, all_cuts, changes_rows
from forebear.ops.data_files import file_of, name_of
from forebear.ops.kin import table_of
from forebear.ops.names_above import names_above, renamed
from forebear.ops.profiles import stored_profile
from forebear.ops.quality_run import do_checks, judge_seen
from forebear.ops.quality_seen import seen_of
from forebear.ops.quality_suites import Suite
from forebear.ops.source_code import SourceLines
from forebear.ops.training import columns_in, flow_into, steps_of

__all__ = ["CleansingCase", "Leg", "Results"]

_MOST: Final = 24
"""So many ways from one version to the next are told."""


class Leg(Struct, frozen=True, kw_only=True):
    """From one version to the next that was made of it."""

    source: str
    target: str
    through: list[tuple[str, str]]
    """The steps between, each with what it made, first to last."""
    main: bool
    """Of all that went into the target this holds most of the columns that are judged."""


class Results(Struct, frozen=True, kw_only=True):
    """What the checks of the suite say of one version, by their names in the suite."""

    found: dict[str, CheckResult]
    why_not: str = ""


class CleansingCase:
    """What is known of data and of the versions above it; what is found is remembered."""

    def __init__(self, store: Store, node: Node, suite: Suite, seq: int | None) -> None:
        self._store, self._node, self._suite, self._seq = store, node, suite, seq
        self._graph: FlowGraph = flow_into(store, [node.id], seq)
        self._steps: dict[str, StepRecorded] = steps_of(store, self._graph, seq)
        self._nodes = store.nodes(self._graph.order, seq)
        involved = dict.fromkeys(name for one in suite.checks for name in one.involved())
        self._names = names_above(self._graph, self._steps, node.id, list(involved), computed=False)
        self._lines = SourceLines(store, seq)
        self._results: dict[str, Results] = {}
        self.gaps: list[str] = []

    def title(self, id: str) -> str:
        """Return what people call a version."""
        return called(self._nodes[id])

    def rows(self, id: str) -> int | None:
        """Return how many rows a version has, where that is recorded."""
        known = table_of(self._store, self._nodes[id], self._seq).rows
        told = (one.n_out for one in self._graph.into.get(id, ()) if one.n_out is not None)
        return known if known is not None else next(told, None)

    def legs(self) -> list[Leg]:
        """Return the way to the data version by version, from the farthest on.

        What holds none of the columns that are judged, such as a table that is looked up, is left
        out with all above it; where nothing does, what was used is told all the same.
        """
        found: dict[tuple[str, str], Leg] = {}
        pending, seen = [self._node.id], {self._node.id}
        while pending:
            target = pending.pop(0)
            for leg in self._into(target):
                if len(found) >= _MOST:
                    self.gaps = [f"only the nearest {_MOST} versions above were looked at"]
                    return self._in_order(found.values())
                found[leg.source, target] = leg
                if leg.source not in seen:
                    seen.add(leg.source)
                    pending.append(leg.source)
        return self._in_order(found.values())

    def _in_order(self, legs: Iterable[Leg]) -> list[Leg]:
        place = {id: at for at, id in enumerate(self._graph.order)}
        return sorted(legs, key=lambda leg: (place[leg.target], place[leg.source]))

    def _into(self, target: str) -> list[Leg]:
        """Return the ways from the nearest versions above one that lasted longer than a program."""
        ways: dict[str, list[tuple[str, str]]] = {}
        pending: list[tuple[str, list[tuple[str, str]]]] = [(target, [])]
        seen = {target}
        while pending:
            id, later = pending.pop(0)
            for passage in self._graph.into.get(id, ()):
                through = [(passage.run, id), *later] if passage.run is not None else later
                if passage.source in seen:
                    continue
                seen.add(passage.source)
                if self._nodes[passage.source].in_memory:
                    pending.append((passage.source, through))
                else:
                    ways[passage.source] = through
        held = {id: len(self._judged(id)) for id in ways}
        most = max(held.values(), default=0)
        main = next((id for id in ways if held[id] == most), None)
        return [
            Leg(source=id, target=target, through=through, main=id == main)
            for id, through in ways.items()
            if held[id] or id == main
        ]

    def _judged(self, id: str) -> set[str]:
        """Return the columns of the suite that a version holds, as far as its columns are known."""
        columns = columns_in(self._store, self._nodes[id], self._seq)
        return {name for name, here in self._names.get(id, {}).items() if here in columns}

    # What checks say

    def compared(self, leg: Leg) -> list[str]:
        """Return the names of the checks that mean the same before and after."""
        here = self._names.get(leg.source, {})
        return [
            check.name
            for check in self._suite.checks
            if (check.involved() or leg.main)
            and (check.kind != "schema" or self._has_same_columns(leg))
            and renamed(check, here) is not None
            and not _lacks(self.results(leg.source).found.get(check.name))
        ]

    def _has_same_columns(self, leg: Leg) -> bool:
        one, other = (
            set(columns_in(self._store, self._nodes[id], self._seq))
            for id in (leg.source, leg.target)
        )
        return one == other

    def results(self, id: str) -> Results:
        """Return what the suite says of a version: as it is recorded, else by doing it now."""
        if id not in self._results:
            names = self._names.get(id, {})
            as_here = {
                check.name: replace(here, id=check.name)
                for check in self._suite.checks
                if (here := renamed(check, names)) is not None
            }
            self._results[id] = self._found(self._nodes[id], as_here)
        return self._results[id]

    def _found(self, node: Node, checks: dict[str, Check]) -> Results:
        said = CHECK.latest(self._store.statements, [node.id], seq=self._seq)
        known = {one.row.key: one.value for one in said}
        if all(check.name in known for check in checks.values()):
            return Results(found={name: known[check.name] for name, check in checks.items()})
        store, doing = self._store, list(checks.values())
        try:
            with ExitStack() as stack:
                path = stack.enter_context(file_of(store, node))
                scan = stack.enter_context(scanning(path, {}, name=name_of(store, node)))
                done = do_checks(doing, scan, self._suite.data, missing=lambda _: "not looked into")
        except ForebearError as error:
            profile = stored_profile(store, node.id, self._seq)
            if profile is None:
                return Results(found={}, why_not=error.message.rstrip("."))
            done = judge_seen(doing, seen_of(profile), self._suite.data)
        return Results(found={name: one.result for name, one in zip(checks, done, strict=True)})

    # What was done

    def operations(self, leg: Leg, checks: Sequence[str]) -> tuple[list[Cut], dict[str, list[int]]]:
        """Return what was done between two versions, and by which of it checks say otherwise."""
        told: list[tuple[str, int, Cut]] = []
        for run in dict.fromkeys(run for run, _ in leg.through):
            step = self._steps.get(run)
            done = all_cuts(run, step.operations, self._lines) if step is not None else []
            told += [(run, at, cut) for at, cut in enumerate(done)]
        by = {name: self._done_by(leg, name, told) for name in checks}
        doing = {place for places in by.values() for place in places}
        kept = [at for at, (_, _, cut) in enumerate(told) if at in doing or changes_rows(cut)]
        number = {place: at for at, place in enumerate(kept)}
        return (
            [told[place][2] for place in kept],
            {name: [number[place] for place in places] for name, places in by.items()},
        )

    def _done_by(self, leg: Leg, name: str, told: Sequence[tuple[str, int, Cut]]) -> list[int]:
        """Return the operations that speak of the columns of a check, else those that cut rows."""
        check = next(one for one in self._suite.checks if one.name == name)
        ids = [leg.source, *(made for _, made in leg.through)]
        called_so = {self._names.get(id, {}).get(one) for id in ids for one in check.involved()}
        fed = {(run, at) for run, made in leg.through for at in self._feeding(run, made, check)}
        touching = [
            place
            for place, (run, at, cut) in enumerate(told)
            if (run, at) in fed
            or (changes_rows(cut) and called_so & ({*cut.by} or _words(cut.line)))
        ]
        changed = [place for place, (_, _, cut) in enumerate(told) if changes_rows(cut)]
        return touching or changed

    def _feeding(self, run: str, made: str, check: Check) -> list[int]:
        """Return the operations that the columns of a check passed in a step."""
        step = self._steps.get(run)
        flow = next((one for one in step.flows if one.target == made), None) if step else None
        names = self._names.get(made, {})
        feeds = [flow.columns.get(names.get(one, one)) for one in check.involved()] if flow else []
        return [at for feed in feeds if feed is not None for at in feed.through]


def _words(line: str | None) -> set[str]:
    """Return the words in a line of code, which names the columns that it chooses rows by."""
    return {*re.findall(r"\w+", line or "")}


def _lacks(result: CheckResult | None) -> bool:
    """Tell whether a check can't be compared: a column that came later has no before."""
    return result is not None and result.message.startswith("there is no column")
