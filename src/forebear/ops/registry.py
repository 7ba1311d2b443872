"""The model registry: names, versions, aliases, and what somebody declares about them."""

from __future__ import annotations

from typing import get_args

from msgspec import Struct, structs

from forebear.analysis.verdict import called
from forebear.core import redaction
from forebear.core.catalog import NAMED, Named
from forebear.core.clock import now, parse_when
from forebear.core.entities import Relation
from forebear.core.errors import BadRef, CycleRefused, InvalidInput, UnknownRef
from forebear.core.events import AliasMoved, Derived, VersionNamed
from forebear.core.expectations import Expected, Unrelated, moved_away
from forebear.core.policies import OVERRIDE
from forebear.core.ports import Store
from forebear.core.refs import NameKind, check_name
from forebear.core.rows import AliasRow
from forebear.core.statements import about_name
from forebear.ops.names import NameEntry, entries
from forebear.ops.paging import Pages
from forebear.ops.policies import is_gated
from forebear.ops.resolve import closest, resolve_one
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "AliasRequest",
    "AliasResponse",
    "DeriveRequest",
    "DeriveResponse",
    "HistoryRequest",
    "HistoryResponse",
    "ModelsRequest",
    "ModelsResponse",
    "NameRequest",
    "NameResponse",
    "alias",
    "derive",
    "history",
    "models",
    "name",
]

_RELATIONS = get_args(Relation)


class ModelsResponse(Struct, frozen=True, kw_only=True):
    """A page of the models that have a name."""

    models: list[NameEntry]
    count: int = 0
    """How many there are, listed or not."""
    next: str | None = None
    """Asks for the page after it."""


