from __future__ import annotations

import json

import pytest

from forebear.core.clock import now
from forebear.core.errors import BadRef, Conflict, InvalidInput, NotFound
from forebear.core.events import (
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    Link,
    RunStarted,
    VersionNamed,
)
from forebear.core.ids import new_id
from forebear.core.recalls import RECALL, REMEDY
from forebear.core.serving import CONSUMER, USAGE, Consumer, Usage
from forebear.ops.audit import AuditRequest
from forebear.ops.deploy import DeployRequest, UndeployRequest
from forebear.ops.impact import ImpactRequest
from forebear.ops.recall import RecallRequest, RecallsRequest, RecallStatusRequest
from forebear.ops.recalled import RecalledRequest, recalled
from forebear.ops.remedy import CloseRecallRequest, RemedyRequest
from forebear.ops.subjects import subject
from forebear.ops.table import Target
from story import link


@pytest.fixture
def models(store, story):
    made = [story.train(depth, 0.8, save=f"model{depth}.pkl") for depth in (1, 2)]
    store.append(story.events)
    return made


@pytest.fixture
def clean(store, story):
    """A third version, which was trained on other data."""
    before = len(story.events)
    other = story.file("data/other.csv", b"id,age\n2,50\n")
    run = story.run("retrain.py")
    model = story.memory("model", "forest", "another forest")
    story.step(run, "train", "fit", [link(other, "train", "X")], [model])
    saved = story.file("model3.pkl", b"pickle 3", kind="model")
    story.say(Derived(source=model, target=saved, relation="export", evidence="observed"))
    story.say(VersionNamed(kind="model", name="churn", artifact=saved))
    story.end(run)
    store.append(story.events[before:])
    return saved


def recall(client, ref="data:raw", reason="labels of May are wrong", **more):
    return client.call(RecallRequest(target=Target(ref=ref), reason=reason, **more))


def deploy(client, ref="churn:1", env="prod"):
    return client.call(DeployRequest(target=Target(ref=ref), env=env)).deployment


def remedy(client, id, ref, status="done", **more):
    if "by_version" in more:
        more["by_version"] = Target(ref=more["by_version"])
    return client.call(RemedyRequest(id=id, target=Target(ref=ref), status=status, **more))


def verdicts(view):
    return {(one.kind, one.title): one.verdict for one in view.affected}


def reach(store, ref):
    return recalled(store, subject(store, Target(ref=ref)).everything)


def test_a_recall_lists_models_deployments_and_consumers_with_verdict_and_way(
    client, store, models
):
    deploy(client)
    run = new_id()
    store.append(
        [
            CONSUMER.say(models[1].file, Consumer(how="lock", ref="churn:2"), key="shop"),
            RunStarted(run=run, kind="consume", name="report.py"),
            EdgesRecorded(run=run, used=[link(models[0].file, "model")]),
        ]
    )
    view = recall(client)
    assert verdicts(view) == {
        ("model", "churn:1"): "retrain",
        ("model", "churn:2"): "retrain",
        ("deployment", "churn:1 in prod"): "quarantine",
        ("consumer", "report.py (churn:1)"): "disclose",
        ("consumer", "shop (churn:2)"): "disclose",
    }
    assert view.open == 5
    first = next(one for one in view.affected if one.title == "churn:1 in prod")
    assert (first.way[0], first.way[-1]) == ("raw:1", "churn:1 in prod")
    assert first.evidence == "observed" or first.evidence == "declared"
    assert view.affected[0].verdict == "quarantine"


def test_what_is_reached_is_the_same_without_a_recall(client, store, story, models):
    deployment = deploy(client)
    then = now()
    counted = Usage(start=then, end=then, calls=5, callers={"shop": 5})
    store.append([USAGE.say(deployment.id, counted, key="2026-05-01T12:00:00Z")])
    store.append([CONSUMER.say(models[1].file, Consumer(how="lock", ref="churn:2"), key="report")])
    before = len(story.events)
    report = new_id()
    store.append(
        [
            RunStarted(run=report, kind="consume", name="weekly.py"),
            EdgesRecorded(run=report, used=[link(models[0].file, "model")]),
        ]
    )
    reader = story.run("score.py")
    story.step(reader, "predict", "predict", [link(models[0].file, "model")], [])
    story.end(reader)
    store.append(story.events[before:])
    answer = client.call(ImpactRequest(target=Target(ref="data:raw")))
    view = recall(client)
    told = {one.title for one in view.affected if one.kind == "consumer"}
    assert told == {one.title for one in answer.consumers}
    assert told == {"shop (churn:1)", "report (churn:2)", "score.py (churn:1)"} | {
        "weekly.py (churn:1)"
    }
    by_title = {one.title: one for one in answer.consumers}
    # The way leads through the model that is used.
    assert models[0].file in by_title["score.py (churn:1)"].path
    assert by_title["report (churn:2)"].path[-1] == models[1].file


