import contextlib
import sqlite3

import pytest

from flowstory import FlowStory
from forebear.core.accounts import Access
from forebear.core.clock import now
from forebear.core.digest import of_bytes
from forebear.core.errors import CorruptStore, StoreError
from forebear.core.events import (
    AliasMoved,
    ArtifactRecorded,
    EdgesRecorded,
    GapNoticed,
    Link,
    ReproductionRecorded,
    RunStarted,
    Stated,
    VersionNamed,
)
from forebear.core.merkle import leaf_hash
from forebear.store import open_store
from forebear.store.schema import PROJECTIONS

DATA = b"a,b\n1,2\n"
CSV = of_bytes(DATA)


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path, create=True) as store:
        store.blobs.put(DATA)
        store.append(
            [
                RunStarted(run="r", kind="run", name="train.py"),
                ArtifactRecorded(artifact=CSV, kind="data", digest=CSV, label="d.csv", kept=True),
                EdgesRecorded(run="r", used=[Link(artifact=CSV, role="train")]),
                VersionNamed(kind="data", name="adult", artifact=CSV),
                GapNoticed(run="r", what="no git"),
            ]
        )
        yield store


@pytest.fixture
def damage(store, tmp_path):
    """A function that changes the database behind the store's back."""

    def change(*statements):
        connection = sqlite3.connect(tmp_path / "ledger.db")
        for statement in statements:
            assert connection.execute(statement).rowcount != 0
        connection.commit()
        connection.close()

    return change


CHANGED = {int: "{} + 1000003", float: "{} + 0.5", bool: "{} + 2", str: "{} || 'x'", bytes: "x'00'"}


def values(folder, table, column):
    connection = sqlite3.connect(folder / "ledger.db")
    with contextlib.closing(connection):
        query = f'SELECT "{column.name}" FROM "{table.name}" WHERE "{column.name}" IS NOT NULL'
        return connection.execute(query).fetchall()


def faults(store):
    return [(fault.what, fault.where) for fault in store.verify()]


def test_a_whole_store_has_no_fault(store):
    assert faults(store) == []


def test_a_flipped_byte_in_an_event(store, damage):
    damage("UPDATE event SET body = CAST(replace(body, 'no git', 'no gat') AS BLOB) WHERE seq = 5")
    found = list(store.verify())
    assert [(fault.what, fault.where) for fault in found] == [
        ("event", "event 5"),
        ("root", "head"),
        ("projection", "gap seq=5"),
    ]
    assert found[2].message == "'what' is 'no git', and the events say 'no gat'."


def test_a_flipped_byte_with_a_leaf_to_match(store, damage, tmp_path):
    connection = sqlite3.connect(tmp_path / "ledger.db")
    body = connection.execute("SELECT body FROM event WHERE seq = 5").fetchone()[0]
    forged = body.replace(b"no git", b"no gat")
    connection.execute(
        "UPDATE event SET body = ?, leaf = ? WHERE seq = 5", [forged, leaf_hash(forged)]
    )
    connection.execute("UPDATE gap SET what = 'no gat'")
    connection.commit()
    connection.close()
    assert faults(store) == [("root", "head")]


def test_an_event_that_cannot_be_read(store, damage):
    damage("UPDATE event SET body = x'7b' WHERE seq = 3")
    assert faults(store) == [
        ("event", "event 3"),
        ("event", "event 3"),
        ("root", "head"),
        ("projection", "all tables"),
    ]


def test_a_deleted_event(store, damage):
    damage("DELETE FROM event WHERE seq = 3")
    found = list(store.verify())
    assert ("sequence", "event 4") in [(fault.what, fault.where) for fault in found]
    assert "5 events were recorded, and 4 are there." in [fault.message for fault in found]


def test_a_deleted_end(store, damage):
    damage("DELETE FROM event WHERE seq = 5", "DELETE FROM gap")
    assert faults(store) == [("root", "head")]


def test_swapped_events(store, damage):
    damage(
        "UPDATE event SET seq = 99 WHERE seq = 4",
        "UPDATE event SET seq = 4 WHERE seq = 5",
        "UPDATE event SET seq = 5 WHERE seq = 99",
    )
    assert ("root", "head") in faults(store)


