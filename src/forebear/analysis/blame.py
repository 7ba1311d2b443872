"""Blame: walking up from what is bad to the first thing that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

__all__ = ["Origin", "Standing", "State", "first_bad", "matched"]

State = Literal["good", "bad", "unknown"]


class Standing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether a fault is in a thing, and how that is known."""

    state: State
    how: str


class Origin(Struct, frozen=True, kw_only=True):
    """Where a fault came in."""

    artifact: str
    """The first thing that is known to have it."""
    way: list[str]
    """From it to the thing that was asked about."""
    good: list[str]
    """The nearest things above it that are known not to have it."""
    unknown: list[str]
    """Things above it of which that is not known: it may have come in there already."""
    open: bool
    """Something of which nothing is known has nothing good above it."""


def first_bad(
    target: str,
    parents: Mapping[str, Sequence[str]],
    standing: Callable[[str], Standing],
) -> list[Origin]:
    """Return where a fault of `target` came in, once for each way in which it did.

    It goes from bad things to bad things above them, through those of which nothing is known.

    >>> states = {"raw": "good", "joined": "bad", "clean": "bad"}
    >>> parents = {"clean": ["joined"], "joined": ["raw"]}
    >>> (found,) = first_bad(
    ...     "clean", parents, lambda one: Standing(state=states[one], how="")
    ... )
    >>> found.artifact, found.way, found.good
    ('joined', ['joined', 'clean'], ['raw'])
    """
    ways: dict[str, list[str]] = {target: [target]}
    pending, found = [target], []
    while pending:
        node = pending.pop(0)
        above = _nearest_known(node, parents, standing)
        bad = [id for id in above.ways if above.states[id] == "bad"]
        for id in bad:
            if id not in ways:
                ways[id] = [*above.ways[id], *ways[node]]
                pending.append(id)
        if not bad:
            good = [id for id in above.ways if above.states[id] == "good"]
            origin = Origin(
                artifact=node, way=ways[node], good=good, unknown=above.unknown, open=above.open
            )
            found.append(origin)
    return found


class _Above(Struct, kw_only=True):
    ways: dict[str, list[str]]
    """The nearest known things, each with the unknown ones between, itself first."""
    states: dict[str, State]
    unknown: list[str]
    open: bool


def _nearest_known(
    node: str,
    parents: Mapping[str, Sequence[str]],
    standing: Callable[[str], Standing],
) -> _Above:
    found = _Above(ways={}, states={}, unknown=[], open=False)
    seen = {node}
    pending: list[tuple[str, list[str]]] = [(id, []) for id in parents.get(node, ())]
    while pending:
        id, between = pending.pop(0)
        if id in seen:
            continue
        seen.add(id)
        state = standing(id).state
        if state != "unknown":
            found.ways[id] = [id, *between]
            found.states[id] = state
            continue
        found.unknown.append(id)
        above = parents.get(id, ())
        found.open |= not above
        pending += [(one, [id, *between]) for one in above]
    return found


def matched(
    target: str,
    before: str,
    parents: Mapping[str, Sequence[str]],
    same: Callable[[str, str], int],
) -> dict[str, str]:
    """Return for what led to `target` what stood in its place on the way to `before`.

    `same` says how sure it is that two things play the same part: 0 for not at all.
    """
    found = {target: before}
    pending = [(target, before)]
    while pending:
        one, other = pending.pop(0)
        mine = [id for id in parents.get(one, ()) if id not in found]
        its = list(parents.get(other, ()))
        places = {id: place for place, id in enumerate(its)}
        pairs = sorted(
            ((same(a, b), -mine.index(a), -places[b], a, b) for a in mine for b in its),
            reverse=True,
        )
        for sure, _, _, a, b in pairs:
            alone = len(mine) == 1 and len(its) == 1
            if a not in found and b in its and (sure or alone):
                found[a] = b
                its.remove(b)
                pending.append((a, b))
    return found
