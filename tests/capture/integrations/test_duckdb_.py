import subprocess
import sys

import duckdb
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from forebear.capture import asking

from .recording import recording


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n" + "".join(f"{i},{i * 2}\n" for i in range(20)))
    return tmp_path


def columns(step):
    return {n: (c["kind"], c["from"]) for n, c in step.attrs["sql"]["columns"].items()}


def prepare():
    frame = pd.read_csv("x.csv")
    connection = duckdb.connect()
    out = connection.sql("SELECT a + 1 AS c, b FROM frame WHERE a > 3 ORDER BY a").df()
    connection.execute("COPY (SELECT c, b FROM out) TO 'out.parquet'")
    total = connection.execute("SELECT sum(c) AS s FROM out").fetchone()
    return out, total, frame


def test_a_query_over_a_variable_is_a_step_from_frame_to_frame(folder):
    with recording(folder) as record:
        prepare()
    step = record.step("duckdb.df")
    assert (step.kind, record.used(step), record.generated(step)) == (
        "transform",
        [("frame", "input")],
        ["out"],
    )
    assert columns(step) == {"c": ("computed", ["frame.a"]), "b": ("copy", ["frame.b"])}
    assert step.attrs["sql"]["influences"] == {"filter": ["frame.a"], "order": ["frame.a"]}
    saved = record.by_label("out.parquet")
    assert record.ancestors(saved.artifact) == {"out", "frame", "x.csv"}
    assert record.gaps == []
    assert record.inferred() == []


def test_results_are_the_same_with_and_without_recording(folder, monkeypatch):
    with recording(folder):
        seen, total, _ = prepare()
    monkeypatch.chdir(folder)
    plain, plain_total, _ = prepare()
    assert_frame_equal(plain, seen)
    assert plain_total == total


def test_files_that_sql_and_relations_read(folder):
    with recording(folder) as record:
        first = duckdb.sql("FROM 'x.csv' SELECT a").df()
        second = duckdb.read_csv("x.csv").filter("a > 3").project("a * 2 AS z").df()
        duckdb.read_csv("x.csv").aggregate("sum(b) AS s").write_csv("sums.csv")
    assert len(first) == 20
    assert len(second) == 16
    reads = [step for step in record.steps if step.name == "duckdb.df"]
    assert [record.used(step) for step in reads] == [[("x.csv", "input")]] * 2
    assert [step.kind for step in reads] == ["ingest"] * 2
    assert columns(reads[1]) == {"z": ("computed", ["x.csv.a"])}
    assert record.used(record.step("duckdb.write_csv")) == [("x.csv", "input")]
    assert record.gaps == []


def test_copying_into_a_file_what_was_read_from_files_is_seen(folder):
    with recording(folder) as record:
        connection = duckdb.connect()
        connection.sql("COPY (SELECT a, md5(b::VARCHAR) AS h FROM 'x.csv') TO 'masked.parquet'")
        connection.sql("CREATE TABLE t AS SELECT b, a FROM 'x.csv'")
        connection.execute("COPY t TO 'turned.csv' (HEADER)")
        connection.execute("CREATE TABLE u (a INTEGER, b INTEGER)")
        connection.execute("COPY u FROM 'x.csv' (HEADER)")
        connection.execute("COPY (SELECT t.b FROM t JOIN u USING (a)) TO 'joined.csv'")
    steps = {record.generated(step)[0]: step for step in record.steps}
    assert {name: record.used(step) for name, step in steps.items()} == {
        name: [("x.csv", "input")] for name in ("masked.parquet", "turned.csv", "joined.csv")
    }
    (flow,) = steps["masked.parquet"].flows
    assert (flow.same, {name: feed.columns for name, feed in flow.columns.items()}) == (
        ["a"],
        {"h": [(0, "b")]},
    )
    assert [(rows.n_in, rows.n_out, rows.reached) for rows in flow.rows] == [(20, 20, 20)]
    assert record.gaps == []


def test_tables_in_memory_are_what_went_into_them(folder):
    with recording(folder) as record:
        connection = duckdb.connect()
        connection.execute("CREATE TABLE t AS SELECT a * 2 AS d FROM read_csv('x.csv')")
        other = pd.DataFrame({"d": [1, 2]})
        out = connection.cursor().execute("SELECT sum(d) AS s FROM t").df()
        connection.register("seen", other)
        both = connection.sql("SELECT d FROM t UNION ALL SELECT d FROM seen").df()
    assert len(both) == 22
    assert out["s"][0] == 380
    first, second = (step for step in record.steps if step.name == "duckdb.df")
    assert record.used(first) == [("x.csv", "input")]
    assert columns(first) == {"s": ("aggregate", ["x.csv.a"])}
    assert set(record.used(second)) == {("x.csv", "input"), ("seen", "input")}


