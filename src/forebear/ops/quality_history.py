"""The quality of data over its versions: results, trend, incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from forebear.analysis.verdict import counted
from forebear.core.errors import InvalidInput
from forebear.core.ports import Store
from forebear.core.quality import CHECK, INCIDENT, SUITE, CheckResult, CheckStatus, Severity
from forebear.core.rows import VersionRow
from forebear.core.statements import Said, about_name
from forebear.ops.resolve import moment
from forebear.ops.subjects import Subject, subject
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "CheckFigure",
    "CheckTrend",
    "IncidentView",
    "QualityShowRequest",
    "QualityShowResponse",
    "VersionQuality",
    "quality_show",
]


class VersionQuality(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What checks found on one version."""

    version: int | None
    artifact: str
    at: datetime | None = None
    """When it was last checked; None where it never was."""
    passed: int = 0
    failed: int = 0
    errors: int = 0
    """How many of the failed are severe."""
    undone: int = 0
    tools: list[str] = []
    """Who checked, beside forebear."""


class CheckFigure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one check found on one version."""

    version: int | None
    status: CheckStatus
    value: float | None = None
    """What it measured, where that is a number."""


class CheckTrend(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One check over the versions, the oldest first."""

    id: str
    severity: Severity
    message: str
    """What it said last."""
    positions: list[int] = []
    offending: int | None = None
    over: list[CheckFigure]


class IncidentView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An incident from its opening to its end."""

    id: str
    title: str
    severity: Severity
    opened: datetime
    why: str | None = None
    closed: datetime | None = None
    why_closed: str | None = None


class QualityShowResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The quality of data over its versions."""

    verdict: str
    title: str
    suite: str | None = None
    """The digest of the suite that is in force."""
    checks: int = 0
    """How many checks it has."""
    versions: list[VersionQuality]
    """The newest first."""
    failing: list[CheckTrend]
    """Checks that do not pass on the last version that was checked."""
    incidents: list[IncidentView]
    """Open ones first, then the latest."""
    unchecked: int = 0
    """Versions that were never checked."""


