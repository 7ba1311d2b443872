"""Signing in through a real provider of OpenID Connect, as a browser does it."""

from __future__ import annotations

from datetime import timedelta
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import pytest

from forebear.core.accounts import Account
from forebear.core.clock import now
from forebear.core.ids import new_id
from forebear.server.oidc import Provider
from server.access.house import House
from server.access.provider import SECRET, running, sign_in

START = "/api/v1/sign-in/oidc"
BACK = "http://localhost/api/v1/sign-in/oidc/callback"


@pytest.fixture(scope="module")
def issuer():
    with running(BACK) as address:
        yield address


@pytest.fixture
def house(store, issuer):
    with House(store) as house:
        house.service.provider = Provider(issuer, "forebear", SECRET)
        yield house


def cookies(answer):
    found = SimpleCookie()
    for one in answer.headers.get_list("set-cookie"):
        found.load(one)
    return {name: morsel.value for name, morsel in found.items() if morsel.value}


def begin(house, back="/ui/models"):
    answer = house.with_(None).get(START, params={"back": back}, follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"], cookies(answer)


def come_back(house, address, begun):
    said = "; ".join(f"{name}={value}" for name, value in begun.items())
    path = address.removeprefix("http://localhost")
    return house.with_(None, Cookie=said).get(path, follow_redirects=False)


def signed_in(house, who, back="/ui/models"):
    address, begun = begin(house, back)
    return come_back(house, sign_in(address, who), begun)


def problem(answer):
    assert answer.status_code == 303
    assert "forebear" not in cookies(answer)
    parts = urlsplit(answer.headers["location"])
    assert parts.path == "/ui/sign-in"
    return parse_qs(parts.query)["problem"]


def test_whoever_has_an_account_is_signed_in(house):
    house.account("ada@example.com", ("viewer", "default"))
    answer = signed_in(house, "ada@example.com")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ui/models")
    browser = house.with_(None, Cookie=f"forebear={cookies(answer)['forebear']}")
    assert browser.get("/api/v1/whoami").json()["name"] == "ada@example.com"
    assert browser.get("/api/v1/models").status_code == 200
    (entered,) = [one for one in house.kept.log() if one.route.endswith("/callback")]
    assert (entered.account, entered.status) == (house.account("ada@example.com"), 303)
    assert "code=" not in str(entered)


def test_what_is_sent_to_the_provider_is_bound_to_this_request(house):
    first, second = (parse_qs(urlsplit(begin(house)[0]).query) for _ in range(2))
    assert first["code_challenge_method"] == ["S256"]
    assert first["response_type"] == ["code"]
    assert first["redirect_uri"] == [BACK]
    for one in ("state", "nonce", "code_challenge"):
        assert len(first[one][0]) >= 43
        assert first[one] != second[one]


def test_a_stranger_has_no_account_by_signing_in(house):
    assert problem(signed_in(house, "eve@example.com")) == ["forbidden"]
    assert house.kept.accounts() == []


def test_an_address_that_is_not_verified_is_nobodys(house):
    house.account("ada@example.com", ("viewer", "default"))
    assert problem(signed_in(house, "unverified-ada@example.com")) == ["forbidden"]


def test_the_address_of_an_account_may_pass_to_somebody_else_who_does_not_get_it(house):
    id = house.account("ada@example.com", ("viewer", "default"))
    house.kept.vouch(id, house.service.provider.issuer, "the subject of the first ada")
    assert problem(signed_in(house, "ada@example.com")) == ["forbidden"]


def test_whoever_is_known_by_the_provider_stays_known_under_another_address(house):
    id = house.account("old@example.com", ("viewer", "default"))
    house.kept.vouch(id, house.service.provider.issuer, "new@example.com")
    answer = signed_in(house, "new@example.com")
    browser = house.with_(None, Cookie=f"forebear={cookies(answer)['forebear']}")
    assert browser.get("/api/v1/whoami").json()["name"] == "old@example.com"


def test_a_closed_account_stays_closed(house):
    house.account("ada@example.com", ("viewer", "default"))
    house.admin().call("account-close", name="ada@example.com")
    assert problem(signed_in(house, "ada@example.com")) == ["forbidden"]


def test_an_answer_is_good_once(house):
    house.account("ada@example.com", ("viewer", "default"))
    address, begun = begin(house)
    back = sign_in(address, "ada@example.com")
    assert "forebear" in cookies(come_back(house, back, begun))
    assert problem(come_back(house, back, begun)) == ["unauthenticated"]


def test_an_answer_to_another_browser_is_no_good_in_this_one(house):
    """Else a link would sign somebody in as whoever made it."""
    house.account("eve@example.com", ("viewer", "default"))
    address, _ = begin(house)
    back = sign_in(address, "eve@example.com")
    assert problem(come_back(house, back, {})) == ["unauthenticated"]
    _, other = begin(house)
    assert problem(come_back(house, back, other)) == ["unauthenticated"]


def test_a_code_without_its_verifier_is_no_good(house):
    house.account("ada@example.com", ("viewer", "default"))
    first, begun = begin(house)
    second, other = begin(house)
    code = parse_qs(urlsplit(sign_in(first, "ada@example.com")).query)["code"][0]
    state = parse_qs(urlsplit(second).query)["state"][0]
    injected = f"{BACK}?code={code}&state={state}"
    assert problem(come_back(house, injected, other)) == ["unauthenticated"]
    assert begun


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?code=x&state=y", "?error=access_denied&state=x"]
)
def test_what_makes_no_sense_signs_nobody_in(house, query):
    assert problem(come_back(house, BACK + query, {"forebear-sign-in": "y"})) == ["unauthenticated"]


