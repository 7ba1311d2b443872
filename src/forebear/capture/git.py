"""The repository around a run: its commit, what has changed since, and where it comes from."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from forebear.capture.ownership import is_environment
from forebear.core import redaction

__all__ = ["GitState", "git_state", "untracked"]

_LARGEST_DIFF: Final = 2 << 20
_LARGEST_FILE_DIFF: Final = 256 << 10
_LONGEST_ANSWER: Final = 8 << 20
_MOST_UNTRACKED: Final = 500
_PATIENCE: Final = 5.0
_SOURCE_SUFFIXES: Final = frozenset(
    ".py .pyi .pyx .ipynb .yaml .yml .toml .json .cfg .ini .sql .sh .r .jl .c .cc .cpp .h .cu .rs"
    " .go .js .ts .proto .mk".split()
)
_NOT_OURS: Final = frozenset(("site-packages", "node_modules", "__pycache__"))


class GitState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A repository at one moment; `dirty` is None where git could not be asked.

    `diff` is that of tracked text files against the last commit, redacted; `problems` say in words
    what is not in it.
    """

    root: str
    commit: str | None = None
    branch: str | None = None
    dirty: bool | None = None
    remote: str | None = None
    diff: str = ""
    secrets: list[str] = []
    untracked: list[str] = []
    problems: list[str] = []


def git_state(folder: Path) -> GitState | None:
    """Describe the repository around `folder`; None where there is none.

    Never raises: what git cannot or will not say is named in `problems`.
    """
    root: Path | None = None
    try:
        start = folder.resolve()
        root = next((at for at in (start, *start.parents) if (at / ".git").exists()), None)
        return None if root is None else _ask_git(root)
    except Exception as error:
        if root is None:
            return None
        return _without_git(root, f"git could not be asked: {redaction.text(str(error)).value}")


def untracked(root: Path, file: Path) -> str | None:
    """Return how a source file is called in a repository that does not track it, else None.

    Unlike what `git_state` lists it may be one that git ignores.
    """
    try:
        name = file.resolve().relative_to(root.resolve()).as_posix()
        if not _is_source(Path(name)):
            return None
        answer, _ = _git(root, "--literal-pathspecs", "ls-files", "-z", "--", name)
    except (OSError, ValueError, _GitRefused):
        return None
    return None if answer else name


def _without_git(root: Path, problem: str) -> GitState:
    try:
        commit = _commit_by_hand(root)
    except (OSError, ValueError):
        commit = None
    return GitState(root=str(root), commit=commit, problems=[problem])


def _ask_git(root: Path) -> GitState:
    problems: list[str] = []
    try:
        status = _status(root, problems)
    except FileNotFoundError:
        return _without_git(root, "git is not installed: nothing but the commit is known.")
    except _GitRefused as refused:
        reason = str(refused)
        if "dubious ownership" in reason or "safe.directory" in reason:
            reason = "it belongs to another user (see git's setting safe.directory)"
        return _without_git(root, f"git does not read the repository: {reason}")
    commit, branch = status.headers.get("branch.oid"), status.headers.get("branch.head")
    if commit == "(initial)":
        commit = None
        problems.append("The repository has no commit yet, so there is nothing to differ from.")
    diff = redaction.text(_diff(root, problems) if commit and status.changed else "")
    problems += [
        f"The submodule {path} has changes of its own, which are not in the diff."
        for path in status.unsettled
    ]
    sources = _sources(root, status.untracked)
    if len(sources) > _MOST_UNTRACKED:
        problems.append(f"Of {len(sources):,} untracked files only {_MOST_UNTRACKED} are listed.")
    return GitState(
        root=str(root),
        commit=commit,
        branch=None if branch == "(detached)" else branch,
        dirty=bool(status.changed),
        remote=_remote(root),
        diff=diff.value,
        secrets=sorted(set(diff.rules)),
        untracked=sources[:_MOST_UNTRACKED],
        problems=problems,
    )


def _sources(root: Path, untracked: list[str]) -> list[str]:
    """Return the untracked files that somebody wrote here, not those of an environment inside."""

    @cache
    def installed(folder: Path) -> bool:
        return folder != root and (is_environment(folder) or installed(folder.parent))

    return sorted(
        path for path in untracked if _is_source(Path(path)) and not installed((root / path).parent)
    )


def _is_source(path: Path) -> bool:
    named = path.suffix.lower() in _SOURCE_SUFFIXES or path.name in ("Makefile", "Dockerfile")
    return named and _NOT_OURS.isdisjoint(path.parts)


class _Status(Struct):
    """What `git status` said; `unsettled` are submodules with changes of their own."""

    headers: dict[str, str] = {}
    changed: list[str] = []
    unsettled: list[str] = []
    untracked: list[str] = []


def _status(root: Path, problems: list[str]) -> _Status:
    asked = ("status", "--porcelain=v2", "--branch", "-z")
    try:
        answer, whole = _git(root, *asked, "--untracked-files=all")
    except _TookTooLong:
        whole = False
    if not whole:
        problems.append("There are too many untracked files to list.")
        answer, whole = _git(root, *asked, "--untracked-files=no")
    if not whole:
        problems.append("There are too many changed files to list.")
    return _read_status(answer)


