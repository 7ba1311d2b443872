"""Tokens: shown once, kept as digests, narrowed, over one day, revoked at once."""

import base64
from datetime import timedelta

import pytest

from forebear.core.secrets import digest_of, is_secret, new_secret


def test_a_token_opens_and_is_kept_only_as_a_digest(house):
    ada = house.as_("ada", ("contributor", "default"))
    made = ada.call("token-add", name="notebook", expires="30 days")
    secret = made["token"]
    assert is_secret(secret, "api")
    assert house.with_(secret).get("/api/v1/models").status_code == 200
    for file in house.store.blobs.root.parent.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes(), file
    assert secret not in ada.get("/api/v1/tokens").text
    assert digest_of(secret) not in ada.get("/api/v1/tokens").text


def test_a_token_is_no_secret_of_a_known_form_to_others():
    secret = new_secret("api")
    assert secret.startswith("fbr_")
    assert len({new_secret("api") for _ in range(100)}) == 100
    last = "0" if secret[-1] != "0" else "1"
    assert not is_secret(secret[:-1] + last, "api")
    assert not is_secret(secret, "session")
    assert not is_secret(new_secret("setup"), "api")


@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "Basic {}", "BASIC {}"])
def test_how_tokens_travel(house, form):
    secret = house.token("ada")
    house.account("ada", ("viewer", "default"))
    packed = base64.b64encode(f"anyone:{secret}".encode()).decode()
    said = form.format(packed if form.lower().startswith("basic") else secret)
    answer = house.with_(None).get("/api/v1/models", headers={"Authorization": said})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "said",
    ["", "Bearer", "Bearer ", "Bearer x", "Basic !", "Basic eDp4", "Token {}", "{}", "Bearer {} {}",
     "Bearer {}x", "Basic {}"],
)  # fmt: skip
def test_whatever_else_is_said_opens_nothing(house, said):
    secret = house.token("ada")
    house.account("ada", ("viewer", "default"))
    text = said.replace("{}", secret)
    answer = house.with_(None).get("/api/v1/models", headers={"Authorization": text})
    # A scheme of another name is no reason to refuse what is a token; nothing else is one.
    assert answer.status_code == (200 if said == "Token {}" else 401)


def test_a_token_in_an_address_opens_nothing(house):
    secret = house.token("ada")
    house.account("ada", ("viewer", "default"))
    for name in ("token", "access_token", "api_key"):
        assert house.with_(None).get("/api/v1/models", params={name: secret}).status_code == 401


def test_two_headers_open_nothing(house):
    secret = house.token("ada")
    house.account("ada", ("viewer", "default"))
    headers = [("Authorization", f"Bearer {secret}"), ("Authorization", f"Bearer {secret}")]
    assert house._http.get("/api/v1/models", headers=headers).status_code == 401


def test_headers_of_proxies_say_nothing_of_who_asks(house):
    house.account("root", ("admin", "*"))
    said = {"X-Forwarded-User": "root", "X-Remote-User": "root", "X-Actor": "root"}
    assert house.with_(None).get("/api/v1/models", headers=said).status_code == 401


def test_a_token_that_is_over_or_revoked_or_of_a_closed_account_opens_nothing(house):
    house.account("ada", ("viewer", "default"))
    over = house.token("ada", lasts=timedelta(seconds=-1))
    revoked, left = house.token("ada"), house.token("ada")
    known = house.kept.token(digest_of(revoked))
    house.with_(left).call("token-revoke", id=known.id)
    answers = [house.with_(one).get("/api/v1/models") for one in (over, revoked)]
    house.admin().call("account-close", name="ada")
    answers += [
        house.with_(left).get("/api/v1/models"),
        house.with_(new_secret("api")).get("/api/v1/models"),
    ]
    assert {one.status_code for one in answers} == {401}
    assert len({one.text for one in answers}) == 1, "they are told apart"


