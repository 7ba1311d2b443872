"""Saying only what is new: an import that is done again adds what was added there since.

Each thing that was imported leaves a digest of all that was found about it. Where that is the same
there is nothing to do. Where it is not, what was said at the last import is compared with what is
found now, so that a change made here since is not undone by what is old there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from forebear.core.digest import of_bytes
from forebear.core.events import AnyEvent, Stated
from forebear.server.mlflow.facts import IMPORTED, ImportedFact
from forebear.server.mlflow.table import Desk

__all__ = ["Writing", "digest_of"]

_AT_ONCE: Final = 2000
_MARK: Final = "imported from "
_NOTHING: Final = object()
_encoder: Final = msgspec.json.Encoder(order="sorted")


def digest_of(*found: Any) -> str:
    """Return the digest of all that was found about a thing."""
    return of_bytes(_encoder.encode(found))


class Writing:
    """Events on their way into the store, many at once."""

    def __init__(self, desk: Desk, where: str) -> None:
        self.why = _MARK + where
        self._desk = desk
        self._where = where
        self._waiting: list[AnyEvent] = []
        before = IMPORTED.latest(desk.store.statements, key=desk.view.space)
        self._known = {said.row.about: said.value.digest for said in before}

    def knows(self, about: str) -> bool:
        """Tell whether a thing was imported before."""
        return about in self._known

    def has(self, about: str, digest: str) -> bool:
        """Tell whether a thing was imported before as it is now."""
        return self._known.get(about) == digest

    def say(
        self, about: str, digest: str, events: Iterable[AnyEvent], *, artifact_uri: str = ""
    ) -> None:
        """Say what is new of a thing, and that it was imported."""
        fresh = self._only_new(list(events), known=self.knows(about))
        fact = ImportedFact(source=self._where, digest=digest, artifact_uri=artifact_uri)
        said = IMPORTED.say(about, fact, key=self._desk.view.space, by=self._desk.author)
        self._waiting += [*fresh, said]
        self._known[about] = digest
        if len(self._waiting) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self._desk.write(waiting)

    def _only_new(self, events: list[AnyEvent], *, known: bool) -> list[AnyEvent]:
        said = self._said_before(events) if known else {}
        fresh: list[AnyEvent] = []
        for event in events:
            if not isinstance(event, Stated):
                fresh.append(event)
            elif said.get((event.topic, event.about, event.key), _NOTHING) != event.value:
                fresh.append(msgspec.structs.replace(event, why=self.why))
        return fresh

    def _said_before(self, events: list[AnyEvent]) -> dict[tuple[str, str, str], Any]:
        """Return what the last import said on the topics and things that these events are of."""
        stated = [event for event in events if isinstance(event, Stated)]
        topics = sorted({event.topic for event in stated})
        about = sorted({event.about for event in stated})
        said: dict[tuple[str, str, str], Any] = {}
        for row in self._desk.store.statements.history(topics, about) if stated else ():
            if (row.why or "").startswith(_MARK):
                said.setdefault((row.topic, row.about, row.key), row.value)
        return said
