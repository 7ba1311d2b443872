"""Three ways to walk (arrays, recursive SQL, SQL level by level) against a naive one in Python."""

import shutil
import tempfile
from collections import deque
from itertools import pairwise
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forebear.core.events import Derived, EdgesRecorded, Link
from forebear.store import open_store, recursion
from forebear.store.closure import Closures
from forebear.store.csr import compiled, graph, walk
from forebear.store.recursion import Passing, keys_of, numbers_of
from forebear.store.words import ALL, GRADES

pytest.importorskip("numpy")

NODES = 9
names = st.integers(0, NODES - 1)
words = st.sampled_from(sorted(GRADES))
links = st.tuples(names, names, words)


def event_of(link):
    source, target, evidence = link
    runs = {node for node in (source, target) if node % 3 == 0}
    if runs == {target}:
        used = [Link(artifact=f"n{source}", evidence=evidence)]
        return EdgesRecorded(run=f"n{target}", used=used)
    if runs == {source}:
        made = [Link(artifact=f"n{target}", evidence=evidence)]
        return EdgesRecorded(run=f"n{source}", generated=made)
    return Derived(source=f"n{source}", target=f"n{target}", relation="copy", evidence=evidence)


class Naive:
    """The same questions over a list of edges: (source, target, grade, seq)."""

    def __init__(self, edges, evidence, seq):
        self.edges = [
            (f"n{source}", f"n{target}")
            for at, (source, target, word) in enumerate(edges, 1)
            if GRADES[word] >= evidence and at <= seq
        ]

    def near(self, node, direction):
        if direction == "up":
            return [source for source, target in self.edges if target == node]
        return [target for source, target in self.edges if source == node]

    def depths(self, starts, direction, depth=None):
        """All distances, those of the starts too, and how many nodes lie one step further."""
        found = dict.fromkeys(starts, 0)
        queue, beyond = deque(found), set()
        while queue:
            node = queue.popleft()
            for end in self.near(node, direction):
                if end in found:
                    continue
                if depth is not None and found[node] == depth:
                    beyond.add(end)
                    continue
                found[end] = found[node] + 1
                queue.append(end)
        return found, len(beyond)


@pytest.fixture(scope="module", autouse=True)
def small_snapshots():
    """A new snapshot after every thirteenth newer edge, so that there are many."""
    with mock.patch.multiple(graph, _NEW_SHARE=0, _NEW_LEAST=12):
        yield


histories = st.lists(
    st.lists(links, min_size=1, max_size=8)
    | st.sampled_from(["delete", "damage", "forget", "reopen"]),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), history=histories, fast=st.booleans(), narrow=st.sampled_from([0, 8]))
def test_all_ways_of_walking_agree_at_every_moment(data, history, fast, narrow):
    folder = Path(tempfile.mkdtemp())
    thresholds = {"_LARGE": 0, "_LARGE_SHARE": 2**62, "_large_walks": 1} if fast else {}
    try:
        with (
            open_store(folder, create=True) as store,
            mock.patch.multiple(compiled, **thresholds, **({} if fast else {"_DEEP": 2**62})),
            mock.patch.object(walk, "_NARROW", narrow),
        ):
            arrays = Closures(folder / "graph", budget=0)
            edges = []
            for step in history:
                if isinstance(step, str):
                    arrays = disturbed(step, folder / "graph", arrays)
                else:
                    store.append([event_of(link) for link in step])
                    edges += step
                if edges:
                    compare(data, store, arrays, edges)
                    compare_plain(store, arrays, edges)
    finally:
        shutil.rmtree(folder)