def test_callers_and_lock_files_have_a_way_through_what_they_use(client, store, models):
    deployment = deploy(client)
    counted = Usage(start=now(), end=now(), calls=5, callers={"shop": 5})
    store.append([USAGE.say(deployment.id, counted, key="2026-05-01T12:00:00Z")])
    store.append([CONSUMER.say(models[1].file, Consumer(how="lock", ref="churn:2"), key="report")])
    by_title = {one.title: one for one in recall(client).affected}
    caller, lock = by_title["shop (churn:1)"], by_title["report (churn:2)"]
    assert caller.way[0] == lock.way[0] == "raw:1"
    assert caller.way[-3:] == ["churn:1", "churn:1 in prod", "shop (churn:1)"]
    assert lock.way[-2:] == ["churn:2", "report (churn:2)"]
    assert (caller.path[-1], lock.path[-1]) == (deployment.id, models[1].file)
    assert caller.evidence is not None


def test_callers_are_told_by_the_name_of_their_deployment_if_its_model_has_another(
    client, store, models
):
    deployment = deploy(client)
    counted = Usage(start=now(), end=now(), calls=5, callers={"shop": 5})
    store.append([USAGE.say(deployment.id, counted, key="2026-05-01T12:00:00Z")])
    store.append([VersionNamed(kind="model", name="leavers", artifact=models[0].file)])
    assert verdicts(recall(client))["consumer", "shop (churn:1)"] == "disclose"
    answer = client.call(ImpactRequest(target=Target(ref="data:raw")))
    assert [one.title for one in answer.consumers] == ["shop (churn:1)"]


def test_severity_and_cause_change_the_verdict(client, models):
    deploy(client)
    mild = verdicts(recall(client, severity="low"))
    assert mild["deployment", "churn:1 in prod"] == "retrain"
    withdrawn = verdicts(recall(client, "data:clean", severity="low", cause="consent"))
    assert withdrawn["deployment", "churn:1 in prod"] == "quarantine"


def test_data_that_a_model_was_only_measured_on_is_disclosed(client, store, story, models):
    before = len(story.events)
    held = story.file("data/held.csv", b"id\n9\n")
    run = story.run("early.py")
    model = story.memory("model", "stopped", "stopped forest")
    story.step(run, "train", "fit", [link(held, "validation", "X")], [model])
    story.say(VersionNamed(kind="model", name="stopped", artifact=model))
    store.append(story.events[before:])
    assert verdicts(recall(client, held)) == {("model", "stopped:1"): "disclose"}


def test_a_link_that_is_only_inferred_asks_for_a_look_first(client, store, story, models):
    before = len(story.events)
    odd = story.file("data/odd.csv", b"id\n8\n")
    run = story.run("guessed.py")
    model = story.memory("model", "guess", "guessed forest")
    used = [link(odd, "train", "X", evidence="inferred")]
    story.step(run, "train", "fit", used, [model])
    story.say(VersionNamed(kind="model", name="guess", artifact=model))
    store.append(story.events[before:])
    view = recall(client, odd)
    assert verdicts(view) == {("model", "guess:1"): "quarantine"}
    assert "inferred" in view.affected[0].reason


def test_callers_of_what_has_ended_are_told_all_the_same(client, store, models):
    made = deploy(client)
    then = now()
    counted = Usage(start=then, end=then, calls=3, callers={"billing": 3})
    store.append([USAGE.say(made.id, counted, key="w")])
    old = deploy(client, "churn:2", env="staging")
    client.call(UndeployRequest(target=Target(ref=f"run:{old.id}")))
    id = recall(client).id
    client.call(UndeployRequest(target=Target(ref="churn:1")))
    view = client.call(RecallStatusRequest(id=id))
    assert verdicts(view)["consumer", "billing (churn:1)"] == "disclose"
    ended = [one for one in view.affected if one.kind == "deployment"]
    assert [(one.title, one.status, one.live) for one in ended] == [
        ("churn:1 in prod", "done", False)
    ]
    told = remedy(client, id, "billing", note="mail of 3 May")
    assert next(one for one in told.affected if one.kind == "consumer").status == "done"


def test_what_is_recorded_after_a_recall_is_found_too(client, models):
    view = recall(client)
    assert view.open == 2
    deploy(client, "churn:2")
    assert client.call(RecallStatusRequest(id=view.id[:13])).open == 3


