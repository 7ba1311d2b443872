"""A run that goes on is followed until it ends."""

import asyncio
import threading
import time
from datetime import timedelta

import msgspec
import pytest

from forebear.core.access import Grant
from forebear.core.clock import now
from forebear.core.entities import Metric
from forebear.core.events import MetricsLogged, RunEnded, RunStarted
from forebear.core.secrets import digest_of
from forebear.server.apis import live
from server.access.house import House

RUN = "0192a4c1-0000-7000-8000-000000000001"


def told(text):
    return [
        (part.split("event: ")[1].split("\n")[0], msgspec.json.decode(part.split("data: ")[1]))
        for part in text.split("\n\n")
        if "event: " in part
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


def ids(answer):
    return [
        line.removeprefix("id: ") for line in answer.text.splitlines() if line.startswith("id:")
    ]


def test_who_comes_back_is_not_told_again_what_they_know(http, store):
    (row,) = store.runs(limit=1)
    first = http.get(f"/api/v1/live/{row.id}")
    known, last = ids(first)
    again = http.get(f"/api/v1/live/{row.id}", headers={"Last-Event-ID": known})
    assert [kind for kind, _ in told(again.text)] == ["end"]
    # This is what tells a browser to come back no more.
    over = http.get(f"/api/v1/live/{row.id}", headers={"Last-Event-ID": last})
    assert (over.status_code, over.content) == (204, b"")
    other = http.get(f"/api/v1/live/{row.id}", headers={"Last-Event-ID": "\x00'; x"})
    assert ids(other) == [known, last]


def test_many_who_follow_a_run_ask_the_store_once(http, store, monkeypatch):
    store.append([RunStarted(run=RUN, kind="run", name="train.py")])
    asked = []

    def counted(store, id, now=live._now):
        asked.append(id)
        return now(store, id)

    monkeypatch.setattr(live, "_now", counted)
    answers = []
    listeners = [
        threading.Thread(target=lambda: answers.append(http.get(f"/api/v1/live/{RUN}")))
        for _ in range(30)
    ]
    for one in listeners:
        one.start()
    time.sleep(1.5)
    store.append([RunEnded(run=RUN, status="finished", exit_code=0)])
    for one in listeners:
        one.join()
    assert [told(one.text)[-1][0] for one in answers] == ["end"] * 30
    assert len(asked) < 30
    assert len(live._views) == 0


@pytest.fixture
def followed(store, monkeypatch):
    """Yield what tells whether somebody's stream has ended, and a server with accounts."""
    monkeypatch.setattr(live, "_ADMITTED", 0.0)
    store.append([RunStarted(run=RUN, kind="run", name="train.py")])
    with House(store) as house:
        yield house


@pytest.mark.parametrize(
    "ended",
    [
        lambda house, secret, id: house.kept.revoke(house.kept.token(digest_of(secret)).id, now()),
        lambda house, secret, id: house.kept.close_account(id, now()),
        lambda house, secret, id: house.kept.ungrant(id, Grant(workspace="default", role="viewer")),
    ],
    ids=["token", "account", "role"],
)
def test_who_may_follow_a_run_no_longer_is_told_no_more(followed, store, ended):
    id = followed.account("ada", ("viewer", "default"), ("viewer", "other"))
    secret, heard = followed.token("ada", lasts=timedelta(hours=1)), []
    listener = threading.Thread(
        target=lambda: heard.append(followed.with_(secret).get(f"/api/v1/live/{RUN}"))
    )
    listener.start()
    time.sleep(0.8)
    ended(followed, secret, id)
    listener.join(10)
    (answer,) = heard
    assert [kind for kind, _ in told(answer.text)] == ["run"]
    store.append([RunEnded(run=RUN, status="finished")])


def test_who_asks_often_is_followed_all_the_same():
    async def ask():
        call = Asked()
        return await live._is_still_admitted(call)

    class Asked:
        async def again(self):
            raise live.TooMany("wait", after=1)

    assert asyncio.run(ask())
