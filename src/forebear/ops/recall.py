"""Recalling a thing, and which recalls there are."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches

from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import canonicalize_name

from forebear.analysis.verdict import counted
from forebear.core import redaction
from forebear.core.errors import Conflict, InvalidInput, NotFound
from forebear.core.ids import new_id
from forebear.core.ports import Store
from forebear.core.recalls import PACKAGE, RECALL, Cause, Recall, Severity
from forebear.core.statements import Said
from forebear.ops.affected import reach_of
from forebear.ops.packages import check_versions
from forebear.ops.paging import Pages
from forebear.ops.recall_view import SETTLED, RecallView, recall_at, view_of
from forebear.ops.resolve import moment
from forebear.ops.schemas import schema_of
from forebear.ops.subjects import Subject, subject
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.who_used import WhoUsedRequest, who_used

__all__ = [
    "RecallEntry",
    "RecallRequest",
    "RecallStatusRequest",
    "RecallsRequest",
    "RecallsResponse",
    "recall",
    "recall_status",
    "recalls",
]


class RecallRequest(Request[RecallView], frozen=True, kw_only=True, omit_defaults=True):
    """Recall data, a model, or a package."""

    target: Target
    """A ref, or `package:NAME`."""
    reason: str
    severity: Severity = "high"
    cause: Cause | None = None
    """Default: what it is: data, base-model, package."""
    versions: str | None = None
    """Of a package."""
    keys: list[dict[str, str]] = []
    """One record of the data only."""
    column: str | None = None
    """One column of the data only."""


class RecallStatusRequest(Request[RecallView], frozen=True, kw_only=True, omit_defaults=True):
    """Ask what has become of a recall."""

    id: str
    as_of: str | None = None


class RecallEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A recall as a list tells it."""

    id: str
    title: str
    severity: Severity
    cause: Cause
    reason: str
    status: str
    at: datetime
    affected: int | None = None
    """Null for a closed one."""
    open: int | None = None


class RecallsResponse(Struct, frozen=True, kw_only=True):
    """A page of recalls, the newest first; the verdict is about all."""

    verdict: str
    recalls: list[RecallEntry]
    next: str | None = None
    """Asks for the page after it."""


