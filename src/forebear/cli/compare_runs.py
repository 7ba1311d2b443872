"""`forebear compare-runs`, `code`, `environment` and `series`: runs beside each other."""

from __future__ import annotations

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.runs_text import (
    code_diff_lines,
    code_lines,
    compare_lines,
    environment_diff_lines,
    environment_lines,
    series_lines,
)
from forebear.ops.code import CodeDiffRequest, CodeRequest
from forebear.ops.compare_runs import CompareRunsRequest
from forebear.ops.environment import EnvironmentDiffRequest, EnvironmentRequest
from forebear.ops.series import SeriesRequest
from forebear.ops.table import Target

__all__ = ["code", "compare_runs", "environment", "series"]


@command(ASK, name="compare-runs")
def compare_runs(
    *refs: str, all: bool = False, as_of: str | None = None, common: Common = COMMON
) -> None:
    """Compare any number of runs: settings, figures, data, code and environment.

    Parameters
    ----------
    refs
        Runs, or what they made: run:01a2…, churn:6, model.pkl.
    all
        Also what is the same of all.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    answer = ask(common, CompareRunsRequest(targets=[Target(ref=ref) for ref in refs], as_of=as_of))
    print_json(answer) if common.json else print_lines(compare_lines(answer, everything=all))


@command(ASK)
def code(
    ref: str,
    other: str | None = None,
    *,
    file: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """Which source files did a run execute, and how do they differ from those of another?

    Parameters
    ----------
    ref
        A run, or what it made.
    other
        Another one: the differences from the first to this one are printed.
    file
        Print the text of this file.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    if other is not None:
        asked = CodeDiffRequest(left=Target(ref=ref), right=Target(ref=other), as_of=as_of)
        found = ask(common, asked)
        print_json(found) if common.json else print_lines(code_diff_lines(found))
        return
    answer = ask(common, CodeRequest(target=Target(ref=ref), path=file, as_of=as_of))
    print_json(answer) if common.json else print_lines(code_lines(answer, file))


@command(ASK)
def environment(
    ref: str, other: str | None = None, *, as_of: str | None = None, common: Common = COMMON
) -> None:
    """In what was a run executed, and how does that differ from another's environment?

    Parameters
    ----------
    ref
        A run, or what it made.
    other
        Another one: the differences from the first to this one are printed.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    if other is not None:
        asked = EnvironmentDiffRequest(left=Target(ref=ref), right=Target(ref=other), as_of=as_of)
        found = ask(common, asked)
        print_json(found) if common.json else print_lines(environment_diff_lines(found))
        return
    answer = ask(common, EnvironmentRequest(target=Target(ref=ref), as_of=as_of))
    print_json(answer) if common.json else print_lines(environment_lines(answer))


@command(ASK)
def series(
    ref: str,
    *,
    key: list[str] | None = None,
    most: int = 1000,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """What did a run measure, and how did it go on?

    Parameters
    ----------
    ref
        A run, or what it made.
    key
        Only this figure. (repeatable)
    most
        How many points of each are told at most; --json has them.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    request = SeriesRequest(target=Target(ref=ref), keys=key or [], most=most, as_of=as_of)
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(series_lines(answer))
