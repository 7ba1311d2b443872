"""Queries that tell the numbers of rows beside their own columns."""

import sqlite3
import sys

import duckdb
import pytest

from forebear.engines.sql_rows import (
    PREFIX,
    groups_counted,
    numbered,
    selected_in,
    whole_table,
)


@pytest.fixture
def lite():
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "CREATE TABLE t (k INT, v INT); CREATE TABLE u (k INT, w INT);"
        "INSERT INTO t VALUES (1, 10), (2, 20), (3, 30), (1, 40); DELETE FROM t WHERE v = 20;"
        "INSERT INTO u VALUES (3, 7), (1, 8), (1, 9);"
    )
    yield connection
    connection.close()


@pytest.fixture
def duck():
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS FROM (VALUES (1, 10), (3, 30), (1, 40)) AS x(k, v)")
    connection.execute("CREATE TABLE u AS FROM (VALUES (3, 7), (1, 8), (1, 9)) AS x(k, w)")
    yield connection
    connection.close()


def told(connection, sql, dialect):
    """The tables of the last columns, the query's own rows, and the numbers in each row."""
    query = numbered(sql, dialect)
    cursor = connection.execute(query.sql)
    names = [column[0] for column in cursor.description]
    extra = len(query.tables)
    own = [at for at, name in enumerate(names[:-extra]) if not name.startswith(PREFIX)]
    rows = cursor.fetchall()
    numbers = [[_numbers(value) for value in row[-extra:]] for row in rows]
    return [one.name for one in query.tables], [tuple(r[at] for at in own) for r in rows], numbers


def _numbers(value):
    return sorted(int(one) for one in str(value).split(",")) if value is not None else []


QUERIES = {
    "SELECT v FROM t WHERE k = 1": [[[0]], [[2]]],
    "SELECT * FROM t ORDER BY v DESC LIMIT 2": [[[2]], [[1]]],
    "SELECT x.v, u.w FROM t AS x JOIN u ON u.k = x.k ORDER BY v, w": [
        [[0], [1]], [[0], [2]], [[1], [0]], [[2], [1]], [[2], [2]],
    ],
    "SELECT v, w FROM t LEFT JOIN u ON u.k = t.k AND w > 7 ORDER BY v, w": [
        [[0], [1]], [[0], [2]], [[1], []], [[2], [1]], [[2], [2]],
    ],
    "SELECT k, sum(v) AS s FROM t GROUP BY k ORDER BY k": [[[0, 2]], [[1]]],
    "SELECT max(v) FROM t": [[[0, 1, 2]]],
    "SELECT k, row_number() OVER (ORDER BY v) AS n FROM t ORDER BY v": [[[0]], [[1]], [[2]]],
    "WITH s AS (SELECT k, sum(w) AS w FROM u GROUP BY k) SELECT * FROM t JOIN s ON s.k = t.k"
    " ORDER BY v": [[[0], [1, 2]], [[1], [0]], [[2], [1, 2]]],
    "SELECT s.k FROM (SELECT k, v FROM t WHERE v > 10) AS s ORDER BY s.v": [[[1]], [[2]]],
    "SELECT a.v, b.v FROM t AS a JOIN t AS b ON a.v = b.v + 10": [[[2], [1]]],
    "SELECT v FROM t WHERE k IN (SELECT k FROM u WHERE w = 7)": [[[1]]],
}  # fmt: skip


@pytest.mark.parametrize("sql", QUERIES)
def test_duckdb_tells_numbers_of_rows(duck, sql):
    expected = duck.execute(sql).fetchall()
    tables, rows, numbers = told(duck, sql, "duckdb")
    assert rows == expected
    assert numbers == QUERIES[sql]
    assert set(tables) <= {"t", "u"}


@pytest.mark.parametrize("sql", QUERIES)
def test_sqlite_tells_numbers_of_rows(lite, sql):
    place = {1: 0, 3: 1, 4: 2}  # a row was deleted
    expected = lite.execute(sql).fetchall()
    tables, rows, numbers = told(lite, sql, "sqlite")
    assert rows == expected
    plain = [
        [
            [place[n] if table == "t" else n - 1 for n in some]
            for table, some in zip(tables, row, strict=True)
        ]
        for row in numbers
    ]
    assert plain == QUERIES[sql]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT DISTINCT * FROM t",
        "SELECT DISTINCT k, sum(v) FROM t GROUP BY k",
        "SELECT * FROM t UNION SELECT * FROM u",
        "SELECT k FROM t UNION SELECT k FROM u LIMIT 2",
        "SELECT k FROM t UNION ALL SELECT k FROM u UNION SELECT k FROM t",
        "SELECT k FROM t EXCEPT SELECT k FROM u",
        "SELECT 1",
        "SELECT k FROM (SELECT k FROM t UNION ALL SELECT k FROM u) AS d",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3)"
        " SELECT i FROM n",
        "WITH t AS (SELECT 1 AS k) SELECT * FROM (WITH t AS (SELECT 2 AS k) SELECT k FROM t) AS s",
        "SELECT k FROM t; SELECT k FROM u",
        "DELETE FROM t",
        "UPDATE t SET k = 1",
        "INSERT INTO t SELECT * FROM u",
        "CREATE TABLE s AS SELECT * FROM t",
        "SELECT k INTO s FROM t",
        "SELECT nextval('numbers') FROM t",
        "SELECT k FROM t WHERE of_the_programs_own(k)",
        "not SQL at all (",
        "",
    ],
)
def test_other_sql_is_not_asked_again(sql):
    assert numbered(sql, "duckdb") is None
    assert numbered(sql, "sqlite") is None


