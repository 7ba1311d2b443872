import sqlite3

import pytest

from forebear.core.digest import of_bytes
from forebear.core.errors import CorruptStore, StoreError
from forebear.core.events import (
    AliasMoved,
    ArtifactRecorded,
    EdgesRecorded,
    GapNoticed,
    Link,
    RunStarted,
    VersionNamed,
)
from forebear.core.merkle import leaf_hash
from forebear.store import open_store

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
    assert faults(store) == [("sequence", "event 4")]


def test_a_changed_head(store, damage):
    damage("UPDATE head SET recorded = recorded + 1")
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
