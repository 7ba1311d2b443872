"""A new store of each kind, which must be sound when a test is done with it."""

import pytest

from forebear.core import merkle
from forebear.store import open_store, schema


def emptied(address):
    """Bring the store in a PostgreSQL database back to its first state, or leave it to be made."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('series')").fetchone() == (None,):
            return
        connection.execute("SET client_min_messages = warning")
        tables = ", ".join(name for name in schema.metadata.tables if name != schema.head.name)
        connection.execute(f"TRUNCATE {tables}")
        connection.execute(
            "UPDATE head SET size = 0, root = %s, frontier = '', recorded = 0, clock = ''",
            [merkle.EMPTY_ROOT],
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request, tmp_path):
    """Arguments with which `open_store` opens a new store of some kind."""
    if request.param == "sqlite":
        return {"location": tmp_path / "store"}
    pytest.importorskip("psycopg")
    address = request.getfixturevalue("server")
    emptied(address)
    return {"location": address, "blobs": tmp_path / "blobs"}


@pytest.fixture
def store(location):
    with open_store(**location, create=True) as store:
        yield store
        assert list(store.verify()) == []
