import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forebear.core import merkle
from forebear.core.errors import InvalidInput

# The test vectors of the certificate-transparency project for RFC 6962.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(data) for data in INPUTS]


def tree(leaves):
    """The recursive definition of RFC 6962, section 2.1, written down as it stands there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + tree(leaves[:k]) + tree(leaves[k:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_roots_of_the_test_vectors(size):
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]


def test_known_inclusion_proof():
    proof = merkle.inclusion_proof(0, 8, LEAVES)
    assert [step.hex() for step in proof] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]


def test_known_consistency_proof():
    proof = merkle.consistency_proof(6, 8, LEAVES)
    assert [step.hex() for step in proof] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def leaf(number):
    return merkle.leaf_hash(b"%d" % number)


@given(st.integers(0, 200))
def test_frontier_gives_the_root_of_the_definition(size):
    edge = merkle.Frontier()
    for number in range(size):
        edge.append(leaf(number))
    assert edge.root() == tree([leaf(n) for n in range(size)])
    assert len(edge.subtrees) == size.bit_count()
    again = merkle.Frontier.from_bytes(size, edge.to_bytes())
    again.append(leaf(size))
    assert again.root() == tree([leaf(n) for n in range(size + 1)])


@given(st.data())
def test_every_leaf_is_proved_and_no_other(data):
    size = data.draw(st.integers(1, 150))
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, leaf)
    root = tree([leaf(n) for n in range(size)])
    merkle.verify_inclusion(index, size, leaf(index), proof, root)
    with pytest.raises(InvalidInput):
        merkle.verify_inclusion(index, size, leaf(index + 1), proof, root)
    with pytest.raises(InvalidInput):
        merkle.verify_inclusion(index, size, leaf(index), [*proof, root], root)
    if proof:
        with pytest.raises(InvalidInput):
            merkle.verify_inclusion(index, size, leaf(index), proof[:-1], root)
        at = data.draw(st.integers(0, len(proof) - 1))
        bent = [*proof[:at], leaf(-1), *proof[at + 1 :]]
        with pytest.raises(InvalidInput):
            merkle.verify_inclusion(index, size, leaf(index), bent, root)
    if size > 1:
        wrong = (index + 1) % size
        with pytest.raises(InvalidInput):
            merkle.verify_inclusion(wrong, size, leaf(index), proof, root)


@given(st.data())
def test_every_prefix_is_proved_and_no_rewritten_one(data):
    size2 = data.draw(st.integers(1, 150))
    size1 = data.draw(st.integers(1, size2))
    leaves = [leaf(n) for n in range(size2)]
    root1, root2 = tree(leaves[:size1]), tree(leaves)
    proof = merkle.consistency_proof(size1, size2, leaves)
    merkle.verify_consistency(size1, size2, proof, root1, root2)
    rewritten = [leaf(-1), *leaves[1:]]
    with pytest.raises(InvalidInput):
        merkle.verify_consistency(size1, size2, proof, tree(rewritten[:size1]), root2)
    with pytest.raises(InvalidInput):
        merkle.verify_consistency(size1, size2, proof, root1, tree(rewritten))
    with pytest.raises(InvalidInput):
        merkle.verify_consistency(size1, size2, [*proof, root1], root1, root2)
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        bent = [*proof[:at], leaf(-1), *proof[at + 1 :]]
        with pytest.raises(InvalidInput):
            merkle.verify_consistency(size1, size2, bent, root1, root2)
        with pytest.raises(InvalidInput):
            merkle.verify_consistency(size1, size2, proof[1:], root1, root2)


def test_nothing_is_proved_about_the_empty_log():
    with pytest.raises(InvalidInput, match="nothing to prove"):
        merkle.consistency_proof(0, 3, LEAVES)
    with pytest.raises(InvalidInput, match="nothing to prove"):
        merkle.verify_consistency(0, 3, [], merkle.EMPTY_ROOT, merkle.root(LEAVES[:3]))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_a_leaf_outside_the_tree_has_no_proof(index, size):
    with pytest.raises(InvalidInput, match="no entry"):
        merkle.inclusion_proof(index, size, LEAVES)
    with pytest.raises(InvalidInput, match="no entry"):
        merkle.verify_inclusion(index, size, LEAVES[0], [], merkle.EMPTY_ROOT)


def test_a_longer_log_does_not_begin_a_shorter_one():
    with pytest.raises(InvalidInput, match="cannot continue"):
        merkle.consistency_proof(4, 3, LEAVES)


@pytest.mark.parametrize(("size", "data"), [(1, b""), (3, b"\x00" * 32), (1, b"\x00" * 31)])
def test_a_frontier_that_does_not_fit_its_size_is_refused(size, data):
    with pytest.raises(InvalidInput, match="whole subtrees"):
        merkle.Frontier.from_bytes(size, data)
