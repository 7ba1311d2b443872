"""Stores: the ledger and its projections in SQL, and kept bytes beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from forebear.store.sql_store import SqlStore

__all__ = ["BLOBS", "IDENTITIES", "LEDGER", "TREE", "open_store"]

LEDGER: Final = "ledger.db"
BLOBS: Final = "blobs"
IDENTITIES: Final = "identities"
TREE: Final = "tree"


def open_store(
    location: str | Path, *, create: bool = False, blobs: str | Path | None = None
) -> SqlStore:
    """Open the store at `location`: a folder, or the URL of a PostgreSQL database.

    A folder holds the ledger as `ledger.db` (SQLite) and the kept bytes in `blobs/`. A URL
    (`postgresql://user@host/database`) needs a folder `blobs` besides. With `create`, a store
    is made where there is none. A store of an older forebear is brought up to date.

    Raises:
        NoStore: there is none, and `create` is not set.
        NewerStore: it was written by a newer forebear.
        CorruptStore: what lies there is no store, or is damaged.
        StoreUnwritable: it is locked, or cannot be made.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = open_store(folder, create=True)
    ...     print(store.head().size)
    ...     store.close()
    0
    """
    # SQLAlchemy takes a while to import, and a program that only captures doesn't need it.
    from forebear.store.sql_store import SqlStore

    return SqlStore.open(location, create=create, blobs=blobs)
