"""Row maps beside a naive model of them: for each row of the target a set of rows of the source."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forebear.analysis.flowgraph import gather
from forebear.analysis.rowways import divided, down_from, reached_from, spread, up_from
from forebear.core.flows import Passage
from forebear.engines.rowbytes import decode, encode, members
from forebear.engines.rowmaps import RowMap, Via, identity, pairs, span, stacked, take

Naive = list[set[int]]


@pytest.fixture(autouse=True, scope="module", params=["few pairs", "no pairs"])
def _written_out(request):
    """Maps of small tables go by way of groups too, in every second round."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "no pairs":
            patch.setattr("forebear.engines.rowmaps._FEW", -1)
            patch.setattr("forebear.engines.rowmaps._MANY", 0)
        yield


def naive(one: RowMap) -> Naive:
    if one.via is not None:
        earlier = naive(one.via.earlier)
        return [set().union(*(earlier[row] for row in held)) for held in naive(one.via.later)]
    sets: Naive = [set() for _ in range(one.n_out)]
    outs, ins = one.as_pairs()
    for out, in_ in zip(outs.tolist(), ins.tolist(), strict=True):
        sets[out].add(in_)
    return sets


@st.composite
def maps(draw, n_in=None, n_out=None):
    """A map in any of its forms, made as programs make them."""
    rows_in = draw(st.integers(0, 12)) if n_in is None else n_in
    forms = ["take", "pairs", "via"] + ([] if n_out is not None else ["identity", "span"])
    form = draw(st.sampled_from(forms))
    if form == "via":
        earlier = draw(maps(n_in=rows_in))
        size = draw(st.integers(0, 12)) if n_out is None else n_out
        later = draw(maps(n_in=earlier.n_out, n_out=size).filter(lambda one: one.via is None))
        return RowMap(rows_in, size, via=Via(later, earlier))
    if form == "identity":
        return identity(rows_in)
    if form == "span":
        start = draw(st.integers(0, rows_in))
        return span(start, draw(st.integers(0, rows_in - start)), rows_in)
    size = st.integers(0, 12) if n_out is None else st.just(n_out)
    rows_out = draw(size)
    row = st.integers(-1, rows_in - 1) if rows_in else st.just(-1)
    if form == "take":
        ascending = draw(st.booleans())
        picked = draw(st.lists(row, min_size=rows_out, max_size=rows_out))
        return take(np.array(sorted(picked) if ascending else picked, np.int64), rows_in)
    if not rows_in or not rows_out:
        return take(np.full(rows_out, -1, np.int64), rows_in)
    pair = st.tuples(st.integers(0, rows_out - 1), st.integers(0, rows_in - 1))
    both = draw(st.lists(pair, max_size=20, unique=True))
    outs = np.array([out for out, _ in both], np.int64)
    return pairs(outs, np.array([in_ for _, in_ in both], np.int64), rows_out, rows_in)


def some_below(number):
    return st.lists(st.integers(0, number - 1), max_size=6) if number else st.just([])


@given(maps(), st.data())
def test_picked_rows_hold_what_they_held(one, data):
    sets = naive(one)
    choice = data.draw(st.sampled_from(["positions", "mask", "slice"]))
    if choice == "slice":
        bound = st.none() | st.integers(-15, 15)
        step = st.none() | st.sampled_from([1, 2, 3, -1, -2])
        rows = slice(data.draw(bound), data.draw(bound), data.draw(step))
        assert naive(one.pick(rows)) == sets[rows]
    elif choice == "mask":
        mask = data.draw(st.lists(st.booleans(), min_size=one.n_out, max_size=one.n_out))
        expected = [held for held, kept in zip(sets, mask, strict=True) if kept]
        assert naive(one.pick(np.array(mask, bool))) == expected
    else:
        row = st.integers(-1, one.n_out - 1) if one.n_out else st.just(-1)
        rows = data.draw(st.lists(row, max_size=15))
        expected = [sets[row] if row >= 0 else set() for row in rows]
        assert naive(one.pick(np.array(rows, np.int64))) == expected


