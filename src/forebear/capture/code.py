"""The code of a run: which source files of the user ran, and what of them is kept."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Final

import msgspec
from msgspec import Struct

from forebear.capture.ownership import is_foreign
from forebear.core import redaction
from forebear.core.digest import of_bytes
from forebear.core.errors import Unreadable

__all__ = [
    "CodeSnapshot",
    "SourceFile",
    "contents",
    "local_modules",
    "manifest_bytes",
    "read_manifest",
    "snapshot",
]

_LARGEST_FILE: Final = 4 << 20
_MODULE_SUFFIXES: Final = (".py", ".pyc", ".pyw", ".so", ".pyd")


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
        name = os.fsencode(shown.as_posix()).decode("utf-8", "replace")
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


def local_modules(modules: Mapping[str, ModuleType]) -> list[Path]:
    """Return the files of the modules that belong to nobody but the user, in order.

    Left out are the modules of others (`ownership.is_foreign`), built-in ones, namespace packages
    (they have no file) and modules inside archives. A module that has only a `.pyc` appears with
    that. Nothing is imported by looking.

    >>> import json
    >>> local_modules({"json": json})
    []
    """
    found: set[Path] = set()
    for where in {_file_of(module) for module in list(modules.values())}:
        if where is None or is_foreign(where):
            continue
        path = Path(where).resolve()
        if not is_foreign(str(path)) and path.is_file():
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
    return where if where.startswith(os.sep) else os.path.abspath(where)
