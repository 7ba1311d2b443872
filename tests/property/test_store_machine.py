"""The store against a model of it in a few dictionaries, and against itself in other orders."""

import shutil
import tempfile
import threading
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from forebear.core.digest import of_bytes
from forebear.core.errors import Conflict, EventConflict
from forebear.core.events import (
    AliasMoved,
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    GapNoticed,
    Link,
    LocationSeen,
    MetricsLogged,
    ParamsLogged,
    ReproductionRecorded,
    RunEnded,
    RunStarted,
    Stated,
    StepRecorded,
    VersionNamed,
    encode,
)
from forebear.core.expectations import Expected
from forebear.core.merkle import EMPTY_ROOT
from forebear.store import open_store, projections, schema

START = datetime(2026, 3, 1, tzinfo=UTC)
CERTAINTY = {"running": 0, "lost": 1, "finished": 2, "failed": 2}

runs = st.integers(0, 5).map("run-{}".format)
artifacts = st.integers(0, 5).map("artifact-{}".format)
names = st.sampled_from(["churn", "fraud"])
aliases = st.sampled_from(["champion", "challenger"])
contents = st.integers(0, 3).map(lambda n: of_bytes(b"%d" % n))


def other(event):
    """An event that says something else under the same id."""
    return GapNoticed(id=event.id, run="x", what=str(uuid.uuid4()))


