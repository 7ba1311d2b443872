"""Parts of a store that remember what they were asked (see `ops.remembered`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forebear.core.events import StepRecorded
from forebear.core.flows import Flows, Passage
from forebear.core.lineage import Direction
from forebear.core.statements import StatementRow, Statements

__all__ = ["RememberedFlows", "RememberedStatements"]


class RememberedStatements(Statements):
    """Topics of which all is read, whatever it is about: of recalls there are few."""

    def __init__(self, statements: Statements) -> None:
        self._real = statements
        self._topics: dict[tuple[str, int | None], list[StatementRow]] = {}

    def latest(
        self,
        topics: Sequence[str],
        about: Sequence[str] | None = None,
        *,
        key: str | None = None,
        seq: int | None = None,
    ) -> list[StatementRow]:
        """What holds now, oldest first."""
        rows = [row for topic in topics for row in self._all(topic, seq)]
        wanted = None if about is None else set(about)
        found = [
            row
            for row in rows
            if (wanted is None or row.about in wanted) and (key is None or row.key == key)
        ]
        return sorted(found, key=lambda row: row.seq)

    def history(
        self,
        topics: Sequence[str],
        about: Sequence[str] | None = None,
        *,
        key: str | None = None,
        seq: int | None = None,
        limit: int | None = None,
    ) -> list[StatementRow]:
        """All that was ever said, newest first."""
        return self._real.history(topics, about, key=key, seq=seq, limit=limit)

    def _all(self, topic: str, seq: int | None) -> list[StatementRow]:
        known = self._topics.get((topic, seq))
        if known is None:
            known = self._topics[topic, seq] = self._real.latest([topic], seq=seq)
        return known


class RememberedFlows:
    """How data went into data, each passage and step read once."""

    def __init__(self, flows: Flows, seq: int | None) -> None:
        self._real, self._seq = flows, seq
        self._arriving: dict[str, list[Passage]] = {}
        self._steps: dict[str, StepRecorded | None] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def passages(
        self, artifacts: Sequence[str], direction: Direction, seq: int | None = None
    ) -> list[Passage]:
        """What arrives at (`up`) or leaves (`down`) any of these, in the order of recording."""
        if direction == "down" or seq != self._seq:
            return self._real.passages(artifacts, direction, seq)
        wanted = list(dict.fromkeys(artifacts))
        fresh = [id for id in wanted if id not in self._arriving]
        if fresh:
            self._arriving.update((id, []) for id in fresh)
            for one in self._real.passages(fresh, direction, seq):
                self._arriving[one.target].append(one)
        found = [one for id in wanted for one in self._arriving[id]]
        return sorted(found, key=lambda one: (one.seq, one.n))

    def steps(self, runs: Sequence[str], seq: int | None = None) -> dict[str, StepRecorded]:
        """What was recorded of these steps, by their ids; runs that are no steps are left out."""
        if seq != self._seq:
            return self._real.steps(runs, seq)
        fresh = [id for id in dict.fromkeys(runs) if id not in self._steps]
        if fresh:
            found = self._real.steps(fresh, seq)
            self._steps |= {id: found.get(id) for id in fresh}
        return {id: step for id in runs if (step := self._steps[id]) is not None}
