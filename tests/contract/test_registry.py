"""Names, versions, aliases and facts, whatever database is behind them."""

from msgspec.structs import replace

from contract.telling import (
    CODE,
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
    moved,
    named,
    started,
    step,
)
from forebear.core.catalog import NAMED, Named
from forebear.core.entities import Metric
from forebear.core.events import (
    GapNoticed,
    MetricsLogged,
)


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
        assert store.versions_of_names("model", ["unheard-of", "churn"]) == {
            "churn": [second, first]
        }

    def test_what_named_itself_may_be_decided_on_later(self, store):
        store.append([named(MODEL, automatic=True), named(MODEL, automatic=True, name="other")])
        before = store.head().size
        store.append([NAMED.say(MODEL, Named(), key="model:churn", by="ops")])
        assert not store.versions("model", "churn")[0].automatic
        assert store.versions("model", "churn", seq=before)[0].automatic
        assert store.versions("model", "other")[0].automatic

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

    def test_another_form_of_a_version_gets_no_second_number(self, store):
        store.append([named(MODEL, when=1), named(OTHER, when=2)])
        form = named(CODE, when=3)
        store.append([replace(form, form_of=MODEL)])
        store.append([replace(named(CSV, when=4), form_of="sha256:" + "e" * 64)])
        assert [row.version for row in store.versions("model", "churn")] == [3, 2, 1]
        (row,) = store.versions_of([CODE])[CODE]
        assert (row.version, row.artifact) == (1, MODEL)
        assert [row.version for row in store.versions_of([CSV])[CSV]] == [3]

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
