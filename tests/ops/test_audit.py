from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from msgspec import structs

from forebear.client.client import LocalClient
from forebear.core.catalog import OWNER, Owner
from forebear.core.clock import now
from forebear.core.errors import InvalidInput, UnknownRef
from forebear.core.events import AliasMoved, VersionNamed
from forebear.core.policies import KPI, Kpi
from forebear.core.recalls import RECALL, Recall
from forebear.core.validation import VALIDATION, Estimate, FairnessSummary, Validation
from forebear.ops.audit import AuditRequest
from forebear.ops.audit_plan import advice, in_order, renewed, together
from forebear.ops.deploy import DeployRequest
from forebear.ops.event import EventRequest
from forebear.ops.recall import RecallRequest
from forebear.ops.remedy import RemedyRequest
from forebear.ops.requirement import Action
from forebear.ops.table import Target
from story import Story, link

SOON = f"{now() + timedelta(days=7):%Y-%m-%d}"


def audit(life, ref="churn:3", **more):
    target = Target(ref=ref) if ref else None
    rules = life.rules if life.text else None
    return life.client().call(AuditRequest(target=target, rules=rules, **more))


def states(model):
    return {one.requirement: one.state for one in model.findings}


def artifact(life, version):
    return {row.version: row.artifact for row in life.store.versions("model", "churn")}[version]


def own(life):
    life.store.append([OWNER.say("model:churn", Owner(who="ada"), key="owner")])


def test_a_score_is_the_share_of_points_and_every_point_has_a_reason(life):
    (model,) = audit(life).models
    counted = [one for one in model.findings if one.state != "not applicable"]
    assert model.asked == sum(one.weight for one in counted)
    assert model.met == sum(one.weight for one in counted if one.state == "passed")
    assert model.score == pytest.approx(100 * model.met / model.asked, abs=0.05)
    assert all(one.why and one.words and one.weight > 0 for one in model.findings)
    assert states(model)["owner"] == "unknown"
    own(life)
    (after,) = audit(life).models
    assert (states(after)["owner"], after.met) == ("passed", model.met + 5)


def test_the_least_to_do_reaches_the_score_and_no_more(life):
    whole = audit(life).models[0]
    assert whole.after == 100
    half = audit(life, wanted=whole.score + 5).models[0]
    assert half.after >= whole.score + 5
    assert len(half.actions) < len(whole.actions)
    assert audit(life, wanted=whole.score).models[0].actions == []
    commands = [action.command for action in whole.actions]
    assert sum(command.startswith("forebear validate") for command in commands) == 1
    assert len(commands) == len(set(commands))


def test_what_is_put_into_use_has_to_be_approved_too(life):
    (model,) = audit(life, "churn:1").models
    assert states(model)["approvals"] == "not applicable"
    commands = [one.command for one in model.actions]
    deployed = next(place for place, one in enumerate(commands) if "deploy churn" in one)
    approved = next(place for place, one in enumerate(commands) if "approve churn" in one)
    assert approved < deployed
    assert model.after == 100
    life.approve(1, "grace")
    (model,) = audit(life, "churn:1").models
    assert not any("approve churn:1" in one.command for one in model.actions)


def test_a_validation_may_tell_whether_test_data_leaked(life, tmp_path):
    story = Story(tmp_path)
    trained = story.file("bare.pkl", b"bare", kind="model")
    run = story.run("bare.py", kind="run")
    story.step(run, "train", "fit", used=[link(story.prepare(), "train")], generated=[trained])
    story.say(VersionNamed(kind="model", name="bare", artifact=trained, by="ops"))
    life.store.append(story.events)
    (model,) = audit(life, "bare").models
    leaks = next(one for one in model.findings if one.requirement == "leaks")
    assert leaks.state == "unknown"
    assert leaks.ways[0][0].command == "forebear validate bare:1 --on TEST_DATA"


def test_what_is_to_be_done_after_training_again_is_for_the_new_version(life):
    life.store.append([RECALL.say("data:raw", Recall(title="raw", reason="wrong"), key="r")])
    (model,) = audit(life).models
    first, *others = [one.command for one in model.actions]
    assert first.startswith("forebear run train.py")
    assert "forebear validate churn --on TEST_DATA --by COLUMN" in others
    assert not any("churn:3" in command for command in others)


