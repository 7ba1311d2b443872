"""Profiles of data: where the bytes lie, keeping what was counted, and what was kept."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct

from forebear.analysis.profile_view import (
    ColumnView,
    Correlation,
    column_views,
    correlation_views,
)
from forebear.analysis.verdict import called, counted
from forebear.core.catalog import COLUMN, SCAN
from forebear.core.digest import is_digest
from forebear.core.entities import Node
from forebear.core.errors import InvalidInput, UnknownRef
from forebear.core.personal import class_of
from forebear.core.ports import Store
from forebear.core.profiles import PROFILE, Profile, ProfileSummary, decode, encode, seal
from forebear.core.statements import about_name
from forebear.engines.profile_files import form_of
from forebear.ops.resolve import moment, resolve_one
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "KeepProfileRequest",
    "ProfileAnswer",
    "ProfileRequest",
    "ProfileSource",
    "ProfileSourceRequest",
    "UnprofiledData",
    "UnprofiledRequest",
    "answer_of",
    "classes_of",
    "keep_profile",
    "profile_source",
    "profiled_at",
    "stored_profile",
    "unprofiled",
    "view_profile",
]


class ProfileAnswer(Struct, kw_only=True, omit_defaults=True):
    """What a version of data holds."""

    about: str | None
    """The artifact; null where the content is not recorded."""
    title: str
    verdict: str
    rows: int
    columns: list[ColumnView]
    correlations: list[Correlation] = []
    kept: bool = False
    """The store has the profile."""
    at: datetime | None = None
    """When it was made."""
    by: str = "local"
    """The engine."""
    table: str | None = None
    """The digest of the rows, whatever files hold them, where that was wished."""
    said: list[str] = []
    """What could not be profiled, or not be kept."""


class ProfileSource(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the content of a version of data lies."""

    about: str
    title: str
    digest: str | None
    """Of the bytes; null where the data never left a process."""
    name: str
    """A file name, whose ending tells the form."""
    places: list[str]
    """Paths at which the content was seen, the latest first."""
    classes: dict[str, str] = {}
    """Of what class people or scans say that columns are."""
    profiled: bool
    """There is a profile already."""
    scanned: bool = False
    """It was looked through for sensitive columns."""


class ProfileSourceRequest(Request[ProfileSource], frozen=True, kw_only=True, omit_defaults=True):
    """Ask where the content of data lies."""

    target: Target


class KeepProfileRequest(Request[ProfileAnswer], frozen=True, kw_only=True, omit_defaults=True):
    """Keep a profile that was made of the content of an artifact."""

    about: str
    packet: bytes
    """As `forebear.core.profiles.encode` writes it, sealed or not."""
    by: str = "local"
    said: list[str] = []


class ProfileRequest(Request[ProfileAnswer], frozen=True, kw_only=True, omit_defaults=True):
    """Ask for the profile that is kept of data."""

    target: Target
    columns: list[str] | None = None
    as_of: str | None = None


class UnprofiledData(Struct, frozen=True, kw_only=True):
    """A version of data that has no profile."""

    ref: str
    size: int


class UnprofiledRequest(
    Request[list[UnprofiledData]], frozen=True, kw_only=True, omit_defaults=True
):
    """Ask which versions of data have no profile, though they lie in files that can have one."""

    below: int
    """Bytes up to which a file is asked for."""
    since: datetime | None = None
    """Only versions from then on."""


@operation(name="profile-missing", permission="read")
def unprofiled(context: Context, request: UnprofiledRequest) -> list[UnprofiledData]:
    """List the versions of data that have no profile, the newest of each name first."""
    store = context.store
    having = {said.row.about for said in PROFILE.latest(store.statements)}
    versions = [
        row
        for name in store.names("data")
        for row in store.versions("data", name.name)
        if request.since is None or row.created >= request.since
    ]
    nodes = store.nodes([row.artifact for row in versions if row.artifact not in having])
    found: dict[str, UnprofiledData] = {}
    for row in versions:
        node = nodes.get(row.artifact)
        if node is None or node.size is None or not is_digest(node.id):
            continue
        if node.size <= request.below and form_of(node.label or f".{node.format}") is not None:
            found.setdefault(
                node.id, UnprofiledData(ref=f"data:{row.name}:{row.version}", size=node.size)
            )
    return list(found.values())


@operation(name="profile-source", permission="read")
def profile_source(context: Context, request: ProfileSourceRequest) -> ProfileSource:
    """Say where the content of data lies.

    Raises:
        InvalidInput: it is no data.
    """
    store = context.store
    node = _data(store, request.target, None)
    places = [_path(row.uri) for row in store.locations([node.id])]
    found = list(dict.fromkeys(place for place in places if place))
    digest = node.id if is_digest(node.id) else None
    name = node.label or (Path(found[0]).name if found else "")
    if node.format and "." not in name:
        name = f"{name or 'data'}.{node.format}"
    return ProfileSource(
        about=node.id,
        title=called(node),
        digest=digest,
        name=name,
        places=found,
        classes=classes_of(store, node.id),
        profiled=PROFILE.one(store.statements, node.id) is not None,
        scanned=SCAN.one(store.statements, node.id) is not None,
    )


