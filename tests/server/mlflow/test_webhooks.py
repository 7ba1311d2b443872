"""Webhooks: made over MLflow's interface, told off the request's path, never inside by accident."""

import base64
import hashlib
import hmac
import json
import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from forebear.cli import main
from forebear.client.notify_http import Refused
from forebear.core.errors import StoreError
from forebear.core.events import AliasMoved
from forebear.server.mlflow import webhooks
from forebear.server.mlflow.webhooks import Deliverer, Hooks
from server.mlflow.wire import Client
from serving import asked

CREATED = {"entity": "MODEL_VERSION", "action": "CREATED"}
ALIAS = {"entity": "MODEL_VERSION_ALIAS", "action": "CREATED"}
ALL = [
    {"entity": "REGISTERED_MODEL", "action": "CREATED"},
    CREATED,
    {"entity": "MODEL_VERSION_TAG", "action": "SET"},
    {"entity": "MODEL_VERSION_TAG", "action": "DELETED"},
    ALIAS,
    {"entity": "MODEL_VERSION_ALIAS", "action": "DELETED"},
]


@pytest.fixture
def hooks(store):
    return Hooks(store.blobs.root.parent / "webhooks", ["127.0.0.0/8"])


@pytest.fixture
def deliverer(hooks, store):
    """What tells, done by hand."""
    stopping = threading.Event()
    stopping.set()
    made = Deliverer(hooks, store, stopping)
    made.close()
    return made


@pytest.fixture
def mlflow(store, hooks, monkeypatch):
    monkeypatch.setattr(webhooks, "_EVERY", 3600)
    with asked(store, webhooks_to=hooks.allow) as http:
        yield Client(http)


@pytest.fixture
def receiver():
    """A receiver: its address, what it was told, what it answers next."""
    told, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.append((dict(self.headers), body))
            self.send_response(answers.pop(0) if answers else 200)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", told, answers
    server.shutdown()
    server.server_close()


def make(mlflow, url, events=ALL, **more):
    said = {"name": "ci", "url": url, "events": events, **more}
    return mlflow.post("webhooks", **said)["webhook"]


def register(mlflow, name="churn"):
    mlflow.post("registered-models/create", name=name, description="who leaves")
    said = {"name": name, "source": "s3://there/model", "tags": [{"key": "a", "value": "1"}]}
    mlflow.post("model-versions/create", **said)


