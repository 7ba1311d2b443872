from __future__ import annotations

from analysis.test_walk import DIAMOND, Graph, edge
from forebear.analysis.path import way_between, ways_from


def test_a_way_leads_from_cause_to_effect():
    way = way_between(["a"], ["d"], DIAMOND)
    assert way.found
    assert not way.backwards
    assert way.nodes[0] == "a"
    assert way.nodes[-1] == "d"
    assert [e.source for e in way.edges] == way.nodes[:-1]
    assert [e.target for e in way.edges] == way.nodes[1:]


def test_the_shortest_way_wins():
    graph = Graph(edge("a", "b"), edge("b", "c"), edge("c", "d"), edge("a", "d"))
    assert way_between(["a"], ["d"], graph).nodes == ["a", "d"]


def test_the_other_direction_is_tried_second():
    way = way_between(["d"], ["a"], DIAMOND)
    assert way.found
    assert way.backwards
    assert (way.nodes[0], way.nodes[-1]) == ("a", "d")


def test_no_way_is_said_with_certainty():
    way = way_between(["b"], ["c"], DIAMOND)
    assert not way.found
    assert way.complete
    assert way.nodes == []


def test_a_search_that_was_cut_off_does_not_claim_certainty():
    chain = Graph(*(edge(str(n), str(n + 1)) for n in range(10)))
    way = way_between(["0"], ["10"], chain, max_nodes=4)
    assert not way.found
    assert not way.complete


def test_a_thing_leads_to_itself_in_no_steps():
    way = way_between(["b"], ["b"], DIAMOND)
    assert way.found
    assert way.edges == []


def test_any_of_several_starts_will_do():
    assert way_between(["x", "b"], ["d", "y"], DIAMOND).nodes == ["b", "d"]


def test_ways_from_can_be_followed_back_to_a_start():
    ways = ways_from(["a"], DIAMOND.edges)
    assert ways["a"] == []
    back = "d"
    steps = 0
    while ways[back]:
        back = ways[back][0].source
        steps += 1
    assert (back, steps) == ("a", 2)
