"""The written truth fits what the scripts do when nothing records them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.running import run
from corpus.truth import Case, cases, columns_of, numbered, reported

CASES = {case.name: case for case in cases()}
KINDS = {"overlap", "preprocessing", "duplicates", "multi-test", "time", "target"}
PLAIN = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "LOKY_MAX_CPU_COUNT": "2",
    "PYTHONWARNINGS": "default",
}


class Done:
    """A case that was run: its folder, what lay there before, what it said."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.folder = folder
        self.truth = case.truth
        case.truth.make(folder)
        self.inputs = self.files()
        case.copy(folder)
        self.codes, self.output, self.errors = [], "", ""
        for command in case.truth.commands:
            script, *arguments = command.split()
            code, output, errors = run(script, arguments, folder)
            self.codes.append(code)
            self.output += output
            self.errors += errors

    def files(self) -> set[str]:
        return {
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.is_file() and path.suffix not in {".py", ".pyc"}
        }


@pytest.fixture(scope="module", params=CASES)
def done(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Done]:
    """Each case after its run; the tests that want the same one follow each other."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in PLAIN.items():
            patch.setenv(name, value)
        yield Done(CASES[request.param], tmp_path_factory.mktemp(request.param))


def test_runs_as_said_and_writes_the_named_files(done: Done) -> None:
    truth = done.truth
    assert done.codes == truth.exit_codes, done.errors
    written = done.files() - done.inputs
    assert {target for _, target in truth.file_edges} | set(truth.standalone) == written
    read = {source for source, _ in (*truth.file_edges, *truth.either)}
    assert not set(truth.either) & set(truth.file_edges)
    assert read <= done.inputs | written
    assert not set(truth.standalone) & {target for _, target in truth.file_edges}
    saved = {model.found for model in truth.models if not model.found.startswith("memory:")}
    assert saved <= written


def test_every_column_of_a_source_has_one_fate(done: Done) -> None:
    for model in done.truth.models:
        named = (
            model.columns.keys() | model.target.keys() | model.dropped.keys() | model.weights.keys()
        )
        assert {source.split("#")[0] for source in named} <= done.inputs
        for source in named:
            kept = {
                *model.columns.get(source, []),
                *model.target.get(source, []),
                *model.weights.get(source, []),
            }
            dropped = model.dropped.get(source, {}).keys()
            assert kept | dropped == set(columns_of(done.folder / source)), source
            assert not kept & dropped, source


def test_rows_are_those_that_the_script_counts(done: Done) -> None:
    truth = done.truth
    trained, tested = reported(done.output)
    train_counts, test_counts = [], []
    for model in truth.models:
        train, test = model.rows(done.folder)
        for rows, counts in ((train, train_counts), (test, test_counts)):
            lengths = {len(entries) for entries in rows.values()}
            assert len(lengths) <= 1
            if lengths and max(lengths):
                counts.append(lengths.pop())
        for source, numbers in (
            *model.train_rows(done.folder).items(),
            *model.test_rows(done.folder).items(),
        ):
            assert numbers, source
            assert source.split("#")[0] in done.inputs
            assert min(numbers) >= 0
            assert max(numbers) < source_length(done.folder / source)
        assert model.train_rows(done.folder).keys() >= model.columns.keys()
        for source, numbers in model.train_rows(done.folder).items():
            assert numbers <= model.train_reach(done.folder)[source]
    assert trained == train_counts
    assert tested == test_counts


@pytest.mark.parametrize("name", CASES)
def test_places_are_statements(name: str) -> None:
    case = CASES[name]
    places = [
        *(
            where
            for model in case.truth.models
            for one in model.dropped.values()
            for where in one.values()
        ),
        *(
            model.found.split("@")[1].split("#")[0]
            for model in case.truth.models
            if "@" in model.found
        ),
        *(leak.at for leak in case.truth.leaks),
        *(leak.cause for leak in case.truth.leaks if leak.cause),
    ]
    for place in places:
        script, line = place.split(":")
        tree = ast.parse((case.folder / script).read_text(encoding="utf-8"))
        starts = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt | ast.Call)}
        # A chain of calls begins, for `ast`, at its first one; the name of a method is meant.
        starts |= {node.end_lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert int(line) in starts, place


@pytest.mark.parametrize("name", CASES)
def test_leaks_are_of_known_kinds_and_show_in_the_rows(name: str, tmp_path: Path) -> None:
    truth = CASES[name].truth
    kinds = {kind for leak in truth.leaks for kind in (leak.kind, *leak.also)}
    assert kinds <= KINDS
    assert all(re.fullmatch(r"data/\S+|\S+", source) for source in truth.time)
    truth.make(tmp_path)
    shared = False
    for model in truth.models:
        train, test = model.train_rows(tmp_path), model.test_rows(tmp_path)
        main = next(iter(train), None)
        shared = shared or bool(main in test and train[main] & test[main])
    assert shared == ("overlap" in kinds)


def source_length(path: Path) -> int:
    import numpy as np
    import pandas as pd

    if "#" in path.name:
        return len(numbered(path.parent, path.name))
    if path.suffix == ".parquet":
        return len(pd.read_parquet(path))
    if path.suffix == ".npz":
        with np.load(path) as arrays:
            return len(arrays[next(iter(arrays))])
    if path.suffix == ".npy":
        return len(np.load(path))
    if path.suffix in {".jsonl", ".txt"}:
        return len(path.read_text(encoding="utf-8").splitlines())
    return len(pd.read_csv(path))
