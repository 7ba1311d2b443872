from __future__ import annotations

import re

import numpy as np
import pytest

from flowstory import KEPT, PEOPLE, TEST, TRAIN, FlowStory, leaks_asked, table, two_halves
from flowstory import rows as as_rows
from forebear.core.errors import InvalidInput
from forebear.core.events import Derived, Flow, Operation, VersionNamed
from forebear.engines.rowmaps import identity, span, take
from forebear.ops.table import Target
from story import link


@pytest.fixture
def story(tmp_path):
    return FlowStory(tmp_path)


def results(answer):
    return {one.kind: one.result for one in answer.checks}


def test_a_sound_model_is_certified_for_what_was_seen(store, story, client):
    made = story.cleansed(store)
    store.append(story.events)
    answer = leaks_asked(client)
    assert answer.leaks is False
    assert results(answer) == {
        "overlap": "none",
        "preprocessing": "none",
        "duplicates": "none",
        "multi-test": "none",
        "target": "none",
        "time": "not asked",
    }
    assert answer.transformers == [made.scaler]
    assert (answer.train_rows, answer.test_rows) == (10, 5)
    assert answer.verdict.startswith(
        "No test row reached the fit of churn:1 or of its 1 transformer, as far as it was observed."
    )


def test_a_row_on_both_sides_is_named_with_the_lines_of_code(store, story, client):
    made = story.cleansed(store, test=[*TEST, TRAIN[0], TRAIN[3]])
    store.append(story.events)
    answer = leaks_asked(client)
    assert answer.leaks is True
    overlap = answer.findings[0]
    assert overlap.kind == "overlap"
    assert overlap.source == made.raw
    assert overlap.rows == sorted([KEPT[TRAIN[0]], KEPT[TRAIN[3]]])
    assert overlap.count == 2
    assert (overlap.at.name, overlap.at.where) == ("LogisticRegression.fit", "train.py:11")
    assert overlap.at.line == "model.fit(Z_train, y_train)"
    assert overlap.cause.where == "train.py:8"
    assert results(answer)["preprocessing"] == "found"  # the scaler has seen these rows as well


def test_a_program_that_made_the_same_twice_leaks_no_more(store, story, client):
    test = [*TEST, TRAIN[0]]
    first = story.cleansed(store, test=test)
    store.append(story.events)
    once = leaks_asked(client, first.file)
    told = len(story.events)
    again = story.cleansed(store, test=test, data=first.raw)
    story.say(
        Derived(source=again.model, target=first.file, relation="export", evidence="observed")
    )
    store.append(story.events[told:])
    twice = leaks_asked(client, first.file)
    assert [one.words for one in twice.findings] == [one.words for one in once.findings]
    assert twice.verdict == once.verdict


def test_a_transformer_that_was_fitted_before_the_split(store, story, client):
    made = story.cleansed(store, scaled_on="X")
    store.append(story.events)
    (finding,) = leaks_asked(client).findings
    assert finding.kind == "preprocessing"
    assert (finding.at.name, finding.at.line) == ("StandardScaler.fit", "scaler.fit(X_train)")
    assert (finding.source, finding.count) == (made.raw, 5)
    assert finding.rows == sorted(KEPT[place] for place in TEST)


def test_rows_that_come_twice_before_the_split_end_on_both_sides(store, story, client):
    raw = story.file("raw.csv", b"x\n" + b"".join(b"%d\n" % n for n in range(6)), rows=6)
    run = story.run("over.py")
    drawn = story.memory("data", "drawn", "drawn")
    repeated = take(np.array([0, 1, 2, 3, 3, 4, 5, 5]), 6)
    story.step(
        run, "transform", "resample", [link(raw)], [drawn],
        flows=[story.flow(drawn, {raw: repeated}, "x")],
    )  # fmt: skip
    model = two_halves(story, run, drawn, span(0, 4, 8), span(4, 4, 8))
    store.append(story.events)
    (finding,) = leaks_asked(client, model).findings
    assert (finding.kind, finding.source, finding.rows) == ("overlap", raw, [3])


