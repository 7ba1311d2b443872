import builtins
import logging
import sys

import pytest

from forebear.engines.sql_lineage import ColumnMaking, columns_of
from forebear.engines.sql_words import words_of

SCHEMA = {"t": ["a", "B", "k"], "s.u": ["k", "v"], "x.csv": ["a", "b"]}


def made(sql, dialect="duckdb", schema=SCHEMA):
    columns = columns_of(sql, dialect, schema).columns
    return {name: (one.kind, one.sources) for name, one in columns.items()}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT a AS z FROM t", {"z": ("copy", ["t.a"])}),
        ("SELECT b + k AS c FROM t", {"c": ("computed", ["t.B", "t.k"])}),
        ("SELECT 1 AS one FROM t", {"one": ("constant", [])}),
        ("SELECT count(*) AS n FROM t", {"n": ("aggregate", [])}),
        ("SELECT sum(a) OVER (PARTITION BY k) AS w FROM t", {"w": ("window", ["t.a", "t.k"])}),
        (
            "SELECT * FROM t",
            {"a": ("copy", ["t.a"]), "B": ("copy", ["t.B"]), "k": ("copy", ["t.k"])},
        ),
        ("SELECT * EXCLUDE (a, k) FROM t", {"B": ("copy", ["t.B"])}),
        ("SELECT u.v FROM t JOIN s.u USING (k)", {"v": ("copy", ["s.u.v"])}),
        ("SELECT k FROM t JOIN s.u USING (k)", {"k": ("computed", ["t.k", "s.u.k"])}),
        (
            "WITH q AS (SELECT k, sum(v) AS m FROM s.u GROUP BY k)"
            " SELECT t.a, q.m * 2 AS d FROM t LEFT JOIN q ON t.k = q.k",
            {"a": ("copy", ["t.a"]), "d": ("aggregate", ["s.u.v"])},
        ),
        ("SELECT a AS x FROM t UNION ALL SELECT v FROM s.u", {"x": ("copy", ["t.a", "s.u.v"])}),
        (
            "SELECT (SELECT max(v) FROM s.u WHERE u.k = t.k) AS m FROM t",
            {"m": ("aggregate", ["s.u.v"])},
        ),
        (
            "SELECT e.x FROM t, LATERAL (SELECT u.v + t.k AS x FROM s.u) e",
            {"x": ("computed", ["s.u.v", "t.k"])},
        ),
        ("WITH RECURSIVE r AS (SELECT a AS n FROM t UNION ALL SELECT n + 1 FROM r) FROM r",
         {"n": ("computed", ["t.a"])}),
        ("FROM 'x.csv' SELECT b", {"b": ("copy", ["x.csv.b"])}),
        ("SELECT x.a FROM 'x.csv'", {"a": ("copy", ["x.csv.a"])}),
        ("COPY (SELECT a FROM t) TO 'o.parquet'", {"a": ("copy", ["t.a"])}),
        ("INSERT INTO z (p) SELECT a FROM t", {"p": ("copy", ["t.a"])}),
        (
            "CREATE VIEW v AS SELECT a + 1 AS c FROM t; SELECT c FROM v",
            {"c": ("computed", ["t.a"])},
        ),
    ],
)  # fmt: skip
def test_columns_lead_back_to_their_sources(sql, expected):
    assert made(sql) == expected


@pytest.mark.parametrize(
    ("sql", "tables", "files", "targets", "action"),
    [
        ("SELECT * FROM read_csv('x.csv', header = true)", [], ["x.csv"], [], "select"),
        ("FROM read_parquet(['a.parquet', 'b.parquet'])", [], ["a.parquet", "b.parquet"], [],
         "select"),
        ("SELECT * FROM postgres_scan('password=p', 's', 't')", [], [], [], "select"),
        ("CREATE OR REPLACE TABLE z AS SELECT * FROM s.u", ["s.u"], [], ["z"], "create"),
        ("COPY t TO 'o.csv' (HEADER)", ["t"], [], ["o.csv"], "copy"),
        ("COPY t FROM 'x.csv'", [], ["x.csv"], ["t"], "load"),
        ("UPDATE t SET a = u.v FROM s.u WHERE u.k = t.k", ["s.u"], [], ["t"], "update"),
        ("DELETE FROM t WHERE a IN (SELECT k FROM s.u)", ["s.u"], [], ["t"], "delete"),
        ("INSERT INTO z VALUES (1)", [], [], ["z"], "insert"),
        ("DROP TABLE t", [], [], [], "drop"),
        ("WITH t AS (SELECT * FROM t) SELECT * FROM t", ["t"], [], [], "select"),
        ("PIVOT t ON a USING sum(b)", ["t"], [], [], "pivot"),
    ],
)  # fmt: skip
def test_what_is_read_and_written(sql, tables, files, targets, action):
    found = columns_of(sql, "duckdb")
    assert (found.tables, found.files, found.targets) == (tables, files, targets)
    assert found.action == action


