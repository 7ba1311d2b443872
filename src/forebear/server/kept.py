"""Kept bytes on the wire: they go by way of a file, and are never in memory whole."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct
from starlette.responses import FileResponse, Response, StreamingResponse

from forebear.core.errors import CorruptStore, StoreUnwritable, Unreadable
from forebear.server.endpoints import Call

__all__ = ["Kept", "keep_sent", "send_kept"]

_CHUNK: Final = 1 << 20
_BYTES: Final = "application/octet-stream"


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
        "Content-Disposition": f'attachment; filename="{name}"' if name else "attachment",
        "ETag": f'"{digest}"',
        # Or they would be packed on the way, and a range of what is packed is none of these bytes.
        "Content-Encoding": "identity",
    }
    blobs = call.store.blobs
    path = await call.service.in_thread(lambda: blobs.checked(digest))
    if "range" in call.request.headers:
        return FileResponse(path, headers=headers, media_type=_BYTES)
    headers |= {"Content-Length": str(path.stat().st_size), "Accept-Ranges": "bytes"}
    return StreamingResponse(_parts(path, digest), headers=headers, media_type=_BYTES)


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
