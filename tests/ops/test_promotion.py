from __future__ import annotations

import threading

import pytest

from forebear.core.digest import of_bytes
from forebear.core.errors import Conflict, InvalidInput, Overtaken, UnknownRef
from forebear.core.events import AliasMoved, ArtifactRecorded, VersionNamed
from forebear.core.policies import POLICY, PROMOTION, STAGE, RulesFile
from forebear.core.serving import CONSUMER, Consumer
from forebear.ops import promotion
from forebear.ops.deploy import DeployRequest
from forebear.ops.policy import PolicyCheckRequest, PolicyShowRequest
from forebear.ops.promotion import (
    DemoteRequest,
    PromoteRequest,
    RetireRequest,
    RollbackRequest,
)
from forebear.ops.registry import AliasRequest, NameRequest
from forebear.ops.table import Context, Target
from life import OWNED, SOON, recall

OPEN = "[policy.production]\nleaks = 'any'\n[policy.staging]\nleaks = 'any'\n"


def rollback(life, stage="prod", **more):
    return life.client().call(RollbackRequest(name="churn", stage=stage, rules=life.rules, **more))


def retire(life, version):
    return life.client().call(
        RetireRequest(target=Target(ref=f"churn:{version}"), rules=life.rules)
    )


def demote(life, version, **more):
    return life.client().call(
        DemoteRequest(target=Target(ref=f"churn:{version}"), rules=life.rules, **more)
    )


def test_a_version_walks_through_the_stages_and_its_moves_tell_why(life):
    life.text = OPEN
    assert life.promote(1, "staging", why="tries").moved
    answer = life.promote(1)
    assert (answer.origin, answer.stage, answer.moved) == ("staging", "production", True)
    assert (life.held("staging"), life.held("production")) == (None, 1)
    second = life.promote(2, why="better")
    assert (second.before, life.held()) == ("churn:1", 2)
    newest = PROMOTION.history(life.store.statements)[0]
    assert (newest.row.key, newest.row.by, newest.row.why) == ("churn@production", "ops", "better")
    assert (newest.value.move, newest.value.origin) == ("promote", "candidate")
    before = {row.version: row.artifact for row in life.store.versions("model", "churn")}[1]
    assert newest.value.before == before
    assert life.promote(2).verdict == "churn:2 is in production already."


def test_what_is_missing_is_said_with_the_command_that_gets_it_and_nothing_is_written(life):
    life.text = OWNED
    size = life.store.head().size
    answer = life.promote(1)
    assert not answer.moved
    assert "churn:1 stays in candidate" in answer.verdict
    (missing,) = [one for one in answer.outcomes if not one.well]
    assert missing.requirement == "owner"
    assert missing.ways[0][0].command == "forebear own model:churn --by WHO"
    assert (life.held(), life.store.head().size) == (None, size)


def test_of_two_promoters_at_the_same_time_one_wins(life):
    life.text = OPEN
    life.promote(1)
    start = threading.Barrier(2)
    outcomes: dict[int, object] = {}

    def one(version: int) -> None:
        start.wait()
        try:
            outcomes[version] = life.promote(version, expect=1).moved
        except Conflict as error:
            outcomes[version] = error

    threads = [threading.Thread(target=one, args=(version,)) for version in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(type(one).__name__) for one in outcomes.values()) == ["Conflict", "bool"]
    (winner,) = [version for version, one in outcomes.items() if one is True]
    assert life.held() == winner
    assert len(PROMOTION.history(life.store.statements)) == 2


def test_a_move_that_was_decided_on_old_news_is_refused(life, monkeypatch):
    life.text = OPEN
    life.promote(1)
    write = promotion.write_moves

    def overtaken(*args):
        monkeypatch.setattr(promotion, "write_moves", write)
        life.promote(3)
        write(*args)

    monkeypatch.setattr(promotion, "write_moves", overtaken)
    with pytest.raises(Conflict, match="points to version 3, not to version 1"):
        life.promote(2)
    assert life.held() == 3


