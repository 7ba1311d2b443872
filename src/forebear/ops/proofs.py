"""Proofs: that an event is in the log, and that the log only ever grew.

What is proved here is arithmetic over hashes (`core.merkle`). Who vouches for the root is the
client's business: it has the key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from msgspec import Struct

from forebear.analysis.saying import in_words
from forebear.core import merkle, refs
from forebear.core.digest import to_raw
from forebear.core.errors import CorruptStore, InvalidInput
from forebear.core.events import decode
from forebear.core.merkle import Frontier, leaf_hash
from forebear.core.ports import Store
from forebear.core.rows import Head, StoredEvent
from forebear.ops.resolve import Found, resolve
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "AnchorRequest",
    "AnchorResponse",
    "ProveRequest",
    "ProveResponse",
    "Proved",
    "TreeRequest",
    "TreeResponse",
    "anchor",
    "prove",
    "tree",
]

T = TypeVar("T")


class TreeResponse(Struct, frozen=True, kw_only=True):
    """How large the log is, its root, and how it grew out of a smaller one."""

    size: int
    root: str
    since: int
    since_root: str | None
    """The root over the first `since` events; None when there are not that many."""
    proof: list[str]
    """The consistency proof from `since` to `size`; empty for 0 and for `size` itself."""


class TreeRequest(Request[TreeResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask for the root over all events, and for the proof that it continues an earlier one."""

    since: int = 0


class Proved(Struct, frozen=True, kw_only=True):
    """One event with its way to the root."""

    number: int
    """Its place in this answer, from 1; the first is the main one."""
    seq: int
    index: int
    """Its place in the log, from 0."""
    what: str
    words: str
    body: str
    """Its canonical bytes, which are UTF-8 text."""
    leaf: str
    proof: list[str]


class ProveResponse(Struct, frozen=True, kw_only=True):
    """The events that make a thing what it is, all proved against one root."""

    target: str
    size: int
    root: str
    events: list[Proved]


