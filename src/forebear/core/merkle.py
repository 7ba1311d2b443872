"""A Merkle tree over a log (RFC 6962): one root says what every entry was, and in which order.

A leaf is hashed as SHA-256(0x00 ‖ data), an inner node as SHA-256(0x01 ‖ left ‖ right), so
that no leaf can be passed off as a node; the empty tree has the hash of nothing. All hashes
here are 32 raw bytes. The checks follow RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

from forebear.core.errors import InvalidInput

__all__ = [
    "EMPTY_ROOT",
    "Frontier",
    "Leaves",
    "Subtrees",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "root",
    "root_at",
    "verify_consistency",
    "verify_inclusion",
]

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
_SIZE: Final = 32


class Subtrees(Protocol):
    """A log that remembers the roots of its whole subtrees."""

    def subtree(self, level: int, index: int) -> bytes:
        """Return the root over the `index`-th run (from 0) of 2 ** `level` leaves."""


Leaves = Sequence[bytes] | Callable[[int], bytes] | Subtrees
"""Leaf hashes: a sequence, a function from an index (from 0) to the hash there, or a log that
remembers more than leaves, for which proofs cost O(log n) look-ups."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of an entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees, the left one being the older."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the roots of its whole subtrees, largest first.

    A tree of n leaves has as many of them as n has one bits, so appending costs O(log n)
    time and the whole state is a few hundred bytes.

    >>> edge = Frontier()
    >>> edge.append(leaf_hash(b"first"))
    >>> edge.root() == leaf_hash(b"first")
    True
    """

    __slots__ = ("size", "subtrees")

    def __init__(self, size: int = 0, subtrees: Iterable[bytes] = ()) -> None:
        self.size = size
        self.subtrees = list(subtrees)
        if len(self.subtrees) != size.bit_count() or any(len(h) != _SIZE for h in self.subtrees):
            raise InvalidInput(
                f"A tree of {size} entries has {size.bit_count()} whole subtrees of {_SIZE}-byte"
                f" hashes, not these {len(self.subtrees)}."
            )

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> Frontier:
        """Read what `to_bytes` wrote of a tree of `size` leaves."""
        return cls(size, (data[at : at + _SIZE] for at in range(0, len(data), _SIZE)))

    def to_bytes(self) -> bytes:
        """Return the subtree roots one after the other."""
        return b"".join(self.subtrees)

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        self.subtrees.append(leaf)
        self.size += 1
        remaining = self.size
        while remaining % 2 == 0:
            right = self.subtrees.pop()
            self.subtrees.append(node_hash(self.subtrees.pop(), right))
            remaining //= 2

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self.subtrees:
            return EMPTY_ROOT
        result = self.subtrees[-1]
        for left in reversed(self.subtrees[:-1]):
            result = node_hash(left, result)
        return result


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    edge = Frontier()
    for leaf in leaves:
        edge.append(leaf)
    return edge.root()


def root_at(size: int, leaves: Leaves) -> bytes:
    """Return the root over the first `size` leaves."""
    return _range_root(0, size, leaves)


def inclusion_proof(leaf_index: int, tree_size: int, leaves: Leaves) -> list[bytes]:
    """Return the hashes that lead from a leaf to the root of the first `tree_size` leaves.

    Raises:
        InvalidInput: there is no such leaf in a tree of that size.
    """
    if not 0 <= leaf_index < tree_size:
        raise InvalidInput(f"A tree of {tree_size} entries has no entry {leaf_index}.")
    proof: list[bytes] = []
    start, end = 0, tree_size
    while end - start > 1:
        middle = start + _split(end - start)
        if leaf_index < middle:
            proof.append(_range_root(middle, end, leaves))
            end = middle
        else:
            proof.append(_range_root(start, middle, leaves))
            start = middle
    proof.reverse()
    return proof


def consistency_proof(size1: int, size2: int, leaves: Leaves) -> list[bytes]:
    """Return the hashes that show that the tree of `size1` leaves begins the one of `size2`.

    Raises:
        InvalidInput: unless 1 <= size1 <= size2. About an empty tree there is nothing to show.
    """
    _check_sizes(size1, size2)
    proof: list[bytes] = []
    start, end = 0, size2
    while size1 != end:
        middle = start + _split(end - start)
        if size1 <= middle:
            proof.append(_range_root(middle, end, leaves))
            end = middle
        else:
            proof.append(_range_root(start, middle, leaves))
            start = middle
    if start:
        proof.append(_range_root(start, end, leaves))
    proof.reverse()
    return proof


def verify_inclusion(
    leaf_index: int, tree_size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Return when `proof` shows that the leaf is in the tree with this root.

    Raises:
        InvalidInput: it does not.
    """
    if not 0 <= leaf_index < tree_size:
        raise InvalidInput(f"A tree of {tree_size} entries has no entry {leaf_index}.")
    position, last, result = leaf_index, tree_size - 1, leaf_hash
    for step in proof:
        if last == 0:
            raise InvalidInput("The inclusion proof is longer than the tree is high.")
        if position % 2 or position == last:
            result = node_hash(step, result)
            position, last = _skip_missing(position, last)
        else:
            result = node_hash(result, step)
        position, last = position // 2, last // 2
    if last != 0 or result != root:
        raise InvalidInput(f"The proof does not lead from entry {leaf_index} to the root given.")


def verify_consistency(
    size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes
) -> None:
    """Return when `proof` shows that the second tree only adds to the first one.

    Raises:
        InvalidInput: it does not, or `size1` is 0, about which nothing can be shown.
    """
    _check_sizes(size1, size2)
    if size1 == size2:
        if proof or root1 != root2:
            raise InvalidInput("Trees of one size are consistent only when their roots are equal.")
        return
    steps = list(proof)
    if size1 & (size1 - 1) == 0:
        steps.insert(0, root1)
    if not steps:
        raise InvalidInput("The consistency proof is empty.")
    position, last = size1 - 1, size2 - 1
    while position % 2:
        position, last = position // 2, last // 2
    older = newer = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise InvalidInput("The consistency proof is longer than the tree is high.")
        if position % 2 or position == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            position, last = _skip_missing(position, last)
        else:
            newer = node_hash(newer, step)
        position, last = position // 2, last // 2
    if last != 0 or older != root1 or newer != root2:
        raise InvalidInput(
            f"The log of {size2} entries is no continuation of the one of {size1} entries."
        )


def _check_sizes(size1: int, size2: int) -> None:
    if size1 < 1:
        raise InvalidInput("Every log continues the empty one: there is nothing to prove.")
    if size1 > size2:
        raise InvalidInput(f"A log of {size2} entries cannot continue one of {size1}.")


def _skip_missing(position: int, last: int) -> tuple[int, int]:
    """Go up to the level where a node on the right edge has a left sibling to be joined with."""
    while position % 2 == 0 and position != 0:
        position, last = position // 2, last // 2
    return position, last


def _split(size: int) -> int:
    """Return the largest power of two below `size` (size > 1)."""
    return 1 << (size - 1).bit_length() - 1


def _range_root(start: int, end: int, leaves: Leaves) -> bytes:
    """Return the root over leaves `start` to `end`; `start` is where a subtree begins."""
    if isinstance(leaves, Sequence):
        return root(leaves[start:end])
    if callable(leaves):
        return root(leaves(index) for index in range(start, end))
    edge: list[bytes] = []
    at = start
    for level in range((end - start).bit_length() - 1, -1, -1):
        if (end - start) >> level & 1:
            edge.append(leaves.subtree(level, at >> level))
            at += 1 << level
    return Frontier(end - start, edge).root()
