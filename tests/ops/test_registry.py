from __future__ import annotations

import pytest

from forebear.core.catalog import NAMED
from forebear.core.digest import of_bytes
from forebear.core.errors import BadRef, Conflict, CycleRefused, InvalidInput, UnknownRef
from forebear.core.events import VersionNamed
from forebear.ops import names
from forebear.ops.registry import (
    AliasRequest,
    DeriveRequest,
    HistoryRequest,
    ModelsRequest,
    NameRequest,
)
from forebear.ops.table import Target
from story import RAW


@pytest.fixture
def told(store, story):
    trained = story.train(4, 0.8), story.train(8, 0.9, save="second.pkl")
    store.append(story.events)
    return trained


def derive(client, parent: str, child: str, relation: str = "finetune"):
    return client.call(
        DeriveRequest(parent=Target(ref=parent), child=Target(ref=child), relation=relation)
    )


def test_models_tell_their_newest_version(client, told, story):
    client.call(AliasRequest(name="churn", alias="champion", version=1))
    (entry,) = client.call(ModelsRequest()).models
    assert (entry.name, entry.versions, entry.version) == ("churn", 2, 2)
    assert entry.artifact == told[1].file
    assert entry.aliases == {"champion": 1}
    assert entry.location == str(story.at / "second.pkl")
    assert [(figure.key, figure.value) for figure in entry.metrics] == [("f1", 0.9)]


def test_models_are_narrowed_by_their_names_and_counted_before_they_are_cut(client, told):
    for name in ("churn-eu", "churn-us", "demand"):
        client.call(NameRequest(target=Target(ref="churn:1"), name=name))
    page = client.call(ModelsRequest(name="CHURN-", limit=1))
    assert (len(page.models), page.count) == (1, 2)
    rest = client.call(ModelsRequest(name="CHURN-", limit=1, after=page.next))
    assert {page.models[0].name, rest.models[0].name} == {"churn-eu", "churn-us"}
    assert rest.next is None
    assert client.call(ModelsRequest(name="nothing")).models == []


def test_the_moves_of_one_alias_are_told_without_those_of_others(client, told):
    for alias, version in (("champion", 1), ("shadow", 2), ("champion", 2)):
        client.call(AliasRequest(name="churn", alias=alias, version=version))
    moves = client.call(HistoryRequest(name="churn", alias="champion")).moves
    assert [one.version for one in moves] == [2, 1]
    assert len(client.call(HistoryRequest(name="churn")).moves) == 3


def test_a_name_gives_the_next_version_and_content_keeps_its_number(client, told):
    named = client.call(NameRequest(target=Target(ref="churn:1"), name="best"))
    assert (named.kind, named.version, named.new) == ("model", 1, True)
    again = client.call(NameRequest(target=Target(ref="churn:1"), name="best"))
    assert (again.version, again.new) == (1, False)
    second = client.call(NameRequest(target=Target(ref="churn:2"), name="best"))
    assert second.version == 2


def test_who_names_what_named_itself_decides_on_it(client, store, story):
    story.say(VersionNamed(kind="data", name="own", artifact=story.prepare(), automatic=True))
    store.append(story.events)
    before = store.head().size
    [row] = store.versions("data", "own")
    assert row.automatic
    answer = client.call(NameRequest(target=Target(ref="data:own:1"), name="own"))
    assert (answer.version, answer.new, answer.decided) == (1, False, True)
    assert not store.versions("data", "own")[0].automatic
    assert store.versions("data", "own", seq=before)[0].automatic
    again = client.call(NameRequest(target=Target(ref="data:own:1"), name="own"))
    assert (again.new, again.decided) == (False, False)
    [said] = NAMED.latest(store.statements, [row.artifact])
    assert (said.row.key, said.row.by) == ("data:own", "ops")


def test_the_caller_is_remembered(client, told, store):
    client.call(NameRequest(target=Target(ref="churn:1"), name="best"))
    assert store.versions("model", "best")[0].by == "ops"


def test_what_is_no_model_and_no_data_needs_a_kind(client, told):
    code = of_bytes(b"train.py")
    with pytest.raises(InvalidInput, match="is code, and only models and data have names"):
        client.call(NameRequest(target=Target(ref=code), name="script"))
    with pytest.raises(InvalidInput, match="cannot be a name"):
        client.call(NameRequest(target=Target(ref="churn:1"), name="a b"))


