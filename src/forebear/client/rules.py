"""The rules of a project: `forebear.toml`, here or in a folder above."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from forebear.client.locate import locate
from forebear.core.errors import InvalidInput, NoStore
from forebear.core.policies import RulesFile

__all__ = ["RULES", "find_rules", "rules_of_store"]

RULES: Final = "forebear.toml"


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

    Raises:
        InvalidInput: it cannot be read.
    """
    return _nearest(folder.parent.absolute())


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
