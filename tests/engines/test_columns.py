"""The rule, computed again from its text with the standard library, and pinned."""

import hashlib
import struct

import numpy as np
import pytest

from forebear.engines import columns
from forebear.engines.columns import (
    digest_columns,
    numpy_source,
    struct_word,
    timestamp_word,
    word_of,
)
from forebear.engines.objects import object_source


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def by_hand(word: str, rows: int, *blocks: bytes) -> str:
    parts = [word.encode(), rows.to_bytes(8, "little"), *map(sha, blocks)]
    framed = b"".join(len(part).to_bytes(8, "little") + part for part in parts)
    return "sha256:" + sha(b"forebear:column.v1\n" + framed).hex()


def digest(values: np.ndarray, valid: np.ndarray | None = None) -> str:
    (found,) = digest_columns([numpy_source(values, valid)])
    return found


def test_fixed_width_by_hand() -> None:
    assert digest(np.array([1, 2, 3], dtype="int32")) == by_hand(
        "int32", 3, b"\0" + struct.pack("<3i", 1, 2, 3)
    )
    assert digest(np.array([True, False])) == by_hand("bool", 2, b"\0\1\0")
    assert digest(np.array([], dtype="uint8")) == by_hand("uint8", 0)


def test_rows_without_a_value_by_hand() -> None:
    valid = np.array([True, False, True])
    assert digest(np.array([1, 9, 3], dtype="int16"), valid) == by_hand(
        "int16", 3, b"\1\5" + struct.pack("<3h", 1, 0, 3)
    )


def test_floats_by_hand() -> None:
    plain = np.array([0.5, -0.0, np.nan, np.inf])
    expected = by_hand("float64", 4, b"\1\x0b" + struct.pack("<4d", 0.5, 0.0, 0.0, np.inf))
    assert digest(plain) == expected
    assert digest(plain, np.array([True, True, False, True])) == expected
    assert plain[1] == 0
    assert np.signbit(plain[1])


def test_times_by_hand() -> None:
    moment = np.array(["1969-12-31T23:59:59.5", "NaT"], dtype="M8[ms]")
    expected = by_hand(
        "timestamp", 2, b"\1\1" + struct.pack("<2q", -1, 0) + struct.pack("<2i", 500_000_000, 0)
    )
    assert digest(moment) == digest(moment.astype("M8[ns]")) == expected


def test_strings_by_hand() -> None:
    expected = by_hand("string", 2, b"\0" + struct.pack("<2q", 2, 1) + "éa".encode())
    assert digest(np.array(["é", "a"])) == expected


def test_blocks_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "BLOCK", 2)
    values = np.array([1, 2, 3], dtype="int8")
    assert digest(values) == by_hand("int8", 3, b"\0\1\2", b"\0\3")


def test_records_and_lists_by_hand() -> None:
    records = np.zeros(2, dtype=[("a", "i1"), ("b", "i1", (2,))])
    records["a"], records["b"] = [1, 2], [[3, 4], [5, 6]]
    assert digest(records) == by_hand(
        'struct<"a": int8, "b": list<int8>>',
        2,
        b"\0" + b"\0\1\2" + b"\0" + struct.pack("<2q", 2, 2) + b"\0\3\4\5\6",
    )


def test_digests_are_pinned() -> None:
    """A digest is a name that is kept for years: these may never change."""
    assert digest(np.arange(70_000, dtype="float64")) == (
        "sha256:8fd21da65abcc214fc7fb39953e8b95aec53d8428e45f4229729586d3b69ee85"
    )
    assert digest(np.array(["x", "yy", ""])) == (
        "sha256:59205a7a62dc90621f5706840ebbba4e26fd163a9ecd0e25b65202a1f2e101fc"
    )


def test_many_threads_and_one_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.arange(300_000, dtype="int64")
    alone = digest(values)
    monkeypatch.setattr(columns, "_PARALLEL_CELLS", 1)
    assert digest(values) == alone


