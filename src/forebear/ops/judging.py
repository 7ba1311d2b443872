"""Judging: a version by every requirement of a policy, and what an override lets pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from msgspec import structs

from forebear.core.clock import now, parse_when
from forebear.core.policies import OVERRIDE, Rules
from forebear.core.rows import VersionRow
from forebear.ops.facts import Facts
from forebear.ops.policies import check_settings, settings_of, written
from forebear.ops.policy_case import Case
from forebear.ops.requirement import Outcome, Requirement, requirements, spoken
from forebear.ops.resolve import moment
from forebear.ops.standing import is_signed
from forebear.ops.table import Context

__all__ = [
    "Asked",
    "asked_by",
    "case_of",
    "judge",
    "moment_of",
    "outcomes_of",
    "short_of",
    "waived",
]


def case_of(
    context: Context,
    row: VersionRow,
    rules: Rules,
    policy: str,
    *,
    as_of: str | None = None,
    facts: Facts | None = None,
    auditing: bool = False,
) -> Case:
    """Return the case of one version under one policy; `facts` are shared by many cases."""
    seq = moment(context.store, as_of)
    return Case(
        context,
        row,
        rules,
        policy,
        settings=partial(settings_of, rules, policy, row.name),
        facts=facts or Facts(context.store, seq),
        now=moment_of(as_of),
        as_of=as_of,
        seq=seq,
        auditing=auditing,
    )


def moment_of(as_of: str | None) -> datetime:
    """Return the moment by which times run out: now, or that which is asked about."""
    present = now()
    return present if as_of is None else min(parse_when(as_of), present)


def judge(case: Case) -> list[Outcome]:
    """Judge a version by its policy; what a valid override names is waived."""
    asked = asked_by(case.rules, case.policy, settings_of(case.rules, case.policy, case.row.name))
    return waived(case, outcomes_of(case, asked))


class Asked(NamedTuple):
    """A requirement with its setting, read and as it stands in the file."""

    requirement: Requirement
    setting: Any
    words: str


def asked_by(rules: Rules, name: str, settings: Mapping[str, Any]) -> list[Asked]:
    """Return what the settings of a policy ask, which may be asked of many versions.

    Raises:
        InvalidInput: one of them is unknown or cannot be read.
    """
    check_settings(rules, name, settings)
    return [
        Asked(one, one.read(settings[key]), f"{key} = {written(settings[key])}")
        for key, one in requirements().items()
        if key in settings
    ]


def outcomes_of(case: Case, asked: Iterable[Asked]) -> list[Outcome]:
    """Judge a version by each requirement that is asked for."""
    return [
        Outcome(
            requirement=one.requirement.key,
            short=spoken(one.requirement.key),
            title=one.requirement.title,
            asked=one.words,
            **structs.asdict(one.requirement.judge(case, one.setting)),
        )
        for one in asked
    ]


def short_of(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return what stands in the way."""
    return [one for one in outcomes if not one.well]


def waived(case: Case, outcomes: list[Outcome]) -> list[Outcome]:
    """Return outcomes with what a valid override names waived."""
    named = {
        key
        for one in case.facts.latest(OVERRIDE, case.ids)
        if one.row.key == case.policy
        and one.value.of == case.row.digest
        and one.value.policy == case.policy_digest
        and one.row.until is not None
        and one.row.until > case.now
        and is_signed(case.context, case.rules.trusted, one)
        for key in one.value.waives
    }
    return [
        structs.replace(one, state="waived") if not one.well and one.requirement in named else one
        for one in outcomes
    ]
