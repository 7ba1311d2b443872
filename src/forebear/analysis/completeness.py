"""What an answer leaves out, said in sentences, and how well the rest is known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct

from forebear.analysis.verdict import called, counted
from forebear.core.entities import Edge, Evidence, EvidenceWord, Node
from forebear.core.events import StepRecorded
from forebear.core.rows import GapRow, RunRow

__all__ = ["Completeness", "Share", "completeness", "figure", "floored", "gaps_of", "shares_of"]


_MAKING: Final = frozenset({"ingest", "transform", "split"})
"""Kinds of steps that make data of data."""


class Completeness(Struct, frozen=True, kw_only=True):
    """How many links of an answer are known how well, and one figure over all of them.

    `figure` is the share of links that were observed or verified, each gap counting as a link
    that was not; 1.0 means that everything was seen.
    """

    verified: int
    observed: int
    declared: int
    inferred: int
    gaps: int
    figure: float


class Share(Struct, frozen=True, kw_only=True):
    """How much of one kind of thing was seen."""

    what: Literal["links", "bytes", "operations", "rows", "columns"]
    seen: int
    whole: int

    @property
    def figure(self) -> float:
        """The share; nothing to see is seen."""
        return self.seen / self.whole if self.whole else 1.0


def shares_of(steps: Iterable[StepRecorded]) -> list[Share]:
    """Return how much was seen of what steps did: operations, and where rows and columns went.

    An operation done many times counts each time. Rows count once for each source of each flow,
    columns once for each flow; a step that made data and tells of no flow has seen nothing.
    """
    counts = {"operations": [0, 0], "rows": [0, 0], "columns": [0, 0]}

    def count(what: str, seen: int, whole: int) -> None:
        counts[what][0] += seen
        counts[what][1] += whole

    for step in steps:
        for one in step.operations:
            count("operations", 0 if one.unknown else one.times, one.times)
        for flow in step.flows:
            known = sum(rows is not None for rows in flow.rows[: len(flow.sources)])
            count("rows", known, len(flow.sources))
            count("columns", int(not flow.unseen), 1)
        if step.kind in _MAKING and not step.flows and step.used:
            made = len(step.generated)
            count("rows", 0, made)
            count("columns", 0, made)
    return [
        Share(what=what, seen=counts[what][0], whole=counts[what][1])
        for what in ("operations", "rows", "columns")
    ]


def figure(shares: Iterable[Share]) -> float:
    """Return one figure for several shares: the smallest, since no gap makes up for another.

    It is rounded down, so that 1.0 means that everything was seen.
    """
    return floored(min((share.figure for share in shares), default=1.0))


def floored(share: float) -> float:
    """Return a share rounded down to a tenth of a percent, as all are told.

    >>> floored(19 / 21), floored(0.99999), floored(0.57)
    (0.904, 0.999, 0.57)
    """
    return math.floor(share * 1000 + 1e-9) / 1000


def completeness(edges: Sequence[Edge], gaps: int) -> Completeness:
    """Count the grades of `edges` beside a number of gaps."""
    grades = dict.fromkeys(("verified", "observed", "declared", "inferred"), 0)
    for edge in edges:
        grades[edge.evidence] += 1
    seen = grades["verified"] + grades["observed"]
    whole = len(edges) + gaps
    return Completeness(**grades, gaps=gaps, figure=round(seen / whole, 3) if whole else 1.0)


def gaps_of(
    *,
    runs: Iterable[RunRow],
    noticed: Iterable[GapRow],
    nodes: Mapping[str, Node],
    edges: Iterable[Edge],
    hidden: int = 0,
    least: EvidenceWord | None = None,
) -> list[str]:
    """Return one sentence for everything that was not seen on the way.

    `runs` are the outermost runs involved, `noticed` the gaps that recording itself noticed,
    `hidden` the number of links that a filter for evidence `least` left out.
    """
    by_id = {run.id: run for run in runs}
    sentences = [_unfinished(run) for run in by_id.values() if _is_open(run)]
    for gap in noticed:
        about = gap.artifact
        if about is not None and about not in nodes:
            continue
        run = by_id.get(gap.run) or by_id.get((n.root or "") if (n := nodes.get(gap.run)) else "")
        sentences.append(_plain(gap.what) + (f" ({_run(run)})" if run else ""))
    for edge in edges:
        if Evidence[edge.evidence] == Evidence.inferred:
            ends = f"{_called(nodes, edge.source)} to {_called(nodes, edge.target)}"
            sentences.append(f"the link from {ends} is inferred, nobody saw it")
    for node in nodes.values():
        if node.attrs.get("by_reference"):
            sentences.append(f"{called(node)} is known by reference only: its content was not read")
        if node.kind == "unknown":
            sentences.append(f"{called(node)} is spoken of, and nothing is recorded of it")
    if hidden:
        sentences.append(f"{counted(hidden, 'link')} weaker than '{least}' left out, as asked")
    return list(dict.fromkeys(sentences))


def _is_open(run: RunRow) -> bool:
    """Tell whether a run has no good end; a deployment that was declared may well go on."""
    declared = run.kind == "serve" and "env" in run.attrs
    return run.status != "finished" and not (declared and run.status == "running")


def _unfinished(run: RunRow) -> str:
    if run.status == "failed":
        return f"{_run(run)} failed" + (f": {_plain(run.error)}" if run.error else "")
    if run.status == "lost":
        return f"{_run(run)} was lost: it ended without saying how"
    return f"{_run(run)} has not ended yet"


def _run(run: RunRow) -> str:
    return f"run {run.name} {run.id[:13]}"


def _plain(sentence: str) -> str:
    return sentence.strip().rstrip(".")


def _called(nodes: Mapping[str, Node], id: str) -> str:
    return called(nodes[id]) if id in nodes else id
