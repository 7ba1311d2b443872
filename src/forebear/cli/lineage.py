"""`forebear trace`, `impact` and `path`: where from, where to, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

from cyclopts import Parameter

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.graph import paths_lines
from forebear.cli.output import ask, print_json, print_lines
from forebear.cli.pages import show_page
from forebear.client.render import impact_lines, path_lines, trace_lines
from forebear.core.entities import EvidenceWord
from forebear.ops.closures import PathsRequest
from forebear.ops.impact import ImpactRequest
from forebear.ops.lineage import PathRequest, TraceRequest
from forebear.ops.table import Target

__all__ = ["impact", "path", "trace"]


@command(ASK)
def trace(
    ref: str,
    *,
    as_of: str | None = None,
    evidence: EvidenceWord | None = None,
    depth: int | None = None,
    limit: int = 2000,
    open_: Annotated[bool, Parameter(name="--open")] = False,
    common: Common = COMMON,
) -> int:
    """Where did it come from: data, code, environment, settings and runs, as a tree.

    Parameters
    ----------
    ref
        What is asked about: a name (churn), a version (churn:3), an alias (churn@champion),
        data (data:adult), a run (run:0192a4c1), a digest (sha256:…), or any file.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    evidence
        Follow only links that are known at least this well.
    depth
        How many links to go.
    limit
        How many nodes the answer may have.
    open_
        Show it in the web application; where nothing serves the store yet, serve it until Ctrl-C.
    """
    request = TraceRequest(
        target=Target(ref=ref), as_of=as_of, evidence=evidence, depth=depth, limit=limit
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(trace_lines(answer))
    if not open_:
        return 0
    # A file lies on this machine only: pages know what it holds.
    known = answer.root if Path(ref).exists() else ref
    asked = {"target": known} | ({"asof": as_of} if as_of is not None else {})
    return show_page(common, f"/ui/lineage?{urlencode(asked)}")


@command(ASK)
def impact(
    ref: str,
    *,
    as_of: str | None = None,
    evidence: EvidenceWord | None = None,
    depth: int | None = None,
    limit: int = 2000,
    common: Common = COMMON,
) -> None:
    """What does it reach: models, deployments and consumers, each with a way there.

    Parameters
    ----------
    ref
        What is asked about: a file, a name, a version, an alias, a run or a digest.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    evidence
        Follow only links that are known at least this well.
    depth
        How many links to go.
    limit
        How many nodes the answer may have.
    """
    request = ImpactRequest(
        target=Target(ref=ref), as_of=as_of, evidence=evidence, depth=depth, limit=limit
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(impact_lines(answer))


@command(ASK)
def path(
    start: str,
    end: str,
    *,
    every: Annotated[bool, Parameter(name="--all")] = False,
    most: Annotated[int, Parameter(name="--max")] = 10,
    as_of: str | None = None,
    evidence: EvidenceWord | None = None,
    common: Common = COMMON,
) -> None:
    """How does one thing lead to another: a shortest way, link by link.

    Parameters
    ----------
    start
        A file, a name, a version, an alias, a run or a digest.
    end
        Another one.
    every
        All ways instead of a shortest one, the shortest first.
    most
        How many ways to find with --all.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    evidence
        Follow only links that are known at least this well.
    """
    if every:
        ways = PathsRequest(
            start=Target(ref=start),
            end=Target(ref=end),
            as_of=as_of,
            evidence=evidence,
            most=most,
        )
        found = ask(common, ways)
        print_json(found) if common.json else print_lines(paths_lines(found))
        return
    request = PathRequest(
        start=Target(ref=start), end=Target(ref=end), as_of=as_of, evidence=evidence
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(path_lines(answer))
