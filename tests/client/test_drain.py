"""What programs leave in spools gets into the ledger, whole and once."""

from __future__ import annotations

import fcntl
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from forebear.client.drain import DrainReport, drain, host_id
from forebear.client.spool import SpoolHeader, SpoolWriter, spools_of
from forebear.core.errors import StoreUnwritable
from forebear.core.events import AnyEvent, ParamsLogged, RunEnded, RunStarted, decode
from forebear.core.ids import new_id
from forebear.core.ports import Store
from forebear.core.rows import Appended
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
    assert store.head().size == 3  # the first, the gap, and that the run is lost
    assert drain(folder, store).notes == []


def test_reading_the_same_spool_twice_changes_nothing(folder: Path, store: Store) -> None:
    run = new_id()
    events = [started(run), RunEnded(run=run, status="finished")]
    spool(folder, run, *events).close()
    spool(folder, run, *events).close()
    assert drain(folder, store).events == 2
    assert store.head().size == 2


@pytest.mark.parametrize("bad", [False, True])
def test_what_many_programs_have_left_is_taken_in_together(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch, bad: bool
) -> None:
    """Else each would wait for the disk; a bad one among them costs none but itself."""
    runs = [new_id() for _ in range(30)]
    for run in runs:
        spool(folder, run, started(run), RunEnded(run=run, status="finished")).close()
    spool(folder, lost := new_id(), started(lost)).close()
    first = started(new_id())
    store.append([first])
    if bad:
        twin = RunStarted(id=first.id, run="x", kind="run", name="other.py", time=first.time)
        spool(folder, "x", twin).close()
    taken: list[int] = []
    append = store.append_encoded

    def counting(bodies: Sequence[bytes]) -> Appended:
        done = append(bodies)
        taken.append(done.accepted)
        return done

    monkeypatch.setattr(store, "append_encoded", counting)
    report = drain(folder, store)
    assert (report.events, report.lost, len(report.notes)) == (61, [lost], int(bad))
    assert {row.status for row in store.run_rows(runs).values()} == {"finished"}
    assert [count for count in taken if count] == ([2] * 30 + [1] if bad else [61])
    assert spools_of(folder / "spool") == []


def test_one_bad_event_does_not_keep_the_others_back(folder: Path, store: Store) -> None:
    run = new_id()
    first = started(run)
    store.append([first])
    twin = RunStarted(id=first.id, run=run, kind="run", name="other.py", time=first.time)
    said = [ParamsLogged(run=run, params={f"p{i}": i}) for i in range(50)]
    writer = spool(folder, run, *said[:30], twin, *said[30:])
    assert drain(folder, store).events == 50
    writer.append(RunEnded(run=run, status="finished"))
    writer.close()
    report = drain(folder, store)
    assert report.events == 1
    assert first.id in report.notes[0]
    found = store.run(run)
    assert found is not None
    assert found.params == {f"p{i}": i for i in range(50)}
    assert [first.id in gap.what for gap in store.gaps([run])] == [True]


def test_what_is_no_event_of_this_version_is_set_aside(folder: Path, store: Store) -> None:
    run = new_id()
    writer = spool(folder, run, started(run), RunEnded(run=run, status="finished"))
    writer.close()
    strange = b'{"event":"of-another-time","id":"x"}'
    frame = len(strange).to_bytes(4, "little") + zlib.crc32(strange).to_bytes(4, "little")
    with writer.path.open("ab") as file:
        file.write(frame + strange)
    report = drain(folder, store)
    assert report.events == 2
    assert "no event" in report.notes[0]
    assert drain(folder, store) == DrainReport()


def test_a_run_in_several_segments_is_whole_and_in_order(folder: Path, store: Store) -> None:
    run = new_id()
    header = SpoolHeader(run=run, pid=1, host=host_id())
    writer = SpoolWriter(folder / "spool", header, segment=500)
    writer.append(started(run))
    for i in range(20):
        writer.append(ParamsLogged(run=run, params={"last": i}))
    assert len(spools_of(folder / "spool")) > 5
    report = drain(folder, store)
    assert (report.events, report.lost) == (21, [])
    assert len(spools_of(folder / "spool")) > 5  # not on the disk yet, and so still held
    writer.sync()
    drain(folder, store)
    assert spools_of(folder / "spool") == [writer.path]
    writer.append(RunEnded(run=run, status="finished"))
    writer.close()
    assert drain(folder, store).events == 1
    assert spools_of(folder / "spool") == []
    told = [decode(event.body) for event in store.events()]
    assert [one.params["last"] for one in told if isinstance(one, ParamsLogged)] == list(range(20))


def test_a_run_is_lost_only_with_its_last_spool(folder: Path, store: Store) -> None:
    run = new_id()
    parent = spool(folder, run, started(run))
    spool(folder, run).close()
    assert drain(folder, store).lost == []
    parent.close()
    assert drain(folder, store).lost == [run]


def test_runs_that_came_from_another_store_are_not_judged_here(folder: Path, store: Store) -> None:
    run = new_id()
    store.append([started(run)])
    spool(folder, other := new_id(), started(other)).close()
    assert drain(folder, store).lost == [other]


def test_while_another_process_clears_away_events_are_taken_in_all_the_same(
    folder: Path, store: Store
) -> None:
    run = new_id()
    spool(folder, run, started(run)).close()
    with (folder / "spool" / "drain.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        report = drain(folder, store)
        assert (report.events, report.lost) == (1, [])
        assert len(spools_of(folder / "spool")) == 1
    assert drain(folder, store).lost == [run]


def test_a_gap_is_said_once_however_often_it_is_come_upon(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_id()
    writer = spool(folder, run, started(run), RunEnded(run=run, status="finished"))
    writer.close()
    writer.path.write_bytes(writer.path.read_bytes()[:-1])

    def dies(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", dies)
    with pytest.raises(KeyboardInterrupt):
        drain(folder, store)
    monkeypatch.undo()
    assert len(drain(folder, store).notes) == 1
    assert len(store.gaps([run])) == 1


def test_a_store_that_cannot_be_written_is_told_of_and_costs_nothing(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_id()
    spool(folder, run, started(run), RunEnded(run=run, status="finished")).close()

    def refuse(bodies: object) -> NoReturn:
        raise StoreUnwritable("The store is read-only.")

    monkeypatch.setattr(store, "append_encoded", refuse)
    (note,) = drain(folder, store).notes
    assert "read-only" in note
    monkeypatch.undo()
    assert drain(folder, store).events == 2
