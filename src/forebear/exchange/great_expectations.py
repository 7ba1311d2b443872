"""Great Expectations: results of validations and checkpoints, of versions 0.13 to 1.x, as JSON.

Also what a checkpoint's `describe()` says, and the result of a single expectation.

Examples of unexpected values are not taken over: they are somebody's data.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from forebear.core.foreign_quality import (
    ForeignResult,
    QualityFormat,
    Whereabouts,
    distinguished,
)
from forebear.core.quality import CheckResult, Severity

__all__ = ["QUALITY"]

_TOOL: Final = "great_expectations"
_SEVERITIES: Final[dict[str, Severity]] = {"critical": "error", "warning": "warn", "info": "info"}
_POSITIONS: Final = 10
_BOUNDS: Final = ("min_value", "max_value", "value_set", "regex", "type_", "mostly", "value")


def _recognises(data: Any) -> bool:
    return any(True for _ in _validations(data))


def _validations(data: Any) -> Iterator[dict[str, Any]]:
    """Yield the results of single validations: one, or those inside a checkpoint's."""
    if not isinstance(data, dict):
        return
    results = data.get("results")
    if isinstance(results, list) and "success" in data:
        if all(isinstance(one, dict) and "expectation_config" in one for one in results):
            yield data
        return
    if "success" in data and isinstance(data.get("expectation_config"), dict):
        yield {"results": [data]}
    described = data.get("validation_results")
    for one in described if isinstance(described, list) else ():
        if isinstance(one, dict) and isinstance(one.get("expectations"), list):
            told = any(each.get("result") for each in one["expectations"])
            yield {"results": [_undescribed(each, told) for each in one["expectations"]]}
    inside = data.get("run_results")
    for one in inside.values() if isinstance(inside, dict) else ():
        # Before 1.0 the result lay one level deeper.
        yield from _validations(one.get("validation_result", one) if isinstance(one, dict) else one)


def _undescribed(one: dict[str, Any], told: bool) -> dict[str, Any]:
    """Return an expectation of `describe()` as results have it; `told` says that others tell more.

    It leaves out what was raised: where others tell what they saw, what saw nothing was not done.
    """
    config = {name: one.get(name) for name in ("expectation_type", "kwargs", "severity")}
    undone = told and not one["success"] and not one.get("result")
    return {**one, "expectation_config": config, "exception_info": {"raised_exception": undone}}


def _read(data: Any, _: Any) -> list[ForeignResult]:
    found = []
    for validation in _validations(data):
        meta = validation.get("meta") or {}
        at = _at(data, meta)
        suite = validation.get("suite_name") or meta.get("expectation_suite_name") or ""
        for one in validation["results"]:
            result, about = _result(one, str(suite)), _about(meta or _meta_of(one))
            key = ":".join([_TOOL, result.check, *([result.column] if result.column else [])])
            found.append(ForeignResult(key=key, result=result, about=about, at=at))
    return distinguished(found)


def _result(one: dict[str, Any], suite: str) -> CheckResult:
    config = one["expectation_config"]
    kind = str(config.get("type") or config.get("expectation_type"))
    kwargs = config.get("kwargs") or {}
    details = one.get("result") or {}
    raised = _raised(one.get("exception_info") or {})
    count, total = details.get("unexpected_count"), details.get("element_count")
    observed = details.get("observed_value")
    plain = isinstance(observed, int | float | str | bool)
    if raised:
        message = f"it could not be done: {raised}"
    elif isinstance(count, int) and isinstance(total, int):
        message = f"unexpected: {count:,} of {total:,} values"
    else:
        message = (
            f"observed {observed}"
            if plain
            else ("as expected" if one["success"] else "not as expected")
        )
    places = details.get("partial_unexpected_index_list") or []
    return CheckResult(
        check=kind,
        status="error" if raised else "passed" if one["success"] else "failed",
        severity=_SEVERITIES.get(str(config.get("severity")), "error"),
        column=kwargs.get("column"),
        message=message,
        measured=observed if plain else None,
        expected={name: kwargs[name] for name in _BOUNDS if kwargs.get(name) is not None} or None,
        suite=suite,
        offending=count if isinstance(count, int) else None,
        positions=[place for place in places if type(place) is int][:_POSITIONS],
        tool=_TOOL,
    )


def _raised(info: dict[str, Any]) -> str | None:
    """Return what went wrong: of the expectation, or of one of the metrics below it."""
    for one in (info, *(inner for inner in info.values() if isinstance(inner, dict))):
        if one.get("raised_exception"):
            return str(one.get("exception_message") or "no reason said").splitlines()[0]
    return None


def _meta_of(one: dict[str, Any]) -> dict[str, Any]:
    """Return what a result without the facts of its validation tells of the data.

    A batch is called `SOURCE-ASSET`, and what follows for a part of it.
    """
    kwargs = one["expectation_config"].get("kwargs") or {}
    _, _, asset = str(kwargs.get("batch_id") or "").partition("-")
    return {"batch_spec": {"data_asset_name": asset}} if asset else {}


def _about(meta: dict[str, Any]) -> Whereabouts:
    spec = meta.get("batch_spec") or meta.get("batch_kwargs") or {}
    active = meta.get("active_batch_definition") or {}
    asset = active.get("data_asset_name") or spec.get("data_asset_name")
    options = spec.get("reader_options") or {}
    place = spec.get("path") or options.get("path") or options.get("filepath_or_buffer")
    table = spec.get("table_name") or spec.get("table")
    schema = spec.get("schema_name")
    return Whereabouts(
        place=str(place) if place else None,
        name=str(asset) if asset else None,
        table=f"{schema}.{table}" if table and schema else table,
    )


def _at(data: dict[str, Any], meta: dict[str, Any]) -> datetime | None:
    run = data.get("run_id") or meta.get("run_id")
    said = run.get("run_time") if isinstance(run, dict) else meta.get("validation_time")
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return found if found.tzinfo else None


QUALITY: Final = QualityFormat(name="Great Expectations", recognises=_recognises, read=_read)
