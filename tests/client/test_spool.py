"""The spool survives what happens to programs and disks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import pytest

from forebear.client.spool import (
    RESERVE,
    SpoolHeader,
    SpoolReader,
    SpoolWriter,
    is_live,
    spools_of,
)
from forebear.core.errors import StoreUnwritable, Unreadable
from forebear.core.events import ParamsLogged, decode, encode

HEADER = SpoolHeader(run="run-1", pid=1, host="here")


def events(count: int) -> list[ParamsLogged]:
    return [ParamsLogged(run="run-1", params={"number": i, "text": "x" * i}) for i in range(count)]


def written(folder: Path, count: int) -> Path:
    writer = SpoolWriter(folder, HEADER)
    for event in events(count):
        writer.append(event)
    writer.close()
    return writer.path


def test_what_was_appended_is_read_in_order(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, HEADER)
    said = events(20)
    for event in said:
        writer.append(event)
    reader = SpoolReader(writer.path)
    assert reader.header == HEADER
    assert [decode(body) for body, _ in reader.records()] == said
    assert reader.damage is None
    writer.close()


def test_reading_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    reader = SpoolReader(path)
    positions = [end for _, end in reader.records()]
    assert len(list(reader.records(positions[2]))) == 2
    assert list(reader.records(positions[-1])) == []


@pytest.mark.parametrize("harm", ["cut", "flip"])
def test_damage_to_the_last_record_costs_only_that_record(tmp_path: Path, harm: str) -> None:
    path = written(tmp_path, 4)
    whole = path.read_bytes()
    ends = [end for _, end in SpoolReader(path).records()]
    for position in range(ends[-2], len(whole)):
        if harm == "cut":
            path.write_bytes(whole[:position])
        else:
            path.write_bytes(
                whole[:position] + bytes([whole[position] ^ 0x41]) + whole[position + 1 :]
            )
        reader = SpoolReader(path)
        assert len(list(reader.records())) == 3
        assert (reader.damage is None) == (position == ends[-2] and harm == "cut")


def test_a_damaged_header_is_said_to_be_one(tmp_path: Path) -> None:
    path = written(tmp_path, 1)
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.write_bytes(data)
    with pytest.raises(Unreadable, match="header"):
        SpoolReader(path)
    path.write_bytes(b"something else")
    with pytest.raises(Unreadable, match="not a spool"):
        SpoolReader(path)


def test_a_writer_is_live_until_it_closes(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, HEADER)
    assert is_live(writer.path)
    writer.close()
    assert not is_live(writer.path)
    assert spools_of(tmp_path, "run-1") == [writer.path]
    assert not is_live(tmp_path / "none")


def test_many_threads_write_whole_records(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, HEADER)

    def work(number: int) -> None:
        for i in range(50):
            writer.append(ParamsLogged(run="run-1", params={"thread": number, "i": i}))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    reader = SpoolReader(writer.path)
    seen = {(e.params["thread"], e.params["i"]) for e in (decode(b) for b, _ in reader.records())}
    assert len(seen) == 400
    assert reader.damage is None


def test_a_full_disk_leaves_a_readable_spool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SpoolWriter(tmp_path, HEADER)
    writer.append(events(1)[0])
    real = os.write

    def half_then_full(file: int, data: memoryview) -> int:
        if len(data) > 10:
            return real(file, data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", half_then_full)
    with pytest.raises(StoreUnwritable, match="No space left"):
        writer.append(events(2)[1])
    monkeypatch.undo()
    writer.append(events(3)[2])
    writer.close()
    reader = SpoolReader(writer.path)
    assert [decode(body).params["number"] for body, _ in reader.records()] == [0, 2]
    assert reader.damage is None


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(StoreUnwritable, match="Cannot record into"):
        SpoolWriter(blocked / "spool", HEADER)


def test_nothing_acknowledged_is_lost_to_kill_9(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from forebear.client.spool import SpoolHeader, SpoolWriter\n"
        "from forebear.core.events import ParamsLogged\n"
        "w = SpoolWriter(Path(sys.argv[1]), SpoolHeader(run='r', pid=2, host='h'))\n"
        "for i in range(10**9):\n"
        "    w.append(ParamsLogged(run='r', params={'i': i}))\n"
        "    sys.stdout.write(f'{i}\\n'); sys.stdout.flush()\n"
    )
    for _ in range(3):
        child = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(200)]
        child.send_signal(signal.SIGKILL)
        said += child.stdout.readlines()
        child.wait()
        child.stdout.close()
        acknowledged = [int(line) for line in said if line.endswith("\n")]
        (path,) = spools_of(tmp_path)
        recorded = [decode(body).params["i"] for body, _ in SpoolReader(path).records()]
        assert recorded[: len(acknowledged)] == acknowledged
        assert len(recorded) <= len(acknowledged) + 1
        path.unlink()


def test_the_same_event_has_the_same_bytes() -> None:
    event = events(2)[1]
    assert encode(event) == encode(decode(encode(event)))


def test_a_spool_goes_on_in_a_new_file_when_one_is_full(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, HEADER, segment=2000)
    said = events(40)
    for event in said:
        writer.append(event)
    segments = spools_of(tmp_path)
    assert len(segments) > 3
    assert all(path.stat().st_size <= 2000 for path in segments)
    assert all(is_live(path) for path in segments)
    writer.sync()
    assert [is_live(path) for path in segments] == [False] * (len(segments) - 1) + [True]
    writer.close()
    read = [decode(body) for path in segments for body, _ in SpoolReader(path).records()]
    assert read == said


def test_an_event_larger_than_a_file_has_one_of_its_own(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, HEADER, segment=300)
    said = [ParamsLogged(run="run-1", params={"text": "x" * size}) for size in (10, 1000, 10)]
    for event in said:
        writer.append(event)
    writer.close()
    read = [[decode(body) for body, _ in SpoolReader(p).records()] for p in spools_of(tmp_path)]
    assert read == [[event] for event in said]


def test_a_spool_leaves_the_disk_some_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = SpoolWriter(tmp_path, HEADER, segment=400)
    writer.append(events(1)[0])
    full = SimpleNamespace(f_bavail=(RESERVE - 1) // 4096, f_frsize=4096)
    monkeypatch.setattr(os, "statvfs", lambda path: full)
    with pytest.raises(StoreUnwritable, match="256 MiB would stay free"):  # noqa: PT012
        for event in events(40):
            writer.append(event)
    monkeypatch.undo()
    writer.append(events(1)[0])
    writer.close()
    assert all(len(list(SpoolReader(path).records())) > 0 for path in spools_of(tmp_path))


def test_what_the_disk_did_not_take_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SpoolWriter(tmp_path, HEADER)
    said = events(6)
    for event in said[:2]:
        writer.append(event)
    writer.sync()
    for event in said[2:4]:
        writer.append(event)
    first, real, calls = writer.path, os.fdatasync, []

    def fails_once(file: int) -> None:
        calls.append(file)
        if len(calls) == 1:
            raise OSError(5, "Input/output error")
        real(file)

    monkeypatch.setattr(os, "fdatasync", fails_once)
    writer.sync()
    assert calls[0] != calls[1]  # the file that failed is not asked again
    assert writer.path != first
    for event in said[4:]:
        writer.append(event)
    writer.close()
    assert calls.count(calls[0]) == 1
    old, new = ([decode(body) for body, _ in SpoolReader(p).records()] for p in spools_of(tmp_path))
    assert (old, new) == (said[:2], said[2:])


def test_a_disk_that_takes_nothing_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SpoolWriter(tmp_path, HEADER)
    writer.append(events(1)[0])

    def fails(file: int) -> None:
        raise OSError(5, "Input/output error")

    def fails_to_read(file: int, size: int, position: int) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", fails)
    with pytest.raises(StoreUnwritable, match="Input/output error"):
        writer.sync()
    monkeypatch.setattr(os, "fdatasync", lambda file: None)
    monkeypatch.setattr(os, "pread", fails_to_read)
    with pytest.raises(StoreUnwritable, match="Input/output error"):
        writer.close()  # a disk that now says yes is not believed
    assert not any(is_live(path) for path in spools_of(tmp_path))


def test_behind_a_torn_record_that_cannot_be_cut_off_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SpoolWriter(tmp_path, HEADER)
    said = events(3)
    writer.append(said[0])
    real = os.write

    def half(file: int, data: memoryview) -> int:
        if len(data) > 10:
            return real(file, data[:10])
        raise OSError(5, "Input/output error")

    def fails(file: int, size: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "write", half)
    monkeypatch.setattr(os, "ftruncate", fails)
    with pytest.raises(StoreUnwritable):
        writer.append(said[1])
    monkeypatch.undo()
    writer.append(said[2])
    writer.close()
    readers = [SpoolReader(path) for path in spools_of(tmp_path)]
    assert [[decode(body) for body, _ in one.records()] for one in readers] == [
        [said[0]],
        [said[2]],
    ]
    assert readers[0].damage is not None


def test_a_closed_writer_takes_nothing(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, HEADER)
    writer.close()
    writer.sync()
    with pytest.raises(StoreUnwritable, match="closed"):
        writer.append(events(1)[0])


def test_reading_a_long_spool_takes_little_memory(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, HEADER)
    text = "x" * 100_000
    for i in range(300):
        writer.append(ParamsLogged(run="run-1", params={"i": i, "text": text}))
    writer.close()
    tracemalloc.start()
    count = sum(1 for _ in SpoolReader(writer.path).records())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 300
    assert peak < 2_000_000
