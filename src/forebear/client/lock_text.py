"""A lock file and its check, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from forebear.analysis.verdict import counted
from forebear.client.formats import hex12, size
from forebear.client.lines import Line, Style, line, paragraph
from forebear.client.lockfile import Checked, Entry

__all__ = ["check_lines", "check_verdict", "lock_lines"]

_STYLES: Final[dict[str, Style]] = {
    "ok": "good",
    "failed": "bad",
    "newer": "weak",
    "unchecked": "weak",
}


def lock_lines(entries: Sequence[Entry], path: str) -> list[Line]:
    """Return what is locked, one line a model."""
    lines = paragraph(f"{path} locks {counted(len(entries), 'model')}.")
    for one in entries:
        facts = [hex12(one.digest), size(one.size) if one.size is not None else "", one.file or ""]
        about = "".join(f"  {fact}" for fact in facts if fact)
        named = f"  {one.title}" if one.title != one.ref else ""
        lines.append(line("  ", (one.ref, "name"), named, (about, "dim")))
    return lines


def check_lines(checked: Sequence[Checked], *, store: bool) -> list[Line]:
    """Return the verdict, then one line a model."""
    lines = paragraph(check_verdict(checked, store=store))
    for one in checked:
        named = f"  {one.title}" if one.title != one.ref else ""
        right = (one.status, _STYLES[one.status])
        lines.append(line("  ", (one.ref, "name"), named, right=right))
        if one.status != "ok":
            lines += paragraph(one.said, indent="      ")
    return lines


def check_verdict(checked: Sequence[Checked], *, store: bool) -> str:
    """Say whether what is locked may be used."""
    failed = sum(one.status == "failed" for one in checked)
    alone = "" if store else " Files only: no store was asked about recalls and aliases."
    if not failed:
        bare = sum(one.status == "unchecked" for one in checked)
        alone += f" Of {bare} nothing was checked." if bare else ""
        return f"{counted(len(checked) - bare, 'model')} as locked.{alone}"
    verb = "is" if failed == 1 else "are"
    return f"{failed} of {counted(len(checked), 'model')} {verb} not to be used as locked.{alone}"