@given(maps(), st.data())
def test_the_way_through_two_maps(earlier, data):
    later = data.draw(maps(n_in=earlier.n_out))
    first = naive(earlier)
    through = later.after(earlier)
    assert naive(through) == [set().union(*(first[row] for row in held)) for held in naive(later)]
    assert (through.n_in, through.n_out) == (earlier.n_in, later.n_out)


@given(st.integers(0, 8), st.data())
def test_maps_below_each_other(n_in, data):
    several = data.draw(st.lists(maps(n_in=n_in), min_size=1, max_size=4))
    assert naive(stacked(several)) == [held for one in several for held in naive(one)]


@given(st.integers(0, 8), st.integers(0, 8), st.data())
def test_a_thing_that_holds_the_rows_of_both_maps(n_in, n_out, data):
    one, two = (data.draw(maps(n_in=n_in, n_out=n_out)) for _ in range(2))
    both = zip(naive(one), naive(two), strict=True)
    assert naive(one.joined(two)) == [mine | theirs for mine, theirs in both]


@given(maps())
def test_a_map_comes_back_from_its_bytes(one):
    data = encode(one)
    again = decode(data)
    assert naive(again) == naive(one)
    assert (again.n_in, again.n_out) == (one.n_in, one.n_out)
    assert encode(again) == data
    reached = set().union(*naive(one))
    assert set(np.flatnonzero(members(data)).tolist()) == reached
    assert set(np.flatnonzero(one.reached()).tolist()) == reached
    assert len(members(data)) == len(one.reached()) == one.n_in


@given(maps(), st.data())
def test_forward_and_backward_are_two_sides_of_one(one, data):
    sets = naive(one)
    rows = data.draw(some_below(one.n_in))
    expected = [out for out, held in enumerate(sets) if held & set(rows)]
    assert one.forward(np.array(rows, np.int64)).tolist() == expected
    outs = data.draw(some_below(one.n_out))
    held = sorted(set().union(*(sets[out] for out in outs)))
    assert one.backward(np.array(outs, np.int64)).tolist() == held


@given(maps(), st.data())
def test_a_part_of_the_rows_of_a_target(one, data):
    sets = naive(one)
    assert one.covered().tolist() == [bool(held) for held in sets]
    mask = data.draw(st.lists(st.booleans(), min_size=one.n_out, max_size=one.n_out))
    left = [held if kept else set() for held, kept in zip(sets, mask, strict=True)]
    assert naive(one.within(np.array(mask, bool))) == left


@given(maps(), st.integers(0, 5))
def test_how_often_a_row_is_held(one, more):
    counts = one.of_source(one.n_in + more).counts()
    each = [sum(row in held for held in naive(one)) for row in range(one.n_in)] + [0] * more
    assert (counts > 0).tolist() == [count > 0 for count in each]
    if one.via is None:
        assert counts.tolist() == each


def test_figures_of_groups_beside_their_rows_take_no_square_of_memory():
    rows = 1_000_000
    groups = take(np.arange(rows) % 10, 10)
    figures = pairs(groups.positions(), np.arange(rows), 10, rows)
    beside = groups.after(figures)
    assert beside.is_grouped
    assert beside.forward([13])[:3].tolist() == [3, 13, 23]
    assert beside.backward([3])[:3].tolist() == [3, 13, 23]
    assert len(encode(beside)) < 2 * rows
    again = figures.after(beside)  # figures of the figures
    assert again.backward([3])[:3].tolist() == [3, 13, 23]
    assert beside.joined(again).reached().all()


@given(maps())
def test_what_is_an_identity_is_one(one):
    same = one.n_in == one.n_out and naive(one) == [{row} for row in range(one.n_in)]
    if one.via is not None:  # by way of groups it may be one without knowing
        assert same or not one.is_identity() or not one.n_in
    else:
        assert one.is_identity() == same or not one.n_in


# Many maps ---------------------------------------------------------------------------------------


