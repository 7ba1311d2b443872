"""The tracker: which object in memory is, or comes from, which artifact.

It keeps a table beside the program's own objects (by identity, let go of when they die) and
never touches the objects themselves.
"""

from __future__ import annotations

import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any, Final

from forebear.capture.callsite import CallSite
from forebear.capture.passage import (
    At,
    Operation,
    Origin,
    Passage,
    Relation,
    combined,
    held,
    is_pooled,
    lost,
    through,
)

__all__ = ["At", "Operation", "Origin", "Tracker"]

_MOST_OPERATIONS: Final = 40
_MOST_PREDICTIONS: Final = 16
_MOST_HELD: Final = 64 << 20


_SLICE: Final = Operation("slice", -1)


class _Watch(weakref.ref[Any]):
    """A known object and its origin; for a view into an array also whose memory it is."""

    __slots__ = ("base", "key", "origin")
    key: int
    origin: Origin
    base: int | None


class Tracker:
    """The table of known objects; safe to use from many threads."""

    def __init__(self) -> None:
        self._known: dict[int, _Watch] = {}
        self._views: dict[int, list[_Watch]] = {}
        """Known views, by the array whose memory they show."""
        self._lock = threading.RLock()
        self._numbers = count()
        self._last: Operation | None = None
        self.redoing: int | None = None
        """The thread in which it is worked out what the code did to arrays."""
        self.with_columns: set[str] = set()
        """Arrays in memory whose columns have been remembered, by artifact."""
        self.unwatched: dict[str, Origin] = {}
        """Recorded content of lists, which can't be watched, by its digest."""
        self.models: dict[str, Origin] = {}
        """Models recorded in this run, by the digest of their state."""
        self._held: dict[str, Any] = {}
        self._held_bytes = 0
        self.predictions: deque[tuple[int, Origin]] = deque(maxlen=_MOST_PREDICTIONS)
        """The latest predictions, oldest first: their length and origin."""

    def bind(self, thing: object, origin: Origin) -> None:
        """Remember where `thing` comes from; objects that can't be watched are left out."""
        try:
            watch = _Watch(thing, self._forget)
        except TypeError:
            return
        watch.key = id(thing)
        watch.origin = origin
        base = getattr(thing, "base", None)
        watch.base = id(base) if base is not None and hasattr(base, "strides") else None
        with self._lock:
            self._known[watch.key] = watch
            if watch.base is not None:
                self._views.setdefault(watch.base, []).append(watch)

    def get(self, thing: object) -> Origin | None:
        """Return the origin of `thing`, if it is known.

        An array that is a view into a known array comes from it.
        """
        found = self._known.get(id(thing))
        if found is not None and found() is thing:
            return found.origin
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(thing, getattr(numpy, "ndarray", ())):
            return self._whole(thing)
        return None

    def _whole(self, view: Any) -> Origin | None:
        """Return the origin of an unknown view into memory that known arrays show too."""
        base = view.base
        if base is None:
            return None
        numpy = sys.modules["numpy"]
        found = self._known.get(id(base))
        if found is not None and found() is base:
            shown = [(base, found.origin)]
        else:
            shown = [
                (known, watch.origin)
                for watch in self._views.get(id(base), ())
                if (known := watch()) is not None and _overlap(numpy, known, view)
            ]
        return self._viewed(view, shown) if shown else None

    def _viewed(self, view: Any, shown: list[tuple[Any, Origin]]) -> Origin:
        """Return the origin of a view into known arrays: of one of them with rows and columns."""
        from forebear.capture.views import rows_and_columns

        made = self._made_from([origin for _, origin in shown], _SLICE)
        for known, origin in shown:
            seen = rows_and_columns(view, known, origin.columns)
            if seen is not None:
                made.rows = _rows([origin], [seen[0]])
                made.columns = seen[1]
                made.parents = origin.sources()
                break
        return made

    def arrays(self) -> list[tuple[Any, Origin]]:
        """Return the known objects of two dimensions that are arrays, with their origins."""
        alive = [(watch(), watch.origin) for watch in list(self._known.values())]
        return [
            (thing, origin)
            for thing, origin in alive
            if hasattr(thing, "strides") and getattr(thing, "ndim", 0) == 2
        ]

    def at_address(self, address: int) -> Any:
        """Return the known array whose values begin at an address in memory, if there is one."""
        for watch in list(self._known.values()):
            thing = watch()
            told = getattr(thing, "__array_interface__", None)
            if told is not None and hasattr(thing, "strides") and told["data"][0] == address:
                return thing
        return None

    def derive(
        self,
        thing: object,
        parents: Iterable[object],
        operation: str,
        at: At | None = None,
        seen: Callable[[Operation, list[object]], Passage | None] | None = None,
    ) -> None:
        """Remember that `operation` made `thing` from `parents`; unknown parents don't count.

        Only recorded ancestors are kept, never the chain between, so a loop of a million
        operations costs no more than one. Operations told one after the other with an equal
        `at` are parts of one. `seen` tells how rows and columns of the known parents passed.
        """
        known = [(parent, o) for parent in parents if (o := self.get(parent)) is not None]
        if not known:
            return
        operation_ = self.operation(operation, at)
        origins = [origin for _, origin in known]
        made = self._made_from(origins, operation_)
        passage = seen(operation_, [parent for parent, _ in known]) if seen is not None else None
        if passage is not None:
            made.rows = _rows(origins, passage.rows, operation_)
            made.columns = passage.columns
            taken = origins
            if passage.taken_from is not None:
                taken = [origins[place] for place in passage.taken_from]
            operation_.lost |= lost(taken, passage.columns)
            if passage.columns is not None:  # what it has looked at on the way is not its result
                operation_.lost -= passage.columns.sources()
            wide = passage.columns is not None and len(passage.columns.names) > 1
            operation_.table |= wide or getattr(thing, "ndim", 0) == 2
        else:
            operation_.unknown = True
        if made.columns is None:
            made.held = held(origins)
        self.bind(thing, made)

    def operation(self, name: str, at: At | None) -> Operation:
        """Return a new operation, or the last one if this is a part of it."""
        last = self._last
        if at is not None and last is not None and last.at == at and last.name == name:
            return last
        operation = Operation(name, next(self._numbers), at)
        self._last = operation
        return operation

    def _made_from(self, origins: list[Origin], operation: Operation) -> Origin:
        if len(origins) == 1:
            one = origins[0]
            before = () if one.artifact is not None else one.operations
            if not before or before[-1] is not operation:
                before = (*before, operation)[-_MOST_OPERATIONS:]
            made = Origin(parents=one.sources(), operations=before, role=one.role, exact=one.exact)
            if one.model is not None or one.data is not None:
                made.model, made.data, made.guessed = one.model, one.data, one.guessed
            return made
        return _joined(origins, operation)

    def hold(self, site: CallSite | None, function: str, thing: Any) -> None:
        """Keep an array that got no name of its own, for what is made of it at once."""
        size = getattr(thing, "nbytes", _MOST_HELD)
        if site is None or site.targets or self._held_bytes + size >= _MOST_HELD:
            return
        key = f"{site.where} {site.receiver}.{function}"
        before = self._held.get(key)
        self._held_bytes += size - getattr(before, "nbytes", 0)
        self._held[key] = thing

    def held(self, key: str) -> Any:
        """Return what the latest call at `file:line receiver.function` returned, if it is kept."""
        return self._held.get(key)

    @property
    def is_empty(self) -> bool:
        """Tell whether no object is known at all."""
        return not self._known

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._known.clear()

    def go_on_in_child(self) -> None:
        """Go on in a forked child, where the thread that holds the lock may be missing."""
        self._lock = threading.RLock()

    def _forget(self, watch: _Watch) -> None:
        with self._lock:
            if self._known.get(watch.key) is watch:
                del self._known[watch.key]
            views = self._views.get(watch.base) if watch.base is not None else None
            if views is not None and watch.base is not None:
                self._views[watch.base] = [other for other in views if other is not watch]
                if not self._views[watch.base]:
                    del self._views[watch.base]


