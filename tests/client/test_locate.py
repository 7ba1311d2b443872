from __future__ import annotations

import os
from pathlib import Path

import pytest

from forebear.client.config import load_config
from forebear.client.locate import (
    Place,
    find_store,
    init_store,
    locate,
    place_for_recording,
    waiting,
)
from forebear.core.errors import NoStore, StoreUnwritable


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)


def test_a_store_is_found_upward(tmp_path: Path):
    made = init_store(tmp_path / ".forebear")
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_store(deep) == made
    assert locate(start=deep) == Place(folder=made)


def test_the_nearest_store_wins(tmp_path: Path):
    init_store(tmp_path / ".forebear")
    inner = init_store(tmp_path / "a" / ".forebear")
    assert find_store(tmp_path / "a") == inner


def test_a_folder_that_only_bears_the_name_is_no_store(tmp_path: Path):
    outer = init_store(tmp_path / ".forebear")
    (tmp_path / "a" / ".forebear").mkdir(parents=True)
    assert find_store(tmp_path / "a") == outer


def test_no_store_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(NoStore, match=r"no store in .* or any folder above") as raised:
        locate()
    assert "`forebear init`" in raised.value.hint
    with pytest.raises(NoStore, match="no store at"):
        locate(str(tmp_path / "elsewhere"))


def test_what_is_said_comes_before_the_variable_and_that_before_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    here, named, said = (init_store(tmp_path / name / ".forebear") for name in ("a", "b", "c"))
    monkeypatch.chdir(tmp_path / "a")
    assert locate().folder == here
    monkeypatch.setenv("FOREBEAR_STORE", str(tmp_path / "b"))
    assert locate().folder == named
    assert locate(str(said)).folder == said
    monkeypatch.setenv("FOREBEAR_STORE", " ")
    assert locate().folder == here


def test_a_server_has_a_companion_on_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOREBEAR_STORE", "https://lineage.example")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    place = locate()
    assert place.is_server
    assert str(place) == "https://lineage.example"
    assert place.folder is not None
    assert place.folder.is_relative_to(tmp_path)
    assert place.here == Place(folder=place.folder)
    assert locate("https://lineage.example/").folder == place.folder


def test_what_is_recorded_for_a_server_is_known_to_wait(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    place = place_for_recording("https://lineage.example")
    assert waiting(place).exists()
    assert place.folder is not None
    assert locate(str(place.folder)) == place


class TestDatabase:
    SECRET = "postgresql://user:zq-secret-zq@db.example/lineage"
    SHOWN = "postgresql://user@db.example/lineage"

    @pytest.fixture(autouse=True)
    def home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        monkeypatch.delenv("FOREBEAR_BLOBS", raising=False)
        return tmp_path / "data" / "forebear"

    def test_it_has_a_companion_that_is_the_same_with_and_without_the_password(
        self, home: Path
    ) -> None:
        place = locate(self.SECRET)
        assert place.folder is not None
        assert place.folder.parent == home
        assert (place.url, place.address, str(place)) == (self.SECRET, self.SECRET, self.SHOWN)
        assert locate(self.SHOWN).folder == place.folder
        assert locate(self.SHOWN + "2").folder != place.folder
        assert not home.exists()

    def test_recording_lays_the_companion_and_writes_no_password(self, home: Path) -> None:
        folder = place_for_recording(self.SECRET).folder
        assert folder is not None
        assert (folder / "spool").is_dir()
        assert load_config(folder).store.url == self.SHOWN
        written = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
        assert written
        assert not any(b"zq-secret-zq" in data for data in written)

    def test_the_companion_leads_to_the_database(self, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = place_for_recording(self.SECRET).folder
        assert locate(str(folder)) == Place(folder=folder, url=self.SHOWN)
        monkeypatch.setenv("FOREBEAR_STORE", self.SECRET)
        assert locate(str(folder)) == Place(folder=folder, url=self.SECRET)
        assert locate(self.SHOWN).url == self.SECRET
        monkeypatch.setenv("FOREBEAR_STORE", self.SECRET + "2")
        assert locate(str(folder)).url == self.SHOWN

    def test_kept_bytes_may_lie_where_all_see_them(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert locate(self.SHOWN).kept == locate(self.SHOWN).folder
        monkeypatch.setenv("FOREBEAR_BLOBS", str(tmp_path / "shared"))
        assert locate(self.SHOWN).kept == tmp_path / "shared"
        mine = Place(folder=tmp_path / ".forebear")
        assert mine.kept == mine.folder


def test_recording_makes_a_store_where_there_is_none(tmp_path: Path):
    place = place_for_recording()
    assert place.folder == tmp_path / ".forebear"
    assert place_for_recording() == place
    assert place_for_recording(str(tmp_path / "mine")).folder == tmp_path / "mine"


def test_a_new_store_is_its_owners_alone_and_unknown_to_git(tmp_path: Path):
    made = init_store(tmp_path / ".forebear")
    assert made.stat().st_mode & 0o777 == 0o700
    assert (made / ".gitignore").read_text() == "*\n"
    assert (made / "blobs").is_dir()
    assert (made / "spool").is_dir()


def test_making_it_again_changes_nothing(tmp_path: Path):
    made = init_store(tmp_path / ".forebear")
    (made / "config.toml").write_text("[capture]\nkeep_code = false\n")
    init_store(made)
    assert "keep_code = false" in (made / "config.toml").read_text()


def test_a_store_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnwritable, match="Cannot make a store"):
        init_store(tmp_path / "file" / ".forebear")


def test_a_home_folder_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", os.fspath(tmp_path))
    made = init_store(tmp_path / "mine")
    assert locate("~/mine").folder == made
