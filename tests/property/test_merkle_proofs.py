"""All trees up to 130 leaves: every entry and every earlier state is proved, nothing else is."""

import hashlib
from functools import cache

import pytest

from forebear.core import merkle
from forebear.core.errors import InvalidInput

MOST = 130


def leaf(number):
    return merkle.leaf_hash(b"%d" % number)


@cache
def definition(start, stop):
    """The tree hash of RFC 6962, section 2.1, over the leaves from `start` to `stop`."""
    if stop - start == 0:
        return hashlib.sha256(b"").digest()
    if stop - start == 1:
        return leaf(start)
    half = 1
    while half * 2 < stop - start:
        half *= 2
    left, right = definition(start, start + half), definition(start + half, stop)
    return hashlib.sha256(b"\x01" + left + right).digest()


class Remembering:
    """A log that knows the roots of its whole subtrees, and no others."""

    def subtree(self, level, index):
        return definition(index << level, (index + 1) << level)


LOG = Remembering()


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_entry_is_proved_and_no_other(size):
    root = definition(0, size)
    assert merkle.root_at(size, LOG) == root
    for index in range(size):
        proof = merkle.inclusion_proof(index, size, LOG)
        merkle.verify_inclusion(index, size, leaf(index), proof, root)
        assert len(proof) <= (size - 1).bit_length()
        for wrong in {index - 1, index + 1, size} - {index}:
            with pytest.raises(InvalidInput):
                merkle.verify_inclusion(wrong, size, leaf(index), proof, root)
        with pytest.raises(InvalidInput):
            merkle.verify_inclusion(index, size, leaf(index + 1), proof, root)
        with pytest.raises(InvalidInput):
            merkle.verify_inclusion(index, size, leaf(index), [*proof, leaf(0)], root)
        for place in range(len(proof)):
            bent = [*proof[:place], leaf(-1), *proof[place + 1 :]]
            with pytest.raises(InvalidInput):
                merkle.verify_inclusion(index, size, leaf(index), bent, root)


@pytest.mark.parametrize("size2", range(1, MOST + 1))
def test_every_earlier_state_is_proved_and_no_other(size2):
    root2 = definition(0, size2)
    for size1 in range(1, size2 + 1):
        root1 = definition(0, size1)
        proof = merkle.consistency_proof(size1, size2, LOG)
        merkle.verify_consistency(size1, size2, proof, root1, root2)
        for first, second in ((leaf(-1), root2), (root1, leaf(-1))):
            with pytest.raises(InvalidInput):
                merkle.verify_consistency(size1, size2, proof, first, second)
        with pytest.raises(InvalidInput):
            merkle.verify_consistency(size1, size2, [*proof, leaf(0)], root1, root2)
        for place in range(len(proof)):
            bent = [*proof[:place], leaf(-1), *proof[place + 1 :]]
            with pytest.raises(InvalidInput):
                merkle.verify_consistency(size1, size2, bent, root1, root2)


def test_proofs_are_the_same_from_leaves_and_from_subtrees():
    leaves = [leaf(number) for number in range(MOST)]
    for size in range(1, MOST, 7):
        for index in range(0, size, 3):
            expected = merkle.inclusion_proof(index, size, leaves)
            assert merkle.inclusion_proof(index, size, LOG) == expected
            assert merkle.inclusion_proof(index, size, leaf) == expected
            earlier = merkle.consistency_proof(index + 1, size, leaves)
            assert merkle.consistency_proof(index + 1, size, LOG) == earlier


def test_about_the_empty_log_nothing_can_be_shown():
    with pytest.raises(InvalidInput):
        merkle.verify_consistency(0, 5, [], merkle.EMPTY_ROOT, definition(0, 5))
    with pytest.raises(InvalidInput):
        merkle.verify_consistency(0, 0, [], merkle.EMPTY_ROOT, merkle.EMPTY_ROOT)
    with pytest.raises(InvalidInput):
        merkle.consistency_proof(0, 5, LOG)
    assert merkle.root_at(0, LOG) == merkle.EMPTY_ROOT
