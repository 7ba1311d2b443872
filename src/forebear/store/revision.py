"""Which schema a database has, and which one this code knows."""

from __future__ import annotations

from typing import Final

from forebear.core.errors import NewerStore
from forebear.store.reading import Reader

__all__ = ["REVISION", "check_revision", "revision_of"]

REVISION: Final = "0009"
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


def check_revision(found: str | None) -> None:
    """Return when a schema that was read with the head of a ledger is still that of this code.

    A program that runs for long may see the store be upgraded by a newer one beside it.

    Raises:
        NewerStore: it has been.
    """
    if found != REVISION:
        raise NewerStore(
            f"The store was upgraded to schema {found} while this program had it open, which knows"
            f" {REVISION}.",
            hint="Start it again with the forebear that upgraded the store.",
        )