class StoreMachine(RuleBasedStateMachine):
    """Appends events, keeps the state that each should lead to, and compares at random seqs."""

    @initialize()
    def open(self):
        self.folder = Path(tempfile.mkdtemp())
        self.place = self.new_place()
        self.store = open_store(**self.place, create=True)
        self.model = {
            "status": {},
            "params": {},
            "versions": {"churn": [], "fraud": []},
            "aliases": {},
            "content": {},
            "used": set(),
        }
        self.named_again = {"churn": [], "fraud": []}
        self.states = [self.frozen()]
        self.said = []

    def new_place(self):
        """Arguments with which `open_store` opens a new store."""
        return {"location": self.folder}

    def teardown(self):
        if hasattr(self, "store"):
            assert list(self.store.verify()) == []
            self.store.close()
            shutil.rmtree(self.folder)

    def frozen(self):
        return {
            "status": dict(self.model["status"]),
            "params": {run: dict(params) for run, params in self.model["params"].items()},
            "versions": {name: list(rows) for name, rows in self.model["versions"].items()},
            "aliases": dict(self.model["aliases"]),
            "content": dict(self.model["content"]),
            "used": set(self.model["used"]),
        }

    def time(self):
        return START + timedelta(seconds=len(self.states))

    def append(self, event):
        done = self.store.append([event])
        assert (done.accepted, done.duplicates) == (1, 0)
        self.said.append(event)
        self.states.append(self.frozen())
        assert done.head.size == len(self.states) - 1

    @rule(run=runs)
    def start(self, run):
        self.model["status"].setdefault(run, "running")
        self.append(RunStarted(run=run, kind="run", name=run, time=self.time()))

    @precondition(lambda self: self.model["status"])
    @rule(data=st.data(), status=st.sampled_from(["lost", "finished", "failed"]))
    def end(self, data, status):
        run = data.draw(st.sampled_from(sorted(self.model["status"])))
        if CERTAINTY[status] >= CERTAINTY[self.model["status"][run]]:
            self.model["status"][run] = status
        self.append(RunEnded(run=run, status=status, time=self.time()))

    @rule(run=runs, params=st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), min_size=1))
    def log_params(self, run, params):
        self.model["params"].setdefault(run, {}).update(params)
        self.append(ParamsLogged(run=run, params=params, time=self.time()))

    @rule(artifact=artifacts, content=contents)
    def record(self, artifact, content):
        content = self.model["content"].setdefault(artifact, content)
        self.append(
            ArtifactRecorded(artifact=artifact, kind="data", digest=content, time=self.time())
        )

    @rule(run=runs, artifact=artifacts)
    def use(self, run, artifact):
        self.model["used"].add((artifact, run))
        self.append(EdgesRecorded(run=run, used=[Link(artifact=artifact)], time=self.time()))

    @rule(name=names, artifact=artifacts)
    def give_name(self, name, artifact):
        held = self.model["versions"][name]
        content = self.model["content"]
        there = any(
            one == artifact or (artifact in content and content.get(one) == content[artifact])
            for one in held + self.named_again[name]
        )
        if there:
            self.named_again[name].append(artifact)
        else:
            held.append(artifact)
        self.append(VersionNamed(kind="model", name=name, artifact=artifact, time=self.time()))

    @rule(name=names, alias=aliases, version=st.none() | st.integers(1, 3))
    def move_alias(self, name, alias, version):
        self.model["aliases"][name, alias] = version
        self.append(
            AliasMoved(
                kind="model", name=name, alias=alias, version=version, by="user", time=self.time()
            )
        )

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def say_again(self, data):
        event = data.draw(st.sampled_from(self.said))
        done = self.store.append([event])
        assert (done.accepted, done.duplicates) == (0, 1)
        done = self.store.append_encoded([self.store.identities.conceal(encode(event))])
        assert (done.accepted, done.duplicates) == (0, 1)

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def say_otherwise(self, data):
        event = data.draw(st.sampled_from(self.said))
        before, refused = self.store.head(), len(self.store.refusals())
        with pytest.raises(EventConflict):
            self.store.append([RunStarted(run="x", kind="run", name="x"), other(event)])
        assert self.store.head() == before
        assert len(self.store.refusals()) == refused + 1

    @rule(name=names, alias=aliases, expected=st.none() | st.integers(1, 3))
    def move_alias_on_condition(self, name, alias, expected):
        expect = Expected(kind="model", name=name, alias=alias, version=expected)
        event = AliasMoved(
            kind="model", name=name, alias=alias, version=2, by="user", time=self.time()
        )
        if self.model["aliases"].get((name, alias)) == expected:
            self.store.append([event], expect=expect)
            self.model["aliases"][name, alias] = 2
            self.said.append(event)
            self.states.append(self.frozen())
        else:
            with pytest.raises(Conflict):
                self.store.append([event], expect=expect)

    @rule(run=runs, count=st.integers(2, 5))
    def log_at_once(self, run, count):
        """Callers in several threads, each of whom must get its own place."""
        events = [
            ParamsLogged(run=run, params={"t": 0}, time=self.time() + timedelta(milliseconds=n))
            for n in range(count)
        ]
        sizes = []
        threads = [
            threading.Thread(target=lambda e=e: sizes.append(self.store.append([e]).head.size))
            for e in events
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(sizes) == [len(self.states) + n for n in range(count)]
        self.model["params"].setdefault(run, {})["t"] = 0
        for event in events:
            self.said.append(event)
            self.states.append(self.frozen())

    @rule()
    def rebuild(self):
        self.store.rebuild()

    @rule()
    def open_again(self):
        self.store.close()
        self.store = open_store(**self.place)

    @rule(data=st.data())
    def look_back(self, data):
        seq = data.draw(st.integers(0, len(self.states) - 1))
        self.compare(self.states[seq], seq)

    @invariant()
    def is_as_modelled(self):
        if hasattr(self, "store"):
            self.compare(self.model, None)

    def compare(self, state, seq):
        rows = self.store.runs(seq=seq)
        assert {row.id: row.status for row in rows} == state["status"]
        for row in rows:
            assert row.params == state["params"].get(row.id, {})
        for name, held in state["versions"].items():
            found = self.store.versions("model", name, seq=seq)
            assert [row.artifact for row in found] == held[::-1]
            assert [row.version for row in found] == list(range(len(held), 0, -1))
            for alias in ("champion", "challenger"):
                row = self.store.alias("model", name, alias, seq=seq)
                assert (row and row.version) == state["aliases"].get((name, alias))
        ids = [f"artifact-{n}" for n in range(6)]
        edges = self.store.edges(ids, "down", seq=seq)
        assert {(edge.source, edge.target) for edge in edges} == state["used"]
        digests = {id: node.digest for id, node in self.store.nodes(ids, seq=seq).items()}
        known = {id: digest for id, digest in digests.items() if digest is not None}
        assert known == state["content"]


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)


class PostgresMachine(StoreMachine):
    """The same on PostgreSQL."""

    address = None

    def new_place(self):
        import psycopg

        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute("SET client_min_messages = warning")
            connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return {"location": self.address, "blobs": self.folder / "blobs"}


@pytest.fixture(scope="class")
def machine_address(server):
    PostgresMachine.address = server


@pytest.mark.usefixtures("machine_address")
class TestPostgresMachine(PostgresMachine.TestCase):
    settings = settings(max_examples=4, stateful_step_count=20, deadline=None)


