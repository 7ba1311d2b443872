"""How somebody wants a model to be validated."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct, structs

from forebear.analysis import fairness
from forebear.core.validation import Task, Threshold

__all__ = ["BASELINES", "How"]

BASELINES: Final = {"majority": "the commonest class", "mean": "the mean of the answers"}


class How(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a model is to be validated."""

    target: str | None = None
    """The column that is to be predicted."""
    part: str | None = None
    """Only the rows that the model's own run used as this: test, validation, train."""
    features: list[str] = []
    task: Task | None = None
    positive: str | None = None
    query: str | None = None
    """The column that tells which query a row belongs to, for rankings."""
    weight: str | None = None
    """The column that tells how much each row counts."""
    by: list[str] = []
    slices: list[str] = []
    find_slices: bool = False
    thresholds: list[Threshold] = []
    main: str | None = None
    baseline: str | None = None
    """`majority`, `mean`, or another model."""
    against: str | None = None
    """The model that is the champion."""
    margin: float | None = None
    """Differences from another model below this count for nothing."""
    callable: str | None = None
    command: str | None = None
    endpoint: str | None = None
    predictions: str | None = None
    send: str = "csv"
    """How a command is given rows: csv or jsonl."""
    headers: dict[str, str] = {}
    """What a service is told beside the rows; never recorded."""
    timeout: float | None = None
    """Seconds; None is a minute for commands and services, and no limit for what runs here."""
    trust: bool = False
    """What runs code of its maker when it is loaded may be loaded."""
    probes: list[str] = []

    def recorded(self) -> dict[str, Any]:
        """Return what may be written down."""
        return dict(msgspec.to_builtins(structs.replace(self, headers={})))

    @property
    def others(self) -> list[str]:
        """Refs of models to compare with, the champion last."""
        named = self.baseline if self.baseline not in BASELINES else None
        return [one for one in (named, self.against) if one]

    @property
    def conditions(self) -> list[str]:
        """All conditions on rows that are spoken of."""
        told = [one.slice for one in self.thresholds if one.metric not in fairness.MEASURES]
        return [*self.slices, *(one for one in told if one)]

    @property
    def groups(self) -> list[str]:
        """All columns whose groups are spoken of."""
        told = [one.slice for one in self.thresholds if one.metric in fairness.MEASURES]
        named = [name.strip() for text in told if text for name in text.split("×")]
        return list(dict.fromkeys([*self.by, *named]))
