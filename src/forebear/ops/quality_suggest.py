"""Inferring checks from a version that is trusted, and from those before it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from forebear.analysis.verdict import counted
from forebear.checks import kinds
from forebear.core.checking import Check
from forebear.core.clock import now
from forebear.core.digest import short
from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.ports import Store
from forebear.core.refs import parse
from forebear.core.rows import VersionRow
from forebear.core.suggesting import Seen
from forebear.engines.checking import Scan, scanning
from forebear.ops.data_files import file_of, name_of
from forebear.ops.quality_run import do_checks
from forebear.ops.quality_seen import seen_before, seen_in, sensitive_in
from forebear.ops.quality_suites import write_suite
from forebear.ops.resolve import resolve_one
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["QualitySuggestRequest", "QualitySuggestResponse", "quality_suggest"]


class QualitySuggestResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A suite that the trusted version passes."""

    verdict: str
    data: str
    text: str
    """The suite as TOML."""
    checks: int
    versions: int
    """How many versions were looked at."""
    dropped: list[str] = []
    """Checks that were thought of and that the trusted version does not pass."""


class QualitySuggestRequest(
    Request[QualitySuggestResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Infer a suite from a version of data."""

    target: Target
    file: Target | None = None
    """A file with the content of that version, where no copy was kept."""


@operation(name="quality-suggest", permission="read")
def quality_suggest(context: Context, request: QualitySuggestRequest) -> QualitySuggestResponse:
    """Infer checks with bounds that do not flap; only what the trusted version passes is kept.

    Raises:
        InvalidInput: it has no name, or DuckDB is not there.
        Unreadable: its content is not at hand, or has no rows.
    """
    store = context.store
    node = resolve_one(store, request.target)
    version = _version(store, node.id, request.target)
    given = request.file.path if request.file else request.target.path
    named = name_of(store, node)
    with file_of(store, node, given) as path, scanning(path, {}, name=named) as scan:
        newest = seen_in(scan, sensitive_in(store, node.id, scan.columns))
        if not newest.rows:
            raise Unreadable(
                f"{version.name}:{version.version} has no rows, and nothing follows from none.",
                hint="Name a version with rows.",
            )
        seen = Seen(rows=newest.rows, columns=newest.columns, earlier=seen_before(store, version))
        kept, dropped = _passing(_thought_of(seen), scan, version.name)
    count = 1 + len(seen.earlier)
    return QualitySuggestResponse(
        verdict=f"{counted(len(kept), 'check')} for {version.name}, inferred from version"
        f" {version.version}{_and_before(seen)}.",
        data=version.name,
        text=write_suite(version.name, _head(version, seen), kept),
        checks=len(kept),
        versions=count,
        dropped=dropped,
    )


def _version(store: Store, artifact: str, target: Target) -> VersionRow:
    rows = [row for row in store.versions_of([artifact]).get(artifact, []) if row.kind == "data"]
    said = parse(target.ref).name
    for row in rows:
        if row.name == said:
            return row
    node = store.node(artifact)
    if node is not None and node.kind not in ("data", "file"):
        raise InvalidInput(f"{target.ref} is of the kind {node.kind}, and checks are for data.")
    if not rows:
        raise InvalidInput(
            f"{target.ref} has no name, and checks are for data that has one.",
            hint=f"`forebear name {target.ref} NAME` gives it one.",
        )
    return rows[0]


def _thought_of(seen: Seen) -> list[tuple[Check, str]]:
    return [pair for kind in kinds().values() for pair in kind.suggest(seen)]


def _passing(
    thought_of: Iterable[tuple[Check, str]], scan: Scan, suite: str
) -> tuple[list[tuple[Check, str]], list[str]]:
    """Return what the trusted version passes, in the order of its columns, and what it fails."""
    pairs = list(thought_of)
    done = do_checks([check for check, _ in pairs], scan, suite)
    kept, dropped = [], []
    for (check, why), one in zip(pairs, done, strict=True):
        if one.result.status == "passed":
            kept.append((check, why))
        else:
            dropped.append(f"{check.name}: {one.result.message}")
    order = {name: place for place, name in enumerate(scan.columns)}

    def place(pair: tuple[Check, str]) -> int:
        involved = pair[0].involved()
        return order.get(involved[0], -1) if len(involved) == 1 else -1

    return sorted(kept, key=place), dropped


def _head(version: VersionRow, seen: Seen) -> list[str]:
    return [
        f"What {version.name} has to be like. Inferred from version {version.version}"
        f" ({short(version.digest)}){_and_before(seen)}",
        f"on {now():%Y-%m-%d}. It is yours now: change bounds, take out what does not matter, add",
        "what only you know. `forebear quality check` reads it; severity is error, warn or info.",
    ]


def _and_before(seen: Seen) -> str:
    count = len(seen.earlier)
    return f" and {counted(count, 'version')} before it" if count else ""
