"""Test data as a pandas frame, from the kept copy or from the file while it is the same."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from forebear.client.asking import Asking
from forebear.core.errors import InvalidInput, NotFound, Unreadable
from forebear.engines.files import digest_path
from forebear.ops.validation import Piece

__all__ = ["bytes_of", "frame_of", "place_of", "require_pandas", "table_of"]

_SEPARATORS: Final = ",;\t|"


def require_pandas() -> Any:
    """Return pandas.

    Raises:
        InvalidInput: it, or scikit-learn, is not installed.
    """
    try:
        import pandas
        import scipy  # noqa: F401
    except ImportError as error:
        raise InvalidInput(
            f"Validation needs {error.name}, which is not installed here.",
            hint="`pip install 'forebear[validation]'`",
        ) from error
    return pandas


def place_of(piece: Piece) -> Path | None:
    """Return a file or folder that holds the piece now."""
    for node in piece.saved:
        for uri in piece.paths.get(node.id, []):
            path = Path(unquote(uri.removeprefix("file://")))
            if path.exists() and digest_path(path).digest == node.digest:
                return path
    return None


def bytes_of(client: Asking, piece: Piece) -> tuple[bytes, str]:
    """Return the bytes of a piece with a name that tells their form.

    Raises:
        NotFound: they are neither kept nor where they were.
    """
    for node in piece.saved:
        if node.digest is not None and client.blobs.has(node.digest):
            label = node.label or piece.label or ""
            name = label if "." in label else f"{label}.{node.format or ''}"
            return client.blobs.get(node.digest), name
    place = place_of(piece)
    if place is not None and place.is_file():
        return place.read_bytes(), place.name
    if not piece.saved:
        raise NotFound(
            f"{piece.title} lived in memory only; no file with its content was recorded.",
            hint="Name the file that holds it: `--on test.csv`.",
        )
    known = [uri for uris in piece.paths.values() for uri in uris]
    where = f", and {known[0]} no longer holds it" if known else ""
    raise NotFound(f"The content of {piece.title} is not kept{where}.")


def table_of(client: Asking, piece: Piece) -> Any:
    """Return the rows of some data; a folder is read as Parquet files with the same columns.

    Raises:
        NotFound, Unreadable: the content is not there, or no table.
    """
    place = place_of(piece)
    if place is None or not place.is_dir():
        return frame_of(*bytes_of(client, piece))
    try:
        return require_pandas().read_parquet(place)
    except (ValueError, OSError, ImportError) as error:
        raise Unreadable(
            f"'{place}' cannot be read as a table: {error}.",
            hint="Of folders those with Parquet files are read.",
        ) from error


def frame_of(data: bytes, name: str) -> Any:
    """Read a data file into a frame.

    Raises:
        Unreadable: it is of no kind that is read here, or damaged.
    """
    pandas = require_pandas()
    endings = [one for one in name.lower().split(".")[1:] if one not in {"gz", "bz2", "xz", "zst"}]
    packed = next((one for one in ("gz", "bz2", "xz", "zst") if name.lower().endswith(one)), None)
    ending = endings[-1] if endings else ""
    stream = io.BytesIO(data)
    compression = {"gz": "gzip", "zst": "zstd"}.get(packed or "", packed)
    try:
        if ending in {"csv", "tsv", "txt"}:
            sep = _separator(data) if packed is None else "\t" if ending == "tsv" else ","
            return pandas.read_csv(stream, sep=sep, compression=compression)
        if ending in {"parquet", "pq"}:
            return pandas.read_parquet(stream)
        if ending in {"feather", "arrow", "ipc"}:
            return pandas.read_feather(stream)
        if ending in {"jsonl", "ndjson", "json"}:
            return pandas.read_json(stream, lines=ending != "json", compression=compression)
    except (ValueError, OSError, UnicodeError, ImportError) as error:
        raise Unreadable(f"'{name}' cannot be read as a table: {error}.") from error
    raise Unreadable(
        f"'{name}' cannot be read as a table.",
        hint="CSV, Parquet, Feather and JSON lines are read.",
    )


def _separator(data: bytes) -> str:
    head = data.split(b"\n", 1)[0].decode("utf-8", "replace")
    return max(_SEPARATORS, key=head.count) if any(one in head for one in _SEPARATORS) else ","
