"""Pushing: whatever happens on the way, the other store ends up with the same facts, once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from forebear.client import replicate
from forebear.client.background import note_of, push_later, remote_of
from forebear.client.locate import Place, init_store, locate
from forebear.client.remotes import connect_remote
from forebear.client.remotes.stores import StoreRemote
from forebear.client.replicate import push, push_from
from forebear.core.addresses import without_password
from forebear.core.errors import InvalidInput, StoreError, StoreUnwritable
from forebear.core.events import (
    AliasMoved,
    AnyEvent,
    ArtifactRecorded,
    EdgesRecorded,
    Link,
    ParamsLogged,
    RunEnded,
    RunStarted,
    VersionNamed,
    decode,
)
from forebear.core.ids import new_id
from forebear.core.rows import Appended
from forebear.store import open_store
from forebear.store.sql_store import SqlStore


class Site:
    """A store in a folder of its own, and what happens to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = init_store(folder)
        self.store: SqlStore = open_store(self.folder, create=True)
        self.state = self.folder / "push"

    def train(self, name: str, body: bytes, *, end: bool = True) -> list[AnyEvent]:
        """Record a run that makes a model and names it."""
        run, digest = new_id(), self.store.blobs.put(body)
        events: list[AnyEvent] = [
            RunStarted(run=run, kind="run", name="train.py"),
            ArtifactRecorded(artifact=digest, kind="model", digest=digest, kept=True),
            EdgesRecorded(run=run, generated=[Link(artifact=digest)]),
            VersionNamed(kind="model", name=name, artifact=digest, run=run),
        ]
        if end:
            events.append(RunEnded(run=run, status="finished"))
        self.store.append(events)
        return events

    def push(self, other: Site) -> replicate.PushReport:
        return push(self.store, str(other.folder), self.state)

    def ids(self) -> list[str]:
        return [decode(event.body).id for event in self.store.events()]

    def numbers(self, name: str) -> list[int]:
        return [row.version for row in self.store.versions("model", name)]

    def content(self, name: str) -> set[str]:
        return {row.artifact for row in self.store.versions("model", name)}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Callable[[str], Site]]:
    made: list[Site] = []

    def make(name: str) -> Site:
        made.append(Site(tmp_path / name))
        return made[-1]

    yield make
    for one in made:
        one.store.close()


Make = Callable[[str], Site]


def test_everything_arrives_in_order_once(site: Make) -> None:
    here, there = site("here"), site("there")
    here.train("churn", b"one")
    report = here.push(there)
    assert (report.events, report.duplicates, report.blobs, report.seq) == (5, 0, 1, 5)
    assert there.ids() == here.ids()
    assert there.store.head() == here.store.head()
    assert there.store.blobs.get(next(there.store.blobs.digests())) == b"one"
    assert list(there.store.verify()) == []


def test_a_second_push_sends_only_what_is_new(site: Make) -> None:
    here, there = site("here"), site("there")
    here.train("churn", b"one")
    here.push(there)
    assert (here.push(there).events, here.push(there).duplicates) == (0, 0)
    here.train("churn", b"two")
    report = here.push(there)
    assert (report.events, report.duplicates, report.blobs) == (5, 0, 1)


def test_without_its_memory_a_push_changes_nothing(site: Make) -> None:
    here, there = site("here"), site("there")
    here.train("churn", b"one")
    here.push(there)
    shutil.rmtree(here.state)
    report = here.push(there)
    assert (report.events, report.duplicates) == (0, 5)
    note_of(here.state, str(there.folder)).write_text("{not what it was")
    assert here.push(there).duplicates == 5
    assert here.push(there).duplicates == 0


def test_another_ledger_at_the_same_place_gets_everything(site: Make) -> None:
    here, there = site("here"), site("there")
    here.train("churn", b"one")
    here.push(there)
    there.store.close()
    shutil.rmtree(there.folder)
    there.__init__(there.folder)  # type: ignore[misc]
    for n in range(3):
        there.train("other", b"%d" % n)
    assert here.push(there).events == 5
    assert len(there.ids()) == 20


