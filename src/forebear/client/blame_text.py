"""Blame as lines."""

from __future__ import annotations

from forebear.client.lines import Line, Style, line, paragraph
from forebear.client.render import gap_lines
from forebear.ops.blame import BlameResponse, Problem
from forebear.ops.blame_inquiry import Found, Stop

__all__ = ["blame_lines"]

_WORDS: dict[str, tuple[str, Style]] = {
    "good": ("good", "good"),
    "bad": ("BAD ", "bad"),
    "unknown": ("?   ", "weak"),
}


def blame_lines(answer: BlameResponse) -> list[Line]:
    """Return the verdict, then for each fault the way down from where it came in."""
    lines = paragraph(answer.verdict, style="bad" if answer.problems else "good")
    if answer.good:
        lines.append(line((f"compared with {answer.good}", "dim")))
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in answer.problems:
        groups.setdefault(tuple(one.verdict for one in problem.origins), []).append(problem)
    for alike in groups.values():
        lines.append(line())
        for problem in alike:
            lines.append(line((problem.what, "name")))
            lines += paragraph(problem.said, indent="  ")
        for one in alike[0].origins:
            lines += _origin(one)
    return lines + gap_lines(answer.gaps)


def _origin(one: Found) -> list[Line]:
    lines = [line(), *paragraph(one.verdict, indent="  ", style="plain" if one.sure else "weak")]
    for stop in one.above:
        lines += _stop(stop, "  ")
    made = " ".join(word for word in (one.name, f"({one.where})" if one.where else "") if word)
    if made:
        lines.append(line(f"    ↓ {made}"))
    for place, stop in enumerate(one.way):
        lines += _stop(stop, "→ " if place == 0 else "  ")
    return lines


def _stop(stop: Stop, mark: str) -> list[Line]:
    return [line(f"  {mark}", _WORDS[stop.state], f"  {stop.title}", (f"  {stop.how}", "dim"))]