links = st.builds(
    Link,
    artifact=artifacts,
    role=st.sampled_from([None, "train"]),
    evidence=st.sampled_from(["inferred", "declared", "observed"]),
)
some_links = st.lists(links, max_size=2)
labels = st.none() | st.sampled_from(["x.csv", "y.csv"])
params = st.dictionaries(st.sampled_from("ab"), st.integers(0, 3), min_size=1)
kinds = st.sampled_from(["file", "data", "model"])
events = st.one_of(
    st.builds(RunStarted, run=runs, kind=st.sampled_from(["run", "train"]), name=st.just("n")),
    st.builds(RunStarted, run=runs, kind=st.just("run"), name=st.just("n"), parent=runs),
    st.builds(
        StepRecorded,
        run=runs,
        parent=runs,
        kind=st.just("train"),
        name=st.just("fit"),
        started=st.just(START),
        ended=st.just(START),
        used=some_links,
        generated=some_links,
        params=params,
    ),
    st.builds(
        RunEnded,
        run=runs,
        status=st.sampled_from(["lost", "finished", "failed"]),
        exit_code=st.none() | st.integers(0, 1),
    ),
    st.builds(
        ArtifactRecorded,
        artifact=artifacts,
        kind=kinds,
        digest=contents,
        label=labels,
        rows=st.none() | st.integers(0, 3),
        attrs=params,
    ),
    st.builds(EdgesRecorded, run=runs, used=some_links, context=st.booleans()),
    st.builds(
        Derived,
        source=artifacts,
        target=artifacts,
        relation=st.just("export"),
        run=st.none() | runs,
    ),
    st.builds(ParamsLogged, run=runs, params=params),
    st.builds(MetricsLogged, run=runs, metrics=st.just([]), model=artifacts),
    st.builds(LocationSeen, artifact=artifacts, uri=st.just("file:///a"), mode=st.just("read")),
    st.builds(GapNoticed, run=runs, what=st.sampled_from(["a", "b"])),
    st.builds(
        ReproductionRecorded,
        artifact=artifacts,
        run=runs,
        verdict=st.just("bitwise"),
        reason=st.just("equal"),
        environment=st.just("current"),
        by=st.just("user"),
        matched=st.lists(artifacts, max_size=2),
    ),
    st.builds(Stated, topic=st.just("tag"), about=artifacts, value=st.booleans(), run=runs),
)


@st.composite
def stories(draw):
    """Events at different times, an order of arrival, and where it is cut into calls."""
    story = [
        msgspec.structs.replace(event, time=START + timedelta(seconds=second))
        for second, event in enumerate(draw(st.lists(events, min_size=1, max_size=14)))
    ]
    arrival = draw(st.permutations(story))
    cuts = sorted(draw(st.sets(st.integers(1, len(story)), max_size=3)))
    ends = [*cuts, len(story)]
    return story, [arrival[a:b] for a, b in zip([0, *cuts], ends, strict=True)]


def answers(store):
    """All that can be asked, free of seq."""
    runs = sorted(f"run-{n}" for n in range(6))
    artifacts = [f"artifact-{n}" for n in range(6)]
    rows = [store.run(id) for id in runs]
    edges = [*store.edges(runs + artifacts, "up"), *store.edges(artifacts, "down")]
    return {
        "nodes": store.nodes(runs + artifacts),
        "runs": [row and msgspec.structs.replace(row, seq=0) for row in rows],
        "listed": [row.id for row in store.runs(roots_only=False)],
        "unfinished": [row.id for row in store.unfinished()],
        "edges": sorted(edges, key=repr),
        "of runs": [sorted(store.run_edges(id), key=repr) for id in runs],
        "gaps": [sorted((row.run, row.what) for row in store.gaps([id])) for id in runs],
        "places": [(row.artifact, row.at) for row in store.locations(artifacts)],
        "at place": [node.id for node in store.find_location("file:///a")],
    }


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """Two stores, used again for each example: making one takes longer than an example."""
    folders = [tmp_path_factory.mktemp(name) for name in ("told", "arrived")]
    stores = [open_store(folder, create=True) for folder in folders]
    yield stores
    for store in stores:
        store.close()


def forget(store):
    with store._database.writing() as connection:
        projections.clear(connection)
        connection.execute(schema.event.delete())
        connection.execute(
            schema.head.update().values(
                size=0, root=EMPTY_ROOT, frontier=b"", recorded=0, clock=b""
            )
        )


@settings(max_examples=40, deadline=None)
@given(story=stories())
def test_the_order_of_arrival_does_not_matter(stores, story):
    told, batches = story
    for store in stores:
        forget(store)
    stores[0].append(told)
    for batch in batches:
        stores[1].append(batch)
    assert answers(stores[1]) == answers(stores[0])
    assert list(stores[1].verify()) == []
