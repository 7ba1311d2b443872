"""What every store must do, whatever database is behind it."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from forebear.core import merkle
from forebear.core.digest import of_bytes
from forebear.core.entities import Column, Edge, Metric
from forebear.core.errors import EventConflict, InvalidInput
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
    StepRecorded,
    VersionNamed,
    decode,
    encode,
)
from forebear.store import appending, open_store, projections

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(seconds):
    return START + timedelta(seconds=seconds)


def rid(number):
    return f"0192a000-0000-7000-8000-{number:012x}"


def file(text):
    return of_bytes(text.encode())


def orders(count):
    """Some orders of arrival: as told, backwards, and each of the others first once."""
    told = list(range(count))
    return [told, told[::-1], *([*told[at:], *told[:at]] for at in range(1, count))]


ROOT, STEP, INNER, OTHER = rid(1), rid(2), rid(3), rid(4)
CSV, MODEL, CODE = file("csv"), file("model"), file("code")
FRAME, FITTED = rid(101), rid(102)


def started(run=ROOT, when=0, **more):
    fields = {"kind": "run", "name": "train.py", "started": at(when), "time": at(when)}
    return RunStarted(run=run, **(fields | more))


def step(run=STEP, parent=ROOT, when=1, **more):
    fields = {"kind": "train", "name": "fit", "started": at(when), "ended": at(when + 1)}
    return StepRecorded(run=run, parent=parent, time=at(when + 1), **(fields | more))


def ended(run=ROOT, status="finished", when=10, **more):
    return RunEnded(run=run, status=status, ended=at(when), time=at(when), **more)


def artifact(id=CSV, kind="file", when=0, **more):
    return ArtifactRecorded(
        **({"artifact": id, "kind": kind, "digest": id, "time": at(when)} | more)
    )


def named(id=MODEL, name="churn", when=0, kind="model", **more):
    return VersionNamed(kind=kind, name=name, artifact=id, time=at(when), **more)


def moved(version, alias="champion", name="churn", when=0, **more):
    return AliasMoved(
        kind="model", name=name, alias=alias, version=version, by="user", time=at(when), **more
    )


def used(artifact, run, evidence="observed", **more):
    return Edge(source=artifact, target=run, type="used", evidence=evidence, **more)


def made(run, artifact, evidence="observed", **more):
    return Edge(source=run, target=artifact, type="generated", evidence=evidence, **more)


def roots(store, **more):
    return [row.id for row in store.runs(**more)]


class TestLedger:
    def test_a_new_store_is_empty(self, store):
        assert store.head().size == 0
        assert store.head().root == f"sha256:{merkle.EMPTY_ROOT.hex()}"
        assert list(store.events()) == []
        assert store.seq_at(at(0)) == 0
        assert store.node(CSV) is None
        assert store.run(ROOT) is None
        assert store.runs() == store.unfinished() == store.names("model") == []
        assert store.append([]).accepted == 0

    def test_events_lie_there_as_they_were_written(self, store):
        events = [started(), artifact(), ended()]
        done = store.append(events)
        assert (done.accepted, done.duplicates, done.head.size) == (3, 0, 3)
        stored = list(store.events())
        assert [one.seq for one in stored] == [1, 2, 3]
        assert [one.body for one in stored] == [encode(event) for event in events]
        assert [decode(one.body) for one in stored] == events
        leaves = [merkle.leaf_hash(one.body) for one in stored]
        assert done.head == store.head()
        assert done.head.root == f"sha256:{merkle.root(leaves).hex()}"
        assert [one.seq for one in store.events(after=2)] == [3]

    def test_bytes_are_kept_verbatim_with_fields_of_the_future(self, store):
        body = encode(started()).replace(b'{"event"', b'{ "colour": "blue", "event"')
        store.append_encoded([body])
        assert [one.body for one in store.events()] == [body]
        assert store.run(ROOT).name == "train.py"

    def test_the_same_event_twice_is_one(self, store):
        event = started()
        body = encode(event)
        assert store.append_encoded([body, body]).duplicates == 1
        again = store.append([event, ended()])
        assert (again.accepted, again.duplicates, again.head.size) == (1, 1, 2)

    def test_an_id_with_other_bytes_refuses_the_whole_call(self, store):
        event = started()
        store.append([event])
        before = store.head()
        with pytest.raises(EventConflict, match=event.id):
            store.append([artifact(), started(id=event.id, name="other.py")])
        assert store.head() == before
        assert store.node(CSV) is None

    def test_what_is_no_event_refuses_the_whole_call(self, store):
        for body in (b"", b"{}", b'{"event":"unheard-of"}', b"\xff", encode(started())[:-1]):
            with pytest.raises(InvalidInput, match="no event"):
                store.append_encoded([encode(artifact()), body])
        assert store.head().size == 0

    def test_a_number_beyond_64_bits_is_refused(self, store):
        with pytest.raises(InvalidInput):
            store.append([artifact(), artifact(MODEL, size=2**80)])
        assert store.head().size == 0

    def test_an_error_in_the_middle_leaves_nothing(self, store, monkeypatch):
        store.append([started()])
        before = store.head()

        def fail(*_):
            raise RuntimeError("in the middle")

        monkeypatch.setitem(projections._PROJECTORS, RunEnded, fail)
        many = [artifact(file(str(n))) for n in range(1500)]
        with pytest.raises(RuntimeError, match="in the middle"):
            store.append([*many, named(), ended()])
        monkeypatch.undo()
        assert store.head() == before
        assert store.nodes([file(str(n)) for n in range(1500)]) == {}
        assert store.names("model") == []
        store.append([ended()])
        assert store.run(ROOT).status == "finished"

    def test_many_events_in_one_call(self, store):
        events = [artifact(file(str(n)), label=str(n)) for n in range(2500)]
        done = store.append([*events, *events[:1200]])
        assert (done.accepted, done.duplicates) == (2500, 1200)
        assert [one.seq for one in store.events()] == list(range(1, 2501))
        assert len(store.nodes([event.artifact for event in events])) == 2500

    def test_recorded_time_never_goes_back(self, store, monkeypatch):
        for seconds in (0, 60, 30, 90):
            monkeypatch.setattr(appending, "now", partial(at, seconds))
            store.append([artifact(file(str(seconds)))])
        assert [one.recorded for one in store.events()] == [at(0), at(60), at(60), at(90)]
        assert store.seq_at(at(-1)) == 0
        assert store.seq_at(at(0)) == 1
        assert store.seq_at(at(59)) == 1
        assert store.seq_at(at(60)) == 3
        assert store.seq_at(at(10_000)) == 4

    def test_it_is_all_there_when_opened_again(self, location):
        with open_store(**location, create=True) as store:
            store.append([started(), artifact()])
            head = store.head()
        with open_store(**location) as store:
            assert store.head() == head
            assert store.run(ROOT).name == "train.py"

    def test_writers_in_threads_never_meet_a_lock(self, store):
        errors = []

        def write(worker):
            try:
                for n in range(12):
                    store.append([artifact(file(f"{worker} {n}")), named(file(f"{worker} {n}"))])
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert [row.version for row in store.versions("model", "churn")] == list(range(96, 0, -1))


class TestArtifacts:
    def test_a_data_file(self, store):
        columns = [
            Column(name="age", type="int64", digest=file("age")),
            Column(name="b", type="str"),
        ]
        store.append(
            [
                artifact(
                    kind="data",
                    label="data.csv",
                    format="csv",
                    size=120,
                    rows=3,
                    columns=columns,
                    table=file("table"),
                    kept=True,
                    attrs={"encoding": "utf-8"},
                )
            ]
        )
        node = store.node(CSV)
        assert (node.type, node.kind, node.digest) == ("artifact", "data", CSV)
        assert (node.name, node.label, node.version) == ("data.csv", "data.csv", None)
        assert (node.format, node.size, node.rows, node.columns) == ("csv", 120, 3, 2)
        assert not node.in_memory
        assert node.attrs == {
            "encoding": "utf-8",
            "schema": [
                {"name": "age", "type": "int64", "digest": file("age")},
                {"name": "b", "type": "str"},
            ],
            "table": file("table"),
            "kept": True,
        }
        store.blobs.put(b"csv")

    def test_what_lives_in_memory_has_an_id_beside_its_digest(self, store):
        store.append([artifact(FRAME, kind="data", digest=file("frame"))])
        node = store.node(FRAME)
        assert (node.id, node.digest, node.in_memory) == (FRAME, file("frame"), True)

    def test_by_reference_is_said(self, store):
        store.append([artifact(by_reference=True)])
        assert store.node(CSV).attrs == {"by_reference": True}

    @pytest.mark.parametrize("order", orders(3))
    def test_details_add_up_in_any_order(self, store, order):
        said = [
            artifact(when=0, label="first.csv", attrs={"a": 1, "b": 1}),
            artifact(when=1, kind="data", label="second.csv", rows=3, attrs={"b": 2, "c": 2}),
            artifact(when=2, kind="file", rows=99, format="csv", table=file("table")),
        ]
        store.append([said[index] for index in order])
        node = store.node(CSV)
        assert (node.kind, node.label, node.rows, node.format) == ("data", "first.csv", 3, "csv")
        assert node.attrs == {"a": 1, "b": 1, "c": 2, "table": file("table")}

    def test_details_are_seen_from_when_they_were_recorded(self, store):
        store.append([artifact(when=0), artifact(when=1, kind="data", rows=3)])
        store.append([artifact(when=2, kind="model", weights=file("weights"))])
        assert store.node(CSV, seq=0) is None
        assert (store.node(CSV, seq=1).kind, store.node(CSV, seq=1).rows) == ("file", None)
        assert (store.node(CSV, seq=2).kind, store.node(CSV, seq=2).rows) == ("data", 3)
        assert store.node(CSV).kind == "model"
        assert store.node(CSV).attrs == {"weights": file("weights")}

    def test_what_is_only_spoken_of_is_known_to_be_unknown(self, store):
        store.append([Derived(source=CSV, target=FITTED, relation="export", run=ROOT)])
        assert store.node(CSV).kind == "unknown"
        assert store.node(CSV).digest == CSV
        assert (store.node(FITTED).in_memory, store.node(FITTED).digest) == (True, None)
        assert (store.node(ROOT).type, store.node(ROOT).status) == ("run", None)
        assert store.run(ROOT) is None
        assert store.runs(roots_only=False) == store.find_runs(ROOT) == store.unfinished() == []
        store.append([artifact(FITTED, kind="model", digest=file("fitted")), started()])
        assert store.node(FITTED).kind == "model"
        assert store.node(FITTED, seq=1).kind == "unknown"
        assert store.node(ROOT).status == "running"

    def test_nodes_come_in_the_order_asked_for(self, store):
        store.append([artifact(CSV), artifact(MODEL), started()])
        assert list(store.nodes([ROOT, "nobody", MODEL, CSV, MODEL])) == [ROOT, MODEL, CSV]

    def test_found_by_content_then_table_then_weights(self, store):
        wanted = file("wanted")
        store.append(
            [
                artifact(file("1"), weights=wanted),
                artifact(file("2"), table=wanted),
                artifact(FRAME, kind="data", digest=wanted),
                artifact(wanted),
                artifact(file("3")),
            ]
        )
        expected = [FRAME, wanted, file("2"), file("1")]
        for prefix in (wanted, wanted[:20], wanted[:13]):
            assert [node.id for node in store.find_artifacts(prefix)] == expected
        assert [node.id for node in store.find_artifacts(wanted, seq=2)] == [file("2"), file("1")]
        assert store.find_artifacts("sha256:000000") == []

    def test_found_by_content_while_only_spoken_of(self, store):
        store.append([Derived(source=CSV, target=MODEL, relation="copy")])
        assert [node.id for node in store.find_artifacts(CSV)] == [CSV]

    def test_found_by_every_table_that_was_read_from_it(self, store):
        store.append([artifact(when=0, table=file("t1")), artifact(when=1, table=file("t2"))])
        assert [node.id for node in store.find_artifacts(file("t2"))] == [CSV]
        assert store.node(CSV).attrs["table"] == file("t1")


class TestLocations:
    def seen(self, id, uri, when, mode="read", run=None):
        return LocationSeen(artifact=id, uri=uri, mode=mode, run=run, time=at(when))

    def test_newest_first_one_row_a_place(self, store):
        store.append(
            [
                self.seen(CSV, "file:///a", 1),
                self.seen(CSV, "file:///b", 2, "write", ROOT),
                self.seen(CSV, "file:///a", 3, "copy"),
                self.seen(MODEL, "file:///a", 4),
            ]
        )
        rows = store.locations([CSV])
        assert [(row.uri, row.mode, row.at, row.run, row.seq) for row in rows] == [
            ("file:///a", "copy", at(3), None, 3),
            ("file:///b", "write", at(2), ROOT, 2),
        ]
        assert [row.seq for row in store.locations([CSV], seq=2)] == [2, 1]
        assert [row.artifact for row in store.locations([CSV, MODEL])] == [MODEL, CSV, CSV]
        assert store.locations([]) == store.locations(["nothing"]) == []

    def test_what_one_run_saw(self, store):
        store.append(
            [
                started(),
                step(STEP, ROOT),
                self.seen(CSV, "file:///a", 1, "read", ROOT),
                self.seen(CSV, "file:///a", 2, "write", STEP),
                self.seen(CSV, "file:///a", 3, "write", ROOT),
                self.seen(CSV, "file:///a", 4, "read", OTHER),
                self.seen(CSV, "file:///a", 5, "read"),
                self.seen(MODEL, "file:///b", 6, "write", STEP),
            ]
        )
        rows = store.locations([CSV], run=ROOT)
        assert [(row.mode, row.at, row.run) for row in rows] == [
            ("write", at(3), ROOT),
            ("read", at(1), ROOT),
        ]
        assert [row.artifact for row in store.locations([CSV, MODEL], run=STEP)] == [MODEL, CSV]
        assert [row.mode for row in store.locations([CSV], seq=3, run=ROOT)] == ["read"]
        assert store.locations([CSV], run="nobody") == []

    def test_what_was_last_at_a_place(self, store):
        store.append([self.seen(CSV, "file:///a", 5), self.seen(MODEL, "file:///a", 2)])
        assert [node.id for node in store.find_location("file:///a")] == [CSV, MODEL]
        assert [node.id for node in store.find_location("file:///a", seq=1)] == [CSV]
        store.append([self.seen(MODEL, "file:///a", 6)])
        assert [node.id for node in store.find_location("file:///a")] == [MODEL, CSV]
        assert store.find_location("file:///") == []


class TestRuns:
    def test_a_run_from_beginning_to_end(self, store):
        store.append([started(command=["python", "train.py"], cwd="/w", attrs={"a": 1})])
        store.append([ended(status="failed", exit_code=1, error="ValueError: no", attrs={"b": 2})])
        row = store.run(ROOT)
        assert (row.kind, row.name, row.status, row.exit_code) == ("run", "train.py", "failed", 1)
        assert (row.started, row.ended, row.error) == (at(0), at(10), "ValueError: no")
        assert (row.command, row.cwd, row.attrs) == (["python", "train.py"], "/w", {"a": 1, "b": 2})
        assert (row.parent, row.root, row.seq, row.steps) == (None, ROOT, 1, 0)
        before = store.run(ROOT, seq=1)
        assert (before.status, before.ended, before.exit_code) == ("running", None, None)
        assert before.attrs == {"a": 1}
        assert store.run(ROOT, seq=0) is None

    def test_a_step_is_told_whole(self, store):
        store.append([started(), step(where="train.py:7", params={"C": 1.0}, attrs={"x": [1]})])
        row = store.run(STEP)
        assert (row.kind, row.status, row.where) == ("train", "finished", "train.py:7")
        assert (row.started, row.ended, row.params, row.attrs) == (
            at(1),
            at(2),
            {"C": 1.0},
            {"x": [1]},
        )
        assert (row.parent, row.root) == (ROOT, ROOT)
        node = store.node(STEP)
        assert (node.type, node.kind, node.name, node.where) == (
            "run",
            "train",
            "fit",
            "train.py:7",
        )
        assert (node.parent, node.root, node.status) == (ROOT, ROOT, "finished")
        assert (node.started, node.ended) == (at(1), at(2))
        assert node.attrs == {"x": [1], "params": {"C": 1.0}}
        assert store.run(ROOT).steps == 1
        assert store.run(ROOT, seq=1).steps == 0

    @pytest.mark.parametrize("order", orders(4))
    def test_more_certain_news_of_the_end_wins(self, store, order):
        said = [
            started(),
            ended(status="lost", when=30),
            ended(status="failed", when=20, error="ValueError"),
            ended(status="failed", when=25, exit_code=3),
        ]
        store.append([said[index] for index in order])
        row = store.run(ROOT)
        assert (row.status, row.ended, row.exit_code, row.error) == (
            "failed",
            at(25),
            3,
            "ValueError",
        )

    def test_lost_until_better_is_known(self, store):
        store.append([started(), ended(status="lost", when=5), ended(status="finished", when=9)])
        assert [store.run(ROOT, seq=seq).status for seq in (1, 2, 3)] == [
            "running",
            "lost",
            "finished",
        ]
        assert [store.node(ROOT, seq=seq).status for seq in (1, 2, 3)] == [
            "running",
            "lost",
            "finished",
        ]

    @pytest.mark.parametrize("order", orders(3))
    def test_the_last_value_of_a_parameter_holds(self, store, order):
        said = [
            step(params={"C": 1, "seed": 7}, when=1),
            ParamsLogged(run=STEP, params={"C": 2, "l1": None}, time=at(5)),
            ParamsLogged(run=STEP, params={"C": 3}, time=at(6)),
        ]
        store.append([said[index] for index in order])
        assert store.run(STEP).params == {"C": 3, "seed": 7, "l1": None}

    def test_parameters_as_of(self, store):
        store.append([started(), ParamsLogged(run=ROOT, params={"C": 1}, time=at(1))])
        store.append([ParamsLogged(run=ROOT, params={"C": 2}, time=at(2))])
        assert store.run(ROOT, seq=1).params == {}
        assert store.run(ROOT, seq=2).params == {"C": 1}
        assert store.run(ROOT).params == {"C": 2}

    @pytest.mark.parametrize("order", orders(3))
    def test_the_root_is_the_outermost_run(self, store, order):
        said = [started(), step(STEP, ROOT), step(INNER, STEP)]
        store.append([said[index] for index in order])
        assert store.run(INNER).root == store.node(INNER).root == ROOT
        assert store.run(INNER).parent == STEP
        assert [row.steps for row in map(store.run, (ROOT, STEP, INNER))] == [1, 1, 0]

    def test_runs_that_are_inside_each_other_do_no_harm(self, store):
        store.append([step(STEP, INNER), step(INNER, STEP)])
        assert store.run(STEP).parent == INNER
        assert store.run_edges(STEP) == []

    def test_a_run_announced_again_is_one_run(self, store):
        store.append([started(when=0), started(when=5, kind="train", name="again", cwd="/w")])
        row = store.run(ROOT)
        assert (row.kind, row.name, row.cwd, row.started) == ("train", "train.py", "/w", at(0))
        assert roots(store) == [ROOT]

    def test_listing_pages_newest_first(self, store):
        store.append([started(rid(n), when=n // 2) for n in range(7)])
        store.append([step(rid(100 + n), rid(3), when=10 - n) for n in range(3)])
        newest = [rid(n) for n in range(6, -1, -1)]
        assert roots(store) == newest
        pages, before = [], None
        while page := roots(store, limit=3, before=before):
            pages.append(page)
            before = page[-1]
        assert pages == [newest[:3], newest[3:6], newest[6:]]
        assert roots(store, seq=2) == [rid(1), rid(0)]
        everything = [rid(100), rid(101), rid(102), *newest]
        assert roots(store, roots_only=False) == everything
        assert roots(store, roots_only=False, before=rid(101), limit=2) == everything[2:4]

    def test_steps_are_listed_as_they_happened(self, store):
        store.append([started(), *(step(rid(10 + n), when=9 - n) for n in range(5))])
        store.append([step(rid(50), rid(10))])
        happened = [rid(14), rid(13), rid(12), rid(11), rid(10)]
        assert roots(store, parent=ROOT) == happened
        assert roots(store, parent=ROOT, limit=2, before=rid(13)) == [rid(12), rid(11)]
        assert roots(store, parent="nobody") == []

    def test_a_page_after_an_unknown_run_is_refused(self, store):
        with pytest.raises(InvalidInput, match="not recorded"):
            store.runs(before=ROOT)

    def test_unfinished(self, store):
        store.append([started(rid(n), when=10 - n) for n in range(3)])
        store.append([step(rid(9), rid(0)), started(rid(8), parent=rid(0)), ended(rid(1))])
        assert [row.id for row in store.unfinished()] == [rid(2), rid(0)]
        store.append([ended(rid(0), status="lost")])
        assert [row.id for row in store.unfinished()] == [rid(2)]

    def test_found_by_the_beginning_of_the_id(self, store):
        store.append([started(rid(n)) for n in range(30)])
        store.append([artifact(rid(40))])
        assert [row.id for row in store.find_runs(rid(0)[:-1])] == [rid(n) for n in range(16)]
        assert len(store.find_runs("0192a000")) == 20
        assert [row.id for row in store.find_runs(rid(7))] == [rid(7)]
        assert store.find_runs(rid(7), seq=7) == []
        assert store.find_runs(rid(40)) == []


class TestEdges:
    def test_from_cause_to_effect(self, store):
        link = Link(artifact=CSV, role="train", slot="X", evidence="declared")
        store.append([step(used=[link], generated=[Link(artifact=FITTED)])])
        cause = used(CSV, STEP, "declared", role="train", slot="X")
        assert store.edges([STEP], "up") == [cause]
        assert store.edges([STEP], "down") == [made(STEP, FITTED)]
        assert store.edges([CSV], "down") == [cause]
        assert store.edges([FITTED], "up") == [made(STEP, FITTED)]
        assert store.edges([CSV], "up") == store.edges([FITTED], "down") == []
        assert store.edges([STEP, FITTED], "up") == [cause, made(STEP, FITTED)]

    def test_the_strongest_of_parallel_edges(self, store):
        for word in ("inferred", "observed", "declared"):
            store.append([EdgesRecorded(run=ROOT, used=[Link(artifact=CSV, evidence=word)])])
        assert store.edges([CSV], "down") == [used(CSV, ROOT, "observed")]
        assert store.edges([CSV], "down", seq=1) == [used(CSV, ROOT, "inferred")]
        assert store.edges([CSV], "down", seq=1, evidence=2) == []
        assert store.edges([CSV], "down", evidence=4) == []
        assert store.edges([CSV], "down", evidence=3) == [used(CSV, ROOT, "observed")]
        assert store.edges([CSV], "down", seq=0) == []

    def test_other_roles_and_slots_are_other_edges(self, store):
        links = [
            Link(artifact=CSV, role="train"),
            Link(artifact=CSV, role="test"),
            Link(artifact=CSV),
        ]
        store.append([EdgesRecorded(run=ROOT, used=links)])
        assert {edge.role for edge in store.edges([ROOT], "up")} == {"train", "test", None}

    def test_derivations(self, store):
        export = Derived(
            source=FITTED, target=MODEL, relation="export", evidence="observed", run=STEP
        )
        store.append(
            [
                export,
                Derived(source=FITTED, target=MODEL, relation="export"),
                Derived(source=FITTED, target=MODEL, relation="quantize"),
            ]
        )
        relations = [(edge.relation, edge.evidence) for edge in store.edges([MODEL], "up")]
        assert relations == [("export", "observed"), ("quantize", "declared")]

    def test_many_ids_at_once(self, store):
        links = [Link(artifact=file(str(n))) for n in range(2300)]
        store.append([EdgesRecorded(run=ROOT, used=links)])
        assert len(store.edges([link.artifact for link in links], "down")) == 2300

    def test_the_edges_of_a_run_and_its_steps(self, store):
        store.append(
            [
                started(),
                step(STEP, ROOT, generated=[Link(artifact=FITTED)]),
                step(INNER, STEP, used=[Link(artifact=CSV)]),
                step(OTHER, rid(9), used=[Link(artifact=FITTED)]),
                Derived(source=FITTED, target=MODEL, relation="export", run=INNER),
                Derived(source=MODEL, target=file("else"), relation="copy", run=OTHER),
            ]
        )
        export = Edge(
            source=FITTED, target=MODEL, type="derived", relation="export", evidence="declared"
        )
        assert store.run_edges(ROOT) == [made(STEP, FITTED), used(CSV, INNER), export]
        assert store.run_edges(INNER) == [used(CSV, INNER), export]
        assert store.run_edges(ROOT, seq=2) == [made(STEP, FITTED)]
        assert store.run_edges("nobody") == []

    @pytest.mark.parametrize("together", [True, False])
    @pytest.mark.parametrize("order", orders(4))
    def test_a_context_holds_for_all_steps_in_any_order(self, store, order, together):
        said = [
            started(),
            EdgesRecorded(run=ROOT, used=[Link(artifact=CODE, role="code")], context=True),
            step(STEP, ROOT),
            step(INNER, STEP),
        ]
        events = [said[index] for index in order]
        for batch in [events] if together else [[event] for event in events]:
            store.append(batch)
        edges = store.edges([CODE], "down")
        assert {edge.target for edge in edges} == {ROOT, STEP, INNER}
        assert all(edge.role == "code" and edge.type == "used" for edge in edges)
        # Seen from when the last of what it follows from was recorded.
        reached = 1 + max(order.index(index) for index in (1, 2, 3))
        assert INNER in {edge.target for edge in store.edges([CODE], "down", seq=reached)}
        assert INNER not in {edge.target for edge in store.edges([CODE], "down", seq=reached - 1)}

    def test_a_context_holds_for_no_other_run(self, store):
        store.append([started(), step(STEP, ROOT), started(OTHER), step(INNER, OTHER)])
        store.append([EdgesRecorded(run=STEP, used=[Link(artifact=CODE)], context=True)])
        assert store.edges([CODE], "down") == [used(CODE, STEP)]

    def test_edges_without_context_are_the_run_s_own(self, store):
        store.append([step(STEP, ROOT), EdgesRecorded(run=ROOT, used=[Link(artifact=CODE)])])
        assert store.edges([CODE], "down") == [used(CODE, ROOT)]


class TestReproductions:
    def verdict(self, when=20, **more):
        fields = {
            "artifact": MODEL,
            "run": ROOT,
            "verdict": "bitwise",
            "reason": "all bytes are equal",
            "environment": "rebuilt",
            "by": "user",
        }
        return ReproductionRecorded(time=at(when), **(fields | more))

    def test_newest_first(self, store):
        store.append([self.verdict(20), self.verdict(30, verdict="refuted", details={"at": "x"})])
        newest, oldest = store.reproductions([MODEL])
        assert (newest.verdict, newest.details, newest.at) == ("refuted", {"at": "x"}, at(30))
        assert (oldest.run, oldest.by, oldest.environment, oldest.matched) == (
            ROOT,
            "user",
            "rebuilt",
            [],
        )
        assert [row.seq for row in store.reproductions([MODEL], seq=1)] == [1]
        assert store.reproductions([CSV]) == []

    @pytest.mark.parametrize("together", [True, False])
    @pytest.mark.parametrize("order", orders(5))
    def test_the_making_of_what_matched_is_verified(self, store, order, together):
        said = [
            self.verdict(matched=[MODEL, FITTED]),
            step(STEP, ROOT),
            step(INNER, STEP, generated=[Link(artifact=FITTED), Link(artifact=CSV)]),
            Derived(source=FITTED, target=MODEL, relation="export", run=STEP),
            step(OTHER, rid(9), generated=[Link(artifact=MODEL)]),
        ]
        events = [said[index] for index in order]
        for batch in [events] if together else [[event] for event in events]:
            store.append(batch)
        assert store.edges([FITTED], "up") == [made(INNER, FITTED, "verified")]
        assert store.edges([CSV], "up") == [made(INNER, CSV)]
        grades = {edge.source: edge.evidence for edge in store.edges([MODEL], "up")}
        assert grades == {FITTED: "verified", OTHER: "observed"}
        reached = 1 + max(order.index(index) for index in (0, 1, 2))
        assert store.edges([FITTED], "up", evidence=4, seq=reached)
        assert not store.edges([FITTED], "up", evidence=4, seq=reached - 1)


class TestRegistry:
    def test_versions_are_numbered_in_order(self, store):
        store.append(
            [
                artifact(MODEL, kind="model", label="model.pkl"),
                started(),
                named(MODEL, when=1, run=ROOT, by="user", automatic=True),
                named(CODE, when=2),
                named(CSV, when=3, kind="data"),
            ]
        )
        second, first = store.versions("model", "churn")
        assert (first.version, first.artifact, first.digest) == (1, MODEL, MODEL)
        assert (first.run, first.by, first.automatic, first.created) == (ROOT, "user", True, at(1))
        assert (first.seq, first.kind, first.name, first.aliases) == (3, "model", "churn", [])
        assert (second.version, second.artifact, second.automatic) == (2, CODE, False)
        assert [row.version for row in store.versions("data", "churn")] == [1]
        assert [row.version for row in store.versions("model", "churn", seq=3)] == [1]
        assert store.versions("model", "unheard-of") == []

    def test_the_same_artifact_gets_no_second_number(self, store):
        store.append([named(MODEL), named(MODEL), named(CODE)])
        store.append([named(MODEL), named(file("new"))])
        assert [row.version for row in store.versions("model", "churn")] == [3, 2, 1]
        assert [row.version for row in store.versions_of([MODEL])[MODEL]] == [1]

    def test_the_same_content_gets_no_second_number(self, store):
        content = file("content")
        store.append(
            [
                artifact(FRAME, kind="data", digest=content),
                named(FRAME, kind="data"),
                artifact(FITTED, kind="data", digest=content),
                named(FITTED, kind="data"),
                named(content, kind="data"),
                named(CSV, kind="data"),
                named(FITTED, kind="data", name="other"),
            ]
        )
        assert [(row.version, row.artifact) for row in store.versions("data", "churn")] == [
            (2, CSV),
            (1, FRAME),
        ]
        found = store.versions_of([FITTED, content, MODEL])
        assert [(row.name, row.version, row.artifact) for row in found[FITTED]] == [
            ("other", 1, FITTED),
            ("churn", 1, FRAME),
        ]
        assert [(row.name, row.version) for row in found[content]] == [("churn", 1)]
        assert MODEL not in found
        assert (store.node(content).name, store.node(content).version) == ("churn", 1)
        assert store.versions_of([FITTED], seq=3) == {}

    def test_content_recorded_after_it_was_named(self, store):
        store.append([named(FITTED), artifact(FITTED, kind="model", digest=MODEL)])
        assert store.versions("model", "churn", seq=1)[0].digest == FITTED
        assert store.versions("model", "churn")[0].digest == MODEL
        store.append([named(MODEL)])
        assert [row.version for row in store.versions("model", "churn")] == [1]

    def test_names_most_recently_changed_first(self, store):
        store.append([named(MODEL, "a", 1), named(MODEL, "b", 2), named(CODE, "a", 3)])
        store.append([named(CSV, "d", kind="data")])
        rows = store.names("model")
        assert [(row.name, row.versions, row.created, row.updated) for row in rows] == [
            ("a", 2, at(1), at(3)),
            ("b", 1, at(2), at(2)),
        ]
        store.append([moved(1, name="b", when=4)])
        assert [row.name for row in store.names("model")] == ["b", "a"]
        assert [(row.name, row.versions) for row in store.names("model", seq=2)] == [
            ("b", 1),
            ("a", 1),
        ]
        assert [row.name for row in store.names("data")] == ["d"]

    def test_an_artifact_goes_by_its_newest_name(self, store):
        store.append([artifact(MODEL, kind="model", label="model.pkl"), named(MODEL, "auto")])
        store.append([named(CODE, "churn"), named(MODEL, "churn"), moved(2), moved(2, "a")])
        node = store.node(MODEL)
        assert (node.name, node.version, node.label) == ("churn", 2, "model.pkl")
        assert node.aliases == ["a", "champion"]
        assert (store.node(MODEL, seq=2).name, store.node(MODEL, seq=2).version) == ("auto", 1)
        assert (store.node(MODEL, seq=1).name, store.node(MODEL, seq=1).version) == (
            "model.pkl",
            None,
        )
        assert store.node(MODEL, seq=4).aliases == []

    def test_an_alias_moves_and_keeps_its_history(self, store):
        store.append([named(MODEL), named(CODE)])
        store.append([moved(1, when=1, why="first"), moved(2, when=2), moved(None, when=3)])
        store.append([moved(2, when=4), moved(1, "challenger", when=5)])
        row = store.alias("model", "churn", "champion")
        assert (row.version, row.at, row.by, row.seq) == (2, at(4), "user", 6)
        pointed = [store.alias("model", "churn", "champion", seq=seq) for seq in range(7)]
        assert [row and row.version for row in pointed] == [None, None, None, 1, 2, None, 2]
        history = store.alias_history("model", "churn")
        assert [(row.alias, row.version, row.why) for row in history] == [
            ("challenger", 1, None),
            ("champion", 2, None),
            ("champion", None, None),
            ("champion", 2, None),
            ("champion", 1, "first"),
        ]
        assert len(store.alias_history("model", "churn", seq=4)) == 2
        newest, oldest = store.versions("model", "churn")
        assert (newest.aliases, oldest.aliases) == (["champion"], ["challenger"])
        assert store.versions("model", "churn", seq=3)[1].aliases == ["champion"]
        assert store.alias("model", "churn", "nobody") is None
        assert store.alias("data", "churn", "champion") is None

    def test_an_alias_of_a_name_without_versions_makes_no_name(self, store):
        store.append([moved(1)])
        assert store.names("model") == []
        assert store.alias("model", "churn", "champion").version == 1
        assert store.names("model", seq=0) == []


class TestFacts:
    def test_figures_keep_their_exact_value(self, store):
        values = [0.1, 1e308, -0.0, 3, "NaN", "Infinity", "-Infinity"]
        metrics = [Metric(key=str(n), value=value, step=n) for n, value in enumerate(values)]
        store.append([MetricsLogged(run=ROOT, metrics=metrics, time=at(1))])
        rows = store.metrics(runs=[ROOT])
        assert [repr(row.metric) for row in rows] == [
            repr(
                Metric(key=str(n), value=value if isinstance(value, str) else float(value), step=n)
            )
            for n, value in enumerate(values)
        ]

    def test_figures_with_what_they_speak_of(self, store):
        store.append(
            [
                MetricsLogged(
                    run=ROOT,
                    metrics=[Metric(key="f1", value=0.5)],
                    model=MODEL,
                    data=CSV,
                    split="test",
                    evidence="declared",
                    params={"average": "macro"},
                    time=at(1),
                ),
                MetricsLogged(run=STEP, metrics=[Metric(key="loss", value=1.0)], model=MODEL),
                MetricsLogged(run=STEP, metrics=[Metric(key="loss", value=0.5)]),
            ]
        )
        row = store.metrics(runs=[ROOT])[0]
        assert (row.run, row.model, row.data, row.split) == (ROOT, MODEL, CSV, "test")
        assert (row.evidence, row.params, row.at, row.seq) == (
            "declared",
            {"average": "macro"},
            at(1),
            1,
        )
        assert [row.seq for row in store.metrics(models=[MODEL])] == [1, 2]
        assert [row.seq for row in store.metrics(runs=[STEP, ROOT], models=[MODEL])] == [1, 2, 3]
        assert [row.seq for row in store.metrics(runs=[STEP], seq=2)] == [2]
        assert store.metrics() == []

    def test_gaps_of_a_run_are_those_of_its_steps_too(self, store):
        store.append(
            [
                step(STEP, ROOT),
                GapNoticed(run=STEP, what="an untracked read", artifact=CSV),
                GapNoticed(run=ROOT, what="no git"),
                GapNoticed(run=OTHER, what="else"),
            ]
        )
        rows = store.gaps([ROOT])
        assert [(row.run, row.what, row.artifact, row.seq) for row in rows] == [
            (STEP, "an untracked read", CSV, 2),
            (ROOT, "no git", None, 3),
        ]
        assert [row.seq for row in store.gaps([ROOT, STEP, OTHER])] == [2, 3, 4]
        assert [row.seq for row in store.gaps([ROOT], seq=2)] == [2]


def test_rebuilding_changes_no_answer(store):
    events = [
        started(),
        EdgesRecorded(run=ROOT, used=[Link(artifact=CODE, role="code")], context=True),
        artifact(CSV, kind="data", label="data.csv"),
        step(STEP, ROOT, used=[Link(artifact=CSV)], generated=[Link(artifact=FITTED)]),
        artifact(CSV, kind="data", label="data.csv", when=7),
        artifact(FITTED, kind="model", digest=file("fitted")),
        Derived(source=FITTED, target=MODEL, relation="export", run=STEP),
        named(MODEL),
        moved(1),
        MetricsLogged(run=STEP, metrics=[Metric(key="f1", value="NaN")], model=MODEL),
        ended(),
    ]
    for event in events:
        store.append([event])

    def answers():
        keys = [ROOT, STEP, CSV, CODE, FITTED, MODEL]
        return (
            store.nodes(keys),
            store.edges(keys, "up"),
            store.versions("model", "churn"),
            store.metrics(runs=[STEP]),
            [store.nodes(keys, seq=seq) for seq in range(len(events) + 1)],
        )

    before = answers()
    store.rebuild()
    assert answers() == before


class TestProofs:
    def test_the_hash_of_every_event_can_be_had(self, store):
        store.append(GapNoticed(run=ROOT, what=str(number)) for number in range(600))
        leaves = [merkle.leaf_hash(stored.body) for stored in store.events()]
        assert store.leaf_hashes(0, 600) == leaves
        assert store.leaf_hashes(10, 12) == leaves[10:12]
        assert f"sha256:{merkle.root_at(600, store.tree).hex()}" == store.head().root
        store.tree.forget()
        proof = merkle.inclusion_proof(599, 600, store.tree)
        merkle.verify_inclusion(599, 600, leaves[599], proof, merkle.root(leaves))

    def test_a_name_is_shown_until_it_is_erased(self, store):
        who = store.identities.commitment("zq-somebody-zq")
        event = named(MODEL, when=1, run=ROOT, by=who)
        store.append([event])
        head = store.head()
        assert store.versions(event.kind, event.name)[0].by == "zq-somebody-zq"
        store.erase_identity(store.identities.matching("zq-somebody-zq"))
        assert store.versions(event.kind, event.name)[0].by == f"erased (commitment {who[9:21]})"
        assert store.head() == head
        assert [decode(stored.body) for stored in store.events()] == [event]
