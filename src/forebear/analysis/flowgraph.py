"""How data went into data, as a graph that was fetched: what is above what, sources first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct, field

from forebear.core.flows import Passage

__all__ = ["FlowGraph", "gather"]

_MOST: Final = 200_000


class FlowGraph(Struct, kw_only=True):
    """Artifacts with what went into them.

    `order` holds the artifacts, each behind what went into it, but where a way leads back to
    where it began (`cyclic`): content that was there before was made again.
    """

    order: list[str]
    into: dict[str, list[Passage]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    """How many rows artifacts have, as far as their own records say."""
    cyclic: bool = False
    complete: bool = True
    """Nothing was left out for being too much."""

    @property
    def roots(self) -> list[str]:
        """Artifacts into which nothing is known to have gone."""
        return [one for one in self.order if not self.into.get(one)]

    @property
    def passages(self) -> list[Passage]:
        """All passages, in the order of their targets."""
        return [passage for one in self.order for passage in self.into.get(one, ())]

    def out_of(self) -> dict[str, list[Passage]]:
        """Return the passages by their sources."""
        found: dict[str, list[Passage]] = {}
        for passage in self.passages:
            found.setdefault(passage.source, []).append(passage)
        return found

    def below(self, starts: Iterable[str]) -> list[str]:
        """Return those of the artifacts into which any of `starts` went, these included."""
        return _spread(starts, self.order, {s: [p.target for p in o] for s, o in self._outs()})

    def above(self, ends: Iterable[str]) -> list[str]:
        """Return those of the artifacts that went into any of `ends`, these included."""
        return _spread(ends, self.order, {t: [p.source for p in i] for t, i in self.into.items()})

    def _outs(self) -> Iterable[tuple[str, list[Passage]]]:
        return self.out_of().items()


def gather(
    starts: Sequence[str],
    passages: Callable[[Sequence[str]], Iterable[Passage]],
    *,
    down: bool = False,
) -> FlowGraph:
    """Fetch all that went into `starts`, however far, or with `down` all that they went into.

    `passages` returns what arrives at artifacts, or what leaves them.
    """
    seen = dict.fromkeys(starts)
    into: dict[str, dict[tuple[int, int, str], Passage]] = {}
    frontier, complete = list(seen), True
    while frontier:
        fresh: dict[str, None] = {}
        for passage in passages(frontier):
            into.setdefault(passage.target, {})[passage.seq, passage.n, passage.source] = passage
            far = passage.target if down else passage.source
            if far not in seen:
                fresh[far] = None
        if len(seen) + len(fresh) > _MOST:
            complete = False
            break
        seen |= fresh
        frontier = list(fresh)
    found = {
        target: [one for one in said.values() if one.source in seen]
        for target, said in into.items()
        if target in seen
    }
    order, cyclic = _ordered(list(seen), found)
    return FlowGraph(order=order, into=found, cyclic=cyclic, complete=complete)


def _ordered(ids: list[str], into: dict[str, list[Passage]]) -> tuple[list[str], bool]:
    """Return the artifacts with sources first, and whether that was not possible for all."""
    order: dict[str, None] = {}
    open_: set[str] = set()
    cyclic = False
    for start in ids:
        pending: list[tuple[str, bool]] = [(start, False)]
        while pending:
            id, done = pending.pop()
            if done:
                open_.discard(id)
                order[id] = None
                continue
            if id in order or id in open_:
                continue
            open_.add(id)
            pending.append((id, True))
            for passage in into.get(id, ()):
                cyclic |= passage.source in open_
                if passage.source not in order and passage.source not in open_:
                    pending.append((passage.source, False))
    return list(order), cyclic


def _spread(starts: Iterable[str], order: list[str], ways: dict[str, list[str]]) -> list[str]:
    found, pending = set(starts), list(starts)
    while pending:
        for end in ways.get(pending.pop(), ()):
            if end not in found:
                found.add(end)
                pending.append(end)
    return [one for one in order if one in found]
