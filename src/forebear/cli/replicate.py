"""`forebear push`, `export`, `import`: the events of a store go to another one."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from forebear.analysis.verdict import counted
from forebear.cli.app import COMMON, KEEP, Common, command
from forebear.cli.output import note, print_json, print_lines
from forebear.client.client import LocalClient, connect
from forebear.client.lines import line, paragraph
from forebear.client.locate import Place, locate, place_for_recording
from forebear.client.replicate import push_from
from forebear.client.transfer import export_events, take_events, whole_events
from forebear.core.errors import InvalidInput

__all__ = ["export", "import_", "push"]

_File = Annotated[Path, Parameter(allow_leading_hyphen=True)]


@command(KEEP)
def push(
    remote: str | None = None,
    *,
    background: Annotated[bool, Parameter(show=False)] = False,
    common: Common = COMMON,
) -> None:
    """Hand everything recorded here to another store, too; what it has already is left out.

    Parameters
    ----------
    remote
        The other store: a folder, or postgresql://user@host/database (default: FOREBEAR_REMOTE,
        else `remote` under [push] in config.toml).
    background
        Leave it to the process that does it already, if there is one.
    """
    place = locate(common.store)
    report = push_from(place, remote, background=background, told=_progress())
    if report is None:
        return
    for text in report.notes:
        note(text)
    if common.json:
        print_json(report)
        return
    done = " and ".join(
        counted(count, what)
        for count, what in ((report.events, "event"), (report.blobs, "kept file"))
        if count
    )
    words = f"Pushed {done} to {report.remote}." if done else f"{report.remote} has everything."
    print_lines(paragraph(words))


@command(KEEP)
def export(*, events: _File, since: int = 0, blobs: bool = False, common: Common = COMMON) -> None:
    """Write all events into one file, to be kept, sent, or taken in by another store.

    Parameters
    ----------
    events
        The file: NDJSON, compressed when it ends in .gz; `-` is the standard output.
    since
        Leave out this many events, the oldest.
    blobs
        Write the kept bytes too, into a folder beside the file (FILE.blobs).
    """
    with _client(locate(common.store)) as client:
        _tell(client.notes)
        report = export_events(client.store, events, since=since, blobs=blobs)
    _tell(report.notes)
    if events == Path("-"):
        return
    if common.json:
        print_json(report)
        return
    print_lines(paragraph(f"Wrote {counted(report.events, 'event')} to {report.file}."))
    if report.folder:
        print_lines(paragraph(f"Wrote {counted(report.blobs, 'kept file')} to {report.folder}."))


@command(KEEP, name="import")
def import_(
    what: Literal["quality", "mlflow", "mlmd"] | None = None,
    file: str | None = None,
    *,
    events: _File | None = None,
    blobs: bool = False,
    data: str | None = None,
    artifacts: list[Path] | None = None,
    workspace: str = "",
    dry_run: bool = False,
    common: Common = COMMON,
) -> int:
    """Take in the events of a file that `export` wrote; a damaged file changes nothing.

    `forebear import quality FILE` takes over results of Great Expectations, pandera, dbt or Soda,
    `forebear import mlflow URI` what MLflow has recorded, `forebear import mlmd FILE` what TFX
    left in a database of ML Metadata; done again, they add what is new there.

    Parameters
    ----------
    what
        What FILE holds, where it is another tool's.
    file
        The other tool's file; of MLflow sqlite:///mlflow.db, a folder mlruns, or http://HOST:PORT;
        of ML Metadata metadata.db, postgresql://… or mysql://….
    events
        The file of events; `-` is the standard input.
    blobs
        Take in the kept bytes in the folder beside it too.
    data
        The data that another tool's file is about, where it does not say so.
    artifacts
        A further folder with MLflow's artifacts, where they are not beside its database.
    workspace
        The workspace of the server that MLflow's records go into (default: the common one).
    dry_run
        Only say what of MLflow's or ML Metadata's records is new.
    """
    if what == "quality" and file is not None:
        from forebear.cli.quality import import_ as import_quality

        return import_quality(Path(file), data=data, common=common)
    if what == "mlflow" and file is not None:
        from forebear.cli.import_mlflow import import_mlflow

        with _client(place_for_recording(common.store)) as client:
            _tell(client.notes)
            import_mlflow(
                client.store, file, space=workspace, artifacts=artifacts or [], dry_run=dry_run,
                json=common.json,
            )  # fmt: skip
        return 0
    if what == "mlmd" and file is not None:
        from forebear.cli.import_mlmd import import_mlmd

        with _client(place_for_recording(common.store)) as client:
            _tell(client.notes)
            import_mlmd(client.store, file, dry_run=dry_run, json=common.json)
        return 0
    if events is None:
        raise InvalidInput(
            "There is nothing to take in.",
            hint="Say --events FILE, `quality FILE`, `mlflow URI`, or `mlmd FILE`.",
        )
    # A store is made for a file that is sound, and for no other.
    with whole_events(events) as source, _client(place_for_recording(common.store)) as client:
        _tell(client.notes)
        report = take_events(client.store, source, blobs=blobs)
    _tell(report.notes)
    if common.json:
        print_json(report)
        return 0
    files = f" and {counted(report.blobs, 'kept file')}" if blobs else ""
    known = (
        f"; {counted(report.duplicates, 'event')} were here already" if report.duplicates else ""
    )
    print_lines([line(f"Took in {counted(report.events, 'event')}{files}{known}.")])
    same = ", as in the file" if report.same_root else ""
    print_lines([line(f"root {report.root}{same}")])
    return 0


def _client(place: Place) -> LocalClient:
    client = connect(place.address)
    if not isinstance(client, LocalClient):
        raise InvalidInput(f"{place} is a server.", hint="Name a folder or a database.")
    return client


def _tell(notes: list[str]) -> None:
    for text in notes:
        note(text)


def _progress() -> Callable[[int, int], None] | None:
    """Return what tells the people at a terminal, now and then, how far it is."""
    if not sys.stderr.isatty():
        return None
    last = time.monotonic()

    def tell(seq: int, of: int) -> None:
        nonlocal last
        if time.monotonic() - last > 2:
            last = time.monotonic()
            note(f"{seq:,} of {of:,} events are there")

    return tell
