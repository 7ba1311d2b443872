"""Kept bytes on the wire: they go by way of a file, and are never in memory whole."""

from __future__ import annotations

import hashlib
import mimetypes
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from msgspec import Struct
from starlette.responses import FileResponse, Response, StreamingResponse

from forebear.core.errors import CorruptStore, StoreUnwritable, Unreadable
from forebear.server.endpoints import Call

__all__ = ["Kept", "keep_sent", "send_kept"]

_CHUNK: Final = 1 << 20
_BYTES: Final = "application/octet-stream"
_TEXTS: Final = frozenset(
    "txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml json js py py3 csv tsv md"
    " rst ipynb mlmodel mlproject".split()
)
_SHOWN: Final = frozenset(
    ("application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp")
)


class Kept(Struct, frozen=True):
    """What a request has brought."""

    digest: str
    size: int


async def keep_sent(call: Call, digest: str | None = None) -> Kept:
    """Keep the body of a request.

    Raises:
        Forbidden: who sends it may write nothing where they work.
        Unreadable: it has not the digest that it is said to have; then nothing is kept.
        StoreUnwritable: the store is full or read-only.
    """
    call.who.must_here("write")
    with tempfile.TemporaryDirectory(prefix="forebear-put-") as folder:
        path, size = Path(folder) / "sent", 0
        try:
            with path.open("wb") as file:
                async for part in call.request.stream():
                    size += len(part)
                    file.write(part)
        except OSError as error:
            raise StoreUnwritable(f"What is sent cannot be set down: {error.strerror}.") from error
        blobs = call.store.blobs
        try:
            found = await call.service.in_thread(lambda: blobs.put_file(path, digest))
        except Unreadable:
            raise Unreadable("What was sent has another digest than it is said to have.") from None
    return Kept(found, size)


async def send_kept(call: Call, digest: str, *, name: str | None = None) -> Response:
    """Return kept bytes as a file to be saved, if who asks may have them.

    They are checked before the first of them leaves, if they were not since they were kept or this
    server has begun, and again on the way: the last of them leave only if all have the digest.
    Whoever asks for a range of them, or goes on with a download, gets that.

    Raises:
        NotFound: they are not kept, or are not for who asks.
        CorruptStore: they are not what was kept.
    """
    headers = {
        "Content-Disposition": _disposition(name),
        "Content-Type": _media_type(name),
        "ETag": f'"{digest}"',
        # Or they would be packed on the way, and a range of what is packed is none of these bytes.
        "Content-Encoding": "identity",
    }
    blobs = call.store.blobs
    path = await call.service.in_thread(lambda: blobs.checked(digest))
    if "range" in call.request.headers:
        return FileResponse(path, headers=headers)
    headers |= {"Content-Length": str(path.stat().st_size), "Accept-Ranges": "bytes"}
    return StreamingResponse(_parts(path, digest), headers=headers)


def _disposition(name: str | None) -> str:
    """Return under which name a file is to be saved (RFC 6266)."""
    if not name:
        return "attachment"
    plain = re.sub(r"[^ !#-~]|[%\\]", "_", name)
    said = f'attachment; filename="{plain}"'
    return said if plain == name else f"{said}; filename*=UTF-8''{quote(name, safe='')}"


def _media_type(name: str | None) -> str:
    """Return what a file is by its name; of what a browser might run it is bytes.

    >>> _media_type("MLmodel"), _media_type("roc.png"), _media_type("page.html")
    ('text/plain', 'image/png', 'application/octet-stream')
    """
    if not name:
        return _BYTES
    if name.rpartition(".")[2].lower() in _TEXTS:
        return "text/plain"
    guessed = mimetypes.guess_type(name)[0]
    return guessed if guessed in _SHOWN else _BYTES


def _parts(path: Path, digest: str) -> Iterator[bytes]:
    found, held = hashlib.sha256(), b""
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            yield held
            found.update(part)
            held = part
    if f"sha256:{found.hexdigest()}" != digest:
        # Whoever reads sees that the connection ends before the bytes do.
        raise CorruptStore(f"Kept bytes have changed while they were sent: {digest}.")
    yield held
