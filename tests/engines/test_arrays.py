import numpy as np
import pytest
import scipy.sparse as sp

from forebear.core.errors import Unreadable
from forebear.engines.arrays import array_source
from forebear.engines.columns import digest_columns
from forebear.engines.tables import column_digests, fingerprint


def digest(array: object) -> str:
    found = fingerprint(array)
    assert found is not None
    assert found.gaps == []
    return found.digest


def test_layout_and_endianness_do_not_matter() -> None:
    values = np.arange(24, dtype="float32").reshape(2, 3, 4)
    same = [
        values.copy(order="F"),
        values.astype(">f4"),
        np.broadcast_to(values, values.shape),
        np.repeat(values, 2, axis=1)[:, ::2],
        values[::-1][::-1],
    ]
    assert {digest(array) for array in same} == {digest(values)}


def test_type_shape_and_order_matter() -> None:
    values = np.arange(6)
    others = [
        values.astype("int32"),
        values.astype("float64"),
        values.reshape(2, 3),
        values.reshape(3, 2),
        values.reshape(6, 1),
        values[::-1],
        values[:5],
        values + 1,
    ]
    assert len({digest(array) for array in [values, *others]}) == len(others) + 1


def test_every_value_of_a_large_transposed_array_counts() -> None:
    values = np.arange(300_000, dtype="float64").reshape(3, 100_000).T
    assert not values.flags.c_contiguous
    before = digest(values)
    assert before == digest(np.ascontiguousarray(values))
    for place in [(0, 0), (65_535, 2), (99_999, 2)]:
        changed = values.copy()
        changed[place] += 1
        assert digest(changed) != before


def test_what_is_told_of_arrays() -> None:
    found = fingerprint(np.zeros((4, 2)))
    assert (found.form, found.rows, found.shape, found.columns) == ("array", 4, (4, 2), [])
    one = fingerprint(np.zeros(4, dtype="uint8"))
    assert [(c.name, c.type) for c in one.columns] == [("", "uint8")]
    assert fingerprint(np.array(3.0)).shape == ()
    assert digest(np.array(3.0)) != digest(np.array([3.0]))
    assert digest(np.zeros((0, 3))) != digest(np.zeros((3, 0)))


def test_columns_of_an_array_are_those_of_a_table() -> None:
    values = np.arange(6.0).reshape(3, 2)
    ones = [fingerprint(values[:, i]).columns[0].digest for i in range(2)]
    assert column_digests(values) == ones
    assert column_digests(values[:, 0]) == ones[:1]
    with pytest.raises(Unreadable, match="3 dimensions"):
        column_digests(np.zeros((1, 1, 1)))


def test_masked_values_are_no_values() -> None:
    masked = np.ma.MaskedArray([1.0, 7.0, 3.0], mask=[False, True, False])
    assert digest(masked) == digest(np.array([1.0, np.nan, 3.0]))
    square = np.ma.MaskedArray(np.arange(4).reshape(2, 2).T, mask=[[0, 1], [0, 0]])
    other = square.copy()
    other.data[0, 1] = 99
    assert digest(square) == digest(other) != digest(square.data)
    unmasked = np.ma.MaskedArray([1, 2])
    assert digest(unmasked) == digest(np.array([1, 2]))
    objects = np.ma.MaskedArray(np.array(["a", "b"], dtype=object), mask=[0, 1])
    assert digest(objects) == digest(np.array(["a", None], dtype=object))
    records = np.ma.MaskedArray(np.array([(1, 2.0)], dtype="i4,f8"), mask=[(1, 1)])
    assert digest(records) != digest(records.data)


def test_records_go_by_field_not_by_padding() -> None:
    packed = np.array([(1, 2.5), (3, 4.5)], dtype=[("a", "i1"), ("b", "f8")])
    padded = np.empty(2, dtype=np.dtype([("a", "i1"), ("b", "f8")], align=True))
    padded.view("u1")[:] = 255
    padded["a"], padded["b"] = packed["a"], packed["b"]
    assert digest(packed) == digest(padded)
    padded["b"][1] = 0
    assert digest(packed) != digest(padded)


def test_records_with_objects() -> None:
    def record(text: object) -> np.ndarray:
        return np.array([(1, text), (2, None)], dtype=[("n", "i4"), ("text", object)])

    assert digest(record("a")) == digest(record("a")) != digest(record("b"))
    assert fingerprint(record("a")).columns[0].type == 'struct<"n": int32, "text": string>'
    assert fingerprint(record(object())).gaps


def test_texts_in_every_kind_of_array_are_the_same() -> None:
    plain = np.array(["a", "bé", ""])
    assert digest(plain) == digest(plain.astype(object))
    assert digest(plain) == digest(plain.astype(np.dtypes.StringDType()))


def test_dates_and_times() -> None:
    days = np.array(["2020-02-29", "NaT"], dtype="M8[D]")
    assert fingerprint(days).columns[0].type == "date"
    assert digest(days) != digest(days.astype("M8[s]"))


def test_object_arrays_that_hold_strangers_say_so() -> None:
    found = fingerprint(np.array([object(), 1], dtype=object))
    assert found.gaps == ["The array holds what only its type was digested of: builtins.object."]


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])
@pytest.mark.parametrize("form", ["array", "matrix"])
def test_sparse_formats_are_one(kind: str, form: str) -> None:
    dense = np.array([[0.0, 1.5, 0.0], [2.5, 0.0, 3.5]])
    made = getattr(sp, f"{kind}_{form}")(dense)
    found = fingerprint(made)
    assert (found.form, found.rows, found.shape) == ("sparse", 2, (2, 3))
    assert found.digest == digest(sp.csr_array(dense)) != digest(dense)


def test_sparse_values_shape_and_type_matter() -> None:
    base = sp.csr_array(np.array([[0, 1, 0], [2, 0, 3]]))
    others = [base.T, base * 2, base.astype("float64"), sp.csr_array(np.array([[0, 1, 0, 0]] * 2))]
    moved = sp.csr_array(np.array([[1, 0, 0], [2, 0, 3]]))
    assert len({digest(x) for x in [base, moved, *others]}) == 6


def test_sparse_duplicates_and_stored_zeros_do_not_matter_nor_change() -> None:
    messy = sp.csr_array((np.array([5.0, 0.0, 3.0]), np.array([1, 2, 0]), [0, 2, 3]), shape=(2, 3))
    clean = sp.csr_array(np.array([[0.0, 5.0, 0.0], [3.0, 0.0, 0.0]]))
    assert digest(messy) == digest(clean)
    assert messy.nnz == 3
    twice = sp.coo_array((np.array([1.0, 2.0]), ([0, 0], [1, 1])), shape=(1, 2))
    assert digest(twice) == digest(sp.coo_array(np.array([[0.0, 3.0]])))
    assert twice.nnz == 2


def test_sparse_of_one_dimension() -> None:
    one = sp.coo_array((np.array([2.0, 1.0]), (np.array([3, 0]),)), shape=(5,))
    assert digest(one) == digest(sp.coo_array(np.array([1.0, 0, 0, 2.0, 0])))
    assert digest(one) != digest(sp.coo_array(np.array([2.0, 0, 0, 1.0, 0])))


def test_a_1d_array_has_the_digest_of_its_column() -> None:
    values = np.array([1.0, np.nan])
    assert digest_columns([array_source(values)]) == [fingerprint(values).columns[0].digest]
