"""The client of a server: the same operations, asked over HTTP."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from forebear.client.asking import Asking
from forebear.client.credentials import token_for
from forebear.core import errors
from forebear.core.addresses import without_password
from forebear.core.blobs import KeptBytes
from forebear.core.digest import is_digest, of_bytes
from forebear.core.errors import (
    CorruptStore,
    ForebearError,
    InvalidInput,
    StoreError,
)
from forebear.ops.table import Request, find

__all__ = ["WORKSPACE_VARIABLE", "Connection", "HttpClient"]

Answer = TypeVar("Answer")

WORKSPACE_VARIABLE: Final = "FOREBEAR_WORKSPACE"
_PREFIX: Final = "/api/v1"
_SECONDS: Final = 60.0
_REACH_SECONDS: Final = 5.0


class Connection:
    """Requests to one server; whatever goes wrong is a `ForebearError`.

    Who asks is said by `token`, or else by the one that is kept for this server.
    """

    def __init__(self, url: str, *, token: str | None = None) -> None:
        try:
            import httpx2
        except ImportError:
            raise InvalidInput(
                f"{without_password(url)} is a server, and what speaks HTTP is not installed.",
                hint="`pip install 'forebear[http]'` brings it.",
            ) from None
        self.place = without_password(url)
        said = token_for(url) if token is None else token
        self._errors = httpx2
        self._client = httpx2.Client(
            base_url=url.rstrip("/") + _PREFIX,
            headers=_headers(said),
            timeout=httpx2.Timeout(_SECONDS, connect=_REACH_SECONDS),
        )

    def send(self, method: str, path: str, **more: Any) -> bytes:
        """Send a request and return the body of the answer.

        Raises:
            ForebearError: what the server says went wrong, as it would be raised here.
            StoreError: the server is away, or what answers is no forebear.
        """
        end = time.monotonic() + _SECONDS
        while wait := _told_to_wait(answer := self._asked(method, path, more), end):
            time.sleep(wait)
        if answer.status_code >= HTTPStatus.MULTIPLE_CHOICES:
            raise self._said(answer.status_code, answer.content)
        body: bytes = answer.content
        return body

    def finds(self, path: str) -> bool:
        """Tell whether there is something, without asking for it; raises as `send` does."""
        end = time.monotonic() + _SECONDS
        while wait := _told_to_wait(answer := self._asked("HEAD", path, {}), end):
            time.sleep(wait)
        if answer.status_code in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
            return bool(answer.status_code == HTTPStatus.OK)
        self.send("GET", path)  # a HEAD has no body that says what is wrong
        return True

    def told(self, type: type[Answer], method: str, path: str, **more: Any) -> Answer:
        """Send a request and read the answer; raises as `send` does.

        What is no such answer comes of a proxy, a page to sign in, or another version.
        """
        body = self.send(method, path, **more)
        try:
            return msgspec.json.decode(body, type=type)
        except msgspec.MsgspecError as error:
            raise StoreError(
                f"What answers at {self.place} is no forebear server, or one of another version:"
                f" {str(error).rstrip('.')}.",
                hint="Check the address: it is that of the server's root.",
            ) from None

    def stream(self, path: str) -> Iterator[bytes]:
        """Yield the body of an answer in parts; raises as `send` does."""
        end = time.monotonic() + _SECONDS
        while True:
            with self._reached(), self._client.stream("GET", path) as answer:
                wait = _told_to_wait(answer, end)
                if not wait and answer.status_code >= HTTPStatus.MULTIPLE_CHOICES:
                    raise self._said(answer.status_code, answer.read())
                if not wait:
                    yield from answer.iter_bytes()
                    return
            time.sleep(wait)

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _asked(self, method: str, path: str, more: dict[str, Any]) -> Any:
        with self._reached():
            return self._client.request(method, path, **more)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except self._errors.InvalidURL as error:
            raise InvalidInput(f"{self.place} is no address of a server: {error}.") from None
        except self._errors.TransportError as error:
            why = str(error).rstrip(".") or type(error).__name__
            raise StoreError(
                f"The server at {self.place} does not answer: {why}.",
                hint="Is it running? `forebear serve` starts one.",
            ) from None

    def _said(self, status: int, body: bytes) -> ForebearError:
        try:
            told = msgspec.json.decode(body, type=_Trouble)
        except msgspec.MsgspecError:
            return StoreError(
                f"What answers at {self.place} is no forebear server (HTTP {status}).",
                hint="Check the address: it is that of the server's root.",
            )
        return _kinds().get(told.code, StoreError)(told.detail, hint=told.hint)


def _told_to_wait(answer: Any, end: float) -> float:
    """Return in how many seconds a server that was asked too often would answer; 0: don't wait."""
    if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS:
        return 0
    said = answer.headers.get("retry-after", "")
    wait = float(said) if said.isascii() and said.isdecimal() else 1.0
    return wait if time.monotonic() + wait < end else 0


def _headers(token: str | None) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if workspace := os.environ.get(WORKSPACE_VARIABLE, "").strip():
        headers["Forebear-Workspace"] = workspace
    return headers


class _Trouble(msgspec.Struct, frozen=True):
    detail: str
    code: str
    hint: str | None = None


class ServedBytes(KeptBytes):
    """Bytes that a server keeps; whatever comes from there is checked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def has(self, digest: str) -> bool:
        """Ask whether they are there."""
        # Whoever may read may ask this; which of many are lacking asks who brings them.
        return is_digest(digest) and self._connection.finds(f"/blobs/{digest}")

    def get(self, digest: str) -> bytes:
        """Ask for them."""
        body = self._connection.send("GET", f"/blobs/{digest}")
        if of_bytes(body) != digest:
            raise CorruptStore(f"What {self._connection.place} sent is not what was asked for.")
        return body

    def copy_to(self, digest: str, path: Path) -> None:
        """Write them to a file, which appears when it is whole and right."""
        partial = path.with_name(f".{path.name}.part")
        hashed = hashlib.sha256()
        try:
            with partial.open("wb") as file:
                for part in self._connection.stream(f"/blobs/{digest}"):
                    hashed.update(part)
                    file.write(part)
            if f"sha256:{hashed.hexdigest()}" != digest:
                raise CorruptStore(f"What {self._connection.place} sent is not what was asked for.")
            partial.replace(path)
        except OSError as error:
            raise InvalidInput(f"'{path}' cannot be written: {error.strerror or error}.") from error
        finally:
            partial.unlink(missing_ok=True)


class HttpClient(Asking):
    """Puts requests to a server."""

    def __init__(self, url: str) -> None:
        self.notes: list[str] = []
        self._connection = Connection(url)

    @property
    def blobs(self) -> KeptBytes:
        """The bytes that the server keeps."""
        return ServedBytes(self._connection)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def run(self, request: Request[Answer]) -> Answer:
        """Send a request to the operation that answers it."""
        operation = find(request)
        answer: Answer = self._connection.told(
            operation.response,
            "POST",
            f"/{operation.name}",
            content=msgspec.json.encode(request),
            headers={"Content-Type": "application/json"},
        )
        return answer


def _kinds() -> dict[str, type[ForebearError]]:
    """Return all kinds of errors by their codes."""

    def below(kind: type[ForebearError]) -> Iterator[type[ForebearError]]:
        yield kind
        for one in kind.__subclasses__():
            yield from below(one)

    return {kind.code: kind for kind in below(errors.ForebearError)}
