"""`forebear neighbourhood`, `moments`, `column-map`: what lies around a thing, seen closely."""

from __future__ import annotations

from typing import Literal

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.neighbourhood_text import (
    column_map_lines,
    moments_lines,
    neighbourhood_lines,
)
from forebear.core.entities import EvidenceWord, RunStatus
from forebear.ops.badges import QUICK
from forebear.ops.column_map import ColumnMapRequest
from forebear.ops.moments import MomentsRequest
from forebear.ops.neighbourhood import NeighbourhoodRequest
from forebear.ops.surroundings import Sort
from forebear.ops.table import Target

__all__ = ["column_map", "moments", "neighbourhood"]


@command(ASK)
def neighbourhood(
    ref: str,
    *,
    up: int = 1,
    down: int = 1,
    toward: str | None = None,
    sort: list[Sort] | None = None,
    status: list[RunStatus] | None = None,
    inside: list[str] | None = None,
    detail: Literal["runs", "steps"] = "runs",
    context: bool = False,
    drift: bool = False,
    as_of: str | None = None,
    evidence: EvidenceWord | None = None,
    each: int = 6,
    limit: int = 200,
    common: Common = COMMON,
) -> None:
    """What lies around it: a few of each sort, judged at a glance, and how much lies beyond.

    Parameters
    ----------
    ref
        What is asked about: a name, a version, an alias, a run, a digest or a file.
    up
        How many links to go towards the causes.
    down
        How many links to go towards the effects.
    toward
        Show a shortest way to this too, or from it.
    sort
        Only things of this sort: data, model, run, deployment, consumer… (repeatable)
    status
        Only runs with this state. (repeatable)
    inside
        Show this run step by step. (repeatable)
    detail
        A run as one thing (runs), or all of them step by step (steps).
    context
        Code and environments too.
    drift
        Judge data by its drift against the version before too, which takes longer.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    evidence
        Follow only links that are known at least this well.
    each
        How many neighbours of one sort to show of a thing.
    limit
        How many things to show.
    """
    request = NeighbourhoodRequest(
        target=Target(ref=ref),
        up=up,
        down=down,
        toward=None if toward is None else Target(ref=toward),
        sorts=sort or [],
        status=status or [],
        inside=inside or [],
        detail=detail,
        context=context,
        badges=[*QUICK, "drift"] if drift else [],
        as_of=as_of,
        evidence=evidence,
        each=each,
        limit=limit,
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(neighbourhood_lines(answer))


@command(ASK)
def moments(ref: str, *, most: int = 100, common: Common = COMMON) -> None:
    """When did what lies around it come to be known; each moment serves as an --as-of.

    Parameters
    ----------
    ref
        What is asked about: a name, a version, an alias, a run, a digest or a file.
    most
        How many moments to tell; those near each other become one.
    """
    answer = ask(common, MomentsRequest(target=Target(ref=ref), most=most))
    print_json(answer) if common.json else print_lines(moments_lines(answer))


@command(ASK, name="column-map")
def column_map(
    refs: list[str], *, model: str | None = None, as_of: str | None = None, common: Common = COMMON
) -> None:
    """The columns of data, and what becomes of each on its way to a model.

    Parameters
    ----------
    refs
        Data: names, versions, digests or files.
    model
        The model to which they are followed.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    request = ColumnMapRequest(
        targets=[Target(ref=ref) for ref in refs],
        model=None if model is None else Target(ref=model),
        as_of=as_of,
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(column_map_lines(answer))
