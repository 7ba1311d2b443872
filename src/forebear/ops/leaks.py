"""Whether anything of the test data reached a fit: findings, or a certificate of what was seen."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct

from forebear.analysis.verdict import counted, listed
from forebear.core.errors import InvalidInput
from forebear.core.ports import Store
from forebear.ops.alike import told_once
from forebear.ops.contents import Contents
from forebear.ops.leak_case import Case, Checked, Finding, Kind
from forebear.ops.leak_checks import many_tests, overlap, preprocessing, target
from forebear.ops.leak_records import duplicates, later
from forebear.ops.meeting import Meeting
from forebear.ops.resolve import moment
from forebear.ops.row_maps import require_numpy
from forebear.ops.source_code import SourceLines
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.training import (
    Learned,
    flow_into,
    learned,
    measured_on,
    transformers_in,
    unnamed_tests,
)

__all__ = ["LeakCheck", "LeaksRequest", "LeaksResponse", "leaks", "leaks_into"]

CHECKS: Final[dict[Kind, Callable[[Case], Checked]]] = {
    "overlap": overlap,
    "preprocessing": preprocessing,
    "duplicates": duplicates,
    "multi-test": many_tests,
    "target": target,
    "time": later,
}


class LeakCheck(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was looked for."""

    kind: Kind
    result: Literal["none", "found", "unknown", "not asked"]
    why: str | None = None
    """Why it is not known."""


class LeaksResponse(Struct, kw_only=True, omit_defaults=True):
    """Whether anything of the test data reached a fit."""

    root: str
    verdict: str
    leaks: bool | None
    """Null where nothing can be said."""
    findings: list[Finding]
    checks: list[LeakCheck]
    train_rows: int | None
    test_rows: int | None
    transformers: list[str]
    """Ids of the fitted models by which data went into this one."""
    complete: bool
    gaps: list[str]


class LeaksRequest(Request[LeaksResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask whether anything of the test data reached a fit."""

    target: Target
    time: str | None = None
    """A column of the source that tells the time of a row."""
    data: Target | None = None
    """A file with the content of a source, where no copy was kept."""
    most_tested: int = 1
    """How many models may be scored on the same test rows."""
    as_of: str | None = None


@operation(name="leaks", permission="read")
def leaks(context: Context, request: LeaksRequest) -> LeaksResponse:
    """Say whether any test row, or the answer, reached a fit, with the rows and the lines of code.

    Raises:
        InvalidInput: it is no model, or NumPy is not there.
    """
    seq = moment(context.store, request.as_of)
    model = learned(context.store, request.target, seq)
    return leaks_into(context.store, model, request, seq)


def leaks_into(
    store: Store,
    model: Learned,
    request: LeaksRequest,
    seq: int | None,
    without: Container[str] = (),
) -> LeaksResponse:
    """Say the same of a model of which it is known what it was trained on.

    Data that it met only in steps in `without` are no test data.
    """
    require_numpy()
    case = _case(store, model, request, seq, without)
    done: dict[Kind, Checked] = {}
    if case is not None:
        for kind, check in CHECKS.items():
            if kind != "time" or request.time is not None:
                done[kind] = check(case)
    found = (finding for one in done.values() for finding in one.findings)
    findings = told_once(found, source=None)
    gaps = list(model.gaps)
    if case is None:
        gaps.append(f"no test data of {model.title} is recorded")
    else:
        gaps += [*case.meeting.reader.gaps, *case.contents.gaps]
    checks = [_told(kind, done.get(kind), case is not None) for kind in CHECKS]
    sure = "overlap" in done and done["overlap"].unknown is None
    return LeaksResponse(
        root=model.found.nodes[0].id,
        verdict=_verdict(model, case, findings, checks, sure=sure),
        leaks=True if findings else False if sure else None,
        findings=findings,
        checks=checks,
        train_rows=_rows(case, case.train) if case else None,
        test_rows=_rows(case, case.test) if case else None,
        transformers=list(case.transformers) if case else [],
        complete=not gaps and all(one.result in {"none", "found"} for one in checks),
        gaps=gaps,
    )


def _case(
    store: Store,
    model: Learned,
    request: LeaksRequest,
    seq: int | None,
    without: Container[str],
) -> Case | None:
    """Gather what the checks look at; None where there are no training or test data."""
    parts, figures = measured_on(store, model, seq, without=without)
    train = [id for one in (*model.trainings, *model.bases) for id in one.data("train", slot="X")]
    test = parts["test"] or [row.data or "" for row in figures if row.data in parts["input"]]
    test = test or unnamed_tests(store, model, parts["input"], seq)
    tested = list(dict.fromkeys(id for id in test if id))
    if not train or not tested:
        return None
    graph = flow_into(store, [*train, *tested], seq)
    transformers = transformers_in(store, graph, seq, without=model.tested_as)
    fitted = [id for some in transformers.values() for one in some for id in one.data("train")]
    return Case(
        store=store,
        seq=seq,
        model=model,
        meeting=Meeting(store, [*train, *tested, *fitted], seq),
        train=train,
        test=tested,
        transformers=transformers,
        figures=figures,
        contents=Contents(store, seq, given=_given(request)),
        lines=SourceLines(store, seq),
        time=request.time,
        most_tested=request.most_tested,
    )


def _given(request: LeaksRequest) -> str | None:
    if request.data is None:
        return None
    if request.data.path is None:
        raise InvalidInput(f"There is no file '{request.data.ref}'.")
    return request.data.path


def _rows(case: Case, ids: Sequence[str]) -> int | None:
    known = [node.rows for id in ids if (node := case.meeting.nodes.get(id)) and node.rows]
    return max(known) if known else None


def _told(kind: Kind, done: Checked | None, looked: bool) -> LeakCheck:
    if done is None:
        why = None if looked else "there is no test data to compare with"
        return LeakCheck(kind=kind, result="unknown" if why else "not asked", why=why)
    if done.findings:
        return LeakCheck(kind=kind, result="found")
    return LeakCheck(kind=kind, result="unknown" if done.unknown else "none", why=done.unknown)


_SPOKEN: Mapping[Kind, str] = {
    "overlap": "test rows in the training data",
    "preprocessing": "preprocessing over test rows",
    "duplicates": "equal records on both sides",
    "multi-test": "a choice by test figures",
    "target": "the answer among the features",
    "time": "training rows later than test rows",
}


def _verdict(
    model: Learned,
    case: Case | None,
    findings: Sequence[Finding],
    checks: Sequence[LeakCheck],
    *,
    sure: bool,
) -> str:
    if findings:
        kinds = dict.fromkeys(finding.kind for finding in findings)
        said = listed((_SPOKEN[kind] for kind in kinds), 6)
        return f"{counted(len(findings), 'leak')} into {model.title}: {said}."
    if case is None:
        return f"Whether anything leaked into {model.title} cannot be said: it was not tested."
    if not sure:
        return f"Whether anything leaked into {model.title} cannot be said."
    none = listed((_SPOKEN[one.kind] for one in checks if one.result == "none"), 6)
    fits = counted(len(case.transformers), "transformer")
    before = f" or of its {fits}" if case.transformers else ""
    sentence = (
        f"No test row reached the fit of {model.title}{before}, as far as it was"
        f" observed. There was none of: {none}."
    )
    open_ = listed((_SPOKEN[one.kind] for one in checks if one.result == "unknown"), 6)
    return sentence + (f" Not known: {open_}." if open_ else "")
