"""The compiled loops count what NumPy counts, bit for bit; those that don't fit are left alone."""

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ways import by_numpy

from forebear.core.sketches import BUCKETS, LONGEST, text_hash
from forebear.engines import profile_loops
from forebear.engines.profile_columns import ColumnTally
from forebear.engines.profile_hashes import CHUNK
from forebear.engines.profile_loops import load
from forebear.engines.profile_numbers import NumberTally
from forebear.engines.profile_texts import text_hashes

compiled = pytest.mark.skipif(load() is None, reason="forebear was built without a C compiler")


def counted(parts: list[np.ndarray]) -> bytes:
    tally = NumberTally()
    for part in parts:
        tally.add(part)
    return msgspec.msgpack.encode(tally.finish())


def told(array: pa.Array) -> bytes:
    tally = ColumnTally("x", array.type)
    for start in range(0, len(array), 1001):
        tally.add(array.slice(start, 1001))
    return msgspec.msgpack.encode(tally.finish())


def columns() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(17)
    n = 2 * CHUNK + 77
    signs = rng.choice([-1.0, 1.0], n)
    return {
        "normal": rng.normal(size=n),
        "every magnitude": signs * 2.0 ** rng.uniform(-1074, 1024, n),
        "every magnitude, late": np.r_[rng.normal(size=n), 2.0 ** rng.uniform(-1074, 1024, n)],
        "few": rng.integers(0, 900, n) / 2,
        "few, then many": np.r_[rng.integers(0, 900, n) / 2, rng.random(n)],
        "as many as there may be": np.arange(n) % BUCKETS / 4,
        "one more": np.arange(n) % (BUCKETS + 1) / 4,
        "denormal": rng.integers(-(2**40), 2**40, n) * 5e-324,
        "zeros of both signs": np.where(rng.random(n) < 0.5, -0.0, 0.5),
        "largest": signs * np.finfo(float).max * (1 - rng.random(n) / 1e9),
        "instants": 1_577_836_800_000_000 + rng.integers(0, 10**14, n),
        "ids, then far ones": np.r_[np.arange(n), 10**12 + np.arange(n)],
        "missing": np.where(rng.random(n) < 0.2, np.nan, rng.exponential(3, n)),
        "strided": rng.normal(size=2 * n)[::2],
    }


@compiled
@pytest.mark.parametrize("name", list(columns()))
def test_whole_chunks_are_counted_alike(name: str) -> None:
    values = columns()[name]
    parts = np.array_split(values, [5, CHUNK // 3])
    found = counted(parts)
    assert found == counted(parts[::-1])
    with by_numpy():
        assert found == counted(parts)


@compiled
@pytest.mark.parametrize("kind", "b h i l B H I L e f d M8[us] S U".split())
@pytest.mark.parametrize("gaps", [0.0, 0.3, 1.0])
def test_columns_of_every_type_are_counted_alike(kind: str, gaps: float) -> None:
    rng = np.random.default_rng(23)
    n = 20_000
    if kind in "SU":
        values = rng.integers(0, 5000, n).astype(kind).astype(object)
    elif kind in "efd":
        values = rng.normal(size=n).astype(kind)
    else:
        whole = np.dtype("i8" if kind == "M8[us]" else kind)
        values = rng.integers(0, 10 ** min(whole.itemsize * 2, 15), n).astype(whole).astype(kind)
    array = pa.array(values.tolist(), pa.array(values[:5]).type, mask=rng.random(n) < gaps)
    for part in (array, array.slice(13), array.slice(5, 1)):
        found = told(part)
        with by_numpy():
            assert found == told(part)


@compiled
def test_dictionaries_are_counted_alike() -> None:
    rng = np.random.default_rng(29)
    words = pa.array([f"word {number}" for number in range(60)])
    for kind in (np.int8, np.uint16, np.int32):
        codes = pa.array(rng.integers(3, 50, 9000).astype(kind), mask=rng.random(9000) < 0.1)
        array = pa.DictionaryArray.from_arrays(codes, words).slice(7)
        found = told(array)
        assert found == told(array.dictionary_decode())
        with by_numpy():
            assert found == told(array)


@compiled
@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=LONGEST), max_size=40), st.integers(0, 40))
def test_texts_have_the_hashes_of_the_core(texts: list[bytes], skipped: int) -> None:
    array = pa.array(texts, pa.binary()).slice(min(skipped, len(texts)))
    lengths, hashes = text_hashes(array)
    assert hashes.tolist() == [text_hash(one) for one in texts[skipped:]]
    assert lengths.tolist() == [len(one) for one in texts[skipped:]]


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler here")
def test_whoever_has_a_compiler_has_the_loops() -> None:
    assert load() is not None, "install forebear again: its loops are missing, or of another source"


def test_a_library_of_another_machine_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "wrong.so"
    wrong.write_bytes(b"\x7fELF and nothing else")
    monkeypatch.setattr(profile_loops, "LIBRARY", str(wrong))
    assert load.__wrapped__() is None
    monkeypatch.setattr(profile_loops, "LIBRARY", str(tmp_path / "none.so"))
    assert load.__wrapped__() is None


@compiled
def test_a_library_of_another_version_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Path(profile_loops.__file__)
    for name in (here.name, here.with_suffix(".c").name, profile_loops.LIBRARY):
        shutil.copy(here.with_name(name), tmp_path)
    monkeypatch.setattr(profile_loops, "__file__", str(tmp_path / here.name))
    assert load.__wrapped__() is not None
    with (tmp_path / here.with_suffix(".c").name).open("a") as source:
        source.write("/* changed */")
    assert load.__wrapped__() is None
