"""Equal values have equal digests whatever holds them; any change of one cell changes them."""

from __future__ import annotations

import datetime as dt
import math
import pickle
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forebear.engines import columns
from forebear.engines.models import state_digest
from forebear.engines.tables import fingerprint

SMALL_BLOCK = 5


@pytest.fixture(autouse=True, scope="module")
def small_blocks():
    """Make blocks so small that a handful of rows fills several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "BLOCK", SMALL_BLOCK)
        yield


class Type(NamedTuple):
    """A type with its name in each library and values to put in."""

    arrow: pa.DataType
    polars: Any
    values: st.SearchStrategy[Any]


MOMENTS = st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2250, 1, 1))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
SPANS = st.timedeltas(dt.timedelta(days=-9999), dt.timedelta(days=9999))
TYPES = {
    "bool": Type(pa.bool_(), pl.Boolean, st.booleans()),
    "int": Type(pa.int64(), pl.Int64, st.integers(-(2**63), 2**63 - 1)),
    "float": Type(pa.float64(), pl.Float64, st.floats(allow_nan=False)),
    "string": Type(pa.string(), pl.String, TEXTS),
    "binary": Type(pa.binary(), pl.Binary, st.binary(max_size=4)),
    "timestamp": Type(pa.timestamp("us"), pl.Datetime("us"), MOMENTS),
    "date": Type(pa.date32(), pl.Date, st.dates()),
    "time": Type(pa.time64("us"), pl.Time, st.times()),
    "duration": Type(pa.duration("us"), pl.Duration("us"), SPANS),
    "decimal": Type(
        pa.decimal128(20, 3),
        pl.Decimal(20, 3),
        st.decimals(-(10**9), 10**9, places=3, allow_nan=False),
    ),
    "list": Type(
        pa.list_(pa.int64()),
        pl.List(pl.Int64),
        st.lists(st.none() | st.integers(0, 9), max_size=3),
    ),
    "record": Type(
        pa.struct([("a", pa.string()), ("b", pa.float64())]),
        pl.Struct({"a": pl.String, "b": pl.Float64}),
        # The order of the fields is part of the type: hypothesis would shuffle a dictionary's.
        st.tuples(st.none() | TEXTS, st.floats(allow_nan=False)).map(
            lambda pair: {"a": pair[0], "b": pair[1]}
        ),
    ),
}


def seen(values: Any) -> tuple[str, str | None]:
    found = fingerprint(values)
    assert found is not None
    assert found.gaps == []
    (only,) = found.columns
    return only.type, only.digest


def objects(values: list[Any]) -> np.ndarray:
    cells = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        cells[i] = value
    return cells


def chunked(values: list[Any], kind: pa.DataType, cuts: list[int]) -> pa.ChunkedArray:
    """Return the values in chunks, each a slice with something before and behind it."""
    ends = sorted({0, len(values), *(cut % (len(values) + 1) for cut in cuts)})
    chunks = []
    for start, stop in pairwise(ends):
        padded = [None, *values[start:stop], *values[:1]]
        chunks.append(pa.array(padded, kind).slice(1, stop - start))
    return pa.chunked_array(chunks, kind)


@st.composite
def filled(draw: st.DrawFn) -> tuple[Type, list[Any]]:
    kind = TYPES[draw(st.sampled_from(sorted(TYPES)))]
    return kind, draw(st.lists(st.none() | kind.values, min_size=1, max_size=17))


@settings(max_examples=80, deadline=None)
@given(filled(), st.lists(st.integers(0, 20), max_size=3))
def test_what_holds_the_values_does_not_matter(
    column: tuple[Type, list[Any]], cuts: list[int]
) -> None:
    kind, values = column
    plain = pa.array(values, kind.arrow)
    expected = seen(plain)
    assert seen(chunked(values, kind.arrow, cuts)) == expected
    assert seen(pl.Series(values, dtype=kind.polars)) == expected
    assert seen(pd.Series(plain, dtype=pd.ArrowDtype(kind.arrow))) == expected
    if any(_typed(value) for value in values):
        assert seen(objects(values)) == expected
        assert seen(pd.Series(objects(values), dtype=object)) == expected
    if not pa.types.is_nested(kind.arrow):
        assert seen(plain.dictionary_encode()) == expected


def _typed(value: Any) -> bool:
    """Tell whether Python values alone show the whole type: an empty list does not."""
    if isinstance(value, list):
        return any(item is not None for item in value)
    return value["a"] is not None if isinstance(value, dict) else value is not None


@settings(max_examples=150, deadline=None)
@given(filled(), st.data())
def test_any_change_of_one_cell_counts(column: tuple[Type, list[Any]], data: st.DataObject) -> None:
    kind, values = column
    place = data.draw(st.integers(0, len(values) - 1))
    other = data.draw(st.none() | kind.values)
    changed = [*values[:place], other, *values[place + 1 :]]
    same = values[place] == other
    for make in (
        lambda cells: pa.array(cells, kind.arrow),
        lambda cells: pl.Series(cells, dtype=kind.polars),
        lambda cells: objects([*cells, *_anchor(kind, values, other)]),
    ):
        assert (seen(make(values)) == seen(make(changed))) == same


def _anchor(kind: Type, values: list[Any], other: Any) -> list[Any]:
    """Return a last cell that keeps the type of Python objects the same on both sides."""
    return [value for value in [*values, other] if value is not None]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.none() | st.floats() | st.just(math.nan) | st.just(-0.0), min_size=1, max_size=12)
)
def test_floats_have_one_nan_and_one_zero(values: list[float | None]) -> None:
    numbers = np.array([math.nan if value is None else value for value in values])
    expected = seen(numbers)
    assert seen(pa.array(values, pa.float64())) == expected
    assert seen(pl.Series(values, dtype=pl.Float64)) == expected
    assert seen(pd.array(numbers, dtype="Float64").to_numpy("f8", na_value=math.nan)) == expected
    assert seen(numbers + 0.0) == expected
    assert seen(numbers.astype(">f8")) == expected
    assert seen(np.repeat(numbers, 3)[::3]) == expected


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.none() | TEXTS, st.none() | st.booleans(), MOMENTS), min_size=1, max_size=12
    )
)
def test_whole_tables_agree(rows: list[tuple[Any, ...]]) -> None:
    rows = [*rows, ("x", True, rows[0][2])]  # without any value pandas forgets the type
    schema = pa.schema([("s", pa.string()), ("b", pa.bool_()), ("t", pa.timestamp("us"))])
    arrow = pa.Table.from_pylist(
        [dict(zip(schema.names, row, strict=True)) for row in rows], schema
    )
    tables = [
        arrow,
        pl.from_arrow(arrow),
        arrow.to_pandas(),
        arrow.to_pandas(types_mapper=pd.ArrowDtype),
        arrow.to_pandas(strings_to_categorical=True),
        pa.Table.from_pandas(arrow.to_pandas(), schema=schema),
    ]
    assert len({fingerprint(table).digest for table in tables}) == 1


ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | TEXTS
    | st.binary(max_size=4)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.dates()
)
STATES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(TEXTS, inner, max_size=3)
        | st.frozensets(ATOMS.filter(lambda atom: atom != 0), max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(STATES)
def test_states_survive_pickle(state: Any) -> None:
    again = pickle.loads(pickle.dumps(state))
    assert state_digest(again) == state_digest(state)
    assert state_digest(state).complete


def spelled(state: Any) -> str:
    """Return a text that is the same for the same state: types, numbers, order where it counts."""
    if isinstance(state, (list, tuple)):
        return f"{type(state).__name__}({[spelled(item) for item in state]})"
    if isinstance(state, dict):
        return f"dict({sorted((spelled(key), spelled(value)) for key, value in state.items())})"
    if isinstance(state, frozenset):
        return f"set({sorted(map(spelled, state))})"
    return f"{type(state).__name__} {state + 0.0 if isinstance(state, float) else state!r}"


@settings(max_examples=200, deadline=None)
@given(STATES, STATES)
def test_states_are_equal_when_their_spelling_is(one: Any, two: Any) -> None:
    assert (state_digest(one) == state_digest(two)) == (spelled(one) == spelled(two))
