"""The index of who holds which rows: exact, and never trusted over what was written."""

from __future__ import annotations

import numpy as np
import pytest

from forebear.store import membership
from forebear.store.membership import Membership

LEAVES = {seq: f"{seq:064x}" for seq in range(1, 100)}


def opened(tmp_path, leaves=LEAVES):
    return Membership(tmp_path / "rows", "source", leaves.get)


def masks(number, rows=2000, seed=0):
    random = np.random.default_rng(seed)
    return {f"a{seed}.{n}": random.random(rows) < random.random() for n in range(number)}


def counted(index, rows):
    found = {}
    counts = index.counts(np.array(list(rows), np.int64))
    assert counts is not None
    for names, piece in zip(index.artifacts(), counts, strict=True):
        for name, count in zip(names, piece.tolist(), strict=True):
            if count:
                found[name] = max(found.get(name, 0), count)
    return found


def held(held_by, rows):
    found = {}
    for name, one in held_by.items():
        if isinstance(one, tuple):
            count = sum(one[0] <= row < one[1] for row in rows)
        else:
            count = int(one[[row for row in rows if row < len(one)]].sum())
        if count:
            found[name] = count
    return found


@pytest.mark.parametrize("part", [100, 1000, 96 << 20])
def test_rows_are_counted_exactly(tmp_path, monkeypatch, part):
    monkeypatch.setattr(membership, "_PART", part)
    known = masks(30) | {"whole": (0, 2000), "middle": (511, 513), "none": (0, 0)}
    known["short"] = np.ones(3, bool)
    opened(tmp_path).add(known.items(), 7)
    index = opened(tmp_path)
    assert index.covered == 7
    for rows in ([0], [511], [512], [1999], [2500], [], [0, 1, 511, 512, 700, 1999], range(2000)):
        assert counted(index, rows) == held(known, list(rows))


def test_updates_add_up_and_are_put_together(tmp_path):
    index = opened(tmp_path)
    known = {}
    for seq in range(1, 41):
        more = masks(2, seed=seq) | {f"span{seq}": (seq, seq + 9)}
        known |= more
        index.add(more.items(), seq)
    assert len(list((tmp_path / "rows").iterdir())) <= 17
    for one in (index, opened(tmp_path)):
        assert one.covered == 40
        assert counted(one, [3, 1000]) == held(known, [3, 1000])


def test_an_artifact_holds_what_any_of_its_entries_says(tmp_path):
    index = opened(tmp_path)
    index.add([("a", (0, 2))], 1)
    index.add([("a", (0, 5))], 2)
    assert counted(index, [1, 4]) == {"a": 2}


def test_an_index_of_another_ledger_is_not_used(tmp_path):
    opened(tmp_path).add(masks(2).items(), 7)
    assert opened(tmp_path, LEAVES | {7: "other"}).covered == 0
    assert Membership(tmp_path / "rows", "another source", LEAVES.get).covered == 0
    assert opened(tmp_path, {}).covered == 0


@pytest.mark.parametrize("damage", ["cut", "flip", "header", "gone"])
def test_a_damaged_index_is_no_index(tmp_path, damage):
    opened(tmp_path).add((masks(4) | {"b": (3, 9)}).items(), 7)
    (folder,) = (tmp_path / "rows").iterdir()
    bits, header = folder / "0.bits", folder / "header"
    if damage == "cut":
        bits.write_bytes(bits.read_bytes()[:-64])
    if damage == "flip":
        data = bytearray(bits.read_bytes())
        data[5] ^= 1
        bits.write_bytes(data)
    if damage == "header":
        header.write_bytes(header.read_bytes().replace(b"[4,3,9]", b"[4,3,8]"))
    if damage == "gone":
        bits.unlink()
    index = opened(tmp_path)
    if damage == "flip":
        assert index.covered == 7
        assert index.counts(np.array([3])) is None
        assert not (tmp_path / "rows").exists()
    assert index.covered == 0


def test_where_nothing_can_be_written_there_is_no_index(tmp_path):
    (tmp_path / "rows").write_text("a file")
    index = opened(tmp_path)
    index.add(masks(2).items(), 7)
    assert index.covered == 0
    assert counted(index, [3]) == {}


def test_what_a_writer_left_unfinished_is_not_read(tmp_path):
    opened(tmp_path).add(masks(2).items(), 7)
    (folder,) = (tmp_path / "rows").iterdir()
    folder.rename(folder.with_name("unfinished-" + folder.name))
    assert opened(tmp_path).covered == 0


def test_a_reader_keeps_what_it_has_opened(tmp_path):
    known = masks(3)
    opened(tmp_path).add(known.items(), 7)
    index = opened(tmp_path)
    opened(tmp_path).forget()
    assert counted(index, [5]) == held(known, [5])