class QualityShowRequest(
    Request[QualityShowResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Ask about the quality of data."""

    target: Target
    as_of: str | None = None


@operation(name="quality-show", permission="read")
def quality_show(context: Context, request: QualityShowRequest) -> QualityShowResponse:
    """Tell what checks found over the versions of data, and which incidents are open.

    Raises:
        InvalidInput: it is no data.
    """
    store = context.store
    seq = moment(store, request.as_of)
    about = subject(store, request.target, seq)
    if about.kind not in ("data", "file"):
        raise InvalidInput(f"{about.title} is of the kind {about.kind}, and quality is about data.")
    rows = _versions(about)
    said = CHECK.latest(store.statements, [id for _, id in rows], seq=seq)
    results: dict[str, list[Said[CheckResult]]] = {}
    for one in said:
        results.setdefault(one.row.about, []).append(one)
    versions = [_quality(version, id, results.get(id, [])) for version, id in rows]
    suite = _suite(store, about, seq)
    incidents = incidents_of(store, about.everything, seq)
    failing = _failing(rows, results)
    return QualityShowResponse(
        verdict=_verdict(about.title, versions, incidents, suite is not None),
        title=about.title,
        suite=suite[0] if suite else None,
        checks=suite[1] if suite else 0,
        versions=versions,
        failing=failing,
        incidents=incidents,
        unchecked=sum(1 for one in versions if one.at is None),
    )


def incidents_of(store: Store, about: Sequence[str], seq: int | None = None) -> list[IncidentView]:
    """Return incidents from their history: open ones first, then those closed last.

    Two openings without a closing between them are one incident, said twice.
    """
    found: list[IncidentView] = []
    open: dict[tuple[str, str], IncidentView] = {}
    for said in reversed(INCIDENT.history(store.statements, about, seq=seq)):
        key = (said.row.about, said.row.key)
        if said.value.status == "open":
            open.setdefault(
                key,
                IncidentView(
                    id=said.row.key,
                    title=said.value.title,
                    severity=said.value.severity,
                    opened=said.row.at,
                    why=said.row.why,
                ),
            )
        elif key in open:
            before = open.pop(key)
            found.append(
                IncidentView(
                    id=before.id,
                    title=before.title,
                    severity=before.severity,
                    opened=before.opened,
                    why=before.why,
                    closed=said.row.at,
                    why_closed=said.row.why,
                )
            )
    return [*open.values(), *reversed(found)]


def _versions(about: Subject) -> list[tuple[VersionRow | None, str]]:
    """Return the versions of a name, or the one artifact, the newest first."""
    if about.about not in about.ids:
        return [(row, row.artifact) for row in about.versions]
    row = about.versions[0] if about.versions else None
    return [(row, about.about)]


def _suite(store: Store, about: Subject, seq: int | None) -> tuple[str, int] | None:
    names = dict.fromkeys(about_name(row.kind, row.name) for row in about.versions)
    for name in names:
        said = SUITE.one(store.statements, name, seq=seq)
        if said is not None:
            return said.value.digest, said.value.checks
    return None


def _quality(
    version: VersionRow | None, artifact: str, said: Sequence[Said[CheckResult]]
) -> VersionQuality:
    values = [one.value for one in said]
    failed = [one for one in values if one.status == "failed"]
    return VersionQuality(
        version=version.version if version else None,
        artifact=artifact,
        at=max((one.row.at for one in said), default=None),
        passed=sum(1 for one in values if one.status == "passed"),
        failed=len(failed),
        errors=sum(1 for one in failed if one.severity == "error"),
        undone=sum(1 for one in values if one.status == "error"),
        tools=sorted({one.tool for one in values} - {"forebear"}),
    )


def _failing(
    rows: Sequence[tuple[VersionRow | None, str]], results: dict[str, list[Said[CheckResult]]]
) -> list[CheckTrend]:
    """Return what fails on the last version that was checked, with how it was before."""
    last = next((id for _, id in rows if results.get(id)), None)
    if last is None:
        return []
    by_check = {id: {one.row.key: one.value for one in said} for id, said in results.items()}
    found = []
    for one in results[last]:
        if one.value.status not in ("failed", "error"):
            continue
        over = [
            CheckFigure(
                version=version.version if version else None,
                status=value.status,
                value=_number(value.measured),
            )
            for version, id in reversed(rows)
            if (value := by_check.get(id, {}).get(one.row.key)) is not None
        ]
        found.append(
            CheckTrend(
                id=one.row.key,
                severity=one.value.severity,
                message=one.value.message,
                positions=one.value.positions,
                offending=one.value.offending,
                over=over,
            )
        )
    order = {"error": 0, "warn": 1, "info": 2}
    return sorted(found, key=lambda one: order[one.severity])


def _number(value: Any) -> float | None:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if plain else None


def _verdict(
    title: str,
    versions: Sequence[VersionQuality],
    incidents: Sequence[IncidentView],
    has_suite: bool,
) -> str:
    checked = [one for one in versions if one.at is not None]
    if not checked:
        said = "its suite was not done on any version" if has_suite else "no check was ever done"
        return f"The quality of {title} is not known: {said}."
    newest = checked[0]
    count = newest.passed + newest.failed + newest.undone
    which = f"version {newest.version}" if newest.version is not None else "it"
    if newest.failed:
        told = f"{which} fails {newest.failed} of {counted(count, 'check')}"
    else:
        told = f"{which} passes {counted(newest.passed, 'check')}"
    open = sum(1 for one in incidents if one.closed is None)
    told += f", {counted(open, 'incident')} {'are' if open > 1 else 'is'} open" if open else ""
    later = versions.index(newest)
    told += f"; {counted(later, 'later version')} not checked" if later else ""
    return f"{title}: {told}."
