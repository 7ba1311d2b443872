from __future__ import annotations

from datetime import timedelta

import pytest

from forebear.core.clock import now
from forebear.core.errors import InvalidInput, NotFound
from forebear.core.events import EdgesRecorded, RunStarted, VersionNamed
from forebear.core.ids import new_id
from forebear.core.policies import RulesFile
from forebear.core.serving import CONSUMER, USAGE, Consumer, Latency, Usage
from forebear.ops.consumers import ConsumersRequest
from forebear.ops.deploy import DeployRequest, Part, TrafficRequest, UndeployRequest
from forebear.ops.deployments import DeploymentsRequest
from forebear.ops.impact import ImpactRequest
from forebear.ops.lineage import TraceRequest
from forebear.ops.promotion import PromoteRequest, RetireRequest
from forebear.ops.registry import NameRequest
from forebear.ops.serving import ServingRequest
from forebear.ops.table import Target
from story import link


@pytest.fixture
def models(store, story):
    made = [story.train(depth, 0.8, save=f"model{depth}.pkl") for depth in (1, 2, 3)]
    store.append(story.events)
    return made


def deploy(client, ref, env="prod", **more):
    return client.call(DeployRequest(target=Target(ref=ref), env=env, **more))


def live(client, **more):
    found = client.call(DeploymentsRequest(**more)).deployments
    return {(one.env, one.title, one.mode): one.share for one in found}


def test_a_deployment_is_a_run_that_used_the_version(client, models):
    made = deploy(client, "churn:2", endpoint="https://ops:secret@api/v1", why="faster").deployment
    assert (made.title, made.env, made.mode, made.share) == ("churn:2", "prod", "online", 1.0)
    assert (made.by, made.why, made.status) == ("ops", "faster", "running")
    assert "secret" not in made.endpoint
    reached = client.call(ImpactRequest(target=Target(ref="data:raw"))).deployments
    assert [one.title for one in reached] == ["churn:2 in prod"]
    seen = client.call(TraceRequest(target=Target(ref=f"run:{made.id}")))
    assert models[1].file in {node.id for node in seen.nodes}
    assert not any("not ended" in gap for gap in seen.gaps)


def test_what_gets_no_calls_any_more_may_go_into_the_shadow(client, models):
    deploy(client, "churn:1")
    deploy(client, "churn:2", share=1.0)
    assert [one.title for one in deploy(client, "churn:1", shadow=True).replaced] == ["churn:1"]
    assert live(client) == {("prod", "churn:2", "online"): 1.0, ("prod", "churn:1", "shadow"): 0.0}


def test_another_name_of_the_model_changes_nothing_about_its_deployment(client, models):
    deploy(client, "churn:2")
    client.call(NameRequest(target=Target(ref="churn:2"), name="lapse"))
    deploy(client, "churn:3", share=0.2)
    assert live(client) == {("prod", "churn:2", "online"): 0.8, ("prod", "churn:3", "online"): 0.2}
    assert deploy(client, "lapse:1", env="stage").deployment.title == "lapse:1"


def test_a_deployment_that_does_not_say_its_name_has_the_one_of_its_time(client, store, models):
    run = new_id()
    began = RunStarted(run=run, kind="serve", name="pod 7", attrs={"env": "prod"})
    store.append([began, EdgesRecorded(run=run, used=[link(models[1].file, "model")])])
    client.call(NameRequest(target=Target(ref="churn:2"), name="lapse"))
    assert live(client) == {("prod", "churn:2", "online"): 1.0}


def test_of_a_model_and_data_of_one_name_the_model_is_deployed(client, store, models):
    store.append([VersionNamed(kind="data", name="churn", artifact=models[0].file)])
    assert deploy(client, "churn:1").deployment.title == "churn:1"
    assert client.call(ServingRequest(target=Target(ref="churn:1"), env="prod")).new is False
    client.call(UndeployRequest(target=Target(ref="churn:1"), env="prod"))
    assert live(client) == {}


def test_a_new_version_takes_the_place_of_the_old_one(client, models):
    deploy(client, "churn:1")
    answer = deploy(client, "churn:2")
    assert [one.title for one in answer.replaced] == ["churn:1"]
    assert live(client) == {("prod", "churn:2", "online"): 1.0}
    over = client.call(DeploymentsRequest(ended=True)).deployments
    assert [(one.title, one.status) for one in over] == [
        ("churn:2", "running"),
        ("churn:1", "finished"),
    ]


def test_who_deploys_what_the_stages_speak_against_is_told(client, models):
    rules = RulesFile(path="forebear.toml", text='[policy.production]\nleaks = "any"\n')
    assert deploy(client, "churn:1").stage is None  # no rules were ever used
    for version in (2, 3):
        target = Target(ref=f"churn:{version}")
        client.call(PromoteRequest(target=target, stage="prod", rules=rules))
    client.call(RetireRequest(target=Target(ref="churn:2"), rules=rules))
    assert deploy(client, "churn:3").stage is None
    assert deploy(client, "churn:1", shadow=True).stage is None
    assert deploy(client, "churn:1", env="elsewhere").stage is None
    other = deploy(client, "churn:1")
    assert other.verdict.endswith("Mind that production holds churn:3.")
    assert deploy(client, "churn:2", share=0.1).stage == "it is retired"


def test_with_a_share_the_others_keep_the_rest(client, models):
    deploy(client, "churn:1")
    deploy(client, "churn:2", share=0.2)
    deploy(client, "churn:3", share=0.5)
    shares = live(client)
    assert shares["prod", "churn:3", "online"] == 0.5
    assert shares["prod", "churn:1", "online"] == pytest.approx(0.4)
    assert shares["prod", "churn:2", "online"] == pytest.approx(0.1)
    client.call(UndeployRequest(target=Target(ref="churn:3"), env="prod"))
    after = live(client)
    assert after["prod", "churn:1", "online"] == pytest.approx(0.8)
    assert sum(after.values()) == pytest.approx(1.0)