def test_what_was_done_for_a_version_is_done_again_for_the_next(life):
    retrain = [
        Action(command="forebear run a.py", words=words) for words in ("better", "fair", "fair")
    ]
    known = together([*retrain, Action(command="forebear reproduce churn:3")])
    assert known["forebear run a.py"].words == "better; fair"
    case = SimpleNamespace(ref="churn:3", next_ref="churn", retrain="forebear run a.py")
    again = together([Action(command="forebear validate churn --on t")])
    named = Action(command="forebear name churn:3 churn")
    watched = Action(command="forebear quality check data:raw:1")
    chosen = [known["forebear reproduce churn:3"], named, watched, known["forebear run a.py"]]
    assert [one.command for one in in_order(renewed(case, chosen, again))] == [
        "forebear run a.py",
        "forebear name churn churn",
        "forebear quality check data:raw",
        "forebear validate churn --on t",
        "forebear reproduce churn",
    ]


def test_what_another_command_does_too_is_left_out():
    said = ["forebear validate churn --on t", "forebear validate churn --on t --by sex"]
    said += [
        "forebear deploy churn --env prod",
        "forebear deploy churn --env prod --schedule '0 2'",
    ]
    assert [one.command for one in in_order(Action(command=one) for one in said)] == said[1:]


def test_a_new_version_in_production_is_promoted_and_deployed_like_the_one_before(life):
    life.text = "[policy.production]\napprovals = 2\nkpis = ['uplift']\n"
    life.store.append([KPI.say(artifact(life, 3), Kpi(value=1.0), key="uplift")])
    for who in ("grace", "linus"):
        life.approve(3, who)
    assert life.promote(3).moved
    target, url = Target(ref="churn:3"), "https://churn.example.org"
    life.client().call(DeployRequest(target=target, env="eu", endpoint=url))
    life.store.append([RECALL.say("data:raw", Recall(title="raw", reason="wrong"), key="r")])
    (model,) = audit(life).models
    said = {one.command: one for one in model.actions}
    tail = [
        "forebear approve churn --for production",
        "forebear promote churn --to production",
        f"forebear deploy churn --env eu --endpoint {url}",
    ]
    assert list(said)[-3:] == tail
    assert said[tail[0]].times == 2
    assert {"forebear kpi churn uplift=VALUE", "forebear reproduce churn"} <= said.keys()
    assert not any("name churn" in one for one in said)


def test_an_override_ends_when_all_that_it_lets_pass_is_met(life):
    life.text = "[policy.production]\nkpis = ['uplift']\nleaks = 'any'\n"
    life.promote(3, override="the fair", until=SOON)
    (model,) = audit(life).models
    found = {one.requirement: one for one in model.findings}
    only = [found["overrides"], found["kpis"]]
    case = SimpleNamespace(retrain="", deploy="")
    todo = ["forebear kpi churn:3 uplift=VALUE", "forebear promote churn:3 --to production"]
    assert [one.command for one in advice(case, only, {}, 100).actions] == todo
    assert [one.command for one in advice(case, only, {}, 50).actions] == todo[:1]


def test_a_validation_is_done_again_by_the_groups_that_it_had(life):
    estimate = Estimate(0.1)
    done = Validation(
        data="d",
        data_title="held out.csv",
        task="classification",
        rows=3,
        main="f1",
        metrics={"f1": estimate},
        fairness=[
            FairnessSummary(by=by, metric="difference", estimate=estimate) for by in ("sex", "race")
        ],
    )
    life.store.append(
        [
            VALIDATION.say(artifact(life, 3), done, key="d"),
            RECALL.say("data:raw", Recall(title="raw", reason="wrong"), key="r"),
        ]
    )
    (model,) = audit(life).models
    commands = [one.command for one in model.actions if " validate " in one.command]
    assert commands == ["forebear validate churn --on 'held out.csv' --by sex,race"]


def test_a_validation_is_done_again_on_its_data_by_name(life):
    (raw,) = life.store.versions("data", "raw")
    done = Validation(
        data=raw.artifact,
        data_title="held.csv (raw:1)",
        task="classification",
        rows=3,
        main="f1",
        metrics={"f1": Estimate(0.1)},
    )
    recall = Recall(title="raw", reason="wrong")
    said = VALIDATION.say(artifact(life, 3), done, key="d")
    life.store.append([said, RECALL.say("data:raw", recall, key="r")])
    (model,) = audit(life).models
    commands = [one.command for one in model.actions if " validate " in one.command]
    assert commands == ["forebear validate churn --on data:raw:1 --by COLUMN"]


