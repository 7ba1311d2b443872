"""The shape of a database in SQLite: whether its tables and indexes still are those that were made.

SQLite keeps them as text in the file, and believes what it reads there: a word of it that has
changed may drop an index that keeps versions unique, or add a trigger.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from forebear.core.rows import Fault
from forebear.store.engine import scratch
from forebear.store.schema import metadata

__all__ = ["faults"]

_OBJECTS: Final = """
SELECT type, name, tbl_name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version'
"""
_COLUMNS: Final = 'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)'
_INDEXES: Final = 'SELECT name, "unique", origin, partial FROM pragma_index_list(?)'
_KEYS: Final = 'SELECT "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?)'


def faults(connection: Connection) -> Iterator[Fault]:
    """Yield what is not as it was made; nothing where the database is not SQLite's."""
    if connection.dialect.name != "sqlite":
        return
    engine = scratch()
    try:
        with engine.begin() as made:
            metadata.create_all(made, checkfirst=False)
            ought = _shape(made)
    finally:
        engine.dispose()
    found = _shape(connection)
    for what in sorted(found.keys() | ought.keys()):
        if what not in ought:
            yield Fault(what="database", where=what, message="Nobody made it: it is not ours.")
        elif what not in found:
            yield Fault(what="database", where=what, message="It is missing.")
        elif found[what] != ought[what]:
            yield Fault(what="database", where=what, message="It is not as it was made.")


def _shape(connection: Connection) -> dict[str, object]:
    """Return each table and index with all that matters of it, however it was worded."""
    found: dict[str, object] = {}
    for type, name, table, sql in connection.exec_driver_sql(_OBJECTS).all():
        if type == "table" and not name.startswith("sqlite_"):
            rowless = "WITHOUT ROWID" in sql
            parts = [
                sorted(map(tuple, connection.exec_driver_sql(query, (name,))))
                for query in (_COLUMNS, _INDEXES, _KEYS)
            ]
            found[f"{type} {name}"] = rowless, parts
        elif type != "table":
            found[f"{type} {name}"] = table, sql and " ".join(sql.split())
    return found