@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        (["read"], {"models"}),
        (["record"], {"tag"}),
        (["approve"], {"approve"}),
        (["admin"], {"accounts", "access-log"}),
        (["read", "record"], {"models", "tag"}),
    ],
)
def test_a_scope_narrows_what_the_account_may(house, scopes, may):
    asking = house.as_("root", ("admin", "*"), scopes=scopes)
    for name in ("models", "tag", "approve", "accounts", "access-log"):
        answer = asking.post(f"/api/v1/{name}", {})
        assert (answer.status_code != 403) == (name in may), name


def test_a_scope_gives_nothing_that_the_account_may_not(house):
    viewer = house.as_("eve", ("viewer", "default"))
    assert viewer.post("/api/v1/tag", {}).status_code == 403
    assert viewer.get("/api/v1/accounts").status_code == 403


def test_a_token_makes_no_token_that_reaches_further(house):
    narrow = house.as_("root", ("admin", "*"), scopes=["read", "record"])
    narrow.call("token-add", 403, scopes=["admin"])
    narrow.call("token-add", 403, scopes=["read"], expires="365 days")
    house.as_("root").call("token-add", scopes=["admin"])


def test_a_token_for_one_workspace_makes_none_for_others(house):
    bound = house.as_("root", ("admin", "*"), workspace="a")
    bound.call("token-add", 403)
    bound.call("token-add", 403, workspace="b")
    made = house.with_(bound.call("token-add", workspace="a")["token"])
    assert list(made.call("whoami")["permissions"]) == ["a"]
    bound.call("accounts", 403)
    bound.call("member-add", 403, name="root", role="admin", workspace="b")


@pytest.mark.parametrize("said", ["*", "../x", "a b", "x" * 61])
def test_what_is_no_workspace_is_refused(house, said):
    root = house.admin()
    answer = root.request("GET", "/api/v1/whoami", headers={"Forebear-Workspace": said})
    assert answer.status_code in {400, 403}


def test_no_token_is_for_ever(house):
    ada = house.as_("ada", ("viewer", "default"))
    assert ada.call("token-add", 400, expires="3 years")["code"] == "invalid-input"
    assert ada.call("token-add", 400, expires="never")["code"] == "invalid-input"


def test_only_admins_make_tokens_for_others(house):
    house.account("ci", ("contributor", "default"))
    ada = house.as_("ada", ("contributor", "default"))
    ada.call("token-add", 403, account="ci")
    secret = house.admin().call("token-add", account="ci", workspace="default")["token"]
    assert house.with_(secret).call("whoami")["name"] == "ci"


def test_nobody_ends_the_tokens_of_others(house):
    house.account("bob", ("viewer", "default"))
    theirs = house.token("bob")
    id = house.kept.token(digest_of(theirs)).id
    ada = house.as_("ada", ("contributor", "default"))
    unknown = ada.call("token-revoke", 404, id="01234567")
    assert ada.call("token-revoke", 404, id=id)["code"] == unknown["code"]
    assert house.with_(theirs).call("whoami")["name"] == "bob"
    assert [one["account"] for one in ada.call("tokens")["tokens"]] == ["ada"]
    ada.call("tokens", 403, every=True)


def test_a_token_for_one_workspace_is_good_for_no_other(house):
    house.account("ada", ("contributor", "a"), ("contributor", "b"))
    bound = house.with_(house.token("ada", workspace="a"))
    told = bound.call("whoami")
    assert (told["workspace"], list(told["permissions"])) == ("a", ["a"])
    refused = bound.get("/api/v1/models", headers={"Forebear-Workspace": "b"})
    unknown = bound.get("/api/v1/models", headers={"Forebear-Workspace": "c"})
    assert refused.status_code == unknown.status_code == 403
    assert refused.text.replace("'b'", "'c'") == unknown.text


def test_when_a_token_was_used_is_known(house):
    ada = house.as_("ada", ("viewer", "default"))
    (entry,) = ada.call("tokens")["tokens"]
    assert entry["used"] is not None