def environment(store, packages):
    body = json.dumps({"packages": [{"name": n, "version": v} for n, v in packages.items()]})
    digest = store.blobs.put(body.encode())
    store.append([ArtifactRecorded(artifact=digest, kind="environment", digest=digest, kept=True)])
    return digest


@pytest.mark.parametrize(
    ("version", "versions", "hit"),
    [
        ("10.2.1", "<10.3", True),
        ("10.3", "<10.3", False),
        ("10.10", "<10.3", False),
        ("10.3rc1", "<10.3rc2", True),
        ("9.0", None, True),
        ("2024-weird", "<10.3", True),
        ("1!2.0", "<10.3", False),
    ],
)
def test_packages_are_matched_by_real_version_specifiers(
    client, store, models, version, versions, hit
):
    used = environment(store, {"Pillow": version, "numpy": "2.0"})
    store.append(
        [
            EdgesRecorded(
                run=models[0].run, used=[Link(artifact=used, role="environment")], context=True
            )
        ]
    )
    view = recall(client, "package:PIL.low".replace(".", ""), reason="CVE", versions=versions)
    found = {("model", "churn:1"): "retrain"} if hit else {}
    assert verdicts(view) == found
    assert bool(reach(store, "churn:1")) == hit
    assert reach(store, "churn:2") == []
    assert any("not kept here" in gap for gap in view.gaps)


def test_a_package_that_nobody_had_is_told(client, store, models):
    environment(store, {"pillow": "9.0"})
    gap = "no recorded environment has package pilow"
    assert gap in recall(client, "package:pilow").gaps
    assert not any("no recorded" in one for one in recall(client, "package:pillow").gaps)


def test_a_list_tells_how_many_the_recall_itself_tells(client, models):
    view = recall(client)
    (one,) = client.call(RecallsRequest()).recalls
    assert (one.affected, one.open) == (len(view.affected), view.open)


def test_a_package_recall_must_make_sense(client, models):
    with pytest.raises(InvalidInput, match="names no versions"):
        recall(client, "package:pillow", versions="older than ten")
    with pytest.raises(InvalidInput, match="Only packages"):
        recall(client, versions="<3")
    with pytest.raises(InvalidInput, match="which package"):
        recall(client, "package:")
    with pytest.raises(InvalidInput, match="no records"):
        recall(client, "package:pillow", column="id")


def test_whoever_promotes_asks_recalled(client, store, models, clean):
    assert reach(store, "churn:1") == []
    seq = store.head().size
    recall(client, severity="low")
    recall(client, "data:clean", reason="licence", severity="critical", cause="licence")
    (worst, other) = reach(store, "churn:1")
    assert (worst.severity, other.severity) == ("critical", "low")
    assert (worst.title, worst.reason) == ("data:clean", "licence")
    assert reach(store, "churn:3") == []
    assert recalled(store, subject(store, Target(ref="churn:1")).everything, seq) == []
    answer = client.call(RecalledRequest(target=Target(ref="churn:1")))
    assert answer.verdict == (
        "churn:1 was made of data:clean (licence) and data:raw (labels of May are wrong), which"
        " were recalled"
    )


def test_a_model_itself_and_a_whole_name_can_be_recalled(client, store, models, clean):
    view = recall(client, "churn:1", reason="backdoor")
    assert (view.cause, verdicts(view)) == ("base-model", {("model", "churn:1"): "retrain"})
    assert view.affected[0].reason == "it was recalled itself"
    assert reach(store, models[0].model)
    recall(client, "model:churn", reason="all of it")
    assert reach(store, "churn:3")


def test_the_way_of_a_recall_to_its_end(client, store, models, clean):
    live = deploy(client)
    id = recall(client).id
    with pytest.raises(Conflict, match="3 things are left"):
        client.call(CloseRecallRequest(id=id))
    with pytest.raises(InvalidInput, match="which version takes the place"):
        remedy(client, id, "churn:1")
    with pytest.raises(
        InvalidInput, match=r"churn:2 comes from data:raw too: raw:1 → .* → churn:2"
    ):
        remedy(client, id, "churn:1", by_version="churn:2")
    with pytest.raises(InvalidInput, match="still live"):
        remedy(client, id, "churn:1", by_version="churn:3")
    with pytest.raises(InvalidInput, match="still live"):
        remedy(client, id, f"run:{live.id[:13]}")
    client.call(UndeployRequest(target=Target(ref="churn:1")))
    assert remedy(client, id, "churn:1", by_version="churn:3", note="retrained").open == 1
    with pytest.raises(InvalidInput, match="needs a reason"):
        remedy(client, id, "churn:2", "accepted")
    view = remedy(client, id, "churn:2", "accepted", note="never used")
    assert view.open == 0
    done = next(one for one in view.affected if one.title == "churn:1")
    assert (done.status, done.by_version, done.note) == ("done", "churn:3", "retrained")
    assert [one.title for one in reach(store, "churn:1")] == ["data:raw"]
    assert reach(store, "churn:2") == []
    closed = client.call(CloseRecallRequest(id=id, why="all replaced"))
    assert (closed.status, closed.closed_why) == ("closed", "all replaced")
    (still,) = reach(store, "churn:1")
    assert still.withdrawn
    assert reach(store, "churn:2") == []
    assert client.call(RecallsRequest()).recalls == []
    assert len(client.call(RecallsRequest(closed=True)).recalls) == 1
    with pytest.raises(Conflict, match="closed already"):
        client.call(CloseRecallRequest(id=id))


