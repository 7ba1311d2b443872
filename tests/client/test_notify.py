"""Telling people of recalls: who, what, how it went, and again."""

from __future__ import annotations

import json
import socketserver
import sys
import threading
import time

import pytest
from msgspec.structs import replace

from forebear.cli import main
from forebear.client.config import NotifyConfig
from forebear.client.local import LocalClient
from forebear.client.locate import init_store
from forebear.client.notify import Patience, channels_of, tell, tell_again
from forebear.client.notify_http import signature
from forebear.core.errors import InvalidInput
from forebear.core.recalls import DELIVERY
from forebear.ops.recall import RecallRequest
from forebear.ops.remedy import CloseRecallRequest
from forebear.ops.table import Target
from forebear.store import open_store
from hooks import Hook
from story import Story

QUICK = Patience(tries=2, seconds=2.0, pause=0.01)


class Mails(socketserver.ThreadingTCPServer):
    """A mail server that says yes, or `answer` to a recipient."""

    daemon_threads, block_on_close, allow_reuse_address = True, False, True

    def __init__(self):
        self.got, self.answer = [], b"250 ok"
        super().__init__(("127.0.0.1", 0), _Talk)
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = f"smtp://127.0.0.1:{self.server_address[1]}"


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 here\r\n")
        to = b""
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    text += part
                self.server.got.append((to, text.decode()))
                self.wfile.write(b"250 kept\r\n")
            elif word == b"RCPT":
                to = line
                self.wfile.write(self.server.answer + b"\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def hook():
    made = Hook()
    yield made
    made.close()


@pytest.fixture
def mails():
    made = Mails()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def client(tmp_path):
    story = Story(tmp_path)
    story.prepare()
    story.train(4, 0.8)
    store = open_store(init_store(tmp_path / ".forebear"), create=True)
    store.append(story.events)
    with LocalClient(store, by="ops") as client:
        yield client


@pytest.fixture
def recall(client):
    asked = RecallRequest(target=Target(ref="data:raw"), reason="wrong labels", severity="high")
    return client.call(asked).id


def config(hook=None, **more):
    webhooks = [hook.url] if hook is not None else []
    return NotifyConfig(webhooks=webhooks, allow=["127.0.0.0/8"], **more)


def test_a_webhook_gets_the_recall_signed(client, recall, hook, monkeypatch):
    monkeypatch.setenv("FOREBEAR_NOTIFY_SECRET", "shared")
    (made,) = tell(client, recall, "opened", config(hook), patience=QUICK)
    assert (made.status, made.attempts) == ("delivered", 1)
    ((headers, body),) = hook.got
    told = json.loads(body)
    assert (told["event"], told["recall"], told["severity"]) == ("recall.opened", recall, "high")
    assert [one["title"] for one in told["affected"]] == ["churn:1"]
    expected = signature("shared", headers["X-Forebear-Timestamp"], body)
    assert headers["X-Forebear-Signature"] == expected
    assert "ops" not in body.decode()


def test_a_fault_is_tried_again_with_the_same_id_and_a_refusal_is_not(client, recall, hook):
    hook.answers = [503, 200]
    (made,) = tell(client, recall, "opened", config(hook), patience=QUICK)
    assert (made.status, made.attempts) == ("delivered", 2)
    first, second = (headers["X-Forebear-Delivery"] for headers, _ in hook.got)
    assert first == second
    hook.answers = [410, 200]
    (made,) = tell(client, recall, "opened", config(hook), patience=QUICK)
    assert (made.status, made.attempts) == ("failed", 1)
    assert "(410)" in made.error


def test_who_could_not_be_told_is_told_later_and_nobody_twice(client, recall, hook):
    other = Hook()
    both = NotifyConfig(webhooks=[hook.url, other.url], allow=["127.0.0.1"])
    hook.answers = [503, 503]
    statuses = {one.status for one in tell(client, recall, "opened", both, patience=QUICK)}
    assert statuses == {"delivered", "failed"}
    (again,) = tell_again(client, both, patience=QUICK)
    assert again.status == "delivered"
    assert tell_again(client, both, patience=QUICK) == []
    assert len(other.got) == 1
    client.call(CloseRecallRequest(id=recall, force=True, why="mistake"))
    closed = tell_again(client, both, patience=QUICK)
    assert {one.happening for one in closed} == {"closed"}
    assert json.loads(hook.got[-1][1])["event"] == "recall.closed"
    other.close()


def test_an_address_that_is_none_keeps_nobody_else_from_being_told(client, recall, hook):
    wrong = "https://ops:secret@example.org/"
    settings = replace(config(hook), webhooks=[wrong, hook.url])
    refused, told = tell(client, recall, "opened", settings, patience=QUICK)
    assert (told.status, len(hook.got)) == ("delivered", 1)
    assert (refused.status, refused.attempts) == ("failed", 1)
    assert "must have no user or password" in refused.error
    assert "secret" not in f"{refused.target} {refused.error}"


def test_slow_webhooks_wait_at_the_same_time(client, recall):
    hooks = [Hook() for _ in range(4)]
    for one in hooks:
        one.delay = 0.5
    slow = NotifyConfig(webhooks=[one.url for one in hooks], allow=["127.0.0.1"])
    began = time.monotonic()
    made = tell(client, recall, "opened", slow, patience=QUICK)
    assert time.monotonic() - began < 1.9
    assert [one.status for one in made] == ["delivered"] * 4
    hooks[0].delay = 5.0
    began = time.monotonic()
    short = Patience(tries=1, seconds=0.5)
    made = tell(client, recall, "opened", slow, patience=short)
    assert "did not answer within 0.5 s" in made[0].error
    assert time.monotonic() - began < 3.0
    for one in hooks:
        one.close()


def test_a_mail_tells_people_and_its_address_is_behind_a_commitment(client, recall, mails):
    to = "oncall@example.org"
    mailing = config(email=[to], smtp=mails.url, sender="forebear@example.org")
    (made,) = tell(client, recall, "opened", mailing, patience=QUICK)
    assert made.status == "delivered"
    ((rcpt, text),) = mails.got
    assert to.encode() in rcpt
    assert "Subject: [high] recall opened: data:raw" in text
    assert "churn:1" in text
    bodies = b"".join(one.body for one in client.store.events())
    assert to.encode() not in bodies
    (said,) = DELIVERY.latest(client.store.statements)
    assert said.value.target == to
    assert tell_again(client, mailing, patience=QUICK) == []


def test_mails_that_cannot_be_sent_are_said(client, recall, mails):
    mails.answer = b"550 nobody here"
    one = config(email=["a@example.org"], smtp=mails.url, sender="f@example.org")
    (made,) = tell(client, recall, "opened", one, patience=QUICK)
    assert (made.status, made.attempts) == ("failed", 1)
    assert "refuses the address" in made.error
    without = config(email=["a@example.org"])
    (made,) = tell(client, recall, "opened", without, patience=QUICK)
    assert "needs a server and a sender" in made.error
    bad = config(email=["a@example.org\nBcc: b@example.org"], smtp=mails.url, sender="f@e.org")
    (made,) = tell(client, recall, "opened", bad, patience=QUICK)
    assert made.status == "failed"
    away = config(email=["a@example.org"], smtp="smtp://127.0.0.1:1", sender="f@e.org")
    (made,) = tell(client, recall, "opened", away, patience=QUICK)
    assert (made.status, made.attempts) == ("failed", 2)


def test_a_command_gets_the_json_and_no_shell_reads_it(client, recall, tmp_path):
    program = tmp_path / "page.py"
    program.write_text("import sys, shutil\nshutil.copyfileobj(sys.stdin, open(sys.argv[1], 'w'))")
    out = tmp_path / "told $(touch pwned); x.json"
    argv = [sys.executable, str(program), str(out)]
    (made,) = tell(client, recall, "opened", config(command=argv), patience=QUICK)
    assert made.status == "delivered"
    assert json.loads(out.read_text())["recall"] == recall
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import sys; sys.exit('no pager')", "ended with 1: no pager"),
        ("import time; time.sleep(60)", "did not end within"),
    ],
)
def test_a_command_that_fails_is_said(client, recall, code, said):
    failing = config(command=[sys.executable, "-c", code])
    (made,) = tell(client, recall, "opened", failing, patience=Patience(tries=1, seconds=1.0))
    assert (made.status, said in made.error) == ("failed", True)
    missing = config(command=["/nowhere/pager"])
    (made,) = tell(client, recall, "opened", missing, patience=QUICK)
    assert "cannot be started" in made.error


