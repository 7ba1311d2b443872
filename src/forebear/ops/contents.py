"""The records of recorded data: from the kept copy, or from the file while it is still the same."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from forebear.core.digest import is_digest, of_bytes
from forebear.core.entities import Node
from forebear.core.errors import ForebearError, Unreadable
from forebear.core.ports import Store
from forebear.engines.records import Records, column_names, read_records
from forebear.ops.local_files import may_open

__all__ = ["Contents"]


class Contents:
    """Reads the records of artifacts, each once; what cannot be read is told in `gaps`."""

    def __init__(self, store: Store, seq: int | None, *, given: str | None = None) -> None:
        """`given` is the path of a file whose content may be that of an artifact."""
        self._store, self._seq, self._given = store, seq, given
        self._read: dict[str, Records | None] = {}
        self.gaps: dict[str, None] = {}

    def of(self, node: Node, *, rows: int | None = None) -> Records | None:
        """Return the records of an artifact.

        `rows` is how many rows were recorded of it: with fewer it is None, since nobody could
        tell which is which.
        """
        if node.id not in self._read:
            self._read[node.id] = self._records(node, rows)
        return self._read[node.id]

    def names(self, node: Node) -> list[str]:
        """Return the names of an artifact's columns, as far as its content can be read."""
        found = self._content(node)
        if found is None:
            return []
        name, data = found
        try:
            return column_names(data, name)
        except Unreadable:
            return []

    def _records(self, node: Node, rows: int | None) -> Records | None:
        title = node.label or node.name or node.id
        found = self._content(node)
        if found is None:
            why = "no copy was kept, and no file with this content is there"
            self.gaps[f"the records of {title} cannot be read: {why}"] = None
            return None
        name, data = found
        try:
            records = read_records(data, name, rows=rows)
        except Unreadable as error:
            self.gaps[error.message.rstrip(".")] = None
            return None
        if rows is not None and records.rows < rows:
            told = f"{title} has {records.rows:,} records, and {rows:,} rows of it were recorded"
            self.gaps[told] = None
            return None
        return records

    def _content(self, node: Node) -> tuple[str, bytes] | None:
        """Return a name that tells the form, and the bytes."""
        if not is_digest(node.id):
            return None
        places = self._store.locations([node.id], self._seq)
        paths = [path for row in places if (path := _path(row.uri)) is not None]
        name = node.label or (paths[0].name if paths else node.format or "")
        if "." not in name and node.format:
            name = f"{name}.{node.format}"
        if self._store.blobs.has(node.id):
            try:
                return name, self._store.blobs.get(node.id)
            except ForebearError as error:
                self.gaps[error.message.rstrip(".")] = None
        given = [Path(self._given)] if self._given else []
        for path in (*given, *paths):
            if not may_open(path):
                continue
            try:
                data = path.read_bytes()
            except OSError:
                continue
            if of_bytes(data) == node.id:
                return path.name, data
        return None


def _path(uri: str) -> Path | None:
    if uri.startswith("file://"):
        return Path(unquote(uri.removeprefix("file://")))
    return Path(uri) if uri.startswith("/") else None
