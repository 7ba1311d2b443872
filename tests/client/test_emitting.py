"""Runs of ours go to whoever takes events of OpenLineage, and wait where nobody does."""

import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from uuid import UUID

import pytest

from command import forebear
from forebear.client.emitting import emit, emit_later, receiver, waiting
from forebear.client.local import LocalClient
from forebear.client.locate import Place
from forebear.core.errors import InvalidInput
from forebear.exchange.openlineage.reading import heard
from forebear.exchange.openlineage.receiver import Receiver
from forebear.store import open_store
from story import Story


@pytest.fixture
def folder(tmp_path):
    story = Story(tmp_path)
    story.prepare()
    story.train(2, 0.8)
    with open_store(tmp_path / ".forebear", create=True) as store:
        store.append(story.events)
    return tmp_path / ".forebear"


@pytest.fixture
def marquez():
    """What takes events, unless `broken` is set."""

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.took.append((self.path, self.headers.get("Authorization"), json.loads(body)))
            self.send_response(503 if server.broken else 201)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Taking)
    server.took, server.broken = [], False
    server.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def sent(folder, to, ref="model:churn"):
    with open_store(folder) as store:
        return emit(LocalClient(store), Place(folder=folder), to, ref, "team")


def test_a_model_is_told_with_all_runs_that_it_came_out_of(folder, marquez):
    done = sent(folder, marquez.url)
    assert (done.problem, done.waiting) == (None, [])
    assert {path for path, _, _ in marquez.took} == {"/api/v1/lineage"}
    events = [event for _, _, event in marquez.took]
    assert done.events == len(events) == 2 * len(done.runs)
    ends = [one for one in events if one["eventType"] == "COMPLETE"]
    models = [d for one in ends for d in one["outputs"] if "datasetType" in d["facets"]]
    assert models
    for event in events:
        told, _ = heard(event)
        assert told.problems == []
        assert UUID(event["run"]["runId"])
        assert event["job"]["namespace"] == "team"
        for facet in [*event["run"]["facets"].values(), *event["job"]["facets"].values()]:
            assert facet["_producer"].startswith("https://")
            assert facet["_schemaURL"].startswith("https://")


def test_what_was_told_is_met_again_by_its_content(folder, tmp_path):
    sent(folder, str(tmp_path / "runs.ndjson"))
    events = [json.loads(line) for line in (tmp_path / "runs.ndjson").read_text().splitlines()]
    with open_store(folder) as ours, open_store(tmp_path / "other", create=True) as theirs:
        receiver = Receiver(theirs)
        assert set(receiver.take(events)) == {None}
        receiver.settle()
        (name,) = theirs.names("model")
        (version,) = theirs.versions("model", name.name)
        assert ours.node(version.artifact).kind == "model"
        data = [id for id in theirs.closure([version.artifact], "up").depths if ours.node(id)]
        assert any(ours.node(id).kind == "data" for id in data if ours.node(id).type == "artifact")


def test_what_is_not_taken_waits_for_the_next_emit(folder, marquez):
    marquez.broken = True
    failed = sent(folder, marquez.url)
    assert "503" in failed.problem
    assert failed.runs == []
    assert waiting(Place(folder=folder), marquez.url) == failed.waiting != []
    marquez.broken = False
    marquez.took.clear()
    again = sent(folder, marquez.url, None)
    assert again.runs == failed.waiting
    assert (again.waiting, sent(folder, marquez.url, None).runs) == ([], [])


def test_the_key_goes_along(folder, marquez, monkeypatch):
    monkeypatch.setenv("OPENLINEAGE_API_KEY", "k")
    sent(folder, marquez.url)
    assert {key for _, key, _ in marquez.took} == {"Bearer k"}


def test_what_came_from_openlineage_is_not_sent_on(tmp_path, marquez):
    run = "01a207c0-0000-7000-8000-000000000001"
    event = {"eventTime": "2026-03-01T12:00:00Z", "eventType": "COMPLETE", "run": {"runId": run},
             "job": {"namespace": "n", "name": "j"}}  # fmt: skip
    with open_store(tmp_path / ".forebear", create=True) as store:
        Receiver(store).take([event])
    done = sent(tmp_path / ".forebear", marquez.url, f"run:{run}")
    assert (done.omitted, done.runs, marquez.took) == (1, [], [])


@pytest.mark.parametrize("said", ["", "openlineage:", "ftp://host/x", "openlineage:s3://bucket/x"])
def test_what_is_no_receiver_is_said(said):
    with pytest.raises(InvalidInput, match="no place for events"):
        receiver(said)


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ("http://m:5000", "http://m:5000/api/v1/lineage"),
        ("openlineage:https://d/openapi/openlineage/api/v1/lineage",
         "https://d/openapi/openlineage/api/v1/lineage"),
        ("http://d/openapi/openlineage/", "http://d/openapi/openlineage/api/v1/lineage"),
    ],
)  # fmt: skip
def test_where_a_receiver_takes_events(said, where):
    assert receiver(said) == where


def test_nothing_raises_or_waits_at_the_end_of_a_run(folder):
    emit_later(Place(folder=folder / "none" / "\0"), "openlineage:x.ndjson", "run")


def test_run_sends_when_it_has_ended(tmp_path):
    script = tmp_path / "train.py"
    script.write_text("open('out.txt', 'w').write('x')")
    refused = forebear("run", "--emit", "nonsense", "train.py", cwd=tmp_path)
    assert (refused.returncode, (tmp_path / "out.txt").exists()) == (2, False)
    done = forebear("run", "--emit", "openlineage:runs.ndjson", "train.py", cwd=tmp_path)
    assert done.returncode == 0
    ended = forebear("emit", "openlineage", "--to", "runs.ndjson", "--json", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    events = [json.loads(one) for one in (tmp_path / "runs.ndjson").read_text().splitlines()]
    assert [one["eventType"] for one in events] == ["START", "COMPLETE"]
    assert events[1]["outputs"][0]["name"] == str(tmp_path / "out.txt")


def test_what_was_started_by_another_tool_is_told_below_it(tmp_path):
    (tmp_path / "train.py").write_text("open('out.txt', 'w').write('x')")
    id = str(UUID(int=7))
    above = {"OPENLINEAGE_PARENT_ID": f"airflow/shop.train/{id}"}
    done = forebear("run", "train.py", cwd=tmp_path, env={**os.environ, **above})
    assert done.returncode == 0
    sent = forebear("emit", "openlineage", "out.txt", "--to", "runs.ndjson", cwd=tmp_path)
    assert sent.returncode == 0, sent.stderr
    for line in (tmp_path / "runs.ndjson").read_text().splitlines():
        parent = json.loads(line)["run"]["facets"]["parent"]
        assert (parent["run"], parent["job"]["name"]) == ({"runId": id}, "shop.train")
