"""Reading SQLite by the standard library alone."""

import subprocess
import sys

import pytest

from forebear.core.entities import Metric
from forebear.core.errors import CorruptStore, InvalidInput
from forebear.core.events import ArtifactRecorded, MetricsLogged
from forebear.store import open_store
from forebear.store.engine import over
from forebear.store.reading import spelled


def test_only_a_list_is_spelled_otherwise():
    query = "SELECT a FROM b WHERE a IN :ids AND c IN (1, 2) AND d NOT IN ('x') AND e = :ids"
    assert spelled(query, "postgresql") == query.replace("IN :ids", "= ANY(:ids)")
    assert spelled(query, "sqlite").count("json_each(:ids)") == 1


def test_a_text_that_is_no_unicode_is_refused_in_a_list_too(tmp_path):
    with open_store(tmp_path, create=True) as store, pytest.raises(InvalidInput, match="Unicode"):
        store.nodes(["\udcff"])


def test_a_connection_is_used_again_unless_something_went_wrong(tmp_path):
    with open_store(tmp_path, create=True) as store:
        with store._database.reading() as one:
            first = one.driver
        with store._database.reading() as one, store._database.reading() as other:
            assert one.driver is first
            assert other.driver is not first
        with pytest.raises(CorruptStore), store._database.reading() as one:
            one.value("SELECT nothing FROM nowhere")
        with store._database.reading() as other:
            assert other.driver is not one.driver


def test_what_is_written_is_read_within_the_same_transaction(tmp_path):
    with open_store(tmp_path, create=True) as store, store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE head SET size = 5")
        assert over(connection).value("SELECT size FROM head") == 5
        with store._database.reading() as reader:
            assert reader.value("SELECT size FROM head") == 0


READS = """
import sys
from forebear.store import open_store
with open_store(sys.argv[1], create=True) as store:
    assert store.node("m").kind == "model"
    assert store.closure(["m"], "up").count == 0
    assert store.head().size == len(list(store.events())) == 2
    assert len(store.metrics(models=["m"])) == 1
    for nothing in (
        store.runs(), store.unfinished(), store.names("model"), store.edges(["m"], "up"),
        store.flows.passages(["m"], "up"), store.statements.latest(["x"]), store.gaps(["r"]),
        store.locations(["m"]), store.reproductions(["m"]), store.live_deployments(["m"]),
    ):
        assert nothing == []
print(sorted({"sqlalchemy", "alembic", "numpy", "asyncio"} & set(sys.modules)))
"""


def test_reading_sqlite_imports_neither_sqlalchemy_nor_numpy(tmp_path):
    with open_store(tmp_path, create=True) as store:
        store.append(
            [
                ArtifactRecorded(artifact="m", kind="model", digest="m"),
                MetricsLogged(run="r", model="m", metrics=[Metric(key="f1", value=0.5)]),
            ]
        )
    command = [sys.executable, "-c", READS, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