def test_an_alias_moves_and_keeps_its_history(client, told):
    def move(version, **more):
        return client.call(AliasRequest(name="churn", alias="champion", version=version, **more))

    assert move(1, why="first").before is None
    assert move(2, why="better").before == 1
    gone = move(None)
    assert (gone.version, gone.before) == (None, 2)
    moves = client.call(HistoryRequest(name="churn")).moves
    assert [(row.version, row.by, row.why) for row in moves] == [
        (None, "ops", None),
        (2, "ops", "better"),
        (1, "ops", "first"),
    ]


def test_a_move_to_where_it_points_says_nothing_new(client, told, store):
    request = AliasRequest(name="churn", alias="champion", version=1)
    client.call(request)
    size = store.head().size
    client.call(request)
    assert store.head().size == size


def test_an_expected_version_guards_the_move(client, told):
    def move(version, expect):
        return client.call(
            AliasRequest(name="churn", alias="champion", version=version, expect=expect)
        )

    with pytest.raises(Conflict, match="points to no version, not to version 1"):
        move(2, 1)
    move(1, 0)
    with pytest.raises(Conflict, match="points to version 1, not to version 2"):
        move(2, 2)
    assert move(2, 1).version == 2


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (AliasRequest(name="churn", alias="champion", version=3), "churn has no version 3"),
        (AliasRequest(name="chum", alias="champion", version=1), "Nothing recorded is called"),
        (AliasRequest(name="churn", alias="champion"), "has no alias 'champion'"),
    ],
)
def test_aliases_of_what_is_not_there(client, told, request_, message):
    with pytest.raises(UnknownRef, match=message):
        client.call(request_)


def test_an_alias_of_a_name_of_both_kinds_must_say_which(client, told, store):
    store.append([VersionNamed(kind="data", name="churn", artifact=of_bytes(RAW))])
    with pytest.raises(BadRef, match="a model and of data"):
        client.call(AliasRequest(name="churn", alias="a", version=1))
    assert client.call(AliasRequest(name="churn", alias="a", version=1, kind="data")).kind == "data"
    moved = client.call(AliasRequest(name="model:churn", alias="b", version=2))
    assert (moved.kind, moved.name, moved.version) == ("model", "churn", 2)
    assert [one.alias for one in client.call(HistoryRequest(name="model:churn")).moves] == ["b"]
    with pytest.raises(UnknownRef, match="Nothing recorded is called 'data:churn'"):
        client.call(AliasRequest(name="data:churn", alias="b", version=1, kind="model"))


def test_a_declared_link_is_declared(client, told, store):
    derive(client, "churn:1", "churn:2")
    (edge,) = [e for e in store.edges([told[1].file], "up") if e.relation == "finetune"]
    assert (edge.source, edge.evidence) == (told[0].file, "declared")


def test_nothing_becomes_its_own_ancestor(client, told):
    derive(client, "churn:1", "churn:2")
    with pytest.raises(CycleRefused, match="churn:1 cannot come from churn:2"):
        derive(client, "churn:2", "churn:1")
    with pytest.raises(CycleRefused, match="cannot come from itself"):
        derive(client, "churn:1", "churn:1")
    with pytest.raises(CycleRefused, match="raw:1 cannot come from churn:2"):
        derive(client, "churn:2", "data:raw", "subset")


def test_a_relation_is_one_of_the_known(client, told):
    with pytest.raises(InvalidInput, match="'cousin' is not a relation"):
        derive(client, "churn:1", "churn:2", "cousin")


def test_what_has_many_names_is_looked_at_once(client, told, monkeypatch):
    for number in range(12):
        client.call(NameRequest(target=Target(ref="churn:1"), name=f"churn-{number}"))
    looked = []
    same_model = names.same_model
    monkeypatch.setattr(
        names, "same_model", lambda *asked: looked.append(asked) or same_model(*asked)
    )
    models = client.call(ModelsRequest()).models
    assert len(models) == 13
    assert {figure.value for one in models for figure in one.metrics} == {0.8, 0.9}
    assert len(looked) == 2
