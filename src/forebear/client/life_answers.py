"""Answers about the life of models that show themselves, in a prompt and in a notebook."""

from __future__ import annotations

from forebear.client.answers import Shown
from forebear.client.audit_report import report
from forebear.client.audit_text import audit_lines
from forebear.client.deploy_text import changed_lines, consumers_lines, deployments_lines
from forebear.client.lines import Line
from forebear.client.promote_text import (
    approval_lines,
    kpi_lines,
    move_lines,
    policy_check_lines,
)
from forebear.client.recall_text import recall_lines, recalled_lines, recalls_lines
from forebear.ops.approvals import ApproveResponse
from forebear.ops.audit import AuditResponse
from forebear.ops.consumers import ConsumersResponse
from forebear.ops.deploy import DeployResponse, TrafficResponse, UndeployResponse
from forebear.ops.deployments import DeploymentsResponse
from forebear.ops.kpis import KpiResponse
from forebear.ops.policy import PolicyCheckResponse
from forebear.ops.promotion import MoveResponse
from forebear.ops.recall import RecallsResponse
from forebear.ops.recall_view import RecallView
from forebear.ops.recalled import RecalledResponse

__all__ = [
    "Approval",
    "Audit",
    "Consumers",
    "Deployed",
    "Deployments",
    "Kpis",
    "Moved",
    "PolicyChecked",
    "Recalled",
    "Recalls",
    "ShownRecall",
    "Traffic",
    "Undeployed",
]


class Moved(Shown, MoveResponse, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a version's stage (`moved`), or what is missing (`outcomes`)."""

    def lines(self) -> list[Line]:
        """Return the verdict, and each requirement with what would meet it."""
        return move_lines(self)


class Approval(Shown, ApproveResponse, frozen=True, kw_only=True, omit_defaults=True):
    """An approval or a rejection."""

    def lines(self) -> list[Line]:
        """Return what was approved, and for how long."""
        return approval_lines(self)


class PolicyChecked(Shown, PolicyCheckResponse, frozen=True, kw_only=True, omit_defaults=True):
    """How a version stands to a policy."""

    def lines(self) -> list[Line]:
        """Return the verdict, and each requirement with what would meet it."""
        return policy_check_lines(self)


class Kpis(Shown, KpiResponse, frozen=True, kw_only=True, omit_defaults=True):
    """Business figures of a version beside its technical ones."""

    def lines(self) -> list[Line]:
        """Return the figures, one a line."""
        return kpi_lines(self)


class Audit(Shown, AuditResponse, frozen=True, kw_only=True, omit_defaults=True):
    """How models stand to the rules and to good practice."""

    def lines(self) -> list[Line]:
        """Return the verdict, what is missing, and the fewest things to do."""
        return audit_lines(self)

    def report(self, *, html: bool = False) -> str:
        """Return the audit as one page for people to read: Markdown, or HTML.

        It links to the events that it rests on where the audit was asked for its `evidence`.
        """
        return report(self, html=html)


class Deployed(Shown, DeployResponse, frozen=True, kw_only=True):
    """The deployment that is there now, and what has become of the others."""

    def lines(self) -> list[Line]:
        """Return the verdict and the deployments."""
        return changed_lines(self)


class Undeployed(Shown, UndeployResponse, frozen=True, kw_only=True):
    """What was taken out of use, and what goes on there."""

    def lines(self) -> list[Line]:
        """Return the verdict and the deployments."""
        return changed_lines(self)


class Traffic(Shown, TrafficResponse, frozen=True, kw_only=True):
    """How the calls are divided."""

    def lines(self) -> list[Line]:
        """Return the verdict and the deployments."""
        return changed_lines(self)


class Deployments(Shown, DeploymentsResponse, frozen=True, kw_only=True):
    """What is in use."""

    def lines(self) -> list[Line]:
        """Return the verdict and the deployments."""
        return deployments_lines(self)


class Consumers(Shown, ConsumersResponse, frozen=True, kw_only=True):
    """Who uses a model."""

    def lines(self) -> list[Line]:
        """Return the verdict, deployments and consumers."""
        return consumers_lines(self)


class ShownRecall(Shown, RecallView, frozen=True, kw_only=True, omit_defaults=True):
    """A recall with all that it reaches and what has become of that."""

    def lines(self) -> list[Line]:
        """Return the verdict, and each thing with its way and what is to be done."""
        return recall_lines(self)


class Recalls(Shown, RecallsResponse, frozen=True, kw_only=True):
    """Which recalls there are."""

    def lines(self) -> list[Line]:
        """Return the verdict and the recalls."""
        return recalls_lines(self)


class Recalled(Shown, RecalledResponse, frozen=True, kw_only=True):
    """Which recalls reach a thing."""

    def lines(self) -> list[Line]:
        """Return the verdict and the recalls."""
        return recalled_lines(self)
