"""The store on SQL: the port of the store, put together from the modules beside this one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection

from forebear.core import clock
from forebear.core.entities import ArtifactKind, Edge, Node
from forebear.core.errors import InvalidInput, NoStore, StoreUnwritable
from forebear.core.events import AnyEvent
from forebear.core.ports import (
    AliasRow,
    Appended,
    Closure,
    Common,
    Direction,
    Expectation,
    Fault,
    GapRow,
    Head,
    LocationRow,
    MetricRow,
    NameRow,
    Refusal,
    ReproductionRow,
    RunRow,
    Store,
    StoredEvent,
    VersionRow,
)
from forebear.core.refs import NameKind
from forebear.store import (
    BLOBS,
    IDENTITIES,
    LEDGER,
    TREE,
    facts,
    graph,
    ledger,
    migrations,
    projections,
    registry,
    runs,
    verification,
)
from forebear.store.blobs import FileBlobs
from forebear.store.closure import Closures, folder_for
from forebear.store.committer import Committer
from forebear.store.engine import Database
from forebear.store.flows import FlowTables
from forebear.store.identities import FileIdentities
from forebear.store.recursion import Passing
from forebear.store.schema import ALL
from forebear.store.statements import StatementTable
from forebear.store.tree import RememberedTree

__all__ = ["SqlStore"]


class SqlStore(Store):
    """A store in SQLite or PostgreSQL; implements `forebear.core.ports.Store`.

    May be used from several threads, and in children after a fork.
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
            migrations.prepare(database, create=create, rebuild=store._rebuild)
        except BaseException:
            database.close()
            raise
        if create:
            store.blobs.sweep()
        return store

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
        with self._database.writing() as connection:
            return ledger.append(connection, calls, self._identities.reveal)

    def refusals(self) -> list[Refusal]:
        """Events that were refused because their id was taken, oldest first."""
        with self._database.reading() as connection:
            return ledger.refusals(connection)

    def events(self, after: int = 0) -> Iterator[StoredEvent]:
        """All events with `seq` greater than `after`, in order."""
        while True:
            with self._database.reading() as connection:
                page = ledger.page(connection, after)
            if not page:
                return
            yield from page
            after = page[-1].seq

    def head(self) -> Head:
        """How far the ledger reaches now."""
        with self._database.reading() as connection:
            return ledger.read_head(connection)

    def leaf_hashes(self, start: int, stop: int) -> list[bytes]:
        """The leaf hashes of the events with start < seq <= stop, in order."""
        with self._database.reading() as connection:
            return ledger.leaf_hashes(connection, start, stop)

    def recorded_by(self, id: str) -> list[int]:
        """The seqs of the events that tell of this artifact or run itself, in order."""
        with self._database.reading() as connection:
            return facts.recorded_by(connection, id)

    def seq_at(self, moment: datetime) -> int:
        """The last `seq` recorded at or before `moment` (0 when there was none)."""
        with self._database.reading() as connection:
            return ledger.seq_at(connection, clock.micros(moment))

    def node(self, id: str, seq: int | None = None) -> Node | None:
        """The artifact or run with exactly this id.

        Something that is spoken of and not recorded yet has the kind `unknown` (an artifact)
        or `run` without a status.
        """
        return self.nodes([id], seq).get(id)

    def nodes(self, ids: Sequence[str], seq: int | None = None) -> dict[str, Node]:
        """Many nodes at once; unknown ids are left out."""
        with self._at(seq) as (connection, bound):
            return graph.nodes(connection, ids, bound)

    def find_artifacts(self, digest: str, seq: int | None = None) -> list[Node]:
        """Artifacts whose content, table or weights digest is `digest` or begins with it."""
        with self._at(seq) as (connection, bound):
            return graph.find_artifacts(connection, digest, bound)

    def find_runs(self, prefix: str, seq: int | None = None) -> list[RunRow]:
        """Runs whose id begins with `prefix` (at most 20)."""
        with self._at(seq) as (connection, bound):
            return runs.find(connection, prefix, bound)

    def find_location(self, uri: str, seq: int | None = None) -> list[Node]:
        """Artifacts seen at this place, the one seen last first."""
        with self._at(seq) as (connection, bound):
            return graph.find_location(connection, uri, bound)

    def run(self, id: str, seq: int | None = None) -> RunRow | None:
        """One run."""
        with self._at(seq) as (connection, bound):
            return runs.one(connection, id, bound)

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
        with self._at(seq) as (connection, bound):
            return runs.listing(
                connection,
                roots_only=roots_only,
                parent=parent,
                before=before,
                limit=limit,
                bound=bound,
            )

    def unfinished(self) -> list[RunRow]:
        """Root runs without an end, oldest first."""
        with self._database.reading() as connection:
            return runs.unfinished(connection)

    def edges(
        self,
        ids: Sequence[str],
        direction: Direction,
        *,
        evidence: int = 1,
        seq: int | None = None,
    ) -> list[Edge]:
        """Edges that arrive at (`up`) or leave (`down`) any of `ids`."""
        with self._at(seq) as (connection, bound):
            return graph.edges(connection, ids, direction, evidence, bound)

    def run_edges(self, run: str, seq: int | None = None) -> list[Edge]:
        """Edges of a run and all its steps, with the derivations that they declared."""
        with self._at(seq) as (connection, bound):
            return graph.run_edges(connection, run, bound)

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
        with self._at(seq) as (connection, bound):
            passing = Passing(evidence, bound)
            return self._closures.closure(
                connection, ids, direction, passing, kinds=kinds, depth=depth, limit=limit
            )

    def is_ancestor(self, a: str, b: str, *, evidence: int = 1, seq: int | None = None) -> bool:
        """Tell whether `a` leads to `b`, which is another node."""
        with self._at(seq) as (connection, bound):
            return self._closures.is_ancestor(connection, a, b, Passing(evidence, bound))

    def shortest_path(
        self,
        starts: Sequence[str],
        ends: Sequence[str],
        *,
        evidence: int = 1,
        seq: int | None = None,
    ) -> list[str]:
        """The nodes of a shortest way from any of `starts` to any of `ends`, if there is one."""
        with self._at(seq) as (connection, bound):
            return self._closures.way(connection, starts, ends, Passing(evidence, bound))

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
        with self._at(seq) as (connection, bound):
            passing = Passing(evidence, bound)
            return self._closures.between(connection, starts, ends, passing, limit=limit)

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
        with self._at(seq) as (connection, bound):
            passing = Passing(evidence, bound)
            return self._closures.common(connection, groups, passing, kinds=kinds, limit=limit)

    def live_deployments(
        self, ids: Sequence[str], *, evidence: int = 1, seq: int | None = None
    ) -> list[RunRow]:
        """Outermost runs of the kind `serve` without an end that any of `ids` reaches."""
        with self._at(seq) as (connection, bound):
            return self._closures.live_deployments(connection, ids, Passing(evidence, bound))

    def deployments(self, *, ended: bool = False, seq: int | None = None) -> list[RunRow]:
        """All runs of the kind `serve` without an end, oldest first; with `ended` those too."""
        with self._at(seq) as (connection, bound):
            return runs.serving(connection, bound, ended=ended)

    def artifacts(self, kind: ArtifactKind, seq: int | None = None) -> list[str]:
        """The ids of all artifacts that were said to be of this kind, oldest first."""
        with self._at(seq) as (connection, bound):
            return graph.artifacts(connection, kind, bound)

    def names(self, kind: NameKind, seq: int | None = None) -> list[NameRow]:
        """Registered names, most recently changed first."""
        with self._at(seq) as (connection, bound):
            return registry.names(connection, kind, bound)

    def versions(self, kind: NameKind, name: str, seq: int | None = None) -> list[VersionRow]:
        """Versions of a name, newest first, each with the aliases that point to it."""
        with self._at(seq) as (connection, bound):
            return registry.versions(connection, kind, name, bound)

    def versions_of(
        self, artifacts: Sequence[str], seq: int | None = None
    ) -> dict[str, list[VersionRow]]:
        """For each artifact the versions that it is, newest first.

        An artifact that was named when its content was a version already is that version,
        whose own `artifact` is then another one.
        """
        with self._at(seq) as (connection, bound):
            ids = graph.ids_of(connection, artifacts)
            found = registry.versions_of(connection, list(ids.values()), bound)
            return {key: found[id] for key, id in ids.items() if id in found}

    def alias(
        self, kind: NameKind, name: str, alias: str, seq: int | None = None
    ) -> AliasRow | None:
        """Where an alias points; None when it never did or was taken away."""
        with self._at(seq) as (connection, bound):
            return registry.alias_at(connection, kind, name, alias, bound)

    def alias_history(self, kind: NameKind, name: str, seq: int | None = None) -> list[AliasRow]:
        """Every move of every alias of a name, newest first."""
        with self._at(seq) as (connection, bound):
            return registry.history(connection, kind, name, bound)

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
        with self._at(seq) as (connection, bound):
            if points:
                return facts.points(connection, runs, models, bound, self._blobs.get)
            return facts.metrics(connection, runs, models, bound)

    def locations(
        self, artifacts: Sequence[str], seq: int | None = None, *, run: str | None = None
    ) -> list[LocationRow]:
        """Where artifacts were seen, newest first, one row a place.

        With `run`, only what that outermost run and its parts saw, one row a place and mode.
        """
        with self._at(seq) as (connection, bound):
            return facts.locations(connection, artifacts, run, bound)

    def gaps(self, runs: Sequence[str], seq: int | None = None) -> list[GapRow]:
        """What was not seen in the given runs and all steps below them."""
        with self._at(seq) as (connection, bound):
            return facts.gaps(connection, runs, bound)

    def reproductions(
        self, artifacts: Sequence[str], seq: int | None = None
    ) -> list[ReproductionRow]:
        """Verdicts about artifacts, newest first."""
        with self._at(seq) as (connection, bound):
            return facts.reproductions(connection, artifacts, bound)

    def verify(self) -> Iterator[Fault]:
        """Check every event, the root over them, every projection and every kept blob."""
        return verification.faults(self._database, self._blobs, self._identities.reveal)

    def rebuild(self) -> None:
        """Make all projections again from the events."""
        with self._database.writing() as connection:
            self._rebuild(connection)

    def _rebuild(self, connection: Connection) -> None:
        self._closures.forget()
        projections.clear(connection)
        for batch in ledger.batches(connection, self._identities.reveal):
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
    def _at(self, seq: int | None) -> Iterator[tuple[Connection, int]]:
        with self._database.reading() as connection:
            yield connection, ALL if seq is None else seq


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnwritable(
            f"No store can be made at {folder}: {error.strerror or error}."
        ) from error
