"""What other recorders say of the same scripts, with no line of them changed.

    python bench/compare_capture.py [--mlflow-python PATH] [--autolineage-python PATH]
                                    [--openlineage-python PATH] [--only 16 57 ...]

Each case of `tests/corpus` named below runs plainly and under each recorder. Then it is counted
which facts of the written truth the record holds. Where a record is not precise, it gets the
benefit:

* file edges: a model in memory stands for the file to which it was saved;
* feature columns: a name among those that the fit was given counts as the column of that name in
  the source, though nothing may say so; names of derived columns count as nothing;
* row counts: the number of training or test rows is anywhere among the numbers recorded.

Which rows, and whether anything leaked, must be told outright.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from msgspec import Struct

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from corpus_cases import behaviour

from corpus.agreement import Score, agreement
from corpus.truth import Case, cases
from forebear.client.asking import Asking
from forebear.client.client import connect
from forebear.core.errors import ForebearError
from forebear.ops.rows import RowsRequest
from forebear.ops.table import Target

PARTS = ("edges", "columns", "row_counts", "rows", "leaks")
CASES = "01 03 07 12 14 16 17 19 21 27 37 57".split()
WARM = next(case for case in cases() if case.name.startswith("01"))
RECORDERS = Path(__file__).parent / "compare"
MODELS = {".joblib", ".pkl", ".pickle"}


class Told(Struct):
    """What one recorder told of one case or of all of them."""

    edges: Score
    columns: Score
    row_counts: Score
    rows: Score
    leaks: Score
    same: int = 0
    cases: int = 0
    cpu: float = 0.0
    plain_cpu: float = 0.0

    @classmethod
    def nothing(cls) -> Told:
        return cls(*(Score() for _ in PARTS))

    def add(self, other: Told) -> None:
        for part in PARTS:
            score: Score = getattr(other, part)
            getattr(self, part).take(score.expected, score.told, score.right)
        for name in ("same", "cases", "cpu", "plain_cpu"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def counts_of(case: Case, folder: Path) -> list[int]:
    """Return how many training and test rows the models of a case have, in order."""
    found = []
    for model in case.truth.models:
        for rows in model.rows(folder):
            lengths = {len(entries) for entries in rows.values()}
            found += [length for length in lengths if length]
    return found


def by_others(case: Case, folder: Path, answer: Path) -> Told:
    """Count what another recorder wrote into `answer`."""
    said = json.loads(answer.read_text(encoding="utf-8")) if answer.exists() else {}
    told = Told.nothing()
    edges = {
        (source, target)
        for one, two in said.get("edges", [])
        for source, target in case.truth.file_edges
        if str(one).endswith(source) and _means(str(two), target)
    }
    strange = [e for e in said.get("edges", []) if not any(str(e[0]).endswith(s) for s, _ in edges)]
    told.edges.take(len(case.truth.file_edges), len(edges) + len(strange), len(edges))
    names = set(said.get("columns", []))
    for model in case.truth.models:
        wanted = [name for some in model.columns.values() for name in some]
        right = sum(name in names for name in wanted)
        told.columns.take(len(wanted), right, right)
    wanted_counts = counts_of(case, folder)
    right = sum(count in said.get("row_counts", []) for count in wanted_counts)
    told.row_counts.take(len(wanted_counts), right, right)
    for model in case.truth.models:
        told.rows.take(len(model.train_rows(folder)) + len(model.test_rows(folder)), 0, 0)
    leaks = len(said.get("leaks", []))
    planted = len(case.truth.leaks)
    told.leaks.take(planted, leaks, min(planted, leaks))
    return told


def _means(said: str, target: str) -> bool:
    return said.endswith(target) or (said == "model" and Path(target).suffix in MODELS)


def by_forebear(case: Case, folder: Path, inputs: set[str]) -> Told:
    """Ask forebear's record."""
    with connect(start=folder) as client:
        found = agreement(case, folder, client, inputs)
        counts = _counts_told(client, case, folder)
    told = Told(found.edges, found.columns, Score(), found.rows, found.leaks)
    wanted = counts_of(case, folder)
    right = sum(count in counts for count in wanted)
    told.row_counts.take(len(wanted), right, right)
    return told


def _counts_told(client: Asking, case: Case, folder: Path) -> set[int | None]:
    found: set[int | None] = set()
    for model in case.truth.models:
        for source in model.train_rows(folder) | model.test_rows(folder):
            target, place = Target(ref=str(folder / model.found)), Target(ref=str(folder / source))
            try:
                answer = client.call(RowsRequest(target=target, source=place))
            except ForebearError:
                continue
            found |= {part.rows for part in answer.parts}
    return found


def compare(options: argparse.Namespace, work: Path) -> dict[str, Told]:
    """Run all cases under all recorders that are there."""
    recorders: dict[str, tuple[str, list[str]]] = {
        "forebear": (sys.executable, ["-m", "forebear", "run", "--quiet"])
    }
    for name in ("mlflow", "autolineage", "openlineage"):
        python = getattr(options, f"{name}_python")
        if python:
            recorders[name] = (python, [str(RECORDERS / f"{name}_record.py"), "ANSWER"])
    totals = {name: Told.nothing() for name in recorders}
    for name, (python, prefix) in recorders.items():  # what a library does once is not counted
        for command in ([], prefix):
            behaviour(WARM, work / "warm" / name, command, python=python)
    for case in cases():
        if case.name.split("_")[0] not in (options.only or CASES):
            continue
        print(case.name, flush=True)
        for name, (python, prefix) in recorders.items():
            plain, _ = behaviour(case, work / "plain" / case.name, [], python=python)
            folder, answer = work / name / case.name, work / name / f"{case.name}.json"
            command = [str(answer) if word == "ANSWER" else word for word in prefix]
            done, inputs = behaviour(case, folder, command, python=python)
            if name == "forebear":
                told = by_forebear(case, folder, inputs)
            else:
                told = by_others(case, folder, answer)
            # What is said on stderr is left out: running a script by `runpy` shows in tracebacks.
            told.same = (plain.codes, plain.said[::2]) == (done.codes, done.said[::2])
            told.cases, told.cpu, told.plain_cpu = 1, done.cpu, plain.cpu
            totals[name].add(told)
    return totals


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("mlflow", "autolineage", "openlineage"):
        parser.add_argument(f"--{name}-python", help=f"a Python that has {name}")
    parser.add_argument("--only", nargs="+", default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="forebear-compare-") as work:
        totals = compare(options, Path(work).resolve())
    heads = ("file edges", "columns", "row counts", "which rows", "leaks", "same output", "CPU")
    print(f"\n{'':<13}" + "".join(f"{head:>13}" for head in heads))
    for name, told in totals.items():
        cells = [f"{getattr(told, p).right} of {getattr(told, p).expected}" for p in PARTS]
        cells += [f"{told.same} of {told.cases}", f"{told.cpu / told.plain_cpu - 1:+.0%}"]
        print(f"{name:<13}" + "".join(f"{cell:>13}" for cell in cells))
    for name, told in totals.items():
        for part in PARTS:
            score: Score = getattr(told, part)
            if score.told > score.right:
                print(f"{name}: {score.told - score.right} {part} told that are not so")


if __name__ == "__main__":
    main()
