"""`forebear ancestors`, `descendants`, `common` and `diff`: the graph beyond one tree."""

from __future__ import annotations

from collections.abc import Sequence

from forebear.analysis.verdict import called, counted
from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.card_text import change_words
from forebear.client.formats import figure, hex12, id_of_run
from forebear.client.lines import Line, heading, line, paragraph, table
from forebear.core.entities import EvidenceWord, Node
from forebear.ops.closures import (
    ClosureRequest,
    ClosureResponse,
    CommonRequest,
    CommonResponse,
    PathsResponse,
)
from forebear.ops.difference import DiffRequest, DiffResponse
from forebear.ops.graph import GraphNode
from forebear.ops.table import Target

__all__ = ["ancestors", "common_ancestors", "descendants", "diff", "paths_lines"]

_MOST = 40
_HEADS = {
    "step": "Steps",
    "input": "Inputs",
    "parameter": "Parameters",
    "code": "Code",
    "environment": "Environment",
}


@command(ASK)
def ancestors(
    ref: str,
    *,
    kind: list[str] | None = None,
    as_of: str | None = None,
    evidence: EvidenceWord | None = None,
    depth: int | None = None,
    limit: int = 1000,
    common: Common = COMMON,
) -> None:
    """Everything it comes from, as a list with distances.

    Parameters
    ----------
    ref
        What is asked about: a name, a version, an alias, a run, a digest or a file.
    kind
        Only nodes of this kind: data, model, code, environment, file, train, serve… (repeatable)
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    evidence
        Follow only links that are known at least this well.
    depth
        How many links to go.
    limit
        How many nodes to list.
    """
    request = ClosureRequest(
        target=Target(ref=ref),
        direction="up",
        kinds=kind or [],
        as_of=as_of,
        evidence=evidence,
        depth=depth,
        limit=limit,
    )
    _asked(common, request)


@command(ASK)
def descendants(
    ref: str,
    *,
    kind: list[str] | None = None,
    as_of: str | None = None,
    evidence: EvidenceWord | None = None,
    depth: int | None = None,
    limit: int = 1000,
    common: Common = COMMON,
) -> None:
    """Everything that comes of it, as a list with distances.

    Parameters
    ----------
    ref
        What is asked about: a name, a version, an alias, a run, a digest or a file.
    kind
        Only nodes of this kind: data, model, code, environment, file, train, serve… (repeatable)
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    evidence
        Follow only links that are known at least this well.
    depth
        How many links to go.
    limit
        How many nodes to list.
    """
    request = ClosureRequest(
        target=Target(ref=ref),
        direction="down",
        kinds=kind or [],
        as_of=as_of,
        evidence=evidence,
        depth=depth,
        limit=limit,
    )
    _asked(common, request)


@command(ASK, name="common")
def common_ancestors(
    refs: list[str],
    *,
    kind: list[str] | None = None,
    as_of: str | None = None,
    evidence: EvidenceWord | None = None,
    limit: int = 1000,
    common: Common = COMMON,
) -> None:
    """What several things have among their ancestors, the nearest first.

    Parameters
    ----------
    refs
        Two or more things: names, versions, aliases, runs, digests or files.
    kind
        Only nodes of this kind. (repeatable)
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    evidence
        Follow only links that are known at least this well.
    limit
        How many nodes to list.
    """
    request = CommonRequest(
        targets=[Target(ref=ref) for ref in refs],
        kinds=kind or [],
        as_of=as_of,
        evidence=evidence,
        limit=limit,
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(common_lines(answer))


@command(ASK)
def diff(
    left: str,
    right: str,
    *,
    as_of: str | None = None,
    evidence: EvidenceWord | None = None,
    limit: int = 5000,
    common: Common = COMMON,
) -> None:
    """Why do two things differ: inputs, settings, code, environment, where their ancestries part.

    Parameters
    ----------
    left
        A name, a version, an alias, a run, a digest or a file.
    right
        Another one.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    evidence
        Follow only links that are known at least this well.
    limit
        How many ancestors of each to look at.
    """
    request = DiffRequest(
        left=Target(ref=left),
        right=Target(ref=right),
        as_of=as_of,
        evidence=evidence,
        limit=limit,
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(diff_lines(answer))


def closure_lines(answer: ClosureResponse) -> list[Line]:
    """Return a closure: verdict, then one line a node with its distance."""
    lines = [*paragraph(answer.verdict), line(), *_node_rows(answer.nodes)]
    return lines + _left_out(answer.omitted)


def common_lines(answer: CommonResponse) -> list[Line]:
    """Return common ancestors: the nearest, then those behind them."""
    lines = paragraph(answer.verdict)
    nearest = {one.id for one in answer.common if one.nearest}
    for title, near in (("Nearest", True), ("Further back", False)):
        nodes = [node for node in answer.nodes if (node.id in nearest) == near]
        if nodes:
            lines += [*heading(title), *_node_rows(nodes)]
    return lines + _left_out(answer.omitted)


def diff_lines(answer: DiffResponse) -> list[Line]:
    """Return a difference: verdict, figures, then what differs, part by part."""
    lines = paragraph(answer.verdict)
    if answer.metrics:
        rows = [
            (f"{one.key} {one.split or ''}".strip(), _said(one.left), _said(one.right))
            for one in answer.metrics[:_MOST]
        ]
        lines += [*heading("Metrics"), *table(rows)]
    if answer.columns is not None and (words := change_words(answer.columns)):
        lines += [*heading("Columns"), *(line(f"  {one}") for one in words[:_MOST])]
    for part, head in _HEADS.items():
        found = [one for one in answer.differences if one.what == part]
        if found:
            told = [(d.name, d.left or "-", d.right or "-", d.where) for d in found[:_MOST]]
            lines += [*heading(head), *table(told)]
        if len(found) > _MOST:
            lines.append(line((f"  and {len(found) - _MOST} more; --json has all", "dim")))
    counts = (
        f"{counted(answer.shared, 'artifact')} behind both,"
        f" {len(answer.only_left):,} behind the first only,"
        f" {len(answer.only_right):,} behind the second only."
    )
    return [*lines, line(), line((counts, "dim")), *_left_out(answer.omitted)]


def paths_lines(answer: PathsResponse) -> list[Line]:
    """Return ways: verdict, then one paragraph a way."""
    names = {node.id: _called(node) for node in answer.nodes}
    lines = paragraph(answer.verdict)
    for number, way in enumerate(answer.paths, 1):
        lines += [line(), line((f"{number}. {counted(len(way) - 1, 'link')}", "head"))]
        lines += paragraph(" → ".join(names.get(id, id) for id in way), indent="   ")
    return lines + _left_out(answer.omitted)


def _asked(common: Common, request: ClosureRequest) -> None:
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(closure_lines(answer))


def _node_rows(nodes: Sequence[GraphNode]) -> list[Line]:
    return table(
        [
            (
                str(node.depth),
                node.kind,
                _called(node),
                hex12(node.digest) if node.type == "artifact" else id_of_run(node.id),
            )
            for node in nodes
        ]
    )


def _called(node: GraphNode) -> str:
    return called(Node(**{field: getattr(node, field) for field in Node.__struct_fields__}))


def _said(value: float | str | None) -> str:
    return "-" if value is None else figure(value)


def _left_out(omitted: int) -> list[Line]:
    if not omitted:
        return []
    more = f"  and at least {counted(omitted, 'more node')}; --limit and --depth show more"
    return [line(), line((more, "dim"))]
