"""Expectations: what must hold at the moment of writing for events to be accepted."""

from __future__ import annotations

from sqlalchemy import Connection

from forebear.core.errors import CycleRefused, Overtaken
from forebear.core.expectations import Expectation, Expected, Unrelated, moved_away
from forebear.store import registry
from forebear.store.engine import over
from forebear.store.reading import Reader
from forebear.store.recursion import Passing, by_levels, numbers_of
from forebear.store.words import ALL

__all__ = ["check"]


def check(connection: Connection, expected: Expectation) -> None:
    """Return when it holds. Needs a transaction that is alone in writing.

    Raises:
        Conflict: an alias points elsewhere.
        Overtaken: something was said on a topic that should be quiet.
        CycleRefused: what must not lead to something leads to it.
    """
    if isinstance(expected, Expected):
        _points_there(over(connection), expected)
    else:
        _leads_nowhere(over(connection), expected)


def _points_there(reader: Reader, expected: Expected) -> None:
    found = registry.alias_at(reader, expected.kind, expected.name, expected.alias, ALL)
    version = found.version if found else None
    if version != expected.version:
        raise moved_away(expected, version)
    query = "SELECT seq FROM statement WHERE topic = :topic AND seq > :seq LIMIT 1"
    for topic in expected.quiet:
        news = reader.value(query, topic=topic, seq=expected.since)
        if news is not None:
            raise Overtaken(
                f"Event {news} ({topic}) was recorded while this was decided.",
                hint="Ask again: it may change the answer.",
            )


def _leads_nowhere(reader: Reader, expected: Unrelated) -> None:
    query = "SELECT seq FROM edge WHERE seq > :seq LIMIT 1"
    if reader.value(query, seq=expected.seq) is None:
        return
    numbers = numbers_of(reader, [expected.cause, expected.effect])
    cause, effect = (numbers.get(id, 0) for id in (expected.cause, expected.effect))
    if cause and effect and cause in by_levels(reader, [effect], "up", Passing(1, ALL)).nodes:
        raise CycleRefused(f"{expected.cause} leads to {expected.effect} by now.")
