"""The tree of a trace in lines: from a thing down to what it was made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from forebear.analysis.tree import Twig, grow
from forebear.analysis.verdict import called, comes_from, counted, verb
from forebear.client.formats import duration, hex12, id_of_run, place, settings, shape, size, when
from forebear.client.lines import WIDTH, Line, Span, Style, line, line_width, paragraph
from forebear.core.entities import Node
from forebear.ops.graph import Graph, GraphNode, RunFacts, as_core

__all__ = ["evidence_style", "tree_lines"]

_DEEPEST = WIDTH // 2
_EDGE = len("  observed")
_EVIDENCE: dict[str, Style] = {
    "verified": "good",
    "observed": "dim",
    "declared": "weak",
    "inferred": "weak",
}


def evidence_style(word: str) -> Style:
    """Return the style in which a grade of evidence is written."""
    return _EVIDENCE.get(word, "dim")


def tree_lines(answer: Graph, runs: list[RunFacts]) -> list[Line]:
    """Return the tree of an answer that was walked up, from its roots to where it begins."""
    nodes, edges = as_core(answer)
    feeding = {edge.source for edge in edges}
    ends = [root for root in answer.roots if root not in feeding] or answer.roots[:1]
    writer = _Writer({node.id: node for node in answer.nodes}, {run.id: run for run in runs})
    return [one for twig in grow(ends, nodes, edges, "up") for one in writer.lines(twig)]


class _Place(Struct, frozen=True):
    """Where a twig is printed: the prefix of its first line, of the others, and the run told."""

    lead: str
    rest: str
    run: str | None
    above: Twig | None


class _Writer:
    """Writes twigs: what has one cause goes on below it, several causes make branches."""

    def __init__(self, nodes: Mapping[str, GraphNode], runs: Mapping[str, RunFacts]) -> None:
        self._nodes = nodes
        self._runs = runs

    def lines(self, top: Twig) -> Iterator[Line]:
        """Yield the lines of a twig and of all that hangs from it."""
        pending: list[tuple[Twig, _Place]] = [(top, _Place("", "", None, None))]
        while pending:
            twig, at = pending.pop()
            chain = [twig]
            while len(chain[-1].children) == 1:
                chain += chain[-1].children
            branches = chain[-1].children
            inner = at.rest + ("│  " if branches else "   ")
            lead, run, before = at.lead, at.run, None
            for one in chain:
                now = (one.node.root or one.node.id) if one.node.type == "run" else run
                made = before or at.above
                stored = made is not None and not made.node.in_memory
                if one.node.type == "run":
                    yield from self._run(one, lead, inner, told=now == run, stored=stored)
                else:
                    yield self._artifact(one, lead, alone=before is not None)
                lead, run, before = inner, now, one
            if branches and len(inner) > _DEEPEST:
                ref = chain[-1].node.id
                yield line(inner, (f"goes on; ask for `forebear trace {ref}`", "dim"))
                continue
            for after, branch in enumerate(reversed(branches)):
                joint, bar = ("├─ ", "│  ") if after else ("└─ ", "   ")
                pending.append((branch, _Place(at.rest + joint, at.rest + bar, run, chain[-1])))

    def _artifact(self, twig: Twig, lead: str, *, alone: bool) -> Line:
        derived = next((edge for edge in twig.edges if edge.type == "derived"), None)
        before: str | Span = ""
        if derived is not None:
            before = comes_from(derived.relation) + " "
        elif alone:
            before = "from "
        elif roles := [role for role in twig.roles if role != "input"]:
            before = (" and ".join(roles) + "  ", "dim")
        return line(lead, before, *self._told(twig), right=_evidence(twig))

    def _told(self, twig: Twig) -> Iterator[Span]:
        node = self._nodes[twig.node.id]
        title = called(twig.node)
        yield title, "name"
        for alias in node.aliases:
            yield f" @{alias}", "good"
        at = place(node.location)
        words = [
            at if at != title else "",
            shape(node.rows, node.columns),
            size(node.size) if node.size is not None and not node.in_memory else "",
            "in memory" if node.in_memory and node.kind == "model" else "",
            "" if node.in_memory or hex12(node.digest) in title else hex12(node.digest),
            "see above" if twig.above else "",
            f"and {twig.more:,} more with the same content" if twig.more else "",
        ]
        yield "".join("  " + word for word in words if word), "dim"

    def _run(
        self, twig: Twig, lead: str, inner: str, *, told: bool, stored: bool
    ) -> Iterator[Line]:
        node = self._nodes[twig.node.id]
        spans: list[Span] = [(lead + _by(twig.node, stored=stored), "plain")]
        if node.where:
            spans.append((f"  {node.where}", "dim"))
        if twig.above:
            spans.append(("  see above", "dim"))
        if twig.more:
            spans.append((f"  and {counted(twig.more, 'more run')} with the same result", "dim"))
        facts = self._runs.get(node.root or node.id)
        about = "" if told or facts is None else _about(facts)
        fits = sum(len(text) for text, _ in spans) + len(about) + 2 <= line_width() - _EDGE
        yield line(*spans, (f"  {about}" if about and fits else "", "dim"), right=_evidence(twig))
        if about and not fits:
            yield line(inner, (about, "dim"))
        operations = node.attrs.get("operations")
        words = [", ".join(settings({k: v for k, v in node.params.items() if v is not None}))]
        if isinstance(operations, list) and not _is_told(node.name or "", operations):
            words.insert(0, f"after {_spoken(operations)}")
        said = "; ".join(filter(None, words))
        if said and not twig.above:
            yield from paragraph(said, indent=inner, style="dim", most=3)


def _by(node: Node, *, stored: bool) -> str:
    name = called(node)
    whole = name.startswith(("written by ", "values made "))
    return name if whole else f"{verb(node.kind, stored=stored)} by {name}"


def _is_told(name: str, operations: list[object]) -> bool:
    """Tell whether a step is called by its operations already, be it the first and last of them.

    >>> _is_told("select ×2, gt, …, drop", ["select", "select", "gt", "isna", "drop"])
    True
    """
    first = name.partition(", ")[0].partition(" ×")[0]
    return _spoken(operations) in name or (", …, " in name and first == str(operations[0]))


def _spoken(operations: list[object]) -> str:
    return ", ".join(str(operation) for operation in operations)


def _evidence(twig: Twig) -> Span | None:
    word = twig.evidence
    return (word, evidence_style(word)) if word else None


def _about(run: RunFacts) -> str:
    words = [
        f"run {run.name} {id_of_run(run.id)}",
        when(run.started),
        duration(run.started, run.ended),
    ]
    if run.status != "finished":
        words.append(run.status)
    return f"({', '.join(filter(None, words))})"
