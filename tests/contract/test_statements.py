"""Statements: what was said last holds, as of any moment, and nothing is forgotten."""

from datetime import timedelta

import pytest
from msgspec import Struct

from forebear.core.clock import now
from forebear.core.errors import NewerStore
from forebear.core.events import RunStarted, Stated
from forebear.core.statements import Topic, about_name


class Licence(Struct, frozen=True):
    spdx: str
    terms: list[str] = []


LICENCE = Topic("licence", Licence)
ADULT = about_name("data", "adult")


def values(rows):
    return [(row.about, row.key, row.value) for row in rows]


def test_the_last_word_holds_for_each_topic_thing_and_key(store):
    store.append(
        [
            Stated(topic="tag", about=ADULT, key="pii", value=True),
            Stated(topic="tag", about=ADULT, key="gold", value=True),
            Stated(topic="tag", about="other", key="pii", value=True),
            Stated(topic="licence", about=ADULT, value={"spdx": "MIT"}),
            Stated(topic="tag", about=ADULT, key="pii", value=False),
        ]
    )
    latest = store.statements.latest(["tag"], [ADULT])
    assert values(latest) == [(ADULT, "gold", True), (ADULT, "pii", False)]
    assert values(store.statements.latest(["tag"], key="pii")) == [
        ("other", "pii", True),
        (ADULT, "pii", False),
    ]
    assert len(store.statements.latest(["tag", "licence"])) == 4
    assert store.statements.latest(["tag"], []) == []


def test_what_was_said_holds_as_of_its_moment(store):
    for value in (1, 2, 3):
        store.append([Stated(topic="rate", about="run", value=value)])
    assert [store.statements.latest(["rate"], seq=seq)[0].value for seq in (1, 2, 3)] == [1, 2, 3]
    assert store.statements.latest(["rate"], seq=0) == []


def test_null_takes_back_and_history_keeps(store):
    store.append([Stated(topic="owner", about=ADULT, value={"team": "risk"}, why="asked")])
    store.append([Stated(topic="owner", about=ADULT, value=None, by="ops")])
    assert store.statements.latest(["owner"]) == []
    taken, said = store.statements.history(["owner"], [ADULT])
    assert (taken.value, taken.by, said.value, said.why) == (None, "ops", {"team": "risk"}, "asked")
    assert [row.seq for row in store.statements.history(["owner"], limit=1)] == [2]


@pytest.mark.parametrize("value", [0, 0.0, False, "", [], {}])
def test_nothing_but_null_takes_back(store, value):
    store.append([Stated(topic="t", about="x", value=value)])
    assert [row.value for row in store.statements.latest(["t"])] == [value]


def test_a_topic_writes_and_reads_its_own_struct(store):
    until = now() + timedelta(days=1)
    store.append([RunStarted(run="r", kind="run", name="n")])
    said = LICENCE.say(
        ADULT, Licence("CC-BY-4.0", ["attribution"]), by="ops", until=until, run="r",
        evidence="observed",
    )  # fmt: skip
    store.append([said])
    found = LICENCE.one(store.statements, ADULT)
    assert found is not None
    assert found.value == Licence("CC-BY-4.0", ["attribution"])
    assert (found.row.by, found.row.until, found.row.run, found.row.evidence) == (
        "ops",
        until,
        "r",
        "observed",
    )
    assert LICENCE.one(store.statements, "other") is None
    store.append([LICENCE.say(ADULT, None)])
    assert LICENCE.one(store.statements, ADULT) is None
    assert [one.value.spdx for one in LICENCE.history(store.statements)] == ["CC-BY-4.0"]


def test_what_is_no_value_of_a_topic_is_not_read_as_one(store):
    store.append([Stated(topic="licence", about=ADULT, value={"unknown": 1})])
    with pytest.raises(NewerStore, match="a form that this version does not know"):
        LICENCE.one(store.statements, ADULT)


def test_very_many_things_can_be_asked_about(store):
    store.append(Stated(topic="t", about=f"a{n}", value=n) for n in range(2500))
    found = store.statements.latest(["t"], [f"a{n}" for n in range(2600)])
    assert [row.value for row in found] == list(range(2500))
    assert len(store.statements.history(["t"], [f"a{n}" for n in range(2600)], limit=7)) == 7


def test_packets_are_looked_for_by_verify(store):
    kept = store.blobs.put(b"a long profile")
    store.append([Stated(topic="profile", about="a", value={}, packet=kept)])
    assert list(store.verify()) == []
    path = next(store.blobs.root.rglob(kept.removeprefix("sha256:")[2:]))
    content = path.read_bytes()
    path.chmod(0o600)
    path.unlink()
    assert [fault.what for fault in store.verify()] == ["missing-blob"]
    store.blobs.put(content)
