"""`forebear backup`, `restore`: the whole of a store in one file, and a store made from it."""

from __future__ import annotations

from pathlib import Path

from forebear.analysis.verdict import counted
from forebear.cli.app import COMMON, KEEP, Common, command
from forebear.cli.output import note, print_json, print_lines
from forebear.client.backup import BackupReport, back_up
from forebear.client.backup import restore as restored
from forebear.client.client import LocalClient, connect
from forebear.client.formats import when
from forebear.client.lines import line, paragraph
from forebear.client.locate import locate
from forebear.core.errors import InvalidInput
from forebear.store.sql_store import SqlStore

__all__ = ["backup", "restore"]


@command(KEEP)
def backup(file: Path, *, common: Common = COMMON) -> None:
    """Write the whole store into one file: events, kept files, names, accounts, keys.

    It is of one moment, and others may go on recording. Whoever has the file has all that the
    store has: keep it as safe as that.

    Parameters
    ----------
    file
        The file: a tar file, compressed when it ends in .gz or .tgz.
    """
    place = locate(common.store)
    client = connect(place.address)
    if not isinstance(client, LocalClient):
        raise InvalidInput(
            f"{place} is a server.", hint="Back up where it runs, or its database: --store PLACE."
        )
    with client:
        for text in client.notes:
            note(text)
        assert isinstance(client.store, SqlStore)
        report = back_up(client.store, place, file)
    _tell(report, f"Backed up {_what(report)} to {report.file}.", common)


@command(KEEP)
def restore(file: Path, *, common: Common = COMMON) -> None:
    """Make a store from a file that `backup` wrote; it is checked before anything is made.

    The store is a new one, here or where --store says: a folder, or an empty database.

    Parameters
    ----------
    file
        The file.
    """
    report = restored(file, common.store)
    words = f"Restored {_what(report)} to {report.store}, as they were on {when(report.made)}."
    _tell(report, words, common)


def _what(report: BackupReport) -> str:
    parts = [counted(report.events, "event"), counted(report.blobs, "kept file")]
    if report.accounts:
        parts.append(counted(report.accounts, "account"))
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _tell(report: BackupReport, words: str, common: Common) -> None:
    if common.json:
        print_json(report)
        return
    print_lines([*paragraph(words), line(f"root {report.root}")])
