import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import threading

import pytest

from forebear.core.errors import (
    CorruptStore,
    InvalidInput,
    NoStore,
    StoreError,
    StoreUnwritable,
)
from forebear.core.events import ArtifactRecorded, GapNoticed, VersionNamed
from forebear.store import open_store, sqlite


def gaps(number):
    return [GapNoticed(run="r", what=f"gap {n}") for n in range(number)]


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store", create=True) as store:
        yield store


def test_the_database_is_durable_and_checked(store):
    with store._database.reading() as reader:
        pragmas = {
            name: reader.value(f"PRAGMA {name}")
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_lock_that_is_not_let_go_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 0.05)
    with open_store(tmp_path, create=True) as store:
        other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnwritable, match="another program has locked it"):
            store.append(gaps(1))
        assert store.head().size == 0
        other.execute("COMMIT")
        other.close()
        assert store.append(gaps(1)).accepted == 1


def test_a_full_disk_is_one_sentence_and_leaves_nothing(store):
    store.append(gaps(3))
    with store._database.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 5}")
    with pytest.raises(StoreUnwritable, match="the disk is full"):
        store.append(gaps(3000))
    assert store.head().size == 3
    assert list(store.verify()) == []


def test_a_read_only_store_can_be_read(tmp_path, monkeypatch):
    with open_store(tmp_path / "written", create=True) as store:
        store.append(gaps(3))
    monkeypatch.setattr(sqlite.os, "access", lambda *_: False)
    before = sorted(path.name for path in (tmp_path / "written").iterdir())
    with open_store(tmp_path / "written") as store:
        assert store.head().size == 3
        assert list(store.verify()) == []
        with pytest.raises(StoreUnwritable, match="read-only"):
            store.append(gaps(1))
    assert sorted(path.name for path in (tmp_path / "written").iterdir()) == before


def test_a_store_that_is_only_spooled_into_is_none(tmp_path):
    with pytest.raises(NoStore, match="There is no store"):
        open_store(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnwritable, match="No store can be made"):
        open_store(tmp_path / "file" / "store", create=True)


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "ledger.db").write_text("This is a diary, not a ledger.\n" * 100)
    for create in (True, False):
        with pytest.raises(CorruptStore, match="not a forebear store"):
            open_store(tmp_path, create=create)


def test_a_database_of_something_else(tmp_path):
    other = sqlite3.connect(tmp_path / "ledger.db")
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    with pytest.raises(CorruptStore, match="not a forebear store"):
        open_store(tmp_path, create=True)


def test_an_empty_file_is_a_store_that_was_not_made_to_the_end(tmp_path):
    (tmp_path / "ledger.db").touch()
    with pytest.raises(NoStore):
        open_store(tmp_path)
    with open_store(tmp_path, create=True) as store:
        assert store.append(gaps(1)).accepted == 1


def test_a_table_that_is_gone_is_damage(tmp_path):
    with open_store(tmp_path, create=True) as store:
        store.append(gaps(1))
        other = sqlite3.connect(tmp_path / "ledger.db")
        other.execute("DROP TABLE gap")
        other.close()
        with pytest.raises(CorruptStore, match="no such table: gap"):
            store.gaps(["r"])


def test_a_row_that_cannot_be_read_is_damage(tmp_path):
    with open_store(tmp_path, create=True) as store:
        store.append([ArtifactRecorded(artifact="a", kind="data", digest="d", attrs={"a": 1})])
        other = sqlite3.connect(tmp_path / "ledger.db")
        for broken in ("'{'", "CAST(x'ff' AS TEXT)"):
            other.execute(f"UPDATE artifact SET attrs = {broken}")
            other.commit()
            with pytest.raises(CorruptStore):
                store.node("a")
        other.close()


