"""The parts of a store as somebody sees them: statements, flows, texts and kept bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from forebear.core.access import DEFAULT
from forebear.core.blobs import Blobs
from forebear.core.errors import NotFound
from forebear.core.events import StepRecorded
from forebear.core.flows import Flows, Membership, Passage
from forebear.core.intakes import kept_key
from forebear.core.ports import Store
from forebear.core.search import Phrase, Phrases
from forebear.core.statements import StatementRow, Statements
from forebear.server.scoped.sight import Sight

__all__ = ["ScopedBlobs", "ScopedFlows", "ScopedPhrases", "ScopedStatements"]

_MOST = 10_000


class ScopedStatements(Statements):
    """What is said in workspaces that are seen."""

    def __init__(self, inner: Statements, sight: Sight) -> None:
        self._inner, self._sight = inner, sight

    def latest(
        self,
        topics: Sequence[str],
        about: Sequence[str] | None = None,
        *,
        key: str | None = None,
        seq: int | None = None,
    ) -> list[StatementRow]:
        """What holds now by what is seen, without what was taken back."""
        # What somebody else said last must not hide what was said here before.
        last: dict[tuple[str, str, str], StatementRow] = {}
        for row in self.history(topics, about, key=key, seq=seq):
            last.setdefault((row.topic, row.about, row.key), row)
        return sorted((row for row in last.values() if row.value is not None), key=_seq)

    def history(
        self,
        topics: Sequence[str],
        about: Sequence[str] | None = None,
        *,
        key: str | None = None,
        seq: int | None = None,
        limit: int | None = None,
    ) -> list[StatementRow]:
        """All that was said and is seen, newest first."""
        rows = self._inner.history(topics, about, key=key, seq=seq)
        return [row for row in rows if self._sight.event(row.seq)][:limit]


class ScopedFlows(Flows):
    """How data went into data, between artifacts that are seen."""

    def __init__(self, inner: Flows, sight: Sight) -> None:
        self._inner, self._sight = inner, sight

    def passages(
        self, artifacts: Sequence[str], direction: Literal["up", "down"], seq: int | None = None
    ) -> list[Passage]:
        """What arrives at or leaves any of these."""
        starts = self._sight.things(artifacts)
        found = self._inner.passages([id for id in artifacts if id in starts], direction, seq)
        ends = {end for one in found for end in (one.source, one.target)}
        seen = self._sight.things(ends)
        self._sight.withhold(ends - seen)
        return [one for one in found if one.source in seen and one.target in seen]

    def later(self, after: int) -> list[str]:
        """Artifacts into which something went that was recorded after this."""
        found = self._inner.later(after)
        seen = self._sight.things(found)
        return [id for id in found if id in seen]

    def map_bytes(self, passage: Passage) -> bytes | None:
        """The row map of a passage, which who asks has been shown."""
        return self._inner.map_bytes(passage)

    def membership(self, source: str) -> Membership:
        """None is shared: it would tell of artifacts that are not seen."""
        return _NoMembership()

    def aggregating(self, seq: int | None = None) -> list[str]:
        """The steps that made nothing but figures over many rows."""
        found = self._inner.aggregating(seq)
        seen = self._sight.things(found)
        return [id for id in found if id in seen]

    def steps(self, runs: Sequence[str], seq: int | None = None) -> dict[str, StepRecorded]:
        """What was recorded of these steps."""
        seen = self._sight.things(runs)
        return self._inner.steps([id for id in runs if id in seen], seq)


class _NoMembership(Membership):
    """An index that knows nothing and learns nothing: then the maps themselves are read."""

    covered = 0
    size = 0

    def add(self, holders: object, seq: int) -> None:
        """Nothing is kept."""

    def artifacts(self) -> list[list[str]]:
        """There are none."""
        return []

    def counts(self, rows: object) -> None:
        """The index is of no use: whoever asks goes the long way."""
        return

    def forget(self) -> None:
        """There is nothing to forget."""


class ScopedPhrases(Phrases):
    """Texts about things that are seen."""

    def __init__(self, inner: Phrases, sight: Sight) -> None:
        self._inner, self._sight = inner, sight

    def count(self, word: str, seq: int | None = None, *, most: int) -> int:
        """How many texts have a word that begins with this one."""
        return min(most, len(self.having(word, seq, limit=most)))

    def having(self, word: str, seq: int | None = None, *, limit: int) -> list[Phrase]:
        """Texts with a word that begins with this one."""
        found = self._inner.having(word, seq, limit=_MOST)
        return [one for one in found if self._sight.event(one.seq)][:limit]

    def about(self, things: Sequence[str], seq: int | None = None) -> list[Phrase]:
        """All texts about these things."""
        return [one for one in self._inner.about(things, seq) if self._sight.event(one.seq)]

    def names(self, contents: Sequence[str], seq: int | None = None) -> dict[str, list[str]]:
        """For each id or digest the names of which a version has that content."""
        found = self._inner.names(contents, seq)
        seen = self._sight.things(name for names in found.values() for name in names)
        kept = {key: [name for name in names if name in seen] for key, names in found.items()}
        return {key: names for key, names in kept.items() if names}

    def contents(self, names: Sequence[str], seq: int | None = None) -> dict[str, list[str]]:
        """For each name the ids and digests of its versions, and of the tables in them."""
        seen = self._sight.things(names)
        found = self._inner.contents([name for name in names if name in seen], seq)
        things = self._sight.things(key for keys in found.values() for key in keys)
        return {name: [key for key in keys if key in things] for name, keys in found.items()}


class ScopedBlobs(Blobs):
    """Kept bytes that were brought where one sees.

    That one sees what they are of does not open them: whoever knows a digest can tell of an
    artifact that has it. What nobody is remembered to have brought is of the default workspace.
    """

    def __init__(self, store: Store, sight: Sight) -> None:
        self._store, self._inner, self._sight = store, store.blobs, sight

    def has(self, digest: str) -> bool:
        """Tell whether the bytes are kept, and may be had."""
        return self._inner.has(digest) and self._may(digest)

    def get(self, digest: str) -> bytes:
        """Return kept bytes after checking them."""
        return self._inner.get(self._allowed(digest))

    def copy_to(self, digest: str, path: Path) -> None:
        """Write kept bytes to a file."""
        self._inner.copy_to(self._allowed(digest), path)

    def put(self, data: bytes) -> str:
        """Keep bytes."""
        return self._inner.put(data)

    def put_file(self, path: Path, digest: str | None = None) -> str:
        """Keep a copy of a file."""
        return self._inner.put_file(path, digest)

    def checked(self, digest: str) -> Path:
        """Return the file that holds kept bytes."""
        return self._inner.checked(self._allowed(digest))

    def digests(self) -> Iterator[str]:
        """All kept digests that may be had."""
        return (digest for digest in self._inner.digests() if self._may(digest))

    def _allowed(self, digest: str) -> str:
        if not self._may(digest):
            raise NotFound("No bytes with this digest are kept here.")
        return digest

    def _may(self, digest: str) -> bool:
        key = kept_key(digest)
        brought = self._store.intakes.sightings([key]).get(key, {DEFAULT})
        return self._sight.workspaces_seen(brought)


def _seq(row: StatementRow) -> int:
    return row.seq