@operation(name="profile-keep", permission="write")
def keep_profile(context: Context, request: KeepProfileRequest) -> ProfileAnswer:
    """Keep a profile: no value that few rows share, and none that tells who somebody is.

    Raises:
        UnknownRef: the artifact is not recorded.
        Unreadable: the packet is no profile.
    """
    store = context.store
    node = store.node(request.about)
    if node is None:
        raise UnknownRef(f"Nothing with the id '{request.about}' is recorded.")
    classes = classes_of(store, node.id)
    kept = seal(decode(request.packet), personal=lambda column: class_of(column, classes))
    summary = ProfileSummary(
        rows=kept.rows,
        columns=len(kept.columns),
        nulls=sum(one.nulls for one in kept.columns),
        by=request.by,
        said=request.said,
    )
    packet = store.blobs.put(encode(kept))
    before = PROFILE.one(store.statements, node.id)
    if before is None or before.row.packet != packet:
        said = PROFILE.say(node.id, summary, by=context.author, evidence="observed", packet=packet)
        store.append([said])
    return answer_of(
        kept,
        title=called(node),
        about=node.id,
        kept=True,
        by=request.by,
        said=request.said,
    )


@operation(name="profile", permission="read")
def view_profile(context: Context, request: ProfileRequest) -> ProfileAnswer:
    """Tell what is kept of the profile of data.

    Raises:
        UnknownRef: there is no profile of it.
        InvalidInput: it is no data, or has no such column.
    """
    store = context.store
    seq = moment(store, request.as_of)
    node = _data(store, request.target, seq)
    said = PROFILE.one(store.statements, node.id, seq=seq)
    if said is None or said.row.packet is None:
        raise UnknownRef(
            f"There is no profile of {called(node)}.",
            hint=f"forebear profile {request.target.ref}",
        )
    profile = decode(store.blobs.get(said.row.packet))
    answer = answer_of(profile, title=called(node), about=node.id, columns=request.columns)
    answer.kept, answer.at, answer.by = True, said.row.at, said.value.by
    answer.said = said.value.said
    return answer


def stored_profile(store: Store, artifact: str, seq: int | None = None) -> Profile | None:
    """Return the profile that is kept of an artifact, if there is one."""
    said = PROFILE.one(store.statements, artifact, seq=seq)
    if said is None or said.row.packet is None:
        return None
    return decode(store.blobs.get(said.row.packet))


def profiled_at(store: Store, node: Node, seq: int | None = None) -> datetime | None:
    """Return when the profile that is kept of data was made, if there is one."""
    if node.kind not in ("data", "file"):
        return None
    said = PROFILE.one(store.statements, node.id, seq=seq)
    return said.row.at if said is not None else None


def answer_of(
    profile: Profile,
    *,
    title: str,
    about: str | None = None,
    columns: list[str] | None = None,
    kept: bool = False,
    by: str = "local",
    said: list[str] | None = None,
) -> ProfileAnswer:
    """Return what a profile says.

    Raises:
        InvalidInput: it has no such column.
    """
    missing = [name for name in columns or [] if profile.column(name) is None]
    if missing:
        raise InvalidInput(f"{title} has no column '{missing[0]}'.")
    views = column_views(profile, columns)
    return ProfileAnswer(
        about=about,
        title=title,
        verdict=_verdict(profile, title),
        rows=profile.rows,
        columns=views,
        correlations=[
            one
            for one in correlation_views(profile.comoments)
            if columns is None or {one.a, one.b} <= set(columns)
        ],
        kept=kept,
        by=by,
        said=said or [],
    )


def _verdict(profile: Profile, title: str) -> str:
    cells = profile.rows * len(profile.columns)
    nulls = sum(one.nulls + one.nans for one in profile.columns)
    shape = f"{counted(profile.rows, 'row')} in {counted(len(profile.columns), 'column')}"
    if not cells:
        return f"{title} has {shape}."
    if not nulls:
        return f"{title} has {shape}, and a value in every cell."
    where = sum(1 for one in profile.columns if one.nulls or one.nans)
    cells_said = f"{counted(nulls, 'cell')} without a value ({nulls / cells:.1%})"
    return f"{title} has {shape}, and {cells_said} in {counted(where, 'column')}."


def _data(store: Store, target: Target, seq: int | None) -> Node:
    node = resolve_one(store, target, seq)
    if node.kind not in ("data", "file"):
        raise InvalidInput(
            f"{called(node)} is {node.kind}, and only data has a profile.",
            hint="`forebear data` lists the data that is recorded.",
        )
    return node


def classes_of(store: Store, artifact: str) -> dict[str, str]:
    """Return of what class people or scans say that the columns are."""
    names = [
        about_name(row.kind, row.name) for row in store.versions_of([artifact]).get(artifact, [])
    ]
    notes = COLUMN.latest(store.statements, [*dict.fromkeys(names), artifact])
    return {note.row.key: note.value.sensitivity for note in notes if note.value.sensitivity}


def _path(uri: str) -> str | None:
    if uri.startswith("file://"):
        return unquote(uri.removeprefix("file://"))
    return uri if uri.startswith("/") else None
