"""Which moves are open to a version is what the moves themselves then do."""

from __future__ import annotations

import pytest

from forebear.core.errors import ForebearError
from forebear.ops.deploy import DeployRequest
from forebear.ops.moves import MovesRequest
from forebear.ops.promotion import DemoteRequest, RetireRequest, RollbackRequest
from forebear.ops.table import Target

OPEN = "[policy.production]\nleaks = 'any'\n[policy.staging]\nleaks = 'any'\n"


@pytest.fixture
def moves(life):
    life.text = OPEN

    def ask(version: int):
        target = Target(ref=f"churn:{version}")
        answer = life.client().call(MovesRequest(target=target, rules=life.rules))
        return {one.move: one for one in answer.moves}

    return ask


def test_nothing_leads_back_from_the_first_stage(moves):
    found = moves(1)
    assert [one.open for one in found.values()] == [False, False, True]
    assert "there is nothing to take back" in found["demote"].words
    assert found["retire"].words == "churn:1 would be in retired."


def test_who_holds_a_stage_alone_cannot_be_rolled_back(moves, life):
    life.promote(1)
    found = moves(1)
    assert found["demote"].words == "churn:1 would be in staging."
    assert "the first that production holds" in found["rollback"].words


def test_a_rollback_names_both_versions(moves, life):
    life.promote(1)
    life.promote(2)
    found = moves(2)
    assert found["rollback"].open
    assert found["rollback"].words == "churn:1 would be in production again instead of churn:2."
    # What production no longer holds is rolled back on nobody's page but that of its successor.
    assert not moves(1)["rollback"].open


def test_what_is_served_is_not_retired_and_is_told_why(moves, life):
    life.client().call(DeployRequest(target=Target(ref="churn:1"), env="prod"))
    found = moves(1)["retire"]
    assert not found.open
    assert found.words == "It is being served: churn:1 in prod."


def test_what_is_retired_is_so_already(moves, life):
    life.client().call(RetireRequest(target=Target(ref="churn:1"), rules=life.rules))
    found = moves(1)
    assert found["retire"].words == "churn:1 is retired already."
    assert not any(one.open for one in found.values())


@pytest.mark.parametrize("moved", [(), (1,), (1, 2)])
def test_what_is_open_can_be_done_and_what_is_not_is_refused(moves, life, moved):
    for version in moved:
        life.promote(version)
    target = Target(ref="churn:2")
    back = RollbackRequest(name="churn", stage="production", rules=life.rules)
    for move, request in {
        "rollback": back,
        "demote": DemoteRequest(target=target, rules=life.rules),
        "retire": RetireRequest(target=target, rules=life.rules),
    }.items():
        is_open = moves(2)[move].open
        try:
            done = life.client().call(request).moved
        except ForebearError:
            done = False
        assert done == is_open
