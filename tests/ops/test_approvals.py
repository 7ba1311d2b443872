from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from forebear.core.clock import now
from forebear.core.errors import InvalidInput
from forebear.core.policies import APPROVAL, Approval
from forebear.ops import judging
from forebear.ops.requirements.approvals import REQUIREMENT

NOBODY = f"identity:{64 * '0'}"
TWO = "[policy.production]\napprovals = 2\n"


def state(life, version=1):
    (one,) = [one for one in life.check(version).outcomes if one.requirement == "approvals"]
    return one


def test_it_takes_so_many_people_other_than_the_author(life):
    life.text = TWO
    assert state(life).words == "Approved by 0 of the 2 people it takes."
    assert state(life).ways[0][0].times == 2
    with pytest.raises(InvalidInput, match="You are the author of churn:1"):
        life.approve(1, "ops")
    life.approve(1, "ada", why="looks well")
    life.approve(1, "ada")
    assert "Approved by 1 of the 2 people" in state(life).words
    life.approve(1, "grace")
    assert (state(life).state, state(life).words) == ("passed", "Approved by grace and ada.")
    assert {one.command for one in state(life).evidence} == {"forebear history churn --all"}
    assert life.promote(1).moved


def test_an_approval_that_the_author_slipped_in_does_not_count(life):
    life.text = "[policy.production]\napprovals = 1\n"
    answer = life.approve(1, "ada")
    context = life.client()._context
    said = Approval(decision="approved", of=answer.digest, policy=answer.policy_digest)
    life.store.append([APPROVAL.say(answer.artifact, None, key="production", by=context.author)])
    life.store.append([APPROVAL.say(answer.artifact, said, key="production", by=context.author)])
    outcome = state(life, 1)
    assert outcome.state == "passed"  # ada's word stands, whatever is said after it
    other = life.check(2)
    said = Approval(decision="approved", of=answer.digest, policy=other.policy_digest)
    life.store.append([APPROVAL.say(other.artifact, said, key="production", by=context.author)])
    assert "ops's does not count: the author cannot approve" in state(life, 2).words


def test_an_approval_is_for_this_content_and_this_policy(life):
    life.text = TWO.replace("2", "1")
    answer = life.approve(1, "ada")
    life.text += "leaks = 'any'\n"
    assert "the policy has changed since" in state(life).words
    life.text = TWO.replace("2", "1")
    assert state(life).state == "passed"
    assert state(life, 2).state == "failed"
    foreign = Approval(decision="approved", of="sha256:" + "0" * 64, policy=answer.policy_digest)
    life.store.append([APPROVAL.say(answer.artifact, foreign, key="production", by="ada")])
    assert "ada's does not count: it is for other content" in state(life).words


def test_an_approval_for_another_stage_does_not_count(life):
    life.text = TWO.replace("2", "1")
    life.approve(1, "ada", "staging")
    assert state(life).state == "failed"


def test_a_rejection_stands_until_the_same_person_approves(life):
    life.text = TWO.replace("2", "1")
    life.approve(1, "ada")
    life.approve(1, "grace", decision="rejected", why="too old")
    outcome = state(life)
    assert (outcome.state, outcome.words) == ("failed", "grace rejected it: too old.")
    assert "by grace" in outcome.ways[0][0].words
    life.approve(1, "grace")
    assert state(life).state == "passed"


def test_the_author_may_reject(life):
    life.text = TWO.replace("2", "1")
    life.approve(1, "ada")
    life.approve(1, "ops", decision="rejected")
    assert state(life).words == "ops rejected it."


def test_approvals_run_out(life, monkeypatch):
    life.text = '[policy.production]\napprovals = { people = 1, last = "30 days" }\n'
    life.approve(1, "ada")
    assert state(life).state == "passed"
    monkeypatch.setattr(judging, "now", lambda: now() + timedelta(days=31))
    assert "ada's does not count: it is older than 30 days" in state(life).words


def test_who_approves_may_say_until_when(life, monkeypatch):
    life.text = TWO.replace("2", "1")
    until = f"{now() + timedelta(days=3):%Y-%m-%d}"
    life.approve(1, "ada", until=until)
    assert state(life).state == "passed"
    monkeypatch.setattr(judging, "now", lambda: now() + timedelta(days=5))
    assert f"it ran out on {until}" in state(life).words
    with pytest.raises(InvalidInput, match="is over already"):
        life.approve(1, "ada", until="2020-01-01")


def test_only_certain_people_may_count(life):
    life.text = '[policy.production]\napprovals = { people = 1, by = ["grace", "ada"] }\n'
    life.approve(1, "bob")
    outcome = state(life)
    assert "bob's does not count: it takes grace and ada" in outcome.words
    assert "one of grace and ada" in outcome.ways[0][0].words
    life.approve(1, "grace")
    assert state(life).state == "passed"


def test_names_of_people_are_commitments_in_the_ledger(life):
    life.text = TWO
    life.approve(1, "grace.hopper", why="grace.hopper likes it")
    last = list(life.store.events())[-1].body
    assert b"hopper" not in last
    assert b"identity:" in last


def test_who_must_not_approve_is_named_if_that_is_known_here(life):
    life.text = TWO
    assert state(life).ways[0][0].words == "by 2 people other than ops"
    life.approve(1, "grace")
    assert state(life).ways[0][0].words == "by somebody other than ops and grace"
    known, stranger = (SimpleNamespace(policy="production", ref="m:1") for _ in range(2))
    known.authors, stranger.authors = [NOBODY, "ada"], [NOBODY]
    asked = REQUIREMENT.read(1)
    assert REQUIREMENT.again is not None
    known.next_ref = stranger.next_ref = "m"
    assert REQUIREMENT.again(known, asked)[0].words == "by somebody other than ada"
    assert REQUIREMENT.again(stranger, asked)[0].words == "by somebody other than the author"