def test_what_is_below_the_least_severity_is_told_to_nobody(client, recall, hook):
    assert tell(client, recall, "opened", config(hook, least="critical"), patience=QUICK) == []
    assert hook.got == []
    with pytest.raises(InvalidInput, match="least"):
        channels_of(config(least="dire"))


def test_secrets_in_an_address_are_not_recorded(client, recall, hook):
    tell(client, recall, "opened", config(hook), patience=QUICK)
    bodies = b"".join(one.body for one in client.store.events())
    assert b"T0KEN" not in bodies


def test_the_command_tells_and_tells_again(client, hook, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    settings = tmp_path / ".forebear" / "config.toml"
    settings.write_text(f'[notify]\nwebhooks = ["{hook.url}"]\nallow = ["127.0.0.1"]\n')
    hook.answers = [400]
    assert main(["recall", "data:raw", "--reason", "wrong"]) == 0
    assert "Told 0 of 1. Not told: 127.0.0.1" in capsys.readouterr().err
    assert main(["notify", "status"]) == 0
    assert "0 notices delivered, 1 failed" in capsys.readouterr().out
    assert main(["notify", "retry"]) == 0
    assert "1 notice delivered, 0 failed" in capsys.readouterr().out
    assert main(["notify", "retry"]) == 0
    assert "Everybody has been told" in capsys.readouterr().out
    settings.write_text("[notify]\nwebhooks = [3]\n")
    assert main(["notify", "retry"]) == 2
    assert "must be a list of texts" in capsys.readouterr().err
    settings.write_text("")
    assert main(["notify", "retry"]) == 2
