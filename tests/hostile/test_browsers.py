"""Pages of strangers in a browser on the same machine: on every route, not on a list of them."""

import re

import pytest
from starlette.websockets import WebSocketDisconnect

FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:1"},
    {"Sec-Fetch-Site": "cross-site"},
]
SIMPLE = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
"""What a page may send to another origin without asking first."""


def addresses(http, *, changing):
    for route in http.app.routes:
        for method in sorted(route.methods - {"HEAD"}):
            if (method != "GET") == changing:
                path = re.sub(r"\{api\}", "api", route.path).replace("{version}", "2.0")
                path = path.replace("{rest:path}", "runs/create")
                yield method, re.sub(r"\{\w+(:\w+)?\}", "1", path)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_page_of_a_stranger_changes_nothing_anywhere(attack, http, store, headers):
    before, tried = store.head(), 0
    for method, path in addresses(http, changing=True):
        tried += 1
        more = {"Content-Type": "application/json", **headers}
        assert attack(method, path, content=b'{"name": "x"}', headers=more).status_code == 403
    assert tried > 100
    assert store.head() == before


@pytest.mark.parametrize("said", SIMPLE)
def test_what_needs_no_leave_of_a_browser_changes_nothing(attack, http, store, said):
    before, blobs = store.head(), list(store.blobs.digests())
    for method, path in addresses(http, changing=True):
        if method == "POST" and not path.endswith("/ledger/events"):
            attack(method, path, content=b"name=x", headers={"Content-Type": said})
    assert store.head() == before
    assert list(store.blobs.digests()) == blobs


@pytest.mark.parametrize("agent", ["curl/8", "Mozilla/5.0", "forebear/1", ""])
def test_the_agent_that_is_said_makes_no_difference(attack, http, agent):
    headers = {"User-Agent": agent, "Origin": "https://evil.example"}
    for method, path in addresses(http, changing=True):
        assert attack(method, path, content=b"{}", headers=headers).status_code == 403


def test_looking_changes_nothing(attack, http, store):
    before = store.head()
    for method, path in addresses(http, changing=False):
        if not path.startswith("/ui"):
            attack(method, path)
    assert store.head() == before


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "169.254.169.254"])
def test_no_route_answers_for_another_host(attack, http, host):
    for changing in (True, False):
        for method, path in addresses(http, changing=changing):
            assert attack(method, path, headers={"Host": host}).status_code == 421


def test_nothing_is_served_over_a_websocket(http):
    for path in ("/", "/ui/", "/api/v1/models", "/api/v1/live/x"):
        with pytest.raises(WebSocketDisconnect), http.websocket_connect(path):
            pass


def test_no_answer_may_be_read_or_framed_elsewhere(attack, http):
    for changing in (True, False):
        for method, path in addresses(http, changing=changing):
            if path.startswith("/ui"):
                continue
            headers = attack(method, path, headers={"Origin": "http://localhost"}).headers
            assert "access-control-allow-origin" not in headers
            assert headers["x-frame-options"] == "DENY"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_headers_beyond_measure_are_refused_or_ignored(attack):
    for name, value in (
        ("X-Long", "x" * 60_000),
        ("Cookie", "; ".join(f"a{n}=b" for n in range(3000))),
        ("Accept-Encoding", "gzip, " * 5000),
        ("If-None-Match", '"x", ' * 5000),
        ("X-Forwarded-For", "127.0.0.1, " * 5000),
        ("Content-Length", "-1"),
        ("Authorization", "Bearer " + "x" * 60_000),
        ("Forebear-Workspace", "../" * 1000),
        ("Range", "bytes=0-0," * 5000),
    ):
        attack("GET", "/api/v1/models", headers={name: value})
