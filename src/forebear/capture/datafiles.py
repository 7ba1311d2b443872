"""Data files that observed calls read and write: one step each, with the file and the data."""

from __future__ import annotations

import glob
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import unquote, urlsplit

from forebear.capture.ancestry import Ancestry, ancestry, gathered, lineage
from forebear.capture.archives import archived, rows_in
from forebear.capture.files import settle_write
from forebear.capture.flows import flow_of, operations_of, passed_on
from forebear.capture.objects import column_names, new_data
from forebear.capture.passage import SAME, Relation
from forebear.capture.patching import Call
from forebear.capture.recorder import current_run
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.core import redaction
from forebear.core.addresses import canonical
from forebear.core.digest import of_bytes
from forebear.core.entities import ArtifactKind
from forebear.core.events import Flow, Link, LocationSeen
from forebear.core.patterns import pattern
from forebear.engines import tables

__all__ = [
    "Place",
    "belonging_to",
    "data_read",
    "data_written",
    "file_read",
    "name_in",
    "open_file",
    "place_of",
    "places_of",
    "referenced",
    "remember_read",
]

_URL: Final = pattern(r"[a-z][a-z0-9+.\-]+(?:::[^:]+)?://", re.IGNORECASE)
_MOST_FILES: Final = 10_000
_LARGEST_BUFFER: Final = 1 << 30

Place = Path | str
"""A local path, or the URL of something elsewhere."""


def place_of(source: object) -> Place | None:
    """Return where a path, URL or open file is; None for a buffer in memory."""
    if hasattr(source, "__fspath__") or isinstance(source, str | bytes):
        text = os.fsdecode(source)
        if text.lower().startswith("file://"):
            return Path(unquote(urlsplit(text).path))
        if "://" in text and _URL.match(text):
            return text
        if "\n" in text or "\0" in text or not text:
            return None
        return Path(os.path.abspath(Path(text).expanduser()))
    for holder in (source, getattr(source, "handle", None), getattr(source, "raw", None)):
        name = getattr(holder, "name", None)
        if isinstance(name, str) and hasattr(holder, "close") and not name.startswith("<"):
            return Path(os.path.abspath(name))
    return None


def places_of(source: object) -> list[Place]:
    """Return all places that a path, a pattern or a list of them stands for."""
    if isinstance(source, list | tuple | set):
        return [place for one in source for place in places_of(one)]
    place = place_of(source)
    if place is None:
        return []
    if isinstance(place, Path) and not place.exists() and glob.has_magic(str(place)):
        return [
            Path(found)
            for found in sorted(glob.glob(str(place), recursive=True))[:_MOST_FILES]  # noqa: PTH207
        ]
    return [place]


def file_read(
    session: Session, place: Place, *, format: str | None, table: str | None = None, **facts: Any
) -> str:
    """Record what was read at a place, and return its artifact id.

    What is not on this machine is known by its address only.
    """
    if isinstance(place, Path):
        settle_write(session, str(place))
        return session.file(place, "read", format=format, **_told(table=table), **facts)
    return referenced(session, place, "read", format=format)


def name_in(url: str) -> str:
    """Return the last part of a URL's path, or its host.

    >>> name_in("https://[REDACTED:url-userinfo]@example.org/raw/data.csv?v=2")
    'data.csv'
    """
    return re.split(r"[?#]", url)[0].rstrip("/").rpartition("/")[2] or url


def referenced(
    session: Session,
    uri: str,
    mode: Literal["read", "write"],
    *,
    label: str | None = None,
    format: str | None = None,
    version: str | None = None,
) -> str:
    """Record data that was not read itself by its address, and return its artifact id.

    The address is redacted first. Its digest covers the address and the source's own `version`
    (an ETag, a snapshot), where there is one.
    """
    clean = canonical(redaction.url(uri).value)
    named = clean if version is None else f"{clean}\n{version}"
    artifact = session.artifact(
        "data",
        of_bytes(named.encode()),
        label=label or name_in(clean),
        format=format,
        by_reference=True,
        attrs={} if version is None else {"version": version},
    )
    session.emit(LocationSeen(artifact=artifact, uri=clean, mode=mode, run=session.here))
    return artifact


def remember_read(session: Session, artifact: str) -> None:
    """Remember content that the run has read from elsewhere than a file.

    Writing the same bytes is then a copy, and what comes from nowhere else may come from it.
    """
    session.files.read.setdefault(artifact)


