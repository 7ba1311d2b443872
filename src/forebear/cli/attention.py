"""`forebear attention`: what needs somebody now."""

from __future__ import annotations

from forebear.cli.app import COMMON, USE, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.attention_text import attention_lines
from forebear.ops.attention import AttentionRequest

__all__ = ["attention"]


@command(USE)
def attention(
    *,
    bar: float = 60.0,
    days: int = 14,
    as_of: str | None = None,
    common: Common = COMMON,
) -> int:
    """What needs somebody now: recalls, failing or late data, drift, what runs out, weak audits.

    Leaves with 1 if something is urgent.

    Parameters
    ----------
    bar
        Models in use whose audit has fewer points are told.
    days
        Approvals and overrides are told that run out within so many days.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    answer = ask(common, AttentionRequest(bar=bar, days=days, as_of=as_of))
    print_json(answer) if common.json else print_lines(attention_lines(answer))
    return int(any(one.urgent for one in answer.concerns))
