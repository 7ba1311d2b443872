"""Counting the texts of one column, chunk by chunk: which there are, how long, how many."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forebear.core.numbers import Numbers
from forebear.core.profile_columns import Values
from forebear.core.sketches import BUCKETS, FIRST, LONGEST, THIRD
from forebear.engines.arrow_values import array_of, values_of
from forebear.engines.profile_hashes import CHUNK, Hashes, mixed, room
from forebear.engines.profile_loops import load
from forebear.engines.profile_numbers import NumberTally

__all__ = ["TextTally", "text_hashes"]

Words = npt.NDArray[np.uint64]
Lengths = npt.NDArray[np.int64]

_TRIED: Final = 8_192
"""Rows from which it is seen that a column has too many different texts."""
_TOGETHER: Final = 8_192
"""Texts that are hashed together: what is made of them on the way stays in the cache."""
_ASCII: Final = 128
_MASKS: Final = np.array([(1 << 8 * size) - 1 for size in range(9)], dtype=np.uint64)


class TextTally:
    """What is known so far of the texts, or the bytes, of a column."""

    def __init__(self, *, binary: bool = False) -> None:
        self._binary = binary
        self._counts: dict[Any, int] = {}
        self._listed = not binary
        self._lengths = NumberTally()
        self._hashes = Hashes()

    def add(self, array: Any) -> None:
        """Count a `pyarrow.Array` of strings or bytes without nulls."""
        if self._listed and not self._counted(array):
            self._listed = False
            self._forget()
        if not self._listed:
            for start in range(0, len(array), CHUNK):
                self._add_hashed(array.slice(start, CHUNK))

    def add_counted(self, array: Any, counts: Lengths) -> None:
        """Count different texts, each as often as `counts` says."""
        if self._listed and self._room(array):
            pairs = zip(array.to_pylist(), counts.tolist(), strict=True)
            if self._take(pairs):
                return
        repeated = np.repeat(np.arange(len(array)), counts)
        self.add(array.take(array_of(repeated)))

    def finish(self) -> tuple[Values, Numbers]:
        """Return the texts, and their lengths."""
        if not self._listed:
            return Values(listed=False, registers=self._hashes.registers()), self._lengths.finish()
        self._measure()
        counts = {text: self._counts[text] for text in sorted(self._counts)}
        return Values(counts), self._lengths.finish()

    def _add_hashed(self, array: Any) -> None:
        lengths, hashes = text_hashes(array)
        self._hashes.add(hashes)
        if not self._binary and not _ascii(array):
            from pyarrow.compute import utf8_length

            lengths = values_of(utf8_length(array))
        self._lengths.add(lengths)

    def _counted(self, array: Any) -> bool:
        """Count the texts; False where they are too many or too long."""
        if not self._room(array):
            return False
        _, hashes = text_hashes(array.slice(0, _TRIED))
        if len(np.unique(hashes)) > BUCKETS:
            return False
        found = array.value_counts()
        texts, counts = found.field("values"), found.field("counts")
        if len(texts) > BUCKETS:
            return False
        return self._take(zip(texts.to_pylist(), counts.to_pylist(), strict=True))

    def _room(self, array: Any) -> bool:
        ends, _ = _cells(array)
        return int(np.diff(ends).max(initial=0)) <= LONGEST

    def _take(self, pairs: Any) -> bool:
        """Add counts; False, with nothing added, where there would be too many texts."""
        both = dict(self._counts)
        for text, count in pairs:
            both[text] = both.get(text, 0) + count
        if len(both) > BUCKETS:
            return False
        self._counts = both
        return True

    def _forget(self) -> None:
        """Keep of the texts so far only how many they are, and how long."""
        self._measure()
        cells = [text if self._binary else text.encode() for text in self._counts]
        ends = np.cumsum([0, *map(len, cells)])
        self._hashes.add(_hashed(ends, np.frombuffer(b"".join(cells), np.uint8))[1])
        self._counts = {}

    def _measure(self) -> None:
        sizes = np.fromiter(map(len, self._counts), np.int64, len(self._counts))
        self._lengths.add_counted(sizes, np.fromiter(self._counts.values(), np.int64))


def text_hashes(array: Any) -> tuple[Lengths, Words]:
    """Return the lengths in bytes and the hashes of texts (`forebear.core.sketches.text_hash`).

    What is returned may be written over by the next call of the same thread.
    """
    return _hashed(*_cells(array))


def _hashed(ends: npt.NDArray[Any], data: npt.NDArray[np.uint8]) -> tuple[Lengths, Words]:
    loops = load()
    if loops is not None:
        lengths, hashes = room.keys(len(ends) - 1), room.words(len(ends) - 1)
        if loops.hash_texts(ends, data, lengths, hashes) <= LONGEST:
            return lengths, hashes
    starts, lengths = ends[:-1].astype(np.int64), np.diff(ends).astype(np.int64, copy=False)
    data, starts = data[ends[0] : ends[-1]], starts - ends[0]
    if int(lengths.max(initial=0)) > LONGEST:
        return lengths, _long_hashes(starts, lengths, data)
    return lengths, _hashes(starts, lengths, data)


def _hashes(starts: Lengths, lengths: Lengths, data: npt.NDArray[np.uint8]) -> Words:
    # Words begin at any byte; behind the last text there must be two whole ones to read.
    padded = np.zeros(len(data) // 8 + 3, np.uint64)
    padded.view(np.uint8)[: len(data)] = data
    found = np.empty(len(starts), np.uint64)
    for place in range(0, len(starts), _TOGETHER):
        part = slice(place, place + _TOGETHER)
        found[part] = _hashes_of(starts[part], lengths[part], padded)
    return found


def _hashes_of(starts: Lengths, lengths: Lengths, data: Words) -> Words:
    state: Words = lengths.view(np.uint64) * np.uint64(THIRD)
    shortest, longest = int(lengths.min()), int(lengths.max())
    for start in range(0, longest, 8):
        if start < shortest:
            state = _step(state, _words_at(data, starts + start), lengths - start)
            continue
        there = lengths > start
        if np.count_nonzero(there) * 2 > len(there):
            rest = np.maximum(lengths - start, 0)
            np.copyto(state, _step(state, _words_at(data, starts + start), rest), where=there)
        else:
            places = np.flatnonzero(there)
            words = _words_at(data, starts[places] + start)
            state[places] = _step(state[places], words, lengths[places] - start)
    return mixed(state)


def _words_at(data: Words, places: Lengths) -> Words:
    """Return the eight bytes from each place on."""
    whole = places >> 3
    bits = ((places & 7) << 3).view(np.uint64)
    words = data.take(whole, mode="clip")
    words >>= bits
    whole += 1
    behind = data.take(whole, mode="clip")
    # Where a word begins at its first bit, all of the next one is shifted out.
    behind <<= np.uint64(64) - bits
    words |= behind
    return words


def _step(state: Words, words: Words, rest: Lengths) -> Words:
    """Take one word of each text, of which `rest` bytes belong to it."""
    if int(rest.min()) < 8:
        words &= _MASKS.take(rest, mode="clip")
    words ^= state
    words *= np.uint64(FIRST)
    words ^= words >> np.uint64(32)
    return words


def _long_hashes(starts: Lengths, lengths: Lengths, data: npt.NDArray[np.uint8]) -> Words:
    """Return hashes where some texts are so long that their digests are taken in their place."""
    found = np.empty(len(starts), np.uint64)
    long = lengths > LONGEST
    digests = [
        hashlib.sha256(data[start : start + length].data).digest()
        for start, length in zip(starts[long].tolist(), lengths[long].tolist(), strict=True)
    ]
    found[long] = _hashes(
        np.arange(len(digests)) * 32,
        np.full(len(digests), 32),
        np.frombuffer(b"".join(digests), np.uint8),
    )
    short = ~long
    if short.any():
        found[short] = _hashes(starts[short], lengths[short], data)
    return found


def _cells(array: Any) -> tuple[npt.NDArray[Any], npt.NDArray[np.uint8]]:
    """Return where in the bytes each text begins, and where the last one ends; and the bytes."""
    wide = pa.types.is_large_string(array.type) or pa.types.is_large_binary(array.type)
    _, offsets, data = array.buffers()
    if offsets is None or not len(array):
        return np.zeros(len(array) + 1, np.int64), np.empty(0, np.uint8)
    ends = np.frombuffer(offsets, np.int64 if wide else np.int32)
    ends = ends[array.offset : array.offset + len(array) + 1]
    return ends, np.empty(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)


def _ascii(array: Any) -> bool:
    ends, data = _cells(array)
    return int(data[ends[0] : ends[-1]].max(initial=0)) < _ASCII
