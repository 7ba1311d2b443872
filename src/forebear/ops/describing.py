"""What people say of data and models: descriptions, owners, tags, licences, columns, freshness.

Each is a statement that a later one replaces, and `remove` takes back.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from typing import Any, Final, Literal, TypeVar

from msgspec import Struct, structs, to_builtins

from forebear.analysis.licences import read_licence
from forebear.core import redaction
from forebear.core.catalog import (
    CLASSES,
    COLUMN,
    DESCRIPTION,
    FRESHNESS,
    LICENCE,
    NOT_SENSITIVE,
    OWNER,
    STOP,
    TAG,
    ColumnNote,
    Description,
    Freshness,
    Owner,
    Stop,
    Tag,
)
from forebear.core.clock import parse_duration
from forebear.core.errors import InvalidInput, UnknownRef
from forebear.core.ports import Store
from forebear.core.statements import Topic
from forebear.ops.schemas import schema_of
from forebear.ops.subjects import Subject, subject
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "ClassesRequest",
    "ClassesResponse",
    "ColumnRequest",
    "DescribeRequest",
    "FreshRequest",
    "LicenceRequest",
    "OwnRequest",
    "StatedFact",
    "StatedResponse",
    "StopRequest",
    "TagRequest",
    "check_tag",
    "classes",
    "column",
    "describe",
    "fresh",
    "licence",
    "own",
    "stop",
    "tag",
]

T = TypeVar("T")

_LONGEST: Final = 20_000
_WORD: Final = re.compile(r"\w[\w.:/+\-]{0,63}\Z")
_STOPPABLE: Final = ("tag", "licence", "incident")


class StatedFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One statement, and what was said before in its place."""

    key: str
    value: Any
    """None where it was taken back."""
    before: Any = None
    changed: bool
    """False where the same was said already, and nothing was written."""


class StatedResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said of a thing now."""

    about: str
    """How statements write the thing: `data:adult`, or an artifact's or run's id."""
    title: str
    topic: str
    facts: list[StatedFact]


class DescribeRequest(Request[StatedResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Say in words what something is."""

    target: Target
    text: str | None = None
    """None takes back what was said."""


