"""A run that goes on is followed until it ends."""

import threading
import time

import msgspec

from forebear.core.entities import Metric
from forebear.core.events import MetricsLogged, RunEnded, RunStarted


def told(text):
    return [
        (part.split("\n")[0].removeprefix("event: "), msgspec.json.decode(part.split("data: ")[1]))
        for part in text.split("\n\n")
        if part.startswith("event")
    ]


def test_a_run_is_followed_until_it_ends(http, store):
    run = "0192a4c1-0000-7000-8000-000000000001"
    store.append([RunStarted(run=run, kind="run", name="train.py")])

    def go_on():
        time.sleep(0.2)
        store.append([MetricsLogged(run=run, metrics=[Metric(key="loss", value=0.5)])])
        time.sleep(1.2)
        store.append([RunEnded(run=run, status="finished", exit_code=0)])

    worker = threading.Thread(target=go_on)
    worker.start()
    answer = http.get(f"/api/v1/live/{run}")
    worker.join()
    events = told(answer.text)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert events[-1] == ("end", {})
    states = [body["run"]["status"] for kind, body in events if kind == "run"]
    assert states[0] == "running"
    assert states[-1] == "finished"
    assert events[-2][1]["metrics"][0]["metric"] == {"key": "loss", "value": 0.5}


def test_a_run_that_is_over_is_told_once(http, store):
    (row,) = store.runs(limit=1)
    assert [kind for kind, _ in told(http.get(f"/api/v1/live/{row.id}").text)] == ["run", "end"]


def test_a_run_that_is_not_there(http):
    answer = http.get("/api/v1/live/0192ffff")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-ref")
