"""What a value looks like, and whether under a given name it is a secret."""

from __future__ import annotations

import re
from typing import Final

from forebear.core.patterns import pattern
from forebear.core.redaction.names import grade

__all__ = ["OPAQUE_WORD", "is_blank", "is_secret", "looks_made"]

_BLANK: Final = pattern(
    r"""\s*+(?:none|null|nil|true|false|yes|no|on|off|undefined|required|optional|str|string|bytes
    |int|any|bool|object|dict|list|self|[*.•\#_?\-]*+|x{3,}+|\[REDACTED:.*|%s|%\(\w+\)s|<[^<>]*+>
    |\$[A-Z_][A-Z0-9_]*+|\$[a-z_]++|\$\{.*|\$\(.*|\{[^{}]*+\}|\{\{.*|your[\W_].*)\s*+""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
"""What stands where a secret could: nothing, a placeholder, a variable, our own marker."""
_PATH: Final = pattern(r"(?:~|\.{1,2}|[A-Za-z]:)?[\\/][\w.\-\\/ ]*+|[\w.\-/\\]+\.[a-z]{2,5}")
_PUNCTUATION: Final = (".", ":", "?", "!", "…")
OPAQUE_WORD: Final = pattern(r"(?=.*\d)[\w\-]{20,}+\Z")


def is_blank(value: str) -> bool:
    """Tell whether `value` stands where a secret could, but is none."""
    return _BLANK.fullmatch(value) is not None


def looks_made(value: str) -> bool:
    """Tell whether `value` looks made by a machine rather than written by a person."""
    if len(value) < 12 or any(c.isspace() for c in value):
        return False
    digit = any(c.isdigit() for c in value)
    mixed = value.lower() != value and value.upper() != value
    return (digit and any(c.isalpha() for c in value)) or (mixed and len(value) >= 24)


def is_secret(name: str, value: str, *, loose: bool = False) -> bool:
    """Tell whether `value` under `name` is a secret; `loose` is for text that may be code."""
    told = grade(name)
    if told == "ordinary" or is_blank(value):
        return False
    if told == "always":
        return not (loose and _is_prompt(value))
    if told == "unless-path":
        return not _PATH.fullmatch(value)
    return looks_made(value) or (told == "token" and not loose)


def _is_prompt(value: str) -> bool:
    """Tell whether `value` is what a person is asked: words, and a mark of punctuation."""
    asked = value.rstrip()
    return asked.endswith(_PUNCTUATION) and not value[0].isspace() and len(asked.split(None, 1)) > 1
