"""The log's Merkle tree, of which upper hashes are remembered, so that proofs are cheap.

The file `<folder>/<level>` holds the roots of all whole subtrees of 2 ** level leaves, one
after the other, for the levels 8, 16, 24…: 32 bytes for every 256 events, plus 0.4 %. A hash in
between is made of at most 128 of these. The files grow when somebody asks, may be deleted at
any time, and are not to be trusted: whoever uses them compares what comes out with the head of
the log.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from forebear.core import merkle
from forebear.core.errors import CorruptStore
from forebear.core.ports import HashTree

__all__ = ["RememberedTree"]

_STEP: Final = 8
_HASH: Final = 32
_RUN: Final = 1 << _STEP
_FETCH: Final = 256 * _RUN
_log = logging.getLogger(__name__)


class RememberedTree(HashTree):
    """Whole subtrees over the leaves that `leaf_hashes(start, stop)` returns.

    May be used by several threads and processes: what one of them writes is what every other
    would have written there.
    """

    def __init__(self, folder: Path, leaf_hashes: Callable[[int, int], list[bytes]]) -> None:
        self._folder = folder
        self._leaf_hashes = leaf_hashes
        self._known: dict[int, bytearray] = {}

    def subtree(self, level: int, index: int) -> bytes:
        """Return the root over the `index`-th run (from 0) of 2 ** `level` leaves.

        Raises:
            CorruptStore: the log has lost some of these leaves.
        """
        base = level - level % _STEP
        width = 1 << level - base
        return merkle.root(self._hashes(base, index * width, (index + 1) * width))

    def forget(self) -> None:
        """Delete what is remembered: it will be made again."""
        self._known.clear()
        for path in self._folder.glob("[0-9]*"):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                _log.debug("cannot delete %s: %s", path, error)

    def _hashes(self, level: int, start: int, stop: int) -> list[bytes]:
        """Return the roots of the runs `start` to `stop` of 2 ** `level` leaves (a known level)."""
        if level == 0:
            leaves = self._leaf_hashes(start, stop)
            if len(leaves) != stop - start:
                raise CorruptStore(
                    f"Of the events {start + 1} to {stop} only {len(leaves)} are there.",
                    hint="`forebear verify` says what is wrong.",
                )
            return leaves
        known = self._known.get(level)
        if known is None:
            known = self._known[level] = self._read(level)
        if len(known) < stop * _HASH:
            self._extend(level, known, stop)
        return [bytes(known[at * _HASH : (at + 1) * _HASH]) for at in range(start, stop)]

    def _extend(self, level: int, known: bytearray, stop: int) -> None:
        begin = len(known) // _HASH
        many = max(1, _FETCH // _RUN)
        for first in range(begin, stop, many):
            last = min(first + many, stop)
            below = self._hashes(level - _STEP, first * _RUN, last * _RUN)
            for at in range(0, len(below), _RUN):
                known += merkle.root(below[at : at + _RUN])
        self._write(level, known, begin)

    def _read(self, level: int) -> bytearray:
        try:
            data = bytearray((self._folder / str(level)).read_bytes())
        except OSError:
            return bytearray()
        del data[len(data) - len(data) % _HASH :]
        return data

    def _write(self, level: int, known: bytearray, begin: int) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self._folder / str(level), os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(file, known[begin * _HASH :], begin * _HASH)
            finally:
                os.close(file)
        except OSError as error:
            _log.debug("cannot remember hashes in %s: %s", self._folder, error)