def test_what_has_only_to_be_disclosed_stays_in_use(client, store, models):
    used = environment(store, {"pillow": "9.0"})
    context = EdgesRecorded(
        run=models[0].run, used=[Link(artifact=used, role="environment")], context=True
    )
    store.append([context])
    live = deploy(client)
    view = recall(client, "package:pillow", reason="CVE", versions="<10", severity="medium")
    id, way = view.id, next(one.way for one in view.affected if one.title == "churn:1")
    assert way[0].startswith("pillow 9.0 in ")
    for ref in ("churn:1", f"run:{live.id}"):
        with pytest.raises(InvalidInput, match="Say how it was disclosed that churn:1"):
            remedy(client, id, ref)
    assert len(reach(store, "churn:1")) == 1
    assert remedy(client, id, "churn:1", note="told the owner").open == 1
    assert reach(store, "churn:1") == []
    asked = Target(ref="churn:1")
    (free,) = [
        one
        for one in client.call(AuditRequest(target=asked)).models[0].findings
        if one.requirement == "recalls"
    ]
    assert free.state == "passed"
    assert "package pillow <10 was recalled, which ops disclosed on" in free.words
    assert free.words.endswith(": told the owner.")
    assert remedy(client, id, f"run:{live.id}", note="told ops").open == 0
    client.call(CloseRecallRequest(id=id))
    assert reach(store, "churn:1") == []


def test_who_deploys_what_is_recalled_is_told(client, models):
    recall(client)
    answer = client.call(DeployRequest(target=Target(ref="churn:1"), env="prod"))
    assert answer.recalled == ["data:raw: labels of May are wrong"]
    assert "Mind that it is recalled" in answer.verdict
    assert answer.deployment.status == "running"


def test_a_recall_is_closed_by_force_only_with_a_reason(client, models):
    id = recall(client).id
    with pytest.raises(InvalidInput, match="needs a reason"):
        client.call(CloseRecallRequest(id=id, force=True))
    view = client.call(CloseRecallRequest(id=id, force=True, why="a mistake"))
    assert view.verdict.endswith("It was closed with things left.")


def test_a_remedy_can_be_opened_again(client, models):
    id = recall(client).id
    assert remedy(client, id, "churn:2", "accepted", note="old").open == 1
    assert remedy(client, id, "churn:2", "open").open == 2


def test_the_same_recall_twice_and_unknown_ones_are_refused(client, models):
    id = recall(client).id
    with pytest.raises(Conflict, match="recalled already"):
        recall(client, reason="again")
    with pytest.raises(NotFound, match="No recall begins"):
        client.call(RecallStatusRequest(id="nowhere"))
    with pytest.raises(NotFound, match="No recall begins"):
        client.call(RecallStatusRequest(id=" "))
    with pytest.raises(InvalidInput, match="needs a reason"):
        recall(client, "data:clean", reason="  ")
    recall(client, "data:clean")
    with pytest.raises(BadRef, match="may mean 2 recalls"):
        client.call(RecallStatusRequest(id=id[:4]))
    with pytest.raises(NotFound, match="does not reach"):
        remedy(client, id, "data:clean")


def test_secrets_and_names_are_not_in_the_ledger(client, store, models):
    recall(client, reason="found by ops; api_key = 'abcdef0123456789'")
    (said,) = RECALL.latest(store.statements)
    assert "abcdef0123456789" not in said.value.reason
    assert said.row.by == "ops"
    bodies = b"".join(one.body for one in store.events())
    assert b"abcdef0123456789" not in bodies
    assert REMEDY.latest(store.statements) == []


def test_as_of_before_a_recall_there_is_none(client, store, models):
    seq = store.head().size
    recall(client)
    (last,) = [one for one in store.events(seq - 1) if one.seq == seq]
    assert client.call(RecallsRequest(as_of=last.recorded.isoformat())).recalls == []
