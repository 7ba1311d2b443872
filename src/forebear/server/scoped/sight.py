"""In which workspaces things are, and which of them somebody sees."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence

from forebear.core.access import DEFAULT
from forebear.core.intakes import Taken
from forebear.core.ports import Store

__all__ = ["Places", "Sight"]


class Places:
    """In which workspace each event of a store is; shared by all who ask."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._starts: list[int] = []
        self._parts: list[Taken] = []
        self._known, self._last, self._end = 0, 0, 0
        self._workspaces: set[str] = set()

    def of_event(self, seq: int) -> str:
        """Return the workspace of an event."""
        if seq > self._known:
            self._catch_up()
        place = bisect_right(self._starts, seq) - 1
        if place >= 0 and seq <= self._parts[place].last:
            return self._parts[place].workspace
        return DEFAULT

    def of_things(self, keys: Collection[str]) -> dict[str, set[str]]:
        """Return the workspaces of artifacts, runs and names; unknown ones are left out.

        A thing is where it was first spoken of, and wherever it was told of itself.
        """
        return {key: found for key, (_, found) in self.whereabouts(keys).items()}

    def whereabouts(self, keys: Collection[str]) -> dict[str, tuple[int, set[str]]]:
        """Return the same, each with the event that first spoke of it."""
        wanted = list(keys)
        first = self._store.intakes.first_seqs(wanted)
        told = self._store.intakes.sightings(wanted)
        return {key: (seq, {self.of_event(seq), *told.get(key, ())}) for key, seq in first.items()}

    def are_all_in(self, workspaces: frozenset[str]) -> bool:
        """Tell whether all events up to now are in these workspaces."""
        self._catch_up()
        with self._lock:
            others = {DEFAULT} if self._end < self._known else set()
            return self._workspaces | others <= workspaces

    def _catch_up(self) -> None:
        with self._lock:
            # What is written after this was read is not known yet, whatever comes with it.
            known = self._store.head().size
            for one in self._store.intakes.after(self._last):
                self._last = one.first
                if one.first > self._end + 1:
                    self._workspaces.add(DEFAULT)
                self._end = one.last
                self._workspaces.add(one.workspace)
                before = self._parts[-1] if self._parts else None
                if before and (before.workspace, before.last) == (one.workspace, one.first - 1):
                    self._parts[-1] = Taken(
                        first=before.first, last=one.last, workspace=one.workspace, account=None
                    )
                else:
                    self._parts.append(one)
                    self._starts.append(one.first)
            self._known = known


class Sight:
    """What somebody sees who may see some workspaces, and how much they did not see."""

    def __init__(self, places: Places, workspaces: Collection[str]) -> None:
        self.places, self._workspaces = places, frozenset(workspaces)
        self.withheld: set[str] = set()
        self._where: dict[str, set[str]] = {}
        self._firsts: dict[str, int] = {}

    def event(self, seq: int) -> bool:
        """Tell whether an event is seen."""
        return self.places.of_event(seq) in self._workspaces

    def workspaces_seen(self, workspaces: Iterable[str]) -> bool:
        """Tell whether any of these workspaces is seen."""
        return not self._workspaces.isdisjoint(workspaces)

    def things(self, keys: Iterable[str]) -> set[str]:
        """Return the artifacts, runs and names among these that are there and are seen."""
        wanted = set(keys)
        # What was not seen may be told of at any moment; what was stays where it is.
        fresh = [key for key in wanted if self._workspaces.isdisjoint(self._where.get(key, ()))]
        if fresh:
            for key, (seq, workspaces) in self.places.whereabouts(fresh).items():
                self._where[key], self._firsts[key] = workspaces, seq
        return {key for key in wanted if not self._workspaces.isdisjoint(self._where.get(key, ()))}

    def is_shared(self, key: str) -> bool:
        """Tell whether a thing that is seen is known in workspaces that are not."""
        return not self._where.get(key, set()) <= self._workspaces

    def thing(self, key: str) -> bool:
        """Tell whether a thing is there and is seen."""
        return bool(self.things([key]))

    def afresh(self) -> Sight:
        """Return the same sight, of which nothing was withheld yet."""
        return Sight(self.places, self._workspaces)

    def withhold(self, keys: Iterable[str]) -> None:
        """Remember that these were left out of an answer."""
        self.withheld.update(keys)

    def first(self, keys: Sequence[str]) -> list[str]:
        """Return things that were seen in the order in which they were first spoken of."""
        return sorted(keys, key=lambda key: (self._firsts.get(key, 0), key))
