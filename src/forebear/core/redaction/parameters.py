"""Parameters: values under secret names at any depth, and secrets inside strings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from forebear.core.redaction.commands import clean_arguments
from forebear.core.redaction.free_text import clean_text
from forebear.core.redaction.names import grade
from forebear.core.redaction.patterns import mark
from forebear.core.redaction.values import is_blank, is_secret

__all__ = ["clean_mapping"]

_DEEPEST: Final = 64


def clean_mapping(
    values: Mapping[Any, Any], rules: list[str], *, forced: bool = False, depth: int = 0
) -> dict[Any, Any]:
    """Return the values without secrets; `forced` if all of them stand under a secret name."""
    cleaned = {}
    for key, value in values.items():
        name = clean_text(key, rules) if isinstance(key, str) else key
        cleaned[name] = _value(str(key), value, rules, forced=forced, depth=depth)
    return cleaned


def _value(name: str, value: Any, rules: list[str], *, forced: bool, depth: int) -> Any:
    if depth > _DEEPEST:
        return mark("too-deep", rules)
    if isinstance(value, str):
        hidden = is_secret(name, value) or (forced and not is_blank(value))
        return mark("param", rules) if hidden else clean_text(value, rules)
    if value is None or isinstance(value, bool | float):
        return value
    always = forced or grade(name) == "always"
    if isinstance(value, int):
        return mark("param", rules) if always and abs(value) > 999 else value
    if isinstance(value, bytes | bytearray):
        return mark("param", rules) if always or grade(name) != "ordinary" else value
    if isinstance(value, Mapping):
        return clean_mapping(value, rules, forced=always, depth=depth + 1)
    if isinstance(value, list | tuple | set | frozenset):
        if _is_command(value):
            return clean_arguments(value, rules)
        items = [_value(name, item, rules, forced=forced, depth=depth + 1) for item in value]
        return items if isinstance(value, list | tuple) else set(items)
    return value


def _is_command(value: Any) -> bool:
    return (
        isinstance(value, list)
        and all(isinstance(item, str) for item in value)
        and any(item.startswith("-") for item in value)
    )
