"""A neighbourhood as lines: above, the thing itself, below, and what lies beyond each."""

from __future__ import annotations

from typing import Final

from forebear.analysis.verdict import counted
from forebear.client.formats import hex12, id_of_run, when
from forebear.client.lines import Line, Style, heading, line, paragraph, table
from forebear.client.render import gap_lines
from forebear.ops.column_map import ColumnMapResponse
from forebear.ops.moments import MomentsResponse
from forebear.ops.neighbourhood import Near, NeighbourhoodResponse

__all__ = ["column_map_lines", "moments_lines", "neighbourhood_lines"]

_STYLES: Final[dict[str, Style]] = {"good": "good", "warn": "weak", "bad": "bad"}


def neighbourhood_lines(answer: NeighbourhoodResponse) -> list[Line]:
    """Return the verdict, what lies above and below with its distance, and judgements."""
    beyond = _beyond(answer)
    lines = paragraph(answer.verdict)
    for head, nodes in (
        ("Above", [node for node in answer.nodes if node.depth < 0]),
        ("Asked about", [node for node in answer.nodes if node.depth == 0]),
        ("Below", [node for node in answer.nodes if node.depth > 0]),
    ):
        if nodes:
            lines += [*heading(head), *table([_row(node, beyond) for node in nodes])]
    judged = [(node, badge) for node in answer.nodes for badge in node.badges]
    if judged:
        lines += heading("Judged")
    for node, badge in judged:
        style = _STYLES.get(badge.status, "dim")
        lines.append(line(f"  {node.title}  ", (f"{badge.about}: {badge.words}", style)))
    if answer.full:
        more = "  more was asked for than --limit lets be shown"
        lines += [line(), line((more, "dim"))]
    return lines


def moments_lines(answer: MomentsResponse) -> list[Line]:
    """Return the moments, oldest first, with what was recorded at each."""
    rows = [(when(one.at), f"{one.count:,}", one.words) for one in answer.moments]
    lines = [*paragraph(answer.verdict), line(), *table(rows)]
    if answer.omitted:
        more = f"  and of {counted(answer.omitted, 'thing')} it was not looked up"
        lines += [line(), line((more, "dim"))]
    return lines


def column_map_lines(answer: ColumnMapResponse) -> list[Line]:
    """Return the columns of each thing, with what they are to the model."""
    lines = paragraph(answer.verdict)
    for one in answer.nodes:
        rows = [
            (column.name, column.type or "", column.part or "", column.fate or "")
            for column in one.columns
        ]
        lines += [*heading(one.title), *table(rows)]
    return lines + gap_lines(answer.gaps)


def _row(node: Near, beyond: dict[str, str]) -> tuple[str, ...]:
    identity = id_of_run(node.id) if node.sort in {"run", "step"} else hex12(node.digest)
    return (str(abs(node.depth)), node.sort, node.title, identity, beyond.get(node.id, ""))


def _beyond(answer: NeighbourhoodResponse) -> dict[str, str]:
    """Return in words what lies beyond each thing and is not shown."""
    words: dict[str, str] = {}
    for stub in answer.stubs:
        told = f"+{stub.count:,} {'above' if stub.direction == 'up' else 'below'}"
        if stub.links is not None:
            told += f" of {counted(stub.links, 'link')}"
        words[stub.node] = ", ".join(filter(None, [words.get(stub.node), told]))
    return words
