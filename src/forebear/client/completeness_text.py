"""How much was seen, as lines."""

from __future__ import annotations

from collections.abc import Sequence

from forebear.analysis.completeness import floored
from forebear.client.columns_text import deed_words
from forebear.client.formats import id_of_run, size
from forebear.client.lines import Line, heading, line, paragraph, table
from forebear.client.render import gap_lines
from forebear.ops.completeness import CompletenessResponse, SeenShare

__all__ = ["completeness_lines"]

_MOST = 20


def completeness_lines(answer: CompletenessResponse) -> list[Line]:
    """Return verdict, the shares, then run by run, then what was not seen."""
    lines = paragraph(answer.verdict, style="good" if answer.well else "bad")
    lines += [line(), *_shares(answer.shares)]
    lines += heading("Runs") if answer.runs else []
    for run in answer.runs[:_MOST]:
        lines.append(
            line(f"  {run.figure:6.1%}  ", (run.name, "name"), (f"  {id_of_run(run.id)}", "dim"))
        )
        for file in run.files[:_MOST]:
            about = f"  {size(file.size)}" if file.size is not None else ""
            words = f"          {file.title}{about}: nobody saw where its content went"
            lines.append(line((words, "weak")))
    if answer.unknown:
        lines += heading("Operations not known")
        lines += [line(f"  {deed_words(deed)}") for deed in answer.unknown[:_MOST]]
    return lines + gap_lines(answer.gaps, answer.omitted)


def _shares(shares: Sequence[SeenShare]) -> list[Line]:
    return table(
        [
            (one.what, f"{floored(one.seen / one.whole):.1%}", f"{one.seen:,} of {one.whole:,}")
            for one in shares
            if one.whole
        ]
    )
