"""Marquez' questions and their answers, by address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from forebear.core.clock import parse_when
from forebear.core.errors import InvalidInput, NotFound
from forebear.core.events import Stated, decode
from forebear.exchange.openlineage.naming import JobKey, dataset_key, namespace_of, run_uuid
from forebear.exchange.openlineage.states import DatasetState, JobState, RunState
from forebear.exchange.openlineage.topics import kept_event
from forebear.exchange.openlineage.view import View
from forebear.server.openlineage import walks
from forebear.server.openlineage.search import hits, search
from forebear.server.openlineage.shapes import Shapes
from forebear.server.openlineage.stats import stats
from forebear.server.openlineage.tags import described

__all__ = ["QUESTIONS", "answer"]

Query = Mapping[str, str]
_MOST: Final = 10_000
_DEEPEST: Final = 1000


def answer(view: View, path: Sequence[str], query: Query) -> Any:
    """Return what Marquez would answer; `path` is the address in its parts.

    Raises:
        NotFound: there is no such thing.
        InvalidInput: a parameter has another form.
    """
    for pattern, question in QUESTIONS.items():
        given = _matched(pattern.split("/"), path)
        if given is not None:
            with view.lock:
                view.catch_up()
                return question(view, given, query)
    raise NotFound("There is nothing at this address.")


def _matched(pattern: Sequence[str], path: Sequence[str]) -> list[str] | None:
    if len(pattern) != len(path):
        return None
    pairs = list(zip(pattern, path, strict=True))
    if any(said not in ("*", part) for said, part in pairs):
        return None
    return [part for said, part in pairs if said == "*"]


def _namespaces(view: View, _: list[str], query: Query) -> Any:
    return {"namespaces": _page(Shapes(view).namespaces(), query)}


def _namespace(view: View, given: list[str], _: Query) -> Any:
    return _one(Shapes(view).namespaces(), given[0], "namespace")


def _sources(view: View, _: list[str], query: Query) -> Any:
    return {"sources": _page(Shapes(view).sources(), query)}


def _source(view: View, given: list[str], _: Query) -> Any:
    return _one(Shapes(view).sources(), given[0], "source")


def _jobs(view: View, given: list[str], query: Query) -> Any:
    shapes = Shapes(view)
    wanted = {word.upper() for word in query.get("lastRunStates", "").split(",") if word}
    found = [
        job for job in _newest(view.jobs.values()) if not given or job.key.namespace == given[0]
    ]
    if wanted:
        found = [
            job for job in found if (runs := shapes.latest_runs(job)) and runs[0].state in wanted
        ]
    page = _page(found, query)
    return {"jobs": [shapes.job(job) for job in page], "totalCount": len(found)}


def _newest(jobs: Any) -> list[JobState]:
    return sorted(
        jobs, key=lambda job: (job.times()[-1] if job.times() else _NEVER, job.key), reverse=True
    )


_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _job(view: View, given: list[str], _: Query) -> Any:
    return Shapes(view).job(_job_at(view, given))


def _job_versions(view: View, given: list[str], query: Query) -> Any:
    shapes, job = Shapes(view), _job_at(view, given)
    told = shapes.job(job)
    version = {
        "id": {**told["id"], "version": told["currentVersion"]},
        **{name: told[name] for name in ("name", "namespace", "createdAt", "location")},
        "version": told["currentVersion"],
        **{name: told[name] for name in ("inputs", "outputs", "latestRun", "facets")},
    }
    return {"versions": _page([version], query), "totalCount": 1}


def _job_runs(view: View, given: list[str], query: Query) -> Any:
    shapes = Shapes(view)
    runs = shapes.latest_runs(_job_at(view, given))
    return {"runs": [shapes.run(one) for one in _page(runs, query)], "totalCount": len(runs)}


def _run(view: View, given: list[str], _: Query) -> Any:
    return Shapes(view).run(_run_at(view, given[0]))


def _run_facets(view: View, given: list[str], query: Query) -> Any:
    run = _run_at(view, given[0])
    found = run.job_facets if query.get("type", "run").lower() == "job" else run.known
    return {"runId": run.id, "facets": found}


def _datasets(view: View, given: list[str], query: Query) -> Any:
    shapes = Shapes(view)
    wanted = namespace_of(given[0]) if given else None
    found = sorted(
        (one for one in view.datasets.values() if wanted in (None, one.key.namespace)),
        key=lambda one: one.key,
    )
    page = [shapes.dataset(one) for one in _page(found, query)]
    return {"datasets": page, "totalCount": len(found)}


def _dataset(view: View, given: list[str], _: Query) -> Any:
    return Shapes(view).dataset(_dataset_at(view, given))


def _versions(view: View, given: list[str], query: Query) -> Any:
    found = Shapes(view).dataset_versions(_dataset_at(view, given))
    return {"versions": _page(found, query), "totalCount": len(found)}


def _version(view: View, given: list[str], _: Query) -> Any:
    found = Shapes(view).dataset_versions(_dataset_at(view, given))
    return next(
        (one for one in found if given[2] in (one["version"], one["forebear"]["artifact"])), None
    ) or _missing("version", given[2])


def _lineage(view: View, _: list[str], query: Query) -> Any:
    return walks.lineage(view, _asked(query, "nodeId"), _number(query, "depth", 20, _DEEPEST))


def _column_lineage(view: View, _: list[str], query: Query) -> Any:
    downstream = query.get("withDownstream", "false").lower() == "true"
    depth = _number(query, "depth", 20, _DEEPEST)
    return walks.column_lineage(view, _asked(query, "nodeId"), depth, downstream)


def _upstream(view: View, _: list[str], query: Query) -> Any:
    id = run_uuid(_asked(query, "runId"))
    return walks.upstream(view, id, _number(query, "depth", 20, _DEEPEST))


def _events(view: View, _: list[str], query: Query) -> Any:
    found = sorted(view.events, reverse=query.get("sortDirection", "desc").lower() != "asc")
    if query.get("after"):
        after = parse_when(query["after"])
        found = [one for one in found if one[0] >= after]
    if query.get("before"):
        before = parse_when(query["before"])
        found = [one for one in found if one[0] < before]
    events = [_event(view, seq) for _, seq in _page(found, query)]
    return {"events": events, "totalCount": len(found)}


def _event(view: View, seq: int) -> dict[str, Any]:
    stored = next(iter(view.store.events(seq - 1)))
    said = decode(view.store.identities.reveal(stored.body))
    assert isinstance(said, Stated)
    return kept_event(said, view.store.blobs)


def _search(view: View, _: list[str], query: Query) -> Any:
    found = search(view, query)
    return {"totalCount": len(found), "results": _page(found, query, 10)}


def _hits(view: View, given: list[str], query: Query) -> Any:
    if given[0] not in ("jobs", "datasets"):
        raise NotFound("There is nothing at this address.")
    return hits(view, given[0], _asked(query, "q"))


def _tags(view: View, _: list[str], query: Query) -> Any:
    return {"tags": _page(described(view), query)}


def _stats(view: View, given: list[str], query: Query) -> Any:
    return stats(view, given[0], query)


QUESTIONS: Final[dict[str, Callable[[View, list[str], Query], Any]]] = {
    "namespaces": _namespaces,
    "namespaces/*": _namespace,
    "namespaces/*/jobs": _jobs,
    "namespaces/*/jobs/*": _job,
    "namespaces/*/jobs/*/versions": _job_versions,
    "namespaces/*/jobs/*/runs": _job_runs,
    "namespaces/*/datasets": _datasets,
    "namespaces/*/datasets/*": _dataset,
    "namespaces/*/datasets/*/versions": _versions,
    "namespaces/*/datasets/*/versions/*": _version,
    "sources": _sources,
    "sources/*": _source,
    "jobs": _jobs,
    "jobs/runs/*": _run,
    "jobs/runs/*/facets": _run_facets,
    "tags": _tags,
    "search": _search,
    "search/*": _hits,
    "lineage": _lineage,
    "column-lineage": _column_lineage,
    "runlineage/upstream": _upstream,
    "events/lineage": _events,
    "stats/*": _stats,
}
"""By address; `*` is a part that may be anything, encoded in a URL."""


def _job_at(view: View, given: list[str]) -> JobState:
    return view.jobs.get(JobKey(given[0], given[1])) or _missing("job", given[1])


def _dataset_at(view: View, given: list[str]) -> DatasetState:
    return view.dataset(dataset_key(given[0], given[1])) or _missing("data set", given[1])


def _run_at(view: View, said: str) -> RunState:
    return view.runs.get(run_uuid(said)) or _missing("run", said)


def _one(found: list[dict[str, Any]], name: str, what: str) -> Any:
    return next((one for one in found if one["name"] == name), None) or _missing(what, name)


def _missing(what: str, name: str) -> Any:
    raise NotFound(f"There is no {what} '{name[:120]}' here.")


def _asked(query: Query, name: str) -> str:
    said = query.get(name, "")
    if not said:
        raise InvalidInput(f"The parameter '{name}' is missing.")
    return said


def _page(found: list[Any], query: Query, default: int = 100) -> list[Any]:
    offset = _number(query, "offset", 0, 1 << 40)
    return found[offset : offset + _number(query, "limit", default, _MOST)]


def _number(query: Query, name: str, default: int, most: int) -> int:
    said = query.get(name)
    if said is None:
        return default
    if not (said.isascii() and said.isdigit() and len(said) < 13):
        raise InvalidInput(f"The parameter '{name}' is a number.")
    return min(int(said), most)
