"""The code of runs: the source files that ran, and how those of two runs differ."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from forebear.analysis.linediff import MOST_LINES, Hunk, hunks
from forebear.analysis.verdict import counted
from forebear.core.errors import UnknownRef
from forebear.core.ports import Store
from forebear.core.rows import RunRow
from forebear.ops.resolve import moment
from forebear.ops.run_behind import context_of, run_behind
from forebear.ops.source_code import KeptFile, files_of, text_of
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "CodeDiffRequest",
    "CodeDiffResponse",
    "CodeFile",
    "CodeRequest",
    "CodeResponse",
    "FileDiff",
    "code",
    "code_diff",
]

Change = Literal["added", "removed", "changed", "same"]


class CodeFile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A source file that ran."""

    path: str
    digest: str
    size: int
    kept: bool
    secrets: list[str] = []
    """The rules by which secrets were found in it; the copy that is kept has none."""
    text: str | None = None
    """Where it was asked for and is kept."""


class CodeResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The code of a run."""

    run: str
    name: str
    verdict: str
    digest: str | None
    files: list[CodeFile]
    git: dict[str, Any] = {}
    """Commit, branch, and whether something was not committed, as far as it is known."""


class CodeRequest(Request[CodeResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which code a run executed."""

    target: Target
    """A run, or what it made."""
    path: str | None = None
    """The file whose text is wanted."""
    as_of: str | None = None


class FileDiff(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A source file of two runs."""

    path: str
    change: Change
    added: int = 0
    """Lines."""
    removed: int = 0
    hunks: list[Hunk] = []
    why: str | None = None
    """Why its lines can't be told."""


class CodeDiffResponse(Struct, frozen=True, kw_only=True):
    """How the code of two runs differs."""

    left: str
    """The id of the run."""
    right: str
    verdict: str
    files: list[FileDiff]
    """What differs comes first."""


class CodeDiffRequest(Request[CodeDiffResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask how the code of two runs differs."""

    left: Target
    right: Target
    context: int = 3
    """Lines around each difference."""
    as_of: str | None = None


@operation(name="code", permission="read")
def code(context: Context, request: CodeRequest) -> CodeResponse:
    """List the source files that a run executed, with the text of one where it is asked for.

    Raises:
        UnknownRef: no run is meant, or it has no such file.
    """
    store, seq = context.store, moment(context.store, request.as_of)
    row = run_behind(store, request.target, seq)
    digest, files = _code_of(store, row, seq)
    if request.path is not None and request.path not in {one.path for one in files or ()}:
        raise UnknownRef(f"No file '{request.path}' is known to have run in {row.name}.")
    told = [_file(store, one, wanted=one.path == request.path) for one in files or ()]
    return CodeResponse(
        run=row.id,
        name=row.name,
        verdict=_code_verdict(row, digest, told if files is not None else None),
        digest=digest,
        files=told,
        git=row.attrs.get("git", {}) if isinstance(row.attrs.get("git"), dict) else {},
    )


@operation(name="code-diff", permission="read")
def code_diff(context: Context, request: CodeDiffRequest) -> CodeDiffResponse:
    """Compare the source files of two runs line by line.

    Raises:
        UnknownRef: no run is meant, or the files of one are not kept.
    """
    store, seq = context.store, moment(context.store, request.as_of)
    rows = [run_behind(store, target, seq) for target in (request.left, request.right)]
    sides = []
    for row in rows:
        _, files = _code_of(store, row, seq)
        if files is None:
            raise UnknownRef(f"The source files of {row.name} ({row.id[:13]}) are not kept.")
        sides.append({one.path: one for one in files})
    left, right = sides
    lines = max(0, min(request.context, 100))
    found = [
        _differing(store, path, left.get(path), right.get(path), lines)
        for path in sorted(left.keys() | right.keys())
    ]
    found.sort(key=lambda one: one.change == "same")
    return CodeDiffResponse(
        left=rows[0].id, right=rows[1].id, verdict=_diff_verdict(rows, found), files=found
    )


def _code_of(
    store: Store, row: RunRow, seq: int | None
) -> tuple[str | None, list[KeptFile] | None]:
    """Return the code of a run with its files, as far as they are known."""
    found = context_of(store, row, "code", seq)
    if not found:
        return None, None
    listed = [files for one in found if (files := files_of(store, one)) is not None]
    return found[-1], listed[-1] if listed else None


def _file(store: Store, one: KeptFile, *, wanted: bool) -> CodeFile:
    return CodeFile(
        path=one.path,
        digest=one.digest,
        size=one.size,
        kept=store.blobs.has(one.content),
        secrets=one.secrets,
        text=text_of(store, one.content) if wanted else None,
    )


def _differing(
    store: Store, path: str, left: KeptFile | None, right: KeptFile | None, context: int
) -> FileDiff:
    if left is not None and right is not None and left.digest == right.digest:
        return FileDiff(path=path, change="same")
    change: Change = "changed" if left and right else "added" if right else "removed"
    texts = ["" if one is None else text_of(store, one.content) for one in (left, right)]
    before, after = (None if text is None else text.splitlines() for text in texts)
    if before is None or after is None:
        return FileDiff(path=path, change=change, why="its text was not kept")
    if len(before) + len(after) > MOST_LINES:
        return FileDiff(path=path, change=change, why="it is too long to be compared")
    found = hunks(before, after, context)
    marks = [line.mark for hunk in found for line in hunk.lines]
    secret = any(one is not None and one.secrets for one in (left, right))
    return FileDiff(
        path=path,
        change=change,
        added=marks.count("+"),
        removed=marks.count("-"),
        hunks=found,
        why="secrets were taken out of what is kept" if secret else None,
    )


def _code_verdict(row: RunRow, digest: str | None, files: list[CodeFile] | None) -> str:
    if digest is None:
        return f"Which code {row.name} executed was not recorded."
    if files is None:
        return f"The list of the files that {row.name} executed is not kept here."
    gone = sum(not one.kept for one in files)
    told = f"{row.name} executed {counted(len(files), 'source file')} of its own"
    return told + (f", of which {gone} are not kept." if gone else ".")


def _diff_verdict(rows: list[RunRow], found: list[FileDiff]) -> str:
    other = [one for one in found if one.change != "same"]
    if not other:
        return f"Both ran the same {counted(len(found), 'source file')}."
    lines = sum(one.added for one in other), sum(one.removed for one in other)
    return (
        f"{len(other)} of {counted(len(found), 'source file')} differ:"
        f" {counted(lines[0], 'line')} came and {lines[1]} went from {rows[0].id[:13]}"
        f" to {rows[1].id[:13]}."
    )