def test_a_ledger_that_was_set_back_is_pushed_anew(site: Make, tmp_path: Path) -> None:
    here, there = site("here"), site("there")
    here.train("churn", b"one")
    here.store.close()
    shutil.copytree(here.folder, tmp_path / "backup")
    here.store = open_store(here.folder)
    here.train("churn", b"two")
    here.push(there)
    here.store.close()
    shutil.copy(tmp_path / "backup" / "ledger.db", here.folder / "ledger.db")
    for log in here.folder.glob("ledger.db-*"):
        log.unlink()
    here.store = open_store(here.folder)
    lately = here.train("churn", b"three") + here.train("churn", b"four")
    report = here.push(there)
    assert (report.events, report.duplicates) == (10, 5)
    assert {event.id for event in lately} <= set(there.ids())


@pytest.mark.parametrize("first", ["left", "right"])
def test_two_stores_into_one_in_either_order(site: Make, first: str) -> None:
    left, right, team = site("left"), site("right"), site("team")
    pair = [left, right] if first == "left" else [right, left]
    left.train("churn", b"l1")
    right.train("churn", b"r1")
    right.train("churn", b"both")
    for one in pair * 2:
        one.push(team)
    left.train("churn", b"both")
    left.train("churn", b"l2")
    for one in pair * 2:
        one.push(team)
    assert sorted(team.ids()) == sorted(left.ids() + right.ids())
    assert team.numbers("churn") == [4, 3, 2, 1]
    assert team.content("churn") == left.content("churn") | right.content("churn")
    assert list(team.store.verify()) == []
    runs = team.store.runs()
    assert len(runs) == 5
    assert {row.status for row in runs} == {"finished"}


def test_stores_that_push_into_each_other_converge(site: Make) -> None:
    left, right = site("left"), site("right")
    left.train("churn", b"l1")
    right.train("churn", b"r1")
    right.train("churn", b"r2")
    left.push(right)
    right.push(left)
    back = left.push(right)
    assert back.events == 0
    assert sorted(left.ids()) == sorted(right.ids())
    assert len(left.ids()) == 15
    for one in (left, right):
        assert one.numbers("churn") == [3, 2, 1]
        assert list(one.store.verify()) == []
    assert left.content("churn") == right.content("churn")
    edges = [
        {(e.source, e.target, e.type) for e in one.store.edges(sorted(one.content("churn")), "up")}
        for one in (left, right)
    ]
    assert edges[0] == edges[1]
    assert left.push(right).duplicates == right.push(left).duplicates == 0


def test_an_alias_points_to_the_model_that_was_meant_and_the_last_move_counts(site: Make) -> None:
    left, right, team = site("left"), site("right"), site("team")
    for one in (left, right):
        one.train("churn", one.folder.name.encode())
        (version,) = one.store.versions("model", "churn")
        moved = AliasMoved(
            kind="model",
            name="churn",
            alias="champion",
            version=version.version,
            artifact=version.artifact,
            by="user",
        )
        one.store.append([moved])
    for one, number in ((right, 1), (left, 2)):
        one.push(team)
        pointer = team.store.alias("model", "churn", "champion")
        assert pointer is not None
        assert pointer.version == number
        meant = {row.version: row.artifact for row in team.store.versions("model", "churn")}
        assert {meant[number]} == one.content("churn")
    assert len(team.store.alias_history("model", "churn")) == 2
    assert list(team.store.verify()) == []


def test_a_run_goes_on_in_the_remote_until_its_own_store_says_otherwise(site: Make) -> None:
    here, there = site("here"), site("there")
    started, *_ = here.train("churn", b"one", end=False)
    assert isinstance(started, RunStarted)
    here.push(there)
    found = there.store.run(started.run)
    assert found is not None
    assert found.status == "running"
    here.store.append([RunEnded(run=started.run, status="lost")])
    here.push(there)
    found = there.store.run(started.run)
    assert found is not None
    assert found.status == "lost"


