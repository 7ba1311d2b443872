from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest

from forebear.client.client import LocalClient
from forebear.core.digest import of_bytes
from forebear.core.entities import Metric
from forebear.core.errors import InvalidInput, UnknownRef
from forebear.core.events import (
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    MetricsLogged,
    ReproductionRecorded,
    VersionNamed,
)
from forebear.ops.impact import ImpactRequest
from forebear.ops.lineage import PathRequest, TraceRequest
from forebear.ops.table import Target
from story import CLEAN, RAW, Story, link

NODE_FIELDS = {"id", "type", "kind", "name", "version", "digest", "depth"}
EDGE_FIELDS = {"from", "to", "type", "role", "relation", "evidence"}
GRAPH_FIELDS = {"root", "roots", "verdict", "nodes", "edges", "complete", "omitted", "gaps"}


def trace(client: LocalClient, ref: str, **more):
    return client.call(TraceRequest(target=Target(ref=ref), **more))


def impact(client: LocalClient, ref: str, **more):
    return client.call(ImpactRequest(target=Target(ref=ref), **more))


def path(client: LocalClient, start: str, end: str, **more):
    return client.call(PathRequest(start=Target(ref=start), end=Target(ref=end), **more))


def test_a_trace_reaches_the_raw_data_with_code_and_environment(store, story, client):
    trained = story.train(4, 0.8)
    store.append(story.events)
    answer = trace(client, "churn:1")
    ids = {node.id for node in answer.nodes}
    assert of_bytes(RAW) in ids
    assert {node.kind for node in answer.nodes} >= {"data", "model", "code", "environment"}
    assert answer.root == trained.file
    assert answer.complete
    assert answer.gaps == []
    assert answer.made_by == trained.fit
    assert answer.params == {"max_depth": 4, "n_estimators": 100, "class_weight": None}
    assert answer.verdict.startswith(
        "churn:1 was trained by RandomForestClassifier.fit in train.py from raw:1."
    )
    assert [run.name for run in answer.runs] == ["train.py", "prepare.py"]
    assert all(run.code and run.environment for run in answer.runs)


def test_edges_point_from_cause_to_effect_between_shown_nodes(store, story, client):
    story.train(4, 0.8)
    store.append(story.events)
    answer = trace(client, "churn:1")
    depths = {node.id: node.depth for node in answer.nodes}
    for edge in answer.edges:
        assert depths[edge.source] <= depths[edge.target] + 1
        assert edge.source != edge.target


@pytest.mark.parametrize("ask", [trace, impact])
def test_the_promised_fields_are_always_there(store, story, client, ask):
    store.append(story.events)
    for ref in ("data:raw", "data:clean"):
        body = json.loads(msgspec.json.encode(ask(client, ref)))
        assert body.keys() >= GRAPH_FIELDS
        assert all(node.keys() >= NODE_FIELDS for node in body["nodes"])
        assert all(edge.keys() >= EDGE_FIELDS for edge in body["edges"])


def test_metrics_are_found_in_whatever_guise_the_model_was_measured(store, story, client):
    trained = story.train(4, 0.8)
    loaded = story.memory("model", "model", "forest 4")
    other = story.run("evaluate.py")
    story.step(other, "ingest", "joblib.load", [link(trained.file)], [loaded])
    story.say(MetricsLogged(run=other, metrics=[Metric(key="auc", value=0.9)], model=loaded))
    store.append(story.events)
    figures = {figure.key: figure for figure in trace(client, "churn:1").metrics}
    assert set(figures) == {"f1", "auc"}
    assert figures["f1"].data_name == "X_test"
    assert figures["f1"].split == "test"


def test_the_newest_reproduction_is_told(store, story, client):
    trained = story.train(4, 0.8)
    for verdict in ("refuted", "bitwise"):
        story.say(
            ReproductionRecorded(
                artifact=trained.file,
                run=trained.run,
                verdict=verdict,
                reason="because",
                environment="current",
                by="ops",
            )
        )
    store.append(story.events)
    answer = trace(client, "churn:1")
    assert answer.reproduction.verdict == "bitwise"
    assert "reproduced: bitwise" in answer.verdict


