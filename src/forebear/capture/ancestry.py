"""What the content of an object was made of: by what was seen, by its values, or by the code."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec import Struct

from forebear.capture.reading import origins_in_code
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.core.entities import Column, EvidenceWord
from forebear.core.events import Link
from forebear.engines import tables

__all__ = ["Ancestry", "ancestry", "lineage", "unchanged"]

_FEW_VALUES: Final = 16


class Ancestry(Struct, frozen=True, kw_only=True):
    """What some content was made of, as far as it was seen."""

    links: list[Link] = []
    operations: list[str] = []
    gap: str | None = None

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
        return Ancestry(links=[Link(artifact=known.artifact or "", role="input")])
    sources, operations, exact = _sources(session, session.tracker.get(thing), thing, found)
    evidence: EvidenceWord = "observed" if exact else "inferred"
    shown = label or "a data set"
    gap = None
    if not sources:
        gap = f"{shown} was made in the program from values that were not seen."
    elif not exact:
        gap = f"How {shown} was made was not seen; its sources are inferred."
    return Ancestry(
        links=[Link(artifact=s.artifact or "", role="input", evidence=evidence) for s in sources],
        operations=operations,
        gap=gap,
    )


def lineage(session: Session, thing: object) -> Ancestry | None:
    """Return what a thing without content of its own, such as a lazy frame, stands for."""
    origin = session.tracker.get(thing)
    if origin is None:
        return None
    links = [Link(artifact=source.artifact or "", role="input") for source in origin.sources()]
    return Ancestry(links=links, operations=origin.names())


def unchanged(session: Session, thing: object, found: tables.Fingerprint) -> Origin | None:
    """Return the recorded origin whose content `thing` still has."""
    origin = session.tracker.get(thing)
    if origin is None:
        return None
    for source in origin.sources():
        if source.digest == found.digest:
            if origin.artifact is None:
                session.tracker.bind(thing, source)
            return source
    return None


def _sources(
    session: Session, origin: Origin | None, thing: object, found: tables.Fingerprint
) -> tuple[Sequence[Origin], list[str], bool]:
    """Return the nearest recorded ancestors, the operations since, and if that was seen."""
    if origin is not None and origin.artifact is not None:
        return [origin], ["changed in place"], True
    if origin is not None:
        return origin.parents, origin.names(), origin.exact
    columns = found.columns or _columns_of(session, thing)
    same = session.with_columns(columns)
    if same and _is_telling(thing) and all(session.with_columns([one]) for one in columns):
        # Values that were all recorded before, column for column, can only have been copied.
        return same, ["columns"], True
    likely = origins_in_code(session.tracker, thing) or same
    read = [Origin(artifact=artifact) for artifact in session.files_read()]
    return likely or read, ["not seen"], False


def _is_telling(thing: Any) -> bool:
    """Tell whether equal values can't be chance: labels and flags are alike in many data."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(thing, numpy.ndarray):
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
            digests = tables.column_digests(array)
            columns = [Column(name="", type="", digest=digest) for digest in digests]
            session.remember_columns(columns, origin)
    return [Column(name="", type="", digest=digest) for digest in tables.column_digests(thing)]


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