class Flaky(StoreRemote):
    """A remote that goes away after a number of calls, once with the events taken."""

    calls = 0
    fails_at = 0
    taken_before_failing = False

    def receive(self, bodies: Sequence[bytes]) -> Appended:
        Flaky.calls += 1
        if Flaky.calls == Flaky.fails_at and not Flaky.taken_before_failing:
            raise StoreError("It is away.")
        done = super().receive(bodies)
        if Flaky.calls == Flaky.fails_at:
            raise StoreError("The reply was lost.")
        return done


@pytest.mark.parametrize("taken", [False, True])
def test_a_remote_that_goes_away_costs_nothing(
    site: Make, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    here, there = site("here"), site("there")
    run = new_id()
    here.store.append([ParamsLogged(run=run, params={"i": i}) for i in range(5000)])
    monkeypatch.setattr("forebear.client.remotes.stores.StoreRemote", Flaky)
    monkeypatch.setattr(Flaky, "calls", 0)
    monkeypatch.setattr(Flaky, "fails_at", 2)
    monkeypatch.setattr(Flaky, "taken_before_failing", taken)
    with pytest.raises(StoreError, match="Cannot push to") as raised:
        here.push(there)
    assert "3,000 events wait" in (raised.value.hint or "")
    report = here.push(there)
    assert (report.events, report.duplicates) == ((1000, 2000) if taken else (3000, 0))
    assert there.ids() == here.ids()


def test_a_remote_that_is_not_there_is_one_clear_sentence(site: Make, tmp_path: Path) -> None:
    here, there = site("here"), site("there")
    here.train("churn", b"one")
    with pytest.raises(StoreError, match="no folder") as raised:
        push(here.store, str(tmp_path / "not" / "mounted"), here.state)
    assert "5 events wait" in (raised.value.hint or "")
    here.push(there)
    there.store.close()
    shutil.move(there.folder, tmp_path / "moved")
    with pytest.raises(StoreError, match="no store") as raised:
        here.push(there)
    assert "gone for good" in (raised.value.hint or "")
    assert not there.folder.exists()
    shutil.move(tmp_path / "moved", there.folder)
    assert here.push(there).duplicates == 0


def test_a_folder_without_a_store_becomes_one(site: Make, tmp_path: Path) -> None:
    here = site("here")
    here.train("churn", b"one")
    assert push(here.store, str(tmp_path / "new"), here.state).events == 5
    with open_store(tmp_path / "new") as store:
        assert store.head() == here.store.head()


def test_a_kept_file_that_is_damaged_does_not_keep_the_rest_back(site: Make) -> None:
    here, there = site("here"), site("there")
    here.train("churn", b"one")
    here.train("churn", b"two")
    digest = next(here.store.blobs.digests()).removeprefix("sha256:")
    (here.folder / "blobs" / digest[:2] / digest[2:]).write_bytes(b"not that")
    report = here.push(there)
    assert (report.events, report.blobs) == (10, 1)
    assert "damaged" in report.notes[0]


def test_an_event_that_the_remote_knows_otherwise_is_told_and_the_rest_goes_on(site: Make) -> None:
    here, there = site("here"), site("there")
    first, *_ = here.train("churn", b"one")
    assert isinstance(first, RunStarted)
    there.store.append([RunStarted(id=first.id, run=first.run, kind="run", name="forged.py")])
    report = here.push(there)
    assert report.events == 4
    assert first.id in report.notes[0]


def test_a_full_remote_is_away(site: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = site("here"), site("there")
    here.train("churn", b"one")

    def full(self: StoreRemote, bodies: Sequence[bytes]) -> Appended:
        raise StoreUnwritable("The disk is full.")

    monkeypatch.setattr(StoreRemote, "receive", full)
    with pytest.raises(StoreError, match="The disk is full") as raised:
        here.push(there)
    assert raised.value.exit_code == 2
    monkeypatch.undo()
    assert here.push(there).events == 5


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("s3://user:secret@bucket/x", "begins with s3://"),
        ("ftp://host/x", "begins with ftp://"),
    ],
)
def test_an_address_with_no_way_to_it_is_refused(address: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as raised:
        connect_remote(address)
    assert "secret" not in str(raised.value)


def test_no_password_is_shown_or_stored() -> None:
    assert without_password("postgresql://user:a:b%40c@host:1/db") == "postgresql://user@host:1/db"
    assert without_password("/a/b:c@d") == "/a/b:c@d"
    state = Path("push")
    one, other = (f"postgresql://user:{word}@host/db" for word in ("secret", "other"))
    assert note_of(state, one) == note_of(state, other)


def test_where_to_is_said_by_the_call_the_environment_or_the_settings(
    site: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FOREBEAR_REMOTE", raising=False)
    here = site("project/.forebear")
    place = Place(folder=here.folder)
    assert remote_of(place) is None
    (here.folder / "config.toml").write_text('[push]\nremote = "../team"\n')
    assert Path(os.path.normpath(remote_of(place) or "")) == here.folder.parents[1] / "team"
    (here.folder / "config.toml").write_text('[push]\nremote = "postgresql://host/db"\n')
    assert remote_of(place) == "postgresql://host/db"
    monkeypatch.setenv("FOREBEAR_REMOTE", "/mnt/team")
    assert remote_of(place) == "/mnt/team"
    assert remote_of(place, "/elsewhere") == "/elsewhere"
    assert remote_of(place, "") is None
    monkeypatch.setenv("FOREBEAR_REMOTE", "")
    assert remote_of(place) is None


def test_pushing_takes_in_what_programs_have_left(site: Make, tmp_path: Path) -> None:
    from forebear.client.drain import host_id
    from forebear.client.spool import SpoolHeader, SpoolWriter

    here, there = site("here"), site("there")
    writer = SpoolWriter(here.folder / "spool", SpoolHeader(run="r", pid=1, host=host_id()))
    writer.append(ParamsLogged(run="r", params={"a": 1}))
    writer.close()
    report = push_from(Place(folder=here.folder), str(there.folder))
    assert report is not None
    assert report.events == 1
    with pytest.raises(InvalidInput, match="this very store"):
        push_from(Place(folder=here.folder), str(here.folder))


def test_in_the_background_one_push_at_a_time_is_enough(site: Make) -> None:
    from forebear.client.background import alone

    here, there = site("here"), site("there")
    here.train("churn", b"one")
    with alone(here.state) as free:
        assert free
        assert push_from(Place(folder=here.folder), str(there.folder), background=True) is None
    report = push_from(Place(folder=here.folder), str(there.folder), background=True)
    assert report is not None
    assert report.seq == 5


def test_starting_a_push_never_raises(site: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    here = site("here")
    (here.folder / "config.toml").write_text("[push\n")
    push_later(Place(folder=here.folder))
    monkeypatch.setattr("subprocess.run", lambda *a, **k: 1 / 0)
    push_later(Place(folder=here.folder), "/anywhere")
    assert (here.state / "last.log").read_bytes() == b""


def test_a_database_is_a_remote_and_pushes_on(
    site: Make, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FOREBEAR_BLOBS", str(tmp_path / "shared"))
    left, right, last = site("left"), site("right"), site("last")
    left.train("churn", b"l1")
    right.train("churn", b"r1")
    for one in (left, right, left):
        push(one.store, postgres, one.state)
    left.train("churn", b"l2")
    report = push(left.store, postgres, left.state)
    assert (report.events, report.duplicates, report.blobs) == (5, 0, 1)
    assert report.remote == without_password(postgres)
    done = push_from(locate(postgres), str(last.folder))
    assert done is not None
    assert (done.events, done.blobs) == (15, 3)
    assert sorted(last.ids()) == sorted(left.ids() + right.ids())
    assert last.numbers("churn") == [3, 2, 1]
    assert list(last.store.verify()) == []


def test_a_database_that_is_away_is_one_clear_sentence(site: Make) -> None:
    pytest.importorskip("psycopg")
    here = site("here")
    here.train("churn", b"one")
    address = "postgresql://user:secret@127.0.0.1:1/none"
    with pytest.raises(
        StoreError, match=r"Cannot push to postgresql://user@127\.0\.0\.1:1/none"
    ) as said:
        push(here.store, address, here.state)
    assert "5 events wait" in (said.value.hint or "")
    assert "secret" not in f"{said.value} {said.value.hint}"
