from __future__ import annotations

import pytest

from forebear.analysis.walk import Graded, walk
from forebear.core.entities import Edge


def edge(source: str, target: str, evidence: str = "observed") -> Edge:
    return Edge(source=source, target=target, type="derived", evidence=evidence)


class Graph:
    def __init__(self, *edges: Edge) -> None:
        self.edges = edges

    def __call__(self, ids, direction):
        ids = set(ids)
        return [e for e in self.edges if (e.target if direction == "up" else e.source) in ids]


DIAMOND = Graph(edge("a", "b"), edge("a", "c"), edge("b", "d"), edge("c", "d"))


def test_depth_is_the_distance_from_the_nearest_start():
    seen = walk(["d"], DIAMOND, "up")
    assert seen.depths == {"d": 0, "b": 1, "c": 1, "a": 2}
    assert len(seen.edges) == 4
    assert seen.omitted == 0


def test_down_is_the_other_way():
    assert walk(["a"], DIAMOND, "down").depths == {"a": 0, "b": 1, "c": 1, "d": 2}
    assert walk(["b"], DIAMOND, "down").depths == {"b": 0, "d": 1}


def test_several_starts_count_as_one():
    assert walk(["b", "c"], DIAMOND, "up").depths == {"b": 0, "c": 0, "a": 1}


def test_a_cycle_ends_by_itself():
    ring = Graph(edge("a", "b"), edge("b", "c"), edge("c", "a"))
    seen = walk(["a"], ring, "down")
    assert set(seen.depths) == {"a", "b", "c"}
    assert len(seen.edges) == 3


def test_depth_limit_counts_what_is_known_beyond():
    chain = Graph(*(edge(str(n), str(n + 1)) for n in range(10)))
    seen = walk(["0"], chain, "down", max_depth=3)
    assert list(seen.depths) == ["0", "1", "2", "3"]
    assert seen.omitted == 1


def test_depth_limit_at_the_end_omits_nothing():
    assert walk(["d"], DIAMOND, "up", max_depth=2).omitted == 0


def test_budget_keeps_its_promise_and_counts_the_rest():
    fan = Graph(*(edge("hub", f"leaf{n}") for n in range(10)))
    seen = walk(["hub"], fan, "down", max_nodes=4)
    assert len(seen.depths) == 4
    assert seen.omitted == 7
    assert all(e.target in seen.depths for e in seen.edges)


def test_edges_among_shown_nodes_are_all_there_when_the_walk_is_cut():
    square = Graph(edge("a", "b"), edge("a", "c"), edge("b", "c"), edge("c", "z"))
    seen = walk(["a"], square, "down", max_depth=1)
    assert {(e.source, e.target) for e in seen.edges} == {("a", "b"), ("a", "c"), ("b", "c")}
    assert seen.omitted == 1


def test_a_long_chain_is_no_trouble():
    chain = {str(n): [edge(str(n), str(n + 1))] for n in range(20_000)}
    seen = walk(
        ["0"], lambda ids, _: [e for id in ids for e in chain.get(id, [])], "down", max_nodes=50_000
    )
    assert seen.depths["20000"] == 20_000


@pytest.mark.parametrize(
    ("least", "reached"),
    [(None, "abcd"), ("declared", "abc"), ("observed", "ab"), ("verified", "a")],
)
def test_a_grade_lets_only_better_links_pass_and_counts_the_others(least, reached):
    graph = Graph(edge("a", "b"), edge("b", "c", "declared"), edge("c", "d", "inferred"))
    graded = Graded(graph, least)
    assert "".join(walk(["a"], graded, "down").depths) == reached
    assert len(graded.hidden) == (0 if least is None else 1)
