"""Doing checks: what a stored profile tells is not scanned for, and the rest in one scan."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from msgspec import Struct

from forebear.core.checking import Check, Outcome, Shape, Stat, skipped, unable
from forebear.core.quality import CheckResult
from forebear.core.suggesting import Seen, known_of
from forebear.engines.checking import CannotTell, Scan

__all__ = ["Done", "do_checks", "judge_seen"]

POSITIONS: Final = 10
"""So many offending rows are told of each check."""


class Done(Struct, frozen=True, kw_only=True):
    """A check with what it found."""

    check: Check
    result: CheckResult


def do_checks(
    checks: Sequence[Check],
    scan: Scan,
    suite: str,
    *,
    made: float | None = None,
    rows_before: int | None = None,
    missing: Callable[[str], str | None] = lambda _: None,
) -> list[Done]:
    """Do all checks on one file and return what they found, in their order.

    `missing` says of another table why it is not there.
    """

    def shape() -> Shape:
        return Shape(columns=scan.columns, made=made, now=time.time(), rows_before=rows_before)

    def able(check: Check) -> bool:
        return not _lacking(check, shape()) and not (check.another and missing(check.another))

    doing = [check for check in checks if able(check)]
    counted, *answers = scan.answers(
        shape,
        lambda seen: [
            ([Stat("rows")], None),
            *((check.asks(seen), check.another) for check in doing),
        ],
    )
    assert isinstance(counted, list)
    seen, rows = shape(), int(counted[0])
    answered = dict(zip((check.name for check in doing), answers, strict=True))
    outcomes = [
        (check, _outcome(check, answered.get(check.name), seen, rows, missing)) for check in checks
    ]
    return _placed(outcomes, scan, seen, suite)


def judge_seen(checks: Sequence[Check], seen: Seen, suite: str) -> list[Done]:
    """Judge by a profile what it tells; checks that need the rows are skipped, and say so."""
    done = []
    for check in checks:
        outcome = known_of(check, seen) or skipped("it needs the rows, and they are not at hand")
        done.append(Done(check=check, result=_result(check, outcome, [], suite)))
    return done


def _outcome(
    check: Check,
    found: list[Any] | CannotTell | None,
    shape: Shape,
    rows: int,
    missing: Callable[[str], str | None],
) -> Outcome:
    lacking = _lacking(check, shape)
    if lacking:
        near = difflib.get_close_matches(lacking[0], shape.columns, n=1, cutoff=0.7)
        hint = f"; there is one called {near[0]}" if near else ""
        return Outcome(status="failed", message=f"there is no column {lacking[0]}{hint}")
    if found is None:
        return unable(missing(check.another or "") or "the other table is not there")
    if isinstance(found, CannotTell):
        return unable(f"it cannot be done: {found.why}")
    if rows == 0 and not check.on_empty:
        return skipped("there are no rows")
    return check.judge(found, shape)


def _lacking(check: Check, shape: Shape) -> list[str]:
    return [name for name in check.involved() if name not in shape.columns]


def _placed(
    outcomes: Sequence[tuple[Check, Outcome]], scan: Scan, shape: Shape, suite: str
) -> list[Done]:
    """Add to failures where the offending rows are."""
    wanted = {
        check.name: (condition, check.another)
        for check, outcome in outcomes
        if outcome.status == "failed" and outcome.offending
        and (condition := check.offenders(shape)) is not None
    }  # fmt: skip
    found = scan.places(list(wanted.values()), POSITIONS) if wanted else []
    places = dict(zip(wanted, found, strict=True))
    return [
        Done(check=check, result=_result(check, outcome, places.get(check.name, []), suite))
        for check, outcome in outcomes
    ]


def _result(check: Check, outcome: Outcome, places: list[int], suite: str) -> CheckResult:
    involved = check.involved()
    return CheckResult(
        check=check.kind,
        status=outcome.status,
        severity=check.severity,
        column=involved[0] if len(involved) == 1 else None,
        message=outcome.message,
        measured=outcome.measured,
        expected=outcome.expected,
        suite=suite,
        offending=outcome.offending,
        positions=places,
    )
