"""Servers: events and kept bytes go to them over HTTP."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from forebear.client.http import Connection
from forebear.client.remotes import Mark, Remote
from forebear.core.blobs import Blobs
from forebear.core.errors import NotFound
from forebear.core.rows import Appended

__all__ = ["SCHEMES", "ServerRemote", "connect"]

SCHEMES: Final = ("http", "https")
T = TypeVar("T")

_CHUNK: Final = 1 << 20


class ServerRemote(Remote):
    """A server as a remote."""

    def __init__(self, connection: Connection) -> None:
        self.place = connection.place
        self._connection = connection
        self._folder = tempfile.TemporaryDirectory(prefix="forebear-push-")

    def receive(self, bodies: Sequence[bytes]) -> Appended:
        """Send events, one a line: their canonical bytes have no line end in them."""
        return self._told(Appended, "POST", "/ledger/events", content=b"\n".join(bodies))

    def lacks(self, digests: Sequence[str]) -> list[str]:
        """Ask which are not there."""
        told = self._told(
            dict[str, list[str]], "POST", "/blobs/lacking", json={"digests": list(digests)}
        )
        return told["digests"]

    def keep(self, digest: str, blobs: Blobs) -> None:
        """Send kept bytes by way of a file, so that a large one is never in memory whole."""
        path = Path(self._folder.name) / "kept"
        blobs.copy_to(digest, path)
        headers = {"Content-Length": str(path.stat().st_size)}
        self._connection.send("PUT", f"/blobs/{digest}", content=_Parts(path), headers=headers)

    def mark(self) -> Mark | None:
        """Ask for the last event's hash."""
        mark = self._told(Mark, "GET", "/ledger/mark")
        return mark if mark.seq else None

    def goes_on_from(self, mark: Mark) -> bool:
        """Compare the event that was the last one."""
        try:
            return self._told(Mark, "GET", "/ledger/mark", params={"seq": mark.seq}) == mark
        except NotFound:
            return False

    def close(self) -> None:
        """Let go of the connection."""
        self._folder.cleanup()
        self._connection.close()

    def _told(self, type: type[T], method: str, path: str, **more: Any) -> T:
        return self._connection.told(type, method, path, **more)


def connect(address: str, *, known: bool) -> ServerRemote:
    """Open the way to a server; whether there is one is found out by the first request."""
    return ServerRemote(Connection(address))


class _Parts:
    """A file in parts, from its beginning each time that it has to be sent."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while part := file.read(_CHUNK):
                yield part
