"""The list of data as a table: what it is, who answers for it, and how it is."""

from __future__ import annotations

from collections.abc import Sequence

from forebear.client.formats import place, shape, when
from forebear.ops.catalog import DataEntry

__all__ = ["DATA_HEADS", "data_rows"]

DATA_HEADS = [
    "data",
    ">newest",
    "file",
    ">rows × columns",
    "owner",
    "licence",
    "tags",
    "state",
    "named",
]
"""Heads of the columns; the table leaves out those that are empty."""


def data_rows(entries: Sequence[DataEntry]) -> list[list[str]]:
    """Return a row for each name."""
    return [_row(entry) for entry in entries]


def _row(entry: DataEntry) -> list[str]:
    aliases = "".join(f" @{alias}" for alias in entry.aliases)
    return [
        entry.name + aliases,
        str(entry.version),
        place(entry.location) or "in memory only",
        shape(entry.rows, entry.columns),
        entry.owners.get("owner") or next(iter(entry.owners.values()), ""),
        entry.licence or "",
        ", ".join([*entry.tags, *(f"{tag}*" for tag in entry.inherited)]),
        ", ".join(_state(entry)),
        when(entry.created),
    ]


def _state(entry: DataEntry) -> list[str]:
    """Return what somebody should know at a glance: the worst first."""
    failed = entry.checks.get("failed", 0) + entry.checks.get("error", 0)
    told = [
        f"{entry.incidents} open incident{'s' * (entry.incidents != 1)}" if entry.incidents else "",
        "overdue" if entry.freshness and entry.freshness.overdue else "",
        f"{failed} of {sum(entry.checks.values())} checks failed" if failed else "",
        "checked" if entry.checks and not failed else "",
    ]
    return [one for one in told if one]
