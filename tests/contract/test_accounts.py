"""Accounts, tokens, the log of who did what, and how events came in, in every kind of store."""

from datetime import timedelta

import pytest

from forebear.core.access import Grant
from forebear.core.accounts import Access, Account, Token
from forebear.core.clock import now
from forebear.core.errors import Conflict
from forebear.core.events import ArtifactRecorded, GapNoticed, RunStarted, VersionNamed
from forebear.core.ids import new_id
from forebear.core.intakes import Intake, Taken

AT = now()
DIGEST = "sha256:" + "a" * 64


def account(name, **more):
    return Account(id=new_id(), name=name, created=AT, **more)


def token(of, **more):
    fields = {"made": AT, "expires": AT + timedelta(days=1), "scopes": ["read"], **more}
    return Token(id=new_id(), account=of and of.id, **fields)


def test_accounts(store):
    kept = store.accounts
    assert kept.is_empty()
    ada, eve = account("ada"), account("eve", kind="service")
    kept.add(ada)
    kept.add(eve)
    assert not kept.is_empty()
    assert kept.accounts() == [ada, eve]
    assert kept.account("ada") == kept.account_by_id(ada.id) == ada
    assert kept.account("nobody") is None
    with pytest.raises(Conflict):
        kept.add(account("ada"))
    kept.vouch(ada.id, "https://login.example", "42")
    assert kept.account_of("https://login.example", "42").name == "ada"
    assert kept.account_of("https://other.example", "42") is None


def test_roles(store):
    kept, ada = store.accounts, account("ada")
    kept.add(ada)
    grant = Grant(workspace="team", role="viewer")
    assert kept.grant(ada.id, grant, AT)
    assert not kept.grant(ada.id, grant, AT)
    assert kept.grants(ada.id) == [grant]
    (member,) = kept.members()
    assert (member.name, member.workspace, member.role) == ("ada", "team", "viewer")
    assert kept.ungrant(ada.id, grant)
    assert not kept.ungrant(ada.id, grant)
    assert kept.members() == []


def test_tokens(store):
    kept, ada = store.accounts, account("ada")
    kept.add(ada)
    api = token(ada, name="ci", workspace="team")
    session = token(ada, purpose="session", name=api.id)
    kept.add_token(api, "d1")
    kept.add_token(session, "d2")
    assert kept.token("d1") == api
    assert kept.token("d3") is None
    assert kept.tokens() == kept.tokens(ada.id) == [api]
    assert kept.tokens("x") == []
    kept.touch(api.id, AT)
    assert kept.token("d1").used == AT
    kept.revoke(api.id, AT)
    assert kept.token("d1").revoked == kept.token("d2").revoked == AT
    kept.revoke(api.id, AT + timedelta(hours=1))
    assert kept.token("d1").revoked == AT


def test_a_closed_account_has_nothing_left(store):
    kept, ada = store.accounts, account("ada")
    kept.add(ada)
    kept.add_token(token(ada), "d1")
    kept.grant(ada.id, Grant(workspace="*", role="admin"), AT)
    kept.close_account(ada.id, AT)
    assert kept.account("ada").closed == AT
    assert kept.token("d1").revoked == AT
    assert kept.members() == []


def test_the_first_account_is_made_once(store):
    kept, ada, eve = store.accounts, account("ada"), account("eve")
    kept.add_token(token(None, purpose="setup", scopes=[]), "setup")
    assert not kept.set_up("other", ada, token(ada), "d1")
    assert kept.set_up("setup", ada, token(ada), "d1")
    assert not kept.set_up("setup", eve, token(eve), "d2")
    assert kept.accounts() == [ada]
    assert kept.grants(ada.id) == [Grant(workspace="*", role="admin")]
    assert kept.token("d1").account == ada.id


def test_the_log(store):
    kept = store.accounts
    common = {"method": "GET", "route": "/x", "status": 200}
    lines = [
        Access(at=AT + timedelta(seconds=n), account=who, about="é\n", **common)
        for n, who in enumerate(["a", "b", "a"])
    ]
    kept.note(lines[:1])
    kept.note([])
    kept.note(lines[1:])
    assert [one.seq for one in kept.log()] == [3, 2, 1]
    assert [one.seq for one in kept.log(account="a")] == [3, 1]
    assert [one.seq for one in kept.log(before=3, limit=1)] == [2]
    assert [one.seq for one in kept.log(since=AT + timedelta(seconds=1))] == [3, 2]
    assert kept.log()[2].about == "é\n"
    assert kept.log_fault() is None


