"""The files of a table: one, a folder's parts, what a pattern matches, here or behind a URL."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from forebear.core.errors import Unreadable

__all__ = ["check", "files_of", "filesystem_of", "form_of", "opened"]

_FORMS: Final = {
    "parquet": "parquet",
    "pq": "parquet",
    "feather": "feather",
    "arrow": "feather",
    "ipc": "feather",
    "csv": "csv",
    "tsv": "csv",
    "json": "json",
    "jsonl": "json",
    "ndjson": "json",
}
_HINT: Final = "CSV, Parquet, Feather or Arrow files and JSON lines can be profiled."


def form_of(path: str) -> str | None:
    """Return how a file is to be read, by its ending.

    >>> form_of("data/a.csv.gz"), form_of("a.PARQUET"), form_of("model.pkl")
    ('csv', 'parquet', None)
    """
    parts = path.lower().rsplit("/", 1)[-1].split(".")
    if parts[-1] in ("gz", "zst"):
        parts.pop()
    return _FORMS.get(parts[-1])


def files_of(place: str) -> list[str]:
    """Return the data files of a path or URL: itself, what a pattern matches, a folder's parts.

    Raises:
        Unreadable: there is none, or they are of several forms.
    """
    found = _behind_url(place) if "://" in place else _on_disk(place)
    forms = {form_of(one) for one in found}
    if not found:
        raise Unreadable(f"There is no data file in '{place}'.", hint=_HINT)
    if len(forms) > 1:
        raise Unreadable(
            f"'{place}' holds files of several forms, which are not parts of one table.",
            hint="Name those that are, by a pattern: 'folder/*.parquet'.",
        )
    if forms == {None}:
        raise Unreadable(f"'{place}' is no table that can be profiled.", hint=_HINT)
    return found


def _on_disk(place: str) -> list[str]:
    path = Path(place)
    if path.is_dir():
        return sorted(str(one) for one in path.rglob("*") if one.is_file() and _is_part(str(one)))
    if path.exists() or not glob.has_magic(place):
        return [place]
    return sorted(glob.glob(place, recursive=True))  # noqa: PTH207  (patterns may be absolute)


def _behind_url(place: str) -> list[str]:
    filesystem, path = filesystem_of(place)
    try:
        if glob.has_magic(path):
            found = filesystem.glob(path)
        elif filesystem.isdir(path):
            found = [one for one in filesystem.find(path) if _is_part(one)]
        else:
            found = [path]
    except Exception as error:
        # Each kind of store has errors of its own.
        raise Unreadable(f"'{place}' cannot be looked at: {error}.") from error
    return sorted(filesystem.unstrip_protocol(one) for one in found)


def _is_part(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return form_of(name) is not None and not name.startswith(("_", "."))


def filesystem_of(place: str) -> tuple[Any, str]:
    """Return fsspec's file system of a URL, and the path in it.

    Raises:
        Unreadable: fsspec, or what it needs for this kind of URL, is not installed.
    """
    try:
        from fsspec.core import url_to_fs

        found: tuple[Any, str] = url_to_fs(place)
    except (ImportError, ValueError) as error:
        raise Unreadable(
            f"'{place}' cannot be read: {error}.",
            hint="pip install 'forebear[dask]', and what fsspec needs for this kind of URL.",
        ) from error
    return found


def opened(place: str) -> Any:
    """Return a `pyarrow` stream of a file's bytes, unpacked where it is compressed."""
    import pyarrow as pa

    if "://" not in place:
        return pa.input_stream(place, compression="detect")
    filesystem, path = filesystem_of(place)
    packed = {"gz": "gzip", "zst": "zstd"}.get(path.rsplit(".", 1)[-1])
    return pa.input_stream(filesystem.open(path, "rb"), compression=packed)


def check(files: Sequence[str]) -> None:
    """Refuse what cannot be opened, or holds nothing, in words of ours.

    Raises:
        Unreadable: a file is missing, forbidden or empty.
    """
    for place in files:
        if "://" in place:
            continue
        try:
            with Path(place).open("rb") as file:
                if not file.read(1):
                    raise Unreadable(f"'{place}' is empty: there are no columns.")
        except FileNotFoundError:
            raise Unreadable(f"There is no file '{place}'.") from None
        except OSError as error:
            raise Unreadable(f"'{place}' cannot be read: {error.strerror or error}.") from None
