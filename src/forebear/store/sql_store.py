"""The store on SQL: the port of the store, put together from the modules beside this one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from forebear.core import clock
from forebear.core.entities import ArtifactKind, Edge, Node
from forebear.core.errors import InvalidInput, NoStore, StoreUnwritable
from forebear.core.events import AnyEvent
from forebear.core.ports import Direction, Expectation, Store
from forebear.core.refs import NameKind
from forebear.core.rows import (
    AliasRow,
    Appended,
    Closure,
    Common,
    Fault,
    GapRow,
    Head,
    LocationRow,
    MetricRow,
    NameRow,
    Refusal,
    ReproductionRow,
    RunRow,
    StoredEvent,
    VersionRow,
)
from forebear.store import (
    BLOBS,
    IDENTITIES,
    LEDGER,
    TREE,
    facts,
    graph,
    ledger,
    registry,
    runs,
)
from forebear.store.blobs import FileBlobs
from forebear.store.closure import Closures, folder_for
from forebear.store.committer import Committer
from forebear.store.database import Database
from forebear.store.flows import FlowTables
from forebear.store.identities import FileIdentities
from forebear.store.phrases import PhraseTable
from forebear.store.reading import Reader
from forebear.store.recursion import Passing, numbers_of
from forebear.store.revision import REVISION, revision_of
from forebear.store.statements import StatementTable
from forebear.store.tree import RememberedTree
from forebear.store.words import ALL

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["SqlStore"]


class SqlStore(Store):
    """A store in SQLite or PostgreSQL; implements `forebear.core.ports.Store`.

    May be used from several threads, and in children after a fork. Questions are SQL in text
    (`reading`); what writes, and looks at whole tables, is SQLAlchemy's and imported when that
    is asked for.
    """

    def __init__(self, database: Database, blobs: FileBlobs) -> None:
        self._database = database
        self._blobs = blobs
        self._committer = Committer(self._write)
        self._identities = FileIdentities(blobs.root.with_name(IDENTITIES))
        self._tree = RememberedTree(blobs.root.with_name(TREE), self.leaf_hashes)
        self._closures = Closures(folder_for(database.place, blobs.root.parent))
        self._flows = FlowTables(database, blobs, self._identities.reveal)
        self._statements = StatementTable(database)
        self._phrases = PhraseTable(database)

    @classmethod
    def open(
        cls, location: str | Path, *, create: bool = False, blobs: str | Path | None = None
    ) -> SqlStore:
        """Open a store; see `forebear.store.open_store`."""
        if isinstance(location, str) and location.startswith(("postgresql:", "postgres:")):
            if blobs is None:
                raise InvalidInput("A store in PostgreSQL needs a folder for the bytes it keeps.")
            database = Database("postgresql:" + location.partition(":")[2])
            folder = Path(blobs)
        elif isinstance(location, str) and "://" in location:
            raise InvalidInput(
                "A store is a folder or a PostgreSQL database.",
                hint="Write a path, or postgresql://user@host/database.",
            )
        else:
            path = Path(location) / LEDGER
            if create:
                _make_folder(path.parent)
            elif not path.exists():
                raise NoStore(
                    f"There is no store at {location}.", hint="`forebear init` makes one."
                )
            database, folder = Database(path), Path(blobs or path.with_name(BLOBS))
        store = cls(database, FileBlobs(folder))
        try:
            store._prepare(create=create)
        except BaseException:
            database.close()
            raise
        if create:
            store.blobs.sweep()
        return store

    def _prepare(self, *, create: bool) -> None:
        with self._database.reading() as reader:
            if revision_of(reader) == REVISION:
                return
        from forebear.store import migrations

        migrations.prepare(self._database, create=create, rebuild=self._rebuild)

    def __enter__(self) -> SqlStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def blobs(self) -> FileBlobs:
        """The content store that belongs to this ledger."""
        return self._blobs

    @property
    def identities(self) -> FileIdentities:
        """The names that belong to this ledger."""
        return self._identities

    @property
    def tree(self) -> RememberedTree:
        """The Merkle tree over all events."""
        return self._tree

    @property
    def flows(self) -> FlowTables:
        """How data went into data."""
        return self._flows

    @property
    def statements(self) -> StatementTable:
        """What is said of things beside the graph."""
        return self._statements

    @property
    def phrases(self) -> PhraseTable:
        """Texts to be searched."""
        return self._phrases

    def append(self, events: Iterable[AnyEvent], *, expect: Expectation | None = None) -> Appended:
        """Write events in order, all or none, durable when this returns.

        Personal data gives way to commitments first. Callers in several threads share one
        transaction. With `expect` the events are written only if that holds at the moment of
        writing.
        """
        return self._append(ledger.encoded(events, self._identities.conceal), expect)

    def append_encoded(self, bodies: Iterable[bytes]) -> Appended:
        """Write events that are already in their canonical bytes."""
        return self._append(ledger.decoded(bodies))

    def _append(
        self, incoming: list[ledger.Incoming], expect: Expectation | None = None
    ) -> Appended:
        if not incoming:
            return Appended(accepted=0, duplicates=0, head=self.head())
        return self._committer.commit(ledger.Call(incoming, expect))

    def _write(self, calls: Sequence[ledger.Call]) -> list[ledger.Outcome]:
        from forebear.store import appending

        with self._database.writing() as connection:
            return appending.append(connection, calls, self._identities.reveal)

    def refusals(self) -> list[Refusal]:
        """Events that were refused because their id was taken, oldest first."""
        with self._database.reading() as reader:
            return ledger.refusals(reader)

    def events(self, after: int = 0) -> Iterator[StoredEvent]:
        """All events with `seq` greater than `after`, in order."""
        while True:
            with self._database.reading() as reader:
                page = ledger.page(reader, after)
            if not page:
                return
            yield from page
            after = page[-1].seq

    def head(self) -> Head:
        """How far the ledger reaches now."""
        with self._database.reading() as reader:
            return ledger.read_head(reader)

    def leaf_hashes(self, start: int, stop: int) -> list[bytes]:
        """The leaf hashes of the events with start < seq <= stop, in order."""
        with self._database.reading() as reader:
            return ledger.leaf_hashes(reader, start, stop)

    def recorded_by(self, id: str) -> list[int]:
        """The seqs of the events that tell of this artifact or run itself, in order."""
        with self._database.reading() as reader:
            return facts.recorded_by(reader, id)

    def seq_at(self, moment: datetime) -> int:
        """The last `seq` recorded at or before `moment` (0 when there was none)."""
        with self._database.reading() as reader:
            return ledger.seq_at(reader, clock.micros(moment))

    def node(self, id: str, seq: int | None = None) -> Node | None:
        """The artifact or run with exactly this id.

        Something that is spoken of and not recorded yet has the kind `unknown` (an artifact)
        or `run` without a status.
        """
        return self.nodes([id], seq).get(id)

    def nodes(self, ids: Sequence[str], seq: int | None = None) -> dict[str, Node]:
        """Many nodes at once; unknown ids are left out."""
        with self._at(seq) as (reader, bound):
            return graph.nodes(reader, ids, bound)

    def find_artifacts(self, digest: str, seq: int | None = None) -> list[Node]:
        """Artifacts whose content, table or weights digest is `digest` or begins with it."""
        with self._at(seq) as (reader, bound):
            return graph.find_artifacts(reader, digest, bound)

    def find_runs(self, prefix: str, seq: int | None = None) -> list[RunRow]:
        """Runs whose id begins with `prefix` (at most 20)."""
        with self._at(seq) as (reader, bound):
            return runs.find(reader, prefix, bound)

    def find_location(self, uri: str, seq: int | None = None) -> list[Node]:
        """Artifacts seen at this place, the one seen last first."""
        with self._at(seq) as (reader, bound):
            return graph.find_location(reader, uri, bound)

    def run(self, id: str, seq: int | None = None) -> RunRow | None:
        """One run."""
        with self._at(seq) as (reader, bound):
            return runs.one(reader, id, bound)

    def runs(
        self,
        *,
        roots_only: bool = True,
        parent: str | None = None,
        before: str | None = None,
        limit: int = 50,
        seq: int | None = None,
    ) -> list[RunRow]:
        """Runs, newest first; `before` is the id of the last run of the page before.

        With `parent`, the steps of that run in the order in which they happened.
        """
        with self._at(seq) as (reader, bound):
            return runs.listing(
                reader,
                roots_only=roots_only,
                parent=parent,
                before=before,
                limit=limit,
                bound=bound,
            )

    def unfinished(self) -> list[RunRow]:
        """Root runs without an end, oldest first."""
        with self._database.reading() as reader:
            return runs.unfinished(reader)

    def edges(
        self,
        ids: Sequence[str],
        direction: Direction,
        *,
        evidence: int = 1,
        seq: int | None = None,
    ) -> list[Edge]:
        """Edges that arrive at (`up`) or leave (`down`) any of `ids`."""
        with self._at(seq) as (reader, bound):
            return graph.edges(reader, ids, direction, evidence, bound)

    def run_edges(self, run: str, seq: int | None = None) -> list[Edge]:
        """Edges of a run and all its steps, with the derivations that they declared."""
        with self._at(seq) as (reader, bound):
            return graph.run_edges(reader, run, bound)

    def closure(
        self,
        ids: Sequence[str],
        direction: Direction,
        *,
        kinds: Sequence[str] | None = None,
        evidence: int = 1,
        seq: int | None = None,
        depth: int | None = None,
        limit: int | None = None,
    ) -> Closure:
        """All that lies above (`up`) or below (`down`) any of `ids`, each with its distance."""
        with self._at(seq) as (reader, bound):
            passing = Passing(evidence, bound)
            return self._closures.closure(
                reader, ids, direction, passing, kinds=kinds, depth=depth, limit=limit
            )

    def reached(
        self,
        ids: Sequence[str],
        direction: Direction,
        among: Sequence[str],
        *,
        evidence: int = 1,
        seq: int | None = None,
    ) -> dict[str, int]:
        """Those `among` many nodes that lie above or below any of `ids`, with their distance."""
        with self._at(seq) as (reader, bound):
            passing = Passing(evidence, bound)
            return self._closures.reached(reader, ids, direction, among, passing)

    def is_ancestor(self, a: str, b: str, *, evidence: int = 1, seq: int | None = None) -> bool:
        """Tell whether `a` leads to `b`, which is another node."""
        with self._at(seq) as (reader, bound):
            return self._closures.is_ancestor(reader, a, b, Passing(evidence, bound))

    def shortest_path(
        self,
        starts: Sequence[str],
        ends: Sequence[str],
        *,
        evidence: int = 1,
        seq: int | None = None,
    ) -> list[str]:
        """The nodes of a shortest way from any of `starts` to any of `ends`, if there is one."""
        with self._at(seq) as (reader, bound):
            return self._closures.way(reader, starts, ends, Passing(evidence, bound))

    def ways(
        self,
        starts: Sequence[str],
        goals: Sequence[str],
        direction: Direction,
        *,
        without: Sequence[str] = (),
        evidence: int = 1,
        seq: int | None = None,
    ) -> dict[str, list[str]]:
        """For each of `goals` that is reached, the nodes of a shortest way, the cause first."""
        with self._at(seq) as (reader, bound):
            passing = Passing(evidence, bound)
            return self._closures.ways(reader, starts, goals, direction, passing, without=without)

    def between(
        self,
        starts: Sequence[str],
        ends: Sequence[str],
        *,
        evidence: int = 1,
        seq: int | None = None,
        limit: int | None = None,
    ) -> Closure:
        """All that lies on any way from `starts` to `ends`, these included."""
        with self._at(seq) as (reader, bound):
            passing = Passing(evidence, bound)
            return self._closures.between(reader, starts, ends, passing, limit=limit)

    def common_ancestors(
        self,
        groups: Sequence[Sequence[str]],
        *,
        kinds: Sequence[str] | None = None,
        evidence: int = 1,
        seq: int | None = None,
        limit: int | None = None,
    ) -> Common:
        """What each of `groups` has among its nodes and their ancestors."""
        with self._at(seq) as (reader, bound):
            passing = Passing(evidence, bound)
            return self._closures.common(reader, groups, passing, kinds=kinds, limit=limit)

    def live_deployments(
        self, ids: Sequence[str], *, evidence: int = 1, seq: int | None = None
    ) -> list[RunRow]:
        """Outermost runs of the kind `serve` without an end that any of `ids` reaches."""
        with self._at(seq) as (reader, bound):
            return self._closures.live_deployments(reader, ids, Passing(evidence, bound))

    def deployments(self, *, ended: bool = False, seq: int | None = None) -> list[RunRow]:
        """All runs of the kind `serve` without an end, oldest first; with `ended` those too."""
        with self._at(seq) as (reader, bound):
            return runs.serving(reader, bound, ended=ended)

    def artifacts(self, kind: ArtifactKind, seq: int | None = None) -> list[str]:
        """The ids of all artifacts that were said to be of this kind, oldest first."""
        with self._at(seq) as (reader, bound):
            return graph.artifacts(reader, kind, bound)

    def names(self, kind: NameKind, seq: int | None = None) -> list[NameRow]:
        """Registered names, most recently changed first."""
        with self._at(seq) as (reader, bound):
            return registry.names(reader, kind, bound)

    def newest(self, kind: NameKind, seq: int | None = None) -> dict[str, str]:
        """For each name of a kind the artifact of its newest version."""
        with self._at(seq) as (reader, bound):
            return registry.newest(reader, kind, bound)

    def versions(self, kind: NameKind, name: str, seq: int | None = None) -> list[VersionRow]:
        """Versions of a name, newest first, each with the aliases that point to it."""
        with self._at(seq) as (reader, bound):
            return registry.versions(reader, kind, name, bound)

    def versions_of(
        self, artifacts: Sequence[str], seq: int | None = None
    ) -> dict[str, list[VersionRow]]:
        """For each artifact the versions that it is, newest first.

        An artifact that was named when its content was a version already is that version,
        whose own `artifact` is then another one.
        """
        with self._at(seq) as (reader, bound):
            ids = numbers_of(reader, artifacts)
            found = registry.versions_of(reader, list(ids.values()), bound)
            return {key: found[id] for key, id in ids.items() if id in found}

    def named(self, kind: NameKind, seq: int | None = None) -> list[str]:
        """The ids of all artifacts that are a version of some name, oldest first."""
        with self._at(seq) as (reader, bound):
            return registry.named(reader, kind, bound)

    def alias(
        self, kind: NameKind, name: str, alias: str, seq: int | None = None
    ) -> AliasRow | None:
        """Where an alias points; None when it never did or was taken away."""
        with self._at(seq) as (reader, bound):
            return registry.alias_at(reader, kind, name, alias, bound)

    def alias_history(self, kind: NameKind, name: str, seq: int | None = None) -> list[AliasRow]:
        """Every move of every alias of a name, newest first."""
        with self._at(seq) as (reader, bound):
            return registry.history(reader, kind, name, bound)

    def metrics(
        self,
        *,
        runs: Sequence[str] = (),
        models: Sequence[str] = (),
        seq: int | None = None,
        points: bool = False,
    ) -> list[MetricRow]:
        """Figures of the given runs or about the given models, oldest first.

        A figure with very many points is one row, unless all `points` are asked for: then one
        row each, which needs the content store.
        """
        with self._at(seq) as (reader, bound):
            if points:
                return facts.points(reader, runs, models, bound, self._blobs.get)
            return facts.metrics(reader, runs, models, bound)

    def locations(
        self, artifacts: Sequence[str], seq: int | None = None, *, run: str | None = None
    ) -> list[LocationRow]:
        """Where artifacts were seen, newest first, one row a place.

        With `run`, only what that outermost run and its parts saw, one row a place and mode.
        """
        with self._at(seq) as (reader, bound):
            return facts.locations(reader, artifacts, run, bound)

    def gaps(self, runs: Sequence[str], seq: int | None = None) -> list[GapRow]:
        """What was not seen in the given runs and all steps below them."""
        with self._at(seq) as (reader, bound):
            return facts.gaps(reader, runs, bound)

    def reproductions(
        self, artifacts: Sequence[str], seq: int | None = None
    ) -> list[ReproductionRow]:
        """Verdicts about artifacts, newest first."""
        with self._at(seq) as (reader, bound):
            return facts.reproductions(reader, artifacts, bound)

    def verify(self) -> Iterator[Fault]:
        """Check every event, the root over them, every projection and every kept blob."""
        from forebear.store import verification

        return verification.faults(self._database, self._blobs, self._identities.reveal)

    def rebuild(self) -> None:
        """Make all projections again from the events."""
        with self._database.writing() as connection:
            self._rebuild(connection)

    def _rebuild(self, connection: Connection) -> None:
        from forebear.store import projections
        from forebear.store.engine import over

        self._closures.forget()
        projections.clear(connection)
        for batch in ledger.batches(over(connection), self._identities.reveal):
            projections.project(connection, batch)

    def erase_identity(self, commitments: Sequence[str]) -> None:
        """Erase the values behind commitments, here and in all projections; events stay.

        Nothing of them is left in free pages of the database either. After a crash it can be
        done again.
        """
        with self._database.writing() as connection:
            self._identities.hide(commitments)
            self._rebuild(connection)
        self._database.scrub()
        self._identities.erase(commitments)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    @contextmanager
    def _at(self, seq: int | None) -> Iterator[tuple[Reader, int]]:
        with self._database.reading() as reader:
            yield reader, ALL if seq is None else seq


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnwritable(
            f"No store can be made at {folder}: {error.strerror or error}."
        ) from error
