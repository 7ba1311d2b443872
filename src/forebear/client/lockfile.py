"""`models.lock`: which model versions a project uses, with what their files must hold.

The file is TOML, sorted, and the same for the same models, so that it can be reviewed and merged.
Its digests are checked without any store.
"""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from forebear.core.digest import is_digest
from forebear.core.errors import ForebearError, InvalidInput, Unreadable
from forebear.engines.files import digest_path
from forebear.ops.lock import Locked, LookedAt

__all__ = [
    "LOCK",
    "Checked",
    "Entry",
    "check_files",
    "entry_of",
    "judged",
    "read_lock",
    "write_lock",
]

LOCK: Final = "models.lock"
_HEAD: Final = (
    "# Written by `forebear lock`; `forebear lock check` holds files and store against it.\n"
)
_FORM: Final = 1


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One model in a lock file."""

    ref: str
    name: str | None = None
    version: int | None = None
    digest: str
    size: int | None = None
    file: str | None = None
    """Where the project keeps it, relative to the lock file."""

    @property
    def title(self) -> str:
        """What people call the locked version."""
        return f"{self.name}:{self.version}" if self.name and self.version else self.digest[:19]


class _Lock(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lock: int
    model: list[Entry] = []


class Checked(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of checking one model."""

    ref: str
    title: str
    status: Literal["ok", "failed", "newer", "unchecked"]
    said: str
    file: str | None = None


def read_lock(path: Path) -> list[Entry]:
    """Return the entries of a lock file.

    Raises:
        InvalidInput: there is none, or it is not one.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InvalidInput(
            f"There is no {path}.", hint="`forebear lock churn@champion` writes one."
        ) from None
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}.") from error
    try:
        lock = msgspec.convert(said, _Lock)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"{path} is no lock file of models: {error}.") from None
    if lock.lock != _FORM:
        raise InvalidInput(f"{path} was written by a later version of forebear.")
    for one in lock.model:
        if not is_digest(one.digest):
            raise InvalidInput(f"{path}: the digest of {one.ref} is no digest.")
    return lock.model


def write_lock(path: Path, entries: Sequence[Entry]) -> None:
    """Write a lock file, whole or not at all.

    Raises:
        Unreadable: it cannot be written.
    """
    parts = [_HEAD + f"lock = {_FORM}\n"]
    for one in sorted(entries, key=lambda entry: entry.ref):
        lines = [
            f"{key} = {_toml(value)}" for key, value in asdict(one).items() if value is not None
        ]
        parts.append("\n".join(["[[model]]", *lines]) + "\n")
    try:
        handle, temporary = tempfile.mkstemp(prefix=".models-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(parts))
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise Unreadable(f"{path} cannot be written: {error.strerror or error}.") from error


def entry_of(locked: Locked, lock: Path, *, file: str | None = None) -> Entry:
    """Return what is written of a model; its file where the project has it, if it does."""
    folder = lock.absolute().parent
    places = [Path(one) for one in locked.places] if file is None else [Path(file).absolute()]
    inside = [one for one in places if one.is_relative_to(folder) and one.exists()]
    return Entry(
        ref=locked.ref,
        name=locked.name,
        version=locked.version,
        digest=locked.digest,
        size=locked.size,
        file=inside[0].relative_to(folder).as_posix() if inside else file,
    )


def check_files(entries: Sequence[Entry], lock: Path) -> dict[str, str]:
    """Return for each ref whose file is not what is locked, what is wrong with it."""
    wrong = {}
    for one in entries:
        if one.file is None:
            continue
        path = lock.absolute().parent / one.file
        if not path.exists():
            wrong[one.ref] = f"{one.file} is not there"
            continue
        try:
            found = digest_path(path)
        except ForebearError as error:
            wrong[one.ref] = str(error)
            continue
        if found.digest != one.digest:
            size = f"{found.size:,} bytes" + (
                f", not {one.size:,}" if one.size != found.size else ""
            )
            wrong[one.ref] = f"{one.file} holds other content than {one.title} ({size})"
    return wrong


def judged(
    entries: Sequence[Entry],
    wrong: dict[str, str],
    looked: Sequence[LookedAt] | None,
    *,
    allow_newer: bool,
) -> list[Checked]:
    """Return what came of it for each model; without a store `looked` is None."""
    by_ref = {one.ref: one for one in looked or ()}
    found = []
    for one in entries:
        checked = Checked(
            ref=one.ref, title=one.title, status="ok", said="as locked", file=one.file
        )
        there = by_ref.get(one.ref)
        if one.ref in wrong:
            checked = replace(checked, status="failed", said=wrong[one.ref])
        elif there is not None:
            checked = _of_store(checked, there, allow_newer=allow_newer)
        elif one.file is None:
            said = "no file of it is locked, and no store was asked"
            checked = replace(checked, status="unchecked", said=said)
        found.append(checked)
    return found


def _of_store(checked: Checked, there: LookedAt, *, allow_newer: bool) -> Checked:
    if not there.known:
        return replace(checked, status="failed", said="its content is not recorded in the store")
    if there.recalled is not None:
        return replace(checked, status="failed", said=f"it is recalled ({there.recalled})")
    if there.retired:
        return replace(checked, status="failed", said="it is retired")
    if there.same:
        return checked
    if there.now is None:
        return replace(checked, status="failed", said=f"{checked.ref} means nothing any more")
    now = f"{there.now.name}:{there.now.version}" if there.now.version else there.now.digest[:19]
    said = f"{checked.ref} is {now} now"
    return replace(checked, status="newer" if allow_newer else "failed", said=said)


def _toml(value: Any) -> str:
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)
