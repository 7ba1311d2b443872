from __future__ import annotations

import pytest

from forebear.client.client import LocalClient
from forebear.core.ports import Store
from forebear.ops.impact import ImpactRequest
from forebear.ops.table import Target
from story import Story


def impact(client: LocalClient, **more: object):
    return client.call(ImpactRequest(target=Target(ref="data:raw"), **more))


@pytest.fixture
def served(store: Store, story: Story):
    trained = story.train(4, 0.8)
    live, _, _ = story.serve(trained.file)
    ended, _, _ = story.serve(trained.file)
    story.end(ended)
    store.append(story.events)
    return live, trained


def test_a_running_deployment_is_told_however_short_the_answer(client, served):
    live, trained = served
    answer = impact(client, limit=3)
    (deployment,) = answer.deployments
    assert (deployment.id, deployment.status) == (live, "running")
    assert deployment.path[-2:] == [trained.file, live]
    assert len(deployment.path) > 5
    assert answer.omitted > 0
    assert not answer.complete


def test_a_whole_answer_stays_as_it_is(client, served):
    answer = impact(client)
    assert len(answer.deployments) == 2
    assert answer.omitted == 0


def test_a_depth_is_kept_to(client, served):
    assert impact(client, depth=2).deployments == []


def test_weak_links_reach_no_deployment_where_strong_ones_are_asked_for(client, served):
    assert impact(client, limit=3, evidence="verified").deployments == []
