"""Filters of runs are saved under names, and used by them."""

import pytest

from forebear.core.errors import InvalidInput, UnknownRef
from forebear.ops.runs import RunsRequest
from forebear.ops.views import SaveViewRequest, ViewsRequest


@pytest.fixture
def good(store, story, client):
    for depth, score in ((2, 0.8), (4, 0.9), (8, 0.85)):
        story.train(depth, score, save=f"{depth}.pkl")
    store.append(story.events)
    request = SaveViewRequest(
        name="good",
        where="metrics.f1 > 0.8",
        order="metrics.f1 desc",
        fields=["params.max_depth"],
    )
    return client.call(request)


def depths(client, **more):
    runs = client.call(RunsRequest(view="good", figures=True, **more)).runs
    return [run.params["max_depth"] for run in runs]


def test_a_view_is_found_by_its_name(client, good):
    (view,) = client.call(ViewsRequest()).views
    assert view == good.views[0]
    assert (view.name, view.where, view.fields) == (
        "good",
        "metrics.f1 > 0.8",
        ["params.max_depth"],
    )
    assert view.by == "ops"
    assert depths(client) == [4, 8]
    assert depths(client, order="params.max_depth desc") == [8, 4]
    assert depths(client, where="metrics.f1 < 0.82") == [2]


def test_a_view_is_replaced_and_taken_away(client, good):
    client.call(SaveViewRequest(name="good", where="metrics.f1 > 0.87"))
    assert depths(client) == [4]
    assert client.call(SaveViewRequest(name="good", remove=True)).views == []
    for again in (SaveViewRequest(name="good", remove=True), RunsRequest(view="good")):
        with pytest.raises(UnknownRef, match="no view called 'good'"):
            client.call(again)


@pytest.mark.parametrize(
    "asked",
    [{"name": "a b", "where": "f = 1"}, {"name": "x"}, {"name": "x", "where": "size = 1"}],
)
def test_what_cannot_be_a_view_is_refused(client, store, asked):
    with pytest.raises(InvalidInput):
        client.call(SaveViewRequest(**asked))
    assert client.call(ViewsRequest()).views == []