def test_how_events_came_in(store):
    ada = account("ada")
    store.accounts.add(ada)
    run, artifact = new_id(), new_id()
    store.append([RunStarted(run="old", kind="run", name="old.py")])
    first = [
        RunStarted(run=run, kind="run", name="train.py"),
        ArtifactRecorded(artifact=artifact, kind="model", digest=DIGEST),
        VersionNamed(kind="model", name="churn", artifact=artifact),
    ]
    store.append(first, intake=Intake(workspace="team", account=ada.id))
    store.append(first, intake=Intake(workspace="other", account=ada.id))
    store.append([GapNoticed(run="unheard", what="x")], intake=Intake(workspace="other"))
    kept = store.intakes
    assert kept.after(0) == [
        Taken(first=2, last=4, workspace="team", account=ada.id),
        Taken(first=5, last=5, workspace="other", account=None),
    ]
    assert [one.first for one in kept.after(2)] == [5]
    keys = ["old", run, artifact, "model:churn", "data:churn", "unheard", "nothing"]
    assert kept.first_seqs(keys) == {
        "old": 1, run: 2, artifact: 3, "model:churn": 4, "unheard": 5,
    }  # fmt: skip
    assert kept.sightings(keys) == {run: {"team"}, artifact: {"team"}, "model:churn": {"team"}}
    assert kept.accounts([2, 3]) == ["ada"]
    assert kept.accounts([1, 5]) == kept.accounts([]) == []


def test_what_is_told_again_elsewhere_is_there_too(store):
    for workspace in ("team", "other"):
        said = ArtifactRecorded(artifact=DIGEST, kind="data", digest=DIGEST)
        store.append([said], intake=Intake(workspace=workspace))
    assert store.intakes.sightings([DIGEST]) == {DIGEST: {"team", "other"}}


def test_events_handed_over_come_in_somewhere_too(store):
    from forebear.core.events import encode

    said = ArtifactRecorded(artifact=DIGEST, kind="data", digest=DIGEST)
    store.append_encoded([encode(said)], intake=Intake(workspace="team"))
    assert store.intakes.sightings([DIGEST]) == {DIGEST: {"team"}}


def changed(store, *changes):
    with store.accounts._database.writing() as connection:
        for change in changes:
            connection.exec_driver_sql(change)


def faults(store):
    return [(one.where, one.message.partition(":")[0]) for one in store.verify()]


@pytest.fixture
def team(store):
    """Two accounts with roles and a token, of which nothing stays behind."""
    ada, eve = account("ada"), account("eve")
    for one in (ada, eve):
        store.accounts.add(one)
        store.accounts.grant(one.id, Grant(workspace="team", role="viewer"), AT)
    made = token(ada)
    store.accounts.add_token(made, DIGEST)
    assert faults(store) == []
    yield ada, eve, made
    changed(store, "DELETE FROM token", "DELETE FROM member", "DELETE FROM access")
    changed(store, "DELETE FROM account")


def test_what_forebear_changes_is_what_the_log_says(store, team):
    ada, eve, made = team
    kept = store.accounts
    kept.vouch(eve.id, "https://login.example", "42")
    kept.rename(eve.id, "erased-1")
    kept.touch(made.id, now())
    kept.ungrant(eve.id, Grant(workspace="team", role="viewer"))
    kept.revoke(made.id, now())
    kept.add_token(token(ada), DIGEST[:-1] + "b")
    kept.close_account(ada.id, now())
    assert faults(store) == []


def test_who_changes_accounts_in_the_database_is_told_of(store, team):
    ada, eve, made = team
    changed(
        store,
        f"UPDATE account SET subject = 'eve' WHERE id = '{eve.id}'",
        f"UPDATE member SET role = 'admin' WHERE account = '{eve.id}'",
        f"UPDATE token SET expires = expires + 1, scopes = 'read write' WHERE id = '{made.id}'",
        f"DELETE FROM member WHERE account = '{ada.id}'",
    )
    assert dict(faults(store)) == {
        f"account {eve.id} (eve)": "It was not changed by forebear",
        f"member {ada.id} team viewer (ada)": "It was not taken out by forebear",
        f"member {eve.id} team admin (eve)": "It was not made by forebear",
        f"member {eve.id} team viewer (eve)": "It was not taken out by forebear",
        f"token {made.id}": "It was not changed by forebear",
    }


def test_what_is_said_of_accounts_outlives_old_lines(store, team):
    _, eve, _ = team
    changed(store, f"UPDATE member SET role = 'admin' WHERE account = '{eve.id}'")
    before = faults(store)
    assert store.accounts.prune_log(now() + timedelta(seconds=1), None) == 5
    assert store.accounts.log_fault() is None
    assert faults(store) == before
    assert [one.method for one in store.accounts.log()] == ["PRUNE"]


def test_what_is_gone_is_not_said_again_at_each_pruning(store, team):
    ada, eve, _ = team
    for one in (ada, eve):
        store.accounts.ungrant(one.id, Grant(workspace="team", role="viewer"))
    store.accounts.prune_log(now() + timedelta(seconds=1), None)
    assert store.accounts.prune_log(now() + timedelta(seconds=2), None) == 4  # PRUNE, and 3 rows
    assert faults(store) == []
    member = f"VALUES ('{eve.id}', 'team', 'viewer', 0)"
    changed(store, f"INSERT INTO member (account, workspace, role, since) {member}")
    assert len(faults(store)) == 1


def test_accounts_of_an_earlier_version_are_said_with_the_first_change(store, team):
    ada, eve, _ = team
    changed(store, "DELETE FROM access", "UPDATE member SET role = 'approver'")
    assert faults(store) == []
    store.accounts.grant(ada.id, Grant(workspace="other", role="viewer"), AT)
    assert faults(store) == []
    changed(store, f"DELETE FROM member WHERE account = '{eve.id}'")
    assert len(faults(store)) == 1
