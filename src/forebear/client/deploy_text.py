"""What is in use, as lines: a verdict, then deployments with what was counted of them."""

from __future__ import annotations

from collections.abc import Sequence

from forebear.analysis.verdict import counted, listed
from forebear.client.formats import id_of_run, place, when
from forebear.client.lines import Line, heading, line, paragraph, table
from forebear.client.render import gap_lines
from forebear.ops.consumers import ConsumersResponse
from forebear.ops.deploy import DeployResponse, TrafficResponse, UndeployResponse
from forebear.ops.deployments import Calls, Deployment, DeploymentsResponse

__all__ = ["changed_lines", "consumers_lines", "deployments_lines"]

_MOST = 40


def deployments_lines(answer: DeploymentsResponse) -> list[Line]:
    """Return the verdict, then each environment with its deployments."""
    lines = paragraph(answer.verdict)
    for env in dict.fromkeys(one.env for one in answer.deployments):
        lines += heading(env or "no environment said")
        for one in [one for one in answer.deployments if one.env == env]:
            lines += _deployment(one)
    lines += [line((f"note: {note}", "weak")) for note in answer.notes]
    return lines


def changed_lines(answer: DeployResponse | UndeployResponse | TrafficResponse) -> list[Line]:
    """Return what was done."""
    return paragraph(answer.verdict)


def consumers_lines(answer: ConsumersResponse) -> list[Line]:
    """Return who uses a model: deployments, callers, programs, lock files."""
    lines = paragraph(answer.verdict)
    if answer.deployments:
        lines += heading("Deployments")
        for one in answer.deployments[:_MOST]:
            lines += _deployment(one, env=True)
    if answer.consumers:
        lines += heading("Consumers")
        rows = [
            (one.who, one.how, one.where or "", _times(one.times), f"last {when(one.last)}")
            for one in answer.consumers[:_MOST]
        ]
        lines += table(rows)
        left = len(answer.consumers) - _MOST
        lines += [line((f"  and {left:,} more; --json has all", "dim"))] if left > 0 else []
    return lines + gap_lines(answer.gaps)


def _times(count: int | None) -> str:
    return "" if count is None else f"{count:,} ×"


def _deployment(one: Deployment, *, env: bool = False) -> list[Line]:
    share = {
        "online": f"{100 * one.share:g} %",
        "shadow": "shadow",
        "batch": f"at {one.schedule}",
    }[one.mode]
    if one.status == "running":
        until = f"since {when(one.since)}"
    else:
        until = f"{when(one.since)} to {when(one.until) if one.until else '…'}"
    at = f"  in {one.env}" if env and one.env else ""
    first = line(
        "  ",
        (one.title, "name"),
        f"{at}  {share}",
        (f"  {until}", "dim"),
        right=("live", "good") if one.status == "running" else (one.status, "dim"),
    )
    by = f"by {one.by}" if one.by else ""
    where = place(one.endpoint) if one.endpoint else ""
    about = [where, by, one.why or "", f"run:{id_of_run(one.id)}"]
    lines = [first, *paragraph("  ".join(filter(None, about)), indent="      ", style="dim")]
    if one.usage is not None:
        lines += paragraph(_used(one.usage), indent="      ", style="dim")
    return lines


def _used(usage: Calls) -> str:
    parts: Sequence[str] = [
        counted(usage.calls, "call"),
        counted(usage.errors, "error") if usage.errors else "",
        f"half within {usage.half_ms:.3g} ms" if usage.half_ms is not None else "",
        f"99 % within {usage.most_ms:.3g} ms" if usage.most_ms is not None else "",
        f"by {listed(usage.callers)}" if usage.callers else "",
        f"last {when(usage.last)}",
    ]
    return ", ".join(filter(None, parts))