@st.composite
def flows(draw):
    """A graph in which artifacts were made of earlier ones; some rows were not seen."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=2, max_size=7))
    passages, known = [], {}
    for target in range(1, len(sizes)):
        sources = draw(st.lists(st.integers(0, target - 1), min_size=1, max_size=3, unique=True))
        for n, source in enumerate(sources):
            seen = draw(st.integers(0, 5)) > 0
            one = draw(maps(n_in=sizes[source], n_out=sizes[target])) if seen else None
            passage = Passage(
                source=str(source),
                target=str(target),
                run=f"r{target}",
                seq=target,
                n=n,
                n_in=sizes[source],
                n_out=sizes[target],
                reached=int(one.reached().sum()) if one is not None else None,
            )
            passages.append(passage)
            known[passage] = one
    return passages, known, sizes


def graph_of(passages, start, *, down):
    def fetch(ids):
        end = "source" if down else "target"
        return [one for one in passages if getattr(one, end) in set(ids)]

    return gather([start], fetch, down=down)


def held_by_hand(passages, known, sizes):
    """For each artifact what its rows hold of artifact 0, and whether that is all."""
    held = {"0": ([{row} for row in range(sizes[0])], True)}
    for target in range(1, len(sizes)):
        rows: Naive = [set() for _ in range(sizes[target])]
        sure, any_ = True, False
        for passage in passages:
            if passage.target != str(target) or passage.source not in held:
                continue
            any_ = True
            before, all_ = held[passage.source]
            one = known[passage]
            sure &= all_ and one is not None
            for out, ins in enumerate(naive(one) if one is not None else []):
                rows[out] |= set().union(*(before[in_] for in_ in ins))
        if any_:
            held[str(target)] = rows, sure
    return held


@given(flows())
def test_composed_maps_hold_what_steps_one_by_one_brought(made):
    passages, known, sizes = made
    expected = held_by_hand(passages, known, sizes)
    graph = graph_of(passages, "0", down=True)
    graph.rows = {str(place): size for place, size in enumerate(sizes)}
    found = dict(down_from(graph, "0", known.get))
    assert set(found) == set(expected)
    masks = dict(reached_from(graph, "0", known.get, lambda p: known[p].reached()))
    for id, (rows, sure) in expected.items():
        held = found[id]
        assert held.unseen == (not sure)
        reached = set().union(*rows)
        if held.rows is not None:
            assert naive(held.rows) == rows
            mask = masks[id]
            of_mask = range(*mask) if isinstance(mask, tuple) else np.flatnonzero(mask).tolist()
            assert set(of_mask) == reached
        else:
            assert not reached
    for row in range(sizes[0]):
        there = spread(graph, "0", np.array([row]), known.get)
        for id, (rows, sure) in expected.items():
            places = [place for place, one in enumerate(rows) if row in one]
            assert there.rows.get(id, np.zeros(0)).tolist() == places
            assert sure is False or id not in there.perhaps


@given(flows())
def test_a_graph_is_the_same_from_below(made):
    passages, known, sizes = made
    end = str(len(sizes) - 1)
    graph = graph_of(passages, end, down=False)
    graph.rows = {str(place): size for place, size in enumerate(sizes)}
    found = up_from(graph, end, known.get)
    expected = held_by_hand(passages, known, sizes).get(end)
    if expected is None or "0" not in found:
        assert expected is None or "0" not in graph.order
        return
    held = found["0"]
    assert held.unseen == (not expected[1])
    assert (naive(held.rows) if held.rows else [set()] * sizes[-1]) == expected[0]


@given(flows())
def test_of_joined_tables_each_row_belongs_to_one(made):
    passages, known, sizes = made
    graph = graph_of(passages, str(len(sizes) - 1), down=False)
    own = divided(graph, known.get)
    for target in graph.order:
        arriving = graph.into.get(target, [])
        seen = [(p, own(p)) for p in arriving if known[p] is not None]
        taken: dict[int, str] = {}
        for passage, one in seen:
            for out, ins in enumerate(naive(one)):
                assert ins <= naive(known[passage])[out]
                if ins and len(arriving) > 1:
                    assert taken.setdefault(out, passage.source) == passage.source
        whole = {out for p, _ in seen for out, ins in enumerate(naive(known[p])) if ins}
        assert len(arriving) == 1 or set(taken) == whole
