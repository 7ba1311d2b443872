"""Runs are found by what they were set to and measured, wherever in them that was said."""

import pytest

from forebear.core.errors import InvalidInput
from forebear.core.events import ParamsLogged
from forebear.ops.runs import RunsRequest


@pytest.fixture
def trained(store, story):
    """Three trainings, the last one the newest; depths 2, 4, 8 and scores 0.8, 0.9, 0.85."""
    made = [
        story.train(depth, score, save=f"{depth}.pkl")
        for depth, score in ((2, 0.8), (4, 0.9), (8, 0.85))
    ]
    story.say(ParamsLogged(run=made[2].run, params={"note": "the last one", "max_depth": 9}))
    broken = story.run("train.py", "--depth", "16")
    story.end(broken, "failed", exit_code=1, error="MemoryError")
    store.append(story.events)
    return [one.run for one in made] + [broken]


@pytest.fixture
def found(client, trained):
    def ask(where, **more):
        runs = client.call(RunsRequest(where=where, **more)).runs
        return [trained.index(run.id) if run.id in trained else run.name for run in runs]

    return ask


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("metrics.f1 > 0.82", [2, 1]),
        ("metrics.f1 > 0.8 AND params.n_estimators = 100", [2, 1]),
        ("params.max_depth >= 4", [2, 1]),
        ("params.max_depth = '4'", [1]),
        ("params.max_depth = 9", [2]),
        ("params.max_depth = 8", []),
        ("params.note LIKE '%last%'", [2]),
        ("params.class_weight = 'null'", []),
        ("status = 'failed'", [3]),
        ("status != 'failed' and name = 'train.py'", [2, 1, 0]),
        ("error ILIKE 'memory%'", [3]),
        ("duration > 3 and metrics.f1 IS NOT NULL", [2, 1, 0]),
        ("model = 'churn' and data = 'clean'", [2, 1, 0]),
        ("data = 'raw'", ["prepare.py"]),
        ("started < '2026-03-01T12:02:00Z'", ["prepare.py"]),
        ("started > '2026-03-01'", []),
        ("kind == 'run' and exit_code = 1", [3]),
        ("metrics.f1 < 0.82 or status = 'failed'", [3, 0]),
        ("(metrics.f1 < 0.82 OR metrics.f1 > 0.88) and name = 'train.py'", [1, 0]),
        ("metrics.f1 < 0.82 or metrics.f1 > 0.88 and params.max_depth = 2", [0]),
        ("name = 'train.py' and not (status = 'failed' or params.max_depth = 9)", [1, 0]),
        ("not data = 'clean' and (model = 'churn' or name = 'train.py')", [3]),
        ("((status IN ('failed')))", [3]),
    ],
)
def test_what_fits_is_found_newest_first(found, where, expected):
    assert found(where) == expected


def test_an_order_is_by_any_field_and_what_has_none_comes_last(found):
    assert found(None, order="metrics.f1 desc")[:3] == [1, 2, 0]
    assert found("name = 'train.py'", order="params.max_depth") == [0, 1, 2, 3]
    assert found("name = 'train.py'", order="params.max_depth desc") == [2, 1, 0, 3]


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("(name = 'a' or name = 'b'", "A bracket is not closed"),
        ("name = 'a') or name = 'b'", "joined by AND or OR"),
        ("name = 'a' name = 'b'", "joined by AND or OR"),
        ("name = 'a' or", "It ends too early"),
        ("()", "The name of a field was expected"),
        ("(" * 60 + "name = 'a'" + ")" * 60, "more than 50 deep"),
        ("not " * 60 + "name = 'a'", "more than 50 deep"),
    ],
)
def test_what_is_wrong_with_a_filter_is_said(found, where, why):
    with pytest.raises(InvalidInput, match=why):
        found(where)


@pytest.mark.parametrize("order", [None, "metrics.f1 desc"])
def test_pages_go_through_all_that_fits(client, trained, order):
    seen, before = [], None
    while True:
        page = client.call(
            RunsRequest(where="name = 'train.py'", order=order, limit=1, before=before)
        )
        seen += [run.id for run in page.runs]
        before = page.next
        if before is None:
            break
    assert sorted(seen) == sorted(trained)
    assert len(seen) == 4


def test_figures_are_told_where_they_are_asked_for(client, trained):
    run = client.call(RunsRequest(where="metrics.f1 = 0.85", figures=True)).runs[0]
    assert run.metrics == {"f1": 0.85}
    assert (run.params["max_depth"], run.params["n_estimators"]) == (9, 100)
    assert client.call(RunsRequest(limit=1, figures=True)).runs[0].metrics == {}


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"where": "metrics.f1 > 'high'"}, "Expected numeric value"),
        ({"where": "size = 1"}, "Invalid attribute key 'size'"),
        ({"where": "status = finished"}, "A text stands in quotes: 'finished'"),
        ({"where": "started > 'yesterday'"}, "is not a point in time"),
        ({"where": "started LIKE '2026%'"}, "Invalid comparator"),
        ({"order": "metrics.f1 sideways"}, "Invalid order"),
        ({"order": "size"}, "Invalid order"),
    ],
)
def test_what_cannot_be_read_is_said(client, trained, asked, says):
    with pytest.raises(InvalidInput, match=says):
        client.call(RunsRequest(**asked))


def test_a_page_cannot_begin_after_what_does_not_fit(client, trained):
    (other,) = client.call(RunsRequest(where="name = 'prepare.py'")).runs
    with pytest.raises(InvalidInput, match="is not among these"):
        client.call(RunsRequest(where="name = 'train.py'", order="duration", before=other.id))


def test_what_was_not_looked_at_is_said(client, trained, monkeypatch):
    monkeypatch.setattr("forebear.ops.run_filter._BATCH", 2)
    monkeypatch.setattr("forebear.ops.run_filter._MOST", 2)
    page = client.call(RunsRequest(where="name = 'prepare.py'"))
    assert (page.runs, page.next) == ([], trained[2])
    found = []
    while page.next:
        page = client.call(RunsRequest(where="name = 'prepare.py'", before=page.next))
        found += [run.name for run in page.runs]
    assert found == ["prepare.py"]
    ordered = client.call(RunsRequest(order="metrics.f1 desc"))
    assert ([run.id for run in ordered.runs], ordered.cut) == ([trained[2], trained[3]], True)
    assert not client.call(RunsRequest(limit=5)).cut
