"""A store goes into one file by command, and out of it into a new store in either database."""

from __future__ import annotations

import io
import json
import tarfile
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from command import forebear
from forebear.client.backup import restore
from forebear.client.local import open_at
from forebear.client.locate import init_store, locate
from forebear.core.access import EVERYWHERE, Grant
from forebear.core.accounts import Account, Token
from forebear.core.clock import now
from forebear.core.errors import Conflict, InvalidInput, Unreadable
from forebear.core.ids import new_id
from forebear.core.intakes import Intake
from forebear.core.secrets import digest_of
from forebear.store import dump, open_store, schema
from story import Story


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("FOREBEAR_STORE", "FOREBEAR_REMOTE", "FOREBEAR_BLOBS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, home: Path) -> str:
    """Where a store with all that can be in one is."""
    if request.param == "sqlite":
        said = str(init_store(home / "work" / ".forebear"))
    else:
        said = request.getfixturevalue("postgres")
    story = Story(home / "project")
    story.prepare()
    story.train(4, 0.8)
    with open_at(locate(said)) as store:
        store.append(story.events[:10])
        store.append(story.events[10:], intake=Intake(workspace="team", account=None))
        store.blobs.put(b"kept")
        store.identities.commitment("ada")
        account = Account(id=new_id(), name="ada", created=now())
        store.accounts.add(account)
        store.accounts.grant(account.id, Grant(workspace=EVERYWHERE, role="admin"), now())
        store.accounts.add_token(
            Token(
                id=new_id(),
                account=account.id,
                purpose="api",
                name="ci",
                scopes=["read"],
                made=now(),
                expires=now() + timedelta(days=1),
            ),
            digest_of("secret"),
        )
    assert forebear("checkpoint", "-o", str(home / "c.note"), "--store", said).returncode == 0
    return said


def content(place: str) -> dict[str, object]:
    """Return all that a store has."""
    with open_at(locate(place)) as store:
        assert list(store.verify()) == []
        return {
            "events": [(one.seq, one.recorded, one.body) for one in store.events()],
            "blobs": list(store.blobs.digests()),
            "ada": store.identities.matching("ada"),
            "accounts": store.accounts.accounts(),
            "members": store.accounts.members(),
            "tokens": store.accounts.tokens(),
            "intakes": store.intakes.after(0),
            "models": store.names("model"),
            "head": store.head(),
        }


def backed_up(place: str, file: Path) -> Path:
    done = forebear("backup", str(file), "--store", place)
    assert done.returncode == 0, done.stderr
    assert "1 account" in done.stdout
    return file


@pytest.mark.parametrize("name", ["all.tar", "all.tgz"])
def test_a_store_comes_back_whole(home: Path, place: str, name: str) -> None:
    file = backed_up(place, home / name)
    assert file.stat().st_mode & 0o077 == 0
    (home / "new").mkdir()
    done = forebear("restore", str(file), cwd=home / "new")
    assert (done.returncode, done.stderr) == (0, "")
    assert content(str(home / "new")) == content(place)
    note = str(home / "c.note")
    assert forebear("verify", "--against", note, cwd=home / "new").returncode == 0
    again = forebear("checkpoint", "-o", str(home / "again.note"), cwd=home / "new")
    assert again.stdout.replace("again.note", "c.note").splitlines()[1:] != []
    assert (home / "again.note").read_text() == (home / "c.note").read_text()


def test_it_moves_from_one_database_to_the_other(home: Path, place: str, request) -> None:
    before = content(place)
    file = backed_up(place, home / "all.tgz")
    if place.startswith("postgres"):
        there = str(home / "elsewhere")
    else:
        there = request.getfixturevalue("postgres")
    done = forebear("restore", str(file), "--store", there, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["accounts"], told["events"]) == (1, before["head"].size)  # type: ignore[attr-defined]
    assert content(there) == before


def test_every_table_is_saved_or_made_again() -> None:
    made_again = {table.name for table in schema.PROJECTIONS} | {"head"}
    assert {*dump.TABLES, *made_again} == set(schema.metadata.tables)


def test_only_an_empty_store_is_filled(home: Path, place: str) -> None:
    file = backed_up(place, home / "all.tgz")
    before = content(place)
    done = forebear("restore", str(file), "--store", place)
    assert done.returncode == 2
    assert "There are events in the store" in done.stderr
    assert content(place) == before
    # Accounts alone are something, too.
    with open_store(init_store(home / "peopled"), create=True) as store:
        store.accounts.add(Account(id=new_id(), name="eve", created=now()))
    with pytest.raises(Conflict, match="accounts"):
        restore(file, str(home / "peopled"))


def test_what_is_recorded_meanwhile_spoils_nothing(home: Path, place: str) -> None:
    over, told = threading.Event(), []

    def go_on() -> None:
        with open_at(locate(place)) as store:
            while not over.is_set():
                story = Story(home / "project")
                story.train(5, 0.5, save=None)
                told.append(store.append(story.events).head.size)

    writer = threading.Thread(target=go_on)
    writer.start()
    while not told:
        over.wait(0.01)
    acknowledged = told[-1]
    try:
        file = backed_up(place, home / "all.tar")
    finally:
        over.set()
        writer.join()
    done = restore(file, str(home / "new"))
    assert done.events >= acknowledged
    there, here = content(str(home / "new")), content(place)
    assert there["events"] == here["events"][: done.events]  # type: ignore[index]


def changed(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Return a backup with other files in it."""
    with tarfile.open(file) as tar:
        members = {one.name: tar.extractfile(one).read() for one in tar}  # type: ignore[union-attr]
    change(members)
    with tarfile.open(file.with_name("changed.tar"), "w") as tar:
        for name, body in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return file.with_name("changed.tar")


def spoil(name: str, body: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda members: members.update({name: body})


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound backup."""
    folder = tmp_path_factory.mktemp("backed-up")
    story = Story(folder)
    story.prepare()
    with open_store(init_store(folder / ".forebear"), create=True) as store:
        store.append(story.events)
        store.blobs.put(b"kept")
    done = forebear("backup", str(folder / "all.tar"), "--store", str(folder / ".forebear"))
    assert done.returncode == 0, done.stderr
    return folder / "all.tar"


@pytest.mark.parametrize(
    "change",
    [
        lambda members: members.pop("manifest.json"),
        lambda members: members.pop("tables/event.ndjson"),
        spoil("tables/event.ndjson", b"{}\n"),
        spoil("tables/head.ndjson", b"{}\n"),
        spoil("manifest.json", b"{"),
        spoil("../../evil", b"x"),
        spoil("/etc/evil", b"x"),
        spoil("keys/../../evil", b"x"),
        spoil("keys/a/b", b"x"),
        spoil("blobs/..", b"x"),
        spoil("identities/.ssh", b"x"),
        spoil("keys\\evil", b"x"),
        spoil("blobs/00/" + "0" * 62, b"x"),
    ],
)
def test_a_file_that_is_no_sound_backup_makes_nothing(home: Path, file: Path, change) -> None:
    before = sorted(home.rglob("*"))
    with pytest.raises(Unreadable):
        restore(changed(file, change))
    assert sorted(home.rglob("*")) == before


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE]
)
def test_links_and_devices_in_it_are_refused(home: Path, file: Path, kind: bytes) -> None:
    evil = home / "evil.tar"
    evil.write_bytes(file.read_bytes())
    with tarfile.open(evil, "a") as tar:
        info = tarfile.TarInfo("keys/log.key")
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)
    with pytest.raises(Unreadable, match="no part of a backup"):
        restore(evil, str(home / "new"))
    assert not (home / "new").exists()


