"""Artifacts and places, whatever database is behind them."""

import pytest

from contract.telling import (
    CSV,
    FITTED,
    FRAME,
    MODEL,
    OTHER,
    ROOT,
    STEP,
    artifact,
    at,
    file,
    orders,
    started,
    step,
)
from forebear.core.entities import Column
from forebear.core.events import Derived, EdgesRecorded, Link, LocationSeen


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
        same = store.same_content([wanted, file("3"), file("none"), wanted[:20]])
        assert [node.id for node in same[wanted]] == expected
        assert same[wanted] == store.find_artifacts(wanted)
        assert [len(nodes) for nodes in same.values()] == [4, 1, 0, 0]
        assert [node.id for node in store.same_content([wanted], seq=2)[wanted]] == expected[2:]

    def test_found_by_content_while_only_spoken_of(self, store):
        store.append([Derived(source=CSV, target=MODEL, relation="copy")])
        assert [node.id for node in store.find_artifacts(CSV)] == [CSV]
        assert store.same_content([CSV]) == {CSV: store.find_artifacts(CSV)}

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
        runs = [ROOT, STEP, OTHER, "nobody"]
        each = {run: store.locations([CSV, MODEL], run=run) for run in runs}
        assert store.locations_of_runs([CSV, MODEL], runs) == each
        assert each[ROOT] != each[STEP] != []

    def test_the_edges_of_each_run(self, store):
        store.append(
            [
                started(),
                step(STEP, ROOT, used=[Link(artifact=CSV)], generated=[Link(artifact=MODEL)]),
                Derived(
                    source=MODEL, target=FITTED, relation="export", evidence="observed", run=STEP
                ),
                EdgesRecorded(run=OTHER, used=[Link(artifact=MODEL)]),
            ]
        )
        runs = [ROOT, STEP, OTHER, "nobody"]
        each = {run: store.run_edges(run) for run in runs}
        assert store.edges_of_runs(runs) == each
        assert [len(edges) for edges in each.values()] == [3, 3, 1, 0]

    def test_what_was_last_at_a_place(self, store):
        store.append([self.seen(CSV, "file:///a", 5), self.seen(MODEL, "file:///a", 2)])
        assert [node.id for node in store.find_location("file:///a")] == [CSV, MODEL]
        assert [node.id for node in store.find_location("file:///a", seq=1)] == [CSV]
        store.append([self.seen(MODEL, "file:///a", 6)])
        assert [node.id for node in store.find_location("file:///a")] == [MODEL, CSV]
        assert store.find_location("file:///") == []
