"""What a record says of a case, asked as a user would ask, beside the truth that was written."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from corpus.truth import Case, Leak, ModelTruth
from forebear.client.asking import Asking
from forebear.core.digest import of_bytes
from forebear.core.entities import EvidenceWord
from forebear.core.errors import ForebearError
from forebear.ops.columns import ColumnsRequest, ColumnsResponse
from forebear.ops.graph import GraphEdge, GraphNode
from forebear.ops.impact import ImpactRequest
from forebear.ops.leaks import LeaksRequest
from forebear.ops.lineage import TraceRequest
from forebear.ops.row_record import RowPart
from forebear.ops.rows import RowsRequest
from forebear.ops.runs import RunsRequest
from forebear.ops.table import Target

__all__ = ["PARTS", "Agreement", "Score", "agreement", "files_in"]

PARTS = ("edges", "columns", "target", "dropped", "rows", "leaks")
_AROUND = frozenset({"code", "environment"})


class Score(Struct):
    """How many things there are, how many were told, and how many of these are right."""

    expected: int = 0
    told: int = 0
    right: int = 0

    def add(self, expected: Iterable[Any], told: Iterable[Any]) -> None:
        """Count in two sets of things."""
        wanted, said = set(expected), set(told)
        self.take(len(wanted), len(said), len(wanted & said))

    def take(self, expected: int, told: int, right: int) -> None:
        """Count in figures."""
        self.expected += expected
        self.told += told
        self.right += right

    @property
    def full(self) -> bool:
        """Tell whether everything was told, and nothing else."""
        return self.expected == self.told == self.right


class Agreement(Struct):
    """How far record and truth of a case agree, and each difference in a sentence."""

    edges: Score = field(default_factory=Score)
    columns: Score = field(default_factory=Score)
    target: Score = field(default_factory=Score)
    dropped: Score = field(default_factory=Score)
    rows: Score = field(default_factory=Score)
    """Sets of rows: one for each model, source and part."""
    leaks: Score = field(default_factory=Score)
    differences: list[str] = field(default_factory=list)

    def differ(self, what: str, missing: Iterable[Any], invented: Iterable[Any]) -> None:
        """Take down what is not the same."""
        for word, things in (("missing", missing), ("invented", invented)):
            told = sorted(map(str, things))
            if told:
                more = f" and {len(told) - 6} more" if len(told) > 6 else ""
                self.differences.append(f"{what} {word}: {', '.join(told[:6])}{more}")


def agreement(case: Case, folder: Path, client: Asking, inputs: set[str]) -> Agreement:
    """Ask about everything in the truth of a case that was run in `folder`.

    `inputs` are the files that lay there before.
    """
    asking = _Asking(case, folder, client, inputs)
    asking.edges()
    leaks: set[tuple[str, str, str]] = set()
    for model in case.truth.models:
        ref = asking.ref_of(model.found)
        if ref is None:
            asking.found.differences.append(f"{model.found} is not recorded")
            asking.missed(model)
            continue
        try:
            leaks |= asking.model(model, ref)
        except ForebearError as error:
            asking.found.differences.append(f"{model.found}: {error.message}")
            asking.missed(model)
    asking.leaks(leaks)
    return asking.found


def files_in(folder: Path) -> set[str]:
    """Return the files of a case, but for code and the store."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix not in {".py", ".pyc"}
        and ".forebear" not in path.relative_to(folder).parts
    }