def test_data_without_a_name_is_told_and_can_be_named(life, tmp_path):
    story = Story(tmp_path)
    trained = story.file("wine.pkl", b"wine", kind="model")
    run = story.run("wine.py", kind="run")
    wine = story.memory("data", "load_wine X", "wine", rows=178)
    used = [link(wine, "train", "X")]
    story.step(run, "train", "fit", used=used, generated=[trained])
    story.say(VersionNamed(kind="model", name="wine", artifact=trained, by="ops"))
    life.store.append(story.events)
    (model,) = audit(life, "wine").models
    words = {one.requirement: one.words for one in model.findings}
    assert words["licences"] == "It comes from load_wine X, without a name."
    assert words["monitored"] == "It was trained on load_wine X, without a name or checks."
    facts = {one.label: one.value for one in model.about}
    assert facts["Trained on"] == "load_wine X, without a name"
    licences = next(one for one in model.findings if one.requirement == "licences")
    assert licences.ways[0][0].command == f"forebear name {wine} NAME"
    life.store.append([VersionNamed(kind="data", name="grapes", artifact=wine, by="ops")])
    (model,) = audit(life, "wine").models
    facts = {one.label: one.value for one in model.about}
    assert facts["Trained on"] == "grapes:1"


def test_what_was_named_by_hand_is_named_again_from_its_file(life, story):
    command = ["forebear", "name", str(story.at / "model8.pkl"), "given"]
    file = artifact(life, 3)
    life.store.append(
        [
            VersionNamed(kind="model", name="given", artifact=file, by="ops"),
            RECALL.say("data:raw", Recall(title="raw", reason="wrong"), key="r"),
        ]
    )
    (model,) = audit(life, "given:1").models
    assert [one.command for one in model.actions][1] == shlex.join(command)


def test_all_means_newest_versions_and_those_that_an_alias_points_to(life):
    life.store.append(
        [AliasMoved(kind="model", name="churn", alias="champion", version=1, by="ops")]
    )
    answer = audit(life, None)
    assert sorted(one.version for one in answer.models) == ["churn:1", "churn:3"]
    assert answer.least == min(one.score for one in answer.models)
    assert [one.score for one in answer.models] == sorted(one.score for one in answer.models)
    one = audit(life).models[0]
    (same,) = [model for model in answer.models if model.version == "churn:3"]
    assert (same.score, states(same)) == (one.score, states(one))


@pytest.fixture
def busy(life, tmp_path):
    """Models that share data, are deployed, recalled, accepted, rejected and scored together."""
    story = Story(tmp_path)
    trained = [story.train(depth, 0.6 + depth / 10, save=f"model{depth}.pkl") for depth in (2, 3)]
    story.serve(trained[0].file)
    life.store.append(story.events)
    life.store.append(
        AliasMoved(kind="model", name="churn", alias=f"alias{version}", version=version, by="ops")
        for version in (1, 2, 3)
    )
    life.approve(3, "grace")
    life.approve(1, "eve", decision="rejected", why="too old")
    client = life.client()
    data = life.store.versions("data", life.store.names("data")[0].name)[0].artifact
    of_data = client.call(RecallRequest(target=Target(ref=data), reason="wrong labels"))
    client.call(RecallRequest(target=Target(ref="package:numpy"), reason="a hole"))
    model = next(one for one in of_data.affected if one.kind == "model")
    client.call(
        RemedyRequest(id=of_data.id, target=Target(ref=model.id), status="accepted", note="small")
    )
    return life


@pytest.mark.parametrize("past", [False, True])
def test_all_are_judged_as_each_is_alone(busy, past):
    client, as_of = busy.client(), now().isoformat() if past else None
    if past:
        busy.store.append([OWNER.say("model:churn", Owner(who="later"), key="owner")])
    every = client.call(AuditRequest(as_of=as_of)).models
    assert len(every) == 4
    assert len({states(one)["recalls"] for one in every}) == 2
    for one in every:
        (alone,) = client.call(AuditRequest(target=Target(ref=one.version), as_of=as_of)).models
        assert one == structs.replace(alone, about=[])


def test_an_empty_store_has_no_model_to_audit(store):
    answer = LocalClient(store, by="ops").call(AuditRequest())
    assert (answer.models, answer.least, answer.verdict) == ([], None, "No model is recorded.")


def test_what_is_in_production_without_approval_loses_points_for_it(life):
    assert states(audit(life).models[0])["approvals"] == "not applicable"
    life.store.append(
        [AliasMoved(kind="model", name="churn", alias="production", version=3, by="ops")]
    )
    (model,) = audit(life).models
    assert states(model)["approvals"] == "failed"
    (stage,) = [fact for fact in model.about if fact.label == "Stage"]
    assert stage.value == "production, by an alias that was moved by hand"


