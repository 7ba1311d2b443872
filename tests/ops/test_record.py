from __future__ import annotations

import msgspec
import pytest

from forebear.core.errors import InvalidInput
from forebear.core.events import encode
from forebear.ops.record import RecordRequest


def test_events_go_in_once(store, story, client):
    request = RecordRequest(events=[msgspec.Raw(encode(event)) for event in story.events])
    first = client.call(request)
    assert (first.accepted, first.duplicates) == (len(story.events), 0)
    again = client.call(request)
    assert (again.accepted, again.duplicates) == (0, len(story.events))
    assert again.head == first.head


def test_what_is_no_event_is_refused_whole(store, story, client):
    good = msgspec.Raw(encode(story.events[0]))
    with pytest.raises(InvalidInput, match="Event 2 of 2 is no event"):
        client.call(RecordRequest(events=[good, msgspec.Raw(b'{"event":"nonsense"}')]))
    assert store.head().size == 0


def test_a_request_survives_the_wire(story):
    request = RecordRequest(events=[msgspec.Raw(encode(story.events[0]))])
    body = msgspec.json.encode(request)
    assert bytes(msgspec.json.decode(body, type=RecordRequest).events[0]) == encode(story.events[0])
