"""The code of a run: which local source files ran, and the state of the repository they lie in."""

from __future__ import annotations

import os
import site
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Final

import msgspec
from msgspec import Struct

import forebear
from forebear.core import redaction
from forebear.core.digest import of_bytes

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
    (`train.ipynb/cell-3`). Files that cannot be read are named in `problems`, not raised.

    >>> snapshot([], Path(), cells={"cell-1": "1 + 1"}).files[0].size
    5
    """
    base = base.resolve()
    files: dict[str, SourceFile] = {}
    held: dict[str, bytes] = {}
    problems: list[str] = []
    for name, data in _sources(paths, base, cells or {}, problems):
        if name in files:
            continue
        files[name], kept = _source_file(name, data)
        if len(kept) <= _LARGEST_FILE:
            held[files[name].kept or files[name].digest] = kept
        else:
            problems.append(f"{name} has {len(kept):,} bytes: its digest is known, no copy is kept.")
    ordered = [files[name] for name in sorted(files)]
    return CodeSnapshot(
        files=ordered, digest=of_bytes(_manifest(ordered)), problems=problems, held=held
    )


def manifest_bytes(code: CodeSnapshot) -> bytes:
    """Return the list of files as canonical JSON: the bytes of the code artifact."""
    return _manifest(code.files)


def contents(code: CodeSnapshot) -> Iterator[tuple[str, bytes]]:
    """Yield digest and bytes of all that is to be kept; redacted where there were secrets."""
    yield from sorted(code.held.items())


def _manifest(files: list[SourceFile]) -> bytes:
    return msgspec.json.encode(_Manifest(files), order="sorted")


def _sources(
    paths: Iterable[Path], base: Path, cells: Mapping[str, str], problems: list[str]
) -> Iterator[tuple[str, bytes]]:
    for path in sorted({Path(path).resolve() for path in paths}):
        name = (path.relative_to(base) if path.is_relative_to(base) else path).as_posix()
        try:
            data = path.read_bytes()
        except OSError as error:
            problems.append(f"{name} cannot be read: {error.strerror or error}.")
            continue
        if path.suffix == ".pyc":
            problems.append(f"{name} ran as compiled code; its source is not there.")
        yield name, data
    for name, text in cells.items():
        yield name, text.encode("utf-8", "surrogatepass")


def _source_file(name: str, data: bytes) -> tuple[SourceFile, bytes]:
    """Return the entry of one file and the bytes that may be kept of it."""
    digest = of_bytes(data)
    if b"\0" in data[:8192]:
        return SourceFile(path=name, digest=digest, size=len(data)), data
    # Undecodable bytes survive the way there and back, so a clean file stays itself to the byte.
    cleaned = redaction.text(data.decode("utf-8", "surrogateescape"))
    if not cleaned.rules:
        return SourceFile(path=name, digest=digest, size=len(data)), data
    kept = cleaned.value.encode("utf-8", "surrogateescape")
    entry = SourceFile(
        path=name,
        digest=digest,
        size=len(data),
        secrets=sorted(set(cleaned.rules)),
        kept=of_bytes(kept),
    )
    return entry, kept


def local_modules(modules: Mapping[str, ModuleType]) -> list[Path]:
    """Return the files of the modules that belong to nobody but the user, in order.

    Left out are the standard library, everything installed in site-packages, forebear itself,
    built-in modules, namespace packages (they have no file) and modules inside archives. A module
    that has only a `.pyc` appears with that.
    """
    foreign = _foreign()
    found: set[Path] = set()
    for module in list(modules.values()):
        where = _file_of(module)
        if where is None or where.startswith(foreign) or _installed(where):
            continue
        path = Path(where).resolve()
        if not str(path).startswith(foreign) and not _installed(str(path)) and path.is_file():
            found.add(path)
    return sorted(found)


def _file_of(module: object) -> str | None:
    try:  # no getattr: a lazy module would import what was never used
        values = object.__getattribute__(module, "__dict__")
        where = values.get("__file__") or getattr(values.get("__spec__"), "origin", None)
        return os.path.abspath(where) if isinstance(where, str) and os.sep in where else (
            os.path.abspath(where) if isinstance(where, str) and where.endswith(".py") else None
        )
    except (AttributeError, TypeError, ValueError, OSError):
        return None


def _installed(path: str) -> bool:
    return f"{os.sep}site-packages{os.sep}" in path or f"{os.sep}dist-packages{os.sep}" in path


def _foreign() -> tuple[str, ...]:
    """Return the folders whose modules are not the user's own, each with a separator at its end."""
    folders = {
        *(sysconfig.get_paths().get(key, "") for key in ("stdlib", "platstdlib", "purelib", "platlib")),
        *(site.getsitepackages() if hasattr(site, "getsitepackages") else ()),
        os.path.dirname(forebear.__file__),
    }
    resolved = {os.path.realpath(folder) for folder in folders if folder}
    return tuple(sorted(folder + os.sep for folder in (folders | resolved) if folder))


# The repository ----------------------------------------------------------------------------------

_SOURCE_SUFFIXES: Final = frozenset(
    ".py .pyi .pyx .ipynb .yaml .yml .toml .json .cfg .ini .sql .sh .r .jl .c .cc .cpp .h .cu .rs"
    " .go .js .ts .proto .mk .dvc".split()
)


def git_state(folder: Path) -> GitState | None:
    """Describe the repository around `folder`; None where there is none.

    Never raises: what git cannot or will not say is named in `problems`.
    """
    try:
        root = next((p for p in _upward(folder) if (p / ".git").exists()), None)
    except OSError:
        return None
    if root is None:
        return None
    try:
        return _ask_git(root)
    except Exception as error:
        reason = redaction.text(str(error)).value
        return GitState(
            root=str(root), commit=_commit_by_hand(root), problems=[f"git could not be asked: {reason}"]
        )


def _upward(folder: Path) -> Iterator[Path]:
    start = folder.resolve()
    yield start
    yield from start.parents


def _ask_git(root: Path) -> GitState:
    problems: list[str] = []
    status = _status(root, problems)
    if status is None:
        return GitState(root=str(root), commit=_commit_by_hand(root), problems=problems)
    headers, changed, untracked = _read_status(status)
    commit = headers.get("branch.oid")
    branch = headers.get("branch.head")
    if commit == "(initial)":
        commit = None
        problems.append("The repository has no commit yet, so there is nothing to differ from.")
    diff = _diff(root, problems) if commit and changed else ""
    for entry in changed:
        if entry[2][1:2] == "C" or entry[2][2:3] in ("M", "U") or entry[2][3:4] == "U":
            problems.append(f"The submodule {entry[-1]} has changes that are not in the diff.")
    sources = sorted(path for path in untracked if Path(path).suffix.lower() in _SOURCE_SUFFIXES)
    if len(sources) > _MOST_UNTRACKED:
        problems.append(f"Of {len(sources):,} untracked files {_MOST_UNTRACKED} are listed.")
    cleaned = redaction.text(diff)
    return GitState(
        root=str(root),
        commit=commit,
        branch=None if branch == "(detached)" else branch,
        dirty=bool(changed),
        remote=_remote(root),
        diff=cleaned.value,
        secrets=sorted(set(cleaned.rules)),
        untracked=sources[:_MOST_UNTRACKED],
        problems=problems,
    )
