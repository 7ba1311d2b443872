from __future__ import annotations

import pytest

from forebear.core.catalog import COLUMN, OWNER, TAG
from forebear.core.errors import InvalidInput, UnknownRef
from forebear.ops.describing import (
    ColumnRequest,
    DescribeRequest,
    FreshRequest,
    LicenceRequest,
    OwnRequest,
    StopRequest,
    TagRequest,
)
from forebear.ops.table import Target

CLEAN = Target(ref="data:clean")


@pytest.fixture
def told(store, story):
    store.append(story.events)
    return store


SAID = [
    DescribeRequest(target=CLEAN, text="Customers without their names"),
    OwnRequest(target=CLEAN, by="risk team"),
    TagRequest(target=CLEAN, tags=["gold"]),
    LicenceRequest(target=CLEAN, licence="CC-BY-4.0"),
    ColumnRequest(target=CLEAN, column="age", text="In years"),
    FreshRequest(target=CLEAN, every="1d"),
    StopRequest(target=CLEAN),
]
TAKEN_BACK = [
    DescribeRequest(target=CLEAN),
    OwnRequest(target=CLEAN),
    TagRequest(target=CLEAN, tags=["gold"], remove=True),
    LicenceRequest(target=CLEAN),
    ColumnRequest(target=CLEAN, column="age", remove=True),
    FreshRequest(target=CLEAN),
    StopRequest(target=CLEAN, remove=True),
]


@pytest.mark.parametrize(("said", "back"), list(zip(SAID, TAKEN_BACK, strict=True)))
def test_what_is_said_holds_is_not_said_twice_and_is_taken_back(told, client, said, back):
    (fact,) = client.call(said).facts
    assert fact.changed
    size = told.head().size
    (again,) = client.call(said).facts
    assert (again.changed, again.before) == (False, fact.value)
    assert told.head().size == size
    (gone,) = client.call(back).facts
    assert (gone.value, gone.before) == (None, fact.value)
    with pytest.raises(UnknownRef, match="of its own"):
        client.call(back)


def test_what_is_said_of_a_version_is_apart_from_what_is_said_of_its_name(told, client):
    client.call(TagRequest(target=CLEAN, tags=["gold"]))
    version = client.call(TagRequest(target=Target(ref="data:clean:1"), tags=["gold"]))
    assert version.facts[0].changed
    assert version.about != "data:clean"


def test_an_owner_is_known_by_name_and_recorded_as_a_commitment(told, client):
    client.call(OwnRequest(target=CLEAN, by="Ada Byron", role="steward"))
    assert OWNER.one(told.statements, "data:clean", key="steward").value.who == "Ada Byron"
    assert not any(b"Byron" in event.body for event in told.events())


def test_each_role_has_one_holder(told, client):
    client.call(OwnRequest(target=CLEAN, by="one"))
    (fact,) = client.call(OwnRequest(target=CLEAN, by="two")).facts
    assert fact.before["who"] == "one"
    client.call(OwnRequest(target=CLEAN, by="three", role="steward"))
    held = OWNER.latest(told.statements, ["data:clean"])
    assert {one.row.key: one.value.who for one in held} == {"owner": "two", "steward": "three"}


def test_secrets_are_taken_out_of_what_people_write(told, client):
    (fact,) = client.call(DescribeRequest(target=CLEAN, text="password=hunter2 opens it")).facts
    assert "hunter2" not in fact.value["text"]


def test_a_note_on_a_column_leaves_its_class_and_the_other_way_round(told, client):
    client.call(ColumnRequest(target=CLEAN, column="age", sensitive="birth-date"))
    client.call(ColumnRequest(target=CLEAN, column="age", text="In years"))
    client.call(ColumnRequest(target=CLEAN, column="age", sensitive="none"))
    said = COLUMN.one(told.statements, "data:clean", key="age").value
    assert (said.text, said.sensitivity, said.found_by) == ("In years", "none", "declared")


def test_tags_have_one_form_and_say_whether_they_go_further(told, client):
    client.call(TagRequest(target=CLEAN, tags=["PII", "ﬁnance"], propagate=False))
    said = TAG.latest(told.statements, ["data:clean"])
    assert {one.row.key: one.value.propagates for one in said} == {"pii": False, "finance": False}


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (TagRequest(target=CLEAN, tags=[]), "which tag"),
        (TagRequest(target=CLEAN, tags=["a b"]), "cannot be a tag"),
        (TagRequest(target=CLEAN, tags=["x" * 65]), "cannot be a tag"),
        (OwnRequest(target=CLEAN, by=" "), "owner is"),
        (OwnRequest(target=CLEAN, by="a\nb"), "owner is"),
        (OwnRequest(target=CLEAN, by="me", role=""), "cannot be a role"),
        (DescribeRequest(target=CLEAN, text=" "), "description has"),
        (ColumnRequest(target=CLEAN, column="agee", text="x"), "no column 'agee'"),
        (ColumnRequest(target=CLEAN, column="age"), "what the column holds"),
        (ColumnRequest(target=CLEAN, column="age", sensitive="emial"), "no class"),
        (FreshRequest(target=CLEAN, every="often"), "no length of time"),
        (FreshRequest(target=CLEAN, every="0d"), "no length of time"),
        (StopRequest(target=CLEAN, what=["pii"]), "nothing that goes down"),
    ],
)
def test_what_has_no_meaning_is_refused(told, client, request_, message):
    size = told.head().size
    with pytest.raises(InvalidInput, match=message):
        client.call(request_)
    assert told.head().size == size


def test_of_several_tags_all_are_taken_away_or_none(told, client):
    client.call(TagRequest(target=CLEAN, tags=["gold"]))
    with pytest.raises(UnknownRef, match="silver"):
        client.call(TagRequest(target=CLEAN, tags=["gold", "silver"], remove=True))
    assert [one.row.key for one in TAG.latest(told.statements, ["data:clean"])] == ["gold"]
