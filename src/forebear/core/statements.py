"""What is said of things beside the graph: who owns them, what was found, what became of them.

A statement is one event (`forebear.core.events.Stated`): on a *topic*, about a thing, under a key.
A later statement with the same three takes the earlier one's place, and nothing is forgotten.
What it says is a Struct of the topic's own, so that whoever reads it gets what was written:

>>> from msgspec import Struct
>>> class Licence(Struct, frozen=True):
...     spdx: str
>>> LICENCE = Topic("licence", Licence)
>>> event = LICENCE.say("data:adult", Licence("CC-BY-4.0"), by="ops")
>>> (event.topic, event.about, event.value)
('licence', 'data:adult', {'spdx': 'CC-BY-4.0'})
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec
from msgspec import Struct

from forebear.core.entities import EvidenceWord
from forebear.core.errors import InvalidInput, NewerStore
from forebear.core.events import Stated
from forebear.core.refs import NameKind

__all__ = [
    "Said",
    "StatementRow",
    "Statements",
    "Topic",
    "about_name",
    "check_form",
    "leaving_out",
]

T = TypeVar("T")
_left_out: ContextVar[list[str] | None] = ContextVar("left_out", default=None)


class StatementRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One statement as it was recorded."""

    topic: str
    about: str
    key: str = ""
    value: Any = None
    """None where what was said before is taken back."""
    by: str | None = None
    why: str | None = None
    until: datetime | None = None
    run: str | None = None
    evidence: EvidenceWord = "declared"
    packet: str | None = None
    at: datetime
    seq: int


class Said(Struct, Generic[T], frozen=True, kw_only=True):
    """A statement whose value was read as its topic's Struct."""

    value: T
    row: StatementRow


class Statements(Protocol):
    """The statements of a store. `seq` bounds what a question may see: None is all.

    A question about very many things is best asked about all (`about` None) and sorted out by
    who asks, where a topic has few statements.
    """

    def latest(
        self,
        topics: Sequence[str],
        about: Sequence[str] | None = None,
        *,
        key: str | None = None,
        seq: int | None = None,
    ) -> list[StatementRow]:
        """What holds now: the last of each topic, thing and key, without what was taken back.

        Ordered by when it was recorded, oldest first. Whether `until` has passed is for the
        reader to judge.
        """

    def history(
        self,
        topics: Sequence[str],
        about: Sequence[str] | None = None,
        *,
        key: str | None = None,
        seq: int | None = None,
        limit: int | None = None,
    ) -> list[StatementRow]:
        """All that was ever said, newest first, what was taken back too."""


class Topic(Generic[T]):
    """A topic of statements, with the Struct in which they are written and read."""

    def __init__(self, name: str, type: type[T]) -> None:
        self.name, self.type = name, type
        _known.setdefault(name, self)

    def say(
        self,
        about: str,
        value: T | None,
        *,
        key: str = "",
        by: str | None = None,
        why: str | None = None,
        until: datetime | None = None,
        run: str | None = None,
        evidence: EvidenceWord = "declared",
        packet: str | None = None,
    ) -> Stated:
        """Return the event that says it; None takes back what was said.

        `by` is `Context.author`, never a plain name. Whoever lets people write free text takes
        secrets out first (`forebear.core.redaction`).
        """
        return Stated(
            topic=self.name,
            about=about,
            key=key,
            value=None if value is None else msgspec.to_builtins(value),
            by=by,
            why=why,
            until=until,
            run=run,
            evidence=evidence,
            packet=packet,
        )

    def read(self, row: StatementRow) -> Said[T]:
        """Return a statement with its value as the topic's Struct.

        Raises:
            NewerStore: another version wrote it, in a form unknown to this one.
        """
        try:
            return Said(value=msgspec.convert(row.value, self.type), row=row)
        except msgspec.ValidationError as error:
            raise NewerStore(
                f"What is said on '{self.name}' about {row.about} in event {row.seq} is in a form"
                f" that this version does not know: {error}.",
                hint="Say it again, or update forebear if a later version has said it.",
            ) from None

    def listed(self, rows: Iterable[StatementRow]) -> list[Said[T]]:
        """Return statements with their values, without those that take back.

        Raises:
            NewerStore: one can't be read, and whoever asks cannot do without; see `leaving_out`.
        """
        found: list[Said[T]] = []
        left = _left_out.get()
        for row in rows:
            try:
                found += [self.read(row)] if row.value is not None else []
            except NewerStore as error:
                if left is None:
                    raise
                left.append(f"{error.message.removesuffix('.')}; it was left out.")
        return found

    def latest(
        self,
        statements: Statements,
        about: Sequence[str] | None = None,
        *,
        key: str | None = None,
        seq: int | None = None,
    ) -> list[Said[T]]:
        """Return what holds now on this topic; see `Statements.latest`."""
        return self.listed(statements.latest([self.name], about, key=key, seq=seq))

    def one(
        self, statements: Statements, about: str, *, key: str = "", seq: int | None = None
    ) -> Said[T] | None:
        """Return what holds now about one thing under one key."""
        found = self.latest(statements, [about], key=key, seq=seq)
        return found[0] if found else None

    def history(
        self,
        statements: Statements,
        about: Sequence[str] | None = None,
        *,
        key: str | None = None,
        seq: int | None = None,
        limit: int | None = None,
    ) -> list[Said[T]]:
        """Return all that was said on this topic, newest first, without what took it back."""
        return self.listed(statements.history([self.name], about, key=key, seq=seq, limit=limit))


_known: Final[dict[str, Topic[Any]]] = {}
"""The topics of all modules that are imported."""


@contextmanager
def leaving_out() -> Iterator[list[str]]:
    """Leave statements out that cannot be read, and yield the list of a sentence for each.

    So one of them is not in the way of an answer about others. What decides something has to
    know all that was said, and is asked without this.
    """
    left: list[str] = []
    before = _left_out.set(left)
    try:
        yield left
    finally:
        _left_out.reset(before)
        left[:] = dict.fromkeys(left)


def check_form(event: Stated) -> None:
    """Return when what is said on a topic that is known here has the form that is read.

    What nobody can read would be in the way of every question on the topic, for ever.

    Raises:
        InvalidInput: it has not.
    """
    topic = _known.get(event.topic)
    if topic is None or event.value is None:
        return
    try:
        msgspec.convert(event.value, topic.type)
    except msgspec.ValidationError as error:
        raise InvalidInput(
            f"What is said on '{event.topic}' in the event {event.id[:60]} has a form that is not"
            f" read here: {error}.",
            hint="If a later forebear wrote it, upgrade the server.",
        ) from None


def about_name(kind: NameKind, name: str) -> str:
    """Return how statements write a name, in place of an artifact's id.

    >>> about_name("data", "adult")
    'data:adult'
    """
    return f"{kind}:{name}"
