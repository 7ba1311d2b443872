"""Recalls: a thing turned out to be bad, and whatever came of it must be dealt with.

A recall is said about the thing (an artifact, a name, a package); what it reaches follows from
the graph each time it is asked, so that what was recorded later is found too. A remedy is said
about one thing that it reaches: what is to be done with it, and whether that is done.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from forebear.core.statements import Topic

__all__ = [
    "DELIVERY",
    "PACKAGE",
    "RECALL",
    "REMEDY",
    "SEVERITIES",
    "Cause",
    "Channel",
    "Delivery",
    "Happening",
    "Recall",
    "Remedy",
    "RemedyStatus",
    "Severity",
    "Verdict",
]

Severity = Literal["low", "medium", "high", "critical"]
Cause = Literal["data", "licence", "consent", "base-model", "package", "other"]
Verdict = Literal["retrain", "quarantine", "disclose", "none"]
"""Make it again without the thing; take it out of use; tell those concerned; nothing."""
RemedyStatus = Literal["open", "done", "accepted"]
Channel = Literal["webhook", "email", "command"]
Happening = Literal["opened", "closed"]

SEVERITIES: Final[tuple[Severity, ...]] = ("low", "medium", "high", "critical")
"""From the least to the gravest."""
PACKAGE: Final = "package:"
"""What stands before a package's name where it is recalled."""


class Recall(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Said about the recalled thing, under the recall's id; said again when it is closed."""

    title: str
    """What people call the thing."""
    reason: str
    severity: Severity = "high"
    cause: Cause = "data"
    status: Literal["open", "closed"] = "open"
    versions: str | None = None
    """Of a package: a version specifier, `<10.3`."""
    key: str | None = None
    """Of one record: a commitment to how it was named, `id=4711`."""
    rows: dict[str, list[int]] = {}
    """Of one record: its rows in each recalled artifact, in place of its content."""
    column: str | None = None
    """Of one column: its name in the recalled data."""
    forced: bool = False
    """It was closed while something was open."""


class Remedy(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Said about what a recall reaches, under the recall's id."""

    status: RemedyStatus
    verdict: Verdict
    note: str | None = None
    by_version: str | None = None
    """The artifact that takes its place."""


class Delivery(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Said about `recall:ID`: whether somebody was told, and how often it was tried."""

    channel: Channel
    target: str
    """Who was told: an address without its secrets, a commitment, a command's name."""
    happening: Happening
    status: Literal["delivered", "failed"]
    attempts: int = 1
    error: str | None = None


RECALL: Final = Topic("recall", Recall)
REMEDY: Final = Topic("remedy", Remedy)
DELIVERY: Final = Topic("delivery", Delivery)
