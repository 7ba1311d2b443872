"""Statements at hand for many questions: asked for one thing, or read once for all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from forebear.core.ports import Store
from forebear.core.statements import Said, Topic

__all__ = ["Facts"]

T = TypeVar("T")


class Facts:
    """The statements of a store up to `seq`.

    With `whole` each topic is read once, whatever it is about, which is quicker where hundreds
    of things are asked about.
    """

    def __init__(self, store: Store, seq: int | None, *, whole: bool = False) -> None:
        self._statements, self._seq, self._whole = store.statements, seq, whole
        self._read: dict[tuple[str, bool], dict[str, list[Said[Any]]]] = {}

    def latest(self, topic: Topic[T], about: Iterable[str]) -> list[Said[T]]:
        """Return what holds about any of these, oldest first."""
        return self._said(topic, list(dict.fromkeys(about)), ever=False)

    def history(self, topic: Topic[T], about: Iterable[str]) -> list[Said[T]]:
        """Return all that was ever said about these, newest first."""
        return self._said(topic, list(dict.fromkeys(about)), ever=True)

    def everything(self, topic: Topic[T]) -> list[Said[T]]:
        """Return what holds about anything, for a topic on which little is said."""
        return self._said(topic, None, ever=False)

    def _said(self, topic: Topic[T], about: Sequence[str] | None, *, ever: bool) -> list[Said[T]]:
        if not self._whole:
            return self._rows(topic, about, ever=ever)
        known = self._read.get((topic.name, ever))
        if known is None:
            known = self._read[topic.name, ever] = {}
            for one in self._rows(topic, None, ever=ever):
                known.setdefault(one.row.about, []).append(one)
        wanted = known if about is None else about
        found = [one for thing in wanted for one in known.get(thing, ())]
        return sorted(found, key=lambda one: one.row.seq, reverse=ever)

    def _rows(self, topic: Topic[T], about: Sequence[str] | None, *, ever: bool) -> list[Said[T]]:
        ask = self._statements.history if ever else self._statements.latest
        return topic.listed(ask([topic.name], about, seq=self._seq))
