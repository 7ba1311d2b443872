"""Soda: what a scan found, as `soda scan --scan-results-file` and `get_scan_results()` write it.

Samples of failed rows, schemas and logs in it are not taken over.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from forebear.core.foreign_quality import (
    ForeignResult,
    QualityFormat,
    Whereabouts,
    distinguished,
)
from forebear.core.quality import CheckResult, CheckStatus

__all__ = ["QUALITY"]

_TOOL: Final = "soda"
_STATUSES: Final[dict[str | None, CheckStatus]] = {
    "pass": "passed",
    "warn": "failed",
    "fail": "failed",
    None: "error",
}


def _recognises(data: Any) -> bool:
    return (
        isinstance(data, dict)
        and {"checks", "metrics", "scanStartTimestamp"} <= data.keys()
        and isinstance(data["checks"], list)
    )


def _read(data: Any, _: Any) -> list[ForeignResult]:
    at = _at(data["scanStartTimestamp"])
    return distinguished([_check(one, at) for one in data["checks"]])


def _check(one: dict[str, Any], at: datetime | None) -> ForeignResult:
    name, outcome, table = str(one["name"]), one["outcome"], one.get("table")
    value = (one.get("diagnostics") or {}).get("value")
    counted = isinstance(value, int | float) and not isinstance(value, bool)
    if outcome is None:
        message = "it could not be done"
    else:
        word = "passes" if outcome == "pass" else "fails"
        message = f"measured {value:,g}" if counted else f"it {word} {name}"
    result = CheckResult(
        check=name,
        status=_STATUSES.get(outcome, "error"),
        severity="warn" if outcome == "warn" else "error",
        column=one.get("column"),
        message=message,
        measured=value if counted else None,
        tool=_TOOL,
    )
    about = Whereabouts(table=str(table)) if table else Whereabouts()
    return ForeignResult(key=f"{_TOOL}:{name}", result=result, about=about, at=at)


def _at(said: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return found if found.tzinfo else None


QUALITY: Final = QualityFormat(name="Soda", recognises=_recognises, read=_read)
