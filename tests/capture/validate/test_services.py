"""Services as they are: slow, busy, behind a login, elsewhere, cut off half-way."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

TEST = ["--on", "test.csv", "--target", "income", "--timeout", "2"]
TOKEN = "quite-a-secret"


class Service(BaseHTTPRequestHandler):
    asked = 0

    def log_message(self, *_):
        pass

    def do_POST(self):
        rows = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["instances"]
        said = json.dumps({"predictions": [">50K" if r["age"] > 45 else "<=50K" for r in rows]})
        getattr(self, self.path.strip("/"))(said.encode())

    def answer(self, code, body, **headers):
        self.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def busy(self, said):
        Service.asked += 1
        self.answer(503 if Service.asked == 1 else 200, said)

    def drops(self, said):
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        for place in range(40):
            try:
                self.wfile.write(said[place : place + 1])
            except OSError:
                return
            time.sleep(0.2)

    def half(self, said):
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said[:100])

    def moved(self, said):
        self.answer(302, b"", Location="/login?token=abc")

    def login(self, said):
        self.answer(200, b"<html>", Content_Type="text/html")

    def nothing(self, said):
        self.answer(200, b"")

    def closed(self, said):
        known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        self.answer(200 if known else 401, said if known else b'{"detail": "who are you?"}')


@pytest.fixture
def service():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Service.asked = 0
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("drops", "did not answer within 2 s"),
        ("half", "broke off in the middle of its answer"),
        ("moved", "/login?token=[REDACTED"),
        ("login", "answered with text/html, not JSON"),
        ("nothing", "answered with nothing"),
        ("closed", "answered 401 Unauthorized: who are you?"),
    ],
)
def test_what_is_no_answer_is_told_in_a_sentence(run, service, path, said):
    code, _, err = run("validate", f"{service}/{path}", *TEST)
    assert code == 2
    assert said in err
    assert service in err


def test_a_service_that_is_busy_is_asked_again(run, service):
    assert run("validate", f"{service}/busy", *TEST)[0] == 0
    assert Service.asked == 2


def test_a_token_comes_from_the_environment_and_is_kept_nowhere(run, folder, service, monkeypatch):
    monkeypatch.setenv("MODEL_TOKEN", TOKEN)
    header = "Authorization: Bearer $MODEL_TOKEN"
    monkeypatch.setattr("sys.argv", ["forebear", "validate", "--header", f"X-Key: {TOKEN}"])
    words = ["validate", f"{service}/closed", *TEST, "--header", header]
    code, _, err = run(*words, "--header", f"X-Key: {TOKEN}")
    assert code == 0, err
    kept = [one for one in Path(".forebear").rglob("*") if one.is_file()]
    assert kept
    assert not any(TOKEN.encode() in one.read_bytes() for one in kept)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Authorization", "'Authorization' is no header."),
        ("X-Key: $NOT_THERE", "needs 'NOT_THERE', which the environment does not have"),
        ("X-Key: $", "has a $ without a name"),
    ],
)
def test_what_is_no_header_is_refused(run, service, header, said):
    code, _, err = run("validate", f"{service}/closed", *TEST, "--header", header)
    assert code == 2
    assert said in err
