"""What has to hold at the moment of writing, when nobody else writes."""

from __future__ import annotations

from msgspec import Struct

from forebear.core.errors import Conflict
from forebear.core.refs import NameKind

__all__ = ["Expectation", "Expected", "Unrelated", "moved_away"]


class Expected(Struct, frozen=True, kw_only=True):
    """Where an alias must point for events to be accepted; `version` is None for nowhere."""

    kind: NameKind
    name: str
    alias: str
    version: int | None
    quiet: list[str] = []
    """Topics on which nothing may have been said after `since`."""
    since: int = 0


class Unrelated(Struct, frozen=True, kw_only=True):
    """What must not lead to what for events to be accepted; up to `seq` it is known not to."""

    cause: str
    effect: str
    seq: int


Expectation = Expected | Unrelated
"""What must hold at the moment of writing, when nobody else writes."""


def moved_away(expected: Expected, version: int | None) -> Conflict:
    """Return the error for an alias that points to `version` and not to what was expected."""
    there = f"version {version}" if version else "no version"
    wanted = f"not to version {expected.version}" if expected.version else "no longer to none"
    return Conflict(
        f"{expected.name}@{expected.alias} points to {there}, {wanted}.",
        hint=f"`forebear history {expected.name} --all` shows who moved it; then decide again.",
    )
