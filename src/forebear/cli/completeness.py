"""`forebear check-completeness`: was enough seen of what led to a model?"""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.completeness_text import completeness_lines
from forebear.ops.completeness import CompletenessRequest
from forebear.ops.table import Target

__all__ = ["check_completeness"]


@command(ASK, name="check-completeness")
def check_completeness(
    ref: str,
    *,
    minimum: Annotated[float, Parameter(name="--min")] = 1.0,
    as_of: str | None = None,
    limit: int = 20_000,
    common: Common = COMMON,
) -> int:
    """How much was seen of what led to it? Leaves with 1 below the minimum.

    Parameters
    ----------
    ref
        A model, or anything else: a name, a version, an alias, a run, a digest or a file.
    minimum
        The share that must have been seen, from 0 to 1.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    limit
        How many nodes to look at.
    """
    request = CompletenessRequest(target=Target(ref=ref), minimum=minimum, as_of=as_of, limit=limit)
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(completeness_lines(answer))
    return 0 if answer.well else 1
