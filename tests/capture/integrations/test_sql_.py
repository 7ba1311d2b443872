import sqlite3

import duckdb
import pandas as pd
import polars as pl
import pytest
import sqlalchemy
from pandas.testing import assert_frame_equal

from forebear.capture.integrations import sql_

from .recording import recording


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n" + "".join(f"{i},{i * 2}\n" for i in range(20)))
    return tmp_path


def prepare():
    with sqlite3.connect("d.db") as connection:
        pd.read_csv("x.csv").to_sql("t", connection, index=False)
    connection.close()
    engine = sqlalchemy.create_engine("sqlite:///d.db")
    out = pd.read_sql("SELECT a + 1 AS c, b FROM t WHERE a > 3", engine)
    out.to_csv("out.csv", index=False)
    engine.dispose()
    return out


def test_a_table_is_data_by_reference_whoever_opens_the_database(folder):
    with recording(folder) as record:
        prepare()
    table = record.by_label("t")
    assert table.by_reference
    written, read = record.step("DataFrame.to_sql"), record.step("pandas.read_sql")
    assert [link.artifact for link in written.generated] == [table.artifact]
    assert record.used(read) == [("t", "input")]
    assert read.attrs["sql"]["columns"] == {
        "c": {"from": ["t.a"], "kind": "computed"},
        "b": {"from": ["t.b"], "kind": "copy"},
    }
    assert record.ancestors(record.by_label("out.csv").artifact) >= {"t", "x.csv"}
    assert record.inferred() == []
    assert record.gaps == []


def test_results_are_the_same_with_and_without_recording(folder, monkeypatch):
    with recording(folder):
        seen = prepare()
    (folder / "d.db").unlink()
    monkeypatch.chdir(folder)
    assert_frame_equal(prepare(), seen)


def test_a_whole_table_tells_its_columns_and_polars_reads_too(folder):
    with recording(folder) as record:
        connection = sqlite3.connect("d.db")
        frame = pl.read_csv("x.csv")
        frame.to_pandas().to_sql("t", connection, index=False)
        back = pl.read_database("SELECT * FROM t", connection)
        memory = duckdb.connect()
        memory.execute("CREATE TABLE seen AS SELECT * FROM frame")
        with pytest.warns(UserWarning, match="SQLAlchemy"):
            pd.read_sql("SELECT a FROM seen", memory)
        connection.close()
    assert back.shape == (20, 2)
    step = record.step("polars.read_database")
    assert step.attrs["sql"]["columns"]["b"] == {"from": ["t.b"], "kind": "copy"}
    assert record.used(record.step("pandas.read_sql")) == [("frame", "input")]


def test_tables_in_memory_are_what_went_into_them(folder):
    with recording(folder) as record:
        connection = sqlite3.connect(":memory:")
        pd.read_csv("x.csv").to_sql("t", connection, index=False)
        pd.read_sql("SELECT sum(a) AS s FROM t", connection).to_csv("s.csv")
        connection.close()
    assert "x.csv" in record.ancestors(record.by_label("s.csv").artifact)


def test_statements_of_sqlite_tell_what_they_read_and_write(folder):
    with recording(folder) as record:
        connection = sqlite3.connect("d.db")
        connection.execute("CREATE TABLE t (a INTEGER)")
        connection.executemany("INSERT INTO t VALUES (?)", [(i,) for i in range(100)])
        connection.execute("CREATE TABLE u AS SELECT a * 2 AS d FROM t")
        rows = connection.execute("SELECT d FROM u").fetchall()
        connection.commit()
        connection.close()
        pd.DataFrame(rows, columns=["d"]).to_csv("rows.csv")
    made = [step for step in record.steps if record.generated(step) == ["u"]]
    assert [record.used(step) for step in made] == [[("t", "input")]]
    assert "u" in record.ancestors(record.by_label("rows.csv").artifact)
    assert {link.evidence for link in record.inferred()} == {"inferred"}


def test_a_trace_of_the_programs_own_goes_before_ours(folder):
    heard = []
    with recording(folder):
        connection = sqlite3.connect("d.db")
        connection.set_trace_callback(heard.append)
        connection.execute("CREATE TABLE t (a INTEGER)")
        pd.DataFrame({"a": [1]}).to_sql("u", connection, index=False)
        connection.close()
    assert any("CREATE TABLE t" in text for text in heard)


def test_statements_of_sqlalchemy_tell_their_tables(folder):
    prepared = sqlalchemy.create_engine(f"sqlite:///{folder}/d.db")
    with prepared.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE t (a INTEGER)"))
    with recording(folder) as record:
        engine = sqlalchemy.create_engine(f"sqlite:///{folder}/d.db")
        with engine.connect() as connection:
            rows = connection.execute(sqlalchemy.text("SELECT a FROM t")).fetchall()
        engine.dispose()
    prepared.dispose()
    assert rows == []
    assert [link.artifact for edge in record.root_edges for link in edge.used] == [
        record.by_label("t").artifact
    ]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql+psycopg://me:s3cret@db:5433/shop", "postgresql://db:5433/shop"),
        ("postgresql://me:s3cret@db/shop?sslmode=require", "postgresql://db:5432/shop"),
        ("postgresql://me:s3cret@[2001:DB8::1]:5433/shop", "postgresql://[2001:db8::1]:5433/shop"),
        ("postgresql://me@[::1]/shop", "postgresql://[::1]:5432/shop"),
        ("mysql+pymysql://u:p@h/d", "mysql://h:3306/d"),
        ("sqlite://", None),
        ("sqlite:////data/d.db", "sqlite:///data/d.db"),
    ],
)
def test_an_address_has_no_user_and_no_password(url, expected):
    assert sql_._by_url(url).uri == expected


def test_undo_leaves_libraries_as_they_were(folder):
    connect, read = sqlite3.connect, pd.read_sql
    methods = dict(vars(sqlalchemy.Connection))
    with recording(folder):
        assert sqlite3.connect is not connect
        assert pd.read_sql is not read
    assert sqlite3.connect is connect
    assert pd.read_sql is read
    assert dict(vars(sqlalchemy.Connection)) == methods