class ProveRequest(Request[ProveResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask for the proof of what is recorded of a thing, in the log as it was at `size` events."""

    target: Target
    size: int | None = None


class AnchorResponse(Struct, frozen=True, kw_only=True):
    """Whether the log still begins with the events that a checkpoint speaks of."""

    well: bool
    size: int
    message: str


class AnchorRequest(Request[AnchorResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Compare the log with the size and root of a checkpoint that was kept elsewhere."""

    size: int
    root: str


@operation(name="tree", permission="read")
def tree(context: Context, request: TreeRequest) -> TreeResponse:
    """Tell how far the log reaches, with the proof that it continues an earlier state."""
    store, since = context.store, request.since
    head = store.head()
    if since < 0:
        raise InvalidInput(f"A log cannot have had {since} events.")
    reached = since <= head.size
    before, proof = _root_at(store, head, since) if reached else (None, [])
    return TreeResponse(
        size=head.size,
        root=head.root,
        since=since,
        since_root=None if before is None else _text(before),
        proof=[_text(step) for step in proof],
    )


@operation(name="prove", permission="read")
def prove(context: Context, request: ProveRequest) -> ProveResponse:
    """Prove that what is recorded of a thing is in the log: one proof for each event."""
    store = context.store
    head = store.head()
    size = head.size if request.size is None else request.size
    if not 0 < size <= head.size:
        raise InvalidInput(f"The log has {head.size} events, so nothing is proved at {size}.")
    root, _ = _root_at(store, head, size)
    found = resolve(store, request.target, size)
    events = []
    for number, (what, stored) in enumerate(_telling(store, request.target, found, size), 1):
        leaf = leaf_hash(stored.body)
        proof = _inclusion(store, stored.seq - 1, size, leaf, root)
        events.append(
            Proved(
                number=number,
                seq=stored.seq,
                index=stored.seq - 1,
                what=what,
                words=in_words(decode(store.identities.reveal(stored.body))),
                body=stored.body.decode(),
                leaf=_text(leaf),
                proof=[_text(step) for step in proof],
            )
        )
    return ProveResponse(target=found.title, size=size, root=_text(root), events=events)


@operation(name="anchor", permission="read")
def anchor(context: Context, request: AnchorRequest) -> AnchorResponse:
    """Compare the log with a checkpoint, from the bytes of the events themselves."""
    edge = Frontier()
    for stored in context.store.events():
        if edge.size == request.size or stored.seq != edge.size + 1:
            break
        edge.append(leaf_hash(stored.body))
    size = context.store.head().size
    if edge.size < request.size:
        message = (
            f"The checkpoint speaks of {request.size} events, and the log has only {edge.size}:"
            " events were cut off, or it is another log."
        )
    elif _text(edge.root()) != request.root:
        message = (
            f"The first {request.size} events are not those of the checkpoint: history was"
            " rewritten, or it is another log."
        )
    else:
        message = f"The first {request.size} of {size} events are those of the checkpoint."
        return AnchorResponse(well=True, size=size, message=message)
    return AnchorResponse(well=False, size=size, message=message)


def _telling(
    store: Store, target: Target, found: Found, size: int
) -> Iterator[tuple[str, StoredEvent]]:
    """Yield the events that make a thing what it is, the one that says most about it first."""
    seqs: dict[int, str] = {}
    if found.run is not None:
        seqs |= dict.fromkeys(store.recorded_by(found.run.id), "run")
    else:
        seqs |= _naming(store, target, found, size)
        for node in found.nodes:
            if node.type == "artifact":
                seqs |= dict.fromkeys(store.recorded_by(node.id), "artifact")
        for run in _makers(store, found, size):
            seqs |= dict.fromkeys(store.recorded_by(run)[:1], "making")
    for seq, what in seqs.items():
        if seq <= size:
            yield what, next(store.events(seq - 1))


def _naming(store: Store, target: Target, found: Found, size: int) -> dict[int, str]:
    version = found.version
    if version is None:
        return {}
    seqs = {version.seq: "version"}
    alias = refs.parse(target.ref).alias
    moved = store.alias(version.kind, version.name, alias, size) if alias else None
    return seqs | ({} if moved is None else {moved.seq: "alias"})


def _makers(store: Store, found: Found, size: int) -> Sequence[str]:
    """Return the runs and steps that made the artifacts, or what they were saved from."""
    edges = store.edges(found.ids, "up", seq=size)
    saved = [edge.source for edge in edges if edge.relation == "export"]
    edges += store.edges(saved, "up", seq=size)
    return list(dict.fromkeys(edge.source for edge in edges if edge.type == "generated"))


def _root_at(store: Store, head: Head, size: int) -> tuple[bytes, list[bytes]]:
    """Return the root over the first `size` events, and the proof that the head continues it."""
    last = to_raw(head.root)
    if size == 0:
        return merkle.EMPTY_ROOT, []
    if size == head.size:
        return last, []

    def make() -> tuple[bytes, list[bytes]]:
        root = merkle.root_at(size, store.tree)
        proof = merkle.consistency_proof(size, head.size, store.tree)
        merkle.verify_consistency(size, head.size, proof, root, last)
        return root, proof

    return _remembered(store, make)


def _inclusion(store: Store, index: int, size: int, leaf: bytes, root: bytes) -> list[bytes]:
    def make() -> list[bytes]:
        proof = merkle.inclusion_proof(index, size, store.tree)
        merkle.verify_inclusion(index, size, leaf, proof, root)
        return proof

    return _remembered(store, make)


def _remembered(store: Store, make: Callable[[], T]) -> T:
    """Make a proof, once more from the events alone when remembered hashes don't fit them."""
    try:
        return make()
    except InvalidInput:
        store.tree.forget()
    try:
        return make()
    except InvalidInput as error:
        raise CorruptStore(
            f"The log is not what its head says, so nothing can be proved: {error.message}",
            hint="`forebear verify` says what is wrong.",
        ) from error


def _text(hash: bytes) -> str:
    return f"sha256:{hash.hex()}"
