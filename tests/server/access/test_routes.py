"""Nothing is served that declares no permission, and nothing without being asked who asks."""

import pytest
from starlette.requests import Request
from starlette.routing import Route

from forebear.core.access import ALL, ROLES, SCOPES, anybody
from forebear.core.access import permissions_of as permissions_of_grants
from forebear.ops.table import operations
from forebear.server.endpoints import Endpoint, GuardedRoute
from forebear.server.mlflow import table

PARTS = {
    f"{root}/{{api}}/{{version}}/mlflow-artifacts/mpu/part/{{id}}{number}"
    for root in ("", "/mlflow", "/mlflow/{space}")
    for number in ("", "/{number:int}")
}
"""Parts of large files go where a secret in the address says, as with stores in the cloud."""
OPEN = {
    "/",
    "/ui",
    "/ui/{path:path}",
    "/mlflow",
    "/mlflow/{space}",
    "/healthz",
    "/readyz",
    "/api/v1/account-setup",
    "/api/v1/session",
    "/api/v1/sign-in",
    "/api/v1/sign-in/oidc",
    "/api/v1/sign-in/oidc/callback",
    *(
        f"{root}/{what}"
        for root in ("", "/mlflow", "/mlflow/{space}")
        for what in ("health", "version")
    ),
    *PARTS,
}
"""All that is for anybody: it tells nothing of the store, and changes nothing without a secret."""


def filled(path):
    for part in ("{path:path}", "{rest:path}", "{digest}", "{run}", "{space}"):
        path = path.replace(part, "x")
    path = path.replace("{id}", "0" * 64).replace("{number:int}", "1")
    return path.replace("{api}", "api").replace("{version}", "2.0")


def closed(house):
    return [one for one in house.app.routes if one.permission != "anybody"]


def test_every_route_of_every_skin_declares_a_permission(house):
    assert len(house.app.routes) > 150
    for one in house.app.routes:
        assert isinstance(one, GuardedRoute), f"{one!r} has no permission"
        assert one.permission in ALL or one.path in OPEN, one.path
    assert {one.path for one in house.app.routes if one.permission == "anybody"} == OPEN


def test_whoever_has_no_id_of_an_upload_sends_no_part(house):
    for path in PARTS:
        method = "PUT" if path.endswith("int}") else "GET"
        answer = house.with_(None).request(method, filled(path))
        assert answer.status_code == 404, path


def test_nobody_known_sees_nothing(house):
    store = house.service.store_for(anybody())
    assert (store.runs(), list(store.events()), store.names("model")) == ([], [], [])
    assert anybody().sees == frozenset()


def test_every_operation_and_call_declares_a_permission():
    assert all(one.permission in ALL for one in operations().values())
    assert all(one.permission in ALL for one in table.calls())


def test_no_endpoint_is_made_without_a_permission():
    async def answer(call):
        raise AssertionError

    with pytest.raises(TypeError, match="permission"):
        Endpoint(method="GET", path="/open", answer=answer)


def test_no_skin_adds_a_route_of_another_kind(house):
    assert {type(one) for one in house.app.routes} == {GuardedRoute}
    assert issubclass(GuardedRoute, Route)


def test_nobody_unknown_is_answered_anything(house):
    before = house.store.head()
    for one in closed(house):
        (method,) = one.methods - {"HEAD"}
        answer = house.with_(None).request(method, filled(one.path))
        assert answer.status_code == 401, one.path
    assert house.store.head() == before


def test_a_refusal_is_in_the_words_of_who_asks(house):
    ours = house.with_(None).get("/api/v1/models")
    assert ours.headers["content-type"] == "application/problem+json"
    assert ours.json()["code"] == "unauthenticated"
    assert ours.headers["www-authenticate"].startswith("Bearer")
    theirs = house.with_(None).get("/api/2.0/mlflow/experiments/get?experiment_id=0")
    assert (theirs.status_code, theirs.json()["error_code"]) == (401, "UNAUTHENTICATED")


def test_whoever_is_known_and_has_no_role_is_answered_nothing(house):
    nobody = house.as_("nobody")
    before = house.store.head()
    for one in closed(house):
        if one.permission != "self":
            (method,) = one.methods - {"HEAD"}
            answer = nobody.request(method, filled(one.path))
            assert answer.status_code == 403, one.path
    assert house.store.head() == before


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_may_what_the_table_says_and_no_more(house, role):
    asking = house.as_(role, (role, "*"))
    before = house.store.head()
    for one in closed(house):
        if one.permission in {*ROLES[role], "self"}:
            continue
        (method,) = one.methods - {"HEAD"}
        answer = asking.request(method, filled(one.path))
        assert answer.status_code == 403, (role, method, one.path)
    assert house.store.head() == before
    assert asking.get("/api/v1/models").status_code == 200


def test_the_roles_are_these():
    assert ROLES["viewer"] == {"read"}
    assert ROLES["contributor"] == {"read", "write"}
    assert ROLES["approver"] == {"read", "approve"}
    assert ROLES["auditor"] == {"read", "audit"}
    assert ROLES["admin"] == ALL - {"self"}
    assert permissions_of_grants([], SCOPES) == {}


def test_what_is_asked_is_looked_at_only_after_who_asks(house, monkeypatch):
    async def read(self):
        raise AssertionError("the body was read")

    monkeypatch.setattr(Request, "body", read)
    monkeypatch.setattr(Request, "stream", read)
    assert house.with_(None).post("/api/v1/alias", {"name": "churn"}).status_code == 401
    assert house.as_("nobody").post("/api/v1/alias", {"name": "churn"}).status_code == 403
