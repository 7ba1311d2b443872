import sqlite3
import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory

from forebear.core.errors import NewerStore
from forebear.core.events import GapNoticed
from forebear.store import migrations, open_store
from forebear.store.engine import Database
from forebear.store.schema import REVISION


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


def test_opening_a_store_imports_no_alembic(tmp_path):
    program = (
        "import sys; from forebear.store import open_store;"
        "open_store(sys.argv[1], create=True).close(); open_store(sys.argv[1]).close();"
        "sys.exit('alembic' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program, tmp_path], check=False)
    assert run.returncode == 0
