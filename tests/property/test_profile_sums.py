"""Summaries are a commutative monoid: any parts in any order give the whole, bit for bit."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from forebear.core.numbers import NO_NUMBERS, Numbers, numbers_of
from forebear.core.profiles import Values
from forebear.core.sketches import Buckets, Exact

NUMBERS = st.lists(st.floats(width=64), max_size=30)
WHOLE = st.lists(st.integers(-(2**63), 2**64 - 1), max_size=30)


def encoded(value: object) -> bytes:
    return msgspec.msgpack.encode(value)


def check(a: Numbers, b: Numbers, c: Numbers, whole: Numbers) -> None:
    assert encoded(a.merged(b)) == encoded(b.merged(a))
    assert encoded(a.merged(b).merged(c)) == encoded(a.merged(b.merged(c)))
    assert encoded(a.merged(b).merged(c)) == encoded(whole)
    assert encoded(a.merged(NO_NUMBERS)) == encoded(a) == encoded(NO_NUMBERS.merged(a))


@settings(max_examples=50, deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS)
def test_numbers(a, b, c) -> None:
    check(*map(numbers_of, (a, b, c)), numbers_of([*c, *a, *b]))


@settings(max_examples=50, deadline=None)
@given(WHOLE, WHOLE, WHOLE)
def test_whole_numbers(a, b, c) -> None:
    check(*map(numbers_of, (a, b, c)), numbers_of([*c, *a, *b]))


@settings(max_examples=30, deadline=None)
@given(st.randoms(), st.integers(0, 2**62), st.integers(0, 47), st.integers(1, 6000))
def test_many_buckets(random, start, spread, size) -> None:
    counts = {start + random.randrange(6000 << spread): random.randrange(1, 9) for _ in range(size)}
    left = {key: count for key, count in counts.items() if random.random() < 0.5}
    right = {key: count for key, count in counts.items() if key not in left}
    parts = [Buckets.of(left), Buckets.of(right)]
    assert encoded(parts[0].merged(parts[1])) == encoded(Buckets.of(counts))
    assert encoded(parts[1].merged(parts[0])) == encoded(Buckets.of(counts))


@given(*[st.fractions(max_denominator=1).map(lambda f: f / 2**40)] * 3)
def test_exact_sums(a, b, c) -> None:
    x, y, z = map(Exact.of_fraction, (a, b, c))
    assert (x + y) + z == x + (y + z) == Exact.of_fraction(a + b + c)


TEXTS = st.lists(st.sampled_from("abcdefgh"), max_size=12)


def values_of(texts: list[str]) -> Values:
    return Values({one: texts.count(one) for one in sorted(set(texts))})


@settings(max_examples=50, deadline=None)
@given(TEXTS, TEXTS, TEXTS, st.integers(0, 4))
def test_texts(a, b, c, common) -> None:
    x, y, z = map(values_of, (a, b, c))
    assert encoded(x.merged(y).merged(z)) == encoded(values_of(a + b + c))
    x, y, z = (one.sealed(common) for one in (x, y, z))
    assert encoded(x.merged(y).merged(z)) == encoded(x.merged(y.merged(z)))
    assert encoded(x.merged(y)) == encoded(y.merged(x))
