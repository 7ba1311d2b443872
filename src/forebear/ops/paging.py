"""Pages of lists: how many, and a cursor that says where the next page begins.

A cursor holds the seq up to which the first page looked and the key of its last entry. So all
pages tell of one state of the store: whatever is recorded meanwhile, nothing comes twice and
nothing is missed.

Lists of what changes in place (accounts, tokens) have no past to be told of. There a cursor holds
the key alone: what is there all the while comes once, and is not missed.
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

__all__ = ["KeyPages", "Page", "Paged", "Pages"]

T = TypeVar("T")
R = TypeVar("R", bound="Recorded")
C = TypeVar("C")

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


class Recorded(Protocol):
    """What has a place in the order of recording."""

    @property
    def seq(self) -> int:
        """That place."""


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
        self._limit = _checked(request.limit)
        self._cursor = None if request.after is None else _read(request.after, _Cursor)
        if self._cursor is not None and not 0 <= self._cursor.seq < 1 << 62:
            raise _foreign()
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

    def newest(self, ask: Callable[[int | None, int | None], Sequence[R]]) -> Page[R]:
        """Return the page of a list of what was recorded, newest first, of which no more is read.

        How many come after it is not known: `left` is 0 or 1.

        Args:
            ask: returns what was recorded up to a seq, at most so many.

        Raises:
            InvalidInput: the cursor is of another list.
        """
        bound, limit = self.seq, self._limit
        if self._cursor is not None:
            key = self._cursor.key
            last = ask(int(key), 1) if key.isdecimal() and len(key) < 19 else ()
            if not last or str(last[0].seq) != key:
                raise _foreign()
            bound = last[0].seq - 1
        entries = ask(bound, None if limit is None else limit + 1)
        page = list(entries[:limit])
        if len(entries) == len(page):
            return Page(page, None, 0)
        return Page(page, _written(_Cursor(self.seq or 0, str(page[-1].seq))), 1)


class KeyPages:
    """One page of the list called `listed`, of what changes in place."""

    def __init__(self, listed: str, *, limit: int | None, after: str | None) -> None:
        self._listed, self._limit = listed, _checked(limit)
        said = None if after is None else _read(after, _KeyCursor)
        if said is not None and (said.listed != listed or "\0" in said.key):
            raise _foreign()
        self.after = None if said is None else said.key
        """The key that this page begins behind; None at the beginning."""
        self.most = None if limit is None else limit + 1
        """How many entries to look for: one more than are shown tells that there are more."""

    def cut(self, entries: Sequence[T], key: Callable[[T], str]) -> tuple[list[T], str | None]:
        """Return what is on the page, of entries behind `after`, and the next page's cursor."""
        page = list(entries if self._limit is None else entries[: self._limit])
        more = len(entries) > len(page)
        return page, _written(_KeyCursor(self._listed, key(page[-1]))) if more else None


class _KeyCursor(NamedTuple):
    listed: str
    key: str


def _checked(limit: int | None) -> int | None:
    if limit is not None and not 1 <= limit < 1 << 31:
        raise InvalidInput(f"{limit} is no limit.", hint="A page has one entry or more.")
    return limit


def _written(cursor: _Cursor | _KeyCursor) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def _read(text: str, type: type[C]) -> C:
    try:
        if len(text) > _LONGEST:
            raise _foreign()
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(packed, type=type)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise _foreign() from None


def _foreign() -> InvalidInput:
    return InvalidInput(
        "That cursor does not belong to this list.",
        hint="Send the `next` of the page before, with the same question.",
    )
