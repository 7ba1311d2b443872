"""Which server runs on a store of this machine: a small file in its folder says so meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

__all__ = ["running_at", "told"]

_FILE: Final = "server.json"
_PATIENCE: Final = 10.0
"""Seconds: one that was started a moment ago answers only when it has opened the store."""


class _Server(Struct, frozen=True):
    url: str
    pid: int


@contextmanager
def told(folder: Path, url: str) -> Iterator[None]:
    """Say in a store's folder where it is served, as long as that lasts.

    Of several servers the last one says it; a folder that can't be written to says nothing.
    """
    file, mine = folder / _FILE, _Server(url, os.getpid())
    try:
        file.write_bytes(msgspec.json.encode(mine))
    except OSError:
        yield
        return
    try:
        yield
    finally:
        if _read(file) == mine:
            file.unlink(missing_ok=True)


def running_at(folder: Path) -> str | None:
    """Return the address of the server of the store in a folder; None where none answers."""
    import http.client

    server = _read(folder / _FILE)
    if server is None or not _is_alive(server):
        return None
    address = urlsplit(server.url)
    asked = http.client.HTTPConnection(address.netloc, timeout=_PATIENCE)
    try:
        asked.request("GET", "/healthz")
        return server.url if asked.getresponse().status == http.HTTPStatus.OK else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        asked.close()


def _read(file: Path) -> _Server | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Server)
    except (OSError, msgspec.DecodeError):
        return None


def _is_alive(server: _Server) -> bool:
    """Tell whether its process is there: the port of one that was killed may be another's now."""
    try:
        os.kill(server.pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return server.pid > 0