class OwnRequest(Request[StatedResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Say who answers for something; each role has one holder."""

    target: Target
    by: str | None = None
    """A person or a team; None takes the role away."""
    role: str = "owner"


class TagRequest(Request[StatedResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Tag something, or take tags away from it."""

    target: Target
    tags: list[str]
    remove: bool = False
    propagate: bool = True
    """They hold for what is made of it too."""
    through_aggregates: bool = False
    """Even for what holds only figures over many rows of it."""
    columns: list[str] = []
    """They speak of these columns, and go only where these go."""


class LicenceRequest(Request[StatedResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Say under which licence something is."""

    target: Target
    licence: str | None = None
    """An SPDX id or expression, or a name of Hugging Face; None takes it back."""
    terms: list[str] = []
    """What it asks besides what is known of the licence."""


class ColumnRequest(Request[StatedResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Say what a column holds, and whether that is sensitive."""

    target: Target
    column: str
    text: str | None = None
    sensitive: str | None = None
    """A class of `forebear.core.catalog.CLASSES`, or `none`; None leaves what was said."""
    remove: bool = False
    """Take back all that was said of it."""


class ClassesResponse(Struct, frozen=True, kw_only=True):
    """What a sensitive column may hold."""

    classes: list[str]
    not_sensitive: str
    """What says of a column that it is not sensitive."""


class ClassesRequest(Request[ClassesResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which classes of sensitive data there are."""


class FreshRequest(Request[StatedResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Say how often a new version is expected."""

    target: Target
    every: str | None = None
    """`1d`, `12h`, `1w`; None takes it back."""


class StopRequest(Request[StatedResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Say that what comes down to something goes no further."""

    target: Target
    what: list[str] = []
    """`tag:pii` for one tag, or `tag`, `licence`, `incident`; none means everything."""
    because: Literal["masked", "aggregated", "declared"] = "declared"
    remove: bool = False


@operation(name="describe", permission="write")
def describe(context: Context, request: DescribeRequest) -> StatedResponse:
    """Say in words what something is, or take that back."""
    text = None if request.text is None else _free(request.text, "A description")
    value = None if text is None else Description(text=text)
    return _state(context, request.target, DESCRIPTION, {"": value})


@operation(name="own", permission="write")
def own(context: Context, request: OwnRequest) -> StatedResponse:
    """Say who answers for something, in a role; the name is kept where it can be erased."""
    role = _word(request.role, "role")
    value = None if request.by is None else Owner(who=_person(request.by), role=role)
    return _state(context, request.target, OWNER, {role: value})


@operation(name="tag", permission="write")
def tag(context: Context, request: TagRequest) -> StatedResponse:
    """Tag something, or take tags away; by default they hold for what is made of it too."""
    tags = [check_tag(one) for one in request.tags]
    if not tags:
        raise InvalidInput("Say which tag.", hint="For example: `forebear tag data:adult pii`.")
    thing = subject(context.store, request.target)
    said = Tag(
        propagates=request.propagate,
        through_aggregates=request.through_aggregates,
        columns=[_known_column(context.store, thing, one) for one in request.columns],
    )
    return _state(context, thing, TAG, dict.fromkeys(tags, None if request.remove else said))


@operation(name="licence", permission="write")
def licence(context: Context, request: LicenceRequest) -> StatedResponse:
    """Say under which licence something is; what it asks is derived from it."""
    said = None if request.licence is None else read_licence(request.licence, request.terms)
    return _state(context, request.target, LICENCE, {"": said})


@operation(name="column", permission="write")
def column(context: Context, request: ColumnRequest) -> StatedResponse:
    """Say what a column holds, and whether that is sensitive."""
    store = context.store
    thing = subject(store, request.target)
    name = _known_column(store, thing, request.column)
    taken_back: ColumnNote | None = None
    if request.remove:
        return _state(context, thing, COLUMN, {name: taken_back})
    if request.text is None and request.sensitive is None:
        raise InvalidInput(
            "Say what the column holds, or whether it is sensitive.",
            hint=f"For example: `forebear column {request.target.ref} {name} 'Age in years'`.",
        )
    known = COLUMN.one(store.statements, thing.about, key=name)
    said = known.value if known else ColumnNote()
    if request.text is not None:
        said = structs.replace(said, text=_free(request.text, "A note"))
    if request.sensitive is not None:
        said = ColumnNote(
            text=said.text, sensitivity=_class(request.sensitive), found_by="declared"
        )
    return _state(context, thing, COLUMN, {name: said})


@operation(name="classes", permission="read")
def classes(context: Context, request: ClassesRequest) -> ClassesResponse:
    """List the classes of sensitive data that a column may be said to hold."""
    return ClassesResponse(classes=CLASSES, not_sensitive=NOT_SENSITIVE)


@operation(name="fresh", permission="write")
def fresh(context: Context, request: FreshRequest) -> StatedResponse:
    """Say how often a new version is expected, or take that back."""
    value = (
        None if request.every is None else Freshness(every_seconds=parse_duration(request.every))
    )
    return _state(context, request.target, FRESHNESS, {"": value})


@operation(name="stop", permission="write")
def stop(context: Context, request: StopRequest) -> StatedResponse:
    """Say that tags, licence terms or incidents that come down to something go no further."""
    keys = [_stopped(one) for one in request.what] or [""]
    value = None if request.remove else Stop(because=request.because)
    return _state(context, request.target, STOP, dict.fromkeys(keys, value))


def check_tag(text: str) -> str:
    """Return a tag in its one form: without capitals, in NFKC.

    Raises:
        InvalidInput: it cannot be a tag.
    """
    return _word(text, "tag").lower()


def _state(
    context: Context, target: Target | Subject, topic: Topic[T], values: dict[str, T | None]
) -> StatedResponse:
    """Write what is not said yet, all or none, and tell what was said before."""
    store = context.store
    thing = target if isinstance(target, Subject) else subject(store, target)
    held = {one.row.key: one for one in topic.latest(store.statements, [thing.about])}
    missing = [key for key, value in values.items() if value is None and key not in held]
    if missing:
        word = f"{topic.name} '{missing[0]}'" if missing[0] else topic.name
        raise UnknownRef(f"{thing.title} has no {word} of its own that could be taken back.")
    facts, events = [], []
    for key, value in values.items():
        before = held[key].value if key in held else None
        facts.append(
            StatedFact(
                key=key,
                value=to_builtins(value),
                before=to_builtins(before),
                changed=before != value,
            )
        )
        if before != value:
            events.append(topic.say(thing.about, _kept(store, value), key=key, by=context.author))
    if events:
        store.append(events)
    return StatedResponse(about=thing.about, title=thing.title, topic=topic.name, facts=facts)


def _kept(store: Store, value: T) -> T:
    """Return a value as the ledger may have it: who somebody is, is a commitment there."""
    if isinstance(value, Owner):
        return structs.replace(value, who=store.identities.commitment(value.who))
    return value


def _known_column(store: Store, thing: Subject, name: str) -> str:
    """Return the column's name, which must be one of the columns that are recorded, if any are."""
    if not name or len(name) > 1000:
        raise InvalidInput("A column's name has 1 to 1000 characters.")
    nodes = store.nodes(thing.ids).values()
    columns = [one.name for node in nodes for one in schema_of(store, node)]
    if columns and name not in columns:
        near = get_close_matches(name, columns, n=3)
        raise InvalidInput(
            f"{thing.title} has no column '{name}'.",
            hint=f"Did you mean {' or '.join(near)}?"
            if near
            else f"`forebear show {thing.title}` lists its columns.",
        )
    return name


def _class(word: str) -> str:
    if word in (*CLASSES, NOT_SENSITIVE):
        return word
    near = get_close_matches(word, CLASSES, n=3)
    raise InvalidInput(
        f"'{word}' is no class of sensitive data.",
        hint=f"Did you mean {' or '.join(near)}?" if near else f"There is: {', '.join(CLASSES)}.",
    )


def _stopped(word: str) -> str:
    kind, _, rest = word.partition(":")
    if kind == "tag" and rest:
        return f"tag:{check_tag(rest)}"
    if word in _STOPPABLE:
        return word
    raise InvalidInput(
        f"'{word}' is nothing that goes down the graph.",
        hint=f"Write `tag:NAME` for one tag, or {', '.join(_STOPPABLE)}.",
    )


def _word(text: str, what: str) -> str:
    normal = unicodedata.normalize("NFKC", text)
    if not _WORD.match(normal):
        shown = text if len(text) <= 60 else text[:57] + "…"
        raise InvalidInput(
            f"'{shown}' cannot be a {what}.",
            hint="Use 1 to 64 letters, digits, '.', '_', ':', '/', '+' or '-', beginning with a"
            " letter or digit.",
        )
    return normal


def _person(text: str) -> str:
    who = text.strip()
    if not who or len(who) > 200 or not who.isprintable():
        raise InvalidInput("An owner is 1 to 200 printable characters: a person or a team.")
    return who


def _free(text: str, what: str) -> str:
    """Return free text without secrets."""
    if not text.strip() or len(text) > _LONGEST:
        raise InvalidInput(f"{what} has 1 to {_LONGEST:,} characters.")
    return redaction.text(text.strip()).value