def data_read(
    call: Call,
    source: object,
    result: object,
    name: str,
    *,
    format: str,
    params: Mapping[str, Any] | None = None,
    whole: bool = True,
    rows: Relation = SAME,
) -> None:
    """Record that `call` has read data: a step `ingest` from file to frame.

    `result` may be one object or a dict, list or tuple of them. `whole` says that the frame is
    all that the file holds; `rows` which of its rows were read.
    """
    session = call.session
    results = _several(result)
    found = [tables.fingerprint(one) for one in results]
    table = found[0].digest if whole and len(found) == 1 and found[0] is not None else None
    used = []
    known = _known_elsewhere(session, source)
    places = places_of(source) if known is None else []
    for place in places:
        if isinstance(place, Path):
            call.claim(str(place))
            _claim_below(call, place)
        artifact = file_read(session, place, format=format, table=table, kind="data")
        used.append(Link(artifact=artifact, role="input"))
    if known is not None:
        used.append(Link(artifact=known.artifact or "", role="input"))
    elif not places:
        used += _in_memory(session, source)
    # A frame that goes on to another operation without a name is called like its file.
    label = call.target() or (Path(places[0]).name.partition(".")[0] if places else None)
    made = [
        new_data(session, one, found=seen, label=label) if seen is not None else None
        for one, seen in zip(results, found, strict=True)
    ]
    session.step(
        "ingest",
        name,
        started=call.started,
        used=used,
        generated=[Link(artifact=one.artifact) for one in made if one and one.artifact],
        params=dict(params or {}),
        site=call.site,
        flows=_read_flows(session, used, made, results, rows) if len(used) == 1 else [],
    )
    files = [Origin(artifact=link.artifact, label=label) for link in used]
    for one, data in zip(results, made, strict=True):
        if data is None and files:
            several = Origin(parents=tuple(files), label=label)
            session.tracker.bind(one, files[0] if len(files) == 1 else several)


def _known_elsewhere(session: Session, file: object) -> Origin | None:
    """Return what an open file of another place than this machine's disks is known to be."""
    origin = session.tracker.get(file) if hasattr(file, "close") else None
    return origin if origin is not None and origin.artifact is not None else None


def _in_memory(session: Session, source: Any) -> list[Link]:
    """Return the link to what the run has read, when `source` is a buffer of the same bytes."""
    value = source.getvalue() if isinstance(source, io.BytesIO | io.StringIO) else source
    data = value.encode() if isinstance(value, str) else value
    if not isinstance(data, bytes) or len(data) > _LARGEST_BUFFER:
        return []
    digest = of_bytes(data)
    return [Link(artifact=digest, role="input")] if session.files.was_read(digest) else []


def _read_flows(
    session: Session,
    used: list[Link],
    made: list[Origin | None],
    results: list[object],
    rows: Relation,
) -> list[Flow]:
    """Return how rows and columns of one file went into what was read of it."""
    return [
        passed_on(
            session,
            one.artifact or "",
            used[0].artifact,
            rows=len(thing),
            names=one.columns.names if one.columns is not None else (),
            labels=one.columns.levels if one.columns is not None else (),
            relation=rows if len(made) == 1 else None,
        )
        for one, thing in zip(made, results, strict=True)
        if one is not None and hasattr(thing, "__len__")
    ]


def _several(result: object) -> list[object]:
    if isinstance(result, dict):
        return list(result.values())
    return list(result) if isinstance(result, list | tuple) else [result]


def _claim_below(call: Call, folder: Path) -> None:
    inside = str(folder) + os.sep
    call.opened[:] = [entry for entry in call.opened if not entry[0].startswith(inside)]


def data_written(
    call: Call,
    things: Iterable[object],
    target: object,
    name: str,
    *,
    format: str,
    params: Mapping[str, Any] | None = None,
    earlier: str | None = None,
    appended: bool = False,
    kind: ArtifactKind = "data",
    keys: Sequence[str] = (),
    rows: int = -1,
) -> None:
    """Record that `call` has written data: a step `transform` from what the data came of.

    The data in memory gets no artifact of its own: what was done to it since the last recorded
    point is told by the step. A file that somebody else has opened, or that is `appended` to,
    is looked at when it is complete. `earlier` is the artifact of what was in it before; `keys`
    are the names of the things in an archive, `rows` the number of rows that a library wrote
    itself, where that was seen.
    """
    session = call.session
    elsewhere = _known_elsewhere(session, target)
    place = place_of(target) if elsewhere is None else elsewhere.label or ""
    if place is None:
        return
    writing = _Writing(call, name, format, dict(params or {}), kind)
    if earlier is not None:
        writing.pasts.append(Ancestry(way=Origin(parents=(Origin(artifact=earlier),))))
    writing.keys = keys
    writing.rows = rows
    writing.add(things)
    if elsewhere is not None:
        session.unfinished.pop(id(target), None)
        writing.step(elsewhere.artifact or "", place)
        return
    if not isinstance(place, Path):
        writing.step(referenced(session, place, "write", format=format), place)
        return
    named = hasattr(target, "__fspath__") or isinstance(target, str | bytes)
    if named:
        call.claim(str(place))
        _claim_below(call, place)
    if named and not appended:
        session.files.pending.pop(str(place), None)
        session.files.settlers.pop(str(place), None)
        writing(str(place))
        return
    waiting = session.files.settlers.setdefault(str(place), [])
    last = waiting[-1] if waiting else None
    if isinstance(last, _Writing) and last.name == name:
        last.pasts += writing.pasts
    else:
        waiting.append(writing)


