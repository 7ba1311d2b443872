"""`forebear drift`: how far is data from what it was?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from forebear.cli.app import COMMON, DATA, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.drift_text import drift_lines
from forebear.core.errors import InvalidInput
from forebear.ops.drift import DriftRequest
from forebear.ops.table import Target

__all__ = ["drift"]


@command(DATA)
def drift(
    before: str,
    now: str | None = None,
    *,
    deployment: str | None = None,
    on: str | None = None,
    fail_on: Literal["moderate", "strong"] | None = None,
    every: Annotated[bool, Parameter(name="--all")] = False,
    as_of: str | None = None,
    common: Common = COMMON,
) -> int:
    """How far is data from what it was, or from what a model learned: effects, then chance.

    Parameters
    ----------
    before
        Data (data:adult:2), or a model (churn:7): then what it learned from.
    now
        The data that it is compared with (data:adult:3).
    deployment
        Compare with what a deployment was given: its run.
    on
        Compare with a file, recorded or not.
    fail_on
        Leave with 1 where a column drifts so much, with 2 where that can't be told.
    every
        List the columns too that are as they were.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    if on is not None and not Path(on).exists():
        raise InvalidInput(f"There is no file '{on}'.")
    request = DriftRequest(
        before=Target(ref=before),
        now=Target(ref=now) if now else None,
        deployment=deployment,
        on=Target(ref=str(Path(on).absolute())) if on else None,
        as_of=as_of,
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(drift_lines(answer, every=every))
    if fail_on is None:
        return 0
    if answer.drift in ("strong", fail_on):
        return 1
    return 2 if answer.drift in ("unsure", "not compared") else 0