def test_a_table_that_is_looked_up_is_on_both_sides_and_no_leak(store, story, client):
    orders = story.file("orders.csv", b"orders", rows=8)
    shops = story.file("shops.csv", b"shops", rows=2)
    run = story.run("join.py")
    both = story.memory("data", "both", "both")
    looked_up = take(np.array([0, 1] * 4), 2)
    flow = story.flow(both, {shops: looked_up, orders: identity(8)}, "", x=([(1, "x")], []))
    story.step(run, "transform", "merge", [link(shops), link(orders)], [both], flows=[flow])
    model = two_halves(story, run, both, span(0, 5, 8), span(5, 3, 8))
    store.append(story.events)
    answer = leaks_asked(client, model)
    assert answer.leaks is False
    assert results(answer)["overlap"] == "none"
    assert re.match(r"No test row reached the fit of [^,]*, as far as it was", answer.verdict)
    assert "transformer" not in answer.verdict


def test_equal_records_under_other_numbers_are_found_in_kept_data(store, story, client):
    records = [dict(one) for one in PEOPLE]
    records[KEPT[TEST[1]]] = dict(records[KEPT[TRAIN[2]]])
    body = table(records)
    store.blobs.put(body)
    raw = story.file("data/people.csv", body, rows=20, kept=True)
    story.cleansed(store, data=raw)
    store.append(story.events)
    (finding,) = leaks_asked(client).findings
    assert (finding.kind, finding.source) == ("duplicates", raw)
    assert finding.rows == [KEPT[TEST[1]]]


def test_records_of_data_in_memory_are_read_from_the_file_that_it_was_written_to(
    store, story, client
):
    records = [dict(one) for one in PEOPLE]
    records[KEPT[TEST[1]]] = dict(records[KEPT[TRAIN[2]]])
    body = table(records)
    store.blobs.put(body)
    raw = story.file("data/people.csv", body, rows=20, kept=True)
    made = story.memory("data", "people", "made in the program", rows=20)
    flow = Flow(target=raw, sources=[made], rows=[as_rows(identity(20))], same=list(PEOPLE[0]))
    before = story.run("make.py")
    story.step(before, "transform", "DataFrame.to_csv", [link(made, "input")], [raw], flows=[flow])
    story.cleansed(store, data=raw)
    store.append(story.events)
    answer = leaks_asked(client)
    (finding,) = answer.findings
    assert (finding.kind, finding.source, finding.rows) == ("duplicates", made, [KEPT[TEST[1]]])
    assert results(answer)["duplicates"] == "found"


def test_equal_records_in_two_files_are_found(store, story, client):
    files = []
    for name, values in (("train.csv", "abcd"), ("test.csv", "efbg")):
        body = ("x\n" + "\n".join(values) + "\n").encode()
        files.append(story.file(name, body, rows=4))
    run = story.run("two.py")
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(files[0], "train", "X")], [model])
    story.scored(run, model, files[1], files[1], "two.py:9")
    store.append(story.events)
    (finding,) = leaks_asked(client, model).findings
    assert (finding.kind, finding.source, finding.rows) == ("duplicates", files[1], [2])


def test_without_the_records_nobody_says_that_none_are_equal(store, story, client, tmp_path):
    made = story.cleansed(store, keep=False)
    store.append(story.events)
    (tmp_path / "data/people.csv").write_text("changed since")
    answer = leaks_asked(client)
    assert results(answer)["duplicates"] == "unknown"
    assert answer.leaks is False
    assert "equal records on both sides" in answer.verdict.partition("Not known")[2]
    assert any("no copy was kept" in gap for gap in answer.gaps)
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_bytes(table(PEOPLE))
    given = leaks_asked(client, data=Target(ref=str(elsewhere)))
    assert results(given)["duplicates"] == "none"
    assert made.raw


def test_training_rows_later_than_test_rows(store, story, client):
    story.cleansed(store)
    store.append(story.events)
    answer = leaks_asked(client, time="id")
    assert [finding.kind for finding in answer.findings] == ["time"]
    finding = answer.findings[0]
    first = min(KEPT[place] for place in TEST)
    assert finding.count == sum(KEPT[place] > first for place in TRAIN)
    assert set(finding.rows) <= {KEPT[place] for place in TRAIN}
    assert results(leaks_asked(client, time="nothing"))["time"] == "unknown"


