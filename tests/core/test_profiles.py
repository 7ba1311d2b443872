"""Summaries that add up exactly, and what they say."""

import math
import random
import statistics
from fractions import Fraction

import pytest

from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.numbers import NO_NUMBERS, Numbers, numbers_of
from forebear.core.profiles import (
    EMPTY,
    ColumnProfile,
    Profile,
    Values,
    decode,
    encode,
    merge,
    merge_all,
    seal,
)
from forebear.core.sketches import (
    BUCKETS,
    COARSEST,
    Exact,
    distinct_of,
    key_of,
    registers_of,
    text_hash,
    value_of,
)


def texts(name: str, *values: str) -> Profile:
    counts = {one: values.count(one) for one in sorted(set(values))}
    lengths = numbers_of([len(one) for one in values])
    column = ColumnProfile(
        name=name, kind="string", rows=len(values), values=Values(counts), lengths=lengths
    )
    return Profile(rows=len(values), columns=[column])


def normal(n: int, seed: int = 1) -> list[float]:
    source = random.Random(seed)
    return [source.gauss(50, 5) for _ in range(n)]


@pytest.fixture(scope="module")
def many() -> tuple[list[float], Numbers]:
    values = normal(5000)
    return values, numbers_of(values)


def test_moments_are_those_of_exact_arithmetic(many) -> None:
    values, found = many
    exact = [Fraction(one) for one in values]
    mean = sum(exact) / len(exact)
    assert found.mean == float(mean)
    assert found.variance == float(sum((one - mean) ** 2 for one in exact) / (len(exact) - 1))


def test_variance_survives_where_float_sums_cancel() -> None:
    found = numbers_of([1.0e9 + 0.25 * i for i in (0, 1, 2)])
    assert found.variance == 0.0625


def test_quantiles_lie_within_their_bounds(many) -> None:
    values, found = many
    ordered = sorted(values)
    for q in (0.0, 0.01, 0.25, 0.5, 0.9, 0.999, 1.0):
        true = ordered[math.floor(q * (len(ordered) - 1))]
        said = found.quantile(q)
        assert said is not None
        assert said.low <= true <= said.high
        assert said.high - said.low <= abs(true) / 128


def test_shape_lies_within_its_bounds(many) -> None:
    values, found = many
    mean, std = statistics.fmean(values), statistics.pstdev(values)
    for power, said in ((3, found.skewness()), (4, found.kurtosis())):
        true = statistics.fmean([((one - mean) / std) ** power for one in values])
        assert said is not None
        assert said.low <= true <= said.high
        assert said.value == pytest.approx(true, abs=0.01)


def test_distinct_is_exact_while_small_then_within_its_error(many) -> None:
    few = numbers_of([1, 2, 2, 3])
    assert (few.distinct.value, few.distinct.exact) == (3, True)
    _, found = many
    assert not found.distinct.exact
    assert found.distinct.low < 5000 < found.distinct.high


@pytest.mark.parametrize("size", [0, 10, 3000, 40_000])
def test_registers_count_what_they_saw(size: int) -> None:
    found = distinct_of(registers_of(text_hash(str(i).encode()) for i in range(size)))
    assert found.low - 1 <= size <= found.high + 1


def test_a_histogram_keeps_every_number(many) -> None:
    values, found = many
    edges = [40.0, 45.0, 50.0, 55.0]
    counts = found.histogram(edges)
    assert sum(counts) == pytest.approx(5000)
    assert counts[0] == pytest.approx(sum(one < 40 for one in values), abs=20)
    exact = numbers_of([1, 2, 2, 3]).histogram([2, 3])
    assert exact == [1, 2, 1]


def test_what_is_no_finite_number_is_counted_beside() -> None:
    found = numbers_of([math.nan, math.inf, -math.inf, -0.0, 2.0, -3.0])
    assert (found.count, found.nans, found.plus_infinite, found.zeros) == (3, 1, 1, 1)
    assert (found.negatives, found.low, found.high) == (2, -3.0, 2.0)
    assert math.copysign(1, numbers_of([-0.0]).low) == 1


def test_nothing_says_nothing() -> None:
    assert NO_NUMBERS.mean is None
    assert NO_NUMBERS.quantile(0.5) is None
    assert NO_NUMBERS.skewness() is None
    assert numbers_of([7]).variance is None
    assert numbers_of([7, 7]).kurtosis() is None