def _overlap(numpy: Any, one: Any, two: Any) -> bool:
    try:
        return bool(numpy.shares_memory(one, two, max_work=1000))
    except (RuntimeError, ValueError):  # too hard to say exactly
        return True


def _joined(origins: list[Origin], operation: Operation) -> Origin:
    sources = {id(source): source for origin in origins for source in origin.sources()}
    names = dict.fromkeys(
        known for origin in origins if origin.artifact is None for known in origin.operations
    )
    names.pop(operation, None)
    roles = {origin.role for origin in origins}
    made = Origin(
        parents=tuple(sources.values()),
        operations=(*names, operation)[-_MOST_OPERATIONS:],
        role=roles.pop() if len(roles) == 1 else None,
        exact=all(origin.exact for origin in origins),
    )
    made.model = _only(origin.model for origin in origins)
    made.data = _only(origin.data for origin in origins)
    made.guessed = any(origin.guessed for origin in origins)
    return made


def _rows(
    origins: list[Origin], relations: Sequence[Relation], operation: Operation | None = None
) -> dict[Origin, Relation]:
    """Return which rows of each recorded ancestor a thing holds that was made of `origins`.

    An ancestor that rows came from in a way that was seen needs no second way: a mask and the
    frame that it filters say the same, and a mean of a column holds no row of it. Figures of
    groups that come beside the rows that they were made of are pooled.
    """
    found: dict[Origin, Relation] = {}
    for origin, relation in zip(origins, relations, strict=True):
        for source in origin.sources():
            way = through(relation, origin.relation(source))
            before = found.get(source)
            if before is None:
                found[source] = way
            elif way is not None and way is not before:
                pooled = is_pooled(before) != is_pooled(way)
                if pooled and operation is not None:
                    operation.pooled = True
                found[source] = combined(before, way)
    return found


def _only(origins: Iterable[Origin | None]) -> Origin | None:
    """Return the one origin there is, or None when there are none or several."""
    found = {id(origin): origin for origin in origins if origin is not None}
    return next(iter(found.values())) if len(found) == 1 else None
