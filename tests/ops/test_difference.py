from __future__ import annotations

import msgspec
import pytest

from forebear.client.client import LocalClient
from forebear.core.digest import of_bytes
from forebear.core.events import ArtifactRecorded, EdgesRecorded, Link
from forebear.core.ports import Store
from forebear.ops.difference import DiffRequest
from forebear.ops.table import Target
from story import Story


def ask(client: LocalClient, left: str, right: str, **more: object):
    return client.call(DiffRequest(left=Target(ref=left), right=Target(ref=right), **more))


@pytest.fixture
def trained(store: Store, story: Story):
    pair = story.train(4, 0.8), story.train(8, 0.9, save="second.pkl")
    store.append(story.events)
    return pair


def test_two_versions_that_differ_in_one_setting(client: LocalClient, trained):
    answer = ask(client, "churn:1", "churn:2")
    (found,) = answer.differences
    assert (found.what, found.name, found.left, found.right) == ("parameter", "max_depth", "4", "8")
    assert found.where == "RandomForestClassifier.fit"
    assert answer.verdict == "churn:1 and churn:2 differ in 1 parameter."
    assert [(m.key, m.split, m.left, m.right) for m in answer.metrics] == [("f1", "test", 0.8, 0.9)]
    assert (answer.same, answer.complete, answer.omitted) == (False, True, 0)


def test_ancestors_are_compared_by_content(client: LocalClient, trained):
    answer = ask(client, "churn:1", "churn:2")
    assert [node.id for node in answer.only_left] == [trained[0].model]
    assert [node.id for node in answer.only_right] == [trained[1].model]
    assert answer.shared > 5


def test_a_version_and_itself(client: LocalClient, trained):
    answer = ask(client, "churn:1", "churn:1")
    assert (answer.same, answer.differences) == (True, [])
    assert answer.verdict == "churn:1 and churn:1 are the same content."


def test_a_limit_is_told(client: LocalClient, trained):
    answer = ask(client, "churn:1", "churn:2", limit=3)
    assert not answer.complete
    assert answer.omitted > 0


def test_packages_of_two_environments(client: LocalClient, store: Store, story: Story):
    pair = story.train(4, 0.8), story.train(8, 0.9, save="second.pkl")
    for one, numpy in zip(pair, ("2.3", "2.4"), strict=True):
        body = msgspec.json.encode(
            {"python": {"version": "3.11"}, "packages": [{"name": "numpy", "version": numpy}]}
        )
        digest = store.blobs.put(body)
        assert digest == of_bytes(body)
        story.say(
            ArtifactRecorded(
                artifact=digest, kind="environment", digest=digest, label=f"with {numpy}", kept=True
            )
        )
        link = Link(artifact=digest, role="environment")
        story.say(EdgesRecorded(run=one.fit, used=[link]))
    store.append(story.events)
    found = ask(client, "churn:1", "churn:2").differences
    assert [(one.name, one.left, one.right) for one in found if one.what == "environment"] == [
        ("numpy", "2.3", "2.4")
    ]


def test_two_runs(client: LocalClient, trained):
    answer = ask(client, f"run:{trained[0].fit}", f"run:{trained[1].fit}")
    assert [one.name for one in answer.differences] == ["max_depth"]
    assert answer.metrics == []
