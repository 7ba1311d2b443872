import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from forebear.core.clock import now
from forebear.core.entities import Metric
from forebear.core.errors import NewerStore, StoreUnwritable
from forebear.core.events import (
    Flow,
    GapNoticed,
    Link,
    Rows,
    Series,
    SeriesLogged,
    StepRecorded,
)
from forebear.core.points import Point, pack
from forebear.store import migrations, open_store
from forebear.store.database import Database
from forebear.store.revision import REVISION
from forebear.store.schema import PROJECTIONS

OLD = Path(__file__).parents[1] / "data" / "store-0001.db"
"""A store written by the code of revision 0001, with rows in every table."""


def bodies(store):
    return [(one.seq, one.recorded, one.body) for one in store.events()]


def ledger_of(path):
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT seq, id, recorded, leaf, body FROM event ORDER BY seq")
    head = connection.execute("SELECT * FROM head")
    found = rows.fetchall(), head.fetchall()
    connection.close()
    return found


def answers(store):
    """Much of what the old store could be asked."""
    runs = [row.id for row in store.runs(roots_only=False, limit=100)]
    models = [row.artifact for row in store.versions("model", "churn")]
    keys = [*runs, *models]
    return (
        store.nodes(keys),
        store.edges(keys, "up"),
        store.edges(keys, "down"),
        store.alias_history("model", "churn"),
        store.metrics(runs=runs),
        store.locations(models),
        store.gaps(runs),
        store.reproductions(models),
    )


def series(store):
    points = [Point(0, n, n, n / 2) for n in range(100)]
    packet = pack(points)
    last = Series(run="r", last=Metric(key="loss", value=49.5, step=99), time=now(), count=100)
    return SeriesLogged(
        run="r", points=store.blobs.put(packet), size=len(packet), count=100, series=[last]
    )


def copy_to_postgres(path, address):
    """Bring the old store to a PostgreSQL database with the schema it had."""
    import psycopg

    database = Database(address)
    with database.writing() as connection:
        migrations.upgrade(connection, "0001")
    database.close()
    old = sqlite3.connect(path)
    with psycopg.connect(address) as new:
        later = {"series", "flow", "statement", "aggregate", "phrase", "word"}
        there = [one.name for one in PROJECTIONS if one.name not in later]
        for table in ("event", "head", *there):
            cursor = old.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            flags = {"kept", "by_reference", "minted", "automatic"}
            rows = [
                [bool(v) if name in flags else v for name, v in zip(names, row, strict=True)]
                for row in cursor
            ]
            columns = ", ".join(f'"{name}"' for name in names)
            marks = ", ".join("%s" for _ in names)
            new.cursor().executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', rows)
    old.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request, tmp_path):
    """Arguments with which `open_store` opens an old store."""
    if request.param == "sqlite":
        shutil.copy(OLD, tmp_path / "ledger.db")
        return {"location": tmp_path}
    address = request.getfixturevalue("postgres")
    copy_to_postgres(OLD, address)
    return {"location": address, "blobs": tmp_path / "blobs"}


def test_an_old_store_is_upgraded_as_it_is_opened(old):
    events, head = ledger_of(OLD)
    with open_store(**old) as store:
        assert list(store.verify()) == []
        assert [(seq, body) for seq, _, body in bodies(store)] == [(e[0], e[4]) for e in events]
        assert store.leaf_hashes(0, 99) == [event[3] for event in events]
        assert (store.head().size, store.head().root) == (head[0][1], f"sha256:{head[0][2].hex()}")
        before = answers(store)
        store.rebuild()
        assert answers(store) == before
        assert [row.version for row in store.versions("model", "churn")] == [2, 1]
        store.append([series(store)])
        assert store.metrics(runs=["r"])[0].points == 100
        assert list(store.verify()) == []


def test_an_old_store_with_a_nul_in_a_text_is_told_as_today(tmp_path):
    shutil.copy(OLD, tmp_path / "ledger.db")
    connection = sqlite3.connect(tmp_path / "ledger.db")
    (seq, body) = connection.execute(
        "SELECT seq, body FROM event WHERE instr(body, 'One file was not') > 0"
    ).fetchone()
    connection.execute("UPDATE gap SET what = 'One' || char(0) || 'file'")
    forged = body.replace(b"One file was not seen.", rb"One\u0000file")
    connection.execute("UPDATE event SET body = ? WHERE seq = ?", [forged, seq])
    connection.commit()
    connection.close()
    with open_store(tmp_path) as store:
        assert {fault.what for fault in store.verify()} == {"event", "root"}


