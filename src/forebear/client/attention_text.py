"""What needs attention, as lines."""

from __future__ import annotations

from typing import Final

from forebear.client.formats import when
from forebear.client.lines import Line, Style, heading, line, paragraph
from forebear.client.render import gap_lines
from forebear.ops.attention import AttentionResponse, ConcernKind

__all__ = ["attention_lines"]

_HEADS: Final[dict[ConcernKind, str]] = {
    "recall": "Recalls",
    "incident": "Incidents of data",
    "quality": "Failing checks",
    "drift": "Drift",
    "expiry": "Running out",
    "freshness": "Late data",
    "audit": "Below the bar",
}


def attention_lines(answer: AttentionResponse) -> list[Line]:
    """Return the verdict, then the concerns by kind, the urgent ones first."""
    lines = paragraph(answer.verdict)
    for kind, head in _HEADS.items():
        found = [one for one in answer.concerns if one.kind == kind]
        if found:
            lines += heading(head)
        for one in found:
            at = when(one.at) if one.at is not None else ""
            style: Style = "bad" if one.urgent else "name"
            lines.append(line((one.ref, style), right=(at, "dim") if at else None))
            lines += paragraph(one.words, indent="    ")
            lines.append(line((f"    {one.command}", "dim")))
    return lines + gap_lines(answer.gaps)
