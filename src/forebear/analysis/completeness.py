"""What an answer leaves out, said in sentences, and how well the rest is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from forebear.analysis.verdict import called, counted
from forebear.core.entities import Edge, Evidence, EvidenceWord, Node
from forebear.core.ports import GapRow, RunRow

__all__ = ["Completeness", "completeness", "gaps_of"]


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
    sentences = [_unfinished(run) for run in by_id.values() if run.status != "finished"]
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
