"""Questions from a program or a notebook: the answers of the command, as objects.

Nothing heavy is imported before the first question is asked.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from forebear.client.refs import Ref, target_of
from forebear.core.entities import EvidenceWord

if TYPE_CHECKING:
    from forebear.client.answers import Impact, Path, ShownArtifact, ShownName, ShownRun, Trace
    from forebear.client.row_answers import Bias, Columns, Completeness, Leaks, Rows, WhoUsed

__all__ = [
    "bias",
    "check_completeness",
    "columns",
    "impact",
    "leaks",
    "path",
    "rows",
    "show",
    "trace",
    "who_used",
]


def trace(
    ref: Ref,
    *,
    as_of: str | None = None,
    evidence: EvidenceWord | None = None,
    depth: int | None = None,
    limit: int = 2000,
    store: str | None = None,
) -> Trace:
    """Say where something came from: data, code, environment, settings, runs.

    `ref` is a name, version, alias, digest, run or file; `as_of` answers as things were then;
    `evidence` follows only links known at least that well; `depth` and `limit` bound the number
    of links and of nodes. The answer prints as a tree, and its fields are those of `--json`.

    Raises:
        NoStore: there is no store here or above.
        BadRef: the ref means nothing, or several things.
        UnknownRef: nothing like it is recorded.
    """
    from msgspec.structs import asdict

    from forebear.client.answers import Trace, asked
    from forebear.ops.lineage import TraceRequest

    request = TraceRequest(
        target=target_of(ref), as_of=as_of, evidence=evidence, depth=depth, limit=limit
    )
    return Trace(**asdict(asked(request, store)))


def impact(
    ref: Ref,
    *,
    as_of: str | None = None,
    evidence: EvidenceWord | None = None,
    depth: int | None = None,
    limit: int = 2000,
    store: str | None = None,
) -> Impact:
    """Say what something reaches: models, deployments, consumers; see `trace` for the rest."""
    from msgspec.structs import asdict

    from forebear.client.answers import Impact, asked
    from forebear.ops.impact import ImpactRequest

    request = ImpactRequest(
        target=target_of(ref), as_of=as_of, evidence=evidence, depth=depth, limit=limit
    )
    return Impact(**asdict(asked(request, store)))


def path(
    start: Ref,
    end: Ref,
    *,
    as_of: str | None = None,
    evidence: EvidenceWord | None = None,
    store: str | None = None,
) -> Path:
    """Say how one thing leads to another; see `trace` for the rest."""
    from msgspec.structs import asdict

    from forebear.client.answers import Path, asked
    from forebear.ops.lineage import PathRequest

    request = PathRequest(
        start=target_of(start), end=target_of(end), as_of=as_of, evidence=evidence
    )
    return Path(**asdict(asked(request, store)))


def show(
    ref: Ref, *, as_of: str | None = None, store: str | None = None
) -> ShownArtifact | ShownRun | ShownName:
    """Show everything known of one thing: a name, a version, data, a run, a file."""
    from forebear.client.answers import asked, shown
    from forebear.ops.show import ShowRequest

    return shown(asked(ShowRequest(target=target_of(ref), as_of=as_of), store))


def columns(ref: Ref, *, as_of: str | None = None, store: str | None = None) -> Columns:
    """Say which columns of which sources a model learns from, and where the others ended."""
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.row_answers import Columns
    from forebear.ops.columns import ColumnsRequest

    return Columns(**asdict(asked(ColumnsRequest(target=target_of(ref), as_of=as_of), store)))


def rows(
    ref: Ref,
    *,
    source: str | os.PathLike[str] | None = None,
    ranges: bool = False,
    as_of: str | None = None,
    store: str | None = None,
) -> Rows:
    """Say how many rows of a source reached a model, and where and why the others were lost.

    With `ranges` each part tells which rows, as the first and the last of each run of them.
    """
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.row_answers import Rows
    from forebear.ops.rows import RowsRequest

    where = target_of(source) if source is not None else None
    request = RowsRequest(target=target_of(ref), source=where, ranges=ranges, as_of=as_of)
    return Rows(**asdict(asked(request, store)))


def who_used(
    source: str | os.PathLike[str],
    *,
    key: Mapping[str, object] | None = None,
    keys: Sequence[Mapping[str, object]] = (),
    rows: Sequence[int] = (),
    only_this: bool = False,
    as_of: str | None = None,
    store: str | None = None,
) -> WhoUsed:
    """Say which versions of data, splits and models contain some records of a source.

    A key gives columns with their values, `{"id": 4711}`; `rows` are places in the source from 0
    on. With `only_this` other versions of the source are left out.
    """
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.row_answers import WhoUsed
    from forebear.ops.who_used import WhoUsedRequest

    wanted = [*([key] if key else []), *keys]
    request = WhoUsedRequest(
        source=target_of(source),
        keys=[{name: str(value) for name, value in one.items()} for one in wanted],
        rows=list(rows),
        only_this=only_this,
        as_of=as_of,
    )
    return WhoUsed(**asdict(asked(request, store)))


def leaks(
    ref: Ref,
    *,
    time: str | None = None,
    data: str | os.PathLike[str] | None = None,
    most_tested: int = 1,
    as_of: str | None = None,
    store: str | None = None,
) -> Leaks:
    """Say whether any test row, or the answer, reached a fit, with rows and lines of code."""
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.row_answers import Leaks
    from forebear.ops.leaks import LeaksRequest

    request = LeaksRequest(
        target=target_of(ref),
        time=time,
        data=target_of(data) if data is not None else None,
        most_tested=most_tested,
        as_of=as_of,
    )
    return Leaks(**asdict(asked(request, store)))


def bias(
    ref: Ref,
    groups: Sequence[str],
    *,
    threshold: float = 0.3,
    positive: str | None = None,
    as_of: str | None = None,
    store: str | None = None,
) -> Bias:
    """Say where groups lost their share on the way to a model, and its figures by group."""
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.row_answers import Bias
    from forebear.ops.bias import BiasRequest

    request = BiasRequest(
        target=target_of(ref),
        groups=list(groups),
        threshold=threshold,
        positive=positive,
        as_of=as_of,
    )
    return Bias(**asdict(asked(request, store)))


def check_completeness(
    ref: Ref,
    *,
    minimum: float = 1.0,
    as_of: str | None = None,
    store: str | None = None,
) -> Completeness:
    """Say how much of what led to a thing was seen: links, bytes, operations, rows, columns."""
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.row_answers import Completeness
    from forebear.ops.completeness import CompletenessRequest

    request = CompletenessRequest(target=target_of(ref), minimum=minimum, as_of=as_of)
    return Completeness(**asdict(asked(request, store)))
