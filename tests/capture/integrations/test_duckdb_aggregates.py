"""Which of what DuckDB writes is nothing but figures over many rows."""

import duckdb
import pandas as pd
import pytest

from forebear.capture.integrations import _duckdb_rows
from forebear.core.flows import aggregates

from .recording import recording

MEANS = "SELECT g, avg(v) AS m, count(*) AS n FROM 'x.csv' GROUP BY g"


@pytest.fixture(params=["row by row", "too many rows"])
def folder(tmp_path, monkeypatch, request):
    """A file of 40 rows in 4 groups, which are followed one by one or are too many for it."""
    frame = pd.DataFrame({"id": range(40), "g": [i % 4 for i in range(40)]})
    frame.assign(v=frame.id * 1.5, name=frame.id.astype(str) + "@x.org").to_csv(
        tmp_path / "x.csv", index=False
    )
    if request.param == "too many rows":
        monkeypatch.setattr(_duckdb_rows, "MOST_ROWS", 5)
    return tmp_path


def is_aggregate(record, name):
    artifact = record.by_label(name).artifact
    (step,) = [s for s in record.steps if artifact in [made.artifact for made in s.generated]]
    return aggregates(step)


def copied(sql):
    duckdb.connect().execute(f"COPY ({sql}) TO 'out.parquet'")


@pytest.mark.parametrize(
    ("sql", "is_figures"),
    [
        (MEANS, True),
        ("SELECT max(v) AS m FROM 'x.csv' WHERE g > 1", True),
        ("SELECT g % 2 AS h, sum(v) AS s FROM (SELECT g, v FROM 'x.csv') AS t GROUP BY ALL", True),
        ("SELECT id, avg(v) AS m FROM 'x.csv' GROUP BY id", False),
        ("SELECT id // 2 AS pair, avg(v) AS m FROM 'x.csv' GROUP BY 1", False),
        ("SELECT g, avg(v) AS m FROM 'x.csv' WHERE id < 8 GROUP BY g", False),
        ("SELECT id, g, v FROM 'x.csv' WHERE v > (SELECT avg(v) FROM 'x.csv')", False),
        ("SELECT id, avg(v) OVER (PARTITION BY g) AS m FROM 'x.csv'", False),
        ("SELECT g, list(name) AS all_of_them FROM 'x.csv' GROUP BY g", False),
        ("SELECT g, string_agg(name, ',') AS all_of_them FROM 'x.csv' GROUP BY g", False),
        ("SELECT x.id, y.m FROM 'x.csv' x JOIN (" + MEANS + ") AS y ON x.g = y.g", False),
    ],
)
def test_a_copy_of_a_query(folder, sql, is_figures):
    with recording(folder) as record:
        copied(sql)
    assert is_aggregate(record, "out.parquet") is is_figures
    assert record.gaps == []


def by_way_of_a_table():
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE t AS {MEANS}")
    connection.execute("COPY t TO 'out.parquet'")


def by_csv():
    duckdb.execute(f"COPY ({MEANS}) TO 'out.csv' (HEADER)")


def by_a_relation():
    duckdb.sql(MEANS).to_parquet("out.parquet")


def by_steps_of_relations():
    duckdb.read_csv("x.csv").filter("v > 3").aggregate("g, max(v) AS m", "g").write_csv("out.csv")


def by_a_frame():
    duckdb.sql(MEANS).df().to_csv("out.csv", index=False)


@pytest.mark.parametrize(
    "do", [by_way_of_a_table, by_csv, by_a_relation, by_steps_of_relations, by_a_frame]
)
def test_all_ways_into_a_file(folder, do):
    with recording(folder) as record:
        do()
    (name,) = (one.name for one in folder.glob("out.*"))
    if do is by_a_frame:
        assert aggregates(record.step("duckdb.df"))
    else:
        assert is_aggregate(record, name)


def test_a_table_of_a_database(folder):
    with recording(folder) as record, duckdb.connect("w.duckdb") as connection:
        connection.execute(f"CREATE TABLE means AS {MEANS}")
        connection.execute("CREATE TABLE copy AS SELECT id, v FROM 'x.csv'")
    assert is_aggregate(record, "means")
    assert not is_aggregate(record, "copy")


def test_a_count_that_takes_too_long_is_given_up(folder):
    connection = duckdb.connect()
    query = _duckdb_rows.Asked(sql="SELECT 1", origins=[])
    reader = _duckdb_rows.reader_of(connection, query)
    endless = "SELECT count(*), 1 FROM range(100000) a, range(100000) b, range(1000) c"
    with pytest.raises(duckdb.InterruptException):
        reader.figures(endless, 0.05)
    assert connection.execute("SELECT 1").fetchone() == (1,)
