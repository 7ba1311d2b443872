"""What comes down the graph, against a model that tries every way."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from forebear.analysis.propagation import Carrier, Stops, inherited, reached
from forebear.store.recursion import trails

NODES = [f"n{number}" for number in range(8)]
node = st.sampled_from(NODES)
some = st.lists(node, min_size=1, max_size=2, unique=True).map(tuple)
graphs = st.lists(st.tuples(node, node), max_size=20)
carriers_ = st.lists(
    st.builds(
        Carrier,
        kind=st.sampled_from(["tag", "licence", "incident"]),
        key=st.sampled_from(["pii", "gold"]),
        about=node,
        ids=some,
        through_aggregates=st.booleans(),
    ),
    max_size=4,
)
stops_ = st.builds(
    Stops,
    said=st.dictionaries(
        st.sampled_from(["", "tag", "licence", "tag:pii", "incident:gold"]),
        st.frozensets(node, max_size=2),
        max_size=3,
    ),
    aggregates=st.frozensets(node, max_size=2),
)


def walking(edges):
    """Ways through a list of edges, as a store finds them."""

    def ways(starts, goals, direction, closed):
        along = {}
        for source, target in edges:
            here, there = (target, source) if direction == "up" else (source, target)
            along.setdefault(here, []).append(there)
        return trails(along, starts, goals, closed, direction)

    return ways


def every_end(edges, start, closed):
    """All nodes at the end of any way from `start`, by trying out all ways without a circle."""
    ends, open_ways = set(), [(start,)]
    while open_ways:
        way = open_ways.pop()
        ends.add(way[-1])
        open_ways += [
            (*way, target)
            for source, target in edges
            if source == way[-1] and target not in way and target not in closed
        ]
    return ends


def comes_down(edges, carrier, stops, end):
    """The rule, word by word."""
    words = {"", carrier.kind, f"{carrier.kind}:{carrier.key}"}
    closed = {one for word, nodes in stops.said.items() if word in words for one in nodes}
    if not carrier.through_aggregates:
        closed |= stops.aggregates
    return any(end in every_end(edges, start, closed) for start in carrier.ids)


def check_path(edges, found, ends):
    assert found.path[0] in found.carrier.ids
    assert found.path[-1] in ends
    assert all(pair in edges for pair in pairwise(found.path))


@settings(max_examples=300, deadline=None)
@given(graphs, carriers_, stops_, some)
def test_a_thing_has_what_any_carrier_leads_down_to_it_on_any_open_way(
    edges, carriers, stops, subject
):
    found = inherited(subject, carriers, stops, walking(edges))
    for one in found:
        check_path(edges, one, subject)
    expected = [
        carrier
        for carrier in carriers
        if any(comes_down(edges, carrier, stops, end) for end in subject)
    ]
    key = repr
    assert sorted((one.carrier for one in found), key=key) == sorted(expected, key=key)


@settings(max_examples=300, deadline=None)
@given(graphs, carriers_, stops_)
def test_asked_for_many_things_at_once_the_answer_is_the_same(edges, carriers, stops):
    found = reached(carriers, NODES, stops, walking(edges))
    for end in NODES:
        for one in found.get(end, ()):
            check_path(edges, one, [end])
        told = {(one.carrier.kind, one.carrier.key, end) for one in found.get(end, ())}
        alone = inherited([end], carriers, stops, walking(edges))
        assert told == {(one.carrier.kind, one.carrier.key, end) for one in alone}


@given(graphs, carriers_, some)
def test_without_its_stops_and_with_more_carriers_nothing_less_comes_down(edges, carriers, subject):
    all_of_them = inherited(subject, carriers, Stops(), walking(edges))
    fewer = inherited(subject, carriers[1:], Stops(), walking(edges))
    assert {repr(one.carrier) for one in fewer} <= {repr(one.carrier) for one in all_of_them}


def test_a_tag_that_one_source_loses_stays_while_another_way_remains():
    edges = [("a", "run"), ("b", "run"), ("run", "model"), ("b", "other"), ("other", "model")]
    tag = {"kind": "tag", "key": "pii"}
    one, other = (Carrier(about=at, ids=(at,), **tag) for at in "ab")
    ways = walking(edges)
    both = inherited(["model"], [one, other], Stops(), ways)
    assert {found.path[0] for found in both} == {"a", "b"}
    (left,) = inherited(["model"], [other], Stops(), ways)
    assert left.path == ["b", "run", "model"]
    masked = Stops(said={"tag:pii": frozenset({"run"})})
    (around,) = inherited(["model"], [one, other], masked, ways)
    assert around.path == ["b", "other", "model"]
    assert inherited(["model"], [], Stops(), ways) == []
