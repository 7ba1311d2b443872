"""Checking a version of data by its suite, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Literal

from msgspec import Struct

from forebear.analysis.verdict import called, counted
from forebear.core.entities import Node
from forebear.core.errors import ForebearError, InvalidInput, UnknownRef, Unreadable
from forebear.core.events import Stated
from forebear.core.ports import Store
from forebear.core.profiles import PROFILE
from forebear.core.quality import CHECK, SUITE, CheckResult, SuiteInForce
from forebear.core.refs import parse
from forebear.core.rows import VersionRow
from forebear.core.statements import about_name
from forebear.engines.checking import scanning
from forebear.ops.data_files import file_of, name_of, same_content
from forebear.ops.incidents import Change, changes
from forebear.ops.kin import table_of
from forebear.ops.profiles import stored_profile
from forebear.ops.quality_run import Done, do_checks, judge_seen
from forebear.ops.quality_seen import seen_of
from forebear.ops.quality_suites import Suite, checks_once, in_force, read_suite
from forebear.ops.resolve import resolve_one
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["Checked", "QualityCheckRequest", "QualityCheckResponse", "quality_check"]


class Checked(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One check with what it found."""

    id: str
    result: CheckResult


class QualityCheckResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the checks of a suite found on one version."""

    verdict: str
    title: str
    artifact: str
    data: str
    suite: str
    """The suite's digest."""
    checks: list[Checked]
    worst: Literal["error", "warn", "info"] | None = None
    """The severest of what failed."""
    unusable: bool = False
    """Some check could not be done."""
    recorded: bool = True
    """False where the content is no recorded artifact: then nothing is remembered."""
    incidents: list[Change] = []


