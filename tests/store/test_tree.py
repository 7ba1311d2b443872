import os
import stat

import pytest

from forebear.core import merkle
from forebear.core.errors import CorruptStore
from forebear.core.events import GapNoticed
from forebear.store import open_store
from forebear.store.tree import RememberedTree

LEAVES = [merkle.leaf_hash(b"%d" % number) for number in range(70_000)]


class Log:
    """A log that counts how many leaves it was asked for."""

    def __init__(self, size):
        self.size = size
        self.read = 0

    def __call__(self, start, stop):
        found = LEAVES[start : min(stop, self.size)]
        self.read += len(found)
        return found


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65_535, 65_536, 65_793, 70_000])
def test_proofs_are_those_of_the_leaves(tmp_path, size):
    tree = RememberedTree(tmp_path / "tree", Log(size))
    root = merkle.root(LEAVES[:size])
    assert merkle.root_at(size, tree) == root
    for index in {0, size // 3, size - 1}:
        proof = merkle.inclusion_proof(index, size, tree)
        merkle.verify_inclusion(index, size, LEAVES[index], proof, root)
    for earlier in {1, size // 2 or 1, size}:
        proof = merkle.consistency_proof(earlier, size, tree)
        before = merkle.root(LEAVES[:earlier])
        merkle.verify_consistency(earlier, size, proof, before, root)


def test_what_is_remembered_is_not_read_again(tmp_path):
    folder = tmp_path / "tree"
    first = Log(70_000)
    merkle.inclusion_proof(69_999, 70_000, RememberedTree(folder, first))
    assert first.read >= 69_000
    sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    assert sizes == {"8": 273 * 32, "16": 32}
    assert stat.S_IMODE((folder / "8").stat().st_mode) == 0o600
    second = Log(70_000)
    tree = RememberedTree(folder, second)
    merkle.inclusion_proof(60_000, 70_000, tree)
    assert second.read < 600
    third = Log(69_900)
    merkle.inclusion_proof(69_899, 69_900, RememberedTree(folder, third))
    assert third.read < 600


def test_files_grow_with_the_log(tmp_path):
    folder = tmp_path / "tree"
    log = Log(300)
    tree = RememberedTree(folder, log)
    merkle.root_at(300, tree)
    assert (folder / "8").stat().st_size == 32
    log.size = 1024
    other = RememberedTree(folder, log)
    assert merkle.root_at(1024, other) == merkle.root(LEAVES[:1024])
    assert merkle.root_at(1024, tree) == merkle.root(LEAVES[:1024])
    assert (folder / "8").read_bytes()[:32] == merkle.root(LEAVES[:256])


def test_a_torn_file_is_continued_and_a_wrong_one_forgotten(tmp_path):
    folder = tmp_path / "tree"
    merkle.root_at(1024, RememberedTree(folder, Log(1024)))
    whole = (folder / "8").read_bytes()
    (folder / "8").write_bytes(whole[:50])
    assert merkle.root_at(1024, RememberedTree(folder, Log(1024))) == merkle.root(LEAVES[:1024])
    assert (folder / "8").read_bytes() == whole
    (folder / "8").write_bytes(bytes(len(whole)))
    tree = RememberedTree(folder, Log(1024))
    assert merkle.root_at(1024, tree) != merkle.root(LEAVES[:1024])
    tree.forget()
    assert merkle.root_at(1024, tree) == merkle.root(LEAVES[:1024])


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path):
    blocked = tmp_path / "tree"
    blocked.write_text("a file where the folder should be")
    tree = RememberedTree(blocked, Log(600))
    assert merkle.root_at(600, tree) == merkle.root(LEAVES[:600])


def test_leaves_that_are_gone_are_told(tmp_path):
    with pytest.raises(CorruptStore, match="Of the events 1 to 256 only 100 are there"):
        RememberedTree(tmp_path, Log(100)).subtree(8, 0)


def test_the_store_has_the_leaves_of_its_events(tmp_path):
    with open_store(tmp_path, create=True) as store:
        store.append(GapNoticed(run="r", what=str(number)) for number in range(700))
        leaves = [merkle.leaf_hash(stored.body) for stored in store.events()]
        assert store.leaf_hashes(0, 700) == leaves
        assert store.leaf_hashes(255, 257) == leaves[255:257]
        assert store.leaf_hashes(690, 900) == leaves[690:]
        assert f"sha256:{merkle.root_at(700, store.tree).hex()}" == store.head().root
        assert sorted(os.listdir(tmp_path / "tree")) == ["8"]
