"""metrics: figures of its validations reach these thresholds, overall and by slice."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterator
from typing import Any, Final

from forebear.analysis.verdict import listed
from forebear.core.statements import Said
from forebear.core.validation import Estimate, Threshold, Validation, parse_threshold
from forebear.ops.policies import settings_of
from forebear.ops.policy_case import BY_GROUP, Case
from forebear.ops.requirement import Action, Evidence, Judged, Requirement, failed, passed, unknown
from forebear.ops.requirements._settings import read_texts
from forebear.ops.rules_used import used_last

__all__ = ["REQUIREMENT"]


def _read(value: Any) -> list[Threshold]:
    return [parse_threshold(text) for text in read_texts(value)]


def _judge(case: Case, asked: list[Threshold]) -> Judged:
    found = {str(one): _measured(case, one) for one in asked}
    judged = [(one, one.judged(found[str(one)][0])) for one in asked]
    shown = [
        _shown(case, done, said) for _, done in judged if (said := found[str(done)][1]) is not None
    ]
    below = [_told(done) for _, done in judged if done.passed is False]
    missing = [one for one, done in judged if done.passed is None]
    unmeasured = _unmeasured(case, missing) if missing else ""
    if below:
        retrain = Action(command=case.retrain, words="with a better result")
        words = f"Not reached: {listed(below)}. {unmeasured}".rstrip()
        return failed(words, *shown, ways=_ways(case, asked, retrain))
    if missing:
        return unknown(unmeasured, *shown, ways=_ways(case, missing))
    moved = [other for _, done in judged if (other := _moved(case, done, found[str(done)][1]))]
    words = f"Reached: {listed((_told(done) for _, done in judged), 6)}."
    if moved:
        words += f" When it was measured, the policy asked for {listed(moved)}."
    return passed(words, *shown)


def _moved(case: Case, done: Threshold, said: Said[Validation] | None) -> str | None:
    """Return what was asked for in its place when it was measured, where that was another bar."""
    rules = None if said is None else used_last(case.store, said.row.seq)
    if rules is None:
        return None
    asked = settings_of(rules, case.policy, case.row.name).get("metrics")
    then = [] if asked is None else _read(asked)
    same = [one for one in then if (one.metric, one.slice) == (done.metric, done.slice)]
    bar = (done.op, done.value, done.sure)
    others = [str(one) for one in same if (one.op, one.value, one.sure) != bar]
    return None if len(others) < len(same) or not others else others[0]


def _measured(case: Case, asked: Threshold) -> tuple[Estimate | None, Said[Validation] | None]:
    # Figures on rows that it was trained on are too good, however new they are.
    for said in sorted(case.validations, key=lambda said: bool(said.value.trained_on)):
        for where, metric, estimate in _figures(said.value):
            if metric == asked.metric and _plain(where) == _plain(asked.slice):
                return estimate, said
    return None, None


def _unmeasured(case: Case, missing: list[Threshold]) -> str:
    """Say what was not measured, and which figures there are where that may be a slip."""
    sentence = f"Not measured by a validation: {listed(str(one) for one in missing)}."
    known = dict.fromkeys(name for said in case.validations for name in said.value.metrics)
    for name in _strange(case, missing):
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        end = f"is {near[0]} meant?" if near else f"they have {listed(known, 6)}."
        sentence += f" None of its validations has a figure called {name}: {end}"
    return sentence


def _strange(case: Case, asked: list[Threshold]) -> list[str]:
    """Return the figures that it was not measured by, though it was validated."""
    known = {name for said in case.validations for name in said.value.metrics}
    return list(dict.fromkeys(one.metric for one in asked if known and one.metric not in known))


def _figures(validation: Validation) -> Iterator[tuple[str | None, str, Estimate]]:
    """Yield every figure with the rows that it is about."""
    for metric, estimate in validation.metrics.items():
        yield None, metric, estimate
    for one in validation.thresholds:
        if one.measured is not None:
            yield one.slice, one.metric, one.measured
    for part in validation.slices:
        yield part.where, part.metric, part.inside
    for group in validation.groups:
        for metric, estimate in group.metrics.items():
            yield f"{group.by}={group.value}", metric, estimate


def _plain(where: str | None) -> str:
    return "".join((where or "").split()).replace("==", "=").replace('"', "").replace("'", "")


def _told(done: Threshold) -> str:
    figure = done.measured.value if done.measured else None
    return f"{done} ({figure:.4g})" if figure is not None else str(done)


def _ways(case: Case, asked: list[Threshold], *before: Action) -> list[list[Action]]:
    """Return what measures it, in a way that may tell about groups of people too."""
    more = [f"--slice {shlex.quote(one.slice)}" for one in asked if one.slice]
    more += ["--metric MODULE:FUNCTION" for _ in _strange(case, asked)]
    words = f"with {' '.join(more)}" if more else ""
    return [[*before, Action(command=case.validate(more), words=words)] for more in ("", BY_GROUP)]


def _shown(case: Case, done: Threshold, said: Said[Validation]) -> Evidence:
    return Evidence(
        command=f"forebear show {case.ref}",
        words=f"{_told(done)} on {said.value.data_title or said.value.data}",
        seq=said.row.seq,
    )


def _again(case: Case, _: Any) -> list[Action]:
    return [Action(command=case.validate(ref=case.next_ref))]


REQUIREMENT: Final = Requirement(
    key="metrics",
    short="figures",
    title="It is good enough",
    example='metrics = ["f1 >= 0.85", "recall[sex=F] >= 0.8"]',
    read=_read,
    judge=_judge,
    again=_again,
)
