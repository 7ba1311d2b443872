"""The nouns of the house: artifacts, runs, edges, and the words they use."""

from __future__ import annotations

import math
from datetime import datetime
from enum import IntEnum
from typing import Any, Literal

from msgspec import Struct, field

__all__ = [
    "ArtifactKind",
    "Column",
    "Edge",
    "EdgeType",
    "Evidence",
    "EvidenceWord",
    "Figure",
    "Gap",
    "Metric",
    "Node",
    "Relation",
    "RunStatus",
    "at_least",
    "finite",
]

ArtifactKind = Literal["data", "model", "code", "environment", "file"]
RunStatus = Literal["running", "finished", "failed", "lost"]
EdgeType = Literal["used", "generated", "derived"]
EvidenceWord = Literal["verified", "observed", "declared", "inferred"]
Figure = float | Literal["NaN", "Infinity", "-Infinity"]
"""A number as JSON can carry it."""
Relation = Literal[
    "finetune", "adapter", "merge", "quantize", "distil", "prune", "copy", "subset", "export"
]


class Evidence(IntEnum):
    """How an edge is known, from weakest to strongest."""

    inferred = 1
    """Computed from statistics, or the only candidates there were."""
    declared = 2
    """Somebody said so."""
    observed = 3
    """It was seen to happen."""
    verified = 4
    """It was done again, and the content matched."""


def at_least(word: EvidenceWord | None) -> int:
    """Return the lowest grade that passes the filter `word`; no filter passes all."""
    return Evidence[word] if word else Evidence.inferred


class Column(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One column of a table: its name, its type in the words of the digest rule, its digest."""

    name: str
    type: str
    digest: str | None = None


class Metric(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One measured figure; `value` is a number, or 'NaN', 'Infinity', '-Infinity' as text."""

    key: str
    value: Figure
    step: int | None = None


def finite(value: float) -> Figure:
    """Return `value` as JSON can carry it.

    >>> finite(float("inf"))
    'Infinity'
    """
    if math.isnan(value):
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value


class Gap(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was not seen, said out loud."""

    what: str
    run: str | None = None
    artifact: str | None = None


class Node(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A vertex of the lineage graph: an artifact or a run, with what is known of it.

    `id` of an artifact that left a process is its digest; data and models that lived only in
    the memory of one run have an id of their own beside their digest, so that equal values in
    unrelated programs don't make those programs relatives.
    """

    id: str
    type: Literal["artifact", "run"]
    kind: str
    name: str | None = None
    """The registered name, else a label: a file's name, a variable, a function, a script."""
    version: int | None = None
    digest: str | None = None
    depth: int = field(default=0)
    label: str | None = None
    aliases: list[str] = []
    format: str | None = None
    size: int | None = None
    rows: int | None = None
    columns: int | None = None
    in_memory: bool = False
    parent: str | None = None
    root: str | None = None
    status: RunStatus | None = None
    started: datetime | None = None
    ended: datetime | None = None
    where: str | None = None
    attrs: dict[str, Any] = {}


class Edge(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An arrow from cause to effect, with its role and how it is known."""

    source: str = field(name="from")
    target: str = field(name="to")
    type: EdgeType
    role: str | None = None
    relation: str | None = None
    evidence: EvidenceWord
    slot: str | None = None
