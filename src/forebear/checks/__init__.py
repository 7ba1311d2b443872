"""Checks of data: one file each, found by looking in here; strangers' by entry points.

A file defines a subclass of `forebear.core.checking.Check`; there is nothing else to edit.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from forebear.core.checking import Check
from forebear.core.errors import InvalidInput
from forebear.plugins import load_folder

__all__ = ["check_of", "kinds"]


def kinds() -> dict[str, type[Check]]:
    """Return all kinds of checks by their names.

    >>> "range" in kinds()
    True
    """
    found: dict[str, type[Check]] = {}
    for module in load_folder(__name__):
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, Check) and thing.kind:
                found[thing.kind] = thing
    return dict(sorted(found.items()))


def check_of(said: Mapping[str, Any], where: str) -> Check:
    """Return the check that a table of a suite describes; `where` is how messages call it.

    Raises:
        InvalidInput: there is no such kind, or a setting is missing, unknown or wrong.
    """
    settings = dict(said)
    kind = settings.pop("kind", None)
    known = kinds()
    if kind is None:
        raise InvalidInput(
            f"{where}: it does not say of which kind it is.", hint='For example `kind = "nulls"`.'
        )
    if kind not in known:
        near = difflib.get_close_matches(str(kind), known, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"There is: {', '.join(known)}."
        raise InvalidInput(f"{where}: there is no check called '{kind}'.", hint=hint)
    try:
        return msgspec.convert(settings, known[kind])
    except (msgspec.ValidationError, ValueError) as error:
        fields = known[kind].__struct_fields__
        raise InvalidInput(
            f"{where} ({kind}): {_in_words(str(error), known[kind])}.",
            hint=f"Its settings are: {', '.join(fields)}.",
        ) from None


def _in_words(said: str, kind: type[Check]) -> str:
    """Return what is wrong with a setting, in words for who writes TOML.

    >>> from forebear.checks.in_range import Range
    >>> _in_words("Expected `int | float | null`, got `str` - at `$.least`", Range)
    '`least` has to be a whole number or a number, not a text'
    """
    what, _, at = said.partition(" - at `$.")
    setting = re.split(r"[.\[`]", at)[0]
    if lacking := re.fullmatch(r"Object missing required field `(\w+)`", what):
        return f"`{lacking[1]}` has to be said"
    if unknown := re.match(r"Object contains unknown field `(.*?)`", what):
        near = difflib.get_close_matches(unknown[1], kind.__struct_fields__, n=1)
        return f"it has no setting `{unknown[1]}`" + (f"; did you mean `{near[0]}`" if near else "")
    if type := re.fullmatch(r"Expected `([^`]*)`, got `(\w+)`", what):
        wanted = [_WORDS[one] for one in type[1].split(" | ") if one in _WORDS]
        return f"`{setting}` has to be {' or '.join(wanted)}, not {_WORDS.get(type[2], type[2])}"
    if bound := re.fullmatch(r"Expected `\w+` (<=|>=|>) ([\d.-]+)", what):
        return f"`{setting}` has to be {_BOUNDS[bound[1]]} {float(bound[2]):g}"
    if what.startswith("Expected `array` of length >= 1"):
        return f"`{setting}` has to name some"
    if enum := re.fullmatch(r"Invalid enum value (.*)", what):
        return f"`{setting}` cannot be {enum[1]}: it is {', '.join(_choices(kind, setting))}"
    return said


def _choices(kind: type[Check], setting: str) -> list[str]:
    """Return the words that a setting may have, also where it is a list or table of them."""
    field = next(one for one in msgspec.inspect.type_info(kind).fields if one.name == setting)  # type: ignore[attr-defined]
    pending, found = [field.type], []
    while pending:
        one = pending.pop(0)
        found += [str(word) for word in getattr(one, "values", ())]
        pending += [*getattr(one, "types", ())]
        pending += [
            inner for name in ("item_type", "value_type") if (inner := getattr(one, name, None))
        ]
    return found


_BOUNDS: Final = {"<=": "at most", ">=": "at least", ">": "more than"}
_WORDS: Final = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "date": "a date",
    "datetime": "a time",
}
"""What types of a setting are called."""
