"""Where the suite of data is: a file that people keep beside their code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from forebear.client.quality_background import FOLDER
from forebear.core.errors import BadRef, InvalidInput
from forebear.core.refs import parse
from forebear.ops.quality_import import QualityImportRequest
from forebear.ops.table import Target

__all__ = ["import_request", "read_text", "suite_file", "suite_files"]


def suite_file(ref: str, store: Path | None) -> Path | None:
    """Return the suite of the data that a ref names: `quality/NAME.toml` here or by the store."""
    try:
        name = parse(ref).name
    except BadRef:
        return None
    places = [Path.cwd(), *([store.parent] if store else [])]
    files = (place / FOLDER / f"{name}.toml" for place in places if name)
    return next((file for file in files if file.is_file()), None)


def suite_files(store: Path | None) -> Iterator[tuple[str, Path]]:
    """Yield the suites that lie here or by the store, each with the name of its data."""
    seen: set[str] = set()
    for place in dict.fromkeys([Path.cwd(), *([store.parent] if store else [])]):
        for file in sorted((place / FOLDER).glob("*.toml")):
            if file.stem not in seen:
                seen.add(file.stem)
                yield file.stem, file


def import_request(file: Path, data: str | None) -> QualityImportRequest:
    """Return the request that takes over a file of results, with what belongs to it beside it.

    Raises:
        InvalidInput: it cannot be read.
    """
    second = file.parent / "manifest.json"
    wanted = second.is_file() and file.name != second.name
    return QualityImportRequest(
        text=read_text(file),
        name=str(file),
        second=read_text(second) if wanted else None,
        data=Target(ref=data) if data else None,
    )


def read_text(file: Path) -> str:
    """Return what a file says.

    Raises:
        InvalidInput: it cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise InvalidInput(f"'{file}' cannot be read: {why}.") from None
