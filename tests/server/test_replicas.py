"""Two servers over one database are as one: to programs, to people who follow a run, to writers."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from faults.served import Server
from forebear.client.keys import LogKey
from forebear.client.locate import locate
from forebear.client.replicate import push
from forebear.core.digest import of_bytes
from forebear.core.entities import Metric
from forebear.core.events import (
    ArtifactRecorded,
    MetricsLogged,
    RunEnded,
    RunStarted,
    encode,
)
from forebear.core.ids import new_id
from forebear.store import open_store
from story import Story

MLFLOW = "/api/2.0/mlflow"


@pytest.fixture(scope="module")
def servers(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[list[Server]]:
    """Two servers, each with a folder of its own, over one database and one folder of bytes."""
    psycopg = pytest.importorskip("psycopg")
    address = request.getfixturevalue("server")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
        connection.execute("CREATE SCHEMA public")
    folder = tmp_path_factory.mktemp("replicas")
    made = [
        Server(
            address,
            env={
                "XDG_DATA_HOME": str(folder / name),
                "FOREBEAR_BLOBS": str(folder / "kept"),
            },
        )
        for name in ("one", "other")
    ]
    with made[0], made[1]:
        story = Story(folder / "project")
        story.prepare()
        story.train(2, 0.8)
        with open_store(folder / "own", create=True) as store:
            store.append(story.events)
            push(store, made[0].url, folder / "state")
        yield made


@pytest.fixture
def both(servers: list[Server]) -> Iterator[list[httpx.Client]]:
    """What asks the one, and what asks the other."""
    with (
        httpx.Client(base_url=servers[0].url, timeout=30) as one,
        httpx.Client(base_url=servers[1].url, timeout=30) as other,
    ):
        yield [one, other]


def said(client: httpx.Client, method: str, path: str, **more: Any) -> Any:
    answer = client.request(method, path, **more)
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def test_what_one_has_taken_in_the_other_tells_at_once(both) -> None:
    for turn in range(20):
        writer, reader = both[turn % 2], both[1 - turn % 2]
        said(writer, "POST", "/api/v1/alias", json={
            "name": "churn", "alias": f"a{turn}", "version": 1,
        })  # fmt: skip
        (churn,) = said(reader, "GET", "/api/v1/models")["models"]
        assert f"a{turn}" in churn["aliases"]


def test_one_client_may_talk_to_either_by_turns(both) -> None:
    run = said(both[0], "POST", f"{MLFLOW}/runs/create", json={"experiment_id": "0"})
    id = run["run"]["info"]["run_id"]
    for step in range(10):
        said(both[step % 2], "POST", f"{MLFLOW}/runs/log-metric", json={
            "run_id": id, "key": "loss", "value": step / 10, "step": step, "timestamp": step,
        })  # fmt: skip
        told = said(both[1 - step % 2], "GET", f"{MLFLOW}/runs/get", params={"run_id": id})
        (loss,) = told["run"]["data"]["metrics"]
        assert loss["step"] == step
    base = "/api/2.0/mlflow-artifacts/artifacts"
    path = f"{base}/0/{id}/artifacts/a.txt"
    said(both[0], "PUT", path, content=b"bytes")
    assert both[1].get(path).content == b"bytes"


def test_the_parts_of_a_large_file_may_arrive_at_either(both) -> None:
    run = said(both[0], "POST", f"{MLFLOW}/runs/create", json={"experiment_id": "0"})
    base, id = "/api/2.0/mlflow-artifacts", run["run"]["info"]["run_id"]
    place = f"0/{id}/artifacts"
    asked = {"path": "model.bin", "num_parts": 4}
    begun = said(both[0], "POST", f"{base}/mpu/create/{place}", json=asked)
    parts = []
    for turn, credential in enumerate(begun["credentials"]):
        path = credential["url"].partition("127.0.0.1")[2].partition("/")[2]
        answer = both[turn % 2].put(f"/{path}", content=b"%d" % turn * 1000)
        assert answer.status_code == 200, answer.text
        parts.append({"part_number": turn + 1, "etag": answer.headers["etag"]})
    asked |= {"upload_id": begun["upload_id"], "parts": parts}
    said(both[1], "POST", f"{base}/mpu/complete/{place}", json=asked)
    told = both[0].get(f"{base}/artifacts/{place}/model.bin").content
    assert told == b"".join(b"%d" % turn * 1000 for turn in range(4))


def test_a_webhook_is_known_to_both(both) -> None:
    event = {"entity": "REGISTERED_MODEL", "action": "CREATED"}
    asked = {"name": "chat", "url": "https://93.184.216.34/", "events": [event]}
    made = said(both[0], "POST", f"{MLFLOW}/webhooks", json=asked)["webhook"]
    told = said(both[1], "GET", f"{MLFLOW}/webhooks/{made['webhook_id']}")["webhook"]
    assert told["url"] == made["url"]
    said(both[1], "DELETE", f"{MLFLOW}/webhooks/{made['webhook_id']}")
    assert both[0].get(f"{MLFLOW}/webhooks/{made['webhook_id']}").status_code == 404


def test_events_of_openlineage_may_arrive_at_either(both) -> None:
    run = {"runId": new_id()}
    job = {"namespace": "etl", "name": "nightly"}
    for client, kind in ((both[0], "START"), (both[1], "COMPLETE")):
        said(client, "POST", "/api/v1/lineage", json={
            "eventType": kind, "eventTime": "2026-03-01T00:00:00Z", "run": run, "job": job,
            "producer": "https://example.com/etl", "schemaURL":
            "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        })  # fmt: skip
    for client in both:
        told = said(client, "GET", "/marquez/api/v1/namespaces/etl/jobs/nightly")
        assert told["latestRun"]["state"] == "COMPLETED"


def test_of_many_who_move_an_alias_from_where_it_was_one_does(both) -> None:
    said(both[0], "POST", "/api/v1/alias", json={"name": "churn", "alias": "best", "version": 1})

    def take_away(turn: int) -> int:
        asked = {"name": "churn", "alias": "best", "version": None, "expect": 1}
        return both[turn % 2].post("/api/v1/alias", json=asked).status_code

    with ThreadPoolExecutor(8) as many:
        codes = list(many.map(take_away, range(16)))
    assert codes.count(200) == 1
    assert set(codes) == {200, 409}


def test_versions_are_dense_whoever_gives_them(both) -> None:
    digests = [of_bytes(b"model %d" % number) for number in range(24)]

    def name(turn: int) -> int:
        model = ArtifactRecorded(artifact=digests[turn], kind="model", digest=digests[turn])
        said(both[turn % 2], "POST", "/api/v1/ledger/events", content=encode(model))
        asked = {"target": {"ref": digests[turn]}, "name": "dense", "kind": "model"}
        told: int = said(both[(turn + 1) % 2], "POST", "/api/v1/name", json=asked)["version"]
        return told

    with ThreadPoolExecutor(8) as many:
        numbers = list(many.map(name, range(24)))
    assert sorted(numbers) == list(range(1, 25))


def test_a_run_is_followed_at_one_while_the_other_takes_it_in(both) -> None:
    run = new_id()

    def take(*events: Any) -> None:
        said(both[0], "POST", "/api/v1/ledger/events", content=b"\n".join(map(encode, events)))

    take(RunStarted(run=run, kind="run", name="train.py"))

    def go_on() -> None:
        time.sleep(0.3)
        take(MetricsLogged(run=run, metrics=[Metric(key="loss", value=0.5)]))
        time.sleep(0.8)
        take(RunEnded(run=run, status="finished", exit_code=0))

    worker = threading.Thread(target=go_on)
    worker.start()
    text = both[1].get(f"/api/v1/live/{run}").text
    worker.join()
    assert '"value":0.5' in text
    assert text.rstrip().endswith("event: end\ndata: {}")


def test_an_answer_of_one_is_known_to_the_other(both) -> None:
    first = both[0].get("/api/v1/models")
    again = both[1].get("/api/v1/models", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_both_sign_with_the_same_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOREBEAR_BLOBS", str(tmp_path / "kept"))
    keys = []
    for name in ("one", "other"):
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / name))
        keys.append(LogKey.open(locate("postgresql://db.example/models").keys).public)
    assert keys[0] == keys[1]


def test_what_was_accepted_is_answered_before_the_end(servers, both, tmp_path: Path) -> None:
    codes: list[int | None] = []
    going = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=servers[0].url, timeout=30) as client:
            while None not in codes:
                event = RunStarted(run=new_id(), kind="run", name="x")
                going.set()
                try:
                    answer = client.post("/api/v1/ledger/events", content=encode(event))
                    codes.append(answer.status_code)
                    told.append(event.run)
                except httpx.TransportError:
                    untold.append(event.run)
                    codes.append(None)

    told: list[str] = []
    untold: list[str] = []
    askers = [threading.Thread(target=ask) for _ in range(4)]
    for one in askers:
        one.start()
    going.wait(10)
    time.sleep(0.5)
    process = servers[0].process
    assert process is not None
    process.send_signal(signal.SIGTERM)
    code = process.wait(40)
    for one in askers:
        one.join()
    try:
        assert set(codes) == {200, None}
        assert code in {0, -signal.SIGTERM}
        # The other has all that was acknowledged, and goes on.
        for run in told:
            assert said(both[1], "GET", "/api/v1/show", params={"target": f"run:{run}"})
        # What met a closing connection was not taken in: nothing was accepted and not answered.
        for run in untold:
            answer = both[1].get("/api/v1/show", params={"target": f"run:{run}"})
            assert answer.status_code == 404, answer.text
    finally:
        servers[0].start()
