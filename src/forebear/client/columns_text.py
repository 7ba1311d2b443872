"""The columns of a model as lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forebear.analysis.verdict import listed
from forebear.client.formats import place
from forebear.client.lines import Line, heading, line, paragraph
from forebear.client.render import gap_lines
from forebear.client.tree_text import evidence_style
from forebear.ops.columns import ColumnsResponse, ColumnUse, UnusedColumn
from forebear.ops.training import FlowDeed

__all__ = ["columns_lines", "deed_words"]

_MOST = 60
_WIDEST = 24
_HEADS = {"feature": "Features", "target": "Target", "weight": "Weights"}


def columns_lines(answer: ColumnsResponse) -> list[Line]:
    """Return verdict, the columns that reach the model by source, then those that do not."""
    lines = paragraph(answer.verdict)
    titles = {
        one.id: one.title + (f"  {where}" if (where := place(one.location)) else "")
        for one in answer.sources
    }
    names = [use.column for use in answer.columns] + [one.column for one in answer.unused]
    width = min(_WIDEST, max(map(len, names), default=0))
    for part, head in _HEADS.items():
        uses = [use for use in answer.columns if use.part == part]
        if uses:
            lines += heading(head)
            lines += _by_source(uses, titles, width)
    if answer.constants:
        lines += paragraph(f"made of constants: {listed(answer.constants, 8)}", indent="  ")
    if answer.unused:
        lines += [*heading("Not used"), *_by_source(answer.unused, titles, width)]
    return lines + gap_lines(answer.gaps)


def deed_words(deed: FlowDeed) -> str:
    """Return an operation with its line of code."""
    unknown = " (not known what it does)" if deed.unknown else ""
    return f"{deed.name}{unknown}" + (f" {deed.where}" if deed.where else "")


def _by_source(
    items: Sequence[ColumnUse] | Sequence[UnusedColumn],
    titles: Mapping[str, str],
    width: int,
) -> list[Line]:
    lines: list[Line] = []
    for source in dict.fromkeys(one.source for one in items):
        lines.append(line("  ", (titles.get(source, source), "name")))
        mine = [one for one in items if one.source == source]
        for one in mine[:_MOST]:
            lines += _used(one, width) if isinstance(one, ColumnUse) else _unused(one, width)
        if len(mine) > _MOST:
            lines.append(line((f"    and {len(mine) - _MOST} more; --json has all", "dim")))
    return lines


def _used(use: ColumnUse, width: int) -> list[Line]:
    right = (use.evidence, evidence_style(use.evidence))
    others = [name for name in use.becomes if name and use.becomes != [use.column]]
    becomes = f"becomes {listed(others, 6)}" if others else ""
    first = line(f"    {use.column:<{width}}  ", (becomes, "dim"), right=right)
    through = "through " + " → ".join(map(deed_words, use.through)) if use.through else ""
    return [first, *paragraph(through, indent=" " * (width + 6), style="dim", most=3)]


def _unused(one: UnusedColumn, width: int) -> list[Line]:
    how = {
        "dropped": "dropped by",
        "not read": "never read by",
        "left out": "left out by",
    }[one.how]
    decided = ", ".join(f"{deed.name} {deed.where or ''}".strip() for deed in one.decided)
    words = f"{how} {deed_words(one.by)}" + (
        f"; decided about rows in {decided}" if decided else ""
    )
    first, *rest = paragraph(words, indent=" " * (width + 6), style="dim", most=2)
    return [line(f"    {one.column:<{width}}  ", (first.left[0][0][width + 6 :], "dim")), *rest]
