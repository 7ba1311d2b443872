"""What a scan for sensitive columns has found, as lines."""

from __future__ import annotations

from forebear.analysis.verdict import counted
from forebear.client.lines import Line, line, paragraph, table
from forebear.ops.scan import ScanResponse

__all__ = ["scan_lines"]


def scan_lines(answer: ScanResponse) -> list[Line]:
    """Return the verdict, then each column with its class and how it was found."""
    rows = f"{'all' if answer.whole else 'the first'} {counted(answer.rows, 'row')}"
    looked = f"{counted(answer.columns, 'column')}, {rows}"
    if answer.findings:
        found = f"{counted(len(answer.findings), 'column')} of {answer.title} may be sensitive"
    else:
        found = f"Nothing sensitive was found in {answer.title}"
    lines = paragraph(f"{found} (looked at {looked}).")
    if answer.findings:
        lines.append(line())
        lines += table(
            [
                (
                    one.column,
                    one.sensitivity,
                    f"by its {one.found_by}" if one.found_by == "name" else f"by {one.found_by}",
                    f"{one.share:.0%} of {counted(_there(one.count, one.share), 'value')}"
                    if one.count
                    else "no values",
                    f"declared: {answer.declared[one.column]}"
                    if one.column in answer.declared
                    else "",
                )
                for one in answer.findings
            ]
        )
    if answer.gone:
        lines += paragraph(f"Not found any more: {', '.join(answer.gone)}.", style="dim")
    if answer.about is None:
        lines += paragraph("Its content is not recorded: nothing was kept.", style="weak")
    return lines


def _there(count: int, share: float) -> int:
    return round(count / share) if share else count
