"""What a consumer's lock file asks: which version a ref means now, and whether it may be used."""

from __future__ import annotations

from msgspec import Struct

from forebear.core.errors import ForebearError, InvalidInput, UnknownRef
from forebear.core.policies import STAGE
from forebear.core.ports import Store
from forebear.core.refs import check_name
from forebear.core.serving import CONSUMER, Consumer
from forebear.ops.kin import same_model
from forebear.ops.recalled import recalled
from forebear.ops.resolve import Found, resolve
from forebear.ops.subjects import subject
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "LockRequest",
    "LockResponse",
    "Locked",
    "LookRequest",
    "LookResponse",
    "LookedAt",
    "Pinned",
    "lock",
    "locked_now",
]


class Locked(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One model as a lock file holds it."""

    ref: str
    """How the consumer names it: `churn@champion`."""
    name: str | None
    version: int | None
    digest: str
    """Of the bytes of its file."""
    size: int | None
    places: list[str] = []
    """Where those bytes were seen, the last place first."""


class LockResponse(Struct, frozen=True, kw_only=True):
    """What the refs mean now."""

    models: list[Locked]


class LockRequest(Request[LockResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Register a consumer of models, and ask what to lock."""

    targets: list[Target]
    consumer: str


class Pinned(Struct, frozen=True, kw_only=True):
    """A line of a lock file that is looked at."""

    ref: str
    digest: str


class LookedAt(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the store says of a locked model."""

    ref: str
    known: bool
    """The locked content is recorded."""
    now: Locked | None
    """What the ref means now; null where it means nothing any more."""
    same: bool
    """That is what is locked."""
    recalled: str | None = None
    """Why it is not to be used."""
    retired: bool = False


class LookResponse(Struct, frozen=True, kw_only=True):
    """What the store says of all locked models."""

    models: list[LookedAt]


class LookRequest(Request[LookResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask whether what is locked may be used, and is what its refs mean."""

    models: list[Pinned]


@operation(name="lock", permission="write")
def lock(context: Context, request: LockRequest) -> LockResponse:
    """Say what to lock, and record the consumer: a recall will tell it.

    Of a version that it had locked under the same ref before it is a consumer no more.

    Raises:
        InvalidInput: it is no model, or was never saved.
    """
    store = context.store
    consumer = check_name(request.consumer, "consumer")
    found, events = [], []
    for target in request.targets:
        meant = resolve(store, target)
        one = _locked(store, meant, target.ref)
        if one is None:
            raise InvalidInput(
                f"{meant.title} has no file that could be locked.",
                hint="Only a model that was saved has bytes to be checked.",
            )
        found.append(one)
        used = Consumer(how="lock", ref=target.ref)
        events.append(CONSUMER.say(meant.nodes[0].id, used, key=consumer, by=context.author))
    said = CONSUMER.latest(store.statements, key=consumer)
    known = {one.row.about: one.value for one in said}
    fresh = [event for event in events if event.value != _plain(known.get(event.about))]
    now = {event.about for event in events}
    refs = {target.ref for target in request.targets}
    fresh += [
        CONSUMER.say(one.row.about, None, key=consumer, by=context.author)
        for one in said
        if one.value.how == "lock" and one.value.ref in refs and one.row.about not in now
    ]
    if fresh:
        store.append(fresh)
    return LockResponse(models=found)


@operation(name="lock-check", permission="read", decides=True)
def locked_now(context: Context, request: LookRequest) -> LookResponse:
    """Say of each locked model whether it is recalled or retired, and what its ref means now."""
    return LookResponse(models=[_looked_at(context.store, one) for one in request.models])


def _looked_at(store: Store, pinned: Pinned) -> LookedAt:
    try:
        now = _locked(store, resolve(store, Target(ref=pinned.ref)), pinned.ref)
    except ForebearError:
        now = None
    try:
        held = subject(store, Target(ref=pinned.digest))
    except UnknownRef:
        return LookedAt(ref=pinned.ref, known=False, now=now, same=False)
    recalls = recalled(store, held.everything)
    retired = any(
        STAGE.one(store.statements, row.artifact, key=row.name) is not None for row in held.versions
    )
    return LookedAt(
        ref=pinned.ref,
        known=True,
        now=now,
        same=now is not None and now.digest == pinned.digest,
        recalled=f"{recalls[0].title}: {recalls[0].reason}" if recalls else None,
        retired=retired,
    )


def _locked(store: Store, found: Found, ref: str) -> Locked | None:
    """Return the saved form of a model as a lock file holds it."""
    node = found.nodes[0]
    if node.kind not in {"model", "file"}:
        raise InvalidInput(f"{found.title} is {node.kind}, and only models are locked.")
    saved = [one for one in same_model(store, node) if not one.in_memory and one.digest]
    if not saved:
        return None
    file = saved[0]
    return Locked(
        ref=ref,
        name=found.version.name if found.version else None,
        version=found.version.version if found.version else None,
        digest=file.digest or file.id,
        size=file.size,
        places=[row.uri for row in store.locations([file.id])],
    )


def _plain(value: Consumer | None) -> dict[str, str] | None:
    return None if value is None else {"how": value.how, "ref": value.ref}
