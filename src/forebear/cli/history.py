"""`forebear history`: where aliases pointed, and the whole life of a model."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from forebear.cli.app import COMMON, MODELS, Common, command
from forebear.cli.output import ask, more, print_json, print_lines
from forebear.client.timeline_text import moves_lines, timeline_lines
from forebear.core.errors import InvalidInput
from forebear.core.refs import parse
from forebear.ops.registry import HistoryRequest
from forebear.ops.timeline import TimelineRequest

__all__ = ["history"]


@command(MODELS)
def history(
    name: str,
    *,
    all_: Annotated[bool, Parameter(name="--all")] = False,
    alias: str | None = None,
    limit: int = 500,
    after: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """Show where the aliases of a name have pointed; with --all the whole life of a model.

    Parameters
    ----------
    name
        The name of a model or data; with --all also one version: churn:7.
    all_
        Versions, aliases, stages, approvals, overrides, validations, deployments and recalls.
    alias
        Only where this alias pointed.
    limit
        How many to show.
    after
        The next page: what the page before said.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    ref = parse(name)
    word = ref.name or name
    if all_ and alias is not None:
        raise InvalidInput("Say either --all, the whole life, or --alias, the moves of one alias.")
    if all_:
        life = ask(
            common,
            TimelineRequest(name=word, version=ref.version, limit=limit, after=after, as_of=as_of),
        )
        print_json(life) if common.json else print_lines(timeline_lines(life))
        beyond = life.next
    else:
        moves = ask(
            common,
            HistoryRequest(
                name=word, kind=ref.kind, alias=alias, limit=limit, after=after, as_of=as_of
            ),
        )
        print_json(moves) if common.json else print_lines(moves_lines(moves.moves))
        beyond = moves.next
    if not common.json:
        more(beyond)
