"""What all clients do with a request before it goes where it is answered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TypeVar

import msgspec

from forebear.core.blobs import KeptBytes
from forebear.core.errors import UnknownRef
from forebear.core.refs import parse
from forebear.ops.table import Request, Target

__all__ = ["Asking", "with_content"]

Answer = TypeVar("Answer")


class Asking(ABC):
    """A client; where a request is answered is for its kinds to say."""

    notes: list[str]
    """What went wrong on the way without harming the answer, for people to read."""

    def call(self, request: Request[Answer]) -> Answer:
        """Answer a request.

        Files that the request names are digested here, where they are; a plain word only when
        nothing of that name is recorded.
        """
        asked = with_content(request, words=False)
        try:
            return self.run(asked)
        except UnknownRef:
            again = with_content(asked, words=True)
            if again == asked:
                raise
            return self.run(again)

    @abstractmethod
    def run(self, request: Request[Answer]) -> Answer:
        """Answer a request whose files are digested, or raise a `ForebearError`."""

    @property
    @abstractmethod
    def blobs(self) -> KeptBytes:
        """The bytes that are kept where requests are answered."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what is behind the client."""

    def __enter__(self) -> Asking:
        """Use as a context manager, which closes at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def with_content(request: Request[Answer], *, words: bool) -> Request[Answer]:
    """Return the request with the digests of the files and folders that it names.

    What can be nothing but a path is always digested, what could be a name too (`churn`, but
    also `model.pkl`) only with `words`.
    """
    changes: dict[str, Target | list[Target]] = {}
    for name in request.__struct_fields__:
        value = getattr(request, name)
        if isinstance(value, Target):
            changes[name] = _digested(value, words=words)
        elif isinstance(value, list) and value and isinstance(value[0], Target):
            changes[name] = [_digested(one, words=words) for one in value]
    return msgspec.structs.replace(request, **changes) if changes else request


def _digested(target: Target, *, words: bool) -> Target:
    if target.digest is not None:
        return target
    ref = parse(target.ref)
    if ref.path is None and (ref.name is None or not words):
        return target
    path = Path(target.ref).expanduser().absolute()
    if not path.exists():
        return msgspec.structs.replace(target, path=str(path))
    from forebear.engines.files import digest_path

    return msgspec.structs.replace(target, path=str(path), digest=digest_path(path).digest)
