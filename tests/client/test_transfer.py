"""A store that moves in a file is the same store elsewhere."""

from __future__ import annotations

import io
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from forebear.client.transfer import blobs_beside, export_events, import_events
from forebear.core.errors import EventConflict, InvalidInput, Unreadable
from forebear.core.events import ArtifactRecorded, ParamsLogged, RunStarted, decode
from forebear.core.ids import new_id
from forebear.core.ports import Store
from forebear.store import open_store
from story import Story


@pytest.fixture
def told(tmp_path: Path, store: Store, story: Story) -> Store:
    story.train(4, 0.8)
    store.append(story.events)
    digest = store.blobs.put(b"kept")
    store.append([ArtifactRecorded(artifact=digest, kind="file", digest=digest, kept=True)])
    return store


@pytest.mark.parametrize("name", ["all.ndjson", "all.ndjson.gz"])
def test_a_store_moves_whole(tmp_path: Path, told: Store, name: str) -> None:
    path = tmp_path / name
    report = export_events(told, path, blobs=True)
    assert (report.events, report.blobs) == (told.head().size, 1)
    with open_store(tmp_path / "other", create=True) as other:
        done = import_events(other, path, blobs=True)
        assert (done.events, done.duplicates, done.blobs) == (report.events, 0, 1)
        assert done.same_root
        assert done.root == told.head().root
        assert [e.body for e in other.events()] == [e.body for e in told.events()]
        again = import_events(other, path, blobs=True)
        assert (again.events, again.duplicates, again.blobs) == (0, report.events, 0)
        assert other.head() == told.head()


def test_what_came_later_can_be_sent_later(tmp_path: Path, told: Store) -> None:
    first, second = tmp_path / "1.ndjson", tmp_path / "2.ndjson"
    size = told.head().size
    export_events(told, first)
    told.append([ParamsLogged(run="r", params={"a": 1})])
    assert export_events(told, second, since=size).events == 1
    with open_store(tmp_path / "other", create=True) as other:
        import_events(other, first)
        assert import_events(other, second).same_root
    with pytest.raises(InvalidInput, match="none after"):
        export_events(told, second, since=size + 2)


def test_a_damaged_file_changes_nothing(tmp_path: Path, told: Store) -> None:
    path = tmp_path / "all.ndjson"
    export_events(told, path)
    whole = path.read_bytes()
    with open_store(tmp_path / "other", create=True) as other:
        for harmed in (whole[:-1], whole[:-200], whole.replace(b"train", b"brain", 1)):
            assert harmed != whole
            path.write_bytes(harmed)
            with pytest.raises(Unreadable, match="is damaged"):
                import_events(other, path)
        assert other.head().size == 0


def test_a_file_that_contradicts_the_store_is_stopped_at(tmp_path: Path, told: Store) -> None:
    path = tmp_path / "all.ndjson"
    export_events(told, path)
    first = decode(next(iter(told.events())).body)
    with open_store(tmp_path / "other", create=True) as other:
        other.append([RunStarted(id=first.id, run=new_id(), kind="run", name="forged.py")])
        with pytest.raises(EventConflict, match="The first 0 events"):
            import_events(other, path)
        assert other.head().size == 1


def test_standard_input_and_output(
    tmp_path: Path, told: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = io.BytesIO()
    monkeypatch.setattr("sys.stdout", SimpleNamespace(buffer=pipe))
    export_events(told, Path("-"))
    monkeypatch.undo()
    pipe.seek(0)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=pipe))
    with open_store(tmp_path / "other", create=True) as other:
        assert import_events(other, Path("-")).same_root
    with pytest.raises(InvalidInput, match="folder beside the file"):
        export_events(told, Path("-"), blobs=True)


def test_an_export_that_fails_leaves_no_file(
    tmp_path: Path, told: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "all.ndjson"
    path.write_text("the export of yesterday")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("forebear.client.transfer.write_events", full)
    with pytest.raises(InvalidInput, match="No space left on device"):
        export_events(told, path)
    assert path.read_text() == "the export of yesterday"
    assert [entry.name for entry in tmp_path.iterdir() if "unfinished" in entry.name] == []


def test_only_what_is_what_its_name_says_is_kept(tmp_path: Path, told: Store) -> None:
    path = tmp_path / "all.ndjson"
    export_events(told, path, blobs=True)
    folder = blobs_beside(path)
    (digest,) = told.blobs.digests()
    name = digest.removeprefix("sha256:")
    secret = tmp_path / "secret"
    secret.write_text("not for you")
    for n, strange in enumerate(("a" * 62, "b" * 62, "..", "c" * 61)):
        (folder / f"{n:02}").mkdir(exist_ok=True)
        if strange != "..":
            (folder / f"{n:02}" / strange).write_bytes(b"something else")
    (folder / "ee").mkdir()
    os.symlink(secret, folder / "ee" / ("e" * 62))
    os.mkfifo(folder / "ee" / ("f" * 62))
    os.symlink(folder / name[:2], folder / "dd")
    (folder / "escape").mkdir()
    with open_store(tmp_path / "other", create=True) as other:
        report = import_events(other, path, blobs=True)
        assert list(other.blobs.digests()) == [digest]
        assert report.blobs == 1
        assert len(report.notes) == 5
    path.rename(tmp_path / "elsewhere.ndjson")
    with open_store(tmp_path / "third", create=True) as third:
        with pytest.raises(InvalidInput, match="no folder"):
            import_events(third, tmp_path / "elsewhere.ndjson", blobs=True)
        assert third.head().size == 0