class _Asking:
    def __init__(self, case: Case, folder: Path, client: Asking, inputs: set[str]) -> None:
        self._case, self._folder, self._client, self._inputs = case, folder, client, inputs
        self._written = files_in(folder) - inputs
        self._paths: dict[str, str] = {}
        """The first file with a content, by its digest; files with equal content are one."""
        for path in sorted(self._inputs) + sorted(self._written):
            self._paths.setdefault(of_bytes((folder / path).read_bytes()), path)
        self.found = Agreement()

    def edges(self) -> None:
        """Compare which files each written file was made of, within the run that wrote it."""
        truth = self._case.truth
        expected = {(self._same(one), self._same(two)) for one, two in truth.file_edges}
        either = {(self._same(one), self._same(two)) for one, two in truth.either}
        told = {edge for path in self._written for edge in self._edges_to(path)} - either
        self.found.edges.add(expected, told)
        seen = {edge for path in self._written for edge in self._edges_to(path, "observed")}
        invented = [f"{edge}" if edge in seen else f"{edge} (inferred)" for edge in told - expected]
        self.found.differ("edges", expected - told, invented)

    def _edges_to(
        self, path: str, evidence: EvidenceWord | None = None
    ) -> Iterator[tuple[str, str]]:
        request = TraceRequest(target=self._target(path), evidence=evidence)
        try:
            answer = self._client.call(request)
        except ForebearError:
            return
        nodes = {node.id: node for node in answer.nodes}
        for id in _files_before(set(answer.roots), nodes, answer.edges):
            yield self._named(nodes[id].location, id).partition("#")[0], self._same(path)

    def ref_of(self, found: str) -> str | None:
        """Return how to ask about a model: its file, or what a line of code made in memory."""
        if not found.startswith("memory:"):
            return str(self._folder / found)
        name, _, where = found.removeprefix("memory:").partition("@")
        where, _, nth = where.partition("#")
        steps = [
            run
            for run in reversed(self._client.call(RunsRequest(steps=True, limit=1000)).runs)
            if run.kind == "train" and run.where == where and run.name.startswith(f"{name}.")
        ]
        place = int(nth or 1) - 1
        if place >= len(steps):
            return None
        request = ImpactRequest(target=Target(ref=steps[place].id), depth=1)
        made = [node.id for node in self._client.call(request).nodes if node.kind == "model"]
        return made[0] if made else None

    def model(self, model: ModelTruth, ref: str) -> set[tuple[str, str, str]]:
        """Compare columns and rows of a model; return the leaks that are told of it."""
        target = Target(ref=ref)
        answer = self._client.call(ColumnsRequest(target=target))
        # What begins in memory is told as that; the truth is about files.
        names = {
            one.id: self._named(one.location, one.id)
            for one in answer.sources
            if one.location is not None
        }
        parts = {name: self._parts(target, id) for id, name in names.items()}
        self._columns(model, answer, names, parts)
        test = model.test_rows(self._folder)
        for name in test:
            if name not in parts:
                parts[name] = self._parts(target, str(self._folder / name))
        self._rows(model, parts)
        return self._leaks(target)

    def missed(self, model: ModelTruth) -> None:
        """Count everything about a model as not told."""
        for part in ("columns", "target", "dropped"):
            score: Score = getattr(self.found, part)
            score.take(sum(map(len, getattr(model, part).values())), 0, 0)
        train, test = model.train_rows(self._folder), model.test_rows(self._folder)
        self.found.rows.take(len(train) + len(test), 0, 0)

    def _columns(
        self,
        model: ModelTruth,
        answer: ColumnsResponse,
        names: dict[str, str],
        parts: dict[str, list[RowPart]],
    ) -> None:
        # A source none of whose rows got here gave nothing: a slice of stacked tables left it out.
        empty = {name for name, some in parts.items() if _numbers(some, "train", "base") == set()}
        for part, truth in (("feature", model.columns), ("target", model.target)):
            told = {
                (names[use.source], use.column)
                for use in answer.columns
                if use.part == part and use.source in names and names[use.source] not in empty
            }
            expected = {(source, name) for source, some in truth.items() for name in some}
            score = self.found.columns if part == "feature" else self.found.target
            score.add(expected, told)
            kind = "columns" if part == "feature" else "target"
            self.found.differ(f"{model.found}: {kind}", expected - told, told - expected)
        ends = {
            (
                names[one.source],
                one.column,
                self._meant(one.by.where, model.dropped[names[one.source]][one.column]),
            )
            for one in answer.unused
            if one.source in names and one.column in model.dropped.get(names[one.source], {})
        }
        expected_ends = {
            (source, name, where)
            for source, some in model.dropped.items()
            for name, where in some.items()
        }
        self.found.dropped.add(expected_ends, ends)
        self.found.differ(f"{model.found}: dropped", expected_ends - ends, ends - expected_ends)

    def _meant(self, told: str | None, truth: str) -> str | None:
        """Return the place in the truth where it is the statement in which the told line is."""
        script, _, line = (told or "").partition(":")
        start = truth.removeprefix(f"{script}:")
        if line.isdigit() and start.isdigit():
            tree = ast.parse((self._folder / script).read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                simple = isinstance(node, ast.stmt) and not hasattr(node, "body")
                if simple and node.lineno == int(start) <= int(line) <= (node.end_lineno or 0):
                    return truth
        return told

    def _rows(self, model: ModelTruth, parts: dict[str, list[RowPart]]) -> None:
        train, test = model.train_rows(self._folder), model.test_rows(self._folder)
        for source, wanted in train.items():
            told = _numbers(parts.get(source, []), "train", "base")
            self._row_set(f"{model.found}: training rows of {source}", wanted, told)
        for source, some in parts.items():
            if source not in train and _numbers(some, "train", "base"):
                self.found.rows.take(0, 1, 0)
                self.found.differences.append(f"{model.found}: training rows of {source} invented")
        for source, wanted in test.items():
            some = parts.get(source, [])
            said = [_numbers([one], one.part) for one in some if one.part in {"test", "input"}]
            fitting = [one for one in said if one == wanted]
            together = _numbers(some, "test")
            told = fitting[0] if fitting else together
            self._row_set(f"{model.found}: test rows of {source}", wanted, told)

    def _row_set(self, what: str, wanted: set[int], told: set[int] | None) -> None:
        self.found.rows.take(1, told is not None, told == wanted)
        if told is None:
            self.found.differences.append(f"{what} not known")
        elif told != wanted:
            self.found.differences.append(
                f"{what}: {len(told)} told, {len(wanted)} expected, {len(told & wanted)} of them"
            )

    def _parts(self, target: Target, source: str) -> list[RowPart]:
        request = RowsRequest(target=target, source=Target(ref=source), ranges=True)
        try:
            return self._client.call(request).parts
        except ForebearError:
            return []

    def _leaks(self, target: Target) -> set[tuple[str, str, str]]:
        """Return each leak told: kind, place, cause."""
        time = next(iter(self._case.truth.time.values()), None)
        findings = self._client.call(LeaksRequest(target=target, time=time)).findings
        return {
            (one.kind, one.at.where or "", (one.cause and one.cause.where) or "")
            for one in findings
        }

    def leaks(self, told: set[tuple[str, str, str]]) -> None:
        """Compare the leaks told of all models with those that were planted."""
        planted = self._case.truth.leaks
        found = [leak for leak in planted if any(_is(leak, *one) for one in told)]
        false = {one for one in told if not any(_is(leak, *one) for leak in planted)}
        self.found.leaks.take(len(planted), len(found) + len(false), len(found))
        missed = [f"{leak.kind} at {leak.at}" for leak in planted if leak not in found]
        self.found.differ("leaks", missed, {f"{kind} at {at} {by}" for kind, at, by in false})

    def _target(self, path: str) -> Target:
        return Target(ref=str(self._folder / path))

    def _same(self, path: str) -> str:
        full = self._folder / path
        return self._paths[of_bytes(full.read_bytes())] if full.is_file() else path

    def _named(self, location: str | None, id: str) -> str:
        """Return the path of an artifact below the folder, or else what is known of it."""
        if id in self._paths:
            return self._paths[id]
        if location is None:
            return id
        path = location.partition("://")[2] if "://" in location else location
        return os.path.relpath(path, self._folder)


def _files_before(
    roots: set[str], nodes: dict[str, GraphNode], edges: list[GraphEdge]
) -> Iterator[str]:
    """Yield the files from which something was made, the nearest on each way."""
    into: dict[str, list[str]] = {}
    for edge in edges:
        if edge.role not in _AROUND and edge.type in {"used", "generated", "derived"}:
            into.setdefault(edge.target, []).append(edge.source)
    seen, pending = set(roots), list(roots)
    while pending:
        for before in into.get(pending.pop(), ()):
            node = nodes.get(before)
            if before in seen or node is None:
                continue
            seen.add(before)
            if node.type == "artifact" and not node.in_memory and node.kind not in _AROUND:
                yield before
            else:
                pending.append(before)


def _numbers(parts: Iterable[RowPart], *which: str) -> set[int] | None:
    """Return the rows in these parts; None where there are none, or they are not known of one."""
    mine = [one for one in parts if one.part in which]
    if not mine or any(one.reached is None for one in mine):
        return None
    return {row for one in mine for first, last in one.ranges for row in range(first, last + 1)}


def _is(leak: Leak, kind: str, at: str, cause: str) -> bool:
    places = {leak.at, leak.cause} - {""}
    return kind in {leak.kind, *leak.also} and bool({at, cause} & places)