def test_large_whole_numbers_stay_whole() -> None:
    found = numbers_of([2**62, 2**62 + 1, 2**62 + 2])
    assert (found.low, found.high) == (2**62, 2**62 + 2)
    assert found.variance == 1.0
    assert found.distinct.low < 3 < found.distinct.high


def test_keys_are_in_the_order_of_numbers() -> None:
    values = [-math.inf, -1e300, -2.5, -5e-324, 0.0, 5e-324, 1.0, math.nextafter(1, 2), 1e300]
    keys = [key_of(one) for one in values]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert [value_of(one) for one in keys[1:]] == values[1:]


def test_an_exact_sum_forgets_nothing() -> None:
    total = Exact.of_fraction(Fraction(1e300)) + Exact.of(1) + Exact.of_fraction(Fraction(-1e300))
    assert total.fraction() == 1


def test_wide_ranges_keep_their_relative_error() -> None:
    found = numbers_of([1.07**i for i in range(-4000, 4000)])
    assert found.buckets.shift == COARSEST
    assert len(found.buckets.counts) > BUCKETS
    said = found.quantile(0.25)
    assert said is not None
    assert said.high / said.low <= 1 + 1 / 128


# Profiles


def test_merging_checks_names_and_types() -> None:
    a, b = texts("a", "x"), texts("b", "x")
    with pytest.raises(InvalidInput, match="same columns"):
        merge(a, b)
    number = ColumnProfile(name="a", kind="integer", rows=1, numbers=numbers_of([1]))
    with pytest.raises(InvalidInput, match="Column a is string in one part and integer"):
        merge(a, Profile(rows=1, columns=[number]))


def test_whole_numbers_and_others_make_floats() -> None:
    whole = ColumnProfile(name="a", kind="integer", rows=2, numbers=numbers_of([1, 2]))
    real = ColumnProfile(name="a", kind="float", rows=1, numbers=numbers_of([0.5]))
    both = whole.merged(real)
    assert (both.kind, both.min, both.max, both.mean) == ("float", 0.5, 2.0, 3.5 / 3)
    assert both == real.merged(whole)


def test_sealed_profiles_keep_no_value_that_few_share() -> None:
    whole = texts("city", *["Bern"] * 12, *["Basel"] * 3, "Chur")
    kept = seal(whole).columns[0]
    found = kept.frequencies()
    assert found is not None
    assert (found.values, found.other) == ({"Bern": 12}, 4)
    assert kept.distinct is not None
    assert kept.distinct.value == 3
    assert b"Basel" not in encode(seal(whole))


def test_sealing_the_merged_parts_is_sealing_the_whole() -> None:
    parts = [texts("city", *["Bern"] * 6), texts("city", *["Bern"] * 6, "Chur")]
    whole = texts("city", *["Bern"] * 12, "Chur")
    assert encode(seal(merge_all(parts))) == encode(seal(whole))


def test_sealed_parts_say_what_they_do_not_know() -> None:
    both = merge(
        seal(texts("city", *["Bern"] * 12, "Chur")), seal(texts("city", *["Chur"] * 11, "Bern"))
    )
    found = both.columns[0].frequencies()
    assert found is not None
    assert (found.values, found.other, found.exact) == ({"Bern": 12, "Chur": 11}, 2, False)
    distinct = both.columns[0].distinct
    assert distinct is not None
    assert round(distinct.value) == 2


def test_a_veiled_column_tells_no_value() -> None:
    whole = texts("email", *["a@example.org"] * 20)
    kept = seal(whole, personal={"email": "e-mail address"}.get)
    column = kept.columns[0]
    assert column.veiled == "e-mail address"
    assert column.frequencies() is None
    assert b"example.org" not in encode(kept)
    assert column.distinct is not None
    assert round(column.distinct.value) == 1


def test_too_many_texts_leave_only_how_many() -> None:
    parts = [texts("id", *(f"{part}-{i}" for i in range(1500))) for part in range(2)]
    column = merge(*parts).columns[0]
    assert column.frequencies() is None
    assert column.distinct is not None
    assert column.distinct.low < 3000 < column.distinct.high


def test_canonical_bytes_come_back() -> None:
    profile = texts("a", "x", "y", "")
    assert decode(encode(profile)) == profile
    assert profile.columns[0].empties == 1
    assert decode(encode(EMPTY)) == EMPTY


def test_other_bytes_are_refused() -> None:
    with pytest.raises(Unreadable, match="no profile"):
        decode(b"\xc1")
    with pytest.raises(Unreadable, match="form 2"):
        decode(encode(Profile(form=2)))