def test_environments_models_shadows_and_batches_are_apart(client, models):
    deploy(client, "churn:1")
    deploy(client, "churn:1", env="staging")
    deploy(client, "churn:2", shadow=True)
    deploy(client, "churn:3", schedule="*/5 0-6,12 * * 1")
    assert live(client, env="prod") == {
        ("prod", "churn:1", "online"): 1.0,
        ("prod", "churn:2", "shadow"): 0.0,
        ("prod", "churn:3", "batch"): 1.0,
    }
    answer = deploy(client, "churn:2")
    assert {one.mode for one in answer.replaced} == {"online", "shadow"}
    assert ("prod", "churn:2", "shadow") not in live(client)


def test_the_same_again_changes_nothing(client, store, models):
    deploy(client, "churn:1", endpoint="https://api")
    before = store.head().size
    again = deploy(client, "churn:1", endpoint="https://api")
    assert not again.new
    assert store.head().size == before
    assert deploy(client, "churn:1", endpoint="https://other").new


def test_what_was_live_is_told_as_it_was(client, store, models):
    deploy(client, "churn:1")
    seq = store.head().size
    deploy(client, "churn:2")
    (event,) = [one for one in store.events(seq - 1) if one.seq == seq]
    (then,) = client.call(DeploymentsRequest(as_of=event.recorded.isoformat())).deployments
    assert (then.title, then.status) == ("churn:1", "running")
    early = client.call(DeploymentsRequest(as_of="2001-01-01"))
    assert early.deployments == []
    assert early.verdict.startswith("Nothing was in use on 2001-01-01")


def test_traffic_is_divided_and_lifts_out_of_the_shadow(client, models):
    deploy(client, "churn:1")
    deploy(client, "churn:2", shadow=True)
    parts = [Part(target="churn:1", share=0.75), Part(target="churn:2", share=0.25)]
    answer = client.call(TrafficRequest(env="prod", parts=parts))
    assert [(one.title, one.share, one.mode) for one in answer.deployments] == [
        ("churn:1", 0.75, "online"),
        ("churn:2", 0.25, "online"),
    ]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([("churn:1", 0.5), ("churn:2", 0.4)], "0.9 together"),
        ([("churn:1", 1.0)], "churn:2 is live in prod too"),
        ([("churn:3", 1.0)], "not live in prod"),
        ([("churn:1", 1.5), ("churn:2", -0.5)], "from 0 to 1"),
    ],
)
def test_traffic_that_does_not_add_up_is_refused(client, store, models, parts, said):
    deploy(client, "churn:1")
    deploy(client, "churn:2", share=0.5)
    before = store.head().size
    asked = [Part(target=target, share=share) for target, share in parts]
    with pytest.raises((InvalidInput, NotFound), match=said):
        client.call(TrafficRequest(env="prod", parts=asked))
    assert store.head().size == before


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"share": 0.5}, "Nothing else serves"),
        ({"share": 0.0}, "above 0"),
        ({"share": 0.5, "shadow": True}, "shadow has no share"),
        ({"schedule": "61 * * * *"}, "no minute"),
        ({"schedule": "0 2 * *"}, "no schedule"),
        ({"schedule": "0 2-1 * * *"}, "no hour"),
        ({"schedule": "*/0 * * * *"}, "no minute"),
        ({"schedule": "0 2 * * *", "share": 0.1}, "by a schedule"),
        ({"env": "a b"}, "cannot be an environment"),
    ],
)
def test_what_means_nothing_is_refused(client, models, more, said):
    with pytest.raises(InvalidInput, match=said):
        deploy(client, "churn:1", **more)


def test_only_models_are_deployed_and_only_what_is_there_is_ended(client, models):
    with pytest.raises(InvalidInput, match="only models are deployed"):
        deploy(client, "data:raw")
    with pytest.raises(NotFound, match="not deployed in prod"):
        client.call(UndeployRequest(target=Target(ref="churn:1"), env="prod"))


def test_consumers_are_callers_programs_locks_and_readers(client, store, story, models):
    made = deploy(client, "churn:1").deployment
    then = now() - timedelta(minutes=5)
    counted = Usage(
        start=then,
        end=then,
        calls=7,
        errors=1,
        callers={"billing": 7},
        latency=Latency().with_one(2_000_000),
    )
    run = new_id()
    file = models[0].file
    store.append(
        [
            USAGE.say(made.id, counted, key="w1"),
            USAGE.say(made.id, counted, key="w2"),
            CONSUMER.say(file, Consumer(how="lock", ref="churn:1"), key="web-shop"),
            RunStarted(run=run, kind="consume", name="report.py"),
            EdgesRecorded(run=run, used=[link(models[0].model, "model")]),
        ]
    )
    answer = client.call(ConsumersRequest(target=Target(ref="churn:1")))
    assert {(one.who, one.how, one.times) for one in answer.consumers} == {
        ("billing", "calls", 14),
        ("web-shop", "lock", None),
        ("report.py", "consumes", 1),
    }
    assert answer.deployments[0].usage.errors == 2
    assert answer.deployments[0].usage.half_ms == pytest.approx(2, rel=0.07)
    assert answer.gaps == []
    of_name = client.call(ConsumersRequest(target=Target(ref="churn")))
    assert {one.title for one in of_name.consumers} == {"churn:1"}
    none = client.call(ConsumersRequest(target=Target(ref="churn:3")))
    assert none.verdict == "Nobody is known to use churn:3."
