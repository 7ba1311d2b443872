"""Who contains a record: every version of data, every split and every model, with its part."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from msgspec import Struct, structs

from forebear.analysis.verdict import called, counted
from forebear.core.digest import is_digest
from forebear.core.entities import Node
from forebear.core.errors import InvalidInput
from forebear.core.ports import Store
from forebear.ops.contents import Contents
from forebear.ops.holders import Catalogue
from forebear.ops.learners import Holder
from forebear.ops.record_keys import lacking, rows_with
from forebear.ops.resolve import Found, moment, resolve
from forebear.ops.row_maps import require_numpy
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["KeySource", "WhoUsedRequest", "WhoUsedResponse", "who_used"]

_FEW: Final = 20
_MOST_CACHED: Final = 8
_catalogues: OrderedDict[tuple[int, str], Catalogue] = OrderedDict()
"""Of the sources that were asked about last. Each is good until something is recorded, and keeps
its store, so that no other one gets the same `id`."""


class KeySource(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of the source, with the rows that have the keys."""

    id: str
    title: str
    location: str | None
    keys: int | None
    """How many of the keys it has; null where its records could not be read."""
    count: int = 0
    """How many rows have them."""
    rows: list[int] = []
    """The first few, from 0 on."""


class WhoUsedResponse(Struct, kw_only=True, omit_defaults=True):
    """Who contains some records of a source."""

    verdict: str
    keys: int
    """How many keys were asked about."""
    found: int
    """How many of them some version of the source has."""
    sources: list[KeySource]
    data: list[Holder]
    models: list[Holder]
    complete: bool
    gaps: list[str]