def test_a_trace_says_what_was_not_seen(store, story, client):
    trained = story.train(4, 0.8)
    story.gap(trained.run, "An unknown read.")
    store.append(story.events)
    answer = trace(client, "churn:1")
    assert not answer.complete
    assert answer.gaps == [f"An unknown read (run train.py {trained.run[:13]})"]
    assert answer.completeness.gaps == 1
    assert answer.completeness.figure < 1


def test_limits_are_honest(store, story, client):
    story.train(4, 0.8)
    store.append(story.events)
    whole = trace(client, "churn:1")
    cut = trace(client, "churn:1", limit=5)
    assert len(cut.nodes) == 5
    assert cut.omitted > 0
    assert not cut.complete
    shallow = trace(client, "churn:1", depth=2)
    assert max(node.depth for node in shallow.nodes) == 2
    assert len(shallow.nodes) + shallow.omitted <= len(whole.nodes)


def test_a_run_is_traced_with_all_its_steps(store, story, client):
    trained = story.train(4, 0.8)
    store.append(story.events)
    answer = trace(client, f"run:{trained.run}")
    assert answer.root == trained.run
    assert trained.fit in answer.roots
    assert of_bytes(RAW) in {node.id for node in answer.nodes}
    assert [figure.key for figure in answer.metrics] == ["f1"]


def test_as_of_sees_what_was_recorded_then(store, story, client):
    story.train(4, 0.8)
    store.append(story.events)
    before = datetime.now(UTC).isoformat()
    later = Story(story.at, clock=story.clock)
    later.train(8, 0.9, save="second.pkl")
    store.append(later.events)
    assert trace(client, "churn").root != trace(client, "churn", as_of=before).root
    assert len(impact(client, "data:raw").models) == 2
    assert len(impact(client, "data:raw", as_of=before).models) == 1
    with pytest.raises(UnknownRef, match="at that time"):
        trace(client, "churn", as_of="2020-01-01")
    with pytest.raises(InvalidInput, match="not a point in time"):
        trace(client, "churn", as_of="yesterday")


def test_evidence_filters_and_says_so(store, story, client):
    trained = story.train(4, 0.8)
    base = story.file("base.pkl", b"base", kind="model")
    story.say(Derived(source=base, target=trained.file, relation="finetune"))
    store.append(story.events)
    assert base in {node.id for node in trace(client, "churn:1").nodes}
    answer = trace(client, "churn:1", evidence="observed")
    assert base not in {node.id for node in answer.nodes}
    assert answer.gaps == ["1 link weaker than 'observed' left out, as asked"]
    assert not answer.complete


def test_impact_counts_each_model_once_and_reaches_services_and_their_readers(store, story, client):
    first, second = story.train(4, 0.8), story.train(8, 0.9, save="second.pkl")
    service, predictions, reader = story.serve(second.file)
    store.append(story.events)
    answer = impact(client, "data:raw")
    assert [(model.id, model.also) for model in answer.models] == [
        (first.file, [first.model]),
        (second.file, [second.model]),
    ]
    assert [item.id for item in answer.deployments] == [service]
    assert [item.id for item in answer.consumers] == [reader]
    assert answer.consumers[0].path[0] == of_bytes(RAW)
    assert answer.consumers[0].path[-4:] == [second.file, service, predictions, reader]
    assert "2 models (churn:1 and churn:2), 1 deployment (serve.py)" in answer.verdict


