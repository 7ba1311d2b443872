"""A file of events tells of every harm that was done to it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.merkle import leaf_hash, root
from forebear.exchange.events_file import (
    EventsHeader,
    opened,
    read_events,
    read_header,
    write_events,
)

BODIES = [b'{"event":"x","id":"%d"}' % n for n in range(5)] + [
    b'\n{"id": "odd"\n}',
    b' {"a":"\xc3\xa9"}',
]


def header(after: int = 0, count: int = len(BODIES)) -> EventsHeader:
    whole = f"sha256:{root([leaf_hash(body) for body in BODIES]).hex()}"
    return EventsHeader(after=after, count=count, size=after + count, root=whole)


def written(**fields: int) -> bytes:
    file = io.BytesIO()
    write_events(file, header(**fields), BODIES)
    return file.getvalue()


def read(data: bytes) -> list[bytes]:
    return list(read_events(io.BytesIO(data), "x.ndjson"))


def test_what_is_written_is_read() -> None:
    data = written()
    assert read(data) == BODIES
    assert read_header(io.BytesIO(data), "x") == header()
    assert read(written(after=3)) == BODIES
    lines = data.splitlines()
    assert len(lines) == len(BODIES) + 2
    assert all(json.loads(line) for line in lines)


def test_an_empty_ledger_is_a_file_too() -> None:
    file = io.BytesIO()
    empty = EventsHeader(after=0, count=0, size=0, root=f"sha256:{root([]).hex()}")
    write_events(file, empty, [])
    assert read(file.getvalue()) == []


def test_any_harm_is_noticed() -> None:
    data = written()
    for at in range(len(data)):
        with pytest.raises(Unreadable):
            read(data[:at])
        for bit in (1, 64):
            with pytest.raises(Unreadable):
                read(data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :])


def test_what_was_taken_out_put_in_or_moved_is_noticed() -> None:
    lines = written().splitlines(keepends=True)
    for harmed in (
        [lines[0], *lines[2:]],
        [*lines[:2], *lines[1:]],
        [lines[0], lines[2], lines[1], *lines[3:]],
        [*lines, lines[1]],
        lines[1:],
        [],
    ):
        with pytest.raises(Unreadable):
            read(b"".join(harmed))


def test_a_digest_that_was_made_to_fit_does_not_fit_the_root() -> None:
    file = io.BytesIO()
    write_events(file, header(), [b"{}", *BODIES[1:]])
    with pytest.raises(Unreadable, match="Merkle root"):
        read(file.getvalue())


def test_the_number_of_events_is_kept_to() -> None:
    with pytest.raises(InvalidInput, match="7 events, not 6"):
        write_events(io.BytesIO(), header(count=6), BODIES)


@pytest.mark.parametrize("text", [b"", b"{}\n", b"hello\n", b"\x00" * 100, b'{"format":"other"}\n'])
def test_something_else_is_said_to_be_that(text: bytes) -> None:
    with pytest.raises(Unreadable, match="not a file of events"):
        read(text)


def test_compressed_by_its_ending(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson.gz"
    for _ in range(2):
        with opened(path, "wb") as file:
            write_events(file, header(), BODIES)
    first = path.read_bytes()
    assert first[:2] == b"\x1f\x8b"
    with opened(path, "rb") as file:
        assert list(read_events(file, "x")) == BODIES
    for harmed in (
        first[:-9],
        first[: len(first) // 2],
        first[:40] + b"\x00" + first[41:],
        first[:1],
    ):
        path.write_bytes(harmed)
        with opened(path, "rb") as file, pytest.raises(Unreadable):
            list(read_events(file, "x"))


def test_what_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be opened"), opened(tmp_path / "no" / "x", "wb"):
        pass
    with pytest.raises(InvalidInput, match="not known here"), opened(tmp_path / "x.zst", "wb"):
        pass
