"""What tests of a version's life say: facts about versions, and who asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from forebear.client.client import LocalClient
from forebear.client.signing import StoreSigner
from forebear.core.clock import now
from forebear.core.policies import RulesFile
from forebear.core.ports import Store
from forebear.core.recalls import RECALL, Recall
from forebear.core.validation import VALIDATION, Estimate, Validation
from forebear.ops.approvals import ApproveRequest
from forebear.ops.policy import PolicyCheckRequest, PolicyCheckResponse
from forebear.ops.promotion import MoveResponse, PromoteRequest
from forebear.ops.requirement import Outcome
from forebear.ops.table import Target

OWNED = "[policy.production]\nowner = true\n"
SOON = f"{now() + timedelta(days=7):%Y-%m-%d}"


class Life:
    """Asks about the versions of `churn`, under rules that a test writes."""

    def __init__(self, store: Store, keys: Path) -> None:
        self.store, self.keys, self.text = store, keys, ""

    def client(self, by: str = "ops") -> LocalClient:
        return LocalClient(self.store, by=by, signer=StoreSigner(self.keys))

    @property
    def rules(self) -> RulesFile:
        return RulesFile(path="forebear.toml", text=self.text)

    def promote(self, version: int, stage: str = "production", **more: object) -> MoveResponse:
        request = PromoteRequest(
            target=Target(ref=f"churn:{version}"), stage=stage, rules=self.rules, **more
        )
        return self.client().call(request)

    def approve(self, version: int, by: str, stage: str = "production", **more: object):
        request = ApproveRequest(
            target=Target(ref=f"churn:{version}"), policy=stage, rules=self.rules, **more
        )
        return self.client(by).call(request)

    def check(self, version: int, stage: str = "production", **more: object) -> PolicyCheckResponse:
        request = PolicyCheckRequest(
            target=Target(ref=f"churn:{version}"), policy=stage, rules=self.rules, **more
        )
        return self.client().call(request)

    def judged(self, setting: str, version: int = 1) -> Outcome:
        """Judge a version by one requirement, `setting` as it is written in the file."""
        self.text = f"[policy.production]\n{setting}\n"
        key = setting.partition("=")[0].strip()
        return next(one for one in self.check(version).outcomes if one.requirement == key)

    def held(self, alias: str = "production") -> int | None:
        row = self.store.alias("model", "churn", alias)
        return None if row is None else row.version


def commands(outcome: Outcome) -> Sequence[str]:
    return [action.command for way in outcome.ways for action in way]


def artifact(life, version=1):
    return {row.version: row.artifact for row in life.store.versions("model", "churn")}[version]


def say(life, *events):
    life.store.append(events)


def validate(life, *, key="d", **more):
    facts = {
        "data": "d",
        "data_title": "data:test",
        "task": "classification",
        "rows": 9,
        "main": "f1",
        "metrics": {"f1": Estimate(0.9, 0.8, 0.95)},
    }
    say(life, VALIDATION.say(artifact(life), Validation(**(facts | more)), key=key))


def recall(life, version):
    (row,) = [row for row in life.store.versions("model", "churn") if row.version == version]
    said = RECALL.say(row.artifact, Recall(title=f"churn:{version}", reason="bad"), key="r1")
    life.store.append([said])