@pytest.mark.parametrize(
    "back",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "/ui\n/x", "javascript:x",
     "\\\\evil.example", "", "ui/models", "/\t/evil.example"],
)  # fmt: skip
def test_nobody_is_sent_to_a_page_of_a_stranger(house, back):
    house.account("ada@example.com", ("viewer", "default"))
    assert signed_in(house, "ada@example.com", back).headers["location"] == "/ui/"


def test_pages_are_told_how_one_signs_in(house, issuer):
    told = house.with_(None).get("/api/v1/sign-in").json()
    assert told == {"accounts": True, "token": True, "oidc": START, "provider": "127.0.0.1"}
    house.service.provider = None
    assert house.with_(None).get("/api/v1/sign-in").json()["oidc"] is None
    assert house.with_(None).get(START).status_code == 404
    assert issuer


def test_a_provider_that_is_away_is_said(house, caplog):
    house.service.provider = Provider("http://127.0.0.1:9", "forebear")
    answer = house.with_(None).get(START, follow_redirects=False)
    assert problem(answer) == ["no-provider"]
    assert "127.0.0.1:9" in caplog.text
    assert "127.0.0.1:9" not in str(answer.headers)


def test_nothing_is_kept_of_those_who_only_begin(house):
    before = [path.stat().st_size for path in sorted(house.store.blobs.root.parent.glob("*.db*"))]
    for _ in range(20):
        begin(house)
    after = [path.stat().st_size for path in sorted(house.store.blobs.root.parent.glob("*.db*"))]
    assert before == after


def test_what_a_browser_carries_is_over_after_a_while(house, monkeypatch):
    house.account("ada@example.com", ("viewer", "default"))
    monkeypatch.setattr("forebear.server.apis.signing_in._PATIENCE", timedelta(seconds=-1))
    assert problem(signed_in(house, "ada@example.com")) == ["unauthenticated"]


def test_no_service_signs_in_with_a_browser(house):
    made = Account(id=new_id(), name="bot@example.com", kind="service", created=now())
    house.kept.add(made)
    assert problem(signed_in(house, "bot@example.com")) == ["forbidden"]
    assert house.kept.account("bot@example.com").issuer is None


def test_an_admin_says_who_somebody_is_to_the_provider(house, issuer):
    root = house.admin()
    said = {"issuer": issuer, "subject": "unverified-grace@example.com"}
    root.call("account-add", name="grace", **said)
    assert root.call("account-add", 409, name="other", **said)["code"] == "conflict"
    root.call("account-add", 400, name="other", issuer=issuer)
    answer = signed_in(house, "unverified-grace@example.com")
    browser = house.with_(None, Cookie=f"forebear={cookies(answer)['forebear']}")
    assert browser.get("/api/v1/whoami").json()["name"] == "grace"
