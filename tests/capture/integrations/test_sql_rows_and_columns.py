"""Which rows and columns of tables, files and frames are in what SQL gives."""

import sqlite3

import duckdb
import pandas as pd
import polars as pl
import pytest
from pandas.testing import assert_frame_equal

from forebear.capture import queryrows

from .pandas_operations import bonuses, people
from .passages import passage_to, reach
from .recording import recording

PEOPLE, BONUS = people(), bonuses()
LEFT = PEOPLE.drop(index=4).reset_index(drop=True)
"""The people in the database: one was deleted, so numbers of rows have a hole."""
ALL = {name: {f"people.{name}"} for name in PEOPLE}


@pytest.fixture
def folder(tmp_path):
    PEOPLE.to_csv(tmp_path / "people.csv", index=False)
    BONUS.to_csv(tmp_path / "bonus.csv", index=False)
    connection = sqlite3.connect(tmp_path / "s.db")
    PEOPLE.to_sql("people", connection, index=False)
    BONUS.to_sql("bonus", connection, index=False)
    connection.execute("DELETE FROM people WHERE rowid = 5")
    connection.execute("CREATE VIEW old AS SELECT id, age FROM people WHERE age > 40")
    connection.commit()
    connection.close()
    return tmp_path


def lite(sql, **options):
    connection = sqlite3.connect("s.db")
    found = pd.read_sql(sql, connection, **options)
    connection.close()
    return found


def passed_by(folder, do, *args, **options):
    with recording(folder) as record:
        made = do(*args, **options)
        artifact = reach(record, made)
    assert record.gaps == []
    return passage_to(record, artifact)


def alone(frame):
    """The rows that a filtered or sorted frame holds."""
    return [[int(at)] for at in frame.index]


def joined(frame, other, **options):
    frame = frame[["id", "pay"]].assign(one=range(len(frame)))
    other = other.assign(two=range(len(other)))
    return frame.merge(other, on="id", **options)


def grouped(frame, key):
    return frame.assign(at=range(len(frame))).groupby(key).at.agg(list).tolist()


# SQLite ---------------------------------------------------------------------------------------


def test_a_whole_table(folder):
    passed = passed_by(folder, lite, "SELECT * FROM people")
    assert passed.rows == {"people": alone(LEFT)}
    assert passed.columns == ALL


def test_rows_that_are_chosen_and_sorted(folder):
    sql = "SELECT pay * 2 AS twice, job FROM people WHERE age > ? ORDER BY id LIMIT 6"
    passed = passed_by(folder, lite, sql, params=[30])
    assert passed.rows == {"people": alone(LEFT[LEFT.age > 30].sort_values("id").head(6))}
    assert passed.columns == {"twice": {"people.pay"}, "job": {"people.job"}}
    assert passed.by == {"age", "id"}


def test_a_join_that_finds_nothing_holds_no_row(folder):
    sql = """SELECT p.pay, b.bonus FROM people p LEFT JOIN bonus b ON b.id = p.id
             ORDER BY p.rowid, b.rowid"""
    passed = passed_by(folder, lite, sql)
    expected = joined(LEFT, BONUS, how="left")
    assert passed.rows["people"] == [[at] for at in expected.one]
    assert passed.rows["bonus"] == [[int(at)] if at == at else [] for at in expected.two]
    assert passed.columns == {"pay": {"people.pay"}, "bonus": {"bonus.bonus"}}


def test_groups_hold_all_their_rows(folder):
    sql = "SELECT city, avg(pay) AS mean, count(*) AS n FROM people GROUP BY city ORDER BY city"
    passed = passed_by(folder, lite, sql)
    assert passed.rows == {"people": grouped(LEFT, "city")}
    assert passed.columns == {
        "city": {"people.city"},
        "mean": {"people.pay"},
        "n": {"people.city"},
    }


def test_distinct_rows_hold_all_that_were_alike(folder):
    passed = passed_by(folder, lite, "SELECT DISTINCT city FROM people WHERE city IS NOT NULL")
    cities = LEFT.assign(at=range(len(LEFT))).dropna(subset=["city"])
    held = cities.groupby("city", sort=False)["at"].agg(list)
    assert sorted(passed.rows["people"]) == sorted(held.tolist())


def test_united_rows_come_from_one_of_the_tables(folder):
    passed = passed_by(folder, lite, "SELECT id FROM people UNION ALL SELECT id FROM bonus")
    assert passed.rows == {
        "people": [[at] for at in range(len(LEFT))] + [[]] * len(BONUS),
        "bonus": [[]] * len(LEFT) + [[at] for at in range(len(BONUS))],
    }


