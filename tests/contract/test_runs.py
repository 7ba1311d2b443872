"""Runs and edges, whatever database is behind them."""

import pytest

from contract.telling import (
    CODE,
    CSV,
    FITTED,
    INNER,
    MODEL,
    OTHER,
    ROOT,
    STEP,
    artifact,
    at,
    ended,
    file,
    made,
    orders,
    rid,
    roots,
    started,
    step,
    used,
)
from forebear.core.entities import Edge
from forebear.core.errors import InvalidInput
from forebear.core.events import (
    Derived,
    EdgesRecorded,
    Link,
    ParamsLogged,
    ReproductionRecorded,
)


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
        assert store.run_rows([rid(7), "nobody"]) == {rid(7): store.run(rid(7))}
        assert store.run_rows([rid(7)], seq=7) == {}
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
        assert store.edges([STEP, FITTED], "up", type="used") == [cause]
        assert store.edges([STEP, FITTED], "up", type="derived") == []

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
