"""Accounts and roles: added, given, taken away and closed by admins only."""

import pytest

from forebear.core.errors import Conflict
from forebear.ops.accounts import (
    AccountAddRequest,
    AccountCloseRequest,
    MemberAddRequest,
    MemberRemoveRequest,
    WhoamiRequest,
)


def test_an_account_may_nothing_until_it_has_a_role(house):
    admin = house.admin()
    admin.call("account-add", name="ada")
    ada = house.with_(house.token("ada"))
    assert ada.get("/api/v1/models").status_code == 403
    assert ada.call("whoami")["permissions"] == {}
    assert admin.call("member-add", name="ada", role="viewer")["changed"]
    assert not admin.call("member-add", name="ada", role="viewer")["changed"]
    assert ada.get("/api/v1/models").status_code == 200
    admin.call("member-remove", name="ada", role="viewer")
    assert ada.get("/api/v1/models").status_code == 403


def test_a_name_is_given_once(house):
    admin = house.admin()
    admin.call("account-add", name="ada")
    assert admin.call("account-add", 409, name="ada")["code"] == "conflict"
    admin.call("account-close", name="ada")
    admin.call("account-add", 409, name="ada")
    assert admin.call("member-add", 404, name="ada", role="viewer")["code"] == "not-found"


def test_an_admin_of_one_workspace_gives_roles_there_only(house):
    lead = house.as_("lead", ("admin", "team"))
    house.account("ada")
    lead.call("member-add", name="ada", role="viewer", workspace="team")
    for workspace in ("other", "default", "*"):
        lead.call("member-add", 403, name="ada", role="viewer", workspace=workspace)
    lead.call("account-add", 403, name="eve")
    lead.call("accounts", 403)
    house.account("ada", ("viewer", "other"))
    told = lead.call("members")["members"]
    assert {one["workspace"] for one in told} == {"team"}


def test_the_last_admin_stays(house):
    admin = house.admin()
    assert admin.call("account-close", 409, name="root")["code"] == "conflict"
    admin.call("member-remove", 409, name="root", role="admin", workspace="*")
    house.account("ada", ("admin", "*"))
    admin.call("account-close", name="ada")
    admin.call("account-close", 409, name="root")


@pytest.mark.parametrize("workspace", ["", "a b", "../x", "*x", "x" * 61, "é"])
def test_names_of_workspaces_are_plain(house, workspace):
    house.account("ada")
    house.admin().call("member-add", 400, name="ada", role="viewer", workspace=workspace)


def test_no_such_role(house):
    house.account("ada")
    house.admin().call("member-add", 400, name="ada", role="owner")


def test_whoever_has_the_store_needs_no_account(house):
    owner = house.owner
    told = owner.call(WhoamiRequest())
    assert (told.name, told.signed_in) == ("owner", False)
    owner.call(AccountAddRequest(name="ada"))
    owner.call(MemberAddRequest(name="ada", role="admin", workspace="*"))
    with pytest.raises(Conflict):
        owner.call(AccountCloseRequest(name="ada"))
    with pytest.raises(Conflict):
        owner.call(MemberRemoveRequest(name="ada", role="admin", workspace="*"))


def test_accounts_are_no_events(house):
    before = house.store.head()
    admin = house.admin()
    admin.call("account-add", name="ada")
    admin.call("member-add", name="ada", role="viewer")
    admin.call("token-add", account="ada")
    assert house.store.head() == before
    assert list(house.store.verify()) == []
    house.store.rebuild()
    assert house.kept.account("ada") is not None