def _read_status(answer: bytes) -> _Status:
    """Read `git status --porcelain=v2 -z`: each kind of entry has its number of fields."""
    status = _Status()
    entries = iter(answer.split(b"\0"))
    for entry in entries:
        kind, _, rest = _plain(entry).partition(" ")
        if kind == "#":
            key, _, value = rest.partition(" ")
            status.headers[key] = value
        elif kind == "?":
            status.untracked.append(rest)
        elif kind in ("1", "2", "u"):
            fields = rest.split(" ", {"1": 7, "2": 8, "u": 9}[kind])
            status.changed.append(fields[-1])
            if fields[1].startswith("S") and fields[1][2:] != "..":
                status.unsettled.append(fields[-1])
            if kind == "2":
                next(entries, None)  # the name before
    return status


def _plain(data: bytes) -> str:
    """Return a name as text that any encoder takes."""
    return data.decode("utf-8", "replace")


def _diff(root: Path, problems: list[str]) -> str:
    """Return the diff of tracked text files against HEAD, each file whole or not at all."""
    asked = ("diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames")
    try:
        answer, whole = _git(root, *asked, "--src-prefix=a/", "--dst-prefix=b/")
    except _GitRefused as refused:
        problems.append(f"The changes since the last commit are not known: {refused}")
        return ""
    sections = re.split(rb"^(?=diff --git )", answer, flags=re.MULTILINE)[1:]
    if not whole:
        sections.pop()
        problems.append(f"The diff is longer than {_LONGEST_ANSWER:,} bytes: the rest is left out.")
    kept: list[str] = []
    room = _LARGEST_DIFF
    for section in sections:
        name = _plain(section.partition(b"\n")[0].rpartition(b" b/")[2])
        if b"\nBinary files " in section and b"\n@@ " not in section:
            problems.append(f"{name} is binary and changed: it is not in the diff.")
        elif len(section) > min(room, _LARGEST_FILE_DIFF):
            problems.append(f"The diff of {name} has {len(section):,} bytes: it is left out.")
        else:
            room -= len(section)
            kept.append(_plain(section))
            if "\ufffd" in kept[-1]:
                problems.append(f"{name} is not in UTF-8: its diff shows that with \ufffd.")
    return "".join(kept)


def _remote(root: Path) -> str | None:
    """Return the address of `origin`, or of the first remote there is, without secrets."""
    try:
        answer, _ = _git(root, "config", "-z", "--get-regexp", r"^remote\..*\.url$")
    except _GitRefused:
        return None
    remotes = dict(_plain(line).split("\n", 1) for line in answer.split(b"\0") if b"\n" in line)
    address = remotes.get("remote.origin.url", next(iter(remotes.values()), None))
    return redaction.url(address).value if address else None


class _GitRefused(Exception):
    """git answered with an error."""


class _TookTooLong(_GitRefused):
    """git was stopped."""


def _git(root: Path, *arguments: str) -> tuple[bytes, bool]:
    """Return what git prints and whether that is all; it runs no hooks and takes no locks."""
    # A hook that trains a model runs with these set for its own repository.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = kept | {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CEILING_DIRECTORIES": str(root.parent),
        "LC_ALL": "C",
    }
    options = ["-c", "core.fsmonitor=false", "-c", "core.quotepath=false", "-C", str(root)]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            ["git", *options, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
        )
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(_PATIENCE, stop)
        timer.start()
        with process:
            assert process.stdout is not None
            answer = process.stdout.read(_LONGEST_ANSWER + 1)
            whole = len(answer) <= _LONGEST_ANSWER
            if not whole:
                process.kill()
        timer.cancel()
        if late.is_set():
            raise _TookTooLong(f"git {arguments[0]} took more than {_PATIENCE:g} seconds.")
        if whole and process.returncode != 0:
            errors.seek(0)
            raise _GitRefused(redaction.text(_plain(errors.read(500)).strip()).value)
    return answer[:_LONGEST_ANSWER], whole


def _commit_by_hand(root: Path) -> str | None:
    """Read the commit from git's own files, for when git itself does not answer."""
    folder = root / ".git"
    if folder.is_file():  # a worktree or a submodule
        folder = root / folder.read_text().partition("gitdir:")[2].strip()
    shared = folder / "commondir"
    common = folder / shared.read_text().strip() if shared.exists() else folder
    head = (folder / "HEAD").read_text().strip()
    if not head.startswith("ref: "):
        return head or None
    ref = head.removeprefix("ref: ")
    for place in (folder / ref, common / ref):
        if place.is_file():
            return place.read_text().strip()
    packed = common / "packed-refs"
    lines = packed.read_text().splitlines() if packed.exists() else []
    return next((line.split(" ")[0] for line in lines if line.endswith(f" {ref}")), None)
