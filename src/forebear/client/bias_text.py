"""Shares and figures of groups, as lines."""

from __future__ import annotations

from forebear.analysis.groups import Rate, ShareChange
from forebear.analysis.verdict import listed
from forebear.client.lines import Line, Span, heading, line, paragraph, table
from forebear.client.render import gap_lines
from forebear.ops.bias import BiasResponse, BiasStage, GroupTable

__all__ = ["bias_lines"]

_MOST_STAGES = 24
_MOST_GROUPS = 12


def bias_lines(answer: BiasResponse) -> list[Line]:
    """Return verdict, each step that changed shares, and what the model did with the groups."""
    lines = paragraph(
        answer.verdict,
        style="bad" if answer.biased else "good" if answer.biased is False else "weak",
    )
    for stage in answer.stages[:_MOST_STAGES]:
        lines += _stage(stage)
    if len(answer.stages) > _MOST_STAGES:
        lines.append(
            line((f"  and {len(answer.stages) - _MOST_STAGES} more; --json has all", "dim"))
        )
    for one in answer.figures:
        lines += _figures(one)
    return lines + gap_lines(answer.gaps)


def _stage(stage: BiasStage) -> list[Line]:
    where = f"  {stage.where}" if stage.where else ""
    lines = [line(), line((stage.name, "name"), (where, "dim"), f"  by {stage.column}")]
    for one in stage.operations:
        counts = f"{one.rows_in:,} → {one.rows_out:,}" if one.rows_in and one.rows_out else ""
        by = f" by {listed(one.by)}" if one.by else ""
        text = f"  {one.name}{by}  {one.where or ''}  {counts}"
        lines.append(line((text.rstrip(), "dim")))
        if one.line:
            lines.append(line((f"    {one.line}", "dim")))
    changes = sorted(stage.changes, key=lambda one: one.change)
    lines += [_change(one, one.group in stage.beyond) for one in changes[:_MOST_GROUPS]]
    if len(changes) > _MOST_GROUPS:
        lines.append(line((f"    and {len(changes) - _MOST_GROUPS} more groups", "dim")))
    return lines


def _change(one: ShareChange, beyond: bool) -> Line:
    counts = f"{one.before:,} → {one.after:,}"
    shares = f"{one.share_before:.1%} → {one.share_after:.1%}"
    right: Span = (f"{one.change:+.0%}", "bad" if beyond else "dim")
    return line(f"    {one.group:<20.20}  {shares:<18}", (counts, "dim"), right=right)


def _figures(one: GroupTable) -> list[Line]:
    lines = heading(f"Test data by {one.column}, selected is {one.positive}")
    rows = [("group", "rows", "selected", "accuracy", "true positive", "false positive")]
    rows += [
        (
            group.group,
            f"{group.rows:,}",
            _rate(group.selected),
            _rate(group.accuracy),
            _rate(group.true_positive),
            _rate(group.false_positive),
        )
        for group in one.groups[:_MOST_GROUPS]
    ]
    return lines + table(rows)


def _rate(rate: Rate | None) -> str:
    if rate is None or rate.value is None:
        return "-"
    return f"{rate.value:.2f} ({rate.low:.2f}–{rate.high:.2f})"