def test_an_event_filed_under_another_id(store, damage):
    damage("UPDATE event SET id = 'other' WHERE seq = 2")
    assert faults(store) == [("event", "event 2")]


def test_a_clock_that_was_set_back(store, damage):
    damage("UPDATE event SET recorded = recorded - 1 WHERE seq = 4")
    assert faults(store) == [("sequence", "event 4"), ("root", "head")]


def test_a_time_that_was_changed_and_still_is_in_order(store, damage):
    store.append([GapNoticed(run="r", what="later")])
    damage("UPDATE event SET recorded = recorded - 1 WHERE seq < 6")
    (fault,) = store.verify()
    assert (fault.what, fault.where) == ("root", "head")
    assert "times" in fault.message


def test_a_time_that_is_no_number(store, damage):
    damage("UPDATE event SET recorded = 'noon' WHERE seq = 4")
    assert ("sequence", "event 4") in faults(store)


def test_a_change_of_any_value_is_found(store, damage, tmp_path):
    """But for keys, by which rows are told apart: those are rows too many and rows too few."""
    story = FlowStory(tmp_path)
    story.prepare()
    model = story.train(4, 0.8).file
    story.cleansed(store)
    more = {"artifact": model, "run": "r", "environment": "current", "by": "me"}
    story.say(ReproductionRecorded(verdict="bitwise", reason="same", matched=[model], **more))
    story.say(Stated(topic="tag", about=model, key="pii", value=True, by="me", why="seen"))
    store.append(story.events)
    asked = Access(at=now(), account="a", method="GET", route="/x", status=200)
    store.accounts.note([asked])
    changed = []
    for table in PROJECTIONS:
        for column in table.columns:
            if column.primary_key or not values(tmp_path, table, column):
                continue
            new = CHANGED[column.type.python_type].format(f'"{column.name}"')
            damage(f'UPDATE "{table.name}" SET "{column.name}" = {new}')
            changed.append((table.name, column.name))
    damage("UPDATE access SET line = replace(line, '200', '404')")
    assert len(changed) > 60
    said = [f"{one.where} {one.message}" for one in store.verify()]
    missed = [
        (table, column)
        for table, column in changed
        if not any(one.startswith(f"{table} ") and f"'{column}' is " in one for one in said)
    ]
    assert missed == []
    assert [one for one in said if one.startswith("access log, line 1 ")]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ("DROP INDEX uq_version_minted", "index uq_version_minted"),
        ("CREATE TRIGGER t AFTER INSERT ON event BEGIN SELECT 1; END", "trigger t"),
        ("ALTER TABLE token ADD COLUMN more TEXT", "table token"),
        ("CREATE TABLE other (x)", "table other"),
    ],
)
def test_a_database_of_another_shape(store, tmp_path, wrong, where):
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute(wrong)
    connection.close()
    assert ("database", where) in faults(store)


def test_a_shape_that_is_no_text_is_damage(store, tmp_path):
    store.close()
    path = tmp_path / "ledger.db"
    whole = path.read_bytes()
    assert whole.count(b"CREATE TABLE gap") == 1
    path.write_bytes(whole.replace(b"CREATE TABLE gap", b"CREATE TA\xc2LE gap"))
    with pytest.raises(CorruptStore, match="damaged"):
        open_store(tmp_path)


def test_a_changed_head(store, damage):
    damage("UPDATE head SET recorded = recorded + 1")
    assert faults(store) == [("root", "head")]
    damage("UPDATE head SET recorded = recorded - 1, id = 2")
    assert faults(store) == [("root", "head")]
    damage("UPDATE head SET root = zeroblob(32)")
    assert faults(store) == [("root", "head")]
    damage("DELETE FROM head")
    assert faults(store) == [("root", "head")]
    with pytest.raises(StoreError, match="head"):
        store.head()
    with pytest.raises(StoreError, match="head"):
        store.append([GapNoticed(run="r", what="x")])