def test_training_rows_before_test_rows_are_in_order(store, story, client):
    body = b"when\n" + b"".join(b"2026-01-%02d\n" % day for day in range(1, 9))
    raw = story.file("t.csv", body, rows=8)
    run = story.run("t.py")
    model = two_halves(story, run, raw, span(0, 5, 8), span(5, 3, 8), "when")
    store.append(story.events)
    assert results(leaks_asked(client, model, time="when"))["time"] == "none"


def test_the_answer_among_the_features(store, story, client):
    raw = story.file("raw.csv", b"raw", rows=8)
    run = story.run("t.py")
    X, y = story.memory("data", "X", "X"), story.memory("data", "y", "y")
    ops = [Operation(name="map", where="t.py:3"), Operation(name="shift", where="t.py:4")]
    story.step(
        run, "transform", "map", [link(raw)], [X, y], operations=ops,
        flows=[
            story.flow(
                X, {raw: identity(8)}, "b", status=([(0, "a")], [0]), last=([(0, "c")], [1])
            ),
            story.flow(y, {raw: identity(8)}, "a c"),
        ],
    )  # fmt: skip
    model = story.memory("model", "Tree", "tree")
    story.step(
        run, "train", "Tree.fit", [link(X, "train", "X"), link(y, "train", "y")], [model],
        where="t.py:8",
    )  # fmt: skip
    other = story.file("other.csv", b"other", rows=3)
    story.scored(run, model, other, other, "t.py:9")
    store.append(story.events)
    (finding,) = [one for one in leaks_asked(client, model).findings if one.kind == "target"]
    assert finding.words == (
        "a of raw.csv, of which the target is made, is among the features: status."
    )
    assert (finding.at.where, finding.cause.where) == ("t.py:8", "t.py:3")


@pytest.mark.parametrize("saved", [0, 1, 2, 3])
def test_one_of_several_that_were_scored_on_the_same_rows(store, story, client, saved):
    made = story.cleansed(store)
    others = [story.memory("model", "Tree", f"tree {n}") for n in range(2)]
    for n, other in enumerate(others):
        story.step(made.run, "train", "Tree.fit", [link(made.Z_train, "train", "X")], [other])
        story.scored(made.run, other, made.Z_test, made.y_test, "train.py:12")
        if n + 1 < saved:
            file = story.file(f"{n}.pkl", b"%d" % n, kind="model")
            story.say(Derived(source=other, target=file, relation="export"))
    if saved == 0:
        automatic = VersionNamed(kind="model", name="tree", artifact=others[0], automatic=True)
        story.say(automatic)
    store.append(story.events)
    answer = leaks_asked(client, "churn" if saved else others[0])
    found = [one for one in answer.findings if one.kind == "multi-test"]
    assert bool(found) == (saved in {1, 2})
    if found:
        assert found[0].count == 3
        assert found[0].at.where == "train.py:12"
        assert not leaks_asked(client, most_tested=3).findings


def test_what_was_not_seen_is_no_certificate(store, story, client):
    story.cleansed(store)
    run = story.run("odd.py")
    raw = story.file("odd.csv", b"odd", rows=8)
    model = two_halves(story, run, raw, None, None)
    store.append(story.events)
    answer = leaks_asked(client, model)
    assert answer.leaks is None
    assert results(answer)["overlap"] == "unknown"
    assert "cannot be said" in answer.verdict


def test_a_model_that_was_never_tested(store, story, client):
    raw = story.file("raw.csv", b"raw", rows=8)
    run = story.run("t.py")
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(raw, "train", "X")], [model])
    store.append(story.events)
    answer = leaks_asked(client, model)
    assert answer.leaks is None
    assert "it was not tested" in answer.verdict


def test_bad_requests(store, story, client):
    story.cleansed(store)
    store.append(story.events)
    with pytest.raises(InvalidInput, match="There is no file"):
        leaks_asked(client, data=Target(ref="sha256:" + 64 * "0"))