def test_rows_united_once_hold_the_rows_of_both(folder):
    with recording(folder) as record:
        made = lite("SELECT id FROM people UNION SELECT id FROM bonus")
        artifact = reach(record, made)
    passed = passage_to(record, artifact)
    for name, frame in (("people", LEFT), ("bonus", BONUS)):
        held = [[at for at, one in enumerate(frame.id) if one == id] for id in made.id]
        assert passed.rows[name] == held


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id, random() AS r FROM people WHERE age > 30",
        "SELECT id FROM people UNION SELECT id FROM bonus LIMIT 3",
    ],
)
def test_rows_are_unknown_where_they_cannot_be_asked(folder, sql):
    assert set(passed_by(folder, lite, sql).rows.values()) == {None}


def test_large_tables_are_not_asked_again(folder, monkeypatch):
    monkeypatch.setattr("forebear.capture.integrations._sqlite_rows.MOST_ROWS", 5)
    assert passed_by(folder, lite, "SELECT id FROM people WHERE age > 30").rows == {"people": None}
    # Of a whole table it is plain without asking.
    assert passed_by(folder, lite, "SELECT id FROM people").rows == {"people": alone(LEFT)}


def test_no_more_is_asked_when_it_has_taken_long(folder, monkeypatch):
    monkeypatch.setattr(queryrows, "_LONGEST", 0.0)
    assert passed_by(folder, lite, "SELECT id FROM people WHERE age > 30").rows == {"people": None}


def test_what_is_not_committed_is_not_guessed(folder):
    def changed():
        connection = sqlite3.connect("s.db")
        connection.execute("UPDATE people SET pay = pay + rowid WHERE age > 30")
        found = pd.read_sql("SELECT pay FROM people WHERE age > 30", connection)
        connection.close()
        return found

    with recording(folder) as record:
        artifact = reach(record, changed())
    assert passage_to(record, artifact).rows == {"people": None}


def test_the_program_sees_nothing_of_the_second_query(folder):
    seen = []

    def traced():
        connection = sqlite3.connect("s.db")
        connection.set_trace_callback(seen.append)
        found = pd.read_sql("SELECT id FROM people WHERE age > 30", connection)
        connection.close()
        return found

    passed = passed_by(folder, traced)
    assert passed.rows == {"people": alone(LEFT[LEFT.age > 30])}
    assert not [sql for sql in seen if "forebear" in sql or "rowid" in sql]


def test_a_view_is_a_table_of_its_own(folder):
    passed = passed_by(folder, lite, "SELECT * FROM old")
    assert passed.rows == {"old": alone(LEFT[LEFT.age > 40].reset_index())}
    assert passed.columns == {"id": {"old.id"}, "age": {"old.age"}}


def test_polars_asks_the_same(folder):
    def ask():
        connection = sqlite3.connect("s.db")
        found = pl.read_database("SELECT id, pay FROM people WHERE age > 30", connection)
        connection.close()
        return found

    passed = passed_by(folder, ask)
    assert passed.rows == {"people": alone(LEFT[LEFT.age > 30])}
    assert passed.columns == {"id": {"people.id"}, "pay": {"people.pay"}}


def test_a_frame_goes_into_a_table_as_it_is(folder):
    with recording(folder) as record:
        frame = pd.read_csv("people.csv")
        with sqlite3.connect("t.db") as connection:
            frame[frame.age > 30].to_sql("part", connection, index=False)
            frame[["id"]].to_sql("part", connection, index=False, if_exists="append")
        connection.close()
    first, second = [step for step in record.steps if step.name == "DataFrame.to_sql"]
    (flow,), (more,) = first.flows, second.flows
    assert flow.same == list(PEOPLE)
    assert flow.rows[0].n_out == int((PEOPLE.age > 30).sum())
    assert (more.same, more.rows) == (["id"], [None])


# DuckDB ---------------------------------------------------------------------------------------


def duck(sql, *params):
    people = pd.read_csv("people.csv")
    bonus = pd.read_csv("bonus.csv")
    found = duckdb.execute(sql, list(params)).df()
    del people, bonus
    return found


def test_frames_that_duckdb_is_asked_of(folder):
    sql = "SELECT id, pay / 2 AS half FROM people WHERE age > ? ORDER BY pay, id"
    passed = passed_by(folder, duck, sql, 40)
    expected = PEOPLE[PEOPLE.age > 40].sort_values(["pay", "id"])
    assert passed.rows == {"people": alone(expected)}
    assert passed.columns == {"id": {"people.id"}, "half": {"people.pay"}}
    assert passed.by == {"age", "pay", "id"}


