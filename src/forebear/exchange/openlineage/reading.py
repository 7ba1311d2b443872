"""Reading events of OpenLineage, of all versions of its specification.

What is an event is taken, whatever is wrong inside it: a facet of another form is kept as it came,
and said. What is no event at all is refused with a sentence.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from forebear.core import redaction
from forebear.core.digest import of_bytes
from forebear.core.errors import InvalidInput
from forebear.exchange.openlineage import facets
from forebear.exchange.openlineage.naming import DatasetKey, JobKey, dataset_key, run_uuid

__all__ = ["Dataset", "Told", "heard", "tell"]

State = Literal["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]
TERMINAL: Final = ("COMPLETE", "ABORT", "FAIL")
"""From the best news to the worst: of two at one moment the worse one holds."""
_STATES: Final = ("START", "RUNNING", *TERMINAL, "OTHER")
_LONGEST: Final = 4000
_DEEPEST: Final = 100
_MOST: Final = 5_000
"""Data sets in one event: each is a handful of facts, which whoever asks next would wait for."""
_AIRFLOW: Final = "/apache/airflow/"
"""In the address by which Airflow calls itself a producer."""
_ZONE: Final = re.compile(r"\[[^\]]*\]$")
_encoder: Final = msgspec.json.Encoder(order="sorted")


class Dataset(Struct, frozen=True, kw_only=True):
    """A data set as one event speaks of it; `facets` are all, those of its use too."""

    key: DatasetKey
    facets: dict[str, Any]
    use: dict[str, Any] = {}
    """The facets of its use alone."""


class Told(Struct, frozen=True, kw_only=True):
    """What one event tells, without secrets."""

    digest: str
    """Of the whole event, without secrets, in canonical form."""
    at: datetime
    kind: Literal["run", "job", "dataset"]
    state: State | None = None
    run: str | None = None
    job: JobKey | None = None
    run_facets: dict[str, Any] = {}
    job_facets: dict[str, Any] = {}
    inputs: list[Dataset] = []
    outputs: list[Dataset] = []
    dataset: Dataset | None = None
    problems: list[str] = []
    """What in it has another form than its schema, in sentences."""

    @property
    def order(self) -> tuple[datetime, int, str]:
        """By which events of one thing are ordered, whenever they arrive."""
        rank = TERMINAL.index(self.state) + 1 if self.state in TERMINAL else 0
        return self.at, rank, self.digest


def heard(raw: Any) -> tuple[Told, dict[str, Any]]:
    """Return what an event tells, and the event without its secrets.

    Raises:
        InvalidInput: this is no event of OpenLineage.
    """
    if not isinstance(raw, dict):
        raise InvalidInput(
            f"An event of OpenLineage is a JSON object, and this is {_called(raw)}.",
            hint="Send one event to /api/v1/lineage, or a list to /api/v1/lineage/batch.",
        )
    if _depth(raw) > _DEEPEST:
        raise InvalidInput(f"The event is nested more than {_DEEPEST} levels deep.")
    if (named := _named(raw)) > _MOST:
        raise InvalidInput(
            f"The event names {named:,} data sets, and the most are {_MOST:,}.",
            hint="Send them in several events of the same run: they add up.",
        )
    clean = _clean(raw)
    return tell(clean), clean


def tell(event: dict[str, Any]) -> Told:
    """Return what an event tells that holds no secrets.

    Raises:
        InvalidInput: this is no event of OpenLineage.
    """
    problems: list[str] = []
    common: dict[str, Any] = {
        "digest": of_bytes(_encoder.encode(event)),
        "at": _moment(event.get("eventTime")),
    }
    if "run" in event:
        job, job_facets = _job(event.get("job"), problems)
        run = event["run"]
        if not isinstance(run, dict) or not _is_text(run.get("runId")):
            raise InvalidInput("The event has a `run` without a `runId`.")
        told = Told(
            **common,
            kind="run",
            state=_state(event.get("eventType"), problems),
            run=run_uuid(run["runId"]),
            job=job,
            run_facets=_facets(run.get("facets"), "run", problems),
            job_facets=job_facets,
            inputs=_datasets(event, "inputs", "inputFacets", problems),
            outputs=_datasets(event, "outputs", "outputFacets", problems),
            problems=problems,
        )
    elif "job" in event:
        job, job_facets = _job(event["job"], problems)
        told = Told(
            **common,
            kind="job",
            job=job,
            job_facets=job_facets,
            inputs=_datasets(event, "inputs", "inputFacets", problems),
            outputs=_datasets(event, "outputs", "outputFacets", problems),
            problems=problems,
        )
    elif "dataset" in event:
        dataset = _dataset(event, event["dataset"], "", problems)
        if dataset is None:
            raise InvalidInput("The event has a `dataset` without a `namespace` and a `name`.")
        told = Told(**common, kind="dataset", dataset=dataset, problems=problems)
    else:
        raise InvalidInput(
            "This is no event of OpenLineage: it has no `run`, no `job` and no `dataset`.",
            hint="A RunEvent has `eventTime`, `run` and `job`; see https://openlineage.io/spec.",
        )
    return told


def _moment(said: Any) -> datetime:
    try:
        found = datetime.fromisoformat(_ZONE.sub("", said))
        moment = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        shown = "none" if said is None else f"{str(said)[:60]!r}"
        raise InvalidInput(
            f"An event needs an `eventTime`, and {shown} is no point in time.",
            hint="Write it as 2026-03-01T12:00:00Z.",
        ) from None
    if moment.year < 1970:
        raise InvalidInput(f"The `eventTime` {str(said)[:60]!r} lies before 1970.")
    return moment


def _state(said: Any, problems: list[str]) -> State | None:
    if said is None:
        return None
    word = str(said).upper()
    if word not in _STATES:
        problems.append(f"The event type {str(said)[:60]!r} is none of OpenLineage's.")
        return None
    return word  # type: ignore[return-value]


def _job(said: Any, problems: list[str]) -> tuple[JobKey, dict[str, Any]]:
    if not isinstance(said, dict) or not _is_named(said):
        raise InvalidInput(
            "The event has no `job` with a `namespace` and a `name`.",
            hint=f"Both are texts of 1 to {_LONGEST} characters.",
        )
    return JobKey(said["namespace"], said["name"]), _facets(said.get("facets"), "job", problems)


def _datasets(event: Any, side: str, use: str, problems: list[str]) -> list[Dataset]:
    said = event.get(side)
    if said is None:
        return []
    if not isinstance(said, list):
        problems.append(f"`{side}` is {_called(said)} and no list; it was kept as it came.")
        return []
    found = (_dataset(event, one, use, problems) for one in said)
    return [one for one in found if one is not None]


def _dataset(event: Any, said: Any, use: str, problems: list[str]) -> Dataset | None:
    """Return a data set that an event speaks of; `use` names the facets of its use, if any."""
    if not isinstance(said, dict) or not _is_text(said.get("name")) or not _is_place(said):
        problems.append("A data set without `namespace` and `name` was kept as it came.")
        return None
    key = _key(said["namespace"], said["name"], str(event.get("producer")))
    if not key.namespace.strip("/ "):
        problems.append(f"The data set {key.name[:200]} has no namespace; its name alone tells it.")
    own = _facets(said.get("facets"), f"data set {key.name}", problems, static=not use)
    more = _facets(said.get(use), f"data set {key.name}", problems) if use else {}
    return Dataset(key=key, facets=own | more, use=more)


def _key(namespace: str, name: str, producer: str) -> DatasetKey:
    if _AIRFLOW in producer and namespace in ("", "file") and not name.startswith("/"):
        # A path in Airflow's object storage comes without the slash that it begins with.
        return DatasetKey("file", f"/{name}")
    return dataset_key(namespace, name)


def _facets(said: Any, whose: str, problems: list[str], *, static: bool = False) -> dict[str, Any]:
    if said is None:
        return {}
    if not isinstance(said, dict):
        problems.append(f"The facets of the {whose} are {_called(said)}; kept as they came.")
        return {}
    problems += [
        f"The facet {name[:60]} of the {whose[:200]} has another form than its schema;"
        " it was kept as it came."
        for name in facets.malformed(said, static=static)
    ]
    return said


def _is_named(said: dict[str, Any]) -> bool:
    return _is_text(said.get("namespace")) and _is_text(said.get("name"))


def _is_place(said: dict[str, Any]) -> bool:
    return said.get("namespace") == "" or _is_text(said.get("namespace"))


def _is_text(said: Any) -> bool:
    return isinstance(said, str) and 0 < len(said.strip()) <= _LONGEST and "\0" not in said


def _called(said: Any) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(said), "a number" if isinstance(said, int | float) else "an object")


def _named(raw: dict[str, Any]) -> int:
    """Return how many data sets an event names in its lists and its explicit lineage."""
    told: Any = raw
    for part in ("job", "facets", "lineage"):
        told = told.get(part) if isinstance(told, dict) else None
    entries = told.get("entries") if isinstance(told, dict) else None
    lists = (raw.get("inputs"), raw.get("outputs"), entries)
    return sum(len(one) for one in lists if isinstance(one, list))


def _depth(value: Any) -> int:
    deepest, pending = 0, [(value, 1)]
    while pending:
        one, depth = pending.pop()
        deepest = max(deepest, depth)
        inside = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        pending += [(part, depth + 1) for part in inside]
    return deepest


def _clean(raw: dict[str, Any]) -> dict[str, Any]:
    """Return an event without secrets; the names of settings say which values are secret."""
    clean: dict[str, Any] = redaction.mapping(raw).value
    run = clean.get("run")
    given = run.get("facets") if isinstance(run, dict) else None
    for facet, many, name in (
        ("environmentVariables", "environmentVariables", "name"),
        ("executionParameters", "parameters", "key"),
    ):
        found = given.get(facet) if isinstance(given, dict) else None
        rows = found.get(many) if isinstance(found, dict) else None
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and isinstance(row.get(name), str) and "value" in row:
                row["value"] = redaction.mapping({row[name]: row["value"]}).value[row[name]]
    return clean
