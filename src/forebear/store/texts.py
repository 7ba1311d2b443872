"""Full-text search, what is written: the texts that events bring, and their words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, select

from forebear.core.events import (
    AnyEvent,
    ArtifactRecorded,
    ParamsLogged,
    RunStarted,
    Stated,
    StepRecorded,
    VersionNamed,
)
from forebear.core.rows import Fault
from forebear.core.search import FIELDS, FieldWord, words_of
from forebear.core.statements import about_name
from forebear.store import bulk
from forebear.store.batch import Batch, Numbered
from forebear.store.engine import over
from forebear.store.reading import Reader
from forebear.store.schema import phrase, word

__all__ = ["Texts", "word_faults"]

_Told = tuple[str, FieldWord, str, str | None]
"""What a text is about, its field, its key, and the text itself."""

_PLACES: Final = {field: place for place, field in enumerate(FIELDS, start=1)}
_LONGEST_VALUE: Final = 200
_STATED: Final[dict[str, tuple[FieldWord, tuple[str, ...]]]] = {
    "description": ("description", ("text",)),
    "owner": ("owner", ("who",)),
    "tag": ("tag", ()),
    "licence": ("licence", ("spdx", "said", "terms")),
    "column": ("note", ("text", "sensitivity")),
    "incident": ("incident", ("title",)),
    "recall": ("incident", ("title", "reason")),
}
"""Topics whose statements are looked through, and which parts of their values."""
_COLUMNS: Final = (phrase.c.about, phrase.c.field, phrase.c.key, phrase.c.text)
_PLAIN: Final = frozenset({str, int, bool})
"""Types of values that are read from bytes as they were."""
_KEYED: Final = frozenset({"tag", "column"})
"""Topics whose keys people know."""


class Texts:
    """Adds the texts of some events to the index.

    What many events say alike is there once: the columns of a table that every run reads, a name,
    the settings of all folds of a validation.
    """

    def __init__(self, connection: Connection, events: Sequence[Numbered]) -> None:
        self._told = {seq: told for seq, event in events if (told := _told(event))}
        once = {seq for seq, event in events if type(event) in _ONCE}
        told = [one for seq in self._told.keys() & once for one in self._told[seq]]
        things = {about for about, *_, key, _ in told if not key}
        keyed = [(about, key) for about, *_, key, _ in told if key]
        rows = [*bulk.matching(connection, phrase.c.about, things, *_COLUMNS)]
        if keyed:
            rows += _keyed(over(connection), keyed)
        self._known = {(row.about, FIELDS[row.field - 1], row.key, row.text) for row in rows}

    def add(self, batch: Batch, seq: int, event: AnyEvent) -> None:
        """Add what one event says."""
        for n, told in enumerate(self._told.get(seq, ())):
            if type(event) in _ONCE:
                if told in self._known:
                    continue
                self._known.add(told)
            about, field, key, text = told
            place = _PLACES[field]
            batch.add(phrase, seq=seq, n=n, about=about, field=place, key=key, text=text)
            for one in words_of(text or ""):
                batch.add(word, word=one, field=place, seq=seq, n=n)


def _keyed(reader: Reader, pairs: Sequence[tuple[str, str]]) -> list[Any]:
    """Return the texts about these things under these keys: a run may have very many others."""
    return reader.rows(
        "SELECT about, field, key, text FROM phrase"
        " WHERE about IN :things AND field = :field AND key IN :keys",
        things=list({about for about, _ in pairs}),
        field=_PLACES["parameter"],
        keys=list({key for _, key in pairs}),
    )


def word_faults(connection: Connection) -> Iterator[Fault]:
    """Yield what is wrong with the words: they are those of the texts that are stored."""
    texts = connection.execute(select(phrase).order_by(phrase.c.seq, phrase.c.n))
    words = connection.execute(select(word).order_by(word.c.seq, word.c.n))
    ahead = next(words, None)
    for row in texts:
        stored = set()
        while ahead is not None and (ahead.seq, ahead.n) <= (row.seq, row.n):
            if (ahead.seq, ahead.n) < (row.seq, row.n):
                yield _fault(ahead, "No text has this word.")
            else:
                stored.add((ahead.word, ahead.field))
            ahead = next(words, None)
        if stored != {(one, row.field) for one in words_of(row.text or "")}:
            yield _fault(row, "Its words are not those that are looked up.")
    while ahead is not None:
        yield _fault(ahead, "No text has this word.")
        ahead = next(words, None)


def _fault(row: Row[Any], message: str) -> Fault:
    return Fault(what="projection", where=f"word seq={row.seq} n={row.n}", message=message)


def _told(event: AnyEvent) -> list[_Told]:
    telling = _TELLING.get(type(event))
    return list(telling(event)) if telling else []


def _named(event: VersionNamed) -> Iterator[_Told]:
    yield about_name(event.kind, event.name), "name", "", event.name


def _recorded(event: ArtifactRecorded) -> Iterator[_Told]:
    if event.kind not in {"data", "model", "file"}:
        return
    # What frames are called in a program is no name that anybody would look for.
    if event.label and (event.artifact == event.digest or event.kind == "model"):
        yield event.digest, "file", "", event.label
    if event.columns:
        yield event.digest, "column", "", ", ".join(one.name for one in event.columns)


def _begun(event: RunStarted) -> Iterator[_Told]:
    if event.parent is None:
        yield event.run, "run", "", event.name


def _logged(event: ParamsLogged) -> Iterator[_Told]:
    yield from _settings(event.run, event.id, event.params)


def _stepped(event: StepRecorded) -> Iterator[_Told]:
    if event.kind == "train":
        yield from _settings(event.parent, "", event.params)


def _settings(run: str, key: str, params: Mapping[str, Any]) -> Iterator[_Told]:
    """Tell settings of a run; without a key equal ones have one, as those of folds and repeats."""
    told = [
        f"{name}={str(value)[:_LONGEST_VALUE]}"
        for name, value in _as_told(params).items()
        if isinstance(value, str | int | float)
    ]
    if told:
        text = ", ".join(told)
        yield run, "parameter", key or hashlib.sha256(text.encode()).hexdigest()[:16], text


def _stated(event: Stated) -> Iterator[_Told]:
    if event.topic not in _STATED:
        return
    field, parts = _STATED[event.topic]
    if event.value is None:
        yield event.about, field, event.key, None
        return
    value = _as_told(event.value) if isinstance(event.value, dict) else {}
    said = [event.key] if event.topic in _KEYED else []
    for part in parts:
        one = value.get(part)
        said += one if isinstance(one, list) else [one] if isinstance(one, str) else []
    yield event.about, field, event.key, ": ".join(map(str, said))


def _as_told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as they are read from the event's bytes, whoever has them in memory still."""
    if all(type(value) in _PLAIN for value in values.values()):
        return dict(sorted(values.items()))
    told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(values, order="sorted"))
    return told


_TELLING: Final[dict[type[AnyEvent], Callable[[Any], Iterator[_Told]]]] = {
    VersionNamed: _named,
    ArtifactRecorded: _recorded,
    RunStarted: _begun,
    ParamsLogged: _logged,
    StepRecorded: _stepped,
    Stated: _stated,
}
_ONCE: Final = frozenset({VersionNamed, ArtifactRecorded, StepRecorded})
