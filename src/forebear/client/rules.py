"""The rules of a project: `forebear.toml`, here or in a folder above."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from forebear.client.locate import locate
from forebear.core.errors import InvalidInput, NoStore
from forebear.ops.policies import RulesFile

__all__ = ["RULES", "find_rules"]

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
    beside = [place.parent] if place is not None else []
    for folder in (begin, *begin.parents, *beside):
        path = folder / RULES
        try:
            text = path.read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(f"{path} cannot be read: {error}.") from error
        return RulesFile(path=str(path), text=text)
    return None