class QualityCheckRequest(
    Request[QualityCheckResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Check a version of data, or a file as if it were one."""

    target: Target
    suite: str | None = None
    """The suite as TOML; without it the one that is in force."""
    source: str | None = None
    """The file of the suite."""
    file: Target | None = None
    """A file: the content of that version, where no copy was kept, or a candidate for one."""


class _Subject(Struct, frozen=True, kw_only=True):
    """What is checked."""

    node: Node | None
    """None where the content was never recorded."""
    title: str
    name: str | None
    version: VersionRow | None
    before: int | None
    """Rows of the version before."""


@operation(name="quality-check", permission="write")
def quality_check(context: Context, request: QualityCheckRequest) -> QualityCheckResponse:
    """Do the checks of a suite on a version, and remember what they found.

    Raises:
        InvalidInput: there is no suite, or it cannot be read, or DuckDB is not there.
        Unreadable: the content is not at hand, or cannot be read.
    """
    store = context.store
    said = parse(request.target.ref).name
    suite = _suite(store, request, said)
    subject = _subject(store, request, said)
    if suite is None:
        suite = in_force(store, subject.name) if subject.name else None
    if suite is None:
        raise _no_suite(request.target.ref, subject.name)
    done = _done(store, request, subject, suite)
    moved = _remember(context, request, subject, suite, done) if subject.node else []
    return _response(subject, suite, done, moved)


def _done(
    store: Store, request: QualityCheckRequest, subject: _Subject, suite: Suite
) -> list[Done]:
    """Do the checks on the content; where that is gone, on what a stored profile tells."""
    with ExitStack() as stack:
        try:
            path, label = stack.enter_context(_content(store, request, subject))
        except Unreadable:
            profile = stored_profile(store, subject.node.id) if subject.node else None
            if profile is None:
                raise
            return judge_seen(suite.checks, seen_of(profile), suite.data)
        others, absent = _others(store, suite, stack)
        scan = stack.enter_context(scanning(path, others, name=label))
        return do_checks(
            suite.checks,
            scan,
            suite.data,
            made=_made(store, subject, path),
            rows_before=subject.before,
            missing=absent.get,
        )


def _suite(store: Store, request: QualityCheckRequest, name: str | None) -> Suite | None:
    if request.suite is not None:
        return read_suite(request.suite, request.source or "the suite")
    return in_force(store, name) if name else None


def _no_suite(ref: str, name: str | None) -> InvalidInput:
    return InvalidInput(
        f"There are no checks for {name or ref}.",
        hint=f"`forebear quality suggest {ref} -o quality/{name or 'NAME'}.toml` makes some.",
    )


def _subject(store: Store, request: QualityCheckRequest, said: str | None) -> _Subject:
    """Return what is checked: a file that is given with other content is a candidate."""
    try:
        node = resolve_one(store, request.target)
    except UnknownRef:
        if request.suite is None or request.target.digest is None:
            raise
        return _Subject(node=None, title=request.target.ref, name=None, version=None, before=None)
    rows = [row for row in store.versions_of([node.id]).get(node.id, []) if row.kind == "data"]
    version = next((row for row in rows if row.name == said), rows[0] if rows else None)
    name = version.name if version else None
    given = request.file.digest if request.file else None
    if given is None or given == node.id:
        earlier = _version_before(store, version)
        return _Subject(
            node=node,
            title=f"{name} version {version.version}" if version else called(node),
            name=name,
            version=version,
            before=_rows_of(store, earlier.artifact) if earlier else None,
        )
    assert request.file is not None
    return _Subject(
        node=store.node(given),
        title=request.file.ref,
        name=name,
        version=None,
        before=_rows_of(store, node.id),
    )


def _version_before(store: Store, version: VersionRow | None) -> VersionRow | None:
    if version is None:
        return None
    rows = store.versions(version.kind, version.name)
    return next((row for row in rows if row.version < version.version), None)


def _rows_of(store: Store, artifact: str) -> int | None:
    said = PROFILE.one(store.statements, artifact)
    if said is not None:
        return said.value.rows
    node = store.node(artifact)
    return table_of(store, node).rows if node else None


@contextmanager
def _content(
    store: Store, request: QualityCheckRequest, subject: _Subject
) -> Iterator[tuple[Path, str]]:
    """Give the file that is checked, and a name that tells what kind of file it is."""
    given = request.file or request.target
    if subject.version is None and given.path is not None and given.digest is not None:
        path = Path(given.path)
        # Only who has the content can name its digest: a path alone opens nothing.
        if not same_content(path, given.digest):
            raise Unreadable(f"'{given.ref}' is not where the store is, or has changed meanwhile.")
        yield path, path.name
        return
    assert subject.node is not None
    hint = request.file.path if request.file else request.target.path
    with file_of(store, subject.node, hint) as path:
        yield path, name_of(store, subject.node)


def _others(store: Store, suite: Suite, stack: ExitStack) -> tuple[dict[str, Path], dict[str, str]]:
    """Return the other tables that checks look into, and why some are not there."""
    found: dict[str, Path] = {}
    absent: dict[str, str] = {}
    for ref in dict.fromkeys(check.another for check in suite.checks if check.another):
        try:
            node = resolve_one(store, Target(ref=ref))
            found[ref] = stack.enter_context(file_of(store, node))
        except ForebearError as error:
            absent[ref] = error.message.rstrip(".")
    return found, absent


def _made(store: Store, subject: _Subject, path: Path) -> float:
    """Return when the data was made: when it was first seen, or when the file was written."""
    if subject.version is not None:
        return subject.version.created.timestamp()
    if subject.node is not None:
        seen = [row.at.timestamp() for row in store.locations([subject.node.id])]
        if seen:
            return min(seen)
    return path.stat().st_mtime


def _remember(
    context: Context,
    request: QualityCheckRequest,
    subject: _Subject,
    suite: Suite,
    done: Sequence[Done],
) -> list[Change]:
    """State what was found, where it is not known yet, and open and close incidents."""
    store = context.store
    assert subject.node is not None
    results = {suite.key(one.check, subject.name): one.result for one in done}
    known = {said.row.key: said.value for said in CHECK.latest(store.statements, [subject.node.id])}
    events: list[Stated] = [
        CHECK.say(subject.node.id, result, key=key, by=context.author, evidence="observed")
        for key, result in results.items()
        if known.get(key) != result
    ]
    events += _in_force_now(context, request, suite)
    ended = partial(checks_once, store, suite, subject.name)
    moved = changes(store, subject.name, subject.node.id, subject.version, results, ended=ended)
    events += [change.event(context.author) for change in moved]
    if events:
        store.append(events)
    return moved


def _in_force_now(context: Context, request: QualityCheckRequest, suite: Suite) -> list[Stated]:
    """Say that a suite holds for its data, where that is new."""
    store, about = context.store, about_name("data", suite.data)
    said = SUITE.one(store.statements, about)
    if not suite.data or (said is not None and said.value.digest == suite.digest):
        return []
    packet = store.blobs.put(suite.text.encode())
    value = SuiteInForce(digest=suite.digest, checks=len(suite.checks), source=request.source)
    return [SUITE.say(about, value, by=context.author, packet=packet)]


def _response(
    subject: _Subject, suite: Suite, done: Sequence[Done], moved: list[Change]
) -> QualityCheckResponse:
    failed = [one.result for one in done if one.result.status == "failed"]
    undone = sum(1 for one in done if one.result.status == "error")
    severities = {result.severity for result in failed}
    worst = next((word for word in ("error", "warn", "info") if word in severities), None)
    checks = [Checked(id=suite.key(one.check, subject.name), result=one.result) for one in done]
    return QualityCheckResponse(
        verdict=_verdict(subject.title, len(done), failed, undone),
        title=subject.title,
        artifact=subject.node.id if subject.node else "",
        data=subject.name or suite.data,
        suite=suite.digest,
        checks=checks,
        worst=worst,
        unusable=undone > 0,
        recorded=subject.node is not None,
        incidents=moved,
    )


def _verdict(title: str, count: int, failed: Sequence[CheckResult], undone: int) -> str:
    if undone == count:
        return f"{title} cannot be judged: none of its {counted(count, 'check')} can be done."
    if not failed:
        every = "its" if count == 1 else f"{count - undone} of" if undone else "all"
        said = f"{title} passes {every} {counted(count, 'check')}"
    else:
        errors = sum(1 for one in failed if one.severity == "error")
        what = f"{counted(errors, 'error')}" if errors else "none of them an error"
        said = f"{title} fails {len(failed)} of {counted(count, 'check')} ({what})"
    return f"{said}{f'; {undone} cannot be done' if undone else ''}."
