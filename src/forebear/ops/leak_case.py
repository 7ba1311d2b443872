"""What the checks of `leaks` look at, and what they say."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

from msgspec import Struct

from forebear.analysis.verdict import called
from forebear.core.entities import Node
from forebear.core.ports import Store
from forebear.core.rows import MetricRow
from forebear.ops.contents import Contents
from forebear.ops.meeting import Meeting, Shared
from forebear.ops.source_code import SourceLines
from forebear.ops.training import FlowDeed, Learned, Training, deed_of

__all__ = ["FEW", "At", "Case", "Checked", "Finding", "Kind"]

Kind = Literal["overlap", "preprocessing", "duplicates", "multi-test", "time", "target"]
FEW: Final = 10
"""How many row numbers a finding tells."""


class At(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of code at which something happened."""

    name: str
    where: str | None
    line: str | None


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something of the test data, or of the answer, that reached a fit."""

    kind: Kind
    words: str
    at: At
    """The call that took it: a fit, or for multi-test the scoring."""
    cause: At | None = None
    """Where it was let in, where that is known and another line."""
    source: str | None = None
    """The artifact whose rows are counted."""
    count: int = 0
    rows: list[int] = []
    """The first few, by their places in the source, from 0 on."""


class Checked(NamedTuple):
    """What a check found; `unknown` says why it could not look, if it could not."""

    findings: list[Finding]
    unknown: str | None = None


class Case(Struct, kw_only=True):
    """A model with all that the checks look at."""

    store: Store
    seq: int | None
    model: Learned
    meeting: Meeting
    train: list[str]
    """Training data of the model and of those that it builds on: features only."""
    test: list[str]
    transformers: dict[str, list[Training]]
    figures: list[MetricRow]
    contents: Contents
    lines: SourceLines
    time: str | None = None
    most_tested: int = 1

    def fit(self) -> At:
        """Return where the model was fitted."""
        return self.of_step(self.model.trainings[0].step)

    def of_step(self, step: Node) -> At:
        """Return where a step was done."""
        line = self.lines.at(step.id, step.where)
        return At(name=step.name or step.kind, where=step.where, line=line)

    def of_deed(self, deed: FlowDeed) -> At:
        """Return where an operation was done."""
        return At(name=deed.name, where=deed.where, line=self.lines.at(deed.step, deed.where))

    def chosen(self) -> At | None:
        """Return where test rows were last set apart from others."""
        step = self.meeting.set_apart(self.test[0])
        return self.of_deed(deed_of(self.meeting.steps, *step)) if step else None

    def finding(
        self, kind: Kind, words: str, shared: Shared, *, at: At, cause: At | None = None
    ) -> Finding:
        """Return a finding about rows that two sides share."""
        return Finding(
            kind=kind,
            words=words,
            at=at,
            cause=cause if cause is None or cause.where != at.where else None,
            source=shared.artifact,
            count=shared.number,
            rows=[int(row) for row in shared.rows[:FEW]],
        )

    def title(self, artifact: str) -> str:
        """Return what people call an artifact."""
        node = self.meeting.nodes.get(artifact)
        return called(node) if node is not None else artifact

    def tested_rows(self, artifact: str) -> Any:
        """Return a mask of the rows of an artifact that are in test data, or None."""
        return self.meeting.rows_of(self.test, artifact)[0]
