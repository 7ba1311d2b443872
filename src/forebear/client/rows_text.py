"""What became of rows, as lines."""

from __future__ import annotations

from forebear.analysis.verdict import counted, listed
from forebear.client.formats import place
from forebear.client.lines import Line, as_text, heading, line, paragraph, table
from forebear.client.render import gap_lines
from forebear.ops.cuts import Cut
from forebear.ops.row_record import Stage
from forebear.ops.rows import RowsResponse

__all__ = ["rows_lines"]

_WIDTH = 11
_MOST = 80


def rows_lines(answer: RowsResponse) -> list[Line]:
    """Return verdict, then step by step how many rows were left, then what the model met."""
    lines = [*paragraph(answer.verdict), line()]
    where = place(answer.location)
    lines.append(line(_number(answer.rows), (answer.title, "name"), (f"  {where}", "dim")))
    told = {as_text(shown): shown for shown in map(_stage, answer.stages[:_MOST])}
    lines += [one for shown in told.values() for one in shown]
    if len(told) < len(answer.stages[:_MOST]):
        lines.append(line((" " * _WIDTH + "what was done several times alike is told once", "dim")))
    if len(answer.stages) > _MOST:
        more = f"and {len(answer.stages) - _MOST} more steps; --json has all"
        lines.append(line((" " * _WIDTH + more, "dim")))
    if len(answer.sources) > 1:
        rows = [(one.title, "" if one.rows is None else f"{one.rows:,}") for one in answer.sources]
        lines += [*heading("All that it comes from (--source names one)"), *table(rows)]
    if any(one.part != "made" for one in answer.parts):
        lines += heading("Rows of the source that the model met")
        met = [
            (
                one.part,
                one.title,
                "not known" if one.reached is None else f"{one.reached:,}",
                f"and {counted(one.repeated, 'repetition')}" if one.repeated else "",
            )
            for one in answer.parts
        ]
        lines += table(dict.fromkeys(met))
        for one in answer.parts:
            if one.ranges:
                said = ", ".join(_range(*ends) for ends in one.ranges)
                lines += paragraph(f"{one.part} {one.title}: {said}", indent="  ", style="dim")
    return lines + gap_lines(answer.gaps)


def _range(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first}–{last}"


def _stage(stage: Stage) -> list[Line]:
    lost = f"−{stage.lost:,}" if stage.lost else ""
    aside = [f"{count:,} to {part}" for part, count in stage.set_aside.items()]
    more = [f"  {listed(aside)}"] if aside else []
    if stage.repeated:
        more.append(f"  {counted(stage.repeated, 'repetition')}")
    where = f"  {stage.where}" if stage.where else ""
    lines = [
        line(
            _number(stage.reached),
            (stage.name, "name"),
            (where, "dim"),
            f"  → {stage.title}",
            ("".join(more), "weak"),
            right=(lost, "bad") if lost else None,
        )
    ]
    cuts = [
        one
        for one in stage.operations
        if one.unknown or (one.rows_in != one.rows_out and not one.beside)
    ]
    told = {(one.where, one.line) for one in cuts}
    if stage.line and (stage.where, stage.line) not in told:
        lines.append(line((f"{' ' * (_WIDTH + 2)}{stage.line}", "dim")))
    for one in cuts:
        lines += _cut(one)
    return lines


def _cut(one: Cut) -> list[Line]:
    by = f" by {listed(one.by)}" if one.by else ""
    times = f" × {one.times:,}" if one.times > 1 else ""
    counts = ""
    if one.rows_in is not None and one.rows_out is not None:
        counts = f"  {one.rows_in:,} → {one.rows_out:,}"
    unknown = "  not known what it does" if one.unknown else ""
    change = (one.rows_out or 0) - (one.rows_in or 0) if counts else 0
    words = f"{' ' * (_WIDTH + 2)}{one.name}{by}{times}"
    right = f"{'+' if change > 0 else '−'}{abs(change):,}" if change else ""
    lines = [
        line(
            words,
            (f"  {one.where}" if one.where else "", "dim"),
            counts,
            (unknown, "weak"),
            right=(right, "dim") if right else None,
        )
    ]
    if one.line:
        lines.append(line((f"{' ' * (_WIDTH + 4)}{one.line}", "dim")))
    return lines


def _number(count: int | None) -> str:
    return f"{'?' if count is None else f'{count:,}':>{_WIDTH - 2}}  "
