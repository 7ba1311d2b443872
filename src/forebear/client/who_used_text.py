"""Who contains a record, as lines."""

from __future__ import annotations

from collections.abc import Sequence

from forebear.analysis.verdict import counted, listed
from forebear.client.formats import place
from forebear.client.lines import Line, Span, heading, line, paragraph
from forebear.client.render import gap_lines
from forebear.ops.learners import Holder
from forebear.ops.who_used import WhoUsedResponse

__all__ = ["who_used_lines"]

_MOST = 40


def who_used_lines(answer: WhoUsedResponse) -> list[Line]:
    """Return verdict, the versions of the source, then models and data that contain the record."""
    lines = [*paragraph(answer.verdict), *heading("Source")]
    for one in answer.sources:
        if one.keys is None:
            said = "its records cannot be read"
        elif one.count == 0:
            said = "has none"
        else:
            more = " …" if one.count > len(one.rows) else ""
            said = f"row {', '.join(map(str, one.rows[:8]))}{more}"
        where = place(one.location)
        lines.append(line("  ", (one.title, "name"), (f"  {where}", "dim"), f"  {said}"))
    lines += _holders("Models", answer.models)
    lines += _holders("Data", answer.data)
    return lines + gap_lines(answer.gaps)


def _holders(title: str, holders: Sequence[Holder]) -> list[Line]:
    if not holders:
        return []
    lines = heading(title)
    for one in holders[:_MOST]:
        right: Span = ("contains", "good") if one.certain else ("may contain", "weak")
        parts = f"  {listed(one.parts)}" if one.parts else ""
        memory = "  in memory" if one.in_memory else ""
        also = f"  also in {counted(len(one.also), 'other form')}" if one.also else ""
        rows = f"  {counted(one.rows, 'row')}" if one.rows else ""
        about: Span = (memory + also + rows, "dim")
        lines.append(line("  ", (one.title, "name"), parts, about, right=right))
    if len(holders) > _MOST:
        lines.append(line((f"  and {len(holders) - _MOST} more; --json has all", "dim")))
    return lines
