"""The life of a model as lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from forebear.client.formats import when
from forebear.client.lines import Line, Style, line, paragraph
from forebear.core.rows import AliasRow
from forebear.ops.timeline import TimelineResponse

__all__ = ["moves_lines", "timeline_lines"]

_WHAT: Final = 14
_STYLES: Final[dict[str, Style]] = {"override": "weak", "recall": "bad", "stage": "good"}


def timeline_lines(answer: TimelineResponse) -> list[Line]:
    """Return what happened, newest first, a line each and more where words need it."""
    lines = [*paragraph(answer.verdict), line()]
    for one in answer.happened:
        head = f"  {when(one.at)}  "
        version = f"{answer.name}:{one.version}" if one.version else answer.name
        until = f", until {one.until:%Y-%m-%d}" if one.until else ""
        by = f", by {one.by}" if one.by else ""
        why = f": {one.why}" if one.why else ""
        text = f"{one.words}{until}{by}{why}"
        indent = " " * (len(head) + _WHAT + len(version) + 2)
        first, *rest = paragraph(text, indent=indent) or [line()]
        words = "".join(part for part, _ in first.left).strip()
        style = _STYLES.get(one.what, "plain")
        lines.append(
            line((head, "dim"), (f"{one.what:<{_WHAT}}", style), (f"{version}  ", "name"), words)
        )
        lines += rest
    if answer.omitted:
        lines.append(line((f"  and {answer.omitted} before; --limit shows more", "dim")))
    return lines


def moves_lines(moves: Iterable[AliasRow]) -> list[Line]:
    """Return the moves of aliases, newest first."""
    lines = []
    for row in moves:
        to = f"→ {row.name}:{row.version}" if row.version else "taken away"
        why = f": {row.why}" if row.why else ""
        lines.append(
            line(
                (f"  {when(row.at)}  ", "dim"),
                (f"@{row.alias}", "name"),
                f"  {to}, by {row.by}{why}",
            )
        )
    return lines or [line(("  no alias was ever set", "dim"))]
