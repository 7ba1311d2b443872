"""What a store answers: rows of its tables, and what was found in its graph."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from forebear.core.entities import (
    Edge,
    EvidenceWord,
    Figure,
    Metric,
    RunStatus,
)
from forebear.core.refs import NameKind

__all__ = [
    "AliasRow",
    "Appended",
    "Closure",
    "Common",
    "CommonAncestor",
    "Fault",
    "Fringe",
    "GapRow",
    "Head",
    "LocationRow",
    "MetricRow",
    "NameRow",
    "Refusal",
    "ReproductionRow",
    "RunFigures",
    "RunRow",
    "Sketch",
    "StoredEvent",
    "VersionRow",
]


class Closure(Struct, frozen=True, kw_only=True, gc=False):
    """What lies above or below some nodes, however far."""

    depths: dict[str, int]
    """The nodes with their distance, the nearest first, as many as were asked for."""
    counts: list[int]
    """How many nodes lie at each distance, listed or not, from the first distance on."""
    beyond: int = 0
    """So many more are known one step past the depth that was allowed."""

    @property
    def count(self) -> int:
        """How many nodes were found within the depth."""
        return sum(self.counts)

    @property
    def omitted(self) -> int:
        """How many nodes are known to be there and are not listed."""
        return self.count - len(self.depths) + self.beyond


class Sketch(Struct, frozen=True, kw_only=True):
    """What a node is, in short."""

    type: Literal["artifact", "run"]
    kind: str
    root: str | None = None
    """Of a run the outermost one."""


class Fringe(Struct, frozen=True, kw_only=True):
    """The edges at some nodes, as many of each as were asked for."""

    edges: list[Edge]
    counts: dict[str, int]
    """How many edges are recorded at each node of which not all are told."""


class CommonAncestor(Struct, frozen=True, kw_only=True):
    """What several things have among themselves and their ancestors."""

    id: str
    depths: list[int]
    """How far it is from each of them."""
    nearest: bool
    """None of its own effects is common to them."""


class Common(Struct, frozen=True, kw_only=True):
    """Common ancestors, the nearest first, as many as were asked for."""

    ancestors: list[CommonAncestor]
    count: int
    """How many there are in all."""


class Head(Struct, frozen=True, kw_only=True):
    """How far the ledger reaches: number of events and the Merkle root over them."""

    size: int
    root: str


class Appended(Struct, frozen=True, kw_only=True):
    """What became of events handed to a store."""

    accepted: int
    duplicates: int
    head: Head


class Refusal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event that was refused because another one with other content has its id."""

    id: str
    leaf: str
    """The leaf hash (hexadecimal) of what was refused, by which it can be recognised."""
    at: datetime
    seq: int | None = None
    """Where the event that has the id is; None when both came together."""


class StoredEvent(Struct, frozen=True, kw_only=True):
    """An event as it lies in the ledger; `seq` counts from 1 without gaps."""

    seq: int
    recorded: datetime
    body: bytes


class RunRow(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A run as it was at the moment asked about."""

    id: str
    kind: str
    name: str
    status: RunStatus
    started: datetime
    ended: datetime | None = None
    parent: str | None = None
    root: str
    """The outermost run; a run without parent is its own root."""
    command: list[str] = []
    cwd: str | None = None
    exit_code: int | None = None
    error: str | None = None
    where: str | None = None
    params: dict[str, Any] = {}
    attrs: dict[str, Any] = {}
    steps: int = 0
    seq: int


class NameRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A registered name with how many versions it has."""

    kind: NameKind
    name: str
    versions: int
    created: datetime
    updated: datetime


class VersionRow(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One version of a name."""

    kind: NameKind
    name: str
    version: int
    artifact: str
    digest: str
    created: datetime
    run: str | None = None
    """The step or run that the version was registered from."""
    by: str | None = None
    automatic: bool = False
    """It became a version by itself, and nobody has decided on it since."""
    aliases: list[str] = []
    seq: int


class AliasRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One move of an alias; `version` is None where it was taken away."""

    kind: NameKind
    name: str
    alias: str
    version: int | None
    at: datetime
    by: str
    why: str | None = None
    seq: int


class MetricRow(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One figure with what it was measured on.

    A figure logged over very many steps is one row in short: its last point, how many points
    there are, the least and the greatest of them.
    """

    run: str
    metric: Metric
    at: datetime
    model: str | None = None
    data: str | None = None
    split: str | None = None
    evidence: EvidenceWord = "observed"
    params: dict[str, Any] = {}
    points: int = 1
    least: Figure | None = None
    greatest: Figure | None = None
    seq: int


class RunFigures(Struct, frozen=True, kw_only=True):
    """What an outermost run and all its steps were set to and measured."""

    params: dict[str, Any]
    """Of a setting that several made the last value, and that of the run before those of steps."""
    metrics: dict[str, Figure]
    """The last value of each figure."""


class LocationRow(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A place where an artifact's content was seen."""

    artifact: str
    uri: str
    mode: str
    at: datetime
    run: str | None = None
    seq: int


class GapRow(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Something that was not seen in a run."""

    run: str
    what: str
    artifact: str | None = None
    seq: int


class ReproductionRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stored verdict of a reproduction."""

    artifact: str
    run: str
    verdict: str
    reason: str
    environment: str
    by: str
    at: datetime
    matched: list[str] = []
    details: dict[str, Any] = {}
    seq: int


class Fault(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that `verify` found wrong."""

    what: Literal["database", "event", "sequence", "root", "projection", "blob", "missing-blob"]
    where: str
    message: str