class ModelsRequest(Request[ModelsResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which models there are."""

    name: str | None = None
    """Only names that have this in them."""
    as_of: str | None = None
    limit: int | None = None
    after: str | None = None
    """The `next` of the page before."""


class NameResponse(Struct, frozen=True, kw_only=True):
    """The version that an artifact now is."""

    kind: NameKind
    name: str
    version: int
    artifact: str
    new: bool
    """False when that content was a version of that name already."""
    decided: bool = False
    """True when it had become that version by itself, and is it by decision from now on."""


class NameRequest(Request[NameResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Make something a version of a name."""

    target: Target
    name: str
    kind: NameKind | None = None
    """Default: what the artifact is."""


class AliasResponse(Struct, frozen=True, kw_only=True):
    """Where an alias points now, and where it pointed before."""

    kind: NameKind
    name: str
    alias: str
    version: int | None
    before: int | None


class AliasRequest(Request[AliasResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Point an alias to a version; with no version, take it away."""

    name: str
    alias: str
    version: int | None = None
    kind: NameKind | None = None
    why: str | None = None
    expect: int | None = None
    """Only when it points to this version now (0: only when it points nowhere)."""


class HistoryResponse(Struct, frozen=True, kw_only=True):
    """A page of the moves of the aliases of a name, newest first."""

    kind: NameKind
    name: str
    moves: list[AliasRow]
    next: str | None = None
    """Asks for the page after it."""


class HistoryRequest(Request[HistoryResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask where the aliases of a name have pointed."""

    name: str
    kind: NameKind | None = None
    alias: str | None = None
    """Only the moves of this one."""
    as_of: str | None = None
    limit: int | None = None
    after: str | None = None
    """The `next` of the page before."""


class DeriveResponse(Struct, frozen=True, kw_only=True):
    """The link that was declared."""

    parent: str
    child: str
    relation: str


class DeriveRequest(Request[DeriveResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Declare that one artifact comes from another."""

    parent: Target
    child: Target
    relation: str


@operation(name="models", permission="read")
def models(context: Context, request: ModelsRequest) -> ModelsResponse:
    """List the models by name, the most recently changed first."""
    pages = Pages(context.store, request)
    seq = pages.seq
    names = context.store.names("model", seq)
    if request.name:
        names = [row for row in names if request.name.casefold() in row.name.casefold()]
    page = pages.cut(names, lambda one: one.name)
    found = entries(context.store, "model", seq, only=page.listed)
    at = now() if request.as_of is None else parse_when(request.as_of)
    over = [
        one.row.about
        for one in OVERRIDE.latest(context.store.statements, seq=seq)
        if one.row.until is not None and one.row.until > at
    ]
    rows = [row for rows in context.store.versions_of(over, seq).values() for row in rows]
    return ModelsResponse(
        models=[
            structs.replace(
                one, overridden=sorted({row.version for row in rows if row.name == one.name})
            )
            for one in found
        ],
        count=len(names),
        next=page.next,
    )


@operation(name="name", permission="write")
def name(context: Context, request: NameRequest) -> NameResponse:
    """Make something a version of a name; content that the name has keeps its number."""
    store = context.store
    normal = check_name(request.name)
    node = resolve_one(store, request.target)
    kind = request.kind or _kind_of(node.kind)
    if kind is None:
        raise InvalidInput(
            f"{called(node)} is {node.kind}, and only models and data have names.",
            hint="`--kind model` or `--kind data` says what it is.",
        )
    before = {row.version: row for row in store.versions(kind, normal)}
    named = VersionNamed(kind=kind, name=normal, artifact=node.id, by=context.author)
    store.append([named])
    rows = store.versions_of([node.id]).get(node.id, [])
    version = next(row.version for row in rows if (row.kind, row.name) == (kind, normal))
    by_itself = version in before and before[version].automatic
    if by_itself:
        about, key = before[version].artifact, about_name(kind, normal)
        store.append([NAMED.say(about, Named(), key=key, by=context.author)])
    return NameResponse(
        kind=kind,
        name=normal,
        version=version,
        artifact=node.id,
        new=version not in before,
        decided=by_itself,
    )


@operation(name="alias", permission="write")
def alias(context: Context, request: AliasRequest) -> AliasResponse:
    """Point an alias to a version, or take it away; every move is kept with who and why."""
    store = context.store
    kind, named = _known(store, request.name, request.kind)
    word = check_name(request.alias, "alias")
    if kind == "model" and is_gated(store, word):
        raise InvalidInput(
            f"{word} is a stage: versions enter it by policy.",
            hint=f"`forebear promote {named}:{request.version or 1} --to {word}`, or"
            " `forebear demote`.",
        )
    pointer = store.alias(kind, named, word)
    before = pointer.version if pointer else None
    expected = None
    if request.expect is not None:
        expected = Expected(kind=kind, name=named, alias=word, version=request.expect or None)
        if before != expected.version:
            raise moved_away(expected, before)
    if request.version is None and before is None:
        raise UnknownRef(f"{named} has no alias '{word}'.")
    known = {row.version: row.artifact for row in store.versions(kind, named)}
    if request.version is not None and request.version not in known:
        raise UnknownRef(
            f"{named} has no version {request.version}.",
            hint=f"Its newest version is {max(known)}.",
        )
    moved = AliasMoved(
        kind=kind,
        name=named,
        alias=word,
        version=request.version,
        by=context.author,
        why=None if request.why is None else redaction.text(request.why).value,
        artifact=known[request.version] if request.version is not None else None,
    )
    if request.version != before or request.why:
        store.append([moved], expect=expected)
    return AliasResponse(kind=kind, name=named, alias=word, version=request.version, before=before)


@operation(name="history", permission="read")
def history(context: Context, request: HistoryRequest) -> HistoryResponse:
    """Tell every move of every alias of a name."""
    pages = Pages(context.store, request)
    kind, named = _known(context.store, request.name, request.kind, pages.seq)
    every = context.store.alias_history(kind, named, pages.seq)
    if request.alias is not None:
        every = [row for row in every if row.alias == request.alias]
    page = pages.cut(every, lambda one: one.seq)
    return HistoryResponse(kind=kind, name=named, moves=page.listed, next=page.next)


@operation(name="derive", permission="write")
def derive(context: Context, request: DeriveRequest) -> DeriveResponse:
    """Declare that one artifact comes from another, where no run was recorded."""
    store = context.store
    if request.relation not in _RELATIONS:
        raise InvalidInput(
            f"'{request.relation}' is not a relation.", hint=f"There is: {', '.join(_RELATIONS)}."
        )
    parent, child = (resolve_one(store, target) for target in (request.parent, request.child))
    if parent.id == child.id:
        raise CycleRefused(f"{called(parent)} cannot come from itself.")
    refused = CycleRefused(
        f"{called(child)} cannot come from {called(parent)}: it is an ancestor of it.",
        hint=f"`forebear path {request.child.ref} {request.parent.ref}` shows the way.",
    )
    seen = store.head().size
    if store.is_ancestor(child.id, parent.id, seq=seen):
        raise refused
    derived = Derived(source=parent.id, target=child.id, relation=request.relation)
    try:
        # Somebody else may declare the opposite meanwhile: only who writes alone can tell.
        store.append([derived], expect=Unrelated(cause=child.id, effect=parent.id, seq=seen))
    except CycleRefused:
        raise refused from None
    return DeriveResponse(parent=parent.id, child=child.id, relation=request.relation)


def _kind_of(kind: str) -> NameKind | None:
    if kind == "model":
        return "model"
    return "data" if kind in {"data", "file"} else None


def _known(
    store: Store, name: str, said: NameKind | None, seq: int | None = None
) -> tuple[NameKind, str]:
    """Return what kind of thing a name is of, and the name without the kind before it."""
    every: tuple[NameKind, ...] = ("model", "data")
    for kind in every:
        if said in (None, kind) and name.startswith(f"{kind}:"):
            said, name = kind, name.removeprefix(f"{kind}:")
    candidates = [said] if said else every
    kinds = [kind for kind in candidates if store.versions(kind, name, seq)]
    if len(kinds) > 1:
        raise BadRef(
            f"'{name}' is the name of a model and of data.",
            hint=f"Say `model:{name}` or `data:{name}`.",
        )
    if not kinds:
        near = closest(store, name, seq)
        raise UnknownRef(
            f"Nothing recorded is called '{name}'.",
            hint=f"Did you mean {' or '.join(near)}?"
            if near
            else "`forebear models` lists the names.",
        )
    return kinds[0], name