def test_files_that_duckdb_joins(folder):
    sql = """WITH most AS (SELECT id, max(bonus) AS most FROM read_csv('bonus.csv') GROUP BY id)
             SELECT p.id, most FROM 'people.csv' AS p JOIN most USING (id) ORDER BY p.id"""
    passed = passed_by(folder, duck, sql)
    numbered = PEOPLE.assign(at=range(len(PEOPLE)))
    ids = sorted({*PEOPLE.id} & {*BONUS.id})
    assert passed.rows["people.csv"] == [numbered[numbered.id == one]["at"].tolist() for one in ids]
    assert passed.rows["bonus.csv"] == [BONUS.index[BONUS.id == one].tolist() for one in ids]
    assert passed.columns == {"id": {"people.csv.id"}, "most": {"bonus.csv.bonus"}}


def test_tables_in_memory_are_seen_through(folder):
    def build():
        connection = duckdb.connect()
        connection.execute("CREATE TABLE known AS FROM 'people.csv' WHERE age IS NOT NULL")
        connection.execute(
            "CREATE TABLE city AS SELECT city, avg(pay) AS mean FROM known GROUP BY city"
        )
        return connection.execute("SELECT * FROM city ORDER BY city").df()

    passed = passed_by(folder, build)
    known = PEOPLE[PEOPLE.age.notna()]
    expected = known.assign(at=known.index).groupby("city").at.agg(list).tolist()
    assert passed.rows == {"people.csv": expected}
    assert passed.columns == {"city": {"people.csv.city"}, "mean": {"people.csv.pay"}}


def test_tables_of_a_file_pass_on_rows_and_columns(folder):
    with recording(folder) as record:
        connection = duckdb.connect("d.duckdb")
        connection.execute("CREATE TABLE old AS SELECT id, age FROM 'people.csv' WHERE age > 40")
        connection.close()
    table = record.by_label("old").artifact
    passed = passage_to(record, table)
    assert passed.rows == {"people.csv": alone(PEOPLE[PEOPLE.age > 40])}
    assert passed.columns == {"id": {"people.csv.id"}, "age": {"people.csv.age"}}


def test_steps_of_a_relation(folder):
    def build():
        people = pd.read_csv("people.csv")
        relation = duckdb.sql("SELECT * FROM people").filter("age > 40").project("pay, id")
        found = relation.df()
        del people
        return found

    passed = passed_by(folder, build)
    assert passed.rows == {"people": alone(PEOPLE[PEOPLE.age > 40])}
    assert passed.columns == {"pay": {"people.pay"}, "id": {"people.id"}}


def test_a_relation_that_drops_rows_in_its_own_way_is_not_the_whole(folder):
    def build():
        people = pd.read_csv("people.csv")
        found = duckdb.sql("SELECT city FROM people").distinct().df()
        del people
        return found

    assert passed_by(folder, build).rows == {"people": None}


def test_functions_of_the_programs_own_are_not_called_again(folder):
    calls = []

    def half(value: float) -> float:
        calls.append(value)
        return value / 2

    def ask():
        connection = duckdb.connect()
        connection.create_function("half", half)
        return connection.execute("SELECT id, half(pay) AS h FROM 'people.csv' LIMIT 3").df()

    with recording(folder) as record:
        artifact = reach(record, ask())
        seen = len(calls)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        calls.clear()
        ask()
    assert len(calls) == seen
    assert passage_to(record, artifact).rows == {"people.csv": None}


def test_an_open_result_is_left_alone(folder):
    def fetch():
        connection = duckdb.connect()
        connection.execute("SELECT id FROM 'people.csv' WHERE age > 40")
        first = connection.fetchmany(3)
        return [*first, *connection.fetchall()]

    with recording(folder):
        seen = fetch()
    assert [row[0] for row in seen] == PEOPLE[PEOPLE.age > 40].id.tolist()


def test_the_same_comes_out_with_and_without_recording(folder, monkeypatch):
    sql = "SELECT city, count(*) AS n FROM people GROUP BY city ORDER BY n, city"
    with recording(folder):
        seen = duck(sql), lite(sql)
    monkeypatch.chdir(folder)
    for one, two in zip(seen, (duck(sql), lite(sql)), strict=True):
        assert_frame_equal(one, two)
