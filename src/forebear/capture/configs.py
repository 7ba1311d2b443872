"""Configuration files: settings of a model that stand in a file which the program has read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from forebear.capture.session import Session
from forebear.core.events import Link

__all__ = ["configs_behind", "note_config"]

_SUFFIXES: Final = (".json", ".toml")
_MOST_BYTES: Final = 1 << 20
_COMMON: Final = (0, 1, -1, "", True, False, None)
"""Values that stand in two places by chance."""


def note_config(session: Session, path: Path, artifact: str) -> None:
    """Remember a file that was read by ordinary means, if it may hold settings."""
    if path.suffix.lower() in _SUFFIXES and path.stat().st_size <= _MOST_BYTES:
        session.files.configs.setdefault(artifact, path)


def configs_behind(session: Session, settings: Mapping[str, Any]) -> list[Link]:
    """Return links to the files that hold the settings of a model, by name and value.

    A setting counts that stands under the name that it has in the model and is no value that
    many settings have. What is found so is `inferred`: nobody saw it being handed on.
    """
    wanted = {
        (name.rpartition("__")[2], value)
        for name, value in settings.items()
        if isinstance(value, str | int | float) and value not in _COMMON
    }
    return [
        Link(artifact=artifact, role="config", evidence="inferred")
        for artifact, path in session.files.configs.items()
        if wanted & set(_settings(path))
    ]


def _settings(path: Path) -> Iterator[tuple[str, Any]]:
    import tomllib  # few programs have settings in a file

    try:
        text = path.read_text(encoding="utf-8")
        told = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (OSError, ValueError):
        return
    todo: list[tuple[str, Any]] = [("", told)]
    while todo:
        name, value = todo.pop()
        if isinstance(value, dict):
            todo += [(str(key), inner) for key, inner in value.items()]
        elif isinstance(value, str | int | float):
            yield name, value
