"""The arithmetic of an audit: the score, and the fewest things to do that reach another one.

A finding can be met in several *ways*, each of which is some actions together; one action may
serve several findings. Which actions are fewest is found exactly: actions that are always needed
together count as one bundle, findings that share no action are looked at apart, all choices within
such a part are tried, and parts are put together by what they cost.

>>> lost = [Lost(weight=3, ways=[["a"]]), Lost(weight=2, ways=[["a"], ["b"]])]
>>> fewest(lost, 5).actions
['a']
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Final, NamedTuple

from msgspec import Struct

__all__ = ["Lost", "Plan", "fewest", "score"]

_MOST: Final = 16
"""Bundles of which all choices are tried; a part with more keeps the first way of each finding."""


class Lost(Struct, frozen=True, kw_only=True):
    """A finding that costs points, and how they can be had."""

    weight: float
    ways: list[list[str]]
    """Keys of actions; none where nothing can be done."""


class Plan(Struct, frozen=True, kw_only=True):
    """What to do, what it costs, and how many points it brings."""

    actions: list[str]
    cost: int
    gain: float


class _Choice(Struct, frozen=True):
    cost: int
    gain: float
    actions: tuple[int, ...]


class _Short(NamedTuple):
    """A finding with its actions as numbers: many models lack the same."""

    weight: float
    ways: tuple[tuple[int, ...], ...]


def score(met: float, asked: float) -> float:
    """Return a score from 0 to 100; where nothing is asked, all is met.

    >>> score(3, 4)
    75.0
    """
    return round(100 * met / asked, 1) if asked else 100.0


def fewest(
    lost: Sequence[Lost], wanted: float, costs: Mapping[str, int] | None = None
) -> Plan | None:
    """Return the cheapest actions that bring at least `wanted` points; None where none do.

    An action costs 1 where `costs` says nothing. Among equally cheap ones the most points win.
    """
    known = costs or {}
    order = list(dict.fromkeys(key for one in lost for way in one.ways for key in way))
    places = {key: place for place, key in enumerate(order)}
    short = tuple(
        _Short(one.weight, tuple(tuple(places[key] for key in way) for way in one.ways))
        for one in lost
    )
    best = _cheapest(short, wanted, tuple(known.get(key, 1) for key in order))
    if best is None:
        return None
    actions = [order[place] for place in sorted(best.actions)]
    return Plan(actions=actions, cost=best.cost, gain=best.gain)


@lru_cache(maxsize=1024)
def _cheapest(lost: tuple[_Short, ...], wanted: float, prices: tuple[int, ...]) -> _Choice | None:
    combined = [_Choice(0, 0.0, ())]
    for part in _parts(lost):
        combined = _best(
            _Choice(a.cost + b.cost, a.gain + b.gain, a.actions + b.actions)
            for a, b in product(combined, _choices(part, prices))
        )
    enough = [one for one in combined if one.gain >= wanted - 1e-9]
    return min(enough, key=lambda one: (one.cost, -one.gain), default=None)


def _parts(lost: Iterable[_Short]) -> list[list[_Short]]:
    """Return findings in groups that share no action with each other."""
    parts: list[tuple[set[int], list[_Short]]] = []
    for one in lost:
        keys = {key for way in one.ways for key in way}
        if not keys:
            continue
        apart = [part for part in parts if part[0].isdisjoint(keys)]
        touched = [part for part in parts if not part[0].isdisjoint(keys)]
        joined = keys.union(*(part[0] for part in touched))
        parts = [*apart, (joined, [x for part in touched for x in part[1]] + [one])]
    return [findings for _, findings in parts]


def _choices(part: Sequence[_Short], prices: Sequence[int]) -> list[_Choice]:
    """Return the choices of actions of one part that are worth their cost."""
    bundles = _bundles(part)
    if len(bundles) > _MOST:
        part = [_Short(one.weight, one.ways[:1]) for one in part]
        bundles = _bundles(part)[:_MOST]
    costs = [sum(prices[key] for key in bundle) for bundle in bundles]
    places = {key: 1 << place for place, bundle in enumerate(bundles) for key in bundle}
    ways = [
        [sum({places.get(key, 1 << len(bundles)) for key in way}) for way in one.ways]
        for one in part
    ]
    return _best(
        _Choice(
            sum(cost for place, cost in enumerate(costs) if chosen >> place & 1),
            sum(
                one.weight
                for one, masks in zip(part, ways, strict=True)
                if any(mask & chosen == mask for mask in masks)
            ),
            tuple(key for place, b in enumerate(bundles) if chosen >> place & 1 for key in b),
        )
        for chosen in range(1 << len(bundles))
    )


def _bundles(part: Sequence[_Short]) -> list[tuple[int, ...]]:
    """Return the actions of a part, those together that no way has without each other."""
    used: dict[int, set[tuple[int, int]]] = {}
    for number, one in enumerate(part):
        for place, way in enumerate(one.ways):
            for key in way:
                used.setdefault(key, set()).add((number, place))
    bundles: dict[frozenset[tuple[int, int]], list[int]] = {}
    for key, where in used.items():
        bundles.setdefault(frozenset(where), []).append(key)
    return [tuple(keys) for keys in bundles.values()]


def _best(choices: Iterable[_Choice]) -> list[_Choice]:
    """Return the choices that no other one beats: cheaper, and bringing as much."""
    return list(_rising(sorted(choices, key=lambda one: (one.cost, -one.gain))))


def _rising(choices: Iterable[_Choice]) -> Iterator[_Choice]:
    most = -1.0
    for one in choices:
        if one.gain > most:
            most = one.gain
            yield one