class RecallsRequest(Request[RecallsResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which recalls there are."""

    closed: bool = False
    as_of: str | None = None
    limit: int | None = None
    after: str | None = None
    """The `next` of the page before."""


@operation(name="recall", permission="write")
def recall(context: Context, request: RecallRequest) -> RecallView:
    """Recall a thing, and say what it reaches: from now on promotion of that is blocked.

    Raises:
        InvalidInput: a package without a sound specifier, or a record that is nowhere.
        Conflict: it is recalled already.
    """
    store = context.store
    reason = redaction.text(request.reason.strip()).value
    if not reason:
        raise InvalidInput("A recall needs a reason.", hint='--reason "labels of May are wrong"')
    about, said = _package(request, reason) or _data_or_model(context, request, reason)
    for one in RECALL.latest(store.statements, [about]):
        same = (one.value.key, one.value.column) == (_shown(request), said.column)
        if one.value.status == "open" and same and one.value.versions == said.versions:
            raise Conflict(
                f"{said.title} is recalled already ({one.row.key[:13]}): {one.value.reason}",
                hint=f"`forebear recall status {one.row.key[:13]}` shows what is left to do.",
            )
    id = new_id()
    store.append([RECALL.say(about, said, key=id, by=context.author, why=reason)])
    return view_of(store, recall_at(store, id))


@operation(name="recalls", permission="read")
def recalls(context: Context, request: RecallsRequest) -> RecallsResponse:
    """List recalls, the newest first, each with how much is left to do."""
    store, pages = context.store, Pages(context.store, request)
    seq = pages.seq
    said = RECALL.latest(store.statements, seq=seq)
    found = [_entry(store, one, seq) for one in reversed(said)]
    live = [one for one in found if one.status == "open"]
    left = sum(one.open or 0 for one in live)
    verdict = (
        f"{counted(len(live), 'recall')} {'is' if len(live) == 1 else 'are'} open, and "
        f"{counted(left, 'thing')} {'is' if left == 1 else 'are'} still to be dealt with."
        if live
        else "No recall is open."
    )
    page = pages.cut(found if request.closed else live, lambda one: one.id)
    return RecallsResponse(verdict=verdict, recalls=page.listed, next=page.next)


@operation(name="recall-status", permission="read")
def recall_status(context: Context, request: RecallStatusRequest) -> RecallView:
    """Say what a recall reaches by now, and what is left to do about each."""
    seq = moment(context.store, request.as_of)
    return view_of(context.store, recall_at(context.store, request.id, seq), seq)


def _package(request: RecallRequest, reason: str) -> tuple[str, Recall] | None:
    ref = request.target.ref
    if not ref.startswith(PACKAGE):
        if request.versions is not None:
            raise InvalidInput("Only packages have --versions.", hint="Write package:NAME.")
        return None
    if request.keys or request.column:
        raise InvalidInput("A package has no records and no columns.")
    name = canonicalize_name(ref.removeprefix(PACKAGE).strip())
    if not name:
        raise InvalidInput("Say which package: package:NAME.")
    versions = check_versions(request.versions or "") or None
    return PACKAGE + name, Recall(
        title=f"package {name}{' ' + versions if versions else ''}",
        reason=reason,
        severity=request.severity,
        cause=request.cause or "package",
        versions=versions,
    )


def _data_or_model(context: Context, request: RecallRequest, reason: str) -> tuple[str, Recall]:
    about = subject(context.store, request.target)
    data = about.kind in {"data", "file"}
    if about.kind not in {"data", "file", "model", "code", "environment"}:
        raise InvalidInput(
            f"{about.title} is a run, and only what it used or made can be recalled."
        )
    if (request.keys or request.column) and not data:
        raise InvalidInput(f"{about.title} is no data: it has no records and no columns.")
    cause: Cause = request.cause or ("data" if data else "base-model")
    title = about.title if about.about in about.ids else about.about
    said = Recall(
        title=title,
        reason=reason,
        severity=request.severity,
        cause="consent" if request.keys and request.cause is None else cause,
        column=request.column,
    )
    if request.keys:
        if len(request.keys) > 1:
            raise InvalidInput("Recall one record at a time.")
        found = who_used(context, WhoUsedRequest(source=request.target, keys=request.keys))
        rows = {one.id: one.rows for one in found.sources if one.rows}
        if not rows and all(one.keys is not None for one in found.sources):
            raise NotFound(f"No recorded version of {about.title} has that record.")
        words = context.store.identities.commitment(_shown(request) or "")
        said = replace(said, key=words, rows=rows, title=f"one record of {title}")
    elif request.column:
        _check_column(context.store, about, request.column)
        said = replace(said, title=f"column {request.column} of {title}")
    return about.about, said


def _check_column(store: Store, about: Subject, name: str) -> None:
    """Refuse a column that data do not have, where their columns are recorded."""
    ids = dict.fromkeys([*about.ids, *(row.artifact for row in about.versions)])
    schemas = [schema_of(store, node) for node in store.nodes(list(ids)).values()]
    known = [one.name for schema in schemas for one in schema]
    if known and all(schemas) and name not in known:
        near = get_close_matches(name, known, n=3)
        raise NotFound(
            f"No recorded version of {about.title} has a column '{name}'.",
            hint=f"Did you mean {' or '.join(near)}?" if near else None,
        )


def _shown(request: RecallRequest) -> str | None:
    """Return how a record was named, as one text."""
    pairs = [f"{name}={value}" for key in request.keys for name, value in sorted(key.items())]
    return pairs[0] if pairs else None


def _entry(store: Store, said: Said[Recall], seq: int | None) -> RecallEntry:
    closed = said.value.status == "closed"
    affected = [] if closed else reach_of(store, said, seq, ways=False).affected
    first = RECALL.history(store.statements, [said.row.about], key=said.row.key, seq=seq)[-1]
    return RecallEntry(
        id=said.row.key,
        title=said.value.title,
        severity=said.value.severity,
        cause=said.value.cause,
        reason=said.value.reason,
        status=said.value.status,
        at=first.row.at,
        affected=None if closed else len(affected),
        open=None if closed else sum(one.status not in SETTLED for one in affected),
    )
