"""Events that say what nobody can read: they are refused, or in nobody's way.

What is recorded stays for ever: one statement in a form of its own must not take away a list, an
interface or the news of others. A server refuses it; views in memory pass over what is there.
"""

from __future__ import annotations

import gc
import uuid
from typing import Any

import pytest

from forebear.core.clock import now
from forebear.core.digest import of_bytes
from forebear.core.entities import Metric
from forebear.core.errors import InvalidInput
from forebear.core.events import RunStarted, Series, SeriesLogged, Stated, encode
from forebear.core.ids import new_id
from forebear.core.points import Point, pack
from forebear.core.statements import Topic
from forebear.exchange.openlineage import receiver
from forebear.ops.table import operations
from forebear.server.mlflow.news import news_of
from hostile.places import of_operations

VALUES: list[Any] = [{}, {"bad": [1]}, [], "x", 5, None, {"name": 5, "state": {}}]
MLFLOW = "/api/2.0/mlflow"


def topics() -> list[str]:
    """Return all topics that any part of the program reads."""
    return sorted({one.name for one in gc.get_objects() if type(one) is Topic})


def said(attack, *events):
    return attack("POST", "/api/v1/ledger/events", content=b"\n".join(map(encode, events)))


@pytest.fixture(scope="module")
def run(http):
    said = {"experiment_id": "0", "start_time": 1}
    return http.post(f"{MLFLOW}/runs/create", json=said).json()["run"]["info"]["run_id"]


@pytest.fixture(scope="module")
def poisoned(attack, http, store, run):
    """A store in which every topic has statements that nobody can read, about all there is."""
    (model,) = {row.artifact for row in store.versions("model", "churn")[:1]}
    abouts = [
        *("model:churn", "data:clean", model, store.runs(limit=1)[0].id, str(uuid.UUID(run))),
        *("view", "x", "", "mlflow-experiment:77", "mlflow-artifacts:/0/x", "env:prod", new_id()),
    ]
    assert len(topics()) > 40
    for topic in topics():
        for about in abouts:
            said(
                attack,
                *(
                    Stated(
                        topic=topic, about=about, key=f"k{n}", value=value, by="x", packet=packet
                    )
                    for n, value in enumerate(VALUES)
                    for packet in (None, of_bytes(b"nowhere"))
                ),
            )
    return store


def test_every_question_is_answered(attack, poisoned):
    for place in of_operations():
        if operations()[place.call].reads:
            attack("POST", place.path, content=place.said('"churn"'), headers=JSON)
            attack("POST", place.path, content=place.said('"clean"'), headers=JSON)


JSON = {"Content-Type": "application/json"}


def test_every_list_is_there(attack, http, poisoned):
    for route in http.app.routes:
        if "GET" in route.methods and "{" not in route.path and not route.path.startswith("/ui"):
            answer = attack("GET", route.path)
            if route.path in LISTS:
                assert answer.status_code == 200, route.path


LISTS = {
    f"/api/v1/{name}"
    for name in ("models", "data", "runs", "recalls", "views", "deployments", "attention", "audit")
}


def test_mlflows_interface_goes_on(attack, poisoned, run):
    for method, path, more in (
        ("POST", "runs/search", {"json": {"experiment_ids": ["0"]}}),
        ("GET", "experiments/search?max_results=9", {}),
        ("GET", f"runs/get?run_id={run}", {}),
        ("GET", "registered-models/search", {}),
        ("GET", "model-versions/search", {}),
        ("POST", "logged-models/search", {"json": {"experiment_ids": ["0"]}}),
    ):
        assert attack(method, f"{MLFLOW}/{path}", **more).status_code == 200, path


def test_a_figure_whose_points_cannot_be_read_is_told_by_its_last(attack, store, run):
    id = str(uuid.UUID(run))
    early = Point(0, -(2**62), 2**62, 1.0)
    packets = {
        "far": store.blobs.put(pack([early])),
        "none": of_bytes(b"never sent"),
        "garbage": store.blobs.put(b"no packet"),
        "of another series": store.blobs.put(pack([Point(7, 1, 1, 1.0)])),
    }
    for key, digest in packets.items():
        short = Series(run=id, last=Metric(key=key, value=4.5, step=9), time=now(), count=5)
        said(attack, SeriesLogged(run=id, points=digest, size=5, count=5, series=[short]))
    told = attack("GET", f"{MLFLOW}/runs/get?run_id={run}").json()["run"]["data"]["metrics"]
    found = {one["key"]: one["value"] for one in told}
    assert (found["none"], found["garbage"]) == (4.5, 4.5)
    for question in ("series", "show", "compare-runs"):
        target = {"ref": f"run:{id}"}
        asked = {"target": target} if question != "compare-runs" else {"targets": [target, target]}
        assert attack("POST", f"/api/v1/{question}", json=asked).status_code < 500


def lineage(**output: Any) -> dict[str, Any]:
    return {
        "eventType": "COMPLETE",
        "eventTime": "2026-03-01T12:00:00Z",
        "producer": "https://example.com",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json",
        "run": {"runId": new_id()},
        "job": {"namespace": "n", "name": "j"},
        "outputs": [{"namespace": "n", "name": "out", **output}],
    }


@pytest.mark.parametrize("facet", ["outputStatistics", "dataQualityMetrics"])
@pytest.mark.parametrize("many", [10**400, 2**63, -1, 1.5, "9" * 400])
def test_an_event_that_no_store_takes_keeps_no_other_from_the_graph(attack, store, facet, many):
    bad = lineage(outputFacets={facet: {"rowCount": many, "size": many}})
    bad["outputs"][0]["facets"] = {"version": {"datasetVersion": "x" * 100}}
    attack("POST", "/api/v1/lineage", json=bad)
    good = lineage()
    assert attack("POST", "/api/v1/lineage", json=good).status_code == 201
    run = good["run"]["runId"]
    told = attack("POST", "/api/v1/trace", json={"target": {"ref": f"run:{run}"}})
    assert told.status_code == 200
    assert store.run_edges(run)


def test_facts_that_a_store_refuses_are_passed_over(store, monkeypatch):
    refused, ids = new_id(), [new_id() for _ in range(5)]
    run = {id: RunStarted(run=id, kind="run", name="x") for id in (*ids, refused)}

    class Refusing:
        def append(self, events):
            if any(one.run == refused for one in events):
                raise InvalidInput("A number of more than 64 bits has no place in a store.")
            return store.append(events)

    monkeypatch.setattr(receiver, "settle", lambda view: list(run.values()))
    tried = receiver.Receiver(store)
    tried.store = Refusing()
    assert tried.settle() == 5


def test_the_news_go_on(poisoned):
    assert [list(news_of(poisoned, stored)) for stored in poisoned.events()]
