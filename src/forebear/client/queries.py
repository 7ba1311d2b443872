"""Questions from a program or a notebook: the answers of the command, as objects.

Nothing heavy is imported before the first question is asked.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from forebear.core.entities import EvidenceWord

if TYPE_CHECKING:
    from forebear.client.answers import Impact, Path, ShownArtifact, ShownName, ShownRun, Trace
    from forebear.ops.table import Target

__all__ = ["impact", "path", "show", "trace"]


def trace(
    ref: str | os.PathLike[str],
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
        target=_target(ref), as_of=as_of, evidence=evidence, depth=depth, limit=limit
    )
    return Trace(**asdict(asked(request, store)))


def impact(
    ref: str | os.PathLike[str],
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
    from forebear.ops.lineage import ImpactRequest

    request = ImpactRequest(
        target=_target(ref), as_of=as_of, evidence=evidence, depth=depth, limit=limit
    )
    return Impact(**asdict(asked(request, store)))


def path(
    start: str | os.PathLike[str],
    end: str | os.PathLike[str],
    *,
    as_of: str | None = None,
    evidence: EvidenceWord | None = None,
    store: str | None = None,
) -> Path:
    """Say how one thing leads to another; see `trace` for the rest."""
    from msgspec.structs import asdict

    from forebear.client.answers import Path, asked
    from forebear.ops.lineage import PathRequest

    request = PathRequest(start=_target(start), end=_target(end), as_of=as_of, evidence=evidence)
    return Path(**asdict(asked(request, store)))


def show(
    ref: str | os.PathLike[str], *, as_of: str | None = None, store: str | None = None
) -> ShownArtifact | ShownRun | ShownName:
    """Show everything known of one thing: a name, a version, data, a run, a file."""
    from forebear.client.answers import asked, shown
    from forebear.ops.show import ShowRequest

    return shown(asked(ShowRequest(target=_target(ref), as_of=as_of), store))


def _target(ref: str | os.PathLike[str]) -> Target:
    from forebear.ops.table import Target

    return Target(ref=os.fspath(ref))
