"""The log says who did what, from where, and what came of it; it is added to and never changed."""

import sqlite3
import time
from datetime import timedelta

import pytest

from forebear.core.accounts import Access
from forebear.core.clock import now
from forebear.store import LEDGER
from server.access.house import House


def lines(house, **asked):
    return house.admin().call("access-log", **asked)["entries"]


def test_a_deed_is_in_the_log_when_it_is_answered(house):
    ada = house.as_("ada", ("contributor", "default"))
    ada.call("alias", name="churn", alias="best", version=1)
    newest = house.kept.log(limit=1)[0]
    assert (newest.method, newest.route, newest.about) == ("POST", "/api/v1/alias", "churn")
    assert (newest.status, newest.client, newest.workspace) == (200, "testclient", "default")
    assert newest.account == house.account("ada")


def test_what_was_refused_is_in_the_log(house):
    ada = house.as_("ada", ("viewer", "default"))
    ada.call("alias", 403, name="churn", alias="best", version=1)
    newest = house.kept.log(limit=1)[0]
    assert (newest.route, newest.status) == ("/api/v1/alias", 403)


def test_questions_are_in_it_soon(house):
    house.as_("ada", ("viewer", "default")).get("/api/v1/trace?target=churn")
    patience = time.monotonic() + 10
    while not house.kept.log() and time.monotonic() < patience:
        time.sleep(0.05)
    (line,) = house.kept.log()
    assert (line.route, line.about) == ("/api/v1/trace", "churn")


def test_who_may_read_it(house):
    for role, status in [("viewer", 403), ("contributor", 403), ("approver", 403),
                         ("auditor", 200), ("admin", 200)]:  # fmt: skip
        house.as_(role, (role, "*")).call("access-log", status)
    house.as_("lead", ("admin", "team")).call("access-log", 403)


def test_it_is_asked_by_account_time_and_page(house):
    ada, bob = (house.as_(name, ("contributor", "default")) for name in ("ada", "bob"))
    for version in (1, None, 1):
        ada.call("alias", name="churn", alias="a", version=version)
    bob.call("alias", name="churn", alias="b", version=1)
    assert [one["by"] for one in lines(house, account="ada")] == ["ada"] * 3
    first = house.admin().call("access-log", limit=2)
    assert first["more"]
    rest = lines(house, before=first["entries"][-1]["seq"])
    assert rest[0]["seq"] == first["entries"][-1]["seq"] - 1
    assert lines(house, since="2999-01-01") == []
    assert lines(house, since=f"{now():%Y-%m-%d}", account="ada")


def test_no_secret_is_in_it(house):
    secret = house.setup_token()
    made = house.with_(None).call("account-setup", token=secret, name="ada")["token"]
    other = house.with_(made).call("token-add", name="ci")["token"]
    house.with_(made).call("trace", 404, target={"ref": other})
    house.with_(other).get(f"/api/v1/models?token={other}")
    told = house.with_(made).post("/api/v1/access-log", {}).text
    for one in (secret, made, other):
        assert one not in told
        assert one[10:] not in told


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE access SET line = replace(line, 'churn', 'other') WHERE seq = {second}",
        "UPDATE access SET account = 'x' WHERE seq = {second}",
        "DELETE FROM access WHERE seq = {second}",
        "DELETE FROM access WHERE seq = {second} - 1",
    ],
)
def test_a_change_to_it_is_found(house, change):
    ada = house.as_("ada", ("contributor", "default"))
    for version in (1, None, 1):
        ada.call("alias", name="churn", alias="a", version=version)
    second = house.kept.log()[1].seq
    assert house.kept.log_fault() is None
    told = house.admin().call("access-log", verify=True)
    assert told["verified"]
    assert "fault" not in told
    connection = sqlite3.connect(house.store.blobs.root.parent / LEDGER)
    with connection:
        connection.execute(change.format(second=second))
    connection.close()
    assert house.kept.log_fault() in {second - 1, second}


def test_strangers_do_not_fill_it(house):
    for _ in range(100):
        house.with_(None).get("/api/v1/models")
    house.as_("ada", ("contributor", "default")).call("alias", name="churn", alias="a", version=1)
    patience = time.monotonic() + 10
    while len(house.kept.log(limit=1000)) < 2 and time.monotonic() < patience:
        time.sleep(0.05)  # another thread may be about to write them
    assert 1 < len(house.kept.log(limit=1000)) <= 2 * 60 + 1