def disturbed(how, folder, arrays):
    files = sorted(folder.glob("*/*")) if folder.exists() else []
    if how == "delete":
        shutil.rmtree(folder, ignore_errors=True)
    elif how == "damage":
        for file in files[:: max(1, len(files) // 3)]:
            content = bytearray(file.read_bytes())
            if content:
                content[len(content) // 2] ^= 4
                file.unlink()  # who has mapped it keeps what was there
                file.write_bytes(content)
    elif how == "forget":
        arrays.forget()
    return Closures(folder, budget=0)


def compare(data, store, arrays, edges):
    known = sorted({f"n{node}" for source, target, _ in edges for node in (source, target)})
    some = st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True)
    starts, ends = data.draw(some), data.draw(some)
    direction = data.draw(st.sampled_from(["up", "down"]))
    passing = Passing(data.draw(st.integers(1, 4)), data.draw(st.integers(0, len(edges))))
    depth = data.draw(st.none() | st.integers(0, 4))
    closed = data.draw(st.lists(st.sampled_from(known), max_size=3, unique=True))
    naive = Naive(edges, *passing)
    expected, beyond = naive.depths(starts, direction, depth)
    reached = {node: far for node, far in expected.items() if far}
    with store._database.reading() as connection:
        for closures in (arrays, Closures(arrays._folder, budget=10**6)):
            found = closures.closure(connection, starts, direction, passing, depth=depth)
            assert (found.depths, found.beyond) == (reached, beyond)
            assert found.counts == counted(reached.values())
            compare_ways(connection, closures, naive, starts, ends, passing)
            compare_around(connection, closures, naive, (starts, ends), direction, closed, passing)
        numbers = list(numbers_of(connection, starts).values())
        levels = recursion.by_levels(connection, numbers, direction, passing, depth)
        assert set(keys_of(connection, levels.nodes).values()) == set(reached)
        assert (levels.counts, levels.beyond) == (counted(reached.values()), beyond)


def compare_plain(store, arrays, edges):
    """Ask what compiled code answers: everything from one node, and the way between two."""
    naive = Naive(edges, 1, ALL)
    known = sorted({f"n{node}" for source, target, _ in edges for node in (source, target)})
    with store._database.reading() as connection:
        for direction in ("up", "down"):
            for node in known:
                found = arrays.closure(connection, [node], direction, Passing(1, ALL))
                assert {node: 0} | found.depths == naive.depths([node], direction)[0]
        for node, other in pairwise(known):
            compare_ways(connection, arrays, naive, [node], [other], Passing(1, ALL))


def compare_ways(connection, closures, naive, starts, ends, passing):
    below, _ = naive.depths(starts, "down")
    above, _ = naive.depths(ends, "up")
    shortest = min((below[end] for end in ends if end in below), default=None)
    way = closures.way(connection, starts, ends, passing)
    if shortest is None:
        assert way == []
    else:
        assert len(way) == shortest + 1
        assert (way[0] in starts, way[-1] in ends) == (True, True)
        assert all(two in naive.near(one, "down") for one, two in pairwise(way))
    a, b = starts[0], ends[0]
    related = a != b and b in naive.depths([a], "down")[0]
    assert closures.is_ancestor(connection, a, b, passing) == related
    between = closures.between(connection, starts, ends, passing)
    assert between.depths == {node: far for node, far in below.items() if node in above}
    common = closures.common(connection, [starts, ends], passing)
    one, other = naive.depths(starts, "up")[0], above
    shared = one.keys() & other.keys()
    assert {c.id: c.depths for c in common.ancestors} == {n: [one[n], other[n]] for n in shared}
    assert {c.id for c in common.ancestors if c.nearest} == {
        node for node in shared if not shared.intersection(naive.near(node, "down"))
    }


def compare_around(connection, closures, naive, between, direction, closed, passing):
    """Ways around closed nodes are the ways in a graph without the edges that arrive there."""
    starts, goals = between
    open_edges = Naive([], 1, ALL)
    open_edges.edges = [edge for edge in naive.edges if edge[1] not in closed]
    depths, _ = open_edges.depths(starts, direction)
    found = closures.ways(connection, starts, goals, direction, passing, without=closed)
    assert {goal: len(way) - 1 for goal, way in found.items()} == {
        goal: depths[goal] for goal in goals if goal in depths
    }
    for goal, way in found.items():
        ends = (way[0], way[-1]) if direction == "up" else (way[-1], way[0])
        assert (ends[0], ends[1] in starts) == (goal, True)
        assert all(pair in open_edges.edges for pair in pairwise(way))


def counted(distances):
    distances = list(distances)
    return [distances.count(far) for far in range(1, max(distances, default=0) + 1)]
