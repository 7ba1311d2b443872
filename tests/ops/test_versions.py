from __future__ import annotations

import pytest

from forebear.core.errors import InvalidInput, UnknownRef
from forebear.ops.promotion import PromoteRequest
from forebear.ops.recall import RecallRequest
from forebear.ops.table import Target
from forebear.ops.versions import VersionsRequest


def asked(client, **more):
    return client.call(VersionsRequest(name="churn", **more))


def test_versions_stand_beside_each_other_newest_first(life):
    answer = asked(life.client())
    assert answer.verdict == "churn has 3 versions."
    assert [one.version for one in answer.versions] == [3, 2, 1]
    assert [one.metrics[0].value for one in answer.versions] == [0.9, 0.85, 0.8]
    assert [one.stage for one in answer.versions] == [None, None, None]


def test_they_come_in_pages(life):
    first = asked(life.client(), limit=2)
    assert ([one.version for one in first.versions], first.next) == ([3, 2], 2)
    rest = asked(life.client(), limit=2, before=first.next)
    assert ([one.version for one in rest.versions], rest.next) == ([1], None)


def test_stages_and_overrides_are_told(life):
    life.text = "[policy.staging]\nowner = true\n"
    client = life.client()
    client.call(
        PromoteRequest(
            target=Target(ref="churn:2"),
            stage="staging",
            rules=life.rules,
            override="the owner is on leave",
            until="2099-01-01",
        )
    )
    told = {one.version: (one.stage, one.overridden) for one in asked(client).versions}
    assert told == {3: ("candidate", False), 2: ("staging", True), 1: ("candidate", False)}


def test_recalls_that_reach_a_version_are_counted(life):
    client = life.client()
    client.call(RecallRequest(target=Target(ref="churn:1"), reason="a bug in the loss"))
    assert {one.version: one.recalls for one in asked(client).versions} == {3: 0, 2: 0, 1: 1}


def test_a_name_that_is_no_models(life):
    with pytest.raises(UnknownRef, match="No model is called 'chrun'") as found:
        life.client().call(VersionsRequest(name="chrun"))
    assert found.value.hint == "Did you mean churn?"
    with pytest.raises(InvalidInput, match="at most 200"):
        asked(life.client(), limit=0)
