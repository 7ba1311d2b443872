"""Which schema a database has, and which one this code knows."""

from __future__ import annotations

from typing import Final

from forebear.store.reading import Reader

__all__ = ["REVISION", "revision_of"]

REVISION: Final = "0008"
"""The revision of the schema that this code reads and writes: the newest in `migrations`."""

_THERE: Final = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'",
    "postgresql": "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL",
}


def revision_of(reader: Reader) -> str | None:
    """Return the revision of a database's schema; None where there is no schema of ours."""
    if reader.value(_THERE[reader.dialect]) is None:
        return None
    found = reader.value("SELECT version_num FROM alembic_version")
    return None if found is None else str(found)
