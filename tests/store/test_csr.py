"""Snapshots of the graph: made when needed, never trusted, safe to delete."""

import logging
import os
import subprocess
import sys
import textwrap

import pytest

from forebear.core.events import Derived
from forebear.store import closure, open_store
from forebear.store.csr import graph, snapshot
from forebear.store.csr.rows import distinct

np = pytest.importorskip("numpy")

CHAIN = 60


def link(source, target):
    return Derived(source=f"n{source}", target=f"n{target}", relation="copy")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A store with a chain in it, in which SQL answers nothing."""
    monkeypatch.setattr(closure, "BUDGET", 0)
    with open_store(tmp_path, create=True) as store:
        store.append([link(node, node + 1) for node in range(CHAIN)])
    return tmp_path


@pytest.fixture
def small_snapshots(monkeypatch):
    monkeypatch.setattr(graph, "_NEW_SHARE", 0)
    monkeypatch.setattr(graph, "_NEW_LEAST", 3)


def opened(folder):
    store = open_store(folder)
    store._closures._budget = 0
    return store


def below(folder, start=0):
    with opened(folder) as store:
        return store.closure([f"n{start}"], "down").count


def generations(folder):
    return sorted(path.name for path in (folder / "graph").iterdir())


def test_the_first_large_question_makes_a_snapshot_and_the_next_process_uses_it(folder):
    assert not (folder / "graph").exists()
    assert below(folder) == CHAIN
    (made,) = generations(folder)
    times = {path: path.stat().st_mtime_ns for path in (folder / "graph" / made).iterdir()}
    assert below(folder, 10) == CHAIN - 10
    assert generations(folder) == [made]
    assert {p: p.stat().st_mtime_ns for p in (folder / "graph" / made).iterdir()} == times


def test_a_small_question_makes_none(tmp_path):
    with open_store(tmp_path, create=True) as store:
        store.append([link(1, 2)])
        assert store.closure(["n1"], "down").depths == {"n2": 1}
    assert not (tmp_path / "graph").exists()


def test_new_events_are_seen_at_once_and_gathered_when_they_are_many(folder, small_snapshots):
    with opened(folder) as store:
        store.closure(["n0"], "down")
        (first,) = generations(folder)
        store.append([link(CHAIN, "new"), link("new", "newer")])
        assert store.closure(["n0"], "down").count == CHAIN + 2
        assert generations(folder) == [first]
        store.append([link("newer", f"leaf{n}") for n in range(3)])
        assert store.closure(["n0"], "down").count == CHAIN + 5
        (second,) = generations(folder)
    assert second > first
    assert below(folder) == CHAIN + 5
    assert generations(folder) == [second]


def test_what_was_walked_is_walked_again_only_when_something_is_new(folder, monkeypatch):
    walks = []
    walk = graph.walk
    monkeypatch.setattr(graph, "walk", lambda *asked: walks.append(asked) or walk(*asked))
    with opened(folder) as store:
        assert store.closure(["n0"], "down").count == CHAIN
        assert store.reached(["n0"], "down", ["n7", "n9", "n0"]) == {"n7": 7, "n9": 9}
        assert len(walks) == 1
        store.append([link(CHAIN, "new")])
        assert store.closure(["n0"], "down").count == CHAIN + 1
        assert store.closure(["n0"], "down", evidence=4).count == 0
        assert store.closure(["n0"], "down", seq=3).count == 3
        assert store.closure(["n9"], "up").count == 9
        assert len(walks) == 5


def test_a_snapshot_takes_at_most_40_bytes_an_edge_and_a_node(folder):
    below(folder)
    arrays = [path for path in folder.glob("graph/*/*") if path.name != "header"]
    assert sum(path.stat().st_size for path in arrays) <= 40 * (CHAIN + 2)


def emptied(file):
    file.write_bytes(b"")


def cut(file):
    file.write_bytes(file.read_bytes()[:-1])


def longer(file):
    file.write_bytes(file.read_bytes() + b"\0")


def flipped(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 16
    file.write_bytes(content)


def gone(file):
    file.unlink()


FILES = ["header", "latest", "earliest"] + [
    f"{side}.{column}"
    for side in ("up", "down")
    for column in ("first", "ends", "evidence", "seqs")
]


@pytest.mark.parametrize("harm", [emptied, cut, longer, flipped, gone])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_snapshot_is_made_again(folder, harm, name):
    below(folder)
    (made,) = generations(folder)
    harm(folder / "graph" / made / name)
    with opened(folder) as store:
        assert store.closure(["n0"], "down").count == CHAIN
        assert store.closure([f"n{CHAIN}"], "up", evidence=2).count == CHAIN
        assert store.is_ancestor("n0", f"n{CHAIN}")
    (again,) = generations(folder)
    files = {path.name for path in (folder / "graph" / again).iterdir()}
    assert files == set(FILES)
    assert snapshot.newest(folder / "graph", lambda witness: True) is not None


def test_no_bit_of_a_header_can_change_unseen(folder):
    """Not that of a type either, by which all sums would hold and all numbers be others."""
    below(folder)
    (made,) = generations(folder)
    header = folder / "graph" / made / "header"
    whole = header.read_bytes()
    for at in range(len(whole)):
        header.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        assert snapshot.newest(folder / "graph", lambda witness: True) is None
    header.write_bytes(whole)
    assert snapshot.newest(folder / "graph", lambda witness: True) is not None


def test_a_page_in_the_place_of_another_is_seen():
    numbers = np.arange(3 * snapshot._PAGE, dtype=np.uint64)
    pages = numbers.reshape(3, -1)
    assert snapshot._sum(pages[[1, 0, 2]].reshape(-1)) != snapshot._sum(numbers)
    assert snapshot._sum(numbers[::-1].copy()) != snapshot._sum(numbers)


def test_a_snapshot_of_another_format_is_not_used(folder, monkeypatch):
    with monkeypatch.context() as older:
        older.setattr(snapshot, "_FORMAT", 1)
        below(folder)
    before = generations(folder)
    assert below(folder) == CHAIN
    (made,) = generations(folder)
    assert made not in before


def test_a_snapshot_of_another_ledger_is_not_used(folder, tmp_path_factory):
    below(folder)
    other = tmp_path_factory.mktemp("other")
    with open_store(other, create=True) as store:
        store.append([link(node, node + 1) for node in range(CHAIN)])
    (folder / "graph").rename(other / "graph")
    (before,) = generations(other)
    assert below(other) == CHAIN
    assert generations(other) != [before]


def test_a_snapshot_of_a_ledger_that_has_lost_events_is_not_used(folder, tmp_path_factory):
    older = tmp_path_factory.mktemp("older")
    with open_store(older, create=True) as store:
        store.append([link(node, node + 1) for node in range(3)])
    below(folder)
    (folder / "graph").rename(older / "graph")
    assert below(older) == 3


def test_what_a_killed_writer_left_is_no_snapshot_and_goes_in_time(folder):
    left, old = folder / "graph" / "unfinished-1", folder / "graph" / "unfinished-2"
    for path in (left, old):
        path.mkdir(parents=True)
        (path / "header").write_text("{}")
    os.utime(old, (0, 0))
    assert below(folder) == CHAIN
    assert left.exists()
    assert not old.exists()


def test_a_snapshot_may_be_deleted_while_it_is_open(folder):
    with opened(folder) as store:
        store.closure(["n0"], "down")
    with opened(folder) as store:
        store.closure(["n0"], "down")
        store._closures.forget()
        assert not (folder / "graph").exists()
        assert store.closure([f"n{CHAIN}"], "up").count == CHAIN


def test_an_open_snapshot_is_read_on_when_another_process_replaces_it(folder, small_snapshots):
    below(folder)
    with opened(folder) as reader, opened(folder) as writer:
        assert reader.closure(["n0"], "down").count == CHAIN
        writer.append([link(CHAIN, f"leaf{n}") for n in range(5)])
        assert writer.closure(["n0"], "down").count == CHAIN + 5
        assert reader.closure([f"n{CHAIN}"], "up").count == CHAIN  # the other direction, mapped now
        assert reader.closure(["n0"], "down").count == CHAIN + 5


def test_where_no_snapshot_can_be_written_the_answer_comes_all_the_same(folder, caplog):
    (folder / "graph").write_text("a file in the way")
    with caplog.at_level(logging.WARNING), opened(folder) as store:
        assert store.closure(["n0"], "down").count == CHAIN
        store.append([link(CHAIN, "new")])
        assert store.closure(["n0"], "down").count == CHAIN + 1
    assert "No snapshot of the graph can be kept" in caplog.text


def test_a_rebuilt_store_makes_a_new_snapshot(folder):
    with opened(folder) as store:
        store.closure(["n0"], "down")
        store.rebuild()
        assert not (folder / "graph").exists()
        assert store.closure(["n0"], "down").count == CHAIN


def test_a_cold_process_imports_what_walks_and_nothing_else(folder):
    below(folder)
    with opened(folder) as store:
        store.append([link(CHAIN, CHAIN + 1)])  # beside the snapshot
    program = """
        import sys
        from forebear.store import open_store
        store = open_store(sys.argv[1])
        store._closures._budget = 0
        assert store.closure(["n0"], "down").count == int(sys.argv[2])
        assert store._closures._graph._newer is not None
        unwanted = {"sqlalchemy", "asyncio", "numpy.ma", "scipy"}
        print(sorted(unwanted & set(sys.modules)), "numpy" in sys.modules)
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(folder), str(CHAIN + 1)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[] True\n"