def test_a_damaged_frontier_takes_no_event(store, damage):
    damage("UPDATE head SET frontier = x'00'")
    assert faults(store) == [("root", "head")]
    with pytest.raises(StoreError, match="damaged"):
        store.append([GapNoticed(run="r", what="x")])


def test_an_edited_row(store, damage):
    damage("UPDATE artifact SET label = 'else.csv'")
    (fault,) = store.verify()
    assert (fault.what, fault.where) == ("projection", "artifact seq=2")
    assert fault.message == "'label' is 'else.csv', and the events say 'd.csv'."
    store.rebuild()
    assert faults(store) == []


def test_a_row_taken_away_and_a_row_smuggled_in(store, damage):
    damage(
        "DELETE FROM gap",
        "INSERT INTO edge SELECT source, target, type, 'test', '', '', 0, 4, 1 FROM edge",
    )
    found = list(store.verify())
    assert [fault.where.split()[0] for fault in found] == ["edge", "gap"]
    assert "role='test'" in found[0].where
    assert [fault.message for fault in found] == [
        "No event says this row.",
        "The events say this row, and it is missing.",
    ]
    store.rebuild()
    assert faults(store) == []


def test_a_key_of_another_type_than_it_should_have(store, damage):
    damage("UPDATE edge SET evidence = 'strong'")
    found = list(store.verify())
    assert {fault.where.split()[0] for fault in found} == {"edge"}
    assert len(found) == 2


def test_damaged_and_missing_kept_bytes(store, tmp_path):
    (path,) = (path for path in (tmp_path / "blobs").rglob("*") if path.is_file())
    path.write_bytes(b"a,b\n1,3\n")
    assert faults(store) == [("blob", CSV)]
    path.unlink()
    assert faults(store) == [("missing-blob", CSV)]
    store.blobs.put(DATA)
    assert faults(store) == []


def test_a_database_damaged_in_its_pages_is_a_fault_and_no_crash(store, tmp_path):
    store.append([GapNoticed(run="r", what="x" * 500) for _ in range(400)])
    store.close()
    path = tmp_path / "ledger.db"
    whole = path.read_bytes()
    for page in range(1, len(whole) // 4096, 7):
        broken = bytearray(whole)
        broken[page * 4096 : page * 4096 + 200] = b"\xff" * 200
        path.write_bytes(broken)
        assert "database" in faults_or_refusal(tmp_path)
    path.write_bytes(whole)
    with open_store(tmp_path) as repaired:
        assert faults(repaired) == []


def faults_or_refusal(folder):
    """What `verify` finds; where the pages that describe the tables are broken, nothing opens."""
    try:
        with open_store(folder) as damaged:
            return {fault.what for fault in damaged.verify()}
    except CorruptStore:
        return {"database"}


def test_a_truncated_database(store, tmp_path):
    store.append([GapNoticed(run="r", what="x" * 500) for _ in range(400)])
    store.close()
    path = tmp_path / "ledger.db"
    path.write_bytes(path.read_bytes()[: 60 * 4096])
    with pytest.raises(CorruptStore, match="damaged"):
        open_store(tmp_path)


def test_names_that_only_others_know_are_no_fault(store, tmp_path):
    store.append(
        [
            AliasMoved(
                kind="model",
                name="churn",
                alias="champion",
                version=1,
                by=store.identities.commitment("zq-user-zq"),
            )
        ]
    )
    assert store.alias("model", "churn", "champion").by == "zq-user-zq"
    with open_store(tmp_path, blobs=tmp_path / "elsewhere" / "blobs") as other:
        assert {fault.what for fault in other.verify()} == {"missing-blob"}
        other.rebuild()
    assert faults(store) == []


def test_another_name_than_the_one_committed_to_is_a_fault(store, damage):
    who = store.identities.commitment("zq-user-zq")
    store.append([AliasMoved(kind="model", name="churn", alias="champion", version=1, by=who)])
    damage("UPDATE alias SET who = 'zq-two-zq'")
    assert [fault[0] for fault in faults(store)] == ["projection"]
