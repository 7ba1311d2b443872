"""`forebear import mlflow`: what MLflow has recorded comes in, and how far it is on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from forebear.cli.output import note, print_json, print_lines, print_table
from forebear.client.formats import safe, size
from forebear.client.lines import paragraph
from forebear.client.local import caller
from forebear.core.errors import InvalidInput
from forebear.core.ports import Store

if TYPE_CHECKING:
    from forebear.server.mlflow.importing.importer import Told
    from forebear.server.mlflow.importing.report import ImportReport

__all__ = ["import_mlflow"]

_KINDS = ("experiments", "runs", "logged_models", "models", "versions", "files")


def import_mlflow(
    store: Store, uri: str, *, space: str, artifacts: Sequence[Path], dry_run: bool, json: bool
) -> None:
    """Import, and print what came of it."""
    from forebear.server.mlflow.errors import MlflowError
    from forebear.server.mlflow.importing.importer import import_mlflow as imported

    with _progress() as told:
        try:
            report = imported(
                store,
                uri,
                by=caller(),
                space=space,
                artifacts=artifacts,
                dry_run=dry_run,
                told=told,
            )
        except MlflowError as error:
            raise InvalidInput(error.message) from None
    if json:
        print_json(report)
        return
    print_lines(paragraph(_verdict(report)))
    print_table(
        ["what", ">there", ">new" if not dry_run else ">would be new", ">changed"], _rows(report)
    )
    for text in report.notes:
        note(text)


def _verdict(report: ImportReport) -> str:
    counts = [getattr(report, kind) for kind in _KINDS[:-1]]
    if not any(one.new or one.changed for one in counts):
        return f"{report.source} has nothing that is not here already."
    files = f"{report.files.new:,} files with {size(report.bytes)}"
    if report.dry_run:
        return f"{report.source} has records that are not here. Nothing was changed."
    return f"Imported what is new at {report.source}, with {files}."


def _rows(report: ImportReport) -> Iterator[Sequence[str]]:
    for kind in _KINDS:
        one = getattr(report, kind)
        yield (
            kind.replace("_", " "),
            f"{one.found:,}",
            f"{one.new:,}" if one.new else "",
            f"{one.changed:,}" if one.changed else "",
        )


@contextmanager
def _progress() -> Iterator[Told | None]:
    """Show how far it is, on a terminal's error output, where it is in nobody's way."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeElapsedColumn as Elapsed

    err = Console(stderr=True, highlight=False)
    if not err.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, Elapsed(), console=err, transient=True) as shown:
        task = shown.add_task("reading", total=None)
        yield lambda done, total, what: shown.update(
            task, completed=done, total=total or None, description=safe(what)
        )
