"""Sessions of browsers: begun with a token, in a cookie, good for this server's own pages."""

from http.cookies import SimpleCookie

import pytest
from anyio import sleep

from forebear.core.secrets import digest_of, is_secret

OWN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


def begun(house, name="ada", **more):
    answer = house.with_(None).post(
        "/api/v1/session", {"token": house.token(name, **more)}, headers=OWN
    )
    assert answer.status_code == 200
    return answer


def cookie(answer):
    (morsel,) = SimpleCookie(answer.headers["set-cookie"]).values()
    return morsel


@pytest.fixture
def ada(house):
    house.account("ada", ("contributor", "default"))
    return {"Cookie": f"forebear={cookie(begun(house)).value}"}


def test_the_cookie_is_out_of_reach(house):
    morsel = cookie(begun(house))
    assert is_secret(morsel.value, "session")
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "lax", "/")
    assert morsel.key == "forebear"
    assert 0 < int(morsel["max-age"]) <= 12 * 3600


def test_over_https_it_is_for_https_only(house):
    answer = house._http.post(
        "https://localhost/api/v1/session", json={"token": house.token("ada")}
    )
    morsel = cookie(answer)
    assert (morsel.key, morsel["secure"]) == ("__Host-forebear", True)


def test_a_session_asks_and_does(house, ada):
    browser = house.with_(None, **ada)
    assert browser.get("/api/v1/whoami").json()["name"] == "ada"
    said = {"name": "churn", "alias": "a", "version": 1}
    assert browser.post("/api/v1/alias", said, headers=OWN).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_what_is_not_said_by_our_own_page_changes_nothing(house, ada, headers):
    before = house.store.head()
    said = {"name": "churn", "alias": "a", "version": 1}
    answer = house.with_(None, **ada).post("/api/v1/alias", said, headers=headers)
    assert answer.status_code == 403
    assert house.store.head() == before


def test_no_page_of_a_stranger_begins_a_session(house):
    said = {"token": house.token("ada")}
    answer = house.with_(None).post(
        "/api/v1/session", said, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_over_https_a_page_that_came_over_http_is_a_strangers(house):
    token, ours = house.token("ada"), {"Origin": "https://localhost"}

    def begin(origin):
        return house._http.post(
            "https://localhost/api/v1/session", json={"token": token}, headers=origin
        )

    assert begin({"Origin": "http://localhost"}).status_code == 403
    morsel = cookie(begin(ours))
    said = {"name": "churn", "alias": "a", "version": 1}
    for origin, status in (({"Origin": "http://localhost"}, 403), (ours, 200)):
        headers = {"Cookie": f"{morsel.key}={morsel.value}", **origin}
        house.account("ada", ("contributor", "default"))
        answer = house._http.post("https://localhost/api/v1/alias", json=said, headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize("path", ["session", "account-setup"])
def test_of_anybody_little_is_read_and_not_for_long(house, monkeypatch, path):
    def ask(body):
        return house.with_(None).request(
            "POST", f"/api/v1/{path}", content=body, headers={"Content-Type": "application/json"}
        )

    answer = ask(b'{"token": "' + b"x" * (16 << 10) + b'"}')
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")

    async def drip(request, most):
        await sleep(5)

    monkeypatch.setattr("forebear.server.endpoints.read_body", drip)
    monkeypatch.setattr("forebear.server.endpoints._LITTLE_WITHIN", 0.01)
    answer = ask(b"{}")
    assert (answer.status_code, answer.json()["code"]) == (408, "too-slow")


def test_it_ends_when_it_is_ended(house, ada):
    browser = house.with_(None, **ada)
    assert browser.request("DELETE", "/api/v1/session", headers=OWN).status_code == 204
    assert browser.get("/api/v1/whoami").status_code == 401


def test_it_ends_with_its_token_and_its_account(house):
    house.account("ada", ("viewer", "default"))
    secret = house.token("ada")
    said = house.with_(None).post("/api/v1/session", {"token": secret}, headers=OWN)
    browser = house.with_(None, Cookie=f"forebear={cookie(said).value}")
    assert browser.get("/api/v1/whoami").status_code == 200
    house.with_(secret).call("token-revoke", id=house.kept.token(digest_of(secret)).id)
    assert browser.get("/api/v1/whoami").status_code == 401


def test_it_reaches_as_far_as_its_token(house):
    house.account("ada", ("contributor", "a"), ("contributor", "b"))
    said = begun(house, scopes=["read"], workspace="a")
    browser = house.with_(None, Cookie=f"forebear={cookie(said).value}")
    assert browser.get("/api/v1/whoami").json()["permissions"] == {"a": ["read"]}


def test_a_session_is_no_token_and_a_token_no_session(house, ada):
    secret = ada["Cookie"].partition("=")[2]
    assert house.with_(secret).get("/api/v1/whoami").status_code == 401
    token = house.token("ada")
    assert house.with_(None, Cookie=f"forebear={token}").get("/api/v1/whoami").status_code == 401
