"""Free text: every rule of structure in turn, then the forms of providers' keys."""

from __future__ import annotations

import re
import string
from typing import Final

from forebear.core.patterns import pattern
from forebear.core.redaction.assignments import assignments
from forebear.core.redaction.names import KEYWORDS
from forebear.core.redaction.providers import provider_keys
from forebear.core.redaction.structure import authorization, flags, netrc, private_keys
from forebear.core.redaction.urls import queries, urls

__all__ = ["clean_text"]

_STRUCTURE: Final = pattern(rf"{KEYWORDS}|bearer|curl|wandb|[=@]", re.IGNORECASE)
"""Without any of these no rule of structure applies: most parameters are done here."""
_RULES: Final = (private_keys, authorization, assignments, flags, urls, queries, netrc)
_PLAIN: Final = frozenset(string.ascii_letters + string.digits + "_-./")
_SHORTEST_KEY: Final = 16
"""Characters that the shortest key of any provider has."""
_LONGEST_WORD: Final = 32
"""Letters that the name of a class may have: keys have digits among them."""


def _is_plain(value: str) -> bool:
    """Tell whether a short text, such as a file's name, can hold no secret that a rule knows."""
    return _PLAIN.issuperset(value) and all(
        len(part) < (_LONGEST_WORD if part.isalpha() else _SHORTEST_KEY)
        for part in value.replace(".", "/").split("/")
    )


def clean_text(value: str, rules: list[str]) -> str:
    """Return `value` without its secrets, and add the rules that took them out."""
    if _is_plain(value):
        return value
    if _STRUCTURE.search(value):
        for clean in _RULES:
            value = clean(value, rules)
    return provider_keys(value, rules)
