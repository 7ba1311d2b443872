"""Taking over what other tools found: the same facts, on the data that they speak of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from forebear.analysis.verdict import called, counted
from forebear.core import redaction
from forebear.core.entities import Node
from forebear.core.errors import Unreadable
from forebear.core.events import Stated
from forebear.core.foreign_quality import ForeignResult, QualityFormat, Whereabouts
from forebear.core.ports import Store
from forebear.core.quality import CHECK, CheckResult
from forebear.core.rows import VersionRow
from forebear.core.search import words_of
from forebear.ops.incidents import Change, changes
from forebear.ops.resolve import resolve_one
from forebear.ops.table import Context, Request, Target, operation
from forebear.plugins import load_folder

__all__ = [
    "Matched",
    "QualityImportRequest",
    "QualityImportResponse",
    "Unmatched",
    "formats",
    "quality_import",
]

_MOST: Final = 1000
"""Things of one name among which a table is looked for."""


class Matched(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Results that belong to a recorded artifact."""

    artifact: str
    title: str
    how: str
    """By what it was found: by its digest, place or name, or because somebody said so."""
    results: int
    new: int
    """How many of them were not known yet."""
    failed: int


class Unmatched(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Results of which nothing recorded is known to be meant."""

    words: str
    results: int
    why: str


class QualityImportResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was taken over."""

    verdict: str
    format: str
    matched: list[Matched]
    unmatched: list[Unmatched]
    incidents: list[Change] = []


class QualityImportRequest(
    Request[QualityImportResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Take over the results in a file of another tool."""

    text: str
    """The file's JSON."""
    name: str
    """How messages call it."""
    second: str | None = None
    """The file that belongs to it: dbt's manifest.json."""
    data: Target | None = None
    """The data that all of it is about, where the file does not say so."""


@operation(name="quality-import", permission="write")
def quality_import(context: Context, request: QualityImportRequest) -> QualityImportResponse:
    """State what another tool found, where it is known which data is meant.

    Raises:
        Unreadable: the file is none of a known form.
    """
    store = context.store
    found, results = _read(request)
    given = resolve_one(store, request.data) if request.data else None
    groups: dict[str, tuple[Node, str, list[ForeignResult]]] = {}
    lost: dict[tuple[str, str], int] = {}
    for one in results:
        node, how = (given, "as you said") if given else _meant(store, one.about, one.at)
        if node is None:
            lost[one.about.words, how] = lost.get((one.about.words, how), 0) + 1
        else:
            groups.setdefault(node.id, (node, how, []))[2].append(one)
    matched, incidents, events = [], [], []
    for node, how, its in groups.values():
        said, moved = _news(context, node, its)
        events += [*said, *(change.event(context.author) for change in moved)]
        incidents += moved
        failed = sum(1 for one in its if one.result.status == "failed")
        matched.append(
            Matched(
                artifact=node.id,
                title=called(node),
                how=how,
                results=len(its),
                new=len(said),
                failed=failed,
            )
        )
    if events:
        store.append(events)
    unmatched = [Unmatched(words=w, results=n, why=why) for (w, why), n in lost.items()]
    return QualityImportResponse(
        verdict=_verdict(found.name, matched, unmatched),
        format=found.name,
        matched=matched,
        unmatched=unmatched,
        incidents=incidents,
    )


def formats() -> list[QualityFormat]:
    """Return the forms that are known, those of plugins too."""
    said = (getattr(module, "QUALITY", None) for module in load_folder("forebear.exchange"))
    return [one for one in said if isinstance(one, QualityFormat)]


def _read(request: QualityImportRequest) -> tuple[QualityFormat, list[ForeignResult]]:
    data = _json(request.text, request.name)
    second = _json(request.second, "its second file") if request.second else None
    found = next((one for one in formats() if one.recognises(data)), None)
    if found is None:
        names = ", ".join(one.name for one in formats())
        raise Unreadable(
            f"'{request.name}' holds no results of checks in a form that is known.",
            hint=f"Known are: {names}.",
        )
    try:
        return found, found.read(data, second)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise Unreadable(
            f"'{request.name}' looks like results of {found.name}, and cannot be read as such:"
            f" {type(error).__name__} {error}."
        ) from error


def _json(text: str, name: str) -> Any:
    try:
        # Python writes NaN into JSON, which a stricter reader refuses.
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        with suppress(ValueError, RecursionError):
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
            if rows:
                return rows  # JSON lines, which polars calls NDJSON
        raise Unreadable(f"'{name}' is not JSON: {error}.") from None


def _meant(store: Store, about: Whereabouts, at: datetime | None) -> tuple[Node | None, str]:
    """Return the artifact that a tool means, and how that is known, or why it is not."""
    if about.digest is not None:
        nodes = store.find_artifacts(about.digest)
        return (nodes[0], "by its digest") if nodes else (None, "nothing has this digest")
    if about.place is not None:
        node = _at_place(store, about.place, at)
        if node is not None:
            return node, "by its place"
    names = [word for word in (about.name, about.table) if word]
    for name in dict.fromkeys([*names, *(name.rpartition(".")[2] for name in names)]):
        versions = store.versions("data", name)
        version = _at_time(versions, at)
        if version is not None:
            return store.node(version.artifact), "by its name"
        if versions and at is not None:
            when = f"{at:%Y-%m-%d %H:%M}"
            why = f"no version of {name} was recorded when the tool looked, on {when}"
            return None, f"{why}; --data says which is meant"
    node = _table(store, about.table) if about.table else None
    if node is not None:
        return node, "by its table"
    if about == Whereabouts():
        return None, "say which with --data"
    return None, "nothing recorded is known by that name or place; --data says what is meant"


def _at_place(store: Store, place: str, at: datetime | None) -> Node | None:
    """Return what was last seen at a place when the tool looked there."""
    path = place.removeprefix("file://")
    uris = dict.fromkeys([place, path, str(Path(path).absolute())])
    nodes = {node.id: node for uri in uris for node in store.find_location(uri)}
    seen = [row for row in store.locations(list(nodes)) if row.uri in uris]
    before = [row for row in seen if at is None or row.at <= at]
    if before:
        return nodes[before[0].artifact]
    return next(iter(nodes.values())) if len(nodes) == 1 else None


def _table(store: Store, table: str) -> Node | None:
    """Return the table of a database that is called so, where programs have met only one."""
    name = table.rpartition(".")[2]
    word = next(iter(words_of(name)), None)
    said = store.phrases.having(word, limit=_MOST) if word else []
    nodes = store.nodes([one.about for one in said if one.field == "file" and one.text == name])
    tables = [node for node in nodes.values() if node.attrs.get("by_reference")]
    return tables[0] if len(tables) == 1 else None


def _at_time(versions: Sequence[VersionRow], at: datetime | None) -> VersionRow | None:
    """Return the version that was the newest at a time; the only one there is in any case."""
    before = [row for row in versions if at is None or row.created <= at]
    if before:
        return before[0]
    return versions[0] if len(versions) == 1 else None


def _news(
    context: Context, node: Node, its: Sequence[ForeignResult]
) -> tuple[list[Stated], list[Change]]:
    """Return what is to be said of an artifact that is not known yet."""
    store = context.store
    known = {one.row.key: one.value for one in CHECK.latest(store.statements, [node.id])}
    results = {one.key: _clean(one.result) for one in its}
    said = []
    for one in its:
        if known.get(one.key) == results[one.key]:
            continue
        event = CHECK.say(node.id, results[one.key], key=one.key, by=context.author)
        said.append(replace(event, time=one.at) if one.at else event)
    rows = [row for row in store.versions_of([node.id]).get(node.id, []) if row.kind == "data"]
    version = rows[0] if rows else None
    name = version.name if version else None
    return said, changes(store, name, node.id, version, results) if said else []


def _clean(result: CheckResult) -> CheckResult:
    """Take secrets out of what another tool wrote."""
    return replace(result, message=redaction.text(result.message).value)


def _verdict(tool: str, matched: Sequence[Matched], unmatched: Sequence[Unmatched]) -> str:
    count = sum(one.results for one in matched)
    new = sum(one.new for one in matched)
    lost = sum(one.results for one in unmatched)
    told = f"Took over {counted(count, 'result') if count else 'nothing'} of {tool}"
    if count and not new:
        told += ", all of which were known"
    elif new < count:
        told += f", {new} of them new"
    return told + (
        f"; of {counted(lost, 'result')} it is not known what is meant." if lost else "."
    )
