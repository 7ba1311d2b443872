from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from forebear.core.errors import InvalidInput
from forebear.core.events import VersionNamed
from forebear.core.quality import CHECK, INCIDENT, CheckResult, Incident
from forebear.ops.attention import AttentionRequest
from forebear.ops.deploy import DeployRequest
from forebear.ops.describing import FreshRequest
from forebear.ops.promotion import PromoteRequest
from forebear.ops.recall import RecallRequest
from forebear.ops.remedy import CloseRecallRequest
from forebear.ops.table import Target


def concerns(life, kind, **more):
    answer = life.client().call(AttentionRequest(**more))
    return [one for one in answer.concerns if one.kind == kind]


def soon(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def test_where_nothing_is_wrong_nothing_is_told(life):
    answer = life.client().call(AttentionRequest())
    assert (answer.verdict, answer.concerns) == ("Nothing needs attention now.", [])


def test_an_open_recall_is_urgent_by_its_severity(life):
    client = life.client()
    told = client.call(
        RecallRequest(target=Target(ref="churn:2"), reason="wrong labels", severity="high")
    )
    client.call(
        RecallRequest(target=Target(ref="churn:3"), reason="a typo in its card", severity="low")
    )
    first, second = concerns(life, "recall")
    assert (first.ref, first.urgent, second.urgent) == (told.about, True, False)
    assert "wrong labels" in first.words
    assert "forebear recall status" in first.command


def test_incidents_of_data_are_told_until_they_are_closed(life):
    opened = Incident(status="open", severity="error", title="3 of 40 ages are below 0")
    life.store.append([INCIDENT.say("data:clean", opened, key="c1", by="ops")])
    (one,) = concerns(life, "incident")
    assert (one.ref, one.urgent, one.words) == ("data:clean", True, "3 of 40 ages are below 0.")
    closed = Incident(status="closed", severity="error", title="3 of 40 ages are below 0")
    life.store.append([INCIDENT.say("data:clean", closed, key="c1", by="ops")])
    assert concerns(life, "incident") == []


def test_failing_checks_are_told_of_the_newest_version_where_no_incident_tells_them(life):
    clean = life.store.newest("data")["clean"]
    result = CheckResult(check="mean", status="failed", severity="warn", message="age is 9 older")
    life.store.append([CHECK.say(clean, result, key="c1", by="ops")])
    life.store.append([CHECK.say(clean, result, key="c2", by="ops")])
    (one,) = concerns(life, "quality")
    assert (one.ref, one.urgent) == ("data:clean", False)
    assert one.words == "age is 9 older, and 1 other check fails."
    opened = Incident(status="open", severity="error", title="3 ages are below 0")
    life.store.append([INCIDENT.say("data:clean", opened, key="c1", by="ops")])
    assert concerns(life, "quality") == []


def test_data_that_is_late_is_told(life):
    made = datetime.now(UTC) - timedelta(days=3)
    clean = life.store.newest("data")["clean"]
    life.store.append([VersionNamed(kind="data", name="weekly", artifact=clean, time=made)])
    life.client().call(FreshRequest(target=Target(ref="data:weekly"), every="2d"))
    (one,) = concerns(life, "freshness")
    assert (one.ref, one.urgent) == ("data:weekly", False)
    assert f"was due on {made + timedelta(days=2):%Y-%m-%d}" in one.words
    life.client().call(FreshRequest(target=Target(ref="data:weekly"), every="1w"))
    assert concerns(life, "freshness") == []


def test_what_runs_out_soon_is_told_and_what_has_run_out_is_urgent(life):
    life.text = "[policy.staging]\nowner = true\n"
    life.client().call(
        PromoteRequest(
            target=Target(ref="churn:2"),
            stage="staging",
            rules=life.rules,
            override="the owner is on leave",
            until=soon(5),
        )
    )
    (one,) = concerns(life, "expiry")
    assert (one.ref, one.urgent) == ("churn:2", False)
    assert "runs out" in one.words
    assert concerns(life, "expiry", days=2) == []
    (late,) = concerns(life, "expiry", as_of=soon(9))
    assert (late.urgent, "ran out" in late.words) == (True, True)


def test_models_in_use_are_held_against_the_bar(life):
    assert concerns(life, "audit", bar=100) == []
    life.client().call(DeployRequest(target=Target(ref="churn:2"), env="prod"))
    (one,) = concerns(life, "audit", bar=100)
    assert (one.ref, one.urgent) == ("churn:2", False)
    assert concerns(life, "audit", bar=0) == []


def test_a_closed_recall_needs_nobody(life):
    client = life.client()
    told = client.call(RecallRequest(target=Target(ref="churn:2"), reason="wrong labels"))
    client.call(CloseRecallRequest(id=told.id, why="a false alarm", force=True))
    assert concerns(life, "recall") == []


def test_a_bar_is_a_score(life):
    with pytest.raises(InvalidInput, match="from 0 to 100"):
        life.client().call(AttentionRequest(bar=101))
