"""The topics of the catalog: what is written is what is read."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from forebear.core import events
from forebear.core.catalog import (
    COLUMN,
    DESCRIPTION,
    FRESHNESS,
    LICENCE,
    OWNER,
    SCAN,
    STOP,
    TAG,
    ColumnNote,
    Description,
    Freshness,
    Licence,
    Owner,
    Scan,
    Stop,
    Tag,
)
from forebear.core.statements import StatementRow, Topic

SAID = [
    (OWNER, Owner(who="identity:ab", role="steward")),
    (DESCRIPTION, Description(text="Adults of the census")),
    (TAG, Tag(propagates=False)),
    (LICENCE, Licence(spdx="CC-BY-4.0", said="cc-by-4.0", terms=["attribution"])),
    (COLUMN, ColumnNote(sensitivity="email", found_by="pattern", count=9, share=0.9)),
    (SCAN, Scan(rows=10, columns=2)),
    (FRESHNESS, Freshness(every_seconds=86400)),
    (STOP, Stop(because="masked")),
]


@pytest.mark.parametrize(("topic", "value"), SAID, ids=lambda one: getattr(one, "name", ""))
def test_a_statement_comes_back_from_its_bytes_as_it_was_made(
    topic: Topic[object], value: object
) -> None:
    event = events.decode(msgspec.json.encode(topic.say("data:adult", value, key="k")))
    assert isinstance(event, events.Stated)
    row = StatementRow(
        topic=event.topic,
        about=event.about,
        value=event.value,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        seq=1,
    )
    assert topic.read(row).value == value


def test_each_topic_has_a_name_of_its_own() -> None:
    names = [topic.name for topic, _ in SAID]
    assert len(set(names)) == len(names)
