"""Downloads: content that came from an address, known by its bytes and by where it was.

The artifact is the content itself. So a file that it is written to is a copy, and what is read
from that file, or from a buffer of the same bytes, comes from the address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from forebear.capture.callsite import CallSite
from forebear.capture.datafiles import name_in, referenced, remember_read
from forebear.capture.patching import Call
from forebear.capture.session import Session, active
from forebear.core import redaction
from forebear.core.addresses import canonical
from forebear.core.digest import of_bytes
from forebear.core.events import Link, LocationSeen
from forebear.engines.files import digest_path

__all__ = ["Download", "downloaded", "uploaded"]

_VERSIONS: Final = {
    "etag": "etag",
    "last-modified": "last_modified",
    "x-amz-version-id": "version",
    "x-goog-generation": "version",
    "x-ms-version-id": "version",
}
"""Headers that tell which version of a thing it is."""


class Download:
    """Content on its way from an address; it is recorded when it is all there.

    What the program never reads to its end through us is known by its address only, which is
    said when the run ends.
    """

    def __init__(self, call: Call, url: str, headers: Mapping[str, Any], name: str) -> None:
        self.session = call.session
        self.url = url
        self.headers = {str(key).lower(): str(value) for key, value in headers.items()}
        self.name = name
        self.started: datetime = call.started
        self.site: CallSite | None = call.site
        self._hash = hashlib.sha256()
        self._size = 0
        self._over = False
        self.session.unfinished[id(self)] = self._never_read

    def feed(self, chunk: bytes) -> None:
        """Take in the next bytes."""
        self._hash.update(chunk)
        self._size += len(chunk)

    def through(self, chunks: Iterator[Any]) -> Iterator[Any]:
        """Yield chunks as they come; after the last the content is recorded."""
        for chunk in chunks:
            if isinstance(chunk, bytes):
                self.feed(chunk)
            else:
                self._over = True  # decoded text is not what was sent
            yield chunk
        self.done()

    def done(self, body: bytes | None = None) -> str | None:
        """Record the content and return its artifact id; `body` is all of it, if it is there."""
        if body is not None:
            self.feed(body)
        if self._over or not self._size or active() is not self.session:
            return None
        self._over = True
        self.session.unfinished.pop(id(self), None)
        digest = "sha256:" + self._hash.hexdigest()
        try:
            with self.session.own_work():
                _record(self, digest, self._size, body)
        except Exception as error:
            self.session.trouble(self.name, error)
        return digest

    def saved(self, path: Path) -> str:
        """Record the content, which lies in a file, and return its artifact id."""
        found = digest_path(path)
        self.session.unfinished.pop(id(self), None)
        self._over = True
        _record(self, found.digest, found.size, None)
        self.session.files.pending.pop(str(path), None)
        return self.session.file(path, "write", kind="data")

    def _never_read(self) -> None:
        version = self.headers.get("etag")
        artifact = referenced(self.session, self.url, "read", version=version)
        remember_read(self.session, artifact)
        self.session.used(artifact, "input")
        shown = name_in(redaction.url(self.url).value)
        self.session.gap(f"What was downloaded as {shown} was not seen.", artifact)


def downloaded(
    call: Call, url: str, headers: Mapping[str, Any], name: str, *, body: bytes | Path
) -> str | None:
    """Record content that has been downloaded whole, into memory or a file.

    Returns its artifact id, or None where there is nothing.
    """
    download = Download(call, url, headers, name)
    if isinstance(body, Path):
        call.claim(str(body))
        return download.saved(body)
    return download.done(body)


def _record(download: Download, digest: str, size: int, body: bytes | None) -> None:
    session = download.session
    clean = canonical(redaction.url(download.url).value)
    attrs = {word: value for key, word in _VERSIONS.items() if (value := download.headers.get(key))}
    name = name_in(clean)
    kept = body is not None and size <= session.config.capture.keep_data_below
    session.artifact(
        "data",
        digest,
        label=name,
        format=Path(name).suffix.lstrip(".") or None,
        size=size,
        kept=kept and session.keep(body or b"") == digest,
        attrs=attrs,
    )
    session.emit(LocationSeen(artifact=digest, uri=clean, mode="read", run=session.here))
    remember_read(session, digest)
    session.step(
        "ingest",
        download.name,
        started=download.started,
        used=[Link(artifact=digest, role="input")],
        site=download.site,
        attrs={"url": clean, **attrs},
    )


def uploaded(session: Session, body: bytes | Path, url: str) -> None:
    """Record that content of a file or of memory was copied to an address."""
    clean = canonical(redaction.url(url).value)
    if isinstance(body, Path):
        artifact = session.file(body, "read")
        if not session.files.was_written(artifact):
            session.used(artifact, "input")
    else:
        artifact = session.artifact("data", of_bytes(body), label=name_in(clean), size=len(body))
    session.emit(LocationSeen(artifact=artifact, uri=clean, mode="copy", run=session.here))
