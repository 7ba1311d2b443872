"""A server tells people of recalls: in the background, until they are told, and nobody twice."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from forebear.client import notices
from forebear.client.config import NotifyConfig
from forebear.client.local import LocalClient
from forebear.client.notify import Patience, tell
from forebear.core.recalls import DELIVERY
from forebear.ops.recall import RecallRequest
from forebear.ops.table import Target
from forebear.server import announcing
from forebear.store import open_store
from hooks import Hook
from serving import asked

QUICK = Patience(tries=1, seconds=2.0, pause=0.01)


@pytest.fixture
def hook():
    made = Hook()
    yield made
    made.close()


@pytest.fixture
def folder(store, hook, monkeypatch):
    monkeypatch.setattr(announcing, "_EVERY", 0.05)
    monkeypatch.setattr(announcing, "_SPREAD", timedelta(0))
    return settle(store, hook)


def settle(store, *hooks):
    folder = store.blobs.root.parent
    urls = ", ".join(f'"{one.url}"' for one in hooks)
    text = f'[notify]\nwebhooks = [{urls}]\nallow = ["127.0.0.1"]\n'
    (folder / "config.toml").write_text(text)
    return folder


def soon(question):
    """Wait until something is so."""
    until = time.monotonic() + 10
    while not question():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)


def recall(http, ref="data:raw"):
    answer = http.post("/api/v1/recall", json={"target": {"ref": ref}, "reason": "wrong labels"})
    assert answer.status_code == 200
    return answer.json()["id"]


def deliveries(store):
    return [(one.value.status, one.value.attempts) for one in DELIVERY.latest(store.statements)]


def test_who_recalls_over_http_does_not_wait_for_those_who_are_told(folder, store, hook):
    hook.delay = 1.5
    with asked(store) as http:
        began = time.monotonic()
        recall(http)
        assert time.monotonic() - began < 1.0
        soon(lambda: deliveries(store) == [("delivered", 1)])
        assert hook.events == ["recall.opened"]


def test_it_is_told_that_a_recall_is_closed(folder, store, hook):
    with asked(store) as http:
        id = recall(http)
        soon(lambda: hook.events == ["recall.opened"])
        closing = {"id": id, "force": True, "why": "a mistake"}
        assert http.post("/api/v1/recall-close", json=closing).status_code == 200
        soon(lambda: hook.events == ["recall.opened", "recall.closed"])


def test_who_could_not_be_told_is_tried_again_and_the_others_are_not(
    folder, store, hook, monkeypatch
):
    monkeypatch.setattr(notices, "_FIRST", timedelta(milliseconds=50))
    other = Hook()
    settle(store, hook, other)
    hook.answers = [500, 500, 503, 200]
    with asked(store) as http:
        recall(http)
        soon(lambda: sorted(deliveries(store)) == [("delivered", 1), ("delivered", 4)])
    assert (len(hook.got), len(other.got)) == (4, 1)
    other.close()


def test_what_a_server_did_not_come_to_tell_the_next_one_tells(folder, store, hook, monkeypatch):
    monkeypatch.setattr(notices, "GRACE", timedelta(0))
    with LocalClient(open_store(folder), by="ops") as client:
        client.call(RecallRequest(target=Target(ref="data:raw"), reason="wrong"))
    with asked(store):
        soon(lambda: deliveries(store) == [("delivered", 1)])
        time.sleep(0.3)
    assert hook.events == ["recall.opened"]


def test_what_a_command_tells_itself_is_not_told_twice(folder, store, hook):
    config = NotifyConfig(webhooks=[hook.url], allow=["127.0.0.1"])
    with asked(store), LocalClient(open_store(folder), by="ops") as client:
        id = client.call(RecallRequest(target=Target(ref="data:raw"), reason="wrong")).id
        time.sleep(0.3)
        assert hook.got == []  # it is left to the command for a while
        tell(client, id, "opened", config, patience=QUICK)
        soon(lambda: deliveries(store) == [("delivered", 1)])
        time.sleep(0.3)
    assert len(hook.got) == 1


def test_of_two_servers_over_one_store_one_tells(folder, store, hook, monkeypatch):
    monkeypatch.setattr(notices, "GRACE", timedelta(0))
    monkeypatch.setattr(announcing, "_SPREAD", timedelta(seconds=2))
    late = iter([0.0, 0.9])
    monkeypatch.setattr(announcing.random, "random", lambda: next(late))
    with asked(store), open_store(folder) as again, asked(again):
        with LocalClient(open_store(folder), by="ops") as client:
            client.call(RecallRequest(target=Target(ref="data:raw"), reason="wrong"))
        soon(lambda: deliveries(store) == [("delivered", 1)])
        time.sleep(2.2)
    assert len(hook.got) == 1


def test_old_recalls_are_no_news(folder, store, hook, monkeypatch):
    monkeypatch.setattr(notices, "GRACE", timedelta(0))
    monkeypatch.setattr(notices, "_PATIENCE", timedelta(0))
    with asked(store) as http:
        id = recall(http)
        time.sleep(0.4)
        assert http.get(f"/api/v1/recall-status?id={id}").status_code == 200
    # It came over HTTP, so that it was told at once, and once.
    assert hook.events == ["recall.opened"]
    other = Hook()
    settle(store, hook, other)
    with open_store(folder) as again, asked(again):
        time.sleep(0.4)
    assert other.got == []
    other.close()


def test_settings_that_make_no_sense_are_said_once_and_mended_without_a_restart(
    folder, store, hook, caplog
):
    (folder / "config.toml").write_text("[notify]\nwebhooks = [3]\n")
    with asked(store) as http:
        recall(http)
        soon(lambda: "must be a list of texts" in caplog.text)
        time.sleep(0.3)
        assert caplog.text.count("must be a list of texts") == 1
        settle(store, hook)
        soon(lambda: hook.events == ["recall.opened"])