class TestTelling:
    def test_what_happens_to_models_is_told_in_order_of_the_ledger(
        self, mlflow, receiver, deliverer
    ):
        url, told, _ = receiver
        make(mlflow, url)
        register(mlflow)
        mlflow.post("registered-models/alias", name="churn", alias="best", version="1")
        mlflow.post("model-versions/set-tag", name="churn", version="1", key="b", value="2")
        mlflow.ask("DELETE", "model-versions/delete-tag", name="churn", version="1", key="a")
        mlflow.ask("DELETE", "registered-models/alias", name="churn", alias="best")
        deliverer.look()
        said = sorted(
            (f"{one['entity']}.{one['action']}", one["data"])
            for one in (json.loads(body) for _, body in told)
        )
        assert said == [
            ("model_version.created", {
                "name": "churn", "version": "1", "source": "s3://there/model", "run_id": None,
                "tags": {"a": "1"}, "description": None,
            }),
            ("model_version_alias.created", {"name": "churn", "alias": "best", "version": "1"}),
            ("model_version_alias.deleted", {"name": "churn", "alias": "best"}),
            ("model_version_tag.deleted", {"name": "churn", "version": "1", "key": "a"}),
            ("model_version_tag.set",
             {"name": "churn", "version": "1", "key": "b", "value": "2"}),
            ("registered_model.created",
             {"name": "churn", "tags": {}, "description": "who leaves"}),
        ]  # fmt: skip
        deliverer.look()
        assert len(told) == 6

    def test_a_move_by_our_own_command_is_told_too(self, mlflow, store, receiver, deliverer):
        url, told, _ = receiver
        make(mlflow, url, [ALIAS])
        register(mlflow)
        moved = AliasMoved(kind="model", name="churn", alias="prod", version=1, by="ada")
        store.append([moved])
        deliverer.look()
        assert [json.loads(body)["data"]["alias"] for _, body in told] == ["prod"]

    def test_it_is_signed_as_mlflow_does(self, mlflow, receiver, deliverer):
        url, told, _ = receiver
        made = make(mlflow, url, [CREATED], secret="hush")
        assert "secret" not in made
        register(mlflow)
        deliverer.look()
        headers, body = told[0]
        said = f"{headers['X-MLflow-Delivery-Id']}.{headers['X-MLflow-Timestamp']}.".encode()
        right = hmac.new(b"hush", said + body, hashlib.sha256).digest()
        assert headers["X-MLflow-Signature"] == f"v1,{base64.b64encode(right).decode()}"

    def test_only_what_is_asked_for_by_who_is_active(self, mlflow, receiver, deliverer):
        url, told, _ = receiver
        make(mlflow, url, [ALIAS])
        other = make(mlflow, url, [CREATED])
        mlflow.ask("PATCH", f"webhooks/{other['webhook_id']}", status="DISABLED")
        register(mlflow)
        deliverer.look()
        assert told == []

    def test_of_another_workspace_and_of_what_was_before_nothing_is_told(
        self, mlflow, receiver, deliverer
    ):
        url, told, _ = receiver
        register(mlflow, "before")
        make(mlflow, url)
        register(Client(mlflow.http, "/mlflow/team"))
        deliverer.look()
        assert told == []

    def test_what_could_not_be_told_is_told_later(self, mlflow, receiver, deliverer, hooks):
        url, told, answers = receiver
        answers += [503, 200]
        make(mlflow, url, [CREATED])
        register(mlflow)
        deliverer.look()
        ((file, waits),) = hooks.waiting()
        assert (waits.tries, len(told)) == (1, 1)
        deliverer.look()
        assert len(told) == 1  # it is not due yet
        hooks.put(file.stem.removeprefix("told-"), type(waits)(hook=waits.hook, body=waits.body,
                                                               due=0.0, tries=1))  # fmt: skip
        deliverer.look()
        assert hooks.waiting() == []
        ids = {headers["X-MLflow-Delivery-Id"] for headers, _ in told}
        assert (len(told), len(ids)) == (2, 1)

    @pytest.mark.parametrize("status", [400, 302])
    def test_what_is_refused_or_points_elsewhere_is_given_up(
        self, mlflow, receiver, deliverer, hooks, status
    ):
        url, told, answers = receiver
        answers.append(status)
        make(mlflow, url, [CREATED])
        register(mlflow)
        deliverer.look()
        assert (len(told), hooks.waiting()) == (1, [])

    def test_a_test_is_sent_at_once(self, mlflow, receiver):
        url, told, answers = receiver
        id = make(mlflow, url, [CREATED])["webhook_id"]
        assert mlflow.post(f"webhooks/{id}/test")["result"] == {
            "success": True, "response_status": 200, "response_body": "",
        }  # fmt: skip
        assert json.loads(told[0][1])["data"]["name"] == "example_model"
        answers.append(500)
        result = mlflow.post(f"webhooks/{id}/test", event=ALIAS)["result"]
        assert result["success"] is False


