"""Taking in events: kept as they came at once, tied into the graph when they have settled."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from typing import Any, Final

from forebear.core.errors import ForebearError, InvalidInput
from forebear.core.events import AnyEvent
from forebear.core.ports import Store
from forebear.exchange.openlineage import plain
from forebear.exchange.openlineage.reading import heard
from forebear.exchange.openlineage.topics import about, event_of
from forebear.exchange.openlineage.tying import settle
from forebear.exchange.openlineage.view import View

__all__ = ["Receiver"]

_log = logging.getLogger(__name__)
_QUIET: Final = 2.0
"""Seconds without an event after which what has come is taken for all that comes together."""


class Receiver:
    """What takes events of OpenLineage into one store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.view = View(store)
        self._taken: float | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether something was taken in that has not been tied, and nothing came since."""
        return self._taken is not None and time.monotonic() - self._taken > _QUIET

    def take(self, events: Iterable[Any], store: Store | None = None) -> list[ForebearError | None]:
        """Record events, durable when this returns; say of each why it is none, or None.

        All that each says by itself is in the graph then. What they mean together follows
        with `settle`. They are written into `store`, the same one as somebody may write to it.
        """
        outcomes: list[ForebearError | None] = []
        made: list[AnyEvent] = []
        with self.view.lock:
            self.view.catch_up()
            for raw in events:
                try:
                    made += self._facts(raw)
                    outcomes.append(None)
                except ForebearError as error:
                    outcomes.append(error)
        if made:
            (store or self.store).append(made)
            self._taken = time.monotonic()
        return outcomes

    def settle(self) -> int:
        """Draw what follows from all that was taken in so far; return how many facts are new."""
        with self.view.lock:
            self._taken = None
            self.view.catch_up()
            made = settle(self.view)
            return self._append(made) if made else 0

    def _append(self, made: Sequence[AnyEvent]) -> int:
        """Write facts; one that no store takes must not keep the others away, now and for ever."""
        try:
            return self.store.append(made).accepted
        except InvalidInput as error:
            if len(made) == 1:
                _log.warning("What a producer of OpenLineage told has no place here: %s", error)
                return 0
        middle = len(made) // 2
        return self._append(made[:middle]) + self._append(made[middle:])

    def _facts(self, raw: Any) -> Sequence[AnyEvent]:
        told, event = heard(raw)
        kept = event_of(told, event, about(told), self.store.blobs)
        if told.kind != "run":
            return [kept]
        assert told.run is not None
        assert told.job is not None
        return [kept, *plain.facts(told, self.view.run_id(told.run, told.job))]