def test_a_distinct_part_tells_all_rows_that_were_alike(duck):
    sql = "SELECT v FROM t JOIN (SELECT DISTINCT k FROM u WHERE w > 7) AS d ON d.k = t.k ORDER BY v"
    tables, rows, numbers = told(duck, sql, "duckdb")
    assert (tables, rows) == (["t", "u"], [(10,), (40,)])
    assert numbers == [[[0], [1, 2]], [[2], [1, 2]]]


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ("SELECT * FROM t", "t"),
        ("SELECT a + 1 AS b, upper(c) FROM main.t AS x", "main.t"),
        ("SELECT * FROM 'data/x.csv'", "data/x.csv"),
        ("SELECT a FROM t WHERE a > 1", None),
        ("SELECT a FROM t ORDER BY a", None),
        ("SELECT a FROM t LIMIT 3", None),
        ("SELECT DISTINCT a FROM t", None),
        ("SELECT count(*) FROM t", None),
        ("SELECT a FROM t, u", None),
        ("SELECT a FROM (SELECT a FROM t) AS s", None),
        ("SELECT unnest(a) FROM t", None),
        ("WITH t AS (SELECT 1 AS a) SELECT a FROM t", None),
        ("SELECT a FROM t TABLESAMPLE 10%", None),
        ("DELETE FROM t", None),
        ("no SQL (", None),
    ],
)
def test_whole_tables(sql, table):
    assert whole_table(sql, "duckdb") == table


@pytest.mark.parametrize(
    ("sql", "counted"),
    [
        ("SELECT sum(v) AS s FROM t", (3, 1)),
        ("SELECT sum(v) FROM t WHERE v > 100", (0, 1)),
        ("SELECT k, avg(v) AS m FROM t GROUP BY 1 ORDER BY m", (3, 2)),
        ("SELECT k, max(v) FROM t WHERE v > 10 GROUP BY ALL", (2, 2)),
        ("SELECT k, count(*) AS n FROM t GROUP BY k HAVING n > 1", (2, 1)),
        ("SELECT k FROM (SELECT k, v * 2 AS w FROM t WHERE v < 40) AS s GROUP BY k", (2, 2)),
        ("WITH s AS (SELECT * FROM t LIMIT 1) SELECT count(k) FROM s", (1, 1)),
        ("SELECT k, v FROM t", None),
        ("SELECT k, avg(v) OVER (PARTITION BY k) FROM t", None),
        ("SELECT t.k, count(*) FROM t JOIN u USING (k) GROUP BY t.k", None),
        ("SELECT k, sum(n) FROM (SELECT k, count(*) AS n FROM t GROUP BY k) AS s GROUP BY k", None),
        ("SELECT count(*) FROM (SELECT DISTINCT k FROM t) AS s", None),
        ("SELECT k, list(v) FROM t GROUP BY k", None),
        ("SELECT k, string_agg(v, ',') FROM t GROUP BY k", None),
        ("SELECT unnest([k, max(v)]) FROM t GROUP BY k", None),
        ("SELECT k, sum(v) FROM t GROUP BY ROLLUP (k)", None),
        ("SELECT k, sum(v) FROM t GROUP BY k LIMIT 1", None),
        ("no SQL (", None),
    ],
)
def test_how_many_rows_were_grouped(duck, sql, counted):
    query = groups_counted(sql, "duckdb")
    assert (None if query is None else duck.execute(query).fetchone()) == counted


def test_the_query_in_a_statement():
    assert selected_in("CREATE TABLE s AS SELECT a FROM t", "duckdb") == "SELECT a FROM t"
    assert selected_in("COPY (SELECT a FROM t) TO 'x.csv' (HEADER)", "duckdb") == "SELECT a FROM t"
    assert selected_in("COPY t TO 'x.csv'", "duckdb") == "SELECT * FROM t"
    assert selected_in("COPY t FROM 'x.csv'", "duckdb") is None
    assert selected_in("INSERT INTO s SELECT a FROM t", "duckdb") is None
    assert selected_in("SELECT a FROM t", "duckdb") is None
    assert selected_in("no SQL (", "duckdb") is None


def test_without_sqlglot_nothing_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    assert numbered("SELECT a FROM t", "duckdb") is None
    assert whole_table("SELECT a FROM t", "duckdb") is None
    assert selected_in("CREATE TABLE s AS SELECT a FROM t", "duckdb") is None
    assert groups_counted("SELECT count(*) FROM t", "duckdb") is None
