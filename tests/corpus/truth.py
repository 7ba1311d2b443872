"""How the true lineage of a script is written down, and how all of it is loaded.

    for case in cases():
        case.truth.make(folder)          # writes the input files
        case.copy(folder)                # puts the scripts beside them
        for command in case.truth.commands: ...

A place in a script is written as `train.py: some text of the line`, and loaded as `train.py:22`;
the text must be in exactly one line. It is the first line of the call or statement that is meant.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd

__all__ = [
    "Case",
    "FileEdge",
    "Leak",
    "ModelTruth",
    "Rows",
    "Split",
    "Truth",
    "cases",
    "columns_of",
    "fell",
    "numbered",
    "rows_in",
    "taken",
]

CASES = Path(__file__).parent / "cases"

FileEdge = tuple[str, str]
"""A file that was read, and a file written by the same run whose content depends on it."""

Rows = dict[str, list[Any]]
"""For each source, one entry for each row of the training (or test) data: the 0-based number of the
source row it stands for, or a list of numbers where it stands for several (a group) or none (a left
join). The first source is the one whose rows are divided."""

Split = tuple[Rows, Rows]
"""The rows of the training data and of the test data."""


class ModelTruth(msgspec.Struct, kw_only=True):
    """What one trained model comes from.

    A source is the path of an input file, or `shop.db#orders` for a table of a database file.

    A row of training data *stands for* the source rows that filters, samples, sorts, joins and
    groupings brought there. A value computed over other rows (a window, a lag, a group's figure
    merged back, a scaler's mean) does not make a row stand for them; `reach`, where given,
    includes these too.
    """

    found: str
    """The file it was saved to, or `memory:Class@script:line` of the fit call when it never was;
    `#2` is appended when `nth` says that it is the second model which that line made."""
    columns: dict[str, list[str]]
    """The columns of the root sources whose values reach the features."""
    target: dict[str, list[str]] = {}
    weights: dict[str, list[str]] = {}
    """Columns that only weigh or group rows in the fit call itself (`sample_weight`, `groups`)."""
    dropped: dict[str, dict[str, str]] = {}
    """The other columns, with the place where their values left the way to the features.
    A column may well have served before as a key, in a filter or in a sort. One that becomes the
    labels of the rows (an index) leaves there."""
    rows: Callable[[Path], Split]
    reach: Callable[[Path], Split] | None = None
    nth: int = 0

    def train_rows(self, folder: Path) -> dict[str, set[int]]:
        """Return the rows of each source that the training data stand for."""
        return _sets(self.rows(folder)[0])

    def test_rows(self, folder: Path) -> dict[str, set[int]]:
        """Return the rows of each source that the test data stand for."""
        return _sets(self.rows(folder)[1])

    def train_reach(self, folder: Path) -> dict[str, set[int]]:
        """Return the rows of each source that the training values were computed from."""
        return _sets((self.reach or self.rows)(folder)[0])


class Leak(msgspec.Struct, kw_only=True):
    """Something of the test data (or of the answer) that reached a fit."""

    kind: str
    """overlap, preprocessing, duplicates, multi-test, time or target."""
    at: str
    """The call that took what it should not have: a fit, or for `multi-test` the scoring."""
    cause: str = ""
    """The line where the mistake was made, where that is another one: an equally good answer."""
    also: tuple[str, ...] = ()
    """Other kinds that describe it just as well."""


class Truth(msgspec.Struct, kw_only=True):
    """What a script really does."""

    about: str
    make: Callable[[Path], None]
    commands: list[str]
    exit_codes: list[int] = []
    file_edges: list[FileEdge]
    either: list[FileEdge] = []
    """Edges that one may see or not: to name them is no invention, to lack them no miss."""
    standalone: list[str] = []
    """Files that were written and depend on no file that was read."""
    models: list[ModelTruth]
    """The models that matter; candidates that were thrown away are not listed."""
    leaks: list[Leak] = []
    time: dict[str, str] = {}
    """The column of a source that a user would name as its time."""
    unknown: list[str] = []
    """Operations that nobody can be expected to see, each with the reason."""


class Case(msgspec.Struct):
    """One folder of `cases/`."""

    name: str
    folder: Path
    truth: Truth

    @property
    def scripts(self) -> list[Path]:
        return [path for path in sorted(self.folder.glob("*.py")) if path.name != "truth.py"]

    def copy(self, folder: Path) -> None:
        """Put the scripts into a folder."""
        for script in self.scripts:
            shutil.copy(script, folder / script.name)


def cases() -> list[Case]:
    """Return all cases, in order of their names."""
    return [_load(path.parent) for path in sorted(CASES.glob("*/truth.py"))]


def _load(folder: Path) -> Case:
    spec = importlib.util.spec_from_file_location(
        f"corpus_truth_{folder.name}", folder / "truth.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Case(folder.name, folder, _placed(folder, module.TRUTH))


def _placed(folder: Path, truth: Truth) -> Truth:
    """Return the truth with its places as numbers of lines."""
    models = []
    for model in truth.models:
        found = model.found
        if found.startswith("memory:"):
            made, where = found.split("@", 1)
            found = f"{made}@{_place(folder, where)}" + (f"#{model.nth}" if model.nth else "")
        dropped = {
            source: {column: _place(folder, where) for column, where in columns.items()}
            for source, columns in model.dropped.items()
        }
        models.append(msgspec.structs.replace(model, found=found, dropped=dropped))
    leaks = [
        msgspec.structs.replace(
            leak, at=_place(folder, leak.at), cause=leak.cause and _place(folder, leak.cause)
        )
        for leak in truth.leaks
    ]
    codes = truth.exit_codes or [0] * len(truth.commands)
    return msgspec.structs.replace(truth, models=models, leaks=leaks, exit_codes=codes)


def _place(folder: Path, where: str) -> str:
    script, _, text = where.partition(": ")
    lines = (folder / script).read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, 1) if text in line]
    if not text or len(found) != 1:
        raise ValueError(
            f"{folder.name}: {len(found)} lines of {script} hold {text!r}; name one line"
        )
    return f"{script}:{found[0]}"


def _sets(rows: Rows) -> dict[str, set[int]]:
    return {source: set(_flat(entries)) for source, entries in rows.items()}


def _flat(entries: Iterable[Any]) -> Iterable[int]:
    for entry in entries:
        if isinstance(entry, list | set | tuple):
            yield from (int(number) for number in entry)
        else:
            yield int(entry)


def fell(where: str, columns: str) -> dict[str, str]:
    """Return the given columns (separated by blanks), each with the place at which it fell out."""
    return dict.fromkeys(columns.split(), where)


def numbered(folder: Path, source: str, row: str = "row") -> pd.DataFrame:
    """Return a source as a table with one more column: the number of each row."""
    path = folder / source
    if "#" in source:
        columns, rows = _query(path, "SELECT * FROM {table} ORDER BY rowid")
        frame = pd.DataFrame(rows, columns=columns)
    elif path.suffix == ".parquet":
        frame = pd.read_parquet(path)
    elif path.suffix == ".jsonl":
        frame = pd.read_json(path, lines=True)
    else:
        frame = pd.read_csv(path)
    frame[row] = np.arange(len(frame))
    return frame


def taken(frame: pd.DataFrame, **sources: str) -> Rows:
    """Return the rows that a table stands for: its columns of row numbers, each with its source.

    A missing number (a left join that found nothing) stands for no row.
    """
    return {
        source: [[] if pd.isna(number) else int(number) for number in frame[column]]
        for column, source in sources.items()
    }


def rows_in(source: str, train: Iterable[int], test: Iterable[int] = ()) -> Split:
    """Return a split of one source by row numbers."""
    trained, tested = [int(i) for i in train], [int(i) for i in test]
    return {source: trained}, {source: tested} if tested else {}


def _query(path: Path, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return columns and rows of a query about `<file>.db#<table>`."""
    file, table = path.name.split("#")
    with closing(sqlite3.connect(path.with_name(file))) as database:
        cursor = database.execute(query.format(table=table))
        return [column[0] for column in cursor.description], cursor.fetchall()


def columns_of(path: Path) -> list[str]:
    """Return the names of a source's columns: positions without a header, keys of an npz file."""
    if "#" in path.name:
        return _query(path, "SELECT * FROM {table} LIMIT 0")[0]
    if path.suffix == ".parquet":
        return [str(name) for name in pd.read_parquet(path).columns]
    if path.suffix == ".jsonl":
        with path.open(encoding="utf-8") as lines:
            return list(json.loads(next(lines)))
    if path.suffix == ".npz":
        with np.load(path) as arrays:
            return list(arrays)
    if path.suffix == ".npy":
        return [str(i) for i in range(np.load(path, mmap_mode="r").shape[1])]
    if path.suffix == ".txt":
        with path.open(encoding="utf-8") as lines:
            return [str(i) for i in range(len(next(lines).split()))]
    with path.open(encoding="utf-8", newline="") as lines:
        return next(csv.reader(lines))


REPORT = re.compile(r"\b(train|test) (\d+)\b")


def reported(output: str) -> tuple[list[int], list[int]]:
    """Return the counts of training and of test rows that scripts printed, in order."""
    found = REPORT.findall(output)
    return (
        [int(count) for word, count in found if word == "train"],
        [int(count) for word, count in found if word == "test"],
    )
