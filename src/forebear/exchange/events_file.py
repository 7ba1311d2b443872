"""A store's events in one file: what `export --events` writes and `import --events` reads.

Lines of JSON (NDJSON): a header with how many events follow and which part of which ledger they
are, the events in their canonical bytes, one for each line, and a trailer with the SHA-256 of
everything before it. An event whose bytes are more than one line is written as a JSON string.
With a whole ledger the header's Merkle root can be computed from the events, and is checked.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast

import msgspec
from msgspec import Struct

from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.merkle import Frontier, leaf_hash

__all__ = ["EventsHeader", "opened", "read_events", "read_header", "write_events"]

_LONGEST: Final = 256 << 20
_UNPACKING: Final = (EOFError, gzip.BadGzipFile, zlib.error)
_DECODING: Final = (msgspec.MsgspecError, UnicodeError)


class EventsHeader(Struct, frozen=True, kw_only=True):
    """The first line: which events follow."""

    format: Literal["forebear-events-1"] = "forebear-events-1"
    after: int
    """The events are those with a greater seq."""
    count: int
    size: int
    """How many events the ledger had."""
    root: str
    """Its Merkle root."""


class _Trailer(Struct, frozen=True, kw_only=True):
    events: int
    digest: str


@contextmanager
def opened(path: Path, mode: Literal["rb", "wb"]) -> Iterator[BinaryIO]:
    """Open a file of events; what ends in `.gz` is compressed.

    Raises:
        InvalidInput: it cannot be opened, or its ending is that of another compression.
    """
    if path.suffix in {".zst", ".xz", ".bz2", ".zip"}:
        raise InvalidInput(
            f"'{path}' would have to be compressed in a way that is not known here.",
            hint="Use `.gz`, or `-` and a pipe: `forebear export --events - | zstd > FILE`.",
        )
    try:
        plain = path.open(mode)
    except OSError as error:
        raise InvalidInput(f"'{path}' cannot be opened: {error.strerror or error}.") from error
    with plain as file:
        if path.suffix != ".gz":
            yield file
            return
        # Without a time in it, the same events make the same file.
        with gzip.GzipFile("", mode, 3, file, mtime=0) as packed:
            yield cast(BinaryIO, packed)


def write_events(file: BinaryIO, header: EventsHeader, bodies: Iterable[bytes]) -> None:
    """Write a header, that many events in their canonical bytes, and the trailer.

    Raises:
        InvalidInput: there are fewer or more events than the header says.
    """
    running = hashlib.sha256()
    count = 0

    def write(line: bytes) -> None:
        running.update(line)
        running.update(b"\n")
        file.write(line)
        file.write(b"\n")

    write(msgspec.json.encode(header))
    for body in bodies:
        plain = body.startswith(b"{") and b"\n" not in body
        write(body if plain else msgspec.json.encode(body.decode()))
        count += 1
    if count != header.count:
        raise InvalidInput(f"There are {count} events, not {header.count}.")
    trailer = _Trailer(events=count, digest=f"sha256:{running.hexdigest()}")
    file.write(msgspec.json.encode(trailer) + b"\n")


def read_header(file: BinaryIO, name: str) -> EventsHeader:
    """Return the header of the file that is called `name`.

    Raises:
        Unreadable: it is no file of events, or of a later form.
    """
    return _header(_line(file, name), name)


def read_events(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the events, and at the end compare their number, digest and root.

    Only when the iterator has come to its end without an error is what it yielded what was
    written: read a file through before anything is done with it.

    Raises:
        Unreadable: the file is damaged or cut off.
    """
    running = hashlib.sha256()
    first = _line(file, name)
    header = _header(first, name)
    running.update(first)
    whole = Frontier()
    for number in range(1, header.count + 1):
        line = _line(file, name)
        if not line.endswith(b"\n"):
            raise _damaged(name, f"it ends within event {number:,} of {header.count:,}")
        running.update(line)
        body = _body(line, name, number)
        whole.append(leaf_hash(body))
        yield body
    trailer = _trailer(_line(file, name), name)
    if trailer.events != header.count or trailer.digest != f"sha256:{running.hexdigest()}":
        raise _damaged(name, "its bytes are not those that were written")
    if _line(file, name):
        raise _damaged(name, "something follows its end")
    if header.after == 0 and header.root != f"sha256:{whole.root().hex()}":
        raise _damaged(name, "its events do not lead to the Merkle root that it states")


def _line(file: BinaryIO, name: str) -> bytes:
    try:
        line = file.readline(_LONGEST)
    except _UNPACKING as error:
        raise _damaged(name, str(error)) from error
    except OSError as error:
        raise Unreadable(f"'{name}' cannot be read: {error.strerror or error}.") from error
    if len(line) == _LONGEST:
        raise _damaged(name, "a line in it is longer than any event")
    return line


def _header(line: bytes, name: str) -> EventsHeader:
    try:
        header = msgspec.json.decode(line, type=EventsHeader)
    except _DECODING:
        raise Unreadable(
            f"'{name}' is not a file of events that this forebear can read.",
            hint="`forebear export --events FILE` writes such a file.",
        ) from None
    if header.after < 0 or header.count != header.size - header.after:
        raise _damaged(name, "its first line contradicts itself")
    return header


def _body(line: bytes, name: str, number: int) -> bytes:
    if not line.startswith(b'"'):
        return line[:-1]
    try:
        return msgspec.json.decode(line, type=str).encode()
    except _DECODING:
        raise _damaged(name, f"event {number:,} cannot be read") from None


def _trailer(line: bytes, name: str) -> _Trailer:
    if not line.endswith(b"\n"):
        raise _damaged(name, "its last line is not whole")
    try:
        return msgspec.json.decode(line, type=_Trailer)
    except _DECODING:
        raise _damaged(name, "its last line says nothing of what came before") from None


def _damaged(name: str, why: str) -> Unreadable:
    return Unreadable(f"'{name}' is damaged: {why}.", hint="Copy or export it again.")
