"""The checks of `leaks`, one function each: what of the test data reached a fit.

Each returns findings and whether it could look; a check that could not look is no certificate.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from forebear.analysis.verdict import called, counted, listed
from forebear.core.events import Operation, StepRecorded
from forebear.core.flows import Passage
from forebear.core.ports import Store
from forebear.core.rows import MetricRow
from forebear.ops.columns import ColumnUse, ColumnWays
from forebear.ops.leak_case import FEW, Case, Checked, Finding
from forebear.ops.meeting import Meeting
from forebear.ops.training import FlowDeed, deed_of

__all__ = ["many_tests", "overlap", "preprocessing", "target"]

_WINDOW: Final = re.compile(r"\b(rolling|expanding|ewm|shift)\(")
"""Looks at neighbours in an order, not at all rows: whether that is well is a matter of time."""
_JOINS: Final = frozenset({"join", "merge"})
_PICK: Final = "select "
"""The operation of a line that says least of what is done there."""
_LATER: Final = frozenset({"shift"})
"""Operations that bring a value from another moment: of the answer it is another answer."""


def overlap(case: Case) -> Checked:
    """Look for test rows that the model was trained on."""
    shared = case.meeting.shared(case.train, case.test)
    if not shared.known:
        return Checked([], "which rows are in training and test data was not seen")
    if not shared.number:
        return Checked([])
    title = case.title(shared.artifact)
    words = f"{counted(shared.number, 'row')} of {title} are in the training and in the test data."
    return Checked([case.finding("overlap", words, shared, at=case.fit(), cause=case.chosen())])


def preprocessing(case: Case) -> Checked:
    """Look for steps before the model that learned from test rows, or were computed over them."""
    findings, unknown = [], None
    for model, trainings in case.transformers.items():
        for training in trainings:
            shared = case.meeting.shared(training.data("train", slot="X"), case.test)
            if not shared.known:
                unknown = "what transformers were fitted on was not seen"
            if shared.number:
                at = case.of_step(training.step)
                name = case.store.nodes([model], case.seq)[model]
                words = (
                    f"{called(name)} was fitted on {counted(shared.number, 'row')} of"
                    f" {case.title(shared.artifact)} that are in the test data."
                )
                findings.append(case.finding("preprocessing", words, shared, at=at))
    findings += _over_rows(case)
    return Checked(findings, unknown if not findings else None)


def _over_rows(case: Case) -> list[Finding]:
    """Find figures over rows (a mean, a rate by group) that test rows went into."""
    found: dict[tuple[str, str | None, tuple[str, ...]], Finding] = {}
    inside = set(case.meeting.graph.above(case.train))
    for passage in case.meeting.graph.passages:
        step = case.meeting.steps.get(passage.run or "")
        if passage.target not in inside or step is None:
            continue
        tested = case.tested_rows(passage.source)
        if tested is None or not tested.any():
            continue
        also_after = case.tested_rows(passage.target)
        after = also_after is not None and bool(also_after.any())
        rows, grouped = passage.n_in, set[tuple[str, ...]]()
        for number, one in enumerate(step.operations):
            before, rows = one.rows_in or rows, one.rows_out or one.rows_in or rows
            if not _over_all(one, passage, rows=before, after=after):
                continue
            if not _feeds(step, passage, number):
                continue
            if one.name in _JOINS and tuple(one.by) in grouped:
                continue  # it puts figures beside their rows that are told already
            deed = case.of_deed(deed_of(case.meeting.steps, step.run, number))
            if deed.line and _WINDOW.search(deed.line):
                continue
            key = step.run, deed.where or str(number), tuple(one.by)
            if key in found and not found[key].words.startswith(_PICK):
                continue  # what one line does in several operations is one mistake
            count, over = int(tested.sum()), counted(one.rows_in or 0, "row")
            what = f"{one.name} used a figure over {over}"
            if one.by:
                grouped.add(tuple(one.by))
                what = f"{one.name} by {listed(one.by)} was computed over {over}"
            title = case.title(passage.source)
            found[key] = Finding(
                kind="preprocessing",
                words=f"{what} of {title}, {count:,} of them in the test data.",
                at=case.fit(),
                cause=deed,
                source=passage.source,
                count=count,
                rows=tested.nonzero()[0][:FEW].tolist(),
            )
    return list(found.values())


def _over_all(one: Operation, passage: Passage, *, rows: int | None, after: bool) -> bool:
    """Tell whether an operation gave rows a figure over all rows, those of the test included.

    `rows` is how many there were before it, and `after` says that the test is told apart later.
    A table that becomes one of groups has a row for each group, and only its own rows in it.
    """
    if passage.n_out is None or passage.n_in is None or (passage.reached or 0) < passage.n_out:
        return False
    rows_in = passage.n_out if rows is None else rows
    rows_out = rows_in if one.rows_out is None else one.rows_out
    # Groups are fewer rows than there are again afterwards.
    back = bool(one.by) and rows_out < min(rows_in, passage.n_out)
    if not (back or (one.pooled and rows_out >= rows_in)):
        return False
    return rows_in >= passage.n_in or (after and rows_in >= passage.n_out)


def _feeds(step: StepRecorded, passage: Passage, number: int) -> bool:
    """Tell whether what an operation made goes into columns made of this source."""
    flow = next((one for one in step.flows if one.target == passage.target), None)
    if flow is None or flow.unseen:
        return True
    fed = [one for one in flow.columns.values() if number in one.through]
    place = flow.sources.index(passage.source)
    return not fed or any(place == at for one in fed for at, _ in one.columns)


def many_tests(case: Case) -> Checked:
    """Look for a choice among models by their figures on the same test rows."""
    own = set(case.model.tested_as)
    step = case.model.trainings[0].step
    edges = case.store.run_edges(step.root or step.id, case.seq)
    inside = dict.fromkeys(
        e.target if e.type == "used" else e.source for e in edges if e.type != "derived"
    )
    figures = [
        row
        for row in case.store.metrics(runs=list(inside), seq=case.seq)
        if row.model is not None and row.data is not None and row.split == "test"
    ]
    scored: dict[str, MetricRow] = {}
    for row in figures:
        assert row.model is not None
        if row.model in own or _same_rows(case, row.data or ""):
            scored.setdefault(row.model, row)
    others = [one for one in scored if one not in own]
    mine = [row for model, row in scored.items() if model in own]
    if not mine or not _compared(case, mine[0], [scored[one] for one in others]):
        return Checked([])
    saved = _saved(case.store, [*case.model.ids, *others], case.seq)
    if not saved & own or set(others) <= saved:
        return Checked([])  # nothing was chosen: all of them went on, or none
    steps = case.store.nodes([mine[0].run], case.seq)
    at = case.of_step(steps[mine[0].run]) if mine[0].run in steps else case.fit()
    words = (
        f"{counted(len(others) + 1, 'model')} were scored on the same test rows, and"
        f" {case.model.title} was kept: its figure there is the best of several."
    )
    return Checked([Finding(kind="multi-test", words=words, at=at, count=len(others) + 1)])


def _compared(case: Case, mine: MetricRow, others: Sequence[MetricRow]) -> bool:
    """Tell whether so many models were scored that it was a comparison.

    One statement that scores several models compares them. Where each was scored by a statement
    of its own, one may have replaced another: that takes one more.
    """
    steps = case.store.nodes([row.run for row in (mine, *others)], case.seq)
    places = {row.run: steps[row.run].where for row in (mine, *others) if row.run in steps}
    together = [row for row in others if places.get(row.run) == places.get(mine.run)]
    return len(together) + 1 > case.most_tested or len(others) > case.most_tested


def _same_rows(case: Case, data: str) -> bool:
    """Tell whether data has the rows of the test data."""
    if data in case.test:
        return True
    other = Meeting(case.store, [data, *case.test], case.seq)
    for root in other.graph.order:
        (mine, seen), (theirs, all_seen) = (other.rows_of(ids, root) for ids in (case.test, [data]))
        if mine is not None and theirs is not None and seen and all_seen:
            return bool((mine == theirs).all())
    return False


def _saved(store: Store, models: Sequence[str], seq: int | None) -> set[str]:
    """Return the models that somebody saved to a file or gave a name."""
    found = {e.source for e in store.edges(models, "down", seq=seq) if e.relation == "export"}
    for model, versions in store.versions_of(models, seq).items():
        if any(not version.automatic for version in versions):
            found.add(model)
    return found


def target(case: Case) -> Checked:
    """Look for features made of the column that is to be predicted."""
    ways = ColumnWays(case.store, case.model, case.seq)
    answers = {(use.source, use.column): use for use in ways.uses("target")}
    if not answers:
        return Checked([], "what the target was made of was not seen")
    findings = []
    for use in ways.uses("feature"):
        answer = answers.get((use.source, use.column))
        if answer is None or "inferred" in (use.evidence, answer.evidence):
            continue
        if _from_elsewhere(ways, use) or _from_elsewhere(ways, answer):
            continue
        cause = case.of_deed(use.through[0]) if use.through else None
        becomes = listed(use.becomes) if use.becomes != [use.column] else "under its own name"
        words = (
            f"{use.column} of {case.title(use.source)}, of which the target is made, is among the"
            f" features: {becomes}."
        )
        findings.append(
            Finding(kind="target", words=words, at=case.fit(), cause=cause, source=use.source)
        )
    return Checked(findings)


def _from_elsewhere(ways: ColumnWays, use: ColumnUse) -> bool:
    """Tell whether a column holds values of other rows: of another moment, or over a group."""
    return any(deed.name in _LATER or _of_many(ways, deed) for deed in use.through)


def _of_many(ways: ColumnWays, deed: FlowDeed) -> bool:
    """Tell whether an operation made figures over rows."""
    step = ways.steps.get(deed.step)
    return any(
        (one.name, one.where) == (deed.name, deed.where) and (one.pooled or _groups(one))
        for one in (step.operations if step else ())
    )


def _groups(one: Operation) -> bool:
    fewer = one.rows_in is not None and one.rows_out is not None and one.rows_out < one.rows_in
    return fewer and bool(one.by)
