"""The compiled loops count what NumPy counts, bit for bit; those that don't fit are left alone."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forebear.core.sketches import BUCKETS, LONGEST, text_hash
from forebear.engines import profile_loops, profile_numbers
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


def by_numpy(monkeypatch: pytest.MonkeyPatch, count: Callable[[], bytes]) -> bytes:
    with monkeypatch.context() as patch:
        patch.setattr(profile_numbers, "load", lambda: None)
        return count()


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
def test_whole_chunks_are_counted_alike(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = columns()[name]
    parts = np.array_split(values, [5, CHUNK // 3])
    found = counted(parts)
    assert found == by_numpy(monkeypatch, lambda: counted(parts))
    assert found == counted(parts[::-1])


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
def test_a_library_of_another_version_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Longer(profile_loops.Counts):
        _fields_ = (("more", profile_loops.ctypes.c_int64),)

    monkeypatch.setattr(profile_loops, "Counts", Longer)
    assert load.__wrapped__() is None