def test_names_in_it_can_be_erased_and_it_stays_whole(house):
    root = house.admin()
    root.call("account-add", name="ada.lovelace")
    root.call("member-add", name="ada.lovelace", role="contributor")
    ada = house.with_(house.token("ada.lovelace"))
    ada.call("alias", name="churn", alias="best", version=1)
    told = [one.get("about") for one in lines(house)]
    assert told.count("ada.lovelace") == 2
    root.call("erase-identity", name="ada.lovelace")
    assert ada.get("/api/v1/models").status_code == 401
    answer = root.call("access-log", verify=True)
    assert "fault" not in answer
    assert "lovelace" not in str(answer)
    assert "lovelace" not in str(root.call("accounts"))
    for file in house.store.blobs.root.parent.rglob("*"):
        if file.is_file():
            assert b"lovelace" not in file.read_bytes(), file


OLD = now() - timedelta(days=500)


def aged(house, lines=5):
    """Let the log begin with lines that are old, and go on with one of today."""
    old = [
        Access(at=OLD + timedelta(seconds=turn), account=None, method="GET", route="/x", status=200)
        for turn in range(lines)
    ]
    house.kept.note(old)
    house.as_("ada", ("contributor", "default")).call("alias", name="churn", alias="a", version=1)


def changed(house, *changes):
    connection = sqlite3.connect(house.store.blobs.root.parent / LEDGER)
    with connection:
        for change in changes:
            connection.execute(change)
    connection.close()


def test_old_lines_are_taken_out_and_the_rest_is_still_bound(house):
    aged(house)
    root = house.admin()
    answer = root.call("access-prune", keep="400 days")
    assert (answer["removed"], answer["begins"]) == (5, 6)
    told = root.call("access-log", verify=True)
    assert told["begins"] == 6
    assert "fault" not in told
    routes = [(one["method"], one["route"]) for one in reversed(told["entries"])]
    assert routes[:3] == [
        ("POST", "/api/v1/alias"),
        ("PRUNE", "access-log"),
        ("POST", "/api/v1/access-prune"),
    ]
    said = told["entries"][-2]
    assert said["by"] == "root"
    assert said["about"].startswith("5 ")
    assert root.call("access-prune", keep="400 days")["removed"] == 0
    changed(house, "UPDATE access SET line = replace(line, 'churn', 'other')")
    assert house.kept.log_fault() == told["entries"][-1]["seq"]


def test_it_may_be_pruned_again_and_down_to_nothing(house):
    aged(house)
    house.kept.prune_log(OLD + timedelta(seconds=2), None)
    assert house.kept.log_begins() == 3
    assert house.kept.log_fault() is None
    house.kept.prune_log(now() + timedelta(days=1), None)
    assert [one.method for one in house.kept.log()] == ["PRUNE"]
    assert house.kept.log_fault() is None


@pytest.mark.parametrize(
    "changes",
    [
        ["DELETE FROM access WHERE seq = 5"],
        ["DELETE FROM access WHERE seq < 6", "UPDATE access SET line = '' WHERE seq = 6"],
        ["UPDATE access SET chain = x'00' WHERE seq = 5"],
        ["UPDATE access SET line = '' WHERE seq = 7"],
        ["INSERT INTO access SELECT 2, at, account, 'x', chain FROM access WHERE seq = 6"],
    ],
)
def test_who_prunes_it_by_hand_is_found_out(house, changes):
    aged(house)
    house.admin().call("access-prune", keep="400 days")
    assert house.kept.log_fault() is None
    changed(house, *changes)
    assert house.kept.log_fault() is not None


def test_the_last_month_is_never_taken_out(house):
    aged(house)
    assert house.admin().call("access-prune", 400, keep="29 days")["code"] == "invalid-input"
    assert house.kept.log_begins() == 1


@pytest.mark.parametrize("role", ["viewer", "contributor", "approver", "auditor"])
def test_only_admins_prune_it(house, role):
    house.as_(role, (role, "*")).call("access-prune", 403, keep="400 days")


def test_a_server_prunes_it_by_itself(store):
    (store.blobs.root.parent / "config.toml").write_text('[server]\nkeep_access_log = "400 days"\n')
    store.accounts.note(
        [Access(at=OLD, account=None, method="GET", route="/x", status=200) for _ in range(3)]
    )
    with House(store) as house:
        patience = time.monotonic() + 10
        while house.kept.log_begins() == 1 and time.monotonic() < patience:
            time.sleep(0.05)
        assert house.kept.log_begins() == 4
        assert house.kept.log_fault() is None
