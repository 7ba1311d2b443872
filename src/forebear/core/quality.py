"""What is said of the quality of data: results of checks, incidents, and suites of checks.

Values of rows are never part of it: a result tells how many rows offend and where they lie,
so that nobody's data is copied into a ledger that forgets nothing.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec import Struct

from forebear.core.statements import Topic

__all__ = [
    "CHECK",
    "INCIDENT",
    "SEVERITIES",
    "SUITE",
    "CheckResult",
    "CheckStatus",
    "Incident",
    "Severity",
    "SuiteInForce",
]

CheckStatus = Literal["passed", "failed", "skipped", "error"]
Severity = Literal["info", "warn", "error"]
SEVERITIES: Final[tuple[Severity, ...]] = ("info", "warn", "error")
"""From the mildest on."""


class CheckResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one check found on one version of data; stated about its artifact, under the check's id.

    `failed` means that the data is not as it should be, `error` that nobody can tell, because
    the check itself could not be done; `skipped` that there was nothing to be checked.
    """

    check: str
    """The kind of check, such as `range`, or how another tool calls it."""
    status: CheckStatus
    severity: Severity = "error"
    column: str | None = None
    message: str = ""
    measured: Any = None
    expected: Any = None
    suite: str = ""
    """The suite that the check is part of."""
    offending: int | None = None
    """How many rows (or other things that the check counts) are not as they should be."""
    positions: list[int] = []
    """The first few offending rows, by their place in the data, from 0 on."""
    tool: str = "forebear"
    """Who did the check: forebear, great_expectations, pandera, dbt."""


class Incident(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something wrong with data that somebody has to see to.

    Stated about the data's name (or the artifact, if it has none) under the id of the check, so
    that there is never more than one open at a time for the same thing, whoever else checks.
    """

    status: Literal["open", "closed"]
    severity: Severity
    title: str
    check: str | None = None
    artifact: str | None = None
    """The version on which it was noticed, or by which it was closed."""


class SuiteInForce(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The checks that hold for data; the packet of the statement is the suite's text."""

    digest: str
    checks: int
    source: str | None = None
    """The file it came from, or the version that it was inferred from."""


CHECK: Final = Topic("check", CheckResult)
INCIDENT: Final = Topic("incident", Incident)
SUITE: Final = Topic("suite", SuiteInForce)
