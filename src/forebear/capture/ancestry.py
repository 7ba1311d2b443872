"""What the content of an object was made of: by what was seen, by its values, or by the code."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec import Struct

from forebear.capture.comprehensions import comprehended
from forebear.capture.passage import SAME, Columns, Feed, merged, names_of
from forebear.capture.plainfiles import has_notes, matched
from forebear.capture.reading import origins_in_code
from forebear.capture.scopes import is_constant_in_code
from forebear.capture.session import Session
from forebear.capture.tracker import Operation, Origin
from forebear.core.entities import Column, EvidenceWord
from forebear.core.events import Link
from forebear.engines import tables

__all__ = ["Ancestry", "ancestry", "copied", "gathered", "lineage", "unchanged"]

_FEW_VALUES: Final = 16


class Ancestry(Struct, frozen=True, kw_only=True):
    """What some content was made of, as far as it was seen."""

    way: Origin
    """The recorded content that it comes from, and what was done since."""
    evidence: EvidenceWord = "observed"
    gap: str | None = None

    @property
    def links(self) -> list[Link]:
        """The links by which a step uses what the content comes from."""
        return [
            Link(artifact=source.artifact or "", role="input", evidence=self.evidence)
            for source in self.way.parents
        ]

    @property
    def operations(self) -> list[str]:
        """The names of the operations."""
        return self.way.names()

    @property
    def name(self) -> str:
        """The operations as one short name."""
        return _spoken(self.operations)

    @property
    def attrs(self) -> dict[str, Any]:
        """The operations, as a step carries them."""
        return {"operations": self.operations} if self.operations else {}


def ancestry(
    session: Session, thing: object, found: tables.Fingerprint, *, label: str | None = None
) -> Ancestry:
    """Return what the present content of `thing` was made of, without recording it."""
    known = unchanged(session, thing, found)
    if known is not None:
        return Ancestry(way=copied(known))
    way, exact = _way(session, session.tracker.get(thing), thing, found)
    shown = label or "a data set"
    gap = None
    if not way.parents:
        gap = f"{shown} was made in the program from values that were not seen."
    elif not exact:
        gap = f"How {shown} was made was not seen; its sources are inferred."
    return Ancestry(way=way, evidence="observed" if exact else "inferred", gap=gap)


def copied(known: Origin) -> Origin:
    """Return the origin of a copy of recorded content."""
    return Origin(parents=(known,), rows={known: SAME}, columns=known.columns)


def lineage(session: Session, thing: object) -> Ancestry | None:
    """Return what a thing without content of its own, such as a lazy frame, stands for."""
    origin = session.tracker.get(thing)
    if origin is None:
        return None
    return Ancestry(way=origin if origin.artifact is None else copied(origin))


def gathered(session: Session, thing: object) -> Ancestry | None:
    """Return what a list of plain values was made of, by what the code says of it."""
    if not isinstance(thing, list | tuple | dict):
        return None
    origins = origins_in_code(session.tracker, thing)
    if not origins:
        return None
    way = Origin(parents=tuple(origins), operations=(_unseen(),))
    return Ancestry(way=way, evidence="inferred", gap="Its values were gathered by the program.")


def unchanged(session: Session, thing: object, found: tables.Fingerprint) -> Origin | None:
    """Return the recorded origin whose content `thing` still has."""
    origin = session.tracker.get(thing)
    if origin is None:
        came = session.tracker.unwatched.get(found.digest) or session.elsewhere(found.digest)
        if came is not None:
            session.tracker.bind(thing, came)
        return came
    for source in origin.sources():
        if source.digest == found.digest:
            if origin.artifact is None:
                session.tracker.bind(thing, source)
            return source
    return None


def _way(
    session: Session, origin: Origin | None, thing: object, found: tables.Fingerprint
) -> tuple[Origin, bool]:
    """Return the nearest recorded ancestors, with the way from them, and if that was seen."""
    if origin is not None and origin.artifact is not None:
        return _changed(session, origin, found), True
    if origin is not None:
        return origin, origin.exact
    if _is_array(thing):
        from forebear.capture.replay import replayed

        again = replayed(session.tracker, thing)
        if again is not None:
            return again, again.exact
    columns = found.columns or _columns_of(session, thing)
    same = session.columns.holders(columns)
    if same and _is_telling(thing) and all(session.columns.holders([one]) for one in columns):
        # Values that were all recorded before, column for column, can only have been copied.
        return _put_together(session, columns, same), True
    plain = comprehended(session, thing) or matched(session, thing) if has_notes(session) else None
    if plain is not None:
        return plain, False
    if not same and is_constant_in_code(thing):
        return Origin(columns=_of_constants(thing)), True
    likely = origins_in_code(session.tracker, thing) or same
    read = [Origin(artifact=artifact) for artifact in session.files.read]
    return Origin(parents=tuple(likely or read), operations=(_unseen(),)), False


def _of_constants(thing: object) -> Columns:
    names = names_of(thing)
    return Columns(names, (Feed(),) * len(names))


def _is_array(thing: object) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(thing, numpy.ndarray)


def _changed(session: Session, origin: Origin, found: tables.Fingerprint) -> Origin:
    """Return the way of content that was recorded and then changed where nobody looked."""
    operation = Operation("changed in place", -1)
    known = origin.columns
    if known is None or not found.columns or len(found.columns) != len(known.names):
        operation.unknown = True
        return Origin(parents=(origin,), operations=(operation,))
    names = tuple(column.name for column in found.columns)
    own = [session.columns.feed(column) for column in found.columns]
    if all(feed is not None and feed == one for feed, one in zip(own, known.feeds, strict=True)):
        operation.name = "rename"  # each value is still where it was
        columns = Columns(names, known.feeds)
        rows = {origin: SAME}
        return Origin(parents=(origin,), operations=(operation,), rows=rows, columns=columns)
    feeds = tuple(merged([feed], operation) for feed in known.feeds)
    return Origin(parents=(origin,), operations=(operation,), columns=Columns(names, feeds))


def _put_together(session: Session, columns: Sequence[Column], same: Sequence[Origin]) -> Origin:
    """Return the way of content whose columns are those of recorded content."""
    feeds = [session.columns.feed(column) or Feed() for column in columns]
    names = tuple(column.name or (str(at) if len(columns) > 1 else "")
                  for at, column in enumerate(columns))  # fmt: skip
    return Origin(
        parents=tuple(same),
        operations=(Operation("columns", -1),),
        rows=dict.fromkeys(same, SAME),
        columns=Columns(names, tuple(feeds)),
    )


def _unseen() -> Operation:
    operation = Operation("not seen", -1)
    operation.unknown = True
    return operation


def _is_telling(thing: Any) -> bool:
    """Tell whether equal values can't be chance: labels and flags are alike in many data."""
    if not _is_array(thing):
        return True
    return len(set(thing[:1000].reshape(-1)[:10_000].tolist())) > _FEW_VALUES


def _columns_of(session: Session, thing: object) -> list[Column]:
    """Return the columns of an array, after remembering those of all arrays that are known."""
    if getattr(thing, "ndim", 0) != 2 or not hasattr(thing, "strides"):
        return []
    for array, origin in session.tracker.arrays():
        known = origin.artifact in session.tracker.with_columns
        same = origin.artifact is not None and len(array) == len(thing)  # type: ignore[arg-type]
        if same and not known:
            session.tracker.with_columns.add(origin.artifact or "")
            session.columns.remember(_of_array(array), origin)
    return _of_array(thing)


def _of_array(array: Any) -> list[Column]:
    digests = tables.column_digests(array)
    return [Column(name=str(at), type="", digest=one) for at, one in enumerate(digests)]


def _spoken(operations: Iterable[str]) -> str:
    """Return operations as one short name, repeats folded: 'dropna, assign, getitem ×3'."""
    folded: list[list[Any]] = []
    for name in operations:
        if folded and folded[-1][0] == name:
            folded[-1][1] += 1
        else:
            folded.append([name, 1])
    words = [name if count == 1 else f"{name} ×{count}" for name, count in folded]
    return ", ".join(words if len(words) <= 6 else [*words[:3], "…", *words[-2:]]) or "same values"