def test_the_same_name_twice_is_refused(home: Path, file: Path) -> None:
    evil = home / "evil.tar"
    evil.write_bytes(file.read_bytes())
    with tarfile.open(evil, "a") as tar:
        info = tarfile.TarInfo("config.toml")
        tar.addfile(info, io.BytesIO())
    with pytest.raises(Unreadable, match="no part of a backup"):
        restore(evil, str(home / "new"))


def test_a_file_that_is_cut_off_makes_nothing(home: Path, file: Path) -> None:
    cut = home / "cut.tar"
    for size in (0, 10, 600, file.stat().st_size // 2, file.stat().st_size - 12_000):
        cut.write_bytes(file.read_bytes()[:size])
        with pytest.raises(Unreadable):
            restore(cut, str(home / "new"))
    assert not (home / "new").exists()


def test_what_cannot_be_written_or_read_is_said(home: Path, file: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        restore(home / "nothing", str(home / "new"))
    store = str(file.with_name(".forebear"))
    done = forebear("backup", str(home / "no" / "all.tar"), "--store", store)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert not (home / "no").exists()


def test_a_server_is_backed_up_where_it_runs() -> None:
    done = forebear("backup", "all.tar", "--store", "http://127.0.0.1:9")
    assert done.returncode == 2
    assert "is a server" in done.stderr