def test_tables_of_a_file_are_data_by_reference_across_connections(folder):
    with recording(folder) as record:
        with duckdb.connect("p.duckdb") as connection:
            connection.execute("CREATE TABLE k AS SELECT * FROM 'x.csv'")
        with duckdb.connect("p.duckdb") as connection:
            back = connection.table("k").df()
            connection.sql("FROM k").filter("a > 1").to_table("m")
    assert len(back) == 20
    table = record.by_label("k")
    assert table.by_reference
    made = record.step("duckdb.execute")
    assert (record.used(made), made.generated[0].artifact) == ([("x.csv", "input")], table.artifact)
    assert [link.artifact for link in record.step("duckdb.df").used] == [table.artifact]
    assert record.generated(record.step("duckdb.to_table")) == ["m"]
    assert record.ancestors(record.by_label("m").artifact) == {"k", "x.csv"}


def test_rows_fetched_as_tuples_are_recognised_in_frames(folder):
    with recording(folder) as record:
        rows = duckdb.execute("SELECT a, b + 1 AS c FROM 'x.csv'").fetchall()
        frame = pd.DataFrame(rows, columns=["a", "c"])
        frame.to_parquet("rows.parquet")
    assert record.ancestors(record.by_label("rows.parquet").artifact) == {"rows", "x.csv"}
    assert record.inferred() == []


def test_a_table_of_the_database_goes_before_a_variable_of_that_name(folder):
    with recording(folder) as record:
        connection = duckdb.connect()
        connection.execute("CREATE TABLE t AS SELECT a FROM 'x.csv'")
        t = pd.DataFrame({"a": [1]})
        out = connection.sql("SELECT * FROM t").df()
    assert len(out) == 20
    assert len(t) == 1
    assert record.used(record.step("duckdb.df")) == [("x.csv", "input")]


def test_what_was_not_seen_is_said(folder):
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT 1 AS a UNION ALL SELECT 2")
    with recording(folder) as record:
        connection.sql("SELECT a FROM t").df()
    assert record.step("duckdb.df").used == []
    assert record.gaps == ["What is in the table t was not seen."]


def test_errors_are_those_of_duckdb(folder):
    def ask():
        with pytest.raises(duckdb.Error) as caught:
            duckdb.sql("SELECT * FROM session")
        return str(caught.value)

    plain = ask()
    with recording(folder) as record:
        assert ask() == plain
        nested = [duckdb.sql("SELECT count(*) FROM frame").fetchall() for frame in (prepare()[2],)]
    assert nested == [[(20,)]]
    assert record.gaps == []


def test_without_sqlglot_tables_are_known_and_columns_a_gap(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    asking._parsed.cache_clear()
    with recording(folder) as record:
        duckdb.sql("FROM 'x.csv' SELECT a").df()
        frame = pd.read_csv("x.csv")
        duckdb.sql("SELECT b FROM frame").df().to_parquet("out.parquet")
    asking._parsed.cache_clear()
    assert len(frame) == 20
    assert record.gaps == ["Columns of SQL were not followed: sqlglot is not installed."]
    assert "x.csv" in record.ancestors(record.by_label("out.parquet").artifact)
    assert [record.used(step) for step in record.steps if step.name == "duckdb.df"] == [
        [("x.csv", "input")],
        [("frame", "input")],
    ]


def test_inserts_in_a_loop_are_told_once(folder):
    with recording(folder) as record:
        connection = duckdb.connect("p.duckdb")
        connection.execute("CREATE TABLE t (a INTEGER)")
        for number in range(50):
            connection.execute("INSERT INTO t VALUES (?)", [number])
        connection.close()
    assert len(record.steps) <= 2


def test_undo_leaves_duckdb_as_it_was(folder):
    def methods():
        return [dict(vars(owner)) for owner in (duckdb.DuckDBPyConnection, duckdb.DuckDBPyRelation)]

    before, sql = methods(), duckdb.sql
    with recording(folder):
        assert duckdb.sql is not sql
    assert methods() == before
    assert duckdb.sql is sql


SCRIPT = """
import forebear as fb
{first}
{second}
frame = __import__("pandas").read_csv("x.csv")
out = sql("SELECT a FROM frame").df()
out.to_csv("out.csv", index=False)
"""


@pytest.mark.parametrize("late", [False, True])
def test_the_order_of_imports_does_not_matter(folder, late):
    lines = ["fb.autolog()", "from duckdb import sql"]
    first, second = reversed(lines) if late else lines
    script = folder / "s.py"
    script.write_text(SCRIPT.format(first=first, second=second))
    done = subprocess.run(
        [sys.executable, "s.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    shown = subprocess.run(
        [sys.executable, "-m", "forebear", "trace", "out.csv"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "x.csv" in shown.stdout, shown.stdout + shown.stderr
