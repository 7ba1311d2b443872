"""What a version is, fact by fact, for people who read an audit: each with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from forebear.analysis.verdict import called, counted, listed
from forebear.core.catalog import DESCRIPTION, OWNER
from forebear.core.digest import short
from forebear.core.policies import APPROVAL, PROMOTION, key_of
from forebear.core.validation import Estimate
from forebear.ops.kpis import kpis_of
from forebear.ops.policy_case import Case
from forebear.ops.requirement import Evidence

__all__ = ["Fact", "facts_about"]


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is known of a version; with no value it is not recorded."""

    label: str
    value: str | None
    evidence: list[Evidence] = []


def facts_about(case: Case) -> list[Fact]:
    """Return what a version is: what for, whose, made how, used where, how good, worth what."""
    return [
        _version(case),
        _description(case),
        _owner(case),
        _made(case),
        _trained(case),
        _stage(case),
        _approved(case),
        _serves(case),
        *_figures(case),
        _worth(case),
    ]


def _version(case: Case) -> Fact:
    row = case.row
    words = f"{case.title}, content {short(row.digest)}, named on {row.created:%Y-%m-%d}"
    shown = Evidence(command=f"forebear show {case.ref}", words=words, seq=row.seq)
    return Fact(label="Version", value=words, evidence=[shown])


def _description(case: Case) -> Fact:
    said = case.facts.latest(DESCRIPTION, case.everything)
    shown = [_evidence(case, "described", one.row.seq) for one in said[-1:]]
    return Fact(label="What it is", value=said[-1].value.text if said else None, evidence=shown)


def _owner(case: Case) -> Fact:
    said = case.facts.latest(OWNER, case.everything)
    shown = [_evidence(case, one.value.role, one.row.seq) for one in said]
    names = listed(f"{one.value.who} ({one.value.role})" for one in said)
    return Fact(label="Who answers for it", value=names or None, evidence=shown)


def _made(case: Case) -> Fact:
    if not case.runs:
        return Fact(label="How it was made", value=None)
    told = listed(
        f"{row.name} by {row.attrs.get('by', 'somebody unknown')} on {row.started:%Y-%m-%d}"
        for row in case.runs
    )
    shown = [
        Evidence(command=f"forebear show run:{row.id}", words=row.name, seq=row.seq)
        for row in case.runs
    ]
    return Fact(label="How it was made", value=told, evidence=shown)


def _trained(case: Case) -> Fact:
    if case.unnamed:
        titles = listed((called(node) for node in case.unnamed), 6)
        trace = Evidence(command=f"forebear trace {case.ref}", words=titles)
        return Fact(label="Trained on", value=f"{titles}, without a name", evidence=[trace])
    told = listed((f"{row.name}:{row.version}" for row in case.data), 6)
    shown = [
        Evidence(
            command=f"forebear show data:{row.name}:{row.version}",
            words=f"data:{row.name}:{row.version}",
            seq=row.seq,
        )
        for row in case.data
    ]
    return Fact(label="Trained on", value=told or None, evidence=shown)


def _stage(case: Case) -> Fact:
    moves = [
        one
        for one in case.facts.history(PROMOTION, [case.row.artifact])
        if one.row.key == key_of(case.row.name, case.stage)
    ]
    if moves:
        row = moves[0].row
        why = f": {row.why}" if row.why else ""
        value = f"{case.stage} since {row.at:%Y-%m-%d}, by {row.by}{why}"
        return Fact(
            label="Stage", value=value, evidence=[_evidence(case, moves[0].value.move, row.seq)]
        )
    pointed = [
        row
        for row in case.store.alias_history("model", case.row.name, case.seq)
        if row.alias == case.stage and row.version == case.row.version
    ]
    shown = [_evidence(case, f"@{row.alias}", row.seq) for row in pointed[:1]]
    shown = shown or [_evidence(case, f"the whole life of {case.row.name}", None)]
    by_hand = ", by an alias that was moved by hand" if pointed else ""
    return Fact(label="Stage", value=f"{case.stage}{by_hand}", evidence=shown)


def _approved(case: Case) -> Fact:
    said = case.facts.history(APPROVAL, case.ids)
    told = listed((f"{one.value.decision} for {one.row.key} by {one.row.by}" for one in said), 6)
    shown = [_evidence(case, one.value.decision, one.row.seq) for one in said]
    return Fact(label="Approvals", value=told or None, evidence=shown)


def _serves(case: Case) -> Fact:
    rows = case.deployments
    told = listed(f"{row.name} since {row.started:%Y-%m-%d}" for row in rows)
    shown = [
        Evidence(command=f"forebear show run:{row.id}", words=row.name, seq=row.seq) for row in rows
    ]
    return Fact(label="Where it runs", value=told or None, evidence=shown)


def _figures(case: Case) -> Iterator[Fact]:
    for said in case.validations[:3]:
        value = said.value
        main = value.metrics.get(value.main)
        told = f"{_estimate(value.main, main)} on {counted(value.rows, 'row')}" if main else None
        if told and value.weight:
            told += f" weighted by {value.weight}"
        if told and (others := len(value.metrics) - 1):
            told += f"; {counted(others, 'other figure')}"
        label = f"Validated on {value.data_title or short(value.data)}"
        yield Fact(label=label, value=told, evidence=[_evidence(case, "validated", said.row.seq)])
    if not case.validations:
        yield Fact(label="Validated", value=None)
        rows = case.store.metrics(models=case.ids, seq=case.seq)
        last = {(row.metric.key, row.split): row for row in rows}
        told = listed(
            (
                f"{key} {_number(row.metric.value)}" + (f" ({split})" if split else "")
                for (key, split), row in last.items()
            ),
            6,
        )
        shown = [_evidence(case, row.metric.key, row.seq) for row in last.values()]
        yield Fact(label="Figures of its training program", value=told or None, evidence=shown[:6])


def _worth(case: Case) -> Fact:
    kpis = kpis_of(case.facts, case.ids)
    told = listed(
        (f"{one.key} {_number(one.value)}" + (f" {one.unit}" if one.unit else "") for one in kpis),
        6,
    )
    shown = [
        Evidence(command=f"forebear kpi {case.ref}", words=one.source or one.key, seq=one.seq)
        for one in kpis
    ]
    return Fact(label="What it is worth", value=told or None, evidence=shown)


def _evidence(case: Case, words: str, seq: int | None) -> Evidence:
    return Evidence(command=f"forebear history {case.row.name} --all", words=words, seq=seq)


def _estimate(key: str, one: Estimate) -> str:
    if one.value is None:
        return f"{key} not defined"
    interval = f" ({_number(one.low)} to {_number(one.high)})" if one.low is not None else ""
    return f"{key} {_number(one.value)}{interval}"


def _number(value: float | str | None) -> str:
    return f"{value:.3g}" if isinstance(value, float | int) else str(value)
