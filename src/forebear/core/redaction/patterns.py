"""The mark that is left where a pattern has matched."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["mark", "replace"]


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
