"""How settings of requirements are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forebear.core.errors import InvalidInput
from forebear.core.policies import known_or_near

__all__ = ["choice", "read_share", "read_texts", "read_true", "table"]


def read_true(value: Any) -> bool:
    """Read `true` or `false`.

    Raises:
        InvalidInput: it is neither.
    """
    if not isinstance(value, bool):
        raise InvalidInput("it is true or false.")
    return value


def read_share(value: Any) -> float:
    """Read a share from 0 to 1.

    Raises:
        InvalidInput: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InvalidInput("it is a share from 0 to 1.")
    return float(value)


def read_texts(value: Any) -> list[str]:
    """Read a text, or a list of texts.

    Raises:
        InvalidInput: it is neither, or there is none.
    """
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) for t in texts):
        raise InvalidInput("it is a list of texts.")
    return texts


def choice(value: Any, words: Sequence[str]) -> str:
    """Read one of several words.

    Raises:
        InvalidInput: it is none of them.
    """
    return known_or_near(str(value), words, "'{word}' is no word for it.")


def table(value: Any, known: Sequence[str]) -> dict[str, Any]:
    """Read a table whose keys are known.

    Raises:
        InvalidInput: it is none, or has another key.
    """
    if not isinstance(value, dict):
        raise InvalidInput("it is a table.")
    for key in value:
        known_or_near(key, known, "there is no setting `{word}` in it.")
    return value
