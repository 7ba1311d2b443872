from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forebear.analysis import queries
from forebear.analysis.queries import all_ways
from forebear.core.entities import Edge


def links(*pairs: str) -> list[Edge]:
    return [Edge(source=a, target=b, type="derived", evidence="observed") for a, b in pairs]


def test_all_ways_the_shortest_first():
    ways = all_ways(["a"], ["d"], links("ab", "bd", "ac", "cb", "cd", "ad"), most=10)
    assert ways.found[0] == ["a", "d"]
    assert sorted(ways.found[1:3]) == [["a", "b", "d"], ["a", "c", "d"]]
    assert ways.found[3] == ["a", "c", "b", "d"]
    assert ways.complete


def test_parallel_links_make_one_way():
    assert all_ways(["a"], ["b"], links("ab", "ab"), most=5).found == [["a", "b"]]


def test_no_way_and_no_links():
    assert all_ways(["b"], ["a"], links("ab"), most=5) == queries.Ways(found=[], complete=True)
    assert all_ways(["a"], ["b"], [], most=5).found == []


def test_a_start_that_is_an_end_is_a_way_of_its_own():
    assert all_ways(["a", "b"], ["b"], links("ab"), most=5).found == [["b"], ["a", "b"]]


def test_the_bounds_are_kept_and_told():
    ladder = [f"{n}{side}" for n in range(5) for side in "xy"]
    edges = [
        Edge(source=a, target=b, type="derived", evidence="observed")
        for a in ladder
        for b in ladder
        if int(b[0]) == int(a[0]) + 1
    ]
    some = all_ways(["0x"], ["4x"], edges, most=3)
    assert (len(some.found), some.complete) == (3, False)
    every = all_ways(["0x"], ["4x"], edges, most=100)
    assert (len(every.found), every.complete) == (8, True)
    assert all_ways(["0x"], ["4x"], edges, most=100, longest=3).found == []


def test_a_search_that_takes_too_long_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queries, "_MOST_TRIED", 2)
    assert not all_ways(["a"], ["d"], links("ab", "bc", "cd"), most=5).complete


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=14))
def test_all_ways_in_graphs_with_cycles(pairs):
    found = all_ways(["a"], ["f"], links(*(a + b for a, b in pairs)), most=1000)
    assert found.complete
    assert found.found == sorted(found.found, key=len)

    def naive(way: list[str]) -> list[list[str]]:
        if way[-1] == "f":
            return [way]
        ends = {b for a, b in pairs if a == way[-1] and b not in way}
        return [longer for end in ends for longer in naive([*way, end])]

    assert sorted(found.found) == sorted(naive(["a"]))
    assert all(pair in pairs for way in found.found for pair in pairwise(way))