def test_a_recall_that_comes_while_a_version_is_judged_is_heeded(life, monkeypatch):
    life.text = OPEN
    write = promotion.write_moves

    def recalled_meanwhile(*args):
        monkeypatch.setattr(promotion, "write_moves", write)
        recall(life, 2)
        write(*args)

    monkeypatch.setattr(promotion, "write_moves", recalled_meanwhile)
    answer = life.promote(2)
    assert not answer.moved
    assert [one.requirement for one in answer.outcomes if not one.well] == ["recalls"]
    assert life.held() is None


def test_where_news_never_stops_the_move_is_refused(life, monkeypatch):
    life.text = OPEN
    write = promotion.write_moves

    def news(*args):
        life.approve(3, "ada")
        write(*args)

    monkeypatch.setattr(promotion, "write_moves", news)
    with pytest.raises(Overtaken, match=r"Event \d+ \(approval\) was recorded"):
        life.promote(2)
    assert life.held() is None


def test_where_requests_come_from_elsewhere_the_rules_of_the_caller_count_for_nothing(life):
    own = RulesFile(path="/srv/forebear.toml", text=OWNED)
    context = Context(store=life.store, by="mallory", own_rules=lambda: own)
    lax = RulesFile(path="forebear.toml", text="[policy.production]\nrecalls = 'any'\n")
    request = PromoteRequest(target=Target(ref="churn:1"), stage="production", rules=lax)
    answer = promotion.promote(context, request)
    assert (answer.moved, answer.source) == (False, "/srv/forebear.toml")
    context = Context(store=life.store, by="mallory", own_rules=lambda: None)
    assert promotion.promote(context, request).source is None


def test_a_rollback_goes_back_step_by_step_and_is_itself_recorded(life):
    life.text = OPEN
    for version in (1, 2, 3):
        life.promote(version)
    answer = rollback(life, why="3 is slow")
    assert (answer.version, answer.before, life.held()) == ("churn:2", "churn:3", 2)
    newest = PROMOTION.history(life.store.statements)[0]
    assert (newest.value.move, newest.row.why) == ("rollback", "3 is slow")
    assert rollback(life).version == "churn:1"
    with pytest.raises(InvalidInput, match="churn:1 is the first"):
        rollback(life)
    life.promote(3)
    assert rollback(life).version == "churn:1"


def test_a_rollback_may_name_an_earlier_version(life):
    life.text = OPEN
    for version in (1, 2, 3):
        life.promote(version)
    assert rollback(life, version=1).version == "churn:1"
    with pytest.raises(InvalidInput, match="churn:3 is none that production would go back to"):
        rollback(life, version=3)


def test_a_recalled_version_is_not_rolled_back_to(life):
    life.text = OPEN
    for version in (1, 2, 3):
        life.promote(version)
    recall(life, 2)
    answer = rollback(life)
    assert not answer.moved
    assert answer.verdict.startswith("production keeps churn:3.")
    assert (life.held(), answer.outcomes[0].requirement) == (3, "recalls")
    assert rollback(life, version=1).moved


def test_an_alias_that_is_no_stage_goes_back_too_and_others_stay(life):
    life.text = OPEN
    life.promote(1, "staging")
    for version in (1, 2):
        life.client().call(AliasRequest(name="churn", alias="champion", version=version))
    assert rollback(life, "champion").version == "churn:1"
    assert (life.held("champion"), life.held("staging")) == (1, 1)


def test_what_never_was_is_not_rolled_back_to(life):
    life.text = OPEN
    with pytest.raises(InvalidInput, match="production never held a version of churn"):
        rollback(life)
    with pytest.raises(InvalidInput, match="There is no stage 'produktion'"):
        rollback(life, "produktion")
    with pytest.raises(UnknownRef, match="no model called 'chrun'") as error:
        life.client().call(RollbackRequest(name="chrun", stage="prod", rules=life.rules))
    assert error.value.hint == "Did you mean churn?"