@pytest.mark.parametrize("numbers", [[], [3], [2, 2, 2], [5, 1, 5, 0, 1]])
def test_distinct_numbers(numbers):
    found = distinct(np.asarray(numbers, np.uint32))
    assert found.tolist() == sorted(set(numbers))
    assert found.dtype == np.uint32


def test_two_processes_ask_and_record_at_the_same_time(folder, small_snapshots):
    program = """
        import sys
        from forebear.core.events import Derived
        from forebear.store import open_store
        from forebear.store.csr import graph
        graph._NEW_SHARE, graph._NEW_LEAST = 0, 3
        store = open_store(sys.argv[1])
        store._closures._budget = 0
        seen = 0
        for n in range(25):
            mine = f"{sys.argv[2]}-{n}"
            store.append([Derived(source="n0", target=mine, relation="copy")])
            found = store.closure(["n0"], "down").depths
            assert mine in found and len(found) >= seen, (mine, len(found), seen)
            seen = len(found)
        store.close()
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(folder)]
    running = [subprocess.Popen([*command, name]) for name in ("one", "two")]
    assert [process.wait(60) for process in running] == [0, 0]
    assert below(folder) == CHAIN + 50


def test_a_long_chain_is_complete(tmp_path):
    length = 10_000
    with open_store(tmp_path, create=True) as store:
        for first in range(0, length, 1000):
            store.append([link(node, node + 1) for node in range(first, first + 1000)])
        found = store.closure([f"n{length}"], "up")
        assert found.counts == [1] * length
        assert found.depths["n0"] == length
        store._closures._budget = 0
        assert store.closure([f"n{length}"], "up") == found
        assert store.closure(["n0"], "down", evidence=2).count == length
        assert store.is_ancestor("n0", f"n{length}")
        assert len(store.shortest_path(["n0"], [f"n{length}"])) == length + 1
