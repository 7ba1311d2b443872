"""The first admin is made with a token that is good once and not for long; there is no default."""

from datetime import timedelta

import pytest

from forebear.core.clock import now
from forebear.core.errors import InvalidInput
from forebear.core.secrets import digest_of, new_secret
from forebear.server.running import Settings, _with_access


def test_a_set_up_token_makes_one_admin(house):
    secret = house.setup_token()
    made = house.with_(None).call("account-setup", token=secret, name="ada")
    assert house.with_(made["token"]).call("whoami")["permissions"]["*"] == [
        "admin", "approve", "audit", "read", "write",
    ]  # fmt: skip
    house.with_(None).call("account-setup", 401, token=secret, name="eve")
    assert [one.name for one in house.kept.accounts()] == ["ada"]


def test_whoever_has_none_that_is_good_becomes_nothing(house):
    over, ended = house.setup_token(lasts=timedelta(seconds=-1)), house.setup_token()
    house.kept.end_setup(now())
    for secret in (over, ended, new_secret("setup"), new_secret("api"), "", "x" * 10_000):
        house.with_(None).call("account-setup", 401, token=secret, name="eve")
    assert house.kept.is_empty()


def test_it_makes_nobody_where_there_is_somebody(house):
    secret = house.setup_token()
    house.account("ada", ("viewer", "default"))
    house.with_(None).call("account-setup", 401, token=secret, name="eve")
    assert house.kept.account("eve") is None


def test_it_opens_nothing_else(house):
    assert house.with_(house.setup_token()).get("/api/v1/models").status_code == 401


@pytest.mark.parametrize("name", ["", " ", "a b", "../x", "é" * 3, "-x", "x" * 200, "<script>"])
def test_names_are_plain(house, name):
    house.with_(None).call("account-setup", 400, token=house.setup_token(), name=name)
    assert house.kept.is_empty()


def test_a_page_of_a_stranger_sets_nothing_up(house):
    said = {"token": house.setup_token(), "name": "eve"}
    headers = {"Origin": "https://evil.example"}
    answer = house.with_(None).post("/api/v1/account-setup", said, headers=headers)
    assert answer.status_code == 403
    assert house.kept.is_empty()


@pytest.mark.parametrize(
    ("host", "access", "wanted"),
    [
        ("127.0.0.1", "auto", "single"),
        ("127.0.0.1", "accounts", "accounts"),
        ("0.0.0.0", "auto", "accounts"),
        ("::", "auto", "accounts"),
    ],
)
def test_whom_a_server_lets_in(store, host, access, wanted):
    folder = str(store.blobs.root.parent)
    settings, secret = _with_access(Settings(store=folder, host=host, access=access))
    assert settings.access == wanted
    assert (secret is not None) == (wanted == "accounts")
    if secret is not None:
        assert store.accounts.token(digest_of(secret)).is_good(now())


def test_each_start_ends_the_token_of_the_one_before(store):
    settings = Settings(store=str(store.blobs.root.parent), access="accounts")
    _, first = _with_access(settings)
    _, second = _with_access(settings)
    assert not store.accounts.token(digest_of(first)).is_good(now())
    assert store.accounts.token(digest_of(second)).is_good(now())


def test_a_store_with_accounts_is_never_open_to_all(house):
    house.account("ada", ("admin", "*"))
    folder = str(house.store.blobs.root.parent)
    settings, secret = _with_access(Settings(store=folder))
    assert (settings.access, secret) == ("accounts", None)


def test_no_single_user_is_everybody_on_the_network(store):
    settings = Settings(store=str(store.blobs.root.parent), host="0.0.0.0", access="single")
    with pytest.raises(InvalidInput, match="other machines"):
        _with_access(settings)


def test_strangers_are_told_nothing_of_the_store(house):
    assert house.with_(None).get("/readyz").json() == {}
    assert house.with_(None).get("/healthz").text == "ok\n"
