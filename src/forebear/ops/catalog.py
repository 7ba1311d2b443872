"""The data catalog: names of data and what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct, structs

from forebear.core.catalog import COLUMN, DESCRIPTION, FRESHNESS, LICENCE, OWNER, TAG
from forebear.core.ports import Store
from forebear.core.profiles import PROFILE
from forebear.core.quality import CHECK, INCIDENT
from forebear.core.rows import NameRow
from forebear.core.statements import StatementRow, about_name
from forebear.ops.card import FreshnessFact, freshness_of
from forebear.ops.carriers import carried_down
from forebear.ops.describing import check_tag
from forebear.ops.names import NameEntry, entries
from forebear.ops.paging import Pages
from forebear.ops.table import Context, Request, operation

__all__ = ["DataEntry", "DataRequest", "DataResponse", "Missing", "data"]

Missing = Literal["owner", "licence", "description", "checks"]

_OF_NAMES = [OWNER.name, LICENCE.name, DESCRIPTION.name, TAG.name, FRESHNESS.name, COLUMN.name]


class DataEntry(NameEntry, frozen=True, kw_only=True, omit_defaults=True):
    """A name of data with what is said of it, and of its newest version."""

    owners: dict[str, str] = {}
    """Who answers for it, by role."""
    licence: str | None = None
    described: bool = False
    tags: list[str] = []
    inherited: list[str] = []
    """Tags that come down to it."""
    sensitive: list[str] = []
    """Classes of its columns, as far as they were declared or found on it."""
    freshness: FreshnessFact | None = None
    checks: dict[str, int] = {}
    """How many checks of its newest version passed, failed, …"""
    incidents: int = 0
    """Open ones."""


class DataResponse(Struct, frozen=True, kw_only=True):
    """A page of the data that has a name."""

    data: list[DataEntry]
    count: int
    """How many there are, listed or not."""
    next: str | None = None
    """Asks for the page after it."""


class DataRequest(Request[DataResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which data there is."""

    as_of: str | None = None
    name: str | None = None
    """Only names that have this in them."""
    tag: str | None = None
    """Only what has this tag, of its own or because it came down to it."""
    owner: str | None = None
    """Only what this person or team answers for, in any role."""
    missing: Missing | None = None
    """Only what nobody has given this."""
    limit: int | None = None
    after: str | None = None
    """The `next` of the page before."""


@operation(name="data", permission="read")
def data(context: Context, request: DataRequest) -> DataResponse:
    """List the data sets by name, the most recently changed first."""
    store, pages = context.store, Pages(context.store, request)
    seq = pages.seq
    names = store.names("data", seq)
    if request.name:
        names = [row for row in names if request.name.casefold() in row.name.casefold()]
    if request.tag is not None or request.owner is not None or request.missing is not None:
        names = _chosen(store, names, request, seq)
    page = pages.cut(names, lambda one: one.name)
    found = entries(store, "data", seq, only=page.listed)
    told = _told(store, found, seq, request.as_of)
    return DataResponse(data=told, count=len(names), next=page.next)


def _chosen(
    store: Store, names: Sequence[NameRow], request: DataRequest, seq: int | None
) -> list[NameRow]:
    newest = store.newest("data", seq)
    things = {row.name: {about_name("data", row.name), newest[row.name]} for row in names}
    kept = list(names)
    if request.owner is not None:
        who = request.owner.casefold()
        held = {
            one.row.about
            for one in OWNER.latest(store.statements, seq=seq)
            if one.value.who.casefold() == who
        }
        kept = [row for row in kept if not held.isdisjoint(things[row.name])]
    if request.missing is not None:
        topic = CHECK.name if request.missing == "checks" else request.missing
        said = {one.about for one in store.statements.latest([topic], seq=seq)}
        kept = [row for row in kept if said.isdisjoint(things[row.name])]
    if request.tag is not None:
        tag = check_tag(request.tag)
        own = {one.about for one in store.statements.latest([TAG.name], key=tag, seq=seq)}
        down = carried_down(store, [newest[row.name] for row in kept], seq, tags=[tag])
        kept = [
            row for row in kept if newest[row.name] in down or not own.isdisjoint(things[row.name])
        ]
    return kept


def _told(
    store: Store, found: Sequence[NameEntry], seq: int | None, as_of: str | None
) -> list[DataEntry]:
    """Return entries with what is said of each name, or else of its newest version."""
    about = [one for entry in found for one in (about_name("data", entry.name), entry.artifact)]
    said: dict[str, list[StatementRow]] = {}
    topics = [*_OF_NAMES, CHECK.name, INCIDENT.name, PROFILE.name]
    for row in store.statements.latest(topics, about, seq=seq):
        said.setdefault(row.about, []).append(row)
    down = carried_down(store, [entry.artifact for entry in found], seq)
    told = []
    for entry in found:
        rows = [*said.get(entry.artifact, ()), *said.get(about_name("data", entry.name), ())]
        tags = [row.key for row in rows if row.topic == TAG.name]
        inherited = [
            one.carrier.key for one in down.get(entry.artifact, ()) if one.carrier.kind == "tag"
        ]
        told.append(
            _entry(entry, rows, as_of, tags=tags, inherited=[t for t in inherited if t not in tags])
        )
    return told


def _entry(
    entry: NameEntry,
    rows: Sequence[StatementRow],
    as_of: str | None,
    *,
    tags: list[str],
    inherited: list[str],
) -> DataEntry:
    values = {row.topic: row.value for row in rows}
    classes = [row.value.get("sensitivity") for row in rows if row.topic == COLUMN.name]
    checks: dict[str, int] = {}
    for row in rows:
        if row.topic == CHECK.name:
            checks[row.value["status"]] = checks.get(row.value["status"], 0) + 1
    every = values[FRESHNESS.name]["every_seconds"] if FRESHNESS.name in values else None
    profile = values.get(PROFILE.name, {})
    return DataEntry(
        **structs.asdict(_sized(entry, profile.get("rows"), profile.get("columns"))),
        owners={row.key: row.value["who"] for row in rows if row.topic == OWNER.name},
        licence=values[LICENCE.name]["spdx"] if LICENCE.name in values else None,
        described=DESCRIPTION.name in values,
        tags=sorted(set(tags)),
        inherited=sorted(set(inherited)),
        sensitive=sorted({one for one in classes if one and one != "none"}),
        freshness=freshness_of(entry.created, every, as_of),
        checks=checks,
        incidents=sum(
            1 for row in rows if row.topic == INCIDENT.name and row.value["status"] == "open"
        ),
    )


def _sized(entry: NameEntry, rows: int | None, columns: int | None) -> NameEntry:
    """Return an entry with rows and columns: of what was only written, its profile tells them."""
    if entry.rows is not None or rows is None:
        return entry
    return structs.replace(entry, rows=rows, columns=columns)
