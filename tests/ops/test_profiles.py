"""Profiles about recorded data: found, kept without what is personal, told again."""

from __future__ import annotations

import io

import pytest

from forebear.client.profiling import Wish, profile_of
from forebear.core.catalog import COLUMN, ColumnNote
from forebear.core.errors import InvalidInput, UnknownRef, Unreadable
from forebear.core.events import ArtifactRecorded, VersionNamed
from forebear.core.profiles import PROFILE
from forebear.engines.tables import fingerprint
from forebear.ops.catalog import DataRequest
from forebear.ops.profiles import (
    KeepProfileRequest,
    ProfileRequest,
    ProfileSourceRequest,
    stored_profile,
)
from forebear.ops.table import Target

PEOPLE = b"id,age,email,city\n" + b"".join(
    b"%d,%d,p%d@example.org,%s\n" % (i, 20 + i % 5, i % 3, b"Bern" if i < 45 else b"Chur")
    for i in range(50)
)
NAME = Target(ref="data:people")


@pytest.fixture
def people(store, story):
    digest = story.file("people.csv", PEOPLE)
    story.say(VersionNamed(kind="data", name="people", artifact=digest))
    store.append(story.events)
    return digest


def test_a_profile_is_kept_about_the_version(store, client, people) -> None:
    answer = profile_of(client, Wish(ref="data:people:1"))
    assert answer.kept
    assert answer.verdict == "people:1 has 50 rows in 4 columns, and a value in every cell."
    (said,) = PROFILE.latest(store.statements)
    assert (said.row.about, said.row.evidence) == (people, "observed")
    assert (said.value.rows, said.value.columns, said.value.by) == (50, 4, "local")
    profile = stored_profile(store, people)
    assert profile is not None
    assert profile.column("age").mean == 22.0
    told = client.call(ProfileRequest(target=NAME))
    assert told.columns == answer.columns
    assert told.at is not None


def test_the_same_profile_is_not_said_twice(store, client, people) -> None:
    profile_of(client, Wish(ref="data:people"))
    profile_of(client, Wish(ref="data:people"))
    assert len(PROFILE.history(store.statements)) == 1


def test_nothing_personal_is_kept(store, client, people) -> None:
    answer = profile_of(client, Wish(ref="data:people"))
    email, city = answer.columns[2:]
    assert (email.veiled, email.top) == ("email", [])
    assert [(one.value, one.rows) for one in city.top] == [("Bern", 45)]
    (said,) = PROFILE.latest(store.statements)
    packet = store.blobs.get(said.row.packet)
    assert b"example.org" not in packet
    assert b"Chur" not in packet


def test_what_people_say_of_columns_holds(store, client, people) -> None:
    store.append(
        [
            COLUMN.say(people, ColumnNote(sensitivity="none"), key="email"),
            COLUMN.say("data:people", ColumnNote(sensitivity="person-name"), key="city"),
        ]
    )
    answer = profile_of(client, Wish(ref="data:people"))
    assert [one.veiled for one in answer.columns] == [None, None, None, "person-name"]
    assert answer.columns[2].top[0].value == "p0@example.org"


def test_other_bytes_are_never_profiled(store, client, people, tmp_path) -> None:
    (tmp_path / "people.csv").write_bytes(PEOPLE.replace(b"Bern", b"Genf"))
    with pytest.raises(Unreadable, match="No file with the content of people:1"):
        profile_of(client, Wish(ref="data:people:1"))
    assert not PROFILE.latest(store.statements)


def test_the_kept_copy_takes_the_place_of_a_file_that_is_gone(
    store, client, people, tmp_path
) -> None:
    store.blobs.put(PEOPLE)
    (tmp_path / "people.csv").unlink()
    assert profile_of(client, Wish(ref="data:people:1")).rows == 50


def test_a_file_that_changes_meanwhile_is_not_kept(store, client, people, tmp_path) -> None:
    path = tmp_path / "people.csv"

    def change(done: int, total: int | None) -> None:
        path.write_bytes(PEOPLE + b"51,1,x,Bern\n")

    with pytest.raises(Unreadable, match="changed while it was read"):
        profile_of(client, Wish(ref="data:people:1"), change)
    assert not PROFILE.latest(store.statements)


def test_a_file_that_is_not_recorded_is_profiled_and_not_kept(store, client, tmp_path) -> None:
    path = tmp_path / "new.csv"
    path.write_bytes(PEOPLE)
    answer = profile_of(client, Wish(ref=str(path)))
    assert (answer.kept, answer.about) == (False, None)
    assert answer.said == ["Its content is not recorded: the profile was not kept."]
    assert answer.columns[2].veiled == "email"
    assert profile_of(None, Wish(ref=str(path))).columns == answer.columns


def test_some_columns_only_are_not_kept(store, client, people) -> None:
    answer = profile_of(client, Wish(ref="data:people", columns=["age"], correlations=True))
    assert [one.name for one in answer.columns] == ["age"]
    assert not answer.kept
    assert not PROFILE.latest(store.statements)


def test_the_digest_of_the_rows_is_that_of_the_frame(client, people) -> None:
    import pandas as pd

    answer = profile_of(client, Wish(ref="data:people", digest=True))
    frame = fingerprint(pd.read_csv(io.BytesIO(PEOPLE)))
    assert frame is not None
    assert answer.table == frame.digest


def test_other_engines_are_refused(client, people) -> None:
    with pytest.raises(InvalidInput, match="no engine 'spark'"):
        profile_of(client, Wish(ref="data:people", engine="spark"))


def test_what_has_no_profile_is_said(store, client, people, story) -> None:
    with pytest.raises(UnknownRef, match="There is no profile of people:1"):
        client.call(ProfileRequest(target=NAME))
    with pytest.raises(UnknownRef):
        profile_of(client, Wish(ref="data:nobody"))
    with pytest.raises(UnknownRef):
        client.call(KeepProfileRequest(about="sha256:" + "0" * 64, packet=b""))
    profile_of(client, Wish(ref="data:people"))
    with pytest.raises(InvalidInput, match="no column 'x'"):
        client.call(ProfileRequest(target=NAME, columns=["x"]))


def test_data_in_memory_only_cannot_be_read(store, client, story) -> None:
    id = story.memory("data", "frame", "values")
    story.say(ArtifactRecorded(artifact="sha256:" + "1" * 64, kind="model", digest="x", label="m"))
    story.say(VersionNamed(kind="data", name="frame", artifact=id))
    store.append(story.events)
    with pytest.raises(Unreadable, match="lived only in the memory"):
        profile_of(client, Wish(ref="data:frame"))
    with pytest.raises(InvalidInput, match="m is model, and only data has a profile"):
        client.call(ProfileSourceRequest(target=Target(ref="sha256:" + "1" * 64)))


def test_a_profile_tells_the_shape_of_what_was_only_written(store, client, people) -> None:
    before = listed(client)
    profile_of(client, Wish(ref="data:people:1"))
    after = listed(client)
    assert (before.rows, before.columns) == (None, None)
    assert (after.rows, after.columns) == (50, 4)


def listed(client):
    return next(one for one in client.call(DataRequest()).data if one.name == "people")