def test_a_stage_that_is_left_empty_is_told(life):
    life.text = OPEN
    life.promote(1)
    retired = life.client().call(RetireRequest(target=Target(ref="churn:1"), rules=life.rules))
    assert retired.verdict.endswith("production holds no version of churn now.")


def test_demoting_goes_one_stage_back_or_to_the_one_that_is_said(life):
    life.text = OPEN
    life.promote(1)
    assert demote(life, 1).stage == "staging"
    assert (life.held("staging"), life.held()) == (1, None)
    assert demote(life, 1).stage == "candidate"
    with pytest.raises(InvalidInput, match="churn:1 is in candidate"):
        demote(life, 1)
    life.promote(1)
    life.promote(2, "staging")
    with pytest.raises(Conflict, match="staging holds churn:2"):
        demote(life, 1)
    assert demote(life, 1, stage="candidate").moved
    with pytest.raises(InvalidInput, match="does not come before"):
        demote(life, 2, stage="production")


def test_a_retired_version_leaves_its_stages_and_comes_back_only_by_policy(life):
    life.text = OPEN
    life.promote(1)
    assert retire(life, 1).stage == "retired"
    assert (life.held(), life.check(1).stage) == (None, "retired")
    assert STAGE.latest(life.store.statements)[0].value.stage == "retired"
    assert not retire(life, 1).moved
    life.promote(2)
    sentence = "churn:1, which was in production before, is retired"
    with pytest.raises(InvalidInput, match=sentence) as refused:
        rollback(life)
    assert refused.value.hint.startswith("`forebear promote churn:1 --to production`")
    life.promote(1, "staging")
    assert life.check(1).stage == "staging"


def test_who_still_uses_what_is_retired_is_told(life):
    file = {row.version: row.artifact for row in life.store.versions("model", "churn")}[1]
    life.store.append(
        [
            AliasMoved(kind="model", name="churn", alias="champion", version=1, by="ops"),
            CONSUMER.say(file, Consumer(how="lock", ref="churn@champion"), key="shop"),
        ]
    )
    assert retire(life, 1).users == ["@champion", "shop (lock)"]
    assert retire(life, 2).users == []


def test_what_is_served_is_not_retired(life, story):
    file = {row.version: row.artifact for row in life.store.versions("model", "churn")}[1]
    known = len(story.events)
    story.serve(file)
    life.store.append(story.events[known:])
    answer = retire(life, 1)
    assert not answer.moved
    assert answer.outcomes[0].words == "It is being served: serve.py."


def test_deployments_that_serve_another_version_are_told_how_to_follow(life):
    life.text = OPEN
    life.promote(1)
    client = life.client()
    client.call(DeployRequest(target=Target(ref="churn:1"), env="prod"))
    client.call(DeployRequest(target=Target(ref="churn:1"), env="test"))
    answer = life.promote(2)
    assert [(one.command, one.words) for one in answer.deploy] == [
        ("forebear deploy churn:2 --env prod", "churn:1 still serves there")
    ]
    assert rollback(life).deploy == []


def test_stages_cannot_be_skipped_backwards_or_sideways(life):
    life.text = OPEN
    life.promote(1)
    with pytest.raises(InvalidInput, match="comes after staging"):
        life.promote(1, "staging")
    with pytest.raises(InvalidInput, match="Nothing is promoted to retired"):
        life.promote(1, "retired")
    with pytest.raises(InvalidInput, match="There is no stage 'prodution'"):
        life.promote(1, "prodution")


def test_the_rules_that_were_used_are_kept_and_hold_where_there_is_no_file(life):
    life.text = "[stages]\norder = ['new', 'production', 'gone']\n" + OWNED
    life.promote(1, override="fair", until=SOON)
    assert {one.row.about for one in POLICY.latest(life.store.statements)} >= {
        "policy:stages",
        "policy:production",
        "policy:audit",
    }
    size = life.store.head().size
    life.promote(1, override="fair again", until=SOON)
    said = life.store.statements.history(["policy"])
    assert len([row for row in said if row.seq > size]) == 0

    checked = life.client().call(
        PolicyCheckRequest(target=Target(ref="churn:2"), policy="production")
    )
    assert [one.requirement for one in checked.outcomes if not one.well] == ["owner"]
    assert checked.stage == "new"
    assert checked.source.startswith("the rules used on")


