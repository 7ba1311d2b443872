"""Distances from what is stored lie where those of the raw numbers do, as SciPy computes them."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial import distance

from forebear.analysis.column_facts import of_inputs, of_profile
from forebear.analysis.distributions import (
    aligned,
    binned,
    jensen_shannon,
    kolmogorov_smirnov,
    largest_difference,
    population_stability,
    wasserstein,
)
from forebear.core.numbers import numbers_of
from forebear.core.profiles import ColumnProfile, Profile
from forebear.core.serving import InputColumn, counts, size_of

SLACK = 1e-9

numbers = st.lists(
    st.floats(-1e6, 1e6, allow_subnormal=False) | st.integers(-50, 50).map(float),
    min_size=1,
    max_size=80,
)


def cells(values):
    column = ColumnProfile(
        name="x", kind="float", rows=len(values), numbers=numbers_of([float(v) for v in values])
    )
    return of_profile(Profile(rows=len(values), columns=[column]))["x"].cells


def served(values):
    """What a serving program would have counted."""
    sized = {}, {}
    for value in values:
        if value:
            side = sized[value < 0]
            side[size_of(abs(value))] = side.get(size_of(abs(value)), 0) + 1
    column = InputColumn(
        count=len(values),
        numbers=len(values),
        positive=counts(sized[0]),
        negative=counts(sized[1]),
        zeros=sum(1 for value in values if value == 0),
    )
    return of_inputs({"x": column})["x"].cells


def true_ks(one, other):
    """The statistic by its definition: SciPy's function divides by zero for one number."""
    points = np.concatenate([one, other])
    shares = [np.searchsorted(np.sort(part), points, "right") / len(part) for part in (one, other)]
    return np.max(np.abs(shares[0] - shares[1]))


@settings(max_examples=150, deadline=None)
@given(numbers, numbers)
def test_few_numbers_are_compared_exactly(one, other):
    groups = aligned(cells(one), cells(other))
    ks = kolmogorov_smirnov(groups)
    assert ks.value == pytest.approx(true_ks(one, other))
    assert ks.exact
    moved = wasserstein(groups)
    true = stats.wasserstein_distance(one, other)
    assert moved.value == pytest.approx(true, rel=1e-6, abs=1e-6)
    assert moved.high - moved.low <= SLACK * max(1, true)


@settings(max_examples=150, deadline=None)
@given(numbers, numbers)
def test_coarse_counts_bound_the_true_distance(one, other):
    groups = aligned(cells(one), served(other))
    ks, moved = kolmogorov_smirnov(groups), wasserstein(groups)
    true = true_ks(one, other)
    assert ks.low - SLACK <= true <= ks.high + SLACK
    true = stats.wasserstein_distance(one, other)
    room = SLACK * max(1.0, true)
    assert moved.low - room <= true <= moved.high + room
    assert moved.low <= moved.value <= moved.high


@pytest.mark.parametrize("seed", range(4))
def test_many_numbers_are_bounded_closely(seed):
    dice = np.random.default_rng(seed)
    one = dice.lognormal(2, 1, 9000)
    other = dice.lognormal(2 + seed / 10, 1, 7000)
    groups = aligned(cells(one), cells(other))
    ks, moved = kolmogorov_smirnov(groups), wasserstein(groups)
    true = stats.ks_2samp(one, other, method="asymp").statistic
    assert ks.low <= true <= ks.high
    assert ks.high - ks.low < 0.02
    true = stats.wasserstein_distance(one, other)
    assert moved.low <= true <= moved.high
    assert moved.high - moved.low < 0.02 * one.std()


shares = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=20
).filter(lambda bins: sum(p for p, _ in bins) and sum(q for _, q in bins))


@given(shares)
def test_jensen_shannon_is_scipys(bins):
    p, q = (np.array(part, dtype=float) for part in zip(*bins, strict=True))
    assert jensen_shannon(bins) == pytest.approx(distance.jensenshannon(p, q, base=2), abs=1e-6)


@given(shares)
def test_stability_is_symmetric_and_nothing_only_for_equal_shares(bins):
    value = population_stability(bins)
    assert value == pytest.approx(population_stability([(q, p) for p, q in bins]))
    assert value >= 0
    assert math.isclose(population_stability([(p, p) for p, _ in bins]), 0, abs_tol=1e-12)


@settings(deadline=None)
@example([*map(float, range(10)), 1.5, 0.5, 0.25, 0.125, 0.0625], [0.0], 12)
@given(numbers, numbers, st.integers(2, 12))
def test_bins_lose_and_invent_nothing(one, other, bins):
    found = binned(aligned(cells(one), cells(other)), bins)
    assert sum(p for p, _ in found) == len(one)
    assert sum(q for _, q in found) == len(other)
    assert 1 <= len(found) <= bins + 1
    assert all(p or q for p, q in found)


names = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 100), min_size=1)


@given(names, names, st.integers(0, 9))
def test_hidden_categories_widen_the_bounds_and_never_move_them(one, other, common):
    whole_one, whole_other = sum(one.values()), sum(other.values())
    true = max(
        abs(one.get(name, 0) / whole_one - other.get(name, 0) / whole_other)
        for name in {*one, *other}
    )
    told = [{name: n for name, n in part.items() if n > common} for part in (one, other)]
    hidden = (whole_one - sum(told[0].values()), whole_other - sum(told[1].values()))
    found = largest_difference(*told, hidden)
    assert found.low - SLACK <= found.value <= found.high + SLACK
    assert found.low - SLACK <= true
    if not any(hidden):
        assert found.exact
        assert found.value == pytest.approx(true)
