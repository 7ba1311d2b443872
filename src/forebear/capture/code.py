"""The code of a run: which local source files ran, and the state of the repository they lie in."""

from __future__ import annotations

import hashlib
import os
import re
import site
import subprocess
import sysconfig
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Final

import msgspec
from msgspec import Struct

from forebear.core import redaction
from forebear.core.digest import of_bytes
from forebear.core.errors import Unreadable

__all__ = [
    "CodeSnapshot",
    "GitState",
    "SourceFile",
    "contents",
    "git_state",
    "local_modules",
    "manifest_bytes",
    "snapshot",
]

_LARGEST_FILE: Final = 4 << 20
_LARGEST_DIFF: Final = 2 << 20
_LARGEST_FILE_DIFF: Final = 256 << 10
_LONGEST_ANSWER: Final = 8 << 20
_MOST_UNTRACKED: Final = 500
_PATIENCE: Final = 5.0


class SourceFile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file that ran; `path` is relative to the base of the snapshot, absolute outside it.

    `digest` and `size` are of the file as it was. Where secrets were found in it, `secrets` names
    the rules and `kept` is the digest of the redacted copy, which is all that may be kept.
    """

    path: str
    digest: str
    size: int
    secrets: list[str] = []
    kept: str | None = None


class CodeSnapshot(Struct, frozen=True, kw_only=True):
    """The source files of a run in the order of their paths; `digest` identifies the code."""

    files: list[SourceFile]
    digest: str
    problems: list[str] = []
    held: dict[str, bytes] = {}
    """The bytes to keep by their digest, read once, so that what is kept is what was digested."""


class _Manifest(Struct, frozen=True):
    files: list[SourceFile]


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


# Source files ------------------------------------------------------------------------------------


def snapshot(
    paths: Iterable[Path], base: Path, cells: Mapping[str, str] | None = None
) -> CodeSnapshot:
    """Read the given source files once and list them with their digests.

    `cells` holds source that lies in no file, such as notebook cells, by the name it shall have
    (`train.ipynb/cell-3`). Files that cannot be read or kept are named in `problems`, not raised.

    >>> snapshot([], Path(), cells={"cell-1": "1 + 1"}).files[0].size
    5
    """
    base = base.resolve()
    files: dict[str, SourceFile] = {}
    held: dict[str, bytes] = {}
    problems: list[str] = []
    for path in sorted({path.resolve() for path in paths}):
        shown = path.relative_to(base) if path.is_relative_to(base) else path
        name = _plain(os.fsencode(shown.as_posix()))
        try:
            _add_file(path, name, files, held, problems)
        except OSError as error:
            problems.append(f"{name} cannot be read: {error.strerror or error}.")
    for name, source in (cells or {}).items():
        _add_source(name, source.encode("utf-8", "surrogateescape"), files, held, problems)
    ordered = [files[name] for name in sorted(files)]
    digest = of_bytes(_manifest(ordered))
    return CodeSnapshot(files=ordered, digest=digest, problems=problems, held=held)


def manifest_bytes(code: CodeSnapshot) -> bytes:
    """Return the list of files as canonical JSON: the bytes of the code artifact."""
    return _manifest(code.files)


def read_manifest(data: bytes) -> list[SourceFile]:
    """Read `manifest_bytes` back.

    Raises:
        Unreadable: the bytes are no list of source files.
    """
    try:
        return msgspec.json.decode(data, type=_Manifest).files
    except msgspec.DecodeError as error:
        raise Unreadable(f"These bytes do not list source files: {error}.") from None


def contents(code: CodeSnapshot) -> Iterator[tuple[str, bytes]]:
    """Yield digest and bytes of all that is to be kept; redacted where there were secrets."""
    yield from sorted(code.held.items())


def _manifest(files: list[SourceFile]) -> bytes:
    return msgspec.json.encode(_Manifest(files), order="sorted")


def _add_file(
    path: Path,
    name: str,
    files: dict[str, SourceFile],
    held: dict[str, bytes],
    problems: list[str],
) -> None:
    if not path.is_file():
        problems.append(f"{name} is no file, so it is not among the code.")
        return
    size = path.stat().st_size
    if size <= _LARGEST_FILE:
        _add_source(name, path.read_bytes(), files, held, problems)
        return
    with path.open("rb") as stream:
        digest = "sha256:" + hashlib.file_digest(stream, "sha256").hexdigest()
    files[name] = SourceFile(path=name, digest=digest, size=size)
    problems.append(f"{name} has {size:,} bytes: its digest is known, but no copy is kept.")


def _add_source(
    name: str,
    data: bytes,
    files: dict[str, SourceFile],
    held: dict[str, bytes],
    problems: list[str],
) -> None:
    """Enter one source with what may be kept of it: nothing of what cannot be searched."""
    digest, size = of_bytes(data), len(data)
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in data and not wide:
        files[name] = SourceFile(path=name, digest=digest, size=size)
        problems.append(
            f"{name} ran without source text: its digest is known, but no copy is kept."
        )
        return
    # Undecodable bytes survive the way there and back, so what is not redacted stays the same.
    coding, errors = ("utf-16", "replace") if wide else ("utf-8", "surrogateescape")
    cleaned = redaction.text(data.decode(coding, errors))
    if not cleaned.rules:
        files[name] = SourceFile(path=name, digest=digest, size=size)
        held[digest] = data
        return
    kept = cleaned.value.encode(coding, errors)
    rules = sorted(set(cleaned.rules))
    files[name] = SourceFile(
        path=name, digest=digest, size=size, secrets=rules, kept=of_bytes(kept)
    )
    held[of_bytes(kept)] = kept


def _plain(data: bytes) -> str:
    """Return a name as text that any encoder takes."""
    return data.decode("utf-8", "replace")


def local_modules(modules: Mapping[str, ModuleType]) -> list[Path]:
    """Return the files of the modules that belong to nobody but the user, in order.

    Left out are the standard library, everything installed in site-packages, forebear itself,
    built-in modules, namespace packages (they have no file) and modules inside archives. A module
    that has only a `.pyc` appears with that. Nothing is imported by looking.

    >>> import json
    >>> local_modules({"json": json})
    []
    """
    foreign = _foreign()
    found: set[Path] = set()
    for module in list(modules.values()):
        where = _file_of(module)
        if where is None or _is_foreign(where, foreign):
            continue
        path = Path(where).resolve()
        if not _is_foreign(str(path), foreign) and path.is_file():
            found.add(path)
    return sorted(found)


def _file_of(module: object) -> str | None:
    """Return where a module was loaded from, past any `__getattr__` of a lazy one."""
    try:
        values = object.__getattribute__(module, "__dict__")
    except AttributeError:
        return None
    where = values.get("__file__") or getattr(values.get("__spec__"), "origin", None)
    if not isinstance(where, str) or not where.endswith(_MODULE_SUFFIXES):
        return None
    return str(Path(where).absolute())


_MODULE_SUFFIXES: Final = (".py", ".pyc", ".pyw", ".so", ".pyd")


def _is_foreign(path: str, foreign: tuple[str, ...]) -> bool:
    return (
        path.startswith(foreign)
        or f"{os.sep}site-packages{os.sep}" in path
        or f"{os.sep}dist-packages{os.sep}" in path
    )


def _foreign() -> tuple[str, ...]:
    """Return the folders whose modules are not the user's own, each ending in a separator."""
    paths = sysconfig.get_paths()
    folders = {
        *(Path(paths[key]) for key in ("stdlib", "platstdlib", "purelib", "platlib")),
        *(Path(folder) for folder in site.getsitepackages()),
        Path(__file__).parents[1],
    }
    folders |= {folder.resolve() for folder in folders}
    return tuple(sorted(f"{folder}{os.sep}" for folder in folders))


# The repository ----------------------------------------------------------------------------------

_SOURCE_SUFFIXES: Final = frozenset(
    ".py .pyi .pyx .ipynb .yaml .yml .toml .json .cfg .ini .sql .sh .r .jl .c .cc .cpp .h .cu .rs"
    " .go .js .ts .proto .mk".split()
)
_NOT_OURS: Final = frozenset(("site-packages", "node_modules", "__pycache__"))


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
    sources = sorted(path for path in status.untracked if _is_source(Path(path)))
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
