"""Events in the shapes in which some twenty producers send them, in few words each.

Namespaces, names, facets and which event tells what are as the producers have them, in what
OpenLineage, Marquez and the producers themselves recorded for their own tests; the data is ours.
"""

from server.openlineage.telling import data, event


def table(name, namespace="file", links=(), columns=(), **facets):
    """A data set with the names that it has elsewhere, and its columns."""
    if links:
        named = [dict(zip(("namespace", "name"), one, strict=True)) for one in links]
        facets["symlinks"] = {"identifiers": [{**one, "type": "TABLE"} for one in named]}
    if columns:
        facets["schema"] = {"fields": [{"name": one, "type": "string"} for one in columns]}
    return data(name, namespace=namespace, **facets)


def made_of(**columns):
    """Column lineage: for each column where it came from, (name, column) or with a namespace."""
    return {
        "fields": {
            name: {"inputFields": [{"namespace": "file", "name": of, "field": field}]}
            for name, (of, field) in columns.items()
        }
    }


def engine(name):
    return {"processing_engine": {"name": name, "version": "1"}}


def kind(integration, type="JOB", processing="BATCH"):
    return {"jobType": {"processingType": processing, "integration": integration, "jobType": type}}


def told(run, *parts, job, run_facets=None, job_facets=None):
    """Events of one run: each part is (state, inputs, outputs)."""
    given = {"run_facets": run_facets or {}, "job_facets": job_facets or {}}
    return [event(run, state, at, inputs, outputs, job=job, **given)
            for at, (state, inputs, outputs) in enumerate(parts)]  # fmt: skip


def changed(state, **more):
    return {"lifecycleStateChange": {"lifecycleStateChange": state, **more}}


def later(events):
    """The same events an hour later."""
    return [one | {"eventTime": one["eventTime"].replace("T12:", "T13:")} for one in events]