def test_impact_of_a_folder_does_not_count_its_own_file(store, client):
    folder, file, tuned = (of_bytes(name) for name in (b"folder", b"file", b"tuned"))
    run = "01a20000-0000-7000-8000-000000000001"
    store.append([
        *(ArtifactRecorded(artifact=one, kind="model", digest=one, label="x")
          for one in (folder, file, tuned)),
        Derived(source=folder, target=file, relation="export"),
        VersionNamed(kind="model", name="reviews", artifact=folder),
        VersionNamed(kind="model", name="reviews", artifact=file, form_of=folder),
        VersionNamed(kind="model", name="tuned", artifact=tuned),
        EdgesRecorded(run=run, used=[link(file, "base")], generated=[link(tuned)]),
    ])  # fmt: skip
    answer = impact(client, "reviews")
    assert [one.title for one in answer.models] == ["tuned:1"]
    assert answer.models[0].path == [folder, file, run, tuned]
    assert [one.title for one in impact(client, file).models] == ["tuned:1"]


def test_a_model_that_is_called_as_its_data_is_reached_by_it(store, client):
    data, model = of_bytes(b"data"), of_bytes(b"model")
    store.append([
        ArtifactRecorded(artifact=data, kind="data", digest=data),
        ArtifactRecorded(artifact=model, kind="model", digest=model),
        VersionNamed(kind="data", name="churn", artifact=data),
        VersionNamed(kind="model", name="churn", artifact=model),
        EdgesRecorded(
            run="01a20000-0000-7000-8000-000000000001",
            used=[link(data, "train")], generated=[link(model)],
        ),
    ])  # fmt: skip
    assert [one.title for one in impact(client, "data:churn").models] == ["churn:1"]


def test_an_unsaved_model_counts_too_and_equal_state_is_one_model(store, story, client):
    trained = story.train(4, 0.8, save=None)
    story.train(4, 0.8, save=None)
    store.append(story.events)
    (model,) = impact(client, "data:raw").models
    assert model.id == trained.model
    assert len(model.also) == 1


def test_impact_names_the_weakest_link_on_the_way(store, story, client):
    trained = story.train(4, 0.8)
    small = story.file("small.pkl", b"small", kind="model")
    story.say(Derived(source=trained.file, target=small, relation="quantize"))
    store.append(story.events)
    grades = {model.id: model.evidence for model in impact(client, "data:raw").models}
    assert grades == {trained.file: "observed", small: "declared"}


def test_a_path_is_the_same_asked_from_either_end(store, story, client):
    story.train(4, 0.8)
    store.append(story.events)
    forward = path(client, "data:raw", "churn:1")
    back = path(client, "churn:1", "data:raw")
    assert forward.found
    assert forward.path == back.path
    assert (forward.backwards, back.backwards) == (False, True)
    assert forward.path[0] == of_bytes(RAW)
    assert len(forward.edges) == len(forward.path) - 1
    assert forward.verdict == "raw:1 leads to churn:1 in 11 steps."
    assert back.verdict == "The other way round: raw:1 leads to churn:1 in 11 steps."


def test_no_path_is_an_answer(store, story, client):
    story.train(4, 0.8)
    story.train(8, 0.9, save="second.pkl")
    store.append(story.events)
    answer = path(client, "churn:1", "churn:2")
    assert not answer.found
    assert answer.complete
    assert answer.edges == []
    assert answer.verdict == "No path leads from churn:1 to churn:2, nor back."


def test_one_content_in_several_runs_is_walked_from_all_of_them(store, story, client):
    for n in range(2):
        run = story.run("train.py")
        frame = story.memory("data", "df", "equal table")
        story.step(run, "ingest", "read", [link(of_bytes(CLEAN))], [frame])
        model = story.memory("model", "M", f"model {n}")
        story.step(run, "train", "M.fit", [link(frame, "train")], [model])
        story.end(run)
    store.append(story.events)
    answer = impact(client, of_bytes(b"equal table"))
    assert len(answer.roots) == 2
    assert len(answer.models) == 2


def test_a_failed_run_is_a_gap(store, story, client):
    run = story.run("train.py")
    out = story.file("out.csv", b"out")
    story.say(EdgesRecorded(run=run, generated=[link(out)]))
    story.end(run, "failed", error="ValueError: no")
    store.append(story.events)
    assert trace(client, out).gaps == [f"run train.py {run[:13]} failed: ValueError: no"]