def step():
    rows = Rows(n_in=3, n_out=2, reached=2, data=b"a map")
    return StepRecorded(
        run="step",
        parent="r",
        kind="transform",
        name="filter",
        started=now(),
        ended=now(),
        used=[Link(artifact="here")],
        generated=[Link(artifact="there")],
        flows=[Flow(target="there", sources=["here"], rows=[rows])],
    )


def test_down_and_up_again_with_data_loses_nothing(old):
    from alembic import command

    with open_store(**old) as store:
        store.append([series(store), step(), GapNoticed(run="r", what="x")])
        before, told = bodies(store), (answers(store), store.metrics(runs=["r"]))
        (flow,) = store.flows.passages(["there"], "up")
        assert flow.told
        with store._database.writing() as connection:
            command.downgrade(migrations._config(connection), "0001")
    with open_store(**old) as store:
        assert bodies(store) == before
        assert (answers(store), store.metrics(runs=["r"])) == told
        assert store.flows.passages(["there"], "up") == [flow]
        assert store.flows.map_bytes(flow) == b"a map"
        assert list(store.verify()) == []


def schema_of(path):
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    found = {(type, name): " ".join(sql.split()) for type, name, sql in rows}
    connection.close()
    found.pop(("table", "alembic_version"))
    return found


def columns_of(path):
    """Columns, keys and indexes, free of the order and wording of the statements."""
    connection = sqlite3.connect(path)
    tables = [name for type, name in schema_of(path) if type == "table"]
    found = {
        (table, pragma): sorted(row[1:] for row in connection.execute(f"PRAGMA {pragma}({table})"))
        for table in tables
        for pragma in ("table_xinfo", "index_list")
    }
    for table in tables:
        keys = connection.execute(f"PRAGMA foreign_key_list({table})")
        found[table, "keys"] = sorted((row[2], row[3], row[4]) for row in keys)
        found[table, "rowid"] = "WITHOUT ROWID" in schema_of(path)["table", table]
    connection.close()
    return found


def test_migrations_from_nothing_give_the_schema_of_a_new_store(tmp_path):
    open_store(tmp_path / "new", create=True).close()
    database = Database(tmp_path / "migrated.db")
    with database.writing() as connection:
        migrations.upgrade(connection)
    database.close()
    new, migrated = tmp_path / "new" / "ledger.db", tmp_path / "migrated.db"
    assert columns_of(migrated) == columns_of(new)
    indexes = {key: sql for key, sql in schema_of(new).items() if key[0] == "index"}
    assert {key: sql for key, sql in schema_of(migrated).items() if key[0] == "index"} == indexes


def test_the_newest_migration_is_the_schema_of_this_code(tmp_path):
    database = Database(tmp_path / "ledger.db")
    with database.writing() as connection:
        script = ScriptDirectory.from_config(migrations._config(connection))
    database.close()
    assert script.get_current_head() == REVISION


def test_every_migration_can_be_taken_back(tmp_path):
    from alembic import command

    database = Database(tmp_path / "ledger.db")
    with database.writing() as connection:
        migrations.upgrade(connection)
        before = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
        command.downgrade(migrations._config(connection), "base")
        left = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).scalars()
        assert list(left) == ["alembic_version"]
        migrations.upgrade(connection)
        again = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
        assert again == before
    database.close()


def test_a_store_of_a_newer_forebear_is_refused_and_left_alone(tmp_path):
    with open_store(tmp_path, create=True) as store:
        store.append([GapNoticed(run="r", what="x")])
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("UPDATE alembic_version SET version_num = '0042'")
    connection.commit()
    with pytest.raises(NewerStore) as caught:
        open_store(tmp_path, create=True)
    assert "0042" in caught.value.message
    assert REVISION in caught.value.message
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0042",)]
    connection.close()


def test_an_old_store_that_cannot_be_written_says_what_is_to_be_done(tmp_path, monkeypatch):
    shutil.copy(OLD, tmp_path / "ledger.db")
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and access(path, mode))
    with pytest.raises(StoreUnwritable, match=r"older forebear, and cannot be upgraded.*read-only"):
        open_store(tmp_path)
    assert (tmp_path / "ledger.db").read_bytes() == OLD.read_bytes()


def test_opening_a_store_imports_no_alembic(tmp_path):
    program = (
        "import sys; from forebear.store import open_store;"
        "open_store(sys.argv[1], create=True).close(); open_store(sys.argv[1]).close();"
        "sys.exit('alembic' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program, tmp_path], check=False)
    assert run.returncode == 0
