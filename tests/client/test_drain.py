"""What programs leave in spools gets into the ledger, whole and once."""

from __future__ import annotations

from pathlib import Path

import pytest

from forebear.client.drain import drain, host_id
from forebear.client.spool import SpoolHeader, SpoolWriter, spools_of
from forebear.core.events import AnyEvent, ParamsLogged, RunEnded, RunStarted
from forebear.core.ids import new_id
from forebear.core.ports import Store
from forebear.store import open_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def store(folder: Path) -> Store:
    return open_store(folder, create=True)


def spool(folder: Path, run: str, *events: AnyEvent) -> SpoolWriter:
    writer = SpoolWriter(folder / "spool", SpoolHeader(run=run, pid=1, host=host_id()))
    for event in events:
        writer.append(event)
    return writer


def started(run: str, host: str | None = None) -> RunStarted:
    return RunStarted(run=run, kind="run", name="job.py", attrs={"host": host or host_id()})


def test_a_finished_spool_is_taken_in_and_removed(folder: Path, store: Store) -> None:
    run = new_id()
    spool(folder, run, started(run), RunEnded(run=run, status="finished")).close()
    report = drain(folder, store)
    assert (report.events, report.lost, report.notes) == (2, [], [])
    assert spools_of(folder / "spool") == []
    found = store.run(run)
    assert found is not None
    assert found.status == "finished"


def test_a_live_spool_is_read_as_far_as_it_goes_and_stays(folder: Path, store: Store) -> None:
    run = new_id()
    writer = spool(folder, run, started(run))
    assert drain(folder, store).events == 1
    assert drain(folder, store).events == 0
    writer.append(ParamsLogged(run=run, params={"depth": 4}))
    report = drain(folder, store)
    assert (report.events, report.lost) == (1, [])
    found = store.run(run)
    assert found is not None
    assert (found.status, found.params) == ("running", {"depth": 4})
    writer.append(RunEnded(run=run, status="finished"))
    writer.close()
    assert drain(folder, store).events == 1
    assert store.head().size == 3


def test_a_run_whose_writer_is_gone_is_lost(folder: Path, store: Store) -> None:
    run = new_id()
    spool(folder, run, started(run)).close()
    assert drain(folder, store).lost == [run]
    found = store.run(run)
    assert found is not None
    assert found.status == "lost"
    assert drain(folder, store).lost == []


def test_one_live_process_of_a_run_keeps_it_alive(folder: Path, store: Store) -> None:
    run = new_id()
    child = spool(folder, run)
    spool(folder, run, started(run)).close()
    assert drain(folder, store).lost == []
    child.close()
    assert drain(folder, store).lost == [run]


def test_runs_of_other_machines_are_not_judged_here(folder: Path, store: Store) -> None:
    run = new_id()
    spool(folder, run, started(run, host="another-one")).close()
    assert drain(folder, store).lost == []


def test_a_torn_tail_is_said_and_costs_nothing_before_it(folder: Path, store: Store) -> None:
    run = new_id()
    writer = spool(folder, run, started(run), RunEnded(run=run, status="finished"))
    writer.close()
    writer.path.write_bytes(writer.path.read_bytes()[:-3])
    report = drain(folder, store)
    assert "damaged" in report.notes[0]
    assert report.events == 1
    assert any("lost" in gap.what for gap in store.gaps([run]))
    assert writer.path.with_suffix(".damaged").exists()
    assert drain(folder, store).notes == []


def test_something_that_is_no_spool_is_set_aside(folder: Path, store: Store) -> None:
    (folder / "spool").mkdir()
    strange = folder / "spool" / "x.1.abc.spool"
    strange.write_bytes(b"what is this")
    (note,) = drain(folder, store).notes
    assert "not a spool" in note
    assert not strange.exists()


def test_an_event_id_with_other_content_is_set_aside(folder: Path, store: Store) -> None:
    run = new_id()
    first = started(run)
    store.append([first])
    twin = RunStarted(id=first.id, run=run, kind="run", name="other.py", time=first.time)
    spool(folder, run, twin).close()
    (note,) = drain(folder, store).notes
    assert first.id in note
    assert store.head().size == 2  # the first, and that the run is lost
    assert drain(folder, store).notes == []


def test_reading_the_same_spool_twice_changes_nothing(folder: Path, store: Store) -> None:
    run = new_id()
    events = [started(run), RunEnded(run=run, status="finished")]
    spool(folder, run, *events).close()
    spool(folder, run, *events).close()
    assert drain(folder, store).events == 2
    assert store.head().size == 2
