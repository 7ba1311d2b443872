from __future__ import annotations

from datetime import timedelta

import pytest

from forebear.core.catalog import OWNER, Owner
from forebear.core.clock import now
from forebear.core.errors import InvalidInput, UnknownRef
from forebear.core.events import AliasMoved, ReproductionRecorded, RunEnded
from forebear.core.policies import KPI, Kpi
from forebear.core.recalls import RECALL, Recall
from forebear.core.validation import VALIDATION, Estimate, Validation
from forebear.ops.promotion import RetireRequest, RollbackRequest
from forebear.ops.table import Target
from forebear.ops.timeline import TimelineRequest

SOON = f"{now() + timedelta(days=7):%Y-%m-%d}"


def told(life, name="churn", **more):
    return life.client().call(TimelineRequest(name=name, **more))


def said(life, **more):
    return [(one.what, one.version, one.words) for one in told(life, **more).happened]


def artifact(life, version):
    return {row.version: row.artifact for row in life.store.versions("model", "churn")}[version]


def test_a_whole_life_is_told_in_order(life, story):
    life.text = "[policy.production]\nleaks = 'any'\nowner = true\n"
    file = artifact(life, 1)
    life.approve(1, "ada", why="fine")
    life.promote(1, override="the fair", until=SOON)
    estimate = Estimate(0.9)
    done = Validation(
        data="d",
        data_title="test",
        task="classification",
        rows=3,
        main="f1",
        metrics={"f1": estimate},
        passed=True,
    )
    life.store.append([VALIDATION.say(file, done, key="d")])
    life.store.append([KPI.say(file, Kpi(value=2.5, unit="EUR", source="report"), key="gain")])
    life.store.append([OWNER.say("model:churn", Owner(who="grace"), key="owner")])
    known = len(story.events)
    service, _, _ = story.serve(file)
    story.end(service)
    life.store.append(story.events[known:])
    life.store.append(
        [
            ReproductionRecorded(
                artifact=file,
                run="r",
                verdict="bitwise",
                reason="all equal",
                environment="rebuilt",
                by="ops",
            )
        ]
    )
    raw = next(row.artifact for row in life.store.versions("data", "raw"))
    life.store.append([RECALL.say(raw, Recall(title="raw", reason="no consent"), key="r1")])
    happened = said(life)[::-1]
    assert [one for one in happened if one[0] not in {"version", "policy"}] == [
        ("approval", 1, "approved for production"),
        ("override", 1, "overridden for production: owner need not be met"),
        ("stage", 1, "promoted from candidate to production, without owner by an override"),
        ("validation", 1, "validation on test passed, f1 0.9"),
        ("figure", 1, "gain = 2.5 EUR, from report"),
        ("owner", None, "grace is its owner"),
        ("deployment", 1, "served by serve.py"),
        ("deployment", 1, "served no more by serve.py"),
        ("reproduction", 1, "made again: bitwise, all equal"),
        ("recall", None, "raw recalled (high): no consent"),
    ]
    assert [one for one in happened if one[0] == "version"] == [
        ("version", version, f"churn:{version} was named by decision") for version in (1, 2, 3)
    ]
    first = next(one for one in told(life).happened if one.what == "approval")
    assert (first.by, first.why) == ("ada", "fine")


def test_moves_by_hand_are_told_and_those_of_a_stage_only_once(life):
    life.text = "[policy.production]\nleaks = 'any'\n[policy.staging]\nleaks = 'any'\n"
    life.store.append(
        [AliasMoved(kind="model", name="churn", alias="champion", version=2, by="ops", why="best")]
    )
    life.promote(1, "staging")
    life.promote(1)
    life.promote(2)
    client = life.client()
    client.call(RollbackRequest(name="churn", stage="prod", rules=life.rules))
    client.call(RetireRequest(target=Target(ref="churn:2"), rules=life.rules))
    life.promote(2, "staging")
    moves = [one for one in said(life)[::-1] if one[0] in {"alias", "stage"}]
    assert moves == [
        ("alias", 2, "@champion points to churn:2"),
        ("stage", 1, "promoted from candidate to staging"),
        ("stage", 1, "promoted from staging to production"),
        ("stage", 2, "promoted from candidate to production"),
        ("stage", 1, "production was rolled back to it"),
        ("stage", 2, "retired from candidate"),
        ("stage", 2, "promoted from retired to staging"),
    ]


def test_one_version_a_limit_and_the_past(life):
    moment = now().isoformat()
    life.text = "[policy.staging]\nleaks = 'any'\n"
    life.promote(1, "staging")
    only = told(life, version=2).happened
    assert {one.version for one in only} == {2, None}
    short = told(life, limit=2)
    assert (len(short.happened), short.omitted) == (2, len(told(life).happened) - 2)
    assert {one.what for one in told(life, as_of=moment).happened} == {"version"}


def test_what_ended_before_the_moment_asked_about_is_told_as_ended(life, story):
    known = len(story.events)
    service, _, _ = story.serve(artifact(life, 1))
    life.store.append(story.events[known:])
    life.store.append([RunEnded(run=service, status="finished")])
    words = [one[2] for one in said(life) if one[0] == "deployment"]
    assert words == ["served no more by serve.py", "served by serve.py"]


def test_a_name_that_is_not_there_is_said(life):
    with pytest.raises(UnknownRef, match="no model called 'chrun'") as caught:
        told(life, "chrun")
    assert caught.value.hint == "Did you mean churn?"
    with pytest.raises(InvalidInput, match="0 is no limit"):
        told(life, limit=0)


def test_a_story_of_one_day_is_told_with_that_day(life):
    answer = told(life)
    (day,) = {f"{one.at:%Y-%m-%d}" for one in answer.happened}
    assert answer.verdict.endswith(f" events on {day}.")
