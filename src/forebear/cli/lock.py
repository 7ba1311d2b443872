"""`forebear lock`: which model versions a project uses, written down and checked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from msgspec import Struct

from forebear.cli.app import COMMON, USE, Common, commands
from forebear.cli.output import ask, note, print_json, print_lines
from forebear.client.locate import VARIABLE
from forebear.client.lock_text import check_lines, check_verdict, lock_lines
from forebear.client.lockfile import (
    LOCK,
    Checked,
    Entry,
    check_files,
    entry_of,
    judged,
    read_lock,
    write_lock,
)
from forebear.core.errors import InvalidInput, NoStore
from forebear.ops.lock import LockRequest, LookedAt, LookRequest, Pinned
from forebear.ops.table import Target

__all__ = ["check", "lock", "update"]

_family: Final = commands(USE, "lock", "Lock the model versions that a project uses.")


class _Locks(Struct, frozen=True, kw_only=True):
    file: str
    models: list[Entry]


class _Checks(Struct, frozen=True, kw_only=True):
    verdict: str
    ok: bool
    store: bool
    """False: no store was asked, only files were looked at."""
    models: list[Checked]


@_family.default
def lock(
    *refs: str,
    path: Path = Path(LOCK),
    file: str | None = None,
    consumer: str | None = None,
    common: Common = COMMON,
) -> None:
    """Lock models (`forebear lock churn@champion`), and register the project as a consumer.

    Parameters
    ----------
    refs
        The models, as the project names them; others in the file stay as they are.
    path
        The lock file.
    file
        Where the project keeps the file of the one model, if it keeps one.
    consumer
        What the project is called (default: the folder of the lock file).
    """
    if not refs:
        raise InvalidInput("Say what to lock.", hint="For example: `forebear lock churn@champion`.")
    if file is not None and len(refs) > 1:
        raise InvalidInput("--file goes with one model.")
    there = read_lock(path) if path.exists() else []
    entries = _locked(common, list(refs), path, consumer, {refs[0]: file} if file else {})
    fresh = {one.ref for one in entries}
    entries += [one for one in there if one.ref not in fresh]
    _write(common, path, entries)


@_family.command
def update(
    *refs: str,
    path: Path = Path(LOCK),
    consumer: str | None = None,
    common: Common = COMMON,
) -> None:
    """Lock again what the refs mean now: of the refs that are named, or of all.

    Parameters
    ----------
    refs
        Which of the locked models (default: all).
    path
        The lock file.
    consumer
        What the project is called (default: the folder of the lock file).
    """
    there = {one.ref: one for one in read_lock(path)}
    for ref in refs:
        if ref not in there:
            raise InvalidInput(f"{path} does not lock {ref}.", hint=f"It locks {', '.join(there)}.")
    wanted = list(refs) or list(there)
    folder = path.absolute().parent
    files = {ref: str(folder / kept) for ref in wanted if (kept := there[ref].file)}
    entries = _locked(common, wanted, path, consumer, files)
    _write(common, path, [*entries, *(one for ref, one in there.items() if ref not in wanted)])


@_family.command
def check(
    *,
    path: Path = Path(LOCK),
    allow_newer: bool = False,
    offline: bool = False,
    common: Common = COMMON,
) -> int:
    """Are files and store as the lock file says? Exit code 1: something is not to be used.

    It fails where a file has other content, where a version is recalled or retired, and where a
    ref means another version now. Without a store only files are looked at. Exit code 2: nothing
    could be checked.

    Parameters
    ----------
    path
        The lock file.
    allow_newer
        It is no failure when a ref means another version now.
    offline
        Ask no store.
    """
    entries = read_lock(path)
    looked = None if offline else _looked(common, entries)
    wrong = check_files(entries, path)
    checked = judged(entries, wrong, looked, allow_newer=allow_newer)
    if checked and all(one.status == "unchecked" for one in checked):
        raise InvalidInput(
            f"Nothing that {path} locks could be checked: it names no files, and no store was"
            " asked.",
            hint="Name the store (--store), or lock the file too: `forebear lock REF --file PATH`.",
        )
    ok = all(one.status != "failed" for one in checked)
    asked = looked is not None
    verdict = check_verdict(checked, store=asked)
    if common.json:
        print_json(_Checks(verdict=verdict, ok=ok, store=asked, models=checked))
    else:
        print_lines(check_lines(checked, store=asked))
    return 0 if ok else 1


def _looked(common: Common, entries: list[Entry]) -> list[LookedAt] | None:
    pinned = [Pinned(ref=one.ref, digest=one.digest) for one in entries]
    try:
        return ask(common, LookRequest(models=pinned)).models
    except NoStore as error:
        if common.store is not None or os.environ.get(VARIABLE):
            raise
        note(f"{error.message} Only files are checked.")
        return None


def _locked(
    common: Common, refs: list[str], path: Path, consumer: str | None, files: dict[str, str]
) -> list[Entry]:
    name = consumer or path.absolute().parent.name
    targets = [Target(ref=ref) for ref in refs]
    found = ask(common, LockRequest(targets=targets, consumer=_plain(name)))
    entries = [entry_of(one, path, file=files.get(one.ref)) for one in found.models]
    wrong = check_files(entries, path)
    for ref, said in wrong.items():
        if ref in files:
            raise InvalidInput(f"{ref} cannot be locked: {said}.", hint="Fetch that version first.")
    return entries


def _plain(name: str) -> str:
    """Return a folder's name as a consumer can be called."""
    kept = "".join(c if c.isalnum() or c in "._-" else "-" for c in name).strip("._-")
    return kept[:128] or "project"


def _write(common: Common, path: Path, entries: list[Entry]) -> None:
    write_lock(path, entries)
    shown = sorted(entries, key=lambda one: one.ref)
    if common.json:
        print_json(_Locks(file=str(path), models=shown))
    else:
        print_lines(lock_lines(shown, str(path)))
