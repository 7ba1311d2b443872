"""Nobody passes by the doorkeeper, and no page of a stranger gets past it."""

import pytest

from forebear.core.access import Principal, single_user
from forebear.core.errors import Forbidden
from forebear.server.access import SingleUser, is_loopback

OPEN = {"/healthz", "/readyz", "/api/v1/account-setup", "/api/v1/session", "/api/v1/sign-in"} | {
    f"{root}/{what}"
    for root in ("", "/mlflow", "/mlflow/{space}")
    for what in ("health", "version")
}
CALLS = "/mlflow/{rest:path}"
"""What MLflow's clients call: each call says itself what it needs (`test_mlflow`)."""


READER = Principal(name="auditor", permissions={"default": frozenset(["read"])})


async def admit_a_reader(self, request, permission):
    return READER


def test_what_changes_something_needs_the_permission_to_write(http):
    for one in http.app.routes:
        if one.path.endswith(CALLS):
            continue
        if one.methods - {"GET", "HEAD"} and one.permission == "read":
            assert one.methods == {"POST"}, f"{one.path} changes something"


def test_whoever_may_only_read_cannot_write(http, store, monkeypatch):
    monkeypatch.setattr(SingleUser, "admit", admit_a_reader)
    before = store.head()
    assert http.get("/api/v1/models").status_code == 200
    refused = []
    for one in http.app.routes:
        if one.permission not in {"read", "self", "anybody"}:
            (method,) = one.methods - {"HEAD"}
            answer = http.request(method, one.path.replace("{digest}", "x"))
            refused.append(answer.status_code)
    assert len(refused) > 5
    assert set(refused) == {403}
    assert store.head() == before


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "localhost.evil.example", "127.0.0.1.nip.io", ""]
)
def test_another_host_is_answered_nowhere(http, host):
    for one in http.app.routes:
        if one.permission != "anybody" or one.path in OPEN:
            (method,) = one.methods - {"HEAD"}
            answer = http.request(method, one.path, headers={"Host": host})
            assert answer.status_code in {400, 421}, one.path


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1:8765", "[::1]:8765"])
def test_this_machine_is_answered(http, host):
    assert http.get("/api/v1/models", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_a_stranger_changes_nothing(http, store, headers):
    before = store.head()
    said = {"name": "churn", "alias": "a", "version": 1}
    answer = http.post("/api/v1/alias", json=said, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert store.head() == before


def test_its_own_page_may(http):
    said = {"name": "churn", "alias": "a", "version": 1}
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert http.post("/api/v1/alias", json=said, headers=headers).status_code == 200


def test_no_answer_is_for_frames_or_guessing_browsers(http):
    for path in ("/api/v1/models", "/api/v1/nothing", "/healthz", "/openapi.json"):
        headers = http.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


def test_a_principal_must_have_the_permission():
    READER.must("read")
    READER.must("anybody")
    with pytest.raises(Forbidden, match="auditor may not"):
        READER.must("write")
    single_user("ada").must("admin")


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("::1", True), ("[::1]", True), ("localhost", True), ("0.0.0.0", False),
     ("::", False), ("10.0.0.1", False), ("example.com", False)],
)  # fmt: skip
def test_which_addresses_are_of_this_machine_only(host, own):
    assert is_loopback(host) is own
