"""Patterns that are compiled when first used, and the mark that is left where one has matched."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

__all__ = ["mark", "pattern", "replace"]


class _Uncompiled:
    """Stands for a pattern: each of its methods is fetched once, when it is first called."""

    def __init__(self, source: str, flags: int) -> None:
        self._asked = source, flags

    def __getattr__(self, name: str) -> Any:
        method = getattr(re.compile(*self._asked), name)
        setattr(self, name, method)
        return method


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is compiled at its first use.

    Every recorded program imports these modules when it starts, and few need all patterns.
    """
    return cast("re.Pattern[str]", _Uncompiled(source, flags))


def mark(rule: str, rules: list[str]) -> str:
    """Note that a rule took something out, and return what stands in its place."""
    rules.append(rule)
    return f"[REDACTED:{rule}]"


def replace(
    found: re.Pattern[str], value: str, change: Callable[[re.Match[str]], str | None]
) -> str:
    """Put what `change` returns in place of each match's last group; None leaves it."""

    def swap(match: re.Match[str]) -> str:
        new = change(match)
        whole, last = match[0], match.lastindex or 0
        if new is None:
            return whole
        start, end = match.span(last)
        return whole[: start - match.start()] + new + whole[end - match.start() :]

    return found.sub(swap, value)
