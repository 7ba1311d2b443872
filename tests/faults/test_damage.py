"""A spool whose last record was hit anywhere: what came before is safe, and the loss is said."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from forebear.client.drain import drain, host_id
from forebear.client.spool import SpoolHeader, SpoolReader, SpoolWriter, spools_of
from forebear.core.events import ParamsLogged, RunEnded, RunStarted, decode
from forebear.core.ids import new_id
from forebear.store import open_store
from forebear.store.sql_store import SqlStore

EVERY_BIT = os.environ.get("FOREBEAR_FAULTS") == "full"
RUN = new_id()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    with open_store(tmp_path_factory.mktemp("store"), create=True) as store:
        yield store


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, int]:
    """The bytes of a spool of four events, and where its last record begins."""
    folder = tmp_path_factory.mktemp("spool")
    writer = SpoolWriter(folder, SpoolHeader(run=RUN, pid=1, host=host_id()))
    for event in (
        RunStarted(run=RUN, kind="run", name="job.py"),
        ParamsLogged(run=RUN, params={"depth": 4}),
        RunEnded(run=RUN, status="finished"),
        ParamsLogged(run=RUN, params={"last": True}),
    ):
        writer.append(event)
    writer.close()
    ends = [end for _, end in SpoolReader(writer.path).records()]
    return writer.path.read_bytes(), ends[2]


def harmed(whole: bytes, last: int) -> Iterator[tuple[str, bytes]]:
    for at in range(last, len(whole)):
        yield f"cut at {at}", whole[:at]
        for bit in range(8) if EVERY_BIT else [at % 8]:
            flipped = bytes([whole[at] ^ (1 << bit)])
            yield f"bit {bit} of {at}", whole[:at] + flipped + whole[at + 1 :]
        yield f"garbage from {at}", whole[:at] + bytes(len(whole) - at)


def test_any_harm_to_the_last_record_costs_that_record_only(
    tmp_path: Path, store: SqlStore, whole: tuple[bytes, int]
) -> None:
    data, last = whole
    (tmp_path / "spool").mkdir()
    for number, (what, bytes_) in enumerate(harmed(data, last)):
        path = tmp_path / "spool" / f"{RUN}.1.{number}.000001.spool"
        path.write_bytes(bytes_)
        report = drain(tmp_path, store)
        assert report.events == (3 if number == 0 else 0), what
        assert spools_of(tmp_path / "spool") == []
        if bytes_ == data[:last]:
            assert report.notes == []
        else:
            assert len(report.notes) == 1, what
            assert "everything before them is safe" in report.notes[0]
            path.with_suffix(".damaged").unlink()
    bodies = [decode(event.body) for event in store.events()]
    assert not any(isinstance(e, ParamsLogged) and "last" in e.params for e in bodies)
    row = store.run(RUN)
    assert row is not None
    assert (row.status, row.params) == ("finished", {"depth": 4})
    assert all("lost" in gap.what for gap in store.gaps([RUN]))
    assert list(store.verify()) == []
