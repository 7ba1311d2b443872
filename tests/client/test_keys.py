import multiprocessing
import os
import stat

import pytest

from forebear.client.keys import LogKey, local_key, verify
from forebear.core import merkle
from forebear.core.errors import Conflict, InvalidInput, StoreUnwritable
from forebear.core.notes import check_signed, parse_key, parse_note
from forebear.ops.proofs import TreeResponse

LEAVES = [merkle.leaf_hash(b"%d" % number) for number in range(20)]
OTHERS = [merkle.leaf_hash(b"other %d" % number) for number in range(20)]


def text(hash):
    return f"sha256:{hash.hex()}"


def log(size, leaves=LEAVES):
    """Return what a log of `size` entries answers."""

    def grown(since):
        reached = since <= size
        proof = merkle.consistency_proof(since, size, leaves) if reached and since else []
        return TreeResponse(
            size=size,
            root=text(merkle.root(leaves[:size])),
            since=since,
            since_root=text(merkle.root(leaves[:since])) if reached else None,
            proof=[text(step) for step in proof],
        )

    return grown


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys"


def test_a_key_is_made_once_and_only_its_owner_reads_it(folder):
    key = LogKey.open(folder)
    assert LogKey.open(folder).public == key.public
    assert local_key(folder) == key.public
    assert key.public.name.startswith("forebear/")
    assert len(key.public.name) == len("forebear/") + 16
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert sorted(os.listdir(folder)) == ["log.key", "log.pub"]


def test_a_log_may_be_named_before_it_signs_and_not_afterwards(folder):
    key = LogKey.open(folder, origin="example.com/models")
    assert key.public.name == "example.com/models"
    assert LogKey.open(folder, origin="example.com/models").public == key.public
    with pytest.raises(Conflict, match=r"This log is called example\.com/models"):
        LogKey.open(folder, origin="example.com/other")


def test_a_bad_name_makes_no_key(folder):
    with pytest.raises(InvalidInput, match="cannot be the name of a log"):
        LogKey.open(folder, origin="two words")
    assert local_key(folder) is None


def test_what_is_signed_can_be_checked(folder):
    key = LogKey.open(folder)
    checkpoint, note = key.sign(log(7))
    check_signed(parse_note(str(note).encode()), parse_key(str(key.public)), verify)
    assert (checkpoint.origin, checkpoint.size) == (key.public.name, 7)
    assert checkpoint.root == merkle.root(LEAVES[:7])
    assert LogKey.open(folder).last() == checkpoint
    assert not verify(key.public.key, bytes(64), b"text")
    assert not verify(b"short", bytes(64), b"text")


def test_a_growing_log_is_signed_again_and_again(folder):
    key = LogKey.open(folder)
    for size in (0, 0, 1, 2, 2, 7, 8, 20):
        assert key.sign(log(size))[0].size == size
    assert key.sign(log(20))[1] == key.sign(log(20))[1]


def test_a_shorter_log_is_not_signed(folder):
    key = LogKey.open(folder)
    key.sign(log(9))
    with pytest.raises(Conflict, match="has 5 events, and a checkpoint of 9 was signed before"):
        key.sign(log(5))
    assert key.last().size == 9


@pytest.mark.parametrize("size", [9, 12])
def test_a_rewritten_log_is_not_signed(folder, size):
    key = LogKey.open(folder)
    key.sign(log(9))
    with pytest.raises(Conflict, match=f"The log of {size} events does not continue the 9"):
        key.sign(log(size, OTHERS))
    rewritten = [*LEAVES[:8], OTHERS[8], *LEAVES[9:]]
    with pytest.raises(Conflict, match=f"The log of {size} events does not continue the 9"):
        key.sign(log(size, rewritten))
    assert key.sign(log(size))[0].size == size


def test_a_log_that_lies_about_its_past_is_not_signed(folder):
    key = LogKey.open(folder)
    key.sign(log(9))

    def lying(since):
        honest, other = log(12)(since), log(12, OTHERS)(since)
        return TreeResponse(
            size=12, root=other.root, since=9, since_root=honest.since_root, proof=honest.proof
        )

    with pytest.raises(Conflict, match="does not continue"):
        key.sign(lying)


def test_a_damaged_last_checkpoint_is_told(folder):
    key = LogKey.open(folder)
    key.sign(log(9))
    path = folder / "last-checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n9\n", b"\n8\n"))
    with pytest.raises(Conflict, match="What this log signed last is damaged"):
        key.sign(log(12))


@pytest.mark.parametrize("bad", [b"", b"PRIVATE+KEY+x+00000000+AAAA", b"\xff\xfe", None])
def test_a_damaged_key_is_told(folder, bad):
    LogKey.open(folder)
    path = folder / "log.key"
    path.write_bytes(path.read_bytes().replace(b"+A", b"+B", 1) if bad is None else bad)
    with pytest.raises(InvalidInput, match="is not the key of a log, or is damaged"):
        LogKey.open(folder)


def test_a_lost_public_key_is_made_again(folder):
    key = LogKey.open(folder)
    (folder / "log.pub").unlink()
    assert LogKey.open(folder).public == key.public == local_key(folder)


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnwritable, match="cannot be kept"):
        LogKey.open(tmp_path / "file" / "keys")


def _open(folder, ready, results):
    ready.wait(10)
    results.put(str(LogKey.open(folder).public))


def test_processes_that_begin_together_have_one_key(folder):
    context = multiprocessing.get_context("spawn")
    ready, results = context.Event(), context.Queue()
    processes = [context.Process(target=_open, args=(folder, ready, results)) for _ in range(4)]
    for process in processes:
        process.start()
    ready.set()
    keys = {results.get(timeout=30) for _ in processes}
    for process in processes:
        process.join(30)
    assert len(keys) == 1
