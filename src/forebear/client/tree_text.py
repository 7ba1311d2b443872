"""The tree of a trace in lines: from a thing down to what it was made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from forebear.analysis.tree import Twig, grow
from forebear.analysis.verdict import called, comes_from, counted, verb
from forebear.client.formats import duration, hex12, id_of_run, place, settings, shape, size, when
from forebear.client.lines import WIDTH, Line, Span, Style, line, paragraph
from forebear.ops.graph import Graph, GraphNode, RunFacts, as_core

__all__ = ["evidence_style", "tree_lines"]

_DEEPEST = WIDTH // 2
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


class _Writer:
    """Writes twigs: what has one cause goes on below it, several causes make branches."""

    def __init__(self, nodes: Mapping[str, GraphNode], runs: Mapping[str, RunFacts]) -> None:
        self._nodes = nodes
        self._runs = runs

    def lines(self, top: Twig) -> Iterator[Line]:
        """Yield the lines of a twig and of all that hangs from it."""
        pending: list[tuple[Twig, _Place]] = [(top, _Place("", "", None))]
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
                yield from self._one(one, before, lead, inner, told=now == run)
                lead, run, before = inner, now, one
            if branches and len(inner) > _DEEPEST:
                ref = chain[-1].node.id
                yield line(inner, (f"goes on; ask for `forebear trace {ref}`", "dim"))
                continue
            for after, branch in enumerate(reversed(branches)):
                joint, bar = ("├─ ", "│  ") if after else ("└─ ", "   ")
                pending.append((branch, _Place(at.rest + joint, at.rest + bar, run)))

    def _one(
        self, twig: Twig, before: Twig | None, lead: str, inner: str, *, told: bool
    ) -> Iterator[Line]:
        word = twig.evidence
        right: Span | None = (word, evidence_style(word)) if word else None
        if twig.node.type == "run":
            yield from self._run(twig, lead, inner, right, told=told)
            return
        spans: list[str | Span] = [lead]
        if before is not None:
            spans.append(_link(twig) + " ")
        elif twig.roles:
            spans.append((" and ".join(twig.roles) + "  ", "dim"))
        elif twig.edges and twig.edges[0].type == "derived":
            spans.append(comes_from(twig.edges[0].relation) + " ")
        yield line(*spans, *self._artifact(twig), right=right)

    def _artifact(self, twig: Twig) -> Iterator[Span]:
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
        self, twig: Twig, lead: str, inner: str, right: Span | None, *, told: bool
    ) -> Iterator[Line]:
        node = twig.node
        name = called(node)
        by = (
            name
            if name.startswith(("written by ", "values made "))
            else f"{verb(node.kind)} by {name}"
        )
        spans: list[str | Span] = [lead, by]
        if node.where:
            spans.append((f"  {node.where}", "dim"))
        if twig.above:
            spans.append(("  see above", "dim"))
        if twig.more:
            spans.append((f"  and {counted(twig.more, 'more run')} with the same result", "dim"))
        facts = self._runs.get(node.root or node.id)
        about = "" if told or facts is None else _about(facts)
        used = sum(len(s) if isinstance(s, str) else len(s[0]) for s in spans)
        fits = used + len(about) + 2 <= WIDTH - 11
        yield line(*spans, (f"  {about}" if about and fits else "", "dim"), right=right)
        if about and not fits:
            yield line(inner, (about, "dim"))
        params = self._nodes[node.id].params
        if params and not twig.above:
            yield from paragraph(", ".join(settings(params)), indent=inner, style="dim", most=2)


def _link(twig: Twig) -> str:
    edge = twig.edges[0]
    if edge.type == "derived":
        return comes_from(edge.relation)
    return "from"


def _about(run: RunFacts) -> str:
    words = [
        f"run {run.name} {id_of_run(run.id)}",
        when(run.started),
        duration(run.started, run.ended),
    ]
    if run.status != "finished":
        words.append(run.status)
    return f"({', '.join(filter(None, words))})"
