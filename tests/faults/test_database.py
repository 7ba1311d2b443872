"""A database that is full, read-only, frozen, out of connections or upgraded under a server."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from forebear.core.errors import NewerStore, StoreUnwritable
from forebear.core.events import RunStarted, decode, encode
from forebear.core.ids import new_id
from forebear.store import engine, open_store
from serving import asked

psycopg = pytest.importorskip("psycopg")
EVENTS = "/api/v1/ledger/events"
FROZEN = f"SELECT pg_advisory_xact_lock({engine._LOG_LOCK})"


@pytest.fixture
def admin(postgres: str) -> Iterator[Any]:
    """What runs SQL as the database's own admin; settings that a test made are taken back."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        name = connection.execute("SELECT current_database()").fetchone()[0]
        yield connection
        connection.execute(f'ALTER DATABASE "{name}" RESET ALL')


@pytest.fixture
def http(postgres: str, tmp_path: Any) -> Iterator[TestClient]:
    blobs = tmp_path / ".forebear" / "blobs"
    with open_store(postgres, create=True, blobs=blobs) as store, asked(store) as http:
        http.store = store  # type: ignore[attr-defined]
        yield http


def write(http: TestClient) -> Any:
    event = RunStarted(run=new_id(), kind="run", name="x")
    return http.post(EVENTS, content=encode(event))


def others(admin: Any) -> None:
    """End all connections but that of the admin."""
    admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )


def database(admin: Any) -> str:
    return f'"{admin.execute("SELECT current_database()").fetchone()[0]}"'


def test_a_database_that_is_read_only_answers_questions_and_takes_what_comes_later(http, admin):
    assert write(http).status_code == 200
    admin.execute(f"ALTER DATABASE {database(admin)} SET default_transaction_read_only = on")
    others(admin)
    refused = write(http)
    assert (refused.status_code, refused.json()["code"]) == (503, "store-unwritable")
    assert refused.headers["retry-after"] == "1"
    assert http.get("/api/v1/runs").status_code == 200
    assert http.get("/readyz").status_code == 200
    # Another server has taken over; nobody ends the connections that were made meanwhile.
    admin.execute(f"ALTER DATABASE {database(admin)} RESET default_transaction_read_only")
    codes = [write(http).status_code for _ in range(4)]
    assert codes[1:] == [200] * 3
    assert list(http.store.verify()) == []


def test_connections_that_are_ended_are_made_again_and_nothing_is_twice(http, admin):
    known, over = [], threading.Event()

    def go_on() -> None:
        while not over.is_set():
            event = RunStarted(run=new_id(), kind="run", name="x")
            for _ in range(20):
                if http.post(EVENTS, content=encode(event)).status_code == 200:
                    known.append(event.id)
                    break

    with ThreadPoolExecutor(3) as pool:
        for _ in range(3):
            pool.submit(go_on)
        for _ in range(8):
            time.sleep(0.2)
            others(admin)
        time.sleep(0.2)
        over.set()
    there = [decode(one.body).id for one in http.store.events()]
    assert len(known) > 10
    assert set(known) <= set(there)
    assert len(there) == len(set(there))
    assert list(http.store.verify()) == []


def test_too_many_connections_are_said_and_it_goes_on_after(http, admin, postgres):
    admin.execute("DROP ROLE IF EXISTS few")
    admin.execute("CREATE ROLE few LOGIN CONNECTION LIMIT 2")
    admin.execute("GRANT USAGE ON SCHEMA public TO few")
    admin.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO few")
    try:
        place = re.sub(r"//[^@/]*@", "//few@", postgres)
        with open_store(place, blobs=http.store.blobs.root) as store, asked(store) as few:
            with ThreadPoolExecutor(12) as many:
                answers = list(many.map(lambda _: few.get("/api/v1/runs"), range(60)))
            codes = {one.status_code for one in answers}
            assert codes <= {200, 503}
            assert 200 in codes
            assert all("retry-after" in one.headers for one in answers if one.status_code == 503)
            assert few.get("/api/v1/runs").status_code == 200
            assert few.get("/readyz").status_code == 200
    finally:
        admin.execute("DROP OWNED BY few")
        admin.execute("DROP ROLE few")


def test_a_writer_that_is_frozen_does_not_freeze_the_others_for_ever(
    postgres, tmp_path, monkeypatch
):
    monkeypatch.setattr(engine, "_TURN_SECONDS", 1)
    with open_store(postgres, create=True, blobs=tmp_path / "blobs") as store:
        with psycopg.connect(postgres) as frozen:
            frozen.execute(FROZEN)
            with pytest.raises(StoreUnwritable, match="another program has locked it"):
                store.append([RunStarted(run=new_id(), kind="run", name="x")])
            assert store.head().size == 0
        store.append([RunStarted(run=new_id(), kind="run", name="x")])
        assert store.head().size == 1


FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END
$$
"""


def test_a_database_whose_disk_is_full_is_said(http, admin):
    admin.execute(FULL)
    admin.execute(
        "CREATE TRIGGER full_disk BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION full_disk()"
    )
    refused = write(http)
    assert (refused.status_code, refused.json()["code"]) == (503, "store-unwritable")
    assert http.get("/api/v1/runs").status_code == 200
    admin.execute("DROP TRIGGER full_disk ON event")
    assert write(http).status_code == 200
    assert list(http.store.verify()) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    if request.param == "sqlite":
        return {"location": tmp_path / ".forebear"}
    return {"location": request.getfixturevalue("postgres"), "blobs": tmp_path / "blobs"}


def test_a_server_whose_store_is_upgraded_under_it_says_so_and_writes_nothing(place):
    with open_store(**place, create=True) as store, asked(store) as old:
        assert write(old).status_code == 200
        with store._database.writing() as connection:
            own = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        refused = write(old)
        assert (refused.status_code, refused.json()["code"]) == (503, "newer-store")
        assert old.get("/readyz").status_code == 503
        assert old.get("/healthz").status_code == 200
        with pytest.raises(NewerStore, match="schema 9999 while this program had it open"):
            store.append([RunStarted(run=new_id(), kind="run", name="x")])
        with store._database.writing() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{own}'")
        assert write(old).status_code == 200
        assert store.head().size == 2
