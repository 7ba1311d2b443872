"""Runs from a program or a notebook: found by what they measured, and beside each other.

Nothing heavy is imported before the first call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from forebear.client.refs import Ref, target_of

if TYPE_CHECKING:
    from forebear.client.runs_answers import Comparison, Figures
    from forebear.ops.runs import RunEntry

__all__ = ["compare_runs", "runs", "series"]


def runs(
    where: str | None = None,
    *,
    order: str | None = None,
    view: str | None = None,
    steps: bool = False,
    limit: int = 20,
    as_of: str | None = None,
    store: str | None = None,
) -> list[RunEntry]:
    """Return runs with what they were set to and measured, the newest first.

    `where` is a filter, `metrics.f1 > 0.8 and params.depth = 5`; `order` is `metrics.f1 desc`;
    `view` is the name of a saved filter. With `steps` those inside runs are listed too.

    Raises:
        InvalidInput: the filter or the order can't be read.
        NoStore: there is no store here or above.
    """
    from forebear.client.answers import asked
    from forebear.ops.runs import RunsRequest

    request = RunsRequest(
        where=where, order=order, view=view, steps=steps, figures=True, limit=limit, as_of=as_of
    )
    return asked(request, store).runs


def compare_runs(*refs: Ref, as_of: str | None = None, store: str | None = None) -> Comparison:
    """Compare runs, or the runs that made things: settings, figures, data, code, environment.

    Raises:
        InvalidInput: there are fewer than two, or more than 200.
        UnknownRef: no run is meant.
    """
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.runs_answers import Comparison
    from forebear.ops.compare_runs import CompareRunsRequest

    request = CompareRunsRequest(targets=[target_of(ref) for ref in refs], as_of=as_of)
    return Comparison(**asdict(asked(request, store)))


def series(
    ref: Ref,
    *keys: str,
    most: int = 1000,
    as_of: str | None = None,
    store: str | None = None,
) -> Figures:
    """Return the figures that a run and its steps measured, step by step; only `keys` if given.

    Of more than `most` values of one figure some are left out, never an extreme.
    """
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.runs_answers import Figures
    from forebear.ops.series import SeriesRequest

    request = SeriesRequest(target=target_of(ref), keys=list(keys), most=most, as_of=as_of)
    return Figures(**asdict(asked(request, store)))
