"""Patterns that are compiled when they are first used.

Every recorded program imports the modules they stand in when it starts, and few need them all.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

__all__ = ["pattern"]


class _Uncompiled:
    """Stands for a pattern: each of its methods is fetched once, when it is first called."""

    def __init__(self, source: Any, flags: int) -> None:
        self._asked = source, flags

    def __getattr__(self, name: str) -> Any:
        method = getattr(re.compile(*self._asked), name)
        setattr(self, name, method)
        return method


def pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a pattern that is compiled at its first use.

    >>> pattern("[a-z]+").findall("to be")
    ['to', 'be']
    """
    return cast("re.Pattern[AnyStr]", _Uncompiled(source, flags))
