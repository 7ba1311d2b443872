"""`forebear import mlmd`: what ML Metadata has recorded of pipelines comes in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from forebear.analysis.verdict import counted
from forebear.cli.output import print_json, print_lines
from forebear.client.lines import paragraph
from forebear.core.errors import ForebearError
from forebear.core.events import AnyEvent
from forebear.core.ports import Store

__all__ = ["import_mlmd"]


class MlmdReport(Struct, frozen=True, kw_only=True):
    """What was found in a database of ML Metadata, and what of it is new here."""

    source: str
    executions: int
    cached: int
    """Of the executions, those that were only taken from a cache: they made nothing."""
    artifacts: int
    models: int
    events: int
    """What is new here, in events."""


class _Known(Struct):
    id: str


def import_mlmd(store: Store, where: str, *, dry_run: bool, json: bool) -> None:
    """Import, and print what came of it."""
    from forebear.exchange.mlmd.events import Telling, is_model
    from forebear.exchange.mlmd.found import read

    found = read(where)
    events = list(Telling(found, _content).events())
    new = _new(store, events) if dry_run else store.append(events).accepted
    report = MlmdReport(
        source=found.where,
        executions=len(found.executions),
        cached=sum(one.state == 5 for one in found.executions.values()),
        artifacts=len(found.artifacts),
        models=sum(is_model(one) for one in found.artifacts.values()),
        events=new,
    )
    if json:
        print_json(report)
        return
    executions, artifacts = (
        counted(report.executions, "execution"),
        counted(report.artifacts, "artifact"),
    )
    cached = f" ({report.cached:,} from a cache)" if report.cached else ""
    models = f" ({counted(report.models, 'model')} among them)" if report.models else ""
    there = f"{executions}{cached} and {artifacts}{models}"
    done = "would bring" if dry_run else "brought"
    verdict = (
        f"{report.source} {done} {counted(new, 'new event')}"
        if new
        else (f"{report.source} has nothing that is not here already")
    )
    print_lines(paragraph(f"{verdict}: {there}."))


def _new(store: Store, events: Sequence[AnyEvent]) -> int:
    known = {msgspec.json.decode(one.body, type=_Known).id for one in store.events()}
    return sum(one.id not in known for one in events)


def _content(path: str) -> str | None:
    """Return the digest of what lies at a path now, if anything can be read there."""
    from forebear.engines.files import digest_path

    try:
        return digest_path(path).digest if Path(path).exists() else None
    except (OSError, ForebearError):
        return None
