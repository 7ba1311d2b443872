from __future__ import annotations

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forebear.analysis.audit import Lost, fewest, score

ACTIONS = "abcdef"
WAYS = st.lists(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3, unique=True), max_size=3)
LOST = st.lists(
    st.builds(lambda weight, ways: Lost(weight=weight, ways=ways), st.integers(1, 9), WAYS),
    max_size=6,
)
COSTS = st.dictionaries(st.sampled_from(ACTIONS), st.integers(1, 3))


def gain(lost, actions):
    return sum(one.weight for one in lost if any(set(way) <= set(actions) for way in one.ways))


def price(costs, actions):
    return sum(costs.get(one, 1) for one in actions)


@given(LOST, COSTS, st.integers(0, 40))
def test_no_choice_of_actions_is_cheaper(lost, costs, wanted):
    every = chain.from_iterable(combinations(ACTIONS, n) for n in range(len(ACTIONS) + 1))
    enough = [some for some in every if gain(lost, some) >= wanted]
    plan = fewest(lost, wanted, costs)
    if plan is None:
        assert not enough
        return
    assert gain(lost, plan.actions) == pytest.approx(plan.gain)
    assert plan.gain >= wanted
    assert plan.cost == price(costs, plan.actions)
    assert plan.cost == min(price(costs, some) for some in enough)


def test_an_action_that_serves_several_findings_comes_before_one_for_each():
    lost = [Lost(weight=1, ways=[[x], ["retrain"]]) for x in "abc"]
    assert fewest(lost, 3).actions == ["retrain"]
    assert fewest(lost, 3, {"retrain": 4}).actions == ["a", "b", "c"]


def test_what_cannot_be_mended_makes_a_score_out_of_reach():
    lost = [Lost(weight=2, ways=[]), Lost(weight=1, ways=[["a"]])]
    assert fewest(lost, 3) is None
    assert fewest(lost, 1).actions == ["a"]
    assert fewest([], 0).actions == []


def test_many_actions_that_belong_together_cost_no_time():
    together = [f"check {number}" for number in range(60)]
    lost = [Lost(weight=1, ways=[together, ["retrain"]])]
    assert fewest(lost, 1).actions == ["retrain"]
    assert fewest(lost, 1, {"retrain": 100}).cost == 60


def test_a_part_that_is_too_large_to_try_all_still_has_a_plan():
    lost = [Lost(weight=1, ways=[[f"a{n}", f"a{n + 1}"], [f"b{n}"]]) for n in range(30)]
    assert fewest(lost, 5) is not None


def test_a_score_is_a_share_of_what_is_asked():
    assert (score(1, 3), score(0, 0)) == (33.3, 100.0)
