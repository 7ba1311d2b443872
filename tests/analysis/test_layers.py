from __future__ import annotations

import itertools
from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from forebear.analysis.layers import layered

NODES = [f"n{n}" for n in range(12)]
ENDS = st.sampled_from(NODES)
GRAPHS = st.lists(st.tuples(ENDS, ENDS), max_size=30)


def test_a_chain_is_a_line():
    found = layered(["a", "b", "c"], [("a", "b"), ("b", "c")])
    assert found.places == {"a": (0, 0.0), "b": (1, 0.0), "c": (2, 0.0)}
    assert found.bends == {("a", "b"): [], ("b", "c"): []}


def test_an_edge_over_several_layers_bends_around_what_is_between():
    found = layered(["a", "b", "c"], [("a", "b"), ("b", "c"), ("a", "c")])
    ((layer, row),) = found.bends["a", "c"]
    assert layer == 1
    assert abs(row - found.places["b"][1]) >= 1


def test_crossing_edges_are_uncrossed():
    edges = [("a", "y"), ("b", "x")]
    places = layered(["a", "b", "x", "y"], edges).places
    assert (places["a"][1] < places["b"][1]) == (places["y"][1] < places["x"][1])


def test_what_nothing_leads_to_stands_next_to_what_it_leads_to():
    places = layered(["a", "b", "c", "late"], [("a", "b"), ("b", "c"), ("late", "c")]).places
    assert places["late"][0] == places["c"][0] - 1


def test_a_circle_is_laid_out_too():
    places = layered(["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "a")]).places
    assert [places[node][0] for node in "abc"] == [0, 1, 2]


@given(GRAPHS)
def test_nothing_lies_on_anything_else(edges):
    found = layered(NODES, edges)
    rows = defaultdict(list)
    for layer, row in [*found.places.values(), *(p for some in found.bends.values() for p in some)]:
        rows[layer].append(row)
    for some in rows.values():
        ordered = sorted(some)
        gaps = [after - before for before, after in itertools.pairwise(ordered)]
        assert all(gap > 0.999 for gap in gaps)
    assert min(row for some in rows.values() for row in some) == 0


@given(GRAPHS)
def test_edges_without_circles_point_to_the_right(edges):
    forward = [(a, b) for a, b in edges if NODES.index(a) < NODES.index(b)]
    places = layered(NODES, forward).places
    assert all(places[a][0] < places[b][0] for a, b in forward)