def open_file(session: Session, path: Path, record: Callable[[str], None]) -> None:
    """Let `record` look at a file that is open for writing, when it is complete."""
    session.files.settlers.setdefault(str(path), []).append(record)


class _Writing:
    """A file that is being written by observed calls; called with its path when complete."""

    def __init__(
        self, call: Call, name: str, format: str, params: dict[str, Any], kind: ArtifactKind
    ) -> None:
        self.session = call.session
        self.kind: ArtifactKind = kind
        self.run = call.session.here
        self.name = name
        self.format = format
        self.params = params
        self.started = call.started
        self.site = call.site
        self.pasts: list[Ancestry] = []
        self.tables: list[tables.Fingerprint] = []
        self.keys: Sequence[str] = ()
        self.rows = -1  # as many as no table has

    def add(self, things: Iterable[object]) -> None:
        """Note the present content and past of what is written."""
        for thing in things:
            found = tables.fingerprint(thing)
            past = (
                ancestry(self.session, thing, found)
                if found is not None
                else lineage(self.session, thing) or gathered(self.session, thing)
            )
            self.pasts += [past] if past is not None else []
            self.tables += [found] if found is not None else []

    def __call__(self, path: str) -> None:
        """Record the file and the step that made it, unless it is a copy of what was read."""
        whole = self.tables[0] if len(self.pasts) == len(self.tables) == 1 else None
        facts = {} if whole is None else _told(table=whole.digest, rows=whole.rows)
        with belonging_to(self.run):
            artifact = self.session.file(path, "write", kind=self.kind, format=self.format, **facts)
            if not self.session.files.was_read(artifact):
                self.step(artifact, path)

    def step(self, artifact: str, place: Place) -> None:
        """Record the step."""
        used = {link.artifact: link for past in self.pasts for link in past.links}
        used.pop(artifact, None)
        operations = list(dict.fromkeys(word for past in self.pasts for word in past.operations))
        unseen = any(past.gap for past in self.pasts) or not self.pasts
        if unseen:
            why = "its sources are inferred" if used else "its values were made in the program"
            self.session.gap(f"How {Path(place).name} was made was not seen: {why}.", artifact)
        self.session.step(
            "transform",
            self.name,
            started=self.started,
            used=list(used.values()),
            generated=[Link(artifact=artifact)],
            params=self.params,
            site=self.site,
            operations=operations_of(
                self.session, self.pasts[0].way.operations if self.pasts else ()
            ),
            flows=self._flows(artifact),
            attrs={"operations": operations} if operations and not unseen else {},
        )

    def _flows(self, artifact: str) -> list[Flow]:
        if len(self.pasts) != len(self.tables):
            return self._unlooked_at(artifact)
        if self.keys and len(self.keys) == len(self.pasts):
            ways = {key: past.way for key, past in zip(self.keys, self.pasts, strict=True)}
            lengths = {key: one.rows for key, one in zip(self.keys, self.tables, strict=True)}
            way, rows, names = archived(ways, lengths), rows_in(lengths), list(self.keys)
        elif len(self.pasts) == 1:
            way, rows = self.pasts[0].way, self.tables[0].rows
            names = column_names(self.tables[0])
        else:
            return []
        return [flow_of(self.session, artifact, way, way.parents, rows=rows, names=names)]

    def _unlooked_at(self, artifact: str) -> list[Flow]:
        """Return the flow of rows that a library wrote itself, where their columns are known."""
        way = self.pasts[0].way if len(self.pasts) == 1 and not self.tables else None
        if way is None or way.columns is None:
            return []
        return [flow_of(self.session, artifact, way, way.parents, rows=self.rows)]


@contextmanager
def belonging_to(run: str) -> Iterator[None]:
    """Let what is recorded inside belong to a run, whichever is going on now."""
    token = current_run.set(run)
    try:
        yield
    finally:
        current_run.reset(token)


def _told(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}
