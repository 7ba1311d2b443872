"""Pages of lists: how many, and a cursor that says where the next page begins.

A cursor holds the seq up to which the first page looked and the key of its last entry. So all
pages tell of one state of the store: whatever is recorded meanwhile, nothing comes twice and
nothing is missed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from forebear.core.errors import InvalidInput
from forebear.core.ports import Store
from forebear.ops.resolve import moment

__all__ = ["Page", "Paged", "Pages"]

T = TypeVar("T")

_LONGEST: Final = 10_000


class Paged(Protocol):
    """A request for a page."""

    @property
    def as_of(self) -> str | None:
        """The moment that is asked about."""

    @property
    def limit(self) -> int | None:
        """How many entries at most; all of them."""

    @property
    def after(self) -> str | None:
        """The `next` of the page before."""


class Page(NamedTuple, Generic[T]):
    """Some entries of a list, the cursor of the page after them, and how many come there."""

    listed: list[T]
    next: str | None
    left: int


class _Cursor(NamedTuple):
    seq: int
    key: str


class Pages:
    """One page of a list; `seq` bounds what this page and all after it may see."""

    def __init__(self, store: Store, request: Paged) -> None:
        if request.limit is not None and request.limit < 1:
            raise InvalidInput(
                f"{request.limit} is no limit.", hint="A page has one entry or more."
            )
        self._limit = request.limit
        self._cursor = None if request.after is None else _read(request.after)
        self.seq = moment(store, request.as_of)
        if self._cursor is not None:
            seq = self._cursor.seq
            self.seq = seq if self.seq is None else min(seq, self.seq)
        elif self._limit is not None and self.seq is None:
            self.seq = store.head().size

    def cut(self, entries: Sequence[T], key: Callable[[T], Any]) -> Page[T]:
        """Return the page of a whole list.

        Raises:
            InvalidInput: the cursor is of another list.
        """
        start = 0
        if self._cursor is not None:
            keys = [str(key(one)) for one in entries]
            if self._cursor.key not in keys:
                raise _foreign()
            start = keys.index(self._cursor.key) + 1
        page = list(entries[start:] if self._limit is None else entries[start:][: self._limit])
        left = len(entries) - start - len(page)
        last = _Cursor(self.seq or 0, str(key(page[-1]))) if left else None
        return Page(page, None if last is None else _written(last), left)


def _written(cursor: _Cursor) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def _read(text: str) -> _Cursor:
    try:
        if len(text) > _LONGEST:
            raise _foreign()
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        cursor = msgspec.json.decode(packed, type=_Cursor)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise _foreign() from None
    if not 0 <= cursor.seq < 1 << 62:
        raise _foreign()
    return cursor


def _foreign() -> InvalidInput:
    return InvalidInput(
        "That cursor does not belong to this list.",
        hint="Send the `next` of the page before, with the same question.",
    )
