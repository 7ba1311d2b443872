"""Answers in words: one sentence or two that a newcomer understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from forebear.core.digest import is_digest, short
from forebear.core.entities import Edge, Node

__all__ = [
    "CONTEXT",
    "called",
    "comes_from",
    "counted",
    "impact_verdict",
    "listed",
    "maker",
    "path_verdict",
    "sources",
    "trace_verdict",
    "verb",
]

CONTEXT: Final = frozenset({"code", "environment", "diff"})
"""Roles of what surrounds a run rather than flows through it."""

_VERBS: Final = {
    "consume": "used",
    "evaluate": "evaluated",
    "export": "written",
    "ingest": "read",
    "predict": "predicted",
    "score": "computed",
    "serve": "served",
    "split": "split",
    "train": "trained",
    "write": "written",
}
_RELATIONS: Final = {
    "adapter": "an adapter of",
    "copy": "copied from",
    "distil": "distilled from",
    "export": "saved from",
    "finetune": "fine-tuned from",
    "merge": "merged from",
    "prune": "pruned from",
    "quantize": "quantised from",
    "subset": "a part of",
}


def called(node: Node) -> str:
    """Return what people call a node: a version, a label, or the start of its digest.

    >>> called(Node(id="x", type="artifact", kind="model", name="churn", version=3))
    'churn:3'
    """
    if node.name and node.version is not None:
        return f"{node.name}:{node.version}"
    plain = node.label or node.name
    if plain:
        return plain
    digest = node.digest or node.id
    return short(digest) if is_digest(digest) else f"{node.kind} {node.id[:13]}"


def verb(kind: str, *, stored: bool = False) -> str:
    """Return what a run of this kind did to what it generated: trained, split, written.

    `stored` tells that this is a file.
    """
    return _VERBS.get(kind, "written" if stored and kind == "transform" else "made")


def comes_from(relation: str | None) -> str:
    """Return how a derived thing stands to what it comes from.

    >>> comes_from("finetune")
    'fine-tuned from'
    """
    return _RELATIONS.get(relation or "", f"derived ({relation}) from" if relation else "from")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "model"), counted(2, "model")
    ('1 model', '2 models')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def listed(names: Iterable[str], most: int = 4) -> str:
    """Return names as a sentence has them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    distinct = list(dict.fromkeys(names))
    if len(distinct) > most:
        distinct = [*distinct[: most - 1], f"{len(distinct) - most + 1} more"]
    return " and ".join(filter(None, [", ".join(distinct[:-1]), *distinct[-1:]]))


def maker(root: str, nodes: Mapping[str, Node], edges: Iterable[Edge]) -> Node | None:
    """Return the run that made `root`, or made what `root` was saved from.

    A step says more than the script around it, so it comes first.
    """
    arriving: dict[str, list[Edge]] = {}
    for edge in edges:
        arriving.setdefault(edge.target, []).append(edge)
    pending, seen = [root], {root}
    fallback: Node | None = None
    while pending:
        found = arriving.get(pending.pop(0), [])
        for edge in found:
            run = nodes.get(edge.source)
            if edge.type == "generated" and run is not None:
                if run.parent or run.kind == "train":
                    return run
                fallback = fallback or run
            elif edge.relation in {"export", "copy", "subset"} and edge.source not in seen:
                seen.add(edge.source)
                pending.append(edge.source)
    return fallback


def sources(roots: Sequence[str], nodes: Mapping[str, Node], edges: Iterable[Edge]) -> list[Node]:
    """Return where the flow begins: nodes that nothing leads to, without code and environment.

    A run that made stored data out of nothing recorded is named by that data, which people know.
    """
    flow = [edge for edge in edges if edge.role not in CONTEXT]
    reached = {edge.target for edge in flow}
    made: dict[str, list[Node]] = {}
    for edge in flow:
        made.setdefault(edge.source, []).append(nodes[edge.target])
    begins: dict[str, Node] = {}
    for node in nodes.values():
        if node.id not in made or node.id in reached or node.id in roots:
            continue
        stored = [one for one in made[node.id] if not one.in_memory and one.id not in roots]
        begins.update(
            {one.id: one for one in (stored if node.type == "run" else ())} or {node.id: node}
        )
    return list(begins.values())


def trace_verdict(
    root: Node,
    *,
    title: str,
    by: Node | None,
    script: str | None,
    begins: Sequence[Node],
    edges: Sequence[Edge],
    gaps: int,
    omitted: int,
    least: str | None = None,
    reproduced: str | None = None,
) -> str:
    """Say where a thing came from and how well that is known."""
    cut = omitted > 0
    sentences = [_origin(root, title, by=by, script=script, begins=begins, least=least, cut=cut)]
    weak = [edge for edge in edges if edge.evidence in {"declared", "inferred"}]
    if weak:
        sentences.append(
            f"{len(weak)} of {counted(len(edges), 'link')} on the way "
            f"{'is' if len(weak) == 1 else 'are'} only {listed(e.evidence for e in weak)}."
        )
    elif edges:
        sentences.append("Every link on the way was observed.")
    if gaps:
        sentences.append(f"{counted(gaps, 'thing')} {'was' if gaps == 1 else 'were'} not seen.")
    if omitted:
        sentences.append(f"At least {counted(omitted, 'more node')} left out of this answer.")
    if reproduced:
        tried = "Making it again failed" if reproduced == "refuted" else "It was reproduced"
        sentences.append(f"{tried}: {reproduced}.")
    return " ".join(sentences)


def impact_verdict(
    title: str,
    *,
    models: Sequence[str],
    deployments: Sequence[str],
    consumers: Sequence[str],
    omitted: int,
) -> str:
    """Say what a thing reaches."""
    parts = [
        counted(len(names), noun) + (f" ({listed(names, 6)})" if names else "")
        for noun, names in (
            ("model", models),
            ("deployment", deployments),
            ("consumer", consumers),
        )
    ]
    sentence = f"{title} reaches {parts[0]}, {parts[1]} and {parts[2]}."
    if omitted:
        sentence += f" At least {counted(omitted, 'more node')} left out of this answer."
    return sentence


def path_verdict(
    start: str, end: str, *, found: bool, steps: int, backwards: bool, complete: bool
) -> str:
    """Say whether one thing leads to another."""
    if not found:
        said = f"No path leads from {start} to {end}, nor back."
        return said if complete else said[:-1] + ", as far as the search went."
    if steps == 0:
        return f"{start} and {end} are the same thing."
    way = counted(steps, "step")
    if backwards:
        return f"The other way round: {end} leads to {start} in {way}."
    return f"{start} leads to {end} in {way}."


def _origin(
    root: Node,
    title: str,
    *,
    by: Node | None,
    script: str | None,
    begins: Sequence[Node],
    least: str | None,
    cut: bool,
) -> str:
    origins = listed(called(node) for node in begins if by is None or node.id != by.id)
    if root.type == "run":
        return f"{title} used {origins or 'nothing that is recorded'}."
    if by is None and not origins:
        if cut:
            return f"What led to {title} is left out of this answer."
        if least is not None:
            return f"Nothing that is {least} or better leads to {title}."
        return f"Nothing recorded made {title}: its story begins here."
    made = f"{title} comes"
    if by is not None:
        made = f"{title} was {verb(by.kind, stored=not root.in_memory)} by {called(by)}"
        made += f" in {script}" if script and script != called(by) else ""
    return made + (f" from {origins}." if origins else ".")
