from __future__ import annotations

import pytest

from forebear.core.catalog import COLUMN, SCAN, ClassFound
from forebear.core.digest import of_bytes
from forebear.core.errors import InvalidInput
from forebear.ops.describing import ColumnRequest
from forebear.ops.scan import KeepScanRequest
from forebear.ops.table import Target
from story import CLEAN

ID = of_bytes(CLEAN)


@pytest.fixture
def told(store, story):
    story.train(2, 0.8)
    store.append(story.events)
    return store


def finding(column, sensitivity="phone"):
    return ClassFound(
        column=column, sensitivity=sensitivity, found_by="pattern", count=9, share=0.9
    )


def kept(client, *findings, target="data:clean:1"):
    request = KeepScanRequest(
        target=Target(ref=target), rows=10, columns=2, whole=True, findings=list(findings)
    )
    return client.call(request)


def notes(store):
    return {one.row.key: one.value for one in COLUMN.latest(store.statements, [ID])}


def test_what_was_found_is_kept_with_counts_and_shares_and_that_it_was_looked_for(told, client):
    answer = kept(client, finding("age"))
    assert (answer.about, answer.declared, answer.gone) == (ID, {}, [])
    note = notes(told)["age"]
    assert (note.sensitivity, note.found_by, note.count, note.share) == ("phone", "pattern", 9, 0.9)
    assert SCAN.one(told.statements, ID).value.rows == 10


def test_that_nothing_was_found_is_kept_too(told, client):
    kept(client)
    assert (notes(told), SCAN.one(told.statements, ID).value.columns) == ({}, 2)


def test_what_is_not_found_again_is_taken_back_and_notes_of_people_stay(told, client):
    client.call(ColumnRequest(target=Target(ref=ID), column="age", text="In years"))
    kept(client, finding("age"), finding("churned"))
    assert notes(told)["age"].text == "In years"
    assert kept(client).gone == ["age", "churned"]
    left = notes(told)
    assert (left.keys(), left["age"].text, left["age"].sensitivity) == ({"age"}, "In years", None)


def test_what_people_declare_holds_against_a_scan(told, client):
    client.call(ColumnRequest(target=Target(ref=ID), column="age", sensitive="none"))
    assert kept(client, finding("age")).declared == {"age": "none"}
    assert notes(told)["age"].sensitivity == "none"


def test_the_same_found_again_adds_one_event(told, client):
    kept(client, finding("age"))
    before = told.head().size
    kept(client, finding("age"))
    assert told.head().size == before + 1


def test_only_data_is_looked_through(told, client):
    with pytest.raises(InvalidInput, match="only data"):
        kept(client, target="churn:1")
