"""Counting gives, bit for bit, what plain exact arithmetic gives: compiled, and by NumPy alone."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forebear.core.numbers import NO_NUMBERS, Numbers, numbers_of
from forebear.core.sketches import BUCKETS
from forebear.engines.profile_numbers import NumberTally, _coarser

pytestmark = pytest.mark.usefixtures("way")


def counted(*parts: np.ndarray) -> Numbers:
    tally = NumberTally()
    for part in parts:
        tally.add(part)
    return tally.finish()


def encoded(value: object) -> bytes:
    return msgspec.msgpack.encode(value)


def check(values: np.ndarray, cut: int) -> None:
    whole = counted(values)
    assert encoded(whole) == encoded(numbers_of(values.tolist()))
    assert encoded(counted(values[cut:], values[:cut])) == encoded(whole)
    merged = counted(values[:cut]).merged(counted(values[cut:]))
    assert encoded(merged) == encoded(whole)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(), min_size=1, max_size=60), st.integers(0, 60))
def test_any_floats(values, cut) -> None:
    check(np.array(values), cut)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=60), st.integers(0, 60))
def test_any_whole_numbers(values, cut) -> None:
    check(np.array(values, dtype=np.int64), cut)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=60), st.integers(0, 60))
def test_any_unsigned_numbers(values, cut) -> None:
    check(np.array(values, dtype=np.uint64), cut)


def shapes() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    n = 6000
    return {
        "normal": rng.normal(50, 12, n),
        "around zero": rng.normal(size=n),
        "cents": np.round(rng.lognormal(4, 1.2, n), 2),
        "few": rng.choice([0.5, 1.5, -2.25], n),
        "whole as float": rng.integers(-5, 90, n).astype(float),
        "float32": rng.normal(size=n).astype(np.float32),
        "int32": rng.integers(17, 91, n).astype(np.int32),
        "ids": np.arange(10**7, 10**7 + n),
        "spread": rng.integers(-(2**40), 2**40, n),
        "microseconds": 1_577_836_800_000_000 + rng.integers(0, 10**14, n),
        "around 2^53": 2**53 - 3000 + np.arange(n),
        "huge": rng.integers(-(2**63), 2**63 - 1, n),
        "wide": rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(-300, 300, n),
        "with gaps": np.where(rng.random(n) < 0.3, np.nan, rng.exponential(3, n)),
        "infinite": np.where(rng.random(n) < 0.3, np.inf, -0.0),
        "two islands": rng.choice([-1.0, 1.0], n) * (1 + rng.random(n) / 1e6),
        "denormal": rng.integers(0, 5000, n) * 5e-324,
        "narrow then wide": np.concatenate([np.arange(3000), 10.0**9 + np.arange(3000)]),
    }


@pytest.mark.parametrize("name", list(shapes()))
def test_shapes_of_data(name: str) -> None:
    check(shapes()[name], 2345)


def test_chunks_that_are_counted_together() -> None:
    rng = np.random.default_rng(6)
    values = rng.normal(size=300_000)
    whole = counted(values)
    parts = np.array_split(rng.permutation(values), 7)
    merged = NO_NUMBERS
    for part in parts:
        merged = counted(part).merged(merged)
    assert encoded(merged) == encoded(whole)
    assert whole.distinct.low < 300_000 < whole.distinct.high
    assert whole.mean == pytest.approx(values.mean())
    assert whole.variance == pytest.approx(values.var(ddof=1))


def test_buckets_are_coarsened_at_once_as_they_would_be_bit_by_bit() -> None:
    rng = np.random.default_rng(11)
    edges = np.array([-(2**63), -(2**53) - 1, -1, 0, 1, 2**53 + 1, 2**54 - 1, 2**63 - 1])
    for spread in (12, 20, 40, 54, 63):
        found = rng.integers(-(2**spread), 2**spread, 30_000, dtype=np.int64, endpoint=False)
        keys = np.unique(np.concatenate((found, edges)))
        bits, left = 0, keys
        while len(left) > BUCKETS:
            bits, left = bits + 1, np.unique(left >> 1)
        assert _coarser(keys) == bits
    assert _coarser(edges) == 0
