"""Checks of data: one file each, found by looking in here; strangers' by entry points.

A file defines a subclass of `forebear.core.checking.Check`; there is nothing else to edit.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

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
    if kind not in known:
        near = difflib.get_close_matches(str(kind), known, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"There is: {', '.join(known)}."
        raise InvalidInput(f"{where}: there is no check called '{kind}'.", hint=hint)
    try:
        return msgspec.convert(settings, known[kind])
    except (msgspec.ValidationError, ValueError) as error:
        fields = ", ".join(known[kind].__struct_fields__)
        raise InvalidInput(
            f"{where} ({kind}): {error}.", hint=f"Its settings are: {fields}."
        ) from None