def test_a_base_model_brings_its_own_training_rows(store, story, client):
    raw = story.file("raw.csv", b"x\n" + b"".join(b"%d\n" % n for n in range(8)), rows=8)
    run = story.run("base.py")
    base = two_halves(story, run, raw, span(0, 5, 8), span(5, 3, 8))
    later = story.run("more.py")
    part, test = story.memory("data", "p", "p"), story.memory("data", "t", "t")
    flows = [
        story.flow(part, {raw: span(5, 2, 8)}, "x"),
        story.flow(test, {raw: take(np.array([2, 7]), 8)}, "x"),
    ]
    story.step(later, "split", "split", [link(raw)], [part, test], flows=flows)
    tuned = story.memory("model", "Tree", "tuned")
    used = [link(part, "train", "X"), link(base, "base")]
    story.step(later, "train", "Tree.fit", used, [tuned])
    story.scored(later, tuned, test, test, "more.py:9")
    store.append(story.events)
    (finding,) = leaks_asked(client, tuned).findings
    assert (finding.kind, finding.rows) == ("overlap", [2])


def test_what_a_model_was_used_on_in_its_run_is_its_test_where_nobody_says(store, story, client):
    raw = story.file("raw.csv", b"x\n" + b"".join(b"%d\n" % n for n in range(8)), rows=8)
    run, later = story.run("t.py"), story.run("production.py")
    parts = [story.memory("data", name, name) for name in ("a", "b", "new")]
    spans = (span(0, 5, 8), span(4, 3, 8), span(2, 2, 8))
    for part, rows in zip(parts, spans, strict=True):
        flow = story.flow(part, {raw: rows}, "x")
        story.step(run, "transform", "select", [link(raw)], [part], flows=[flow])
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(parts[0], "train", "X")], [model])
    for which, part in ((run, parts[1]), (later, parts[2])):
        said = story.memory("data", "said", f"said {which}")
        used = [link(part, "input", "X"), link(model, "model")]
        story.step(which, "predict", "Tree.predict", used, [said])
    store.append(story.events)
    (finding,) = leaks_asked(client, model).findings
    assert (finding.kind, finding.rows) == ("overlap", [4])


def test_a_part_of_a_search_was_tested_with_it(store, story, client):
    raw = story.file("raw.csv", b"x\n" + b"".join(b"%d\n" % n for n in range(8)), rows=8)
    run = story.run("t.py")
    search = two_halves(story, run, raw, span(0, 5, 8), span(4, 4, 8))
    best = story.memory("model", "Tree", "best")
    story.say(Derived(source=search, target=best, relation="subset", evidence="observed"))
    store.append(story.events)
    (finding,) = leaks_asked(client, best).findings
    assert (finding.kind, finding.rows) == ("overlap", [4])


@pytest.mark.parametrize(("others", "found"), [(1, False), (2, True)])
def test_models_that_were_scored_at_places_of_their_own(store, story, client, others, found):
    made = story.cleansed(store)
    for n in range(others):
        other = story.memory("model", "Tree", f"tree {n}")
        story.step(made.run, "train", "Tree.fit", [link(made.Z_train, "train", "X")], [other])
        story.scored(made.run, other, made.Z_test, made.y_test, f"train.py:{20 + n}")
    store.append(story.events)
    kinds = [one.kind for one in leaks_asked(client).findings]
    assert kinds == (["multi-test"] if found else [])


def test_arrays_of_one_archive_that_differ_in_length_have_no_rows_in_common(store, story, client):
    archive = story.file("split.npz", b"npz", format="npz")
    run = story.run("train.py")
    X_train, X_test = story.memory("data", "a", "a"), story.memory("data", "b", "b")
    flows = [
        story.flow(X_train, {archive: identity(6)}, "", **{"0": ([(0, "X_train")], [])}),
        story.flow(X_test, {archive: identity(3)}, "", **{"0": ([(0, "X_test")], [])}),
    ]
    for made, flow in zip((X_train, X_test), flows, strict=True):
        story.step(run, "ingest", "numpy.load", [link(archive)], [made], flows=[flow])
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(X_train, "train", "X")], [model], where="x.py:9")
    story.scored(run, model, X_test, X_test, "x.py:10")
    store.append(story.events)
    answer = leaks_asked(client, model)
    assert answer.findings == []
    assert results(answer)["overlap"] == "unknown"
    assert answer.leaks is None