def test_the_policy_of_the_stage_counts_and_the_audit_section_comes_before_it(life):
    life.text = "[policy.production]\nkpis = ['uplift']\nleaks = 'any'\n"
    life.promote(3, override="the fair", until=SOON)
    model = audit(life).models[0]
    assert (states(model)["kpis"], states(model)["leaks"]) == ("waived", "not applicable")
    life.text += "[audit]\nleaks = 'none found'\nowner = false\n"
    model = audit(life).models[0]
    assert states(model)["leaks"] in {"passed", "failed"}
    assert states(model)["owner"] == "not applicable"
    life.store.append([KPI.say(model.artifact, Kpi(value=0.1), key="uplift")])
    assert states(audit(life).models[0])["kpis"] == "passed"


def test_weights_are_set_in_the_file(life):
    life.text = "[audit.weights]\nowner = 50\n"
    finding = next(one for one in audit(life).models[0].findings if one.requirement == "owner")
    assert finding.weight == 50
    life.text = "[audit.weights]\nownr = 50\n"
    with pytest.raises(InvalidInput, match=r"\[audit.weights\] has no setting `ownr`"):
        audit(life)
    life.text = "[audit.weights]\nowner = -1\n"
    with pytest.raises(InvalidInput, match="must be a number of 0 or more"):
        audit(life)


def test_an_override_is_a_finding_and_what_it_waives_earns_nothing(life):
    life.text = "[policy.production]\nkpis = ['uplift']\nleaks = 'any'\n"
    life.promote(3, override="the fair", until=SOON)
    model = audit(life).models[0]
    assert (states(model)["kpis"], states(model)["overrides"]) == ("waived", "failed")
    assert [one.active for one in model.overrides] == [True]
    assert "Let pass by an override: business figures." in model.verdict


def test_the_evidence_is_events_that_can_be_shown(life):
    own(life)
    answer = audit(life, evidence=True)
    (model,) = answer.models
    known = {one.seq: one for one in answer.events}
    told = [x for one in (*model.findings, *model.about) for x in one.evidence]
    assert all(x.command.startswith("forebear ") for x in told)
    assert {x.seq for x in told if x.seq is not None} == set(known)
    for one in known.values():
        event = life.client().call(EventRequest(seq=one.seq))
        assert (event.id, event.at, event.words) == (one.id, one.at, one.words)
    assert audit(life).events == []


def test_what_every_passed_finding_rests_on_is_told(life):
    own(life)
    (model,) = audit(life).models
    assert all(one.evidence for one in model.findings if one.state == "passed")
    unknown = {fact.label for fact in model.about if fact.value is None}
    assert {"What it is", "Where it runs", "Validated", "What it is worth"} <= unknown
    assert all(fact.evidence for fact in model.about if fact.value)


def test_what_is_not_approved_rests_on_something_too(life):
    life.text = "[policy.production]\n"
    life.promote(1)
    model = audit(life, "churn:1").models[0]
    approvals = next(one for one in model.findings if one.requirement == "approvals")
    assert (approvals.state, approvals.evidence[0].command) == (
        "failed",
        "forebear history churn --all",
    )


def test_an_audit_of_the_past_knows_nothing_of_what_came_later(life):
    before = audit(life).models[0]
    moment = f"{now().isoformat()}"
    own(life)
    life.text = "[audit]\nowner = false\n"
    past = audit(life, as_of=moment)
    assert states(past.models[0])["owner"] == "not applicable"
    life.text = ""
    assert states(audit(life, as_of=moment).models[0])["owner"] == "unknown"
    assert audit(life, as_of=moment).models[0].score == before.score
    assert states(audit(life).models[0])["owner"] == "passed"
    with pytest.raises(UnknownRef):
        audit(life, as_of="2020-01-01")


def test_the_rules_that_were_used_then_are_those_of_an_audit_of_the_past(life):
    life.text = "[policy.production]\nkpis = ['uplift']\n"
    life.promote(3, override="fair", until=SOON)
    moment = datetime.now(UTC).isoformat()
    life.text = "[policy.production]\nkpis = ['other']\n"
    past = audit(life, as_of=moment).models[0]
    asked = next(one.asked for one in past.findings if one.requirement == "kpis")
    assert asked == 'kpis = ["uplift"]'


def test_a_score_that_is_none_is_refused(life):
    with pytest.raises(InvalidInput, match="101 is no score"):
        audit(life, wanted=101)
    with pytest.raises(UnknownRef, match="There is no event 0"):
        life.client().call(EventRequest(seq=0))


def test_a_model_whose_making_was_not_seen_loses_points_for_that(life, tmp_path):
    story = Story(tmp_path)
    file = story.file("alien.pkl", b"alien", kind="model")
    story.say(VersionNamed(kind="model", name="alien", artifact=file, automatic=True))
    life.store.append(story.events)
    found = states(audit(life, "alien:1").models[0])
    assert found["evidence"] == "unknown"
    assert found["named"] == "failed"
    assert found["monitored"] == "unknown"