def test_what_is_no_text_or_too_large_is_refused(store):
    with pytest.raises(InvalidInput, match="Unicode"):
        store.find_location("file:///\udcff")
    with pytest.raises(InvalidInput, match="64 bits"):
        store.node("a", seq=2**70)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("mysql://localhost/x", "a folder or a PostgreSQL database"),
        ("postgresql://localhost/x", "needs a folder"),
    ],
)
def test_addresses_that_are_no_store(address, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        open_store(address)


def test_a_server_that_does_not_answer_is_one_sentence_without_the_password(tmp_path):
    pytest.importorskip("psycopg")
    address = "postgresql://user:canary@127.0.0.1:1/x?password=canary"
    with pytest.raises(StoreError, match=r"cannot be reached: .*refused") as caught:
        open_store(address, blobs=tmp_path)
    assert str(caught.value).startswith("The store at postgresql://user@127.0.0.1:1/x cannot")
    assert "canary" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "waits in the spool" in caught.value.hint


def test_without_psycopg_it_is_said_what_to_install(tmp_path):
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from forebear.core.errors import InvalidInput\n"
        "from forebear.store import open_store\n"
        "try:\n    open_store('postgresql://localhost/x', blobs='.')\n"
        "except InvalidInput as error:\n    print(error, error.hint)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        "A store in PostgreSQL needs the package psycopg, which is not installed."
        " pip install 'forebear[postgres]'\n"
    )


def test_postgresql_writes_durably_whatever_its_settings(postgres, tmp_path):
    mark = "&" if "?" in postgres else "?"
    address = f"{postgres}{mark}options=-csynchronous_commit%3Doff"
    with open_store(address, blobs=tmp_path, create=True) as store:
        with store._database.reading() as reader:
            assert reader.value("SHOW synchronous_commit") == "off"
        with store._database.writing() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_opening_an_sqlite_store_needs_no_other_dialect(tmp_path):
    code = (
        "import sys; from forebear.store import open_store\n"
        "open_store(sys.argv[1], create=True).close()\n"
        "print([name for name in ('sqlalchemy.dialects.postgresql', 'alembic', 'psycopg')"
        " if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def write(folder, worker):
    with open_store(folder, create=True) as store:
        for n in range(10):
            key = f"{worker}-{n}"
            store.append(
                [
                    ArtifactRecorded(artifact=key, kind="model", digest=key),
                    VersionNamed(kind="model", name="churn", artifact=key),
                ]
            )


def test_processes_that_make_and_write_one_store_at_once(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=write, args=(tmp_path, n)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    with open_store(tmp_path) as store:
        assert [row.version for row in store.versions("model", "churn")] == list(range(40, 0, -1))
        assert list(store.verify()) == []


def test_a_child_after_a_fork_uses_its_own_connections(store):
    store.append(gaps(1))
    child = os.fork()
    if child == 0:
        code = 1
        try:
            store.append(gaps(1))
            code = 0 if store.head().size == 2 else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    store.append(gaps(1))
    assert store.head().size == 3
    assert list(store.verify()) == []


def test_readers_and_a_writer_in_threads(store):
    errors, done = [], threading.Event()

    def read():
        try:
            while not done.is_set():
                head = store.head()
                assert len(list(store.events())) >= head.size
        except BaseException as error:
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(15):
        store.append(gaps(20))
    done.set()
    for reader in readers:
        reader.join()
    assert errors == []


WRITER = """
import sys
from forebear.core.events import GapNoticed
from forebear.store import open_store
store = open_store(sys.argv[1], create=True)
while True:
    print(store.append([GapNoticed(run="r", what="x") for _ in range(7)]).head.size, flush=True)
"""


@pytest.mark.parametrize("acknowledged", [1, 5, 12])
def test_a_killed_writer_loses_nothing_acknowledged(tmp_path, acknowledged):
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, tmp_path], stdout=subprocess.PIPE, text=True
    ) as writer:
        for _ in range(acknowledged):
            size = int(writer.stdout.readline())
        writer.kill()
    with open_store(tmp_path) as store:
        assert store.head().size >= size
        assert store.head().size % 7 == 0
        assert list(store.verify()) == []
        assert store.append(gaps(1)).accepted == 1


def test_a_store_copied_while_nobody_writes_is_the_same(tmp_path, store):
    store.append(gaps(3))
    head = store.head()
    store.close()
    shutil.copytree(tmp_path / "store", tmp_path / "copy")
    with open_store(tmp_path / "copy") as copy:
        assert copy.head() == head
