import fsspec
import pandas as pd
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from forebear.core.digest import of_bytes
from forebear.core.events import LocationSeen

from .recording import recording

BODY = b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * 2) for i in range(20))


@pytest.fixture
def memory():
    fs = fsspec.filesystem("memory")
    fs.pipe_file("/raw/data.csv", BODY)
    yield fs
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]


def opened(fs):
    with fsspec.open("memory://raw/data.csv", "rb") as file:
        return pd.read_csv(file)


def opened_as_text(fs):
    with fsspec.open("memory://raw/data.csv", "rt") as file:
        return pd.read_csv(file)


def opened_by_the_system(fs):
    with fs.open("/raw/data.csv") as file:
        return pd.read_csv(file)


def fetched(fs):
    fs.get("/raw/data.csv", "local.csv")
    return pd.read_csv("local.csv")


def catted(fs):
    import io

    return pd.read_csv(io.BytesIO(fs.cat_file("/raw/data.csv")))


WAYS = [opened, opened_as_text, opened_by_the_system, fetched, catted]


@pytest.mark.parametrize("read", WAYS)
def test_data_from_elsewhere_leads_to_its_address(tmp_path, memory, read):
    with recording(tmp_path) as record:
        frame = read(memory)
        frame.to_parquet("out.parquet")
    assert len(frame) == 20
    uris = {event.uri for event in record.of(LocationSeen) if event.artifact == of_bytes(BODY)}
    assert "memory:///raw/data.csv" in uris
    assert "data.csv" in record.ancestors(record.by_label("out.parquet").artifact)
    assert record.gaps == []
    assert record.inferred() == []


@pytest.mark.parametrize("read", WAYS)
def test_results_are_the_same_without_recording(tmp_path, memory, read, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(read(memory)) == 20


def test_data_written_elsewhere_comes_from_what_went_into_it(tmp_path, memory):
    with recording(tmp_path) as record:
        frame = opened(memory)
        with fsspec.open("memory://out/new.csv", "wt") as file:
            frame.to_csv(file)
        with memory.open("/out/note.txt", "wb") as file:
            file.write(b"unseen")
        (tmp_path / "local.bin").write_bytes(b"local")
        memory.put("local.bin", "/out/put.bin")
        record.session.settle()
    written = record.by_label("new.csv")
    assert written.by_reference
    assert "data.csv" in record.ancestors(written.artifact)
    modes = {event.uri: event.mode for event in record.of(LocationSeen)}
    assert modes["memory:///out/put.bin"] == "copy"
    assert record.gaps == ["What went into note.txt was not seen."]


def test_local_files_are_ordinary_files(tmp_path):
    (tmp_path / "x.csv").write_bytes(BODY)
    with recording(tmp_path) as record, fsspec.open("x.csv", "rb") as file:
        pd.read_csv(file)
    artifact = record.artifacts[of_bytes(BODY)]
    assert not artifact.by_reference
    assert {event.uri for event in record.of(LocationSeen)} == {str(tmp_path / "x.csv")}


def test_undo_leaves_fsspec_as_it_was(tmp_path, memory):
    owners = (fsspec.AbstractFileSystem, MemoryFileSystem, fsspec.core.OpenFile)

    def methods():
        return [dict(vars(owner)) for owner in owners]

    before = methods()
    with recording(tmp_path):
        assert methods() != before
    assert methods() == before