@pytest.mark.parametrize(
    ("dtype", "word"),
    [
        ("?", "bool"),
        (">i4", "int32"),
        ("f2", "float16"),
        ("longdouble", "longdouble"),
        ("c8", "complex64"),
        ("clongdouble", "clongdouble"),
        ("U3", "string"),
        ("S3", "binary"),
        ("V3", "binary"),
        ("M8[D]", "date"),
        ("M8[M]", "date"),
        ("M8[h]", "timestamp"),
        ("M8[25us]", "timestamp"),
        ("M8", "timestamp"),
        ("M8[ps]", "timestamp:1ps"),
        ("m8[W]", "duration"),
        ("m8[Y]", "duration:1Y"),
        ([("a", "i4"), ("b", "f8", (2, 3))], 'struct<"a": int32, "b": list<list<float64>>>'),
    ],
)
def test_words_of_dtypes(dtype: object, word: str) -> None:
    assert word_of(np.dtype(dtype)) == word


def test_no_name_can_forge_a_type() -> None:
    one = struct_word([("a", "int64"), ("b", "int64")])
    assert struct_word([('a": int64, "b', "int64")]) != one


def test_all_names_of_utc_are_one() -> None:
    names = ["UTC", "utc", "Etc/UTC", "Z", "Zulu", "+00:00", "UTC+00:00"]
    assert {timestamp_word(name) for name in names} == {"timestamp[UTC]"}
    assert timestamp_word("UTC+01:00") == timestamp_word("+01:00") == "timestamp[+01:00]"
    assert timestamp_word(None) == "timestamp"
    assert timestamp_word("Europe/Paris") == "timestamp[Europe/Paris]"


@pytest.mark.parametrize("unit", ["h", "m", "s", "ms", "us", "ns", "10s", "25ms"])
def test_the_unit_of_a_time_does_not_matter(unit: str) -> None:
    seconds = np.array([-7200, 0, 3600, 720_000], dtype="M8[s]")
    assert digest(seconds.astype(f"M8[{unit}]")) == digest(seconds)
    spans = seconds.view("m8[s]")
    assert digest(spans.astype(f"m8[{unit}]")) == digest(spans) != digest(seconds)


def test_long_doubles_keep_all_their_digits() -> None:
    one = np.array([1, np.nan], dtype="longdouble")
    more = one + np.finfo("longdouble").eps
    assert digest(one) == digest(one.copy())
    assert (digest(more) != digest(one)) == (more[0] != one[0])
    minus = np.array([-0.0], dtype="longdouble")
    assert digest(minus) == digest(np.abs(minus))


def test_complex_numbers() -> None:
    values = np.array([1 + 2j, complex(-0.0, -0.0), complex(np.nan, 1)])
    same = np.array([1 + 2j, 0j, complex(1, np.nan)])
    assert digest(values) == digest(same) != digest(same[::-1])


def test_texts_of_every_numpy_kind() -> None:
    assert digest(np.array([b"a", b"bc"])) == by_hand(
        "binary", 2, b"\0" + struct.pack("<2q", 1, 2) + b"abc"
    )
    void = np.array([b"ab", b"c\0"], dtype="V2")
    assert digest(void) == by_hand("binary", 2, b"\0" + struct.pack("<2q", 2, 2) + b"abc\0")
    masked = digest(np.array(["a", "b"]), np.array([True, False]))
    assert masked == by_hand("string", 2, b"\1\1" + struct.pack("<2q", 1, 0) + b"a")


def test_mixed_values_by_hand() -> None:
    def framed(*parts: bytes) -> bytes:
        return b"".join(len(part).to_bytes(8, "little") + part for part in parts)

    cells = [
        b"i-ff",
        b"f" + struct.pack("<d", 0.5),
        b"",
        b"v" + framed(b"string", b"\0" + struct.pack("<q", 1) + b"x"),
        b"l" + framed(b"i1", b"n"),
        b"m" + framed(*sorted([framed(b"i2", b"i3"), framed(b"i1", b"n")])),
        b"a2" + framed(b"int8", b"\0\1\2"),
    ]
    values = [-255, 0.5, None, "x", [1, np.nan], {2: 3, 1: None}, np.array([1, 2], dtype="i1")]
    lengths = struct.pack(f"<{len(cells)}q", *map(len, cells))
    (found,) = digest_columns([object_source(values)])
    assert found == by_hand("mixed", len(cells), b"\1\x7b" + lengths + b"".join(cells))
