"""approvals: so many people other than the author have approved it, under this very policy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from msgspec import Struct, structs

from forebear.analysis.verdict import counted, listed
from forebear.core.commitments import is_commitment
from forebear.core.durations import parse_duration, spoken
from forebear.core.errors import InvalidInput
from forebear.core.policies import APPROVAL, Approval
from forebear.core.statements import Said
from forebear.ops.policy_case import Case
from forebear.ops.requirement import (
    Action,
    Evidence,
    Judged,
    Requirement,
    failed,
    not_applicable,
    passed,
)
from forebear.ops.requirements._settings import read_texts, table

__all__ = ["REQUIREMENT"]


class _Asked(Struct, frozen=True):
    people: int
    last: timedelta | None = None
    by: list[str] | None = None


def _read(value: Any) -> _Asked:
    said = value if isinstance(value, dict) else {"people": value}
    table(said, ["people", "last", "by"])
    people = said.get("people", 1)
    if isinstance(people, bool) or not isinstance(people, int) or people < 0:
        raise InvalidInput("it is a number of people.")
    last = parse_duration(said["last"]) if "last" in said else None
    return _Asked(people, last, read_texts(said["by"]) if "by" in said else None)


def _judge(case: Case, asked: _Asked) -> Judged:
    in_use = case.stage == case.rules.held[-1] if case.rules.held else False
    if asked.people == 0:
        return not_applicable("Nobody has to approve it.")
    if case.auditing and not in_use and not case.deployments:
        told = "Nobody has to approve it before it is in use."
        short = asked.people - sum(_why_not(case, one, asked) is None for one in _last_words(case))
        ways = [[_to_do(case, asked, short)]] if short > 0 else []
        return Judged(state="not applicable", words=told, ways=ways)
    words = _last_words(case)
    against = [one for one in words if one.value.decision == "rejected" and _same(case, one)]
    if against:
        row = against[0].row
        why = f": {row.why}" if row.why else ""
        return failed(
            f"{row.by} rejected it{why}.",
            *(_shown(case, one) for one in against),
            ways=[
                [
                    Action(
                        command=f"forebear approve {case.ref} --for {case.policy}",
                        words=f"by {row.by}, who rejected it, when what was wrong is mended",
                    )
                ]
            ],
        )
    counting, reasons = [], dict[str, str]()
    for one in words:
        reason = _why_not(case, one, asked)
        if reason is None:
            counting.append(one)
        else:
            reasons[str(one.row.by)] = reason
    shown = [_shown(case, one) for one in counting]
    if len(counting) >= asked.people:
        return passed(f"Approved by {listed(str(one.row.by) for one in counting)}.", *shown)
    missing = asked.people - len(counting)
    told = f"Approved by {len(counting)} of the {counted(asked.people, 'person')} it takes"
    told = told.replace("persons", "people")
    because = "".join(f"; {who}'s does not count: {why}" for who, why in reasons.items())
    command = f"forebear history {case.row.name} --all"
    shown = [_shown(case, one) for one in words] or [
        Evidence(command=command, words=f"the whole life of {case.row.name}")
    ]
    did = [str(one.row.by) for one in counting]
    return failed(f"{told}{because}.", *shown, ways=[[_to_do(case, asked, missing, did)]])


def _last_words(case: Case) -> list[Said[Approval]]:
    """Return each person's last word under this policy's name."""
    last: dict[str | None, Said[Approval]] = {}
    for one in case.facts.history(APPROVAL, case.ids):
        if one.row.key == case.policy:
            last.setdefault(one.row.by, one)
    return list(last.values())


def _same(case: Case, said: Said[Approval]) -> bool:
    return said.value.of == case.row.digest and said.value.policy == case.policy_digest


def _why_not(case: Case, said: Said[Approval], asked: _Asked) -> str | None:
    row, value = said.row, said.value
    if row.by in case.authors:
        return "the author cannot approve"
    if asked.by is not None and row.by not in asked.by:
        return f"it takes {listed(asked.by)}"
    if value.of != case.row.digest:
        return "it is for other content"
    if value.policy != case.policy_digest:
        return "the policy has changed since"
    if row.until is not None and row.until <= case.now:
        return f"it ran out on {row.until:%Y-%m-%d}"
    if asked.last is not None and row.at + asked.last <= case.now:
        return f"it is older than {spoken(asked.last)}"
    return None


def _to_do(case: Case, asked: _Asked, missing: int, did: Sequence[str] = ()) -> Action:
    who = f"one of {listed(asked.by)}" if asked.by else "somebody"
    not_they = listed(x for x in [*case.authors, *did] if not is_commitment(x)) or "the author"
    words = f"by {who} other than {not_they}"
    if missing > 1:
        words = words.replace("somebody", f"{missing} people")
    return Action(
        command=f"forebear approve {case.ref} --for {case.policy}", words=words, times=missing
    )


def _shown(case: Case, said: Said[Approval]) -> Evidence:
    return Evidence(
        command=f"forebear history {case.row.name} --all",
        words=f"{said.value.decision} by {said.row.by} on {said.row.at:%Y-%m-%d}",
        seq=said.row.seq,
    )


def _again(case: Case, asked: _Asked) -> list[Action]:
    one = _to_do(case, asked, asked.people)
    return [structs.replace(one, command=f"forebear approve {case.next_ref} --for {case.policy}")]


REQUIREMENT: Final = Requirement(
    key="approvals",
    title="Approved by other people",
    example='approvals = 2, or approvals = { people = 2, last = "90 days", by = ["ada", "grace"] }',
    read=_read,
    judge=_judge,
    again=_again,
    audit=1,
    weight=10,
    why="four eyes see more than two; asked of what is in the last stage or in use",
)