class TestKeeping:
    def test_made_listed_changed_deleted(self, mlflow, receiver, hooks, store):
        url, _, _ = receiver
        made = make(mlflow, url, [CREATED], description="tells CI", secret="hush")
        id = made["webhook_id"]
        assert made["events"] == [CREATED]
        assert mlflow.get("webhooks")["webhooks"] == [made]
        changed = mlflow.ask("PATCH", f"webhooks/{id}", name="other", events=[ALIAS])["webhook"]
        assert (changed["name"], changed["events"], changed["description"]) == (
            "other", [ALIAS], "tells CI",
        )  # fmt: skip
        assert mlflow.get(f"webhooks/{id}")["webhook"] == changed
        mlflow.ask("DELETE", f"webhooks/{id}")
        assert mlflow.get("webhooks")["webhooks"] == []
        assert mlflow.refused("GET", f"webhooks/{id}", 404)
        assert list(hooks.folder.glob("hook-*")) == []

    def test_neither_address_nor_secret_is_in_the_ledger(self, mlflow, receiver, store, hooks):
        url, _, _ = receiver
        make(mlflow, url, secret="hush")
        bodies = b"".join(event.body for event in store.events())
        assert b"mlflow.webhook" in bodies
        assert b"hush" not in bodies
        assert url.encode() not in bodies
        (file,) = hooks.folder.glob("hook-*")
        assert os.stat(file).st_mode & 0o077 == 0

    @pytest.mark.parametrize(
        "said",
        [
            {"events": []},
            {"events": [{"entity": "RUN", "action": "CREATED"}]},
            {"status": "ASLEEP"},
            {"url": ""},
            {"url": "file:///etc/passwd"},
            {"url": "https://me:secret@example.org/"},
        ],
    )
    def test_what_makes_no_sense_is_refused(self, mlflow, receiver, said):
        whole = {"name": "ci", "url": receiver[0], "events": ALL, **said}
        assert mlflow.refused("POST", "webhooks", **whole)


class TestNeverInside:
    @pytest.mark.parametrize(
        "url",
        [
            "https://10.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/",
            "https://[::ffff:10.0.0.1]/", "https://192.168.1.1:8080/", "https://0.0.0.0/",
            "https://167772161/", "http://93.184.216.34/",
        ],
    )  # fmt: skip
    def test_addresses_that_nobody_allowed(self, mlflow, url):
        code, message = mlflow.refused("POST", "webhooks", name="x", url=url, events=ALL)
        assert code == "INVALID_PARAMETER_VALUE"
        assert "Invalid webhook URL" in message

    @pytest.mark.parametrize("name", ["a b", "-a", "a.", "x" * 64, "é"])
    def test_what_can_be_no_name(self, mlflow, name):
        url = "https://93.184.216.34/"
        code, message = mlflow.refused("POST", "webhooks", name=name, url=url, events=ALL)
        assert (code, "must start and end" in message) == ("INVALID_PARAMETER_VALUE", True)

    @pytest.mark.parametrize(
        ("url", "part"),
        [("   ", "cannot be empty or just whitespace"), ("ftp://x.org", "URL scheme: 'ftp'")],
    )
    def test_what_is_no_address(self, mlflow, url, part):
        code, message = mlflow.refused("POST", "webhooks", name="x", url=url, events=ALL)
        assert (code, part in message) == ("INVALID_PARAMETER_VALUE", True), message

    def test_a_name_that_means_another_address_later(self, hooks, monkeypatch):
        answers = iter(["93.184.216.34", "10.0.0.1"])

        def looked_up(host, port, **_):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

        monkeypatch.setattr(socket, "getaddrinfo", looked_up)
        hooks.check("https://example.org/hook")
        hook = webhooks.Hook(
            id="x", space="", name="x", url="https://example.org/hook", events=[], status="ACTIVE",
            created=0, updated=0,
        )  # fmt: skip
        with pytest.raises(Refused, match="private"):
            webhooks.deliver(hook, "id", "{}", ())

    def test_a_receiver_that_is_away(self, hooks):
        hook = webhooks.Hook(
            id="x", space="", name="x", url="http://127.0.0.1:9/", events=[], status="ACTIVE",
            created=0, updated=0,
        )  # fmt: skip
        with pytest.raises(StoreError):
            webhooks.deliver(hook, "id", "{}", hooks.allow)

    def test_what_an_operator_allows_is_a_network(self, tmp_path, capsys, store):
        folder = str(store.blobs.root.parent)
        said = ["serve", "--store", folder, "--allow-webhooks-to", "intranet"]
        assert main(said) == 2
        assert "'intranet' is no network" in capsys.readouterr().err
