"""What lies around a thing, a few of each sort at a time: what a map of the graph shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from forebear.core.entities import Evidence, EvidenceWord, Node
from forebear.core.lineage import Direction
from forebear.core.rows import Sketch
from forebear.ops.outline import Link, Links, Outline

__all__ = ["SORTS", "Opened", "Sort", "Stub", "Surroundings", "sort_of"]

Sort = Literal[
    "data", "model", "run", "step", "deployment", "consumer", "code", "environment", "file", "other"
]
SORTS: Final[tuple[Sort, ...]] = (
    "model",
    "deployment",
    "consumer",
    "data",
    "run",
    "step",
    "file",
    "code",
    "environment",
    "other",
)
"""What people tell apart, that which they look for first in front."""

_RUNS: Final[dict[str, Sort]] = {"serve": "deployment", "consume": "consumer"}
_MOST_HIDDEN: Final = 2_000
"""Things that are passed through because a filter hides them."""


class Opened(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A thing of which more neighbours are wanted."""

    node: str
    direction: Direction
    most: int = 12
    """How many of each sort."""


class Stub(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Neighbours of a thing that are not shown."""

    node: str
    direction: Direction
    hidden: dict[str, int]
    """How many of each sort."""
    links: int | None = None
    """How many links it has, where it has so many that not all were looked at."""

    @property
    def count(self) -> int:
        """How many neighbours are known not to be shown."""
        return sum(self.hidden.values())


def sort_of(id: str, thing: Node | Sketch) -> Sort:
    """Return what people take a thing for.

    >>> sort_of("x", Sketch(type="run", kind="serve", root="x"))
    'deployment'
    """
    if thing.type == "run":
        return _RUNS.get(thing.kind, "step" if thing.root not in {None, id} else "run")
    return next((sort for sort in SORTS if sort == thing.kind), "other")


class Surroundings:
    """Grows from some roots by hops and by what is opened; `shows` tells what a filter lets pass.

    What the filter hides is passed through: its neighbours are neighbours of each other.
    """

    def __init__(
        self,
        outline: Outline,
        roots: Sequence[str],
        shows: Callable[[Iterable[str]], set[str]],
        *,
        each: int,
        limit: int,
    ) -> None:
        self._outline, self._shows = outline, shows
        self._each, self._limit = each, limit
        self._roots = list(roots)
        self._known: dict[tuple[str, Direction], list[Link]] = {}
        self._ends: dict[tuple[str, Direction], set[str]] = {}
        self._cut: dict[tuple[str, Direction], int] = {}
        self.depths: dict[str, int] = dict.fromkeys(roots, 0)
        """What is shown, with its distance from the roots: negative above them."""
        self.full = False
        """Something was left out because there is no room for it."""
        self.passed = 0

    def hop(self, direction: Direction, hops: int) -> None:
        """Show what lies at most so many links away from the roots."""
        frontier = self._roots
        for _ in range(hops):
            if not frontier:
                break
            frontier = self._show(frontier, direction, self._each)

    def open(self, opened: Iterable[Opened]) -> None:
        """Show more neighbours of what is shown already, in this order."""
        for one in opened:
            if one.node in self.depths:
                self._show([one.node], one.direction, max(1, one.most))

    def add(self, ids: Iterable[str]) -> list[str]:
        """Show these too, as far as no filter hides them, and return them."""
        ids = list(ids)
        passing = self._shows(ids)
        shown = [id for id in ids if id in self.depths or id in passing]
        for place, id in enumerate(shown):
            self.depths.setdefault(id, place)
        return shown

    def is_cut(self, direction: Direction) -> bool:
        """Tell whether something has more links in a direction than were looked at."""
        return any(way == direction for _, way in self._cut)

    def links(self) -> list[Link]:
        """Return all links between things that are shown."""
        ids = list(self.depths)
        self._look(ids, "up")
        self._look(ids, "down")
        found: dict[tuple[str, str], Link] = {}
        for (id, _), links in self._known.items():
            for link in links if id in self.depths else ():
                ends = (link.source, link.target)
                if all(end in self.depths for end in ends):
                    known = found.setdefault(ends, link)
                    found[ends] = min(known, link, key=lambda one: one.between)
        return list(found.values())

    def stubs(self) -> list[Stub]:
        """Return what lies one link beyond what is shown, counted."""
        found = []
        for id in self.depths:
            for direction in ("up", "down"):
                far = [_far(link, direction) for link in self._known[id, direction]]
                known = self._outline.sketches(far)
                hidden = Counter(
                    sort_of(end, known[end])
                    for end in far
                    if end not in self.depths and end in known
                )
                links = self._cut.get((id, direction))
                if hidden or links:
                    told: dict[str, int] = {sort: hidden[sort] for sort in SORTS if hidden[sort]}
                    found.append(Stub(node=id, direction=direction, hidden=told, links=links))
        return found

    def _show(self, ids: Sequence[str], direction: Direction, most: int) -> list[str]:
        """Show at most so many neighbours of each sort of each of these; return the new ones."""
        self._look(ids, direction)
        fresh: dict[str, None] = {}
        for id in ids:
            far = [_far(link, direction) for link in self._known[id, direction]]
            for end in self._chosen(far, most):
                if end in self.depths:
                    continue
                if len(self.depths) >= self._limit:
                    self.full = True
                    return list(fresh)
                self.depths[end] = self.depths[id] + (-1 if direction == "up" else 1)
                fresh[end] = None
        return list(fresh)

    def _chosen(self, ends: Sequence[str], most: int) -> list[str]:
        """Return the first of each sort; one more than `most` is as well shown as counted."""
        known = self._outline.sketches(ends)
        sorts: dict[Sort, list[str]] = {}
        for end in dict.fromkeys(ends):
            if end in known:
                sorts.setdefault(sort_of(end, known[end]), []).append(end)
        chosen = []
        for sort in SORTS:
            some = sorts.get(sort, [])
            chosen += some if len(some) <= most + 1 else self._outline.named_first(some)[:most]
        return chosen

    def _look(self, ids: Iterable[str], direction: Direction) -> None:
        """Learn the neighbours of these in a direction."""
        missing = [id for id in ids if (id, direction) not in self._known]
        if not missing:
            return
        links = self._outline.links(missing, direction)
        self._note(links, direction)
        hidden: dict[str, dict[str, Link]] = {}
        for id in missing:
            self._known[id, direction] = self._sifted(links.of[id], direction, id, None, hidden)
        seen: set[tuple[str, str]] = set()
        while hidden and self.passed < _MOST_HIDDEN:
            self.passed += len(hidden)
            links = self._outline.links(list(hidden), direction)
            further: dict[str, dict[str, Link]] = {}
            for middle, origins in hidden.items():
                for id, before in origins.items():
                    if (id, middle) not in seen:
                        seen.add((id, middle))
                        more = self._sifted(links.of[middle], direction, id, before, further)
                        self._add(id, direction, more)
            hidden = further
        self.full |= bool(hidden)

    def _sifted(
        self,
        links: Sequence[Link],
        direction: Direction,
        origin: str,
        before: Link | None,
        hidden: dict[str, dict[str, Link]],
    ) -> list[Link]:
        """Return links to what is shown; those to what is not go into `hidden`, to be followed."""
        passing = self._shows(_far(link, direction) for link in links)
        passed = []
        for one in links:
            far = _far(one, direction)
            link = one if before is None else _joined(before, one, direction)
            if far in self.depths or far in passing:
                if far != origin:
                    passed.append(link)
            else:
                hidden.setdefault(far, {}).setdefault(origin, link)
        return passed

    def _add(self, id: str, direction: Direction, links: Iterable[Link]) -> None:
        known = self._known[id, direction]
        if (id, direction) not in self._ends:
            self._ends[id, direction] = {_far(link, direction) for link in known}
        there = self._ends[id, direction]
        for link in links:
            if (end := _far(link, direction)) not in there:
                there.add(end)
                known.append(link)

    def _note(self, links: Links, direction: Direction) -> None:
        for id, count in links.cut.items():
            self._cut[id, direction] = count


def _far(link: Link, direction: Direction) -> str:
    return link.source if direction == "up" else link.target


def _joined(before: Link, after: Link, direction: Direction) -> Link:
    """Return the link of two that meet in something that is not shown."""
    source, target = (
        (after.source, before.target) if direction == "up" else (before.source, after.target)
    )
    weaker: EvidenceWord = min(before.evidence, after.evidence, key=lambda word: Evidence[word])
    return replace(
        before,
        source=source,
        target=target,
        type="derived",
        roles=[],
        relation=None,
        evidence=weaker,
        between=before.between + after.between + 1,
    )