def test_a_stage_is_no_alias_that_moves_by_hand_once_a_policy_was_used(life):
    life.client().call(AliasRequest(name="churn", alias="production", version=1))
    life.text = OPEN
    life.promote(2)
    with pytest.raises(InvalidInput, match="versions enter it by policy") as caught:
        life.client().call(AliasRequest(name="churn", alias="production", version=1))
    assert "forebear promote churn:1 --to production" in (caught.value.hint or "")
    assert life.held() == 2


def test_data_and_things_without_a_version_have_no_stage(life, story):
    for ref, sentence in (("data:raw", "is data"), ("churn:9", "no version 9")):
        with pytest.raises((InvalidInput, UnknownRef), match=sentence):
            life.client().call(PromoteRequest(target=Target(ref=ref), stage="production"))
    file = {row.version: row.artifact for row in life.store.versions("model", "churn")}[1]
    life.store.append([VersionNamed(kind="model", name="other", artifact=file, by="ops")])
    assert life.promote(1, "staging").moved


def test_a_policy_may_ask_something_else_of_one_model(life):
    life.text = (
        "[policy.production]\nleaks = 'any'\nkpis = ['uplift']\n"
        "[policy.production.models.churn]\nkpis = ['gain']\nowner = true\n"
        "[policy.production.models.chrun]\nkpis = ['cost']\n"
    )
    outcomes = {one.requirement: one.asked for one in life.check(1).outcomes}
    assert (outcomes["kpis"], outcomes["leaks"]) == ('kpis = ["gain"]', 'leaks = "any"')
    client = life.client()
    client.call(NameRequest(target=Target(ref="churn:1"), name="other"))
    asked = PolicyCheckRequest(target=Target(ref="other:1"), policy="production", rules=life.rules)
    other = {one.requirement: one.asked for one in client.call(asked).outcomes}
    assert (other["kpis"], "owner" in other) == ('kpis = ["uplift"]', False)
    shown = client.call(PolicyShowRequest(rules=life.rules))
    assert [one.model for one in shown.policies if one.name == "production"] == [
        None,
        "churn",
        "chrun",
    ]
    assert shown.gaps == ["No model is called chrun: what is asked of it is asked of nobody."]


def test_what_is_asked_of_another_model_changes_no_approval(life):
    first = "[policy.production]\nleaks = 'any'\napprovals = 1\n"
    life.text = first
    life.approve(1, "grace")
    life.text = first + "[policy.production.models.price]\nowner = true\n"
    assert life.promote(1).moved
    # Without the file the rules that were used last hold, those for single models too.
    kept = life.client().call(PolicyShowRequest())
    assert [one.model for one in kept.policies if one.name == "production"] == [None, "price"]
    life.text = first + "[policy.production.models.churn]\nowner = true\n"
    assert "the policy has changed since" in str(life.check(1).outcomes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[policy.production.models.churn]\nownr = true",
            r"\[policy.production.models.churn\] has no",
        ),
        ("[policy.production]\nmodels = 3", r"\[policy.production.models\] has a section"),
        ("[policy.production.models]\nchurn = 3", r"\[policy.production.models\] has a section"),
    ],
)
def test_what_is_wrong_about_one_model_is_said(life, text, said):
    life.text = text
    with pytest.raises(InvalidInput, match=said):
        life.check(1)


def test_of_a_model_and_data_of_one_name_the_model_is_promoted(life):
    data = of_bytes(b"rows")
    life.store.append([
        ArtifactRecorded(artifact=data, kind="data", digest=data, label="churn.csv"),
        VersionNamed(kind="data", name="churn", artifact=data),
    ])  # fmt: skip
    assert life.promote(1).moved
