"""The rules of a project: `forebear.toml`, here or in a folder above."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from msgspec import structs

from forebear.client.locate import locate
from forebear.core.errors import InvalidInput, NoStore
from forebear.core.policies import RulesFile

__all__ = ["RULES", "find_rules", "rules_of_store"]

RULES: Final = "forebear.toml"

_log = logging.getLogger(__name__)


def find_rules(store: str | None = None, *, start: Path | None = None) -> RulesFile | None:
    """Return the nearest `forebear.toml` at or above `start` (default: here), or by the store.

    Raises:
        InvalidInput: it cannot be read.
    """
    begin = (start or Path.cwd()).absolute()
    try:
        place = locate(store, start=start).folder
    except NoStore:
        place = None
    return _nearest(begin) or (_nearest(place.parent) if place is not None else None)


def rules_of_store(folder: Path) -> RulesFile | None:
    """Return the `forebear.toml` of a store that is served: beside its folder, or above.

    Whoever asks a server is told what it is called, and not where it lies on that machine.

    Raises:
        InvalidInput: it cannot be read.
    """
    try:
        found = _nearest(folder.parent.absolute())
    except InvalidInput as error:
        _log.warning("%s", error.message)
        raise InvalidInput(
            f"The server cannot read its {RULES}.", hint="Its log says why."
        ) from None
    return None if found is None else structs.replace(found, path=RULES)


def _nearest(start: Path) -> RulesFile | None:
    for folder in (start, *start.parents):
        path = folder / RULES
        try:
            return RulesFile(path=str(path), text=path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(f"{path} cannot be read: {error}.") from error
    return None
