"""How events came in: for which workspace, and from which account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from forebear.core.access import DEFAULT
from forebear.core.events import AnyEvent
from forebear.core.intakes import Intake, Intakes, Taken, kept_key, told_of
from forebear.store.database import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["IntakeTables", "add"]

_ACCOUNTS: Final = """
SELECT DISTINCT account.name
FROM event JOIN intake ON intake.first = (
    SELECT MAX(earlier.first) FROM intake AS earlier WHERE earlier.first <= event.seq
)
JOIN account ON account.id = intake.account
WHERE event.seq IN :seqs AND event.seq <= intake.last
ORDER BY account.name
"""
_NAMES: Final = "SELECT kind, name, seq FROM name WHERE name IN :names"


class IntakeTables(Intakes):
    """The intakes of one store; implements `forebear.core.intakes.Intakes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def after(self, seq: int) -> list[Taken]:
        """What was taken in after this event, in order; what came in otherwise is not listed."""
        query = "SELECT * FROM intake WHERE first > :seq ORDER BY first"
        with self._database.reading() as reader:
            return [
                Taken(first=row.first, last=row.last, workspace=row.workspace, account=row.account)
                for row in reader.rows(query, seq=seq)
            ]

    def first_seqs(self, keys: Sequence[str]) -> dict[str, int]:
        """The first event that speaks of each of these artifacts, runs and names."""
        wanted = set(keys)
        names = [key.partition(":")[2] for key in wanted if key.startswith(("model:", "data:"))]
        with self._database.reading() as reader:
            query = "SELECT key, seq FROM node WHERE key IN :keys"
            found = dict(reader.tuples(query, keys=list(wanted)))
            for kind, name, seq in reader.tuples(_NAMES, names=names) if names else ():
                if f"{kind}:{name}" in wanted:
                    found[f"{kind}:{name}"] = seq
        return found

    def sightings(self, keys: Sequence[str]) -> dict[str, set[str]]:
        """The workspaces for which events were taken in that tell of these things themselves."""
        found: dict[str, set[str]] = {}
        query = "SELECT key, workspace FROM sighting WHERE key IN :keys"
        with self._database.reading() as reader:
            for key, workspace in reader.tuples(query, keys=list(keys)):
                found.setdefault(key, set()).add(workspace)
        return found

    def keep(self, digests: Sequence[str], workspace: str, *, known: bool) -> None:
        """Remember that bytes were brought for a workspace."""
        keys = [kept_key(digest) for digest in digests]
        told = self.sightings(keys)
        if all(workspace in told.get(key, ()) for key in keys):
            return
        with self._database.writing() as connection:
            if known:
                _see(connection, [key for key in keys if key not in told], DEFAULT)
            _see(connection, keys, workspace)

    def accounts(self, seqs: Sequence[int]) -> list[str]:
        """The names of the accounts that these events were taken in from."""
        with self._database.reading() as reader:
            return reader.column(_ACCOUNTS, seqs=list(seqs)) if seqs else []


def add(
    connection: Connection, intake: Intake, first: int, last: int, events: Sequence[AnyEvent]
) -> None:
    """Note how the events from `first` to `last` came in, in the transaction that writes them."""
    from forebear.store import bulk, schema

    row = {"first": first, "last": last, "workspace": intake.workspace, "account": intake.account}
    bulk.insert(connection, schema.intake, [row])
    _see(connection, told_of(events), intake.workspace)


def _see(connection: Connection, keys: Sequence[str], workspace: str) -> None:
    from forebear.store import bulk, schema

    column = schema.sighting.c
    rows = bulk.matching(connection, column.key, keys, column.key, column.workspace)
    known = {one.key for one in rows if one.workspace == workspace}
    fresh = [{"key": key, "workspace": workspace} for key in keys if key not in known]
    bulk.insert(connection, schema.sighting, fresh)
