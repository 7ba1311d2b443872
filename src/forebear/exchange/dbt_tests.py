"""dbt: results of tests in `run_results.json`; `manifest.json` says what they are about.

Unit tests are left out: they are of rows that somebody made up, and say nothing of data.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

from forebear.core.checking import rows_of
from forebear.core.foreign_quality import (
    ForeignResult,
    QualityFormat,
    Whereabouts,
    distinguished,
)
from forebear.core.quality import CheckResult, CheckStatus, Severity

__all__ = ["QUALITY"]

_TOOL: Final = "dbt"
_STATUSES: Final[dict[str, CheckStatus]] = {
    "pass": "passed",
    "fail": "failed",
    "warn": "failed",
    "error": "error",
    "skipped": "skipped",
    "runtime error": "error",
}
_QUOTES: Final = re.compile(r"[`\"\[\]]")


def _recognises(data: Any) -> bool:
    if not isinstance(data, dict) or not isinstance(data.get("results"), list):
        return False
    version = str((data.get("metadata") or {}).get("dbt_schema_version", ""))
    return "run-results" in version


def _read(data: Any, manifest: Any) -> list[ForeignResult]:
    nodes: dict[str, Any] = {}
    if isinstance(manifest, dict):
        nodes = {**(manifest.get("sources") or {}), **(manifest.get("nodes") or {})}
    at = _at(data.get("metadata") or {})
    found = []
    for one in data["results"]:
        id = str(one.get("unique_id", ""))
        if id.startswith("test."):
            found.append(_test(one, id, nodes, at))
    return distinguished(found)


def _test(
    one: dict[str, Any], id: str, nodes: dict[str, Any], at: datetime | None
) -> ForeignResult:
    node = nodes.get(id) or {}
    metadata = node.get("test_metadata") or {}
    kind = metadata.get("name") or node.get("name") or id.split(".")[2]
    column = node.get("column_name") or (metadata.get("kwargs") or {}).get("column_name")
    status = str(one.get("status"))
    severity: Severity = "warn" if status == "warn" else _severity(node)
    failures = one.get("failures")
    counted = isinstance(failures, int)
    message = f"it fails in {rows_of(failures)}" if counted and failures else one.get("message")
    result = CheckResult(
        check=str(kind),
        status=_STATUSES.get(status, "error"),
        severity=severity,
        column=str(column) if column else None,
        message=str(message or status).splitlines()[0],
        suite=str(node.get("package_name") or id.split(".")[1]),
        offending=failures if counted else None,
        tool=_TOOL,
    )
    return ForeignResult(key=f"{_TOOL}:{id}", result=result, about=_about(node, nodes), at=at)


def _severity(node: dict[str, Any]) -> Severity:
    said = str((node.get("config") or {}).get("severity", "error")).lower()
    return "warn" if said == "warn" else "error"


def _about(node: dict[str, Any], nodes: dict[str, Any]) -> Whereabouts:
    """Return the model, seed or source that a test is of: the one it is attached to."""
    depends = (node.get("depends_on") or {}).get("nodes") or []
    attached = node.get("attached_node") or next(iter(depends), None)
    target = nodes.get(attached or "")
    if target is None:
        return Whereabouts(name=attached.split(".")[-1] if attached else None)
    relation = target.get("relation_name")
    return Whereabouts(
        name=str(target.get("name")),
        table=_QUOTES.sub("", relation) if relation else None,
    )


def _at(metadata: dict[str, Any]) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(metadata.get("generated_at")))
    except ValueError:
        return None
    return found if found.tzinfo else None


QUALITY: Final = QualityFormat(
    name="dbt tests", recognises=_recognises, read=_read, second="manifest.json"
)
