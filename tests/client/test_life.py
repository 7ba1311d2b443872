"""The life of models from Python: what the commands do, and say."""

from __future__ import annotations

import inspect
import time
from pathlib import Path

import msgspec
import pytest

import forebear as fb
from forebear.client import life, usage
from forebear.client.locate import init_store
from forebear.core.errors import Conflict, InvalidInput
from forebear.core.recalls import DELIVERY
from forebear.ops.approvals import ApproveRequest
from forebear.ops.audit import AuditRequest
from forebear.ops.consumers import ConsumersRequest
from forebear.ops.deploy import DeployRequest, TrafficRequest, UndeployRequest
from forebear.ops.deployments import DeploymentsRequest
from forebear.ops.kpis import KpiRequest
from forebear.ops.policy import PolicyCheckRequest
from forebear.ops.promotion import DemoteRequest, PromoteRequest, RetireRequest, RollbackRequest
from forebear.ops.recall import RecallRequest, RecallsRequest, RecallStatusRequest
from forebear.ops.recalled import RecalledRequest
from forebear.ops.remedy import CloseRecallRequest, RemedyRequest
from forebear.store import open_store
from hooks import Hook
from story import Story

RULES = """
[policy.production]
approvals = 1
"""
REQUESTS = {
    life.promote: PromoteRequest,
    life.demote: DemoteRequest,
    life.rollback: RollbackRequest,
    life.retire: RetireRequest,
    life.approve: ApproveRequest,
    life.reject: ApproveRequest,
    life.check_policy: PolicyCheckRequest,
    life.audit: AuditRequest,
    life.kpi: KpiRequest,
    usage.deploy: DeployRequest,
    usage.undeploy: UndeployRequest,
    usage.traffic: TrafficRequest,
    usage.deployments: DeploymentsRequest,
    usage.consumers: ConsumersRequest,
    usage.recall: RecallRequest,
    usage.recalls: RecallsRequest,
    usage.recall_status: RecallStatusRequest,
    usage.recalled: RecalledRequest,
    usage.remedy: RemedyRequest,
    usage.close_recall: CloseRecallRequest,
}
OTHERWISE = {"ref": "target", "to": "stage", "key": "keys"}
NOT_SAID = {"rules", "decision"}
"""What the functions find out themselves, or are themselves."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    story = Story(tmp_path)
    story.prepare()
    for depth, score in ((2, 0.8), (4, 0.9)):
        story.train(depth, score, save=f"model{depth}.pkl")
    with open_store(init_store(tmp_path / ".forebear"), create=True) as store:
        store.append(story.events)
    return tmp_path


@pytest.mark.parametrize(("function", "request_type"), REQUESTS.items())
def test_a_function_takes_what_its_operation_takes(function, request_type):
    said = [OTHERWISE.get(name, name) for name in inspect.signature(function).parameters]
    if function is life.rollback:
        said[said.index("env")] = "stage"
    assert said.pop() == "store"
    fields = msgspec.structs.fields(request_type)
    assert set(said) == {one.name for one in fields} - NOT_SAID
    told = inspect.signature(function).parameters
    same = {one.name: one.default for one in fields if one.name in told and not one.required}
    differing = {name for name, default in same.items() if told[name].default != default}
    assert differing <= {"parts", "figures"}, "a default is said twice, in two ways"


def test_every_function_is_there_by_its_name():
    for module in (life, usage):
        for name in module.__all__:
            assert getattr(fb, name) is getattr(module, name)


def test_from_approval_to_retirement(folder, monkeypatch):
    Path("forebear.toml").write_text(RULES)
    refused = fb.promote("churn:2", "production")
    assert not refused.moved
    assert "approval" in repr(refused)
    monkeypatch.setenv("LOGNAME", "reviewer")
    approved = fb.approve("churn:2", why="looked at it")
    assert repr(approved).startswith("reviewer approved churn:2")
    assert fb.check_policy("churn:2").well
    assert fb.promote("churn:2", "production", why="better").moved
    assert "churn:2" in fb.promote("churn:2", "production").verdict
    fb.deploy("churn:2", "prod", endpoint="http://models/churn")
    assert [one.title for one in fb.deployments("prod").deployments] == ["churn:2"]
    assert "churn is used by 1 live deployment (prod)" in repr(fb.consumers("churn"))
    kept = fb.kpi("churn:2", {"uplift": 0.03}, unit="%", since="2026-01-01", until="2026-02-01")
    assert "uplift" in repr(kept)
    (figure,) = kept.kpis
    assert (f"{figure.since:%d %H:%M}", f"{figure.until:%d %H:%M}") == ("01 00:00", "01 23:59")
    fb.deploy("churn:1", "prod", share=0.25)
    shares = fb.traffic("prod", {"churn:1": 0.5, "churn:2": 0.5}).deployments
    assert [one.share for one in shares] == [0.5, 0.5]
    assert "prod" in repr(fb.undeploy("churn:1", "prod"))
    assert fb.demote("churn:2", why="too slow").stage == "staging"
    fb.undeploy("churn:2")
    assert fb.retire("churn:2").moved
    with pytest.raises(InvalidInput, match="stage"):
        fb.promote("churn:1", "archived")


def test_a_rollback_goes_back_to_what_was_there(folder):
    Path("forebear.toml").write_text("[policy.production]\n")
    assert fb.promote("churn:1", "production").moved
    assert fb.promote("churn:2", "production").moved
    back = fb.rollback("churn", why="wrong answers")
    assert (back.moved, back.version, back.before) == (True, "churn:1", "churn:2")


def test_a_recall_to_its_end(folder):
    found = fb.recall("data:raw", reason="wrong labels", severity="critical")
    assert repr(found).startswith(f"The recall {found.id[:13]} of data:raw reaches 2 models")
    assert found.id[:8] in repr(fb.recalls())
    assert fb.recalled("churn:2").recalls
    with pytest.raises(Conflict, match="recalled already"):
        fb.recall("data:raw", reason="again")
    left = fb.remedy(found.id[:8], "churn:1", "accepted", note="unused")
    assert left.open == 1
    assert fb.recall_status(found.id).open == 1
    assert fb.close_recall(found.id, force=True, why="a mistake").status == "closed"
    assert "No recall is open" in repr(fb.recalls())


def test_an_audit_is_a_page_too(folder):
    audited = fb.audit("churn:2", evidence=True)
    assert audited.least == audited.models[0].score
    assert audited.report().startswith("# Audit of churn:2")
    assert "<html" in audited.report(html=True)
    assert "2 versions audited" not in repr(audited)
    assert {one.version for one in fb.audit().models} == {"churn:2"}


def test_people_are_told_of_a_recall_and_the_program_does_not_wait(folder):
    hook = Hook()
    hook.delay = 1.0
    settings = f'[notify]\nwebhooks = ["{hook.url}"]\nallow = ["127.0.0.1"]\n'
    Path(".forebear/config.toml").write_text(settings)
    began = time.monotonic()
    fb.recall("data:raw", reason="wrong labels")
    assert not hook.got
    until = began + 20
    told = []
    while not told and time.monotonic() < until:
        time.sleep(0.1)
        with open_store(folder / ".forebear") as store:
            told = [one.value.status for one in DELIVERY.latest(store.statements)]
    assert (hook.events, told) == (["recall.opened"], ["delivered"])
    hook.close()
