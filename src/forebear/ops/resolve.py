"""From what people write to what is recorded: a ref becomes one thing, or a clear sentence."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from msgspec import Struct, structs

from forebear.analysis.verdict import called
from forebear.core import redaction, refs
from forebear.core.addresses import canonical
from forebear.core.clock import parse_when
from forebear.core.digest import is_digest, short
from forebear.core.entities import Node
from forebear.core.errors import BadRef, UnknownRef
from forebear.core.ports import Store
from forebear.core.refs import NameKind, Ref
from forebear.core.rows import RunRow, VersionRow
from forebear.core.warehouses import written
from forebear.ops.table import Target

__all__ = ["Found", "closest", "moment", "named", "of_model", "resolve", "resolve_one"]


class Found(Struct, frozen=True, kw_only=True):
    """What a target means: its nodes, the first of which speaks for all.

    One digest may belong to several artifacts (a table that several runs had in memory); a run
    that was started as a whole comes with its steps behind it.
    """

    nodes: list[Node]
    version: VersionRow | None = None
    run: RunRow | None = None
    said: str | None = None
    """The name of the file that was asked about by its content."""

    @property
    def title(self) -> str:
        """What an answer calls it: as the caller did, and as it is recorded."""
        known = called(self.nodes[0])
        if self.said is None or self.said == known:
            return known
        return f"{self.said} ({known})" if self.nodes[0].version is not None else self.said

    @property
    def ids(self) -> list[str]:
        """The ids of all nodes."""
        return [node.id for node in self.nodes]


def moment(store: Store, as_of: str | None) -> int | None:
    """Return the last `seq` that a question about the moment `as_of` may see (None: all)."""
    return None if as_of is None else store.seq_at(parse_when(as_of))


def resolve(store: Store, target: Target, seq: int | None = None) -> Found:
    """Return what is meant: names first, then runs, digests and ids, then a file's content.

    Raises:
        BadRef: it means nothing, or more than one thing.
        UnknownRef: nothing like it is recorded.
    """
    ref = refs.parse(target.ref)
    if ref.run is not None:
        return _run(store, ref.run, seq)
    if ref.digest is not None:
        return _digest(store, ref.digest, seq)
    if ref.id is not None:
        return _id(store, ref.id, seq)
    if ref.name is not None:
        row = named(store, ref, seq)
        if row is not None:
            node = _node(store, row.artifact, seq)
            # Whoever asks by one of its names is answered by that name.
            asked = structs.replace(node, name=row.name, version=row.version, aliases=row.aliases)
            return Found(nodes=[asked], version=row)
    if target.digest is None and (found := _shown(store, ref.text, seq)) is not None:
        return found
    if "://" in ref.text and target.digest is None:
        return _address(store, ref, seq)
    if target.digest is not None or target.path is not None:
        return _content(store, target, seq)
    raise _unknown(store, ref, seq)


def of_model(store: Store, target: Target, seq: int | None = None) -> Target:
    """Return what is meant where only a model can be, though data may have the same name."""
    ref = refs.parse(target.ref)
    if ref.name is None or ref.kind is not None or not store.versions("model", ref.name, seq):
        return target
    return structs.replace(target, ref=f"model:{ref.text}")


def resolve_one(store: Store, target: Target, seq: int | None = None) -> Node:
    """Return the one artifact that is meant, for deeds that need exactly one.

    Raises:
        BadRef: it is a run, or several artifacts have that content and none of them is a file.
    """
    found = resolve(store, target, seq)
    artifacts = [node for node in found.nodes if node.type == "artifact"]
    if not artifacts:
        raise BadRef(f"'{target.ref}' is a run; name a model, data or file.")
    stored = [node for node in artifacts if not node.in_memory]
    if len(artifacts) > 1 and len(stored) != 1:
        raise _ambiguous(target.ref, [f"{called(n)} {n.id}" for n in artifacts])
    return (stored or artifacts)[0]


def named(store: Store, ref: Ref, seq: int | None = None) -> VersionRow | None:
    """Return the version that a named ref means; None when there is no such name at all.

    Raises:
        BadRef: both a model and data have the name.
        UnknownRef: the name is there, the version or alias is not.
    """
    assert ref.name is not None
    kinds: list[NameKind] = [ref.kind] if ref.kind else ["model", "data"]
    having = {kind: rows for kind in kinds if (rows := store.versions(kind, ref.name, seq))}
    if not having:
        return None
    if len(having) > 1:
        rest = ref.text
        raise BadRef(
            f"'{rest}' is the name of a model and of data.",
            hint=f"Write `model:{rest}` or `data:{rest}`.",
        )
    (rows,) = having.values()
    if ref.alias is not None:
        return _aliased(store, ref, rows, seq)
    if ref.version is None:
        return rows[0]
    for row in rows:
        if row.version == ref.version:
            return row
    raise UnknownRef(
        f"{ref.name} has no version {ref.version}.",
        hint=f"Its versions are {rows[-1].version} to {rows[0].version}."
        if len(rows) > 1
        else f"Its only version is {rows[0].version}.",
    )


def closest(store: Store, name: str, seq: int | None = None) -> list[str]:
    """Return registered names that `name` may be a slip of."""
    known = [row.name for kind in ("model", "data") for row in store.names(kind, seq)]
    return difflib.get_close_matches(name, list(dict.fromkeys(known)), n=3, cutoff=0.6)


def _aliased(store: Store, ref: Ref, rows: Sequence[VersionRow], seq: int | None) -> VersionRow:
    kind, name, alias = rows[0].kind, rows[0].name, ref.alias or ""
    pointer = store.alias(kind, name, alias, seq)
    for row in rows:
        if pointer is not None and row.version == pointer.version:
            return row
    known = list(dict.fromkeys(word for row in rows for word in row.aliases))
    raise UnknownRef(
        f"{name} has no alias '{alias}'.",
        hint=f"It has {', '.join(known)}."
        if known
        else f"`forebear alias {name} {alias} VERSION` makes one.",
    )


def _run(store: Store, prefix: str, seq: int | None) -> Found:
    rows = store.find_runs(prefix, seq)
    exact = [row for row in rows if row.id == prefix]
    # Steps made in the same millisecond begin alike; the run as a whole is what people mean.
    rows = exact or [row for row in rows if row.parent is None] or rows
    if not rows:
        raise UnknownRef(f"No run begins with '{prefix}'.", hint="`forebear log` lists the runs.")
    if len(rows) > 1:
        raise _ambiguous(f"run:{prefix}", [f"run:{row.id} {row.name}" for row in rows])
    return _with_steps(store, rows[0], seq)


def _shown(store: Store, text: str, seq: int | None) -> Found | None:
    """Return the run or content that a table shows as `text`, if there is one."""
    ref = refs.as_shown(text)
    if ref is not None and ref.run is not None and store.find_runs(ref.run, seq):
        return _run(store, ref.run, seq)
    if ref is not None and ref.digest is not None and store.find_artifacts(ref.digest, seq):
        return _digest(store, ref.digest, seq)
    return None


def _with_steps(store: Store, row: RunRow, seq: int | None) -> Found:
    ends = [e.target if e.type == "used" else e.source for e in store.run_edges(row.id, seq)]
    distinct = list(dict.fromkeys([row.id, *ends]))
    known = store.nodes(distinct, seq)
    steps = [known[id] for id in distinct if id in known and known[id].type == "run"]
    return Found(nodes=steps, run=row)


def _digest(store: Store, digest: str, seq: int | None) -> Found:
    nodes = store.find_artifacts(digest, seq)
    if not nodes:
        raise UnknownRef(f"No recorded content has the digest {short(digest)}.")
    if not is_digest(digest):
        full = {word for node in nodes for word in _digests(node) if word.startswith(digest)}
        if len(full) > 1:
            raise _ambiguous(digest, [f"{called(n)} {n.digest or n.id}" for n in nodes])
    return Found(nodes=nodes, version=_version(store, nodes[0], seq))


def _digests(node: Node) -> list[str]:
    held = [node.id, node.digest, node.attrs.get("table"), node.attrs.get("weights")]
    return [word for word in held if isinstance(word, str)]


def _id(store: Store, id: str, seq: int | None) -> Found:
    node = store.node(id, seq)
    if node is None:
        raise UnknownRef(f"Nothing recorded has the id {id}.")
    if node.type == "run" and (row := store.run(id, seq)) is not None:
        return _with_steps(store, row, seq)
    return Found(nodes=[node], version=_version(store, node, seq))


def _content(store: Store, target: Target, seq: int | None) -> Found:
    if target.digest is not None:
        nodes = store.find_artifacts(target.digest, seq)
        if nodes:
            return Found(nodes=nodes, version=_version(store, nodes[0], seq), said=target.ref)
    before = _last_seen(store, target.path, seq)
    if before is not None:
        node, when = before
        state = "its content now is not recorded" if target.digest else "it is gone"
        raise UnknownRef(
            f"'{target.ref}' was recorded, but {state}: {called(node)} ({short(node.id)}) was "
            f"last seen there on {when}.",
            hint=f"Ask about what it was: {node.id}",
        )
    if target.digest is None:
        raise _unknown(store, refs.parse(target.ref), seq)
    raise UnknownRef(
        f"'{target.ref}' has content that is not recorded ({short(target.digest)}).",
        hint="Known is what a recorded run read or wrote. `forebear register` records it as it is.",
    )


def _address(store: Store, ref: Ref, seq: int | None) -> Found:
    """Return what is known by its address alone, such as a table of a database."""
    place = written(canonical(redaction.url(ref.text).value))
    for node in store.find_location(place, seq):
        if node.attrs.get("by_reference"):
            return Found(nodes=[node], version=_version(store, node, seq), said=ref.text)
        raise UnknownRef(
            f"What is at '{place}' now is not known; {called(node)} was seen there last.",
            hint=f"Ask about that: {node.id}",
        )
    raise _unknown(store, ref, seq)


def _last_seen(store: Store, path: str | None, seq: int | None) -> tuple[Node, str] | None:
    if path is None:
        return None
    nodes = store.find_location(path, seq)
    if not nodes:
        return None
    seen = [row for row in store.locations([nodes[0].id], seq) if row.uri == path]
    when = f"{seen[0].at.astimezone():%Y-%m-%d %H:%M}" if seen else "an earlier day"
    return nodes[0], when


def _unknown(store: Store, ref: Ref, seq: int | None) -> UnknownRef:
    if ref.name is None:
        return UnknownRef(
            f"There is no file '{ref.text}', and nothing recorded has that name.",
            hint="`forebear models` and `forebear data` list the names.",
        )
    near = closest(store, ref.name, seq)
    what = {"model": "model", "data": "data", None: "model, data or file"}[ref.kind]
    return UnknownRef(
        f"There is no {what} called '{ref.name}'" + (" at that time." if seq is not None else "."),
        hint=f"Did you mean {' or '.join(near)}?"
        if near
        else "`forebear models` and `forebear data` list the names.",
    )


def _ambiguous(text: str, candidates: Sequence[str]) -> BadRef:
    shown = "; ".join(candidates[:5])
    rest = f"; and {len(candidates) - 5} more" if len(candidates) > 5 else ""
    return BadRef(
        f"'{text}' may mean {len(candidates)} things: {shown}{rest}.", hint="Write more of it."
    )


def _version(store: Store, node: Node, seq: int | None) -> VersionRow | None:
    rows = store.versions_of([node.id], seq).get(node.id, [])
    return rows[0] if rows else None


def _node(store: Store, id: str, seq: int | None) -> Node:
    node = store.node(id, seq)
    if node is None:
        raise UnknownRef(f"The store names {id}, but has no record of it; run `forebear verify`.")
    return node
