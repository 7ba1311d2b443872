"""Events as producers send them, and what the graph has of them."""

import json
from pathlib import Path

from forebear.exchange.openlineage.receiver import Receiver
from forebear.store import open_store

DATA = Path(__file__).parents[2] / "data" / "openlineage"
R1, R2, R3 = (f"01a207c0-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))


def samples(name):
    return [json.loads(line) for line in (DATA / f"{name}.ndjson").read_text().splitlines()]


def event(run, state, at, inputs=(), outputs=(), job="job", **more):
    told = {"eventTime": f"2026-03-01T12:{at:02}:00Z", "producer": "https://p", "schemaURL": "s"}
    return told | {
        "eventType": state,
        "run": {"runId": run, "facets": more.get("run_facets", {})},
        "job": {"namespace": "ns", "name": job, "facets": more.get("job_facets", {})},
        "inputs": [one if isinstance(one, dict) else data(one) for one in inputs],
        "outputs": [one if isinstance(one, dict) else data(one) for one in outputs],
    }


def data(name, version=None, namespace="s3://lake", **facets):
    if version is not None:
        facets["version"] = {"datasetVersion": version}
    return {"namespace": namespace, "name": name, "facets": facets}


def picture(store):
    """All that the graph says, but for when it was said."""
    runs = store.runs(roots_only=False, limit=1000)
    ids = [run.id for run in runs]
    nodes = store.nodes([*ids, *store.artifacts("data"), *store.artifacts("model")])
    topics = ["check", "owner", "description", "tag", "column", "openlineage.run"]
    topics += ["openlineage.job", "openlineage.dataset"]
    said = store.statements.latest(topics)
    edges = [*store.edges(list(nodes), "up"), *store.edges(list(nodes), "down")]
    reveal = store.identities.reveal
    return {
        "nodes": nodes,
        "edges": {encode_edge(edge) for edge in edges},
        "said": {(s.topic, s.about, s.key): reveal(json.dumps(s.value).encode()) for s in said},
        "steps": {id: (s.flows, s.operations) for id, s in store.flows.steps(ids).items()},
        "gaps": {(gap.run, gap.what) for gap in store.gaps(ids)},
        "runs": {run.id: (run.status, run.started, run.ended, run.params) for run in runs},
    }


def encode_edge(edge):
    return (edge.source, edge.target, edge.type, edge.role, edge.relation, edge.evidence)


def names(store, edges):
    nodes = store.nodes([end for edge in edges for end in (edge.source, edge.target)])
    return {(nodes[e.source].label or nodes[e.source].name,
             nodes[e.target].label or nodes[e.target].name, e.type) for e in edges}  # fmt: skip


def into(store, run):
    return names(store, store.run_edges(run))


def graph_of(folder, events, restart=False):
    with open_store(folder, create=True) as store:
        receiver = Receiver(store)
        for one in events:
            assert receiver.take([one]) == [None]
            if restart:
                receiver = Receiver(store)
        receiver.settle()
        assert receiver.settle() == 0
        assert list(store.verify()) == []
        return picture(store)
