"""Who approves is who is signed in; who has handed a model over has made it."""

import pytest

from forebear.core.events import AliasMoved, VersionNamed, encode
from forebear.core.policies import APPROVAL, Approval
from story import Story

CHURN = {"ref": "churn:1"}


def said_by(house, answer):
    row = APPROVAL.history(house.store.statements)[0].row
    return row.by == answer["by"]


def test_the_approver_is_the_account(house):
    carol = house.as_("carol", ("approver", "default"))
    answer = carol.call("approve", target=CHURN, policy="production")
    assert answer["by"] == "carol"
    assert said_by(house, answer)


def test_nobody_says_who_they_are(house):
    carol = house.as_("carol", ("approver", "default"))
    carol.call("approve", 400, target=CHURN, policy="production", by="grace")
    headers = {"X-Forwarded-User": "grace", "X-User": "grace"}
    answer = carol.post(
        "/api/v1/approve", {"target": CHURN, "policy": "production"}, headers=headers
    )
    assert answer.json()["by"] == "carol"


def test_a_contributor_does_not_approve(house):
    house.as_("dan", ("contributor", "default")).call(
        "approve", 403, target=CHURN, policy="production"
    )


def pushed(house, tmp_path, who):
    story = Story(tmp_path / who.headers["Authorization"][-6:])
    story.prepare()
    story.train(5, 0.9, save="other.pkl")
    answer = who.post(
        "/api/v1/ledger/events", content=b"\n".join(encode(one) for one in story.events)
    )
    assert answer.status_code == 200, answer.text


def test_whoever_has_handed_a_model_over_cannot_approve_it(house, tmp_path):
    """Though its events say that somebody else has made it."""
    both = [("contributor", "default"), ("approver", "default")]
    eve = house.as_("eve", *both)
    pushed(house, tmp_path, eve)
    refused = eve.call("approve", 400, target={"ref": "churn:2"}, policy="production")
    assert "author" in refused["detail"]
    house.as_("carol", *both).call("approve", target={"ref": "churn:2"}, policy="production")


def test_a_version_that_is_named_by_somebody_is_theirs_too(house):
    both = [("contributor", "default"), ("approver", "default")]
    eve = house.as_("eve", *both)
    eve.call("name", target=CHURN, name="other")
    eve.call("approve", 400, target={"ref": "model:other:1"}, policy="production")


@pytest.mark.parametrize("who", ["eve", "grace"])
def test_no_approval_is_handed_over(house, who):
    grace = house.account("grace", ("approver", "default"))
    assert grace
    eve = house.as_("eve", ("contributor", "default"), ("approver", "default"))
    said = APPROVAL.say(
        house.store.versions("model", "churn")[0].artifact,
        Approval(decision="approved", of="x", policy="y"),
        key="production",
        by=house.store.identities.commitment(who),
    )
    answer = eve.post("/api/v1/ledger/events", content=encode(said))
    assert answer.status_code == 403
    body, headers = b'{"events":[' + encode(said) + b"]}", {"Content-Type": "application/json"}
    answer = eve.post("/api/v1/record", content=body, headers=headers)
    assert answer.status_code == 403
    assert APPROVAL.history(house.store.statements) == []


@pytest.mark.parametrize("written", ["plain", "commitment"])
def test_nobody_speaks_for_another_account(house, written):
    house.account("grace", ("contributor", "default"))
    eve = house.as_("eve", ("contributor", "default"))
    artifact = house.store.versions("model", "churn")[0].artifact
    by = "grace" if written == "plain" else house.store.identities.commitment("grace")
    for event in (
        VersionNamed(kind="model", name="mine", artifact=artifact, by=by),
        AliasMoved(kind="model", name="churn", alias="a", version=1, by=by),
    ):
        answer = eve.post("/api/v1/ledger/events", content=encode(event))
        assert answer.status_code == 403, answer.text
    own = VersionNamed(kind="model", name="mine", artifact=artifact, by="eve")
    assert eve.post("/api/v1/ledger/events", content=encode(own)).status_code == 200


def test_an_admin_brings_in_a_store_with_all_that_was_said_in_it(house):
    said = APPROVAL.say(
        house.store.versions("model", "churn")[0].artifact,
        Approval(decision="approved", of="x", policy="y"),
        key="production",
        by="grace",
    )
    answer = house.admin().post("/api/v1/ledger/events", content=encode(said))
    assert answer.status_code == 200


def test_nobody_decides_on_what_is_withheld(house, tmp_path):
    """A model of team b rests on data of team a: who sees only b can't tell if it is sound."""
    from forebear.core.intakes import Intake

    story = Story(tmp_path / "teams")
    story.prepare()
    house.store.append(story.events, intake=Intake(workspace="a"))
    story.events.clear()
    story.train(7, 0.9, save="b.pkl")
    named = [one for one in story.events if isinstance(one, VersionNamed)]
    for one in named:
        story.events.remove(one)
    artifact = named[0].artifact
    story.say(VersionNamed(kind="model", name="shared", artifact=artifact))
    house.store.append(story.events, intake=Intake(workspace="b"))
    wanted = {"target": {"ref": "shared:1"}, "policy": "production"}
    narrow = house.as_("carol", ("approver", "b"))
    refused = narrow.call("approve", 403, **wanted)
    assert "withheld" in refused["detail"]
    assert APPROVAL.history(house.store.statements) == []
    wide = house.as_("dora", ("approver", "b"), ("viewer", "a"), ("viewer", "default"))
    assert wide.call("approve", **wanted)["by"] == "dora"
