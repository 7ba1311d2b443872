"""The store on SQL: the port of the store, put together from the modules beside this one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from forebear.core import clock
from forebear.core.errors import InvalidInput, NoStore, StoreUnwritable
from forebear.core.events import AnyEvent
from forebear.core.expectations import Expectation
from forebear.core.intakes import Intake
from forebear.core.rows import (
    Appended,
    Fault,
    Head,
    Refusal,
    StoredEvent,
)
from forebear.store import (
    BLOBS,
    IDENTITIES,
    LEDGER,
    TREE,
    facts,
    ledger,
)
from forebear.store.accounts import AccountTables
from forebear.store.answers import Answers
from forebear.store.blobs import FileBlobs
from forebear.store.closure import Closures, folder_for
from forebear.store.committer import Committer
from forebear.store.database import Database
from forebear.store.flows import FlowTables
from forebear.store.identities import FileIdentities
from forebear.store.intakes import IntakeTables
from forebear.store.phrases import PhraseTable
from forebear.store.revision import REVISION, revision_of
from forebear.store.statements import StatementTable
from forebear.store.tree import RememberedTree

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["SqlStore"]


class SqlStore(Answers):
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
        self._accounts = AccountTables(database)
        self._intakes = IntakeTables(database)

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
    def accounts(self) -> AccountTables:
        """What a server of this store knows of people."""
        return self._accounts

    @property
    def intakes(self) -> IntakeTables:
        """By whom, and in which workspace, events were taken in."""
        return self._intakes

    @property
    def withheld(self) -> int:
        """Nothing: whoever has the store itself may see all of it."""
        return 0

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

    def append(
        self,
        events: Iterable[AnyEvent],
        *,
        expect: Expectation | None = None,
        intake: Intake | None = None,
    ) -> Appended:
        """Write events in order, all or none, durable when this returns.

        Personal data gives way to commitments first. Callers in several threads share one
        transaction. With `expect` the events are written only if that holds at the moment of
        writing.
        """
        incoming = ledger.encoded(events, self._identities.conceal)
        return self._append(ledger.Call(incoming, expect, intake))

    def append_encoded(self, bodies: Iterable[bytes], *, intake: Intake | None = None) -> Appended:
        """Write events that are already in their canonical bytes."""
        return self._append(ledger.Call(ledger.decoded(bodies), intake=intake))

    def _append(self, call: ledger.Call) -> Appended:
        if not call.incoming:
            return Appended(accepted=0, duplicates=0, head=self.head())
        return self._committer.commit(call)

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
        more = True
        while more:
            with self._database.reading() as reader:
                page = ledger.page(reader, after)
            yield from page
            more = len(page) == ledger.PAGE
            after = page[-1].seq if page else after

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

    def first_recorded(self, ids: Sequence[str]) -> dict[str, datetime]:
        """When each of these was first spoken of; unknown ids are left out."""
        with self._database.reading() as reader:
            return facts.first_recorded(reader, ids)

    def recorded_at(self, seqs: Sequence[int]) -> dict[int, datetime]:
        """When these events were recorded."""
        with self._database.reading() as reader:
            return facts.recorded_at(reader, seqs)

    def seq_at(self, moment: datetime) -> int:
        """The last `seq` recorded at or before `moment` (0 when there was none)."""
        with self._database.reading() as reader:
            return ledger.seq_at(reader, clock.micros(moment))

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

    def save(self, write: Callable[[str, Iterator[bytes]], None]) -> Head:
        """Give what can't be made again to `write`: see `forebear.store.dump`."""
        from forebear.store import dump

        return dump.save(self._database, write)

    def load(self, lines: Callable[[str], Iterable[bytes]]) -> Head:
        """Fill this store, which is empty, with what another has saved."""
        from forebear.store import dump

        return dump.load(self._database, lines, self._rebuild)

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


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnwritable(
            f"No store can be made at {folder}: {error.strerror or error}."
        ) from error
