"""Large files in parts: they wait in a folder until all are there, then they are one file.

An upload's id is a secret: whoever has it may send parts, as with the addresses that cloud stores
sign. Its folder bears the digest of the id, and outlives the server. A part that comes again takes
the place of the first. What nobody has gone on with for a day is deleted.

Each workspace has a folder of its own, and its own number of uploads that may be open at once:
none is kept out by what others do.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from msgspec import Struct

from forebear.core.errors import StoreUnwritable
from forebear.server.mlflow.errors import MlflowError, invalid, missing
from forebear.server.mlflow.facts import FileFact

__all__ = ["MOST_PARTS", "Part", "Upload", "Uploads"]

MOST_PARTS: Final = 10_000
_LARGEST_PART: Final = 5 << 30
_MOST_OPEN: Final = 1000
"""In one workspace."""
_PATIENCE: Final = 86_400
_CHUNK: Final = 1 << 20
_META: Final = "upload.json"
_LOCK: Final = ".lock"
_OPEN: Final = "open"
"""A file that is there until an upload has come to its end."""
_MARK: Final = 16
"""So many digits of its workspace's digest an id begins with."""


class Part(Struct, frozen=True, kw_only=True):
    """A part that is there."""

    part_number: int
    etag: str
    size: int


class Upload(Struct, frozen=True, kw_only=True):
    """A file that comes in parts."""

    space: str
    path: str
    """Among the artifacts, as in their addresses."""
    parts: int
    done: FileFact | None = None
    """What came of it; it is remembered, so that who missed the answer may ask again."""


class Uploads:
    """The uploads of a store that have not come to an end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, space: str, path: str, parts: int) -> str:
        """Begin an upload, and return its id.

        Raises:
            MlflowError: it has too many parts, or too many are open in its workspace.
        """
        if not 0 < parts <= MOST_PARTS:
            raise invalid(f"A file has 1 to {MOST_PARTS} parts, and this one has {parts}.")
        self.sweep()
        mark = _digest(space)[:_MARK]
        if sum(1 for _ in (self._folder / mark).glob(f"*/{_OPEN}")) >= _MOST_OPEN:
            raise MlflowError(
                "REQUEST_LIMIT_EXCEEDED",
                f"{_MOST_OPEN} uploads are under way in this workspace: end some of them, or wait"
                " until they have rested for a day.",
            )
        id = mark + secrets.token_hex(32)
        try:
            self._place(id).mkdir(mode=0o700, parents=True)
            (self._place(id) / _OPEN).touch()
        except OSError as error:
            raise _full(error) from error
        self._write(id, Upload(space=space, path=path, parts=parts))
        return id

    def find(self, id: str) -> Upload:
        """Return an upload.

        Raises:
            MlflowError: there is none of this id, or there is no more.
        """
        try:
            return msgspec.json.decode((self._place(id) / _META).read_bytes(), type=Upload)
        except (OSError, msgspec.MsgspecError):
            raise missing("There is no such upload; one that rests for a day is gone.") from None

    def parts(self, id: str) -> list[Part]:
        """Return the parts that are there: whoever was interrupted goes on with the others."""
        self.find(id)
        found = []
        for file in sorted(self._place(id).glob("part-*")):
            _, number, etag = file.name.split("-")
            found.append(Part(part_number=int(number), etag=etag, size=file.stat().st_size))
        return found

    async def keep(self, id: str, number: int, body: AsyncIterator[bytes]) -> Part:
        """Keep a part; the same again is the same.

        Raises:
            MlflowError: there is no such upload or part, or it is too large.
            StoreUnwritable: there is no room.
        """
        upload = self.find(id)
        if not 1 <= number <= upload.parts:
            raise invalid(f"There is no part {number} of {upload.parts}.")
        place, found, size = self._place(id), hashlib.sha256(), 0
        try:
            handle, name = tempfile.mkstemp(prefix=".new-", dir=place)
            try:
                with os.fdopen(handle, "wb") as file:
                    async for some in body:
                        size += len(some)
                        if size > _LARGEST_PART:
                            raise MlflowError("REQUEST_LIMIT_EXCEEDED", "A part has 5 GiB at most.")
                        found.update(some)
                        file.write(some)
                etag = found.hexdigest()
                before = list(place.glob(f"part-{number:05}-*"))
                kept = Path(name).replace(place / f"part-{number:05}-{etag}")
                for other in before:
                    if other != kept:
                        other.unlink(missing_ok=True)
            finally:
                Path(name).unlink(missing_ok=True)
        except OSError as error:
            raise _full(error) from error
        return Part(part_number=number, etag=etag, size=size)

    def whole(self, id: str, wanted: list[tuple[int, str]]) -> Path:
        """Put the parts together, and return the file; it goes with the upload.

        Raises:
            MlflowError: a part is missing, or is another one.
        """
        upload = self.find(id)
        here = {one.part_number: one.etag for one in self.parts(id)}
        numbers = [number for number, _ in wanted]
        if sorted(numbers) != list(range(1, upload.parts + 1)):
            raise invalid(f"All {upload.parts} parts of the file have to be named, each once.")
        for number, etag in wanted:
            if here.get(number) != etag.strip('"'):
                raise invalid(f"Part {number} is not there, or has another ETag.")
        place = self._place(id)
        whole = place / "whole"
        try:
            with whole.open("wb") as target:
                for number, etag in sorted(here.items()):
                    with (place / f"part-{number:05}-{etag}").open("rb") as source:
                        _copy(source, target)
        except OSError as error:
            raise _full(error) from error
        return whole

    @contextmanager
    def alone(self, id: str) -> Iterator[Upload]:
        """Yield an upload while nobody else ends it: who lost the answer may ask again too early.

        Raises:
            MlflowError: there is none of this id, or there is no more.
        """
        self.find(id)
        try:
            lock = (self._place(id) / _LOCK).open("wb")
        except OSError as error:
            raise _full(error) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self.find(id)

    def end(self, id: str, done: FileFact | None) -> None:
        """Delete the parts; what came of them is remembered for a day."""
        upload = self.find(id)
        place = self._place(id)
        if done is None:
            shutil.rmtree(place, ignore_errors=True)
            return
        self._write(id, msgspec.structs.replace(upload, done=done))
        for file in place.iterdir():
            if file.name not in {_META, _LOCK}:
                file.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete what nobody has gone on with for a day."""
        old = time.time() - _PATIENCE
        for place in self._folder.glob("*/*/"):
            try:
                if place.stat().st_mtime < old:  # that of the last part that came
                    shutil.rmtree(place, ignore_errors=True)
            except OSError:
                continue  # somebody else was quicker

    def _place(self, id: str) -> Path:
        # An id is a stranger's word: only what can be no path leads to a folder.
        mark = id[:_MARK] if id[:_MARK].isalnum() else "none"
        return self._folder / mark / _digest(id)

    def _write(self, id: str, upload: Upload) -> None:
        file = self._place(id) / _META
        try:
            new = file.with_name(f".{_META}.new")
            new.write_bytes(msgspec.json.encode(upload))
            new.replace(file)
        except OSError as error:
            raise _full(error) from error


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    shutil.copyfileobj(source, target, _CHUNK)


def _full(error: OSError) -> StoreUnwritable:
    return StoreUnwritable(f"Parts of files cannot be kept: {error.strerror or error}.")
