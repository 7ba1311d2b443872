"""Reading what a call was sent: fields of the right kind, within MLflow's limits."""

from __future__ import annotations

import math
import posixpath
import re
from functools import lru_cache
from typing import Any, Final

import msgspec

from forebear.core.entities import Figure, finite
from forebear.server.mlflow.errors import MlflowError, invalid
from forebear.server.mlflow.facts import RECALLED

__all__ = [
    "Body",
    "check_key",
    "cut",
    "figure",
    "flag",
    "free_pairs",
    "items",
    "not_implemented",
    "number",
    "optional",
    "pairs",
    "refuse_many",
    "short",
    "text",
    "texts",
    "value_of",
]

Body = dict[str, Any]

_KEY: Final = re.compile(r"[/\w.\- :]+\Z")
_LONGEST_KEY: Final = 250
_LARGEST: Final = 2**63 - 1


def optional(body: Body, *names: str) -> str | None:
    """Return the text of the first of these fields that is there and not empty."""
    for name in names:
        value = body.get(name)
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise _of_wrong_type(value, name)
        return value
    return None


def text(body: Body, *names: str, inside: str = "") -> str:
    """Return the text of the first of these fields that is there; `inside` is where they are."""
    found = optional(body, *names)
    if found is None:
        raise _lacking(inside + names[0])
    return found


def number(body: Body, name: str, default: int | None = None, *, inside: str = "") -> int:
    """Return a whole number; in JSON that of 64 bits may be written as text."""
    value = body.get(name)
    if value is None:
        value = default
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,19}", value, re.ASCII):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        raise _lacking(inside + name) if value is None else _of_wrong_type(value, name)
    return value


def flag(body: Body, name: str, default: bool = False) -> bool:
    """Return a truth value; in an address it is written as text."""
    value = body.get(name)
    return default if value is None else value in (True, "true", "True")


def figure(body: Body, *, inside: str = "") -> Figure:
    """Return the value of a metric; in JSON what is no number is written as text."""
    value = body.get("value")
    if value is None:
        raise _lacking(f"{inside}value")
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            value = None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid(
            f"Got invalid value {_shown(body.get('value'))} for metric '{body.get('key')}'"
            " (timestamp=%s). Please specify value as a valid double (64-bit floating point)"
            % body.get("timestamp")
        )
    try:
        return finite(float(value))
    except OverflowError:
        return finite(math.inf if value > 0 else -math.inf)


def items(body: Body, name: str) -> list[Body]:
    """Return a list of objects."""
    value = body.get(name) or []
    if not isinstance(value, list) or any(not isinstance(one, dict) for one in value):
        raise _of_wrong_type(value, name)
    return value


def texts(body: Body, name: str) -> list[str]:
    """Return a list of texts; in an address one may stand alone."""
    value = body.get(name) or []
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or any(not isinstance(one, str | int) for one in value):
        raise _of_wrong_type(value, name)
    return [str(one) for one in value]


def pairs(body: Body, name: str, most: int | None = None) -> dict[str, str]:
    """Return tags or parameters; of those with a key of several the last one counts."""
    found = free_pairs(body, name, most)
    for key in found:
        check_key(key)
    return found


def free_pairs(body: Body, name: str, most: int | None = None) -> dict[str, str]:
    """Return tags or parameters whose keys may be any text, as those of data and logged models."""
    found = {}
    for place, one in enumerate(items(body, name)):
        value = value_of(one)
        key = text(one, "key", inside=f"{name}[{place}].")
        found[key] = value if most is None else short(value, most)
    return found


def value_of(body: Body) -> str:
    """Return the value of a tag or parameter, which may be empty."""
    return optional(body, "value") or ""


@lru_cache(10_000)
def check_key(key: str, path: str = "key") -> str:
    """Return the name of a metric, parameter or tag.

    Raises:
        MlflowError: MLflow would not take it.
    """
    if not _KEY.match(key):
        raise invalid(
            f"Invalid value {_shown(key)} for parameter '{path}' supplied: Names may only contain"
            " alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and"
            " slashes (/)."
        )
    if key == RECALLED:
        raise invalid(f"'{RECALLED}' is told by forebear alone: `forebear recall` says what it is.")
    normal = posixpath.normpath(key)
    if normal != key or normal == "." or normal.startswith(("..", "/")):
        raise invalid(
            f"Invalid value {_shown(key)} for parameter '{path}' supplied: Names may be treated as"
            f" files in certain cases, and must not resolve to other names when treated as such."
            f" This name would resolve to {_shown(normal)}"
        )
    if len(key) > _LONGEST_KEY:
        raise invalid(
            f"'{path}' exceeds the maximum length of {_LONGEST_KEY} characters: {_shown(key)}"
        )
    return key


def short(value: str, most: int, what: str = "value") -> str:
    """Return a text that is not longer than MLflow takes."""
    if len(value) > most:
        raise invalid(f"'{what}' exceeds the maximum length of {most} characters.")
    return value


def cut(value: str, most: int) -> str:
    """Return a text, shortened where it is longer than is kept; what was left out is counted.

    MLflow's server shortens as well, and a program that logs goes on.

    >>> cut("abc", 5), cut("abcdef", 5)
    ('abc', 'abcde… (1 more)')
    """
    left = len(value) - most
    return value if left <= 0 else f"{value[:most]}… ({left:,} more)"


def refuse_many(count: int, most: int, what: str) -> None:
    """Raise where a batch is larger than MLflow takes."""
    if count > most:
        raise invalid(
            f"A batch logging request can contain at most {most} {what}. Got {count} {what}."
            f" Please split up {what} across multiple requests and try again."
        )


def not_implemented(what: str) -> MlflowError:
    """Return the error for a part of MLflow that is not served here."""
    return MlflowError("NOT_IMPLEMENTED", f"{what} is not implemented by this server.")


def _lacking(name: str) -> MlflowError:
    return invalid(f"Missing value for required parameter '{name}'.")


def _of_wrong_type(value: Any, name: str) -> MlflowError:
    return invalid(
        f"Invalid value {_shown(value)} for parameter '{name}' supplied: Hint: Value was of type"
        f" '{type(value).__name__}'."
    )


def _shown(value: Any) -> str:
    said = msgspec.json.encode(value).decode()
    return said if len(said) <= 120 else said[:117] + "..."