class WhoUsedRequest(Request[WhoUsedResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask who contains some records of a source."""

    source: Target
    keys: list[dict[str, str]] = []
    """Columns with values; a record has a key when all of its columns are equal."""
    rows: list[int] = []
    """Rows of the source, from 0 on, instead of keys."""
    only_this: bool = False
    """Leave out other versions of the source: what was at the same place, or has its name."""
    as_of: str | None = None


@operation(name="who-used", permission="read")
def who_used(context: Context, request: WhoUsedRequest) -> WhoUsedResponse:
    """Say which versions of data, splits and models contain some records of a source.

    Nothing is left out that contains one: where it was not seen which rows went on, the answer
    says `may contain`.

    Raises:
        InvalidInput: it is no data, it has no such column or row, or NumPy is not there.
    """
    require_numpy()
    if bool(request.keys) == bool(request.rows):
        raise InvalidInput(
            "Say which records are meant: by keys, or by rows.", hint="--key id=4711"
        )
    store = context.store
    seq = moment(store, request.as_of)
    found = resolve(store, request.source, seq)
    nodes = [node for node in found.nodes if node.type == "artifact" and node.kind != "model"]
    if not nodes:
        raise InvalidInput(f"'{request.source.ref}' is no data, and this question is about data.")
    if not (request.only_this or request.rows):
        nodes = _versions(store, found, nodes, seq)
    asking = _Asking(store, request, seq)
    for node in nodes:
        asking.ask(node)
    return asking.answer(found.title)


def _versions(store: Store, found: Found, nodes: list[Node], seq: int | None) -> list[Node]:
    """Return these with what else was at their places, or is a version of their name."""
    known = {node.id: node for node in nodes}
    for row in store.locations(list(known), seq):
        for node in store.find_location(row.uri, seq):
            known.setdefault(node.id, node)
    named = found.version
    if named is not None and named.kind == "data":
        others = [row.artifact for row in store.versions("data", named.name, seq)]
        known |= store.nodes(others, seq)
    return [node for node in known.values() if node.type == "artifact" and node.kind != "model"]


class _Asking:
    """One question, put to each version of the source."""

    def __init__(self, store: Store, request: WhoUsedRequest, seq: int | None) -> None:
        self._store, self._request, self._seq = store, request, seq
        self._contents = Contents(store, seq, given=request.source.path)
        self._found: set[int] = set()
        self._sources: list[KeySource] = []
        self._data: dict[str, Holder] = {}
        self._models: dict[str, Holder] = {}
        self._gaps: dict[str, None] = {}
        self._lacking: list[InvalidInput] = []

    def ask(self, node: Node) -> None:
        """Take in who contains the records by way of one version."""
        catalogue = self._catalogue(node.id)
        rows, keys = self._rows(node, catalogue)
        places = self._store.locations([node.id], self._seq)
        self._sources.append(
            KeySource(
                id=node.id,
                title=called(node),
                location=places[0].uri if places else None,
                keys=keys,
                count=len(rows),
                rows=rows[:_FEW],
            )
        )
        if keys == 0:
            return
        held = catalogue.everything() if keys is None else catalogue.holding(rows)
        data, models = catalogue.holders(held)
        for into, holders in ((self._data, data), (self._models, models)):
            for one in holders:
                known = into.get(one.id)
                into[one.id] = one if known is None else _both(known, one)
        self._gaps |= catalogue.reader.gaps

    def _catalogue(self, source: str) -> Catalogue:
        """Return what the source can reach: gathered before, where nothing was recorded since."""
        if self._seq is not None:
            return Catalogue(self._store, source, self._seq)
        key = id(self._store), source
        known = _catalogues.pop(key, None)
        if known is None or not known.is_of(self._store.head().size):
            known = Catalogue(self._store, source, None)
        _catalogues[key] = known
        if len(_catalogues) > _MOST_CACHED:
            _catalogues.popitem(last=False)
        return known

    def _rows(self, node: Node, catalogue: Catalogue) -> tuple[list[int], int | None]:
        """Return the rows that have the keys, and how many keys; None where nobody can tell."""
        if self._request.rows:
            self._expect(node, catalogue.rows)
            self._found.update(range(len(self._request.rows)))
            return sorted(set(self._request.rows)), len(self._request.rows)
        if not is_digest(node.id):
            self._gaps[f"the records of {called(node)} were in memory, and were not kept"] = None
            return [], None
        records = self._contents.of(node, rows=catalogue.rows)
        if records is None:
            return [], None
        if (lacks := lacking(called(node), records, self._request.keys)) is not None:
            self._lacking.append(lacks)
            return [], 0
        there = rows_with(node.id, records, self._request.keys)
        self._found |= there.found
        return there.rows, len(there.found)

    def _expect(self, node: Node, read: int | None) -> None:
        """Refuse rows that nobody read, where it is known how many were.

        Raises:
            InvalidInput: there is no such row to follow.
        """
        outside = [row for row in self._request.rows if row < 0 or (read and row >= read)]
        if not outside:
            return
        known = f": it was read with {counted(read, 'row')}" if read else ""
        raise InvalidInput(
            f"There is no row {outside[0]:,} of {called(node)} to follow{known}.",
            hint=f"Rows count from 0{f', here to {read - 1:,}' if read else ''}.",
        )

    def _ordered(self, holders: dict[str, Holder]) -> list[Holder]:
        """Return the certain before the others; of one version they are in that order."""
        found = list(holders.values())
        return found if len(self._sources) == 1 else sorted(found, key=lambda one: not one.certain)

    def answer(self, title: str) -> WhoUsedResponse:
        """Return what was found.

        Raises:
            InvalidInput: no version has the columns of the keys.
        """
        if self._lacking and len(self._lacking) == len(self._sources):
            raise self._lacking[0]
        for one in self._lacking:
            self._gaps[f"{one.message.rstrip('.')}, so no record was looked for in it"] = None
        keys = len(self._request.keys) or len(self._request.rows)
        data, models = (self._ordered(into) for into in (self._data, self._models))
        gaps = [*self._contents.gaps, *self._gaps]
        unseen = sum(not one.certain for one in (*data, *models))
        if unseen:
            told = counted(unseen, "thing")
            gaps.append(f"of {told} it was not seen which rows they hold: they may contain some")
        return WhoUsedResponse(
            verdict=_verdict(title, keys, len(self._found), data, models),
            keys=keys,
            found=len(self._found),
            sources=self._sources,
            data=data,
            models=models,
            complete=not gaps,
            gaps=gaps,
        )


def _both(one: Holder, two: Holder) -> Holder:
    """Return what is known of a holder by two ways."""
    rows = None if one.rows is None or two.rows is None else max(one.rows, two.rows)
    parts = list(dict.fromkeys([*one.parts, *two.parts]))
    return structs.replace(one, certain=one.certain or two.certain, parts=parts, rows=rows)


def _verdict(
    title: str, keys: int, found: int, data: Sequence[Holder], models: Sequence[Holder]
) -> str:
    which = "The record" if keys == 1 else f"{found:,} of {counted(keys, 'record')}"
    sure = [sum(one.certain for one in some) for some in (data, models)]
    perhaps = [len(data) - sure[0], len(models) - sure[1]]
    if not any((*sure, *perhaps)):
        if not found:
            said = "it" if keys == 1 else "one of them"
            return f"No recorded version of {title} has {said}."
        return f"{which} went nowhere from {title}."
    is_ = "is" if keys == 1 else "are"
    sentence = (
        f"{which} of {title} {is_} in {counted(sure[0], 'piece')} of data and in"
        f" {counted(sure[1], 'model')}."
    )
    if any(perhaps):
        sentence += (
            f" {counted(perhaps[0], 'more piece')} of data and"
            f" {counted(perhaps[1], 'more model')} may contain " + ("it." if keys == 1 else "some.")
        )
    return sentence