def test_columns_that_decide_about_rows():
    found = columns_of(
        "SELECT a, sum(b) AS s FROM t JOIN s.u ON t.k = u.k WHERE v > 1 GROUP BY a ORDER BY s",
        "duckdb",
        SCHEMA,
    )
    assert found.influences == {
        "filter": ["s.u.v"],
        "group": ["t.a"],
        "order": ["t.B"],
        "join": ["t.k", "s.u.k"],
    }


def test_what_cannot_be_known_is_said_and_not_guessed():
    found = columns_of("SELECT nope FROM t, s.u", "duckdb", SCHEMA)
    assert found.columns["nope"].sources == []
    assert found.gaps == ["Which table the column nope is of is not known."]
    found = columns_of("SELECT * FROM unknown", "duckdb")
    assert found.columns == {"*": ColumnMaking(["unknown.*"])}
    assert found.gaps == ["Which columns `*` stands for is not known."]


@pytest.mark.parametrize("sql", ["SELEC a FROM t JOIN s.u", "SELECT ((( FROM t JOIN s.u", "'"])
def test_broken_sql_still_tells_its_tables(sql, caplog):
    with caplog.at_level(logging.DEBUG):
        found = columns_of(sql, "duckdb", SCHEMA)
    assert found.tables == (["t", "s.u"] if "FROM" in sql else [])
    assert found.columns == {}
    assert found.gaps == ["The SQL could not be parsed, so its columns were not followed."]
    assert caplog.records == []


def test_deep_and_long_sql_do_no_harm():
    deep = "SELECT " + "(" * 5000 + "a" + ")" * 5000 + " FROM t"
    assert columns_of(deep, "duckdb").tables == ["t"]
    long = "SELECT a FROM t WHERE a IN (" + "1, " * 100_000 + "1)"
    assert columns_of(long, "duckdb").gaps == ["The SQL is too long to read its columns."]


def test_without_a_parser_tables_are_found_by_their_words(monkeypatch):
    real = builtins.__import__

    def refusing(name, *args, **kwargs):
        if name.partition(".")[0] == "sqlglot":
            raise ModuleNotFoundError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refusing)
    monkeypatch.delitem(sys.modules, "sqlglot", raising=False)
    found = columns_of("INSERT INTO z SELECT * FROM t, read_csv('x.csv')", "duckdb")
    assert (found.tables, found.files, found.targets) == (["t"], ["x.csv"], ["z"])
    assert found.gaps == ["Columns of SQL were not followed: sqlglot is not installed."]


@pytest.mark.parametrize(
    ("sql", "tables", "files", "targets"),
    [
        ('select "a" from "S"."My T" -- from comment\n', ["S.My T"], [], []),
        ("select 'from no' from t /* join x */ join `u` on 1", ["t", "u"], [], []),
        ("select * from read_parquet(['a', 'b'])", [], ["a", "b"], []),
        ("update t set a = 1", [], [], ["t"]),
        ("create table if not exists z as select * from (select * from t)", ["t"], [], ["z"]),
        ("select * from generate_series(1, 3)", [], [], []),
        ("select a, b from t x, (select c, d from u) y, v where a in (1, 2)", list("tuv"), [], []),
    ],
)
def test_words(sql, tables, files, targets):
    assert words_of(sql) == (tables, files, targets)


def test_an_answer_is_plain_json():
    assert columns_of("SELECT a FROM t WHERE b > 1", "duckdb", SCHEMA).plain() == {
        "tables": ["t"],
        "columns": {"a": {"from": ["t.a"], "kind": "copy"}},
        "influences": {"filter": ["t.B"]},
    }
