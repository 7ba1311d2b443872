"""Spools, drains, three stores and pushes between them, against a model in a few sets."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

import forebear.client.remotes.stores as stores
from forebear.client.drain import drain, host_id
from forebear.client.replicate import push
from forebear.client.spool import SpoolHeader, SpoolReader, SpoolWriter, spools_of
from forebear.core.errors import StoreError
from forebear.core.events import (
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

FULL = os.environ.get("FOREBEAR_FAULTS") == "full"
SITES = ("left", "right", "team")
sites = st.sampled_from(SITES)
recording = st.sampled_from(SITES[:2])
pairs = st.permutations(SITES).map(lambda names: (names[0], names[1]))
ways_to_end = st.sampled_from(["finished", "killed", "torn"])


class Unlucky(stores.StoreRemote):
    """A remote whose next answer may be lost, before or after it took the events."""

    trouble: str | None = None

    def receive(self, bodies: Sequence[bytes]) -> Appended:
        trouble, Unlucky.trouble = Unlucky.trouble, None
        if trouble == "away":
            raise StoreError("It is away.")
        done = super().receive(bodies)
        if trouble == "reply lost":
            raise StoreError("The reply was lost.")
        return done


class ReplicationMachine(RuleBasedStateMachine):
    """Programs record into two stores, everything is pushed around; no fact is lost or doubled."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.stores = {name: open_store(self.folder / name, create=True) for name in SITES}
        self.writers: dict[str, list[tuple[str, SpoolWriter]]] = {name: [] for name in SITES}
        self.acknowledged: dict[str, dict[str, AnyEvent]] = {name: {} for name in SITES}
        self.inside: dict[str, dict[str, AnyEvent]] = {name: {} for name in SITES}
        self.ended: set[str] = set()
        stores.StoreRemote, self.real = Unlucky, stores.StoreRemote  # type: ignore[misc]
        Unlucky.trouble = None

    def teardown(self) -> None:
        if not hasattr(self, "folder"):
            return
        try:
            self.everything_arrives_everywhere()
        finally:
            stores.StoreRemote = self.real  # type: ignore[misc]
            for store in self.stores.values():
                store.close()
            shutil.rmtree(self.folder)

    @rule(site=recording)
    def begin(self, site: str) -> None:
        run = new_id()
        header = SpoolHeader(run=run, pid=1, host=host_id())
        writer = SpoolWriter(self.folder / site / "spool", header, segment=900)
        self.writers[site].append((run, writer))
        attrs = {"host": host_id()}
        self.say(site, -1, RunStarted(run=run, kind="run", name="job", attrs=attrs))

    def say(self, site: str, at: int, event: AnyEvent) -> None:
        self.writers[site][at][1].append(event)
        self.acknowledged[site][event.id] = event

    @precondition(lambda self: any(self.writers.values()))
    @rule(data=st.data(), content=st.integers(0, 4), name=st.sampled_from(["churn", "fraud"]))
    def record(self, data: st.DataObject, content: int, name: str) -> None:
        site, at = self.some_writer(data)
        run, artifact = self.writers[site][at][0], f"artifact-{content}"
        digest = self.stores[site].blobs.put(b"content %d" % content)
        for event in (
            ArtifactRecorded(artifact=artifact, kind="model", digest=digest, kept=True),
            EdgesRecorded(run=run, generated=[Link(artifact=artifact)]),
            VersionNamed(kind="model", name=name, artifact=artifact, run=run),
            ParamsLogged(run=run, params={"content": content}),
        ):
            self.say(site, at, event)

    def some_writer(self, data: st.DataObject) -> tuple[str, int]:
        site = data.draw(st.sampled_from([name for name in SITES if self.writers[name]]))
        return site, data.draw(st.integers(0, len(self.writers[site]) - 1))

    @precondition(lambda self: any(self.writers.values()))
    @rule(data=st.data())
    def sync(self, data: st.DataObject) -> None:
        site, at = self.some_writer(data)
        self.writers[site][at][1].sync()

    @precondition(lambda self: any(self.writers.values()))
    @rule(data=st.data(), how=ways_to_end, bytes_=st.integers(1))
    def end(self, data: st.DataObject, how: str, bytes_: int) -> None:
        site, at = self.some_writer(data)
        run, writer = self.writers[site][at]
        if how == "finished":
            self.say(site, at, RunEnded(run=run, status="finished"))
            self.ended.add(run)
            writer.close()
        else:
            path = writer.path
            writer.abandon()
            if how == "torn":
                self.tear(site, path, bytes_)
        del self.writers[site][at]

    def tear(self, site: str, path: Path, bytes_: int) -> None:
        """Cut into the last record, as a power cut may: the record was not synced."""
        records = list(SpoolReader(path).records())
        if len(records) < 2:
            return
        body, end = records[-1]
        os.truncate(path, end - 1 - bytes_ % (len(body) + 7))
        event = decode(body)
        if event.id not in self.inside[site]:
            del self.acknowledged[site][event.id]

    @rule(site=recording)
    def take_in(self, site: str) -> None:
        self.ledger_changes(site, drain(self.folder / site, self.stores[site]).lost)
        for id, event in self.acknowledged[site].items():
            assert self.inside[site][id] == event

    def ledger_changes(self, site: str, lost: list[str] = ()) -> None:  # type: ignore[assignment]
        """Read what is in a ledger: each event once, and only what somebody said."""
        told = [decode(stored.body) for stored in self.stores[site].events()]
        assert len({event.id for event in told}) == len(told)
        self.inside[site] = {event.id: event for event in told}
        assert not set(lost) & self.ended

    @rule(pair=pairs, trouble=st.sampled_from([None, None, "away", "reply lost"]))
    def push(self, pair: tuple[str, str], trouble: str | None) -> None:
        Unlucky.trouble = trouble
        try:
            self.push_one(*pair)
        except StoreError as error:
            hint = error.hint or ""
            if trouble is None or "Nothing is lost" not in hint:
                raise
        Unlucky.trouble = None
        self.ledger_changes(pair[1])

    def push_one(self, source: str, target: str) -> None:
        state = self.folder / source / "push"
        report = push(self.stores[source], str(self.folder / target), state)
        assert report.notes == []
        assert report.seq == self.stores[source].head().size
        self.ledger_changes(target)
        assert self.inside[source].keys() <= self.inside[target].keys()
        kept = set(self.stores[source].blobs.digests())
        assert kept <= set(self.stores[target].blobs.digests())

    @rule(source=sites)
    def forget(self, source: str) -> None:
        shutil.rmtree(self.folder / source / "push", ignore_errors=True)

    def everything_arrives_everywhere(self) -> None:
        for site in SITES[:2]:
            for _, writer in self.writers[site]:
                writer.abandon()
            self.writers[site] = []
            self.take_in(site)
            assert spools_of(self.folder / site / "spool") == []
        for source, target in (("left", "team"), ("right", "team"), ("team", "left")):
            self.push_one(source, target)
        self.push_one("left", "right")
        facts = {*self.acknowledged["left"], *self.acknowledged["right"]}
        assert self.inside["left"] == self.inside["right"] == self.inside["team"]
        assert facts <= self.inside["team"].keys()
        names = [self.shown(store) for store in self.stores.values()]
        assert names[0] == names[1] == names[2]

    def shown(self, store: object) -> dict[str, object]:
        """Return what a store shows, free of its own order; numbers of versions are dense."""
        assert list(store.verify()) == []  # type: ignore[attr-defined]
        found: dict[str, object] = {}
        for name in ("churn", "fraud"):
            rows = store.versions("model", name)  # type: ignore[attr-defined]
            assert [row.version for row in rows] == list(range(len(rows), 0, -1))
            found[name] = {row.digest for row in rows}
        runs = store.runs(limit=10_000)  # type: ignore[attr-defined]
        found["runs"] = {row.id: row.status for row in runs}
        assert set(found["runs"].values()) <= {"finished", "lost"}  # type: ignore[attr-defined]
        assert self.ended <= {id for id, word in found["runs"].items() if word == "finished"}  # type: ignore[attr-defined]
        return found


TestReplication = ReplicationMachine.TestCase
TestReplication.settings = settings(
    max_examples=150 if FULL else 10, stateful_step_count=30 if FULL else 18, deadline=None
)
