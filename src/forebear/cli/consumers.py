"""`forebear consumers`: who uses a model."""

from __future__ import annotations

from forebear.cli.app import COMMON, USE, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.deploy_text import consumers_lines
from forebear.ops.consumers import ConsumersRequest
from forebear.ops.table import Target

__all__ = ["consumers"]


@command(USE)
def consumers(ref: str, *, as_of: str | None = None, common: Common = COMMON) -> None:
    """Who uses a model: deployments, callers, programs that load it, lock files; when last?

    Parameters
    ----------
    ref
        A version (churn:7, churn@champion), or a name: all of its versions.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    answer = ask(common, ConsumersRequest(target=Target(ref=ref), as_of=as_of))
    print_json(answer) if common.json else print_lines(consumers_lines(answer))
