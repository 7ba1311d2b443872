"""The schema's history: one file per revision in `versions`, run by alembic."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, LargeBinary, bindparam, inspect, text

from forebear.core.errors import CorruptStore, NewerStore, NoStore, StoreUnwritable
from forebear.core.merkle import EMPTY_ROOT
from forebear.store.database import Database
from forebear.store.engine import over
from forebear.store.revision import REVISION, revision_of
from forebear.store.schema import head, metadata

__all__ = ["prepare", "upgrade"]

_FOLDER: Final = Path(__file__).parent
_SEARCHED: Final = "0006"
"""Since then texts of nearly all events are in an index."""
_NEWS: Final = (b'"event":"series"', rb"\u0000", b'"flows":[')


def prepare(
    database: Database, *, create: bool, rebuild: Callable[[Connection], None] = lambda _: None
) -> None:
    """Bring a database to the schema of this code: make it, leave it, or upgrade it.

    The events are never touched. `rebuild` makes the projections again, where an upgrade finds
    events of which the older schema could not tell all.

    Raises:
        NoStore: it is empty and `create` is not set.
        NewerStore: its schema is of a revision that this code has never heard of.
        CorruptStore: it is a database of something else.
        StoreUnwritable: it would have to be upgraded, and cannot be written.
    """
    with database.inspecting() as connection:
        stored = revision_of(over(connection))
        foreign = stored is None and bool(inspect(connection).get_table_names())
    if stored == REVISION:
        return
    if foreign:
        raise CorruptStore(f"The database {database.place} is not a forebear store.")
    if stored is None and not create:
        raise NoStore(f"There is no store at {database.place}.", hint="`forebear init` makes one.")
    try:
        with database.writing() as connection:
            _bring_up(connection, database.place, rebuild)
    except StoreUnwritable as error:
        if stored is None:
            raise
        raise StoreUnwritable(
            f"The store was written by an older forebear, and cannot be upgraded. {error.message}",
            hint="Make it writable for one command, or ask with the forebear that wrote it.",
        ) from error


def _bring_up(connection: Connection, place: str, rebuild: Callable[[Connection], None]) -> None:
    stored = revision_of(over(connection))  # somebody else may have done it since
    if stored is None:
        _create(connection)
    elif stored != REVISION:
        _upgrade_known(connection, stored, place)
        if stored < _SEARCHED or _tells_more(connection):
            rebuild(connection)


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to `revision` within the connection's transaction."""
    from alembic import command

    command.upgrade(_config(connection), revision)


def _create(connection: Connection) -> None:
    """Make all tables at once, which gives the same schema as all migrations one by one."""
    metadata.create_all(connection, checkfirst=False)
    connection.execute(
        text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:at)"), {"at": REVISION})
    connection.execute(
        head.insert().values(id=1, size=0, root=EMPTY_ROOT, frontier=b"", recorded=0, clock=b"")
    )


def _upgrade_known(connection: Connection, stored: str, place: str) -> None:
    from alembic.script import ScriptDirectory

    known = ScriptDirectory.from_config(_config(connection)).walk_revisions()
    if stored not in {script.revision for script in known}:
        raise NewerStore(
            f"The store at {place} was written by a newer forebear: its schema is revision"
            f" {stored}, and this forebear knows none after {REVISION}.",
            hint="Upgrade forebear: pip install --upgrade forebear",
        )
    upgrade(connection)


def _tells_more(connection: Connection) -> bool:
    """Tell whether the ledger holds what only newer projections tell, or tell otherwise."""
    contains = (
        "instr(body, :word) > 0"
        if connection.dialect.name == "sqlite"
        else "position(:word IN body) > 0"
    )
    query = text(f"SELECT 1 FROM event WHERE {contains} LIMIT 1")  # noqa: S608
    query = query.bindparams(bindparam("word", type_=LargeBinary))
    return any(connection.execute(query, {"word": word}).first() for word in _NEWS)


def _config(connection: Connection):  # type: ignore[no-untyped-def]
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
