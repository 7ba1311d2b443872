"""Drift between what is recorded: versions, files, training data and what a deployment is given."""

import pytest

from forebear.core.clock import now
from forebear.core.digest import of_bytes
from forebear.core.entities import Column
from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.events import (
    ArtifactRecorded,
    EdgesRecorded,
    Link,
    LocationSeen,
    RunStarted,
    StepRecorded,
    VersionNamed,
)
from forebear.core.ids import new_id
from forebear.core.profiles import encode
from forebear.core.serving import USAGE, InputColumn, Usage, counts, size_of
from forebear.engines.profile import profile_path
from forebear.ops.drift import DriftRequest
from forebear.ops.profiles import KeepProfileRequest
from forebear.ops.table import Target

from .datastory import people, version


def drift(client, before, now=None, **more):
    target = Target(ref=now) if now else None
    return client.call(DriftRequest(before=Target(ref=before), now=target, **more))


def verdicts(answer):
    return {one.column: one.verdict for one in answer.columns}


@pytest.fixture
def versions(store, tmp_path):
    return [
        version(store, tmp_path, people(900, seed=1)),
        version(store, tmp_path, people(900, seed=2)),
        version(store, tmp_path, people(900, seed=3, letters="MFX", blank=0.4)),
    ]


def test_versions_that_are_alike_do_not_drift(client, versions):
    answer = drift(client, "data:people:1", "data:people:2")
    assert answer.drift == "none"
    expected = {"id": "not compared", "age": "none", "sex": "none", "income": "none"}
    assert verdicts(answer) == expected
    assert answer.verdict == "No drift from people:1 to people:2 in 3 columns."


def test_drift_is_told_by_column(client, versions):
    answer = drift(client, "data:people:1", "data:people:3")
    assert answer.drift == "strong"
    found = {one.column: one for one in answer.columns}
    assert (found["sex"].verdict, found["sex"].new) == ("strong", ["X"])
    assert (found["income"].verdict, found["income"].by) == ("strong", "nulls")
    assert found["age"].verdict == "none"
    assert "sex and income differ strongly" in answer.verdict.replace(
        "income and sex", "sex and income"
    )


def test_stored_profiles_are_enough(store, client, versions, tmp_path):
    paths = {digest: tmp_path / f"{digest[7:15]}.csv" for digest in versions}
    for digest, path in paths.items():
        packet = encode(profile_path(str(path)))
        client.call(KeepProfileRequest(about=digest, packet=packet))
        path.unlink()
    assert drift(client, "data:people:1", "data:people:3").drift == "strong"
    assert drift(client, "data:people:1", "data:people:2").drift == "none"


def test_without_profile_and_content_it_is_said(client, versions, tmp_path):
    (tmp_path / f"{versions[0][7:15]}.csv").unlink()
    with pytest.raises(Unreadable, match="no profile of people:1"):
        drift(client, "data:people:1", "data:people:2")


def test_a_file_that_was_never_recorded(client, versions, tmp_path):
    file = tmp_path / "today.csv"
    file.write_bytes(people(700, seed=9, letters="F"))
    answer = drift(client, "data:people:1", on=Target(ref=str(file)))
    assert verdicts(answer)["sex"] == "strong"
    assert answer.now == "today.csv"


def test_it_takes_two_things(client, versions):
    with pytest.raises(InvalidInput, match="between two things"):
        drift(client, "data:people:1")
    with pytest.raises(InvalidInput, match="between two things"):
        drift(client, "data:people:1", "data:people:2", deployment="run:0000")


def served(ages, sexes, *, nulls=0):
    sized = {}
    for age in ages:
        sized[size_of(age)] = sized.get(size_of(age), 0) + 1
    return {
        "age": InputColumn(count=len(ages), numbers=len(ages), positive=counts(sized)),
        "sex": InputColumn(count=sum(sexes.values()) + nulls, nulls=nulls, categories=sexes),
    }


def deployed(store, artifact, inputs):
    run, start = new_id(), now()
    store.append(
        [
            RunStarted(run=run, kind="serve", name="people-api"),
            EdgesRecorded(run=run, used=[Link(artifact=artifact, role="input")]),
            USAGE.say(run, Usage(start=start, end=start, calls=900, inputs=inputs), key="w1"),
        ]
    )
    return run


def test_what_a_deployment_is_given(store, client, versions):
    ages = [18 + place % 63 for place in range(900)]
    same = deployed(store, versions[0], served(ages, {"M": 450, "F": 450}))
    answer = drift(client, "data:people:1", deployment=same)
    assert verdicts(answer) == {"age": "none", "sex": "none"}
    older = [age + 40 for age in ages]
    other = deployed(store, versions[0], served(older, {"M": 50, "F": 850}))
    answer = drift(client, "data:people:1", deployment=f"run:{other}")
    assert verdicts(answer) == {"age": "strong", "sex": "strong"}
    assert "people-api" in answer.verdict


def test_a_deployment_that_counts_nothing_is_said(store, client, versions):
    run = new_id()
    store.append([RunStarted(run=run, kind="serve", name="api")])
    with pytest.raises(Unreadable, match="was not counted"):
        drift(client, "data:people:1", deployment=run)
    other = new_id()
    store.append([RunStarted(run=other, kind="run", name="train")])
    with pytest.raises(InvalidInput, match="no deployment"):
        drift(client, "data:people:1", deployment=other)


def trained(store, data, columns):
    """A model that was fitted on some columns of recorded data."""
    run, features, model = new_id(), new_id(), new_id()
    held = [Column(name=name, type="int64") for name in columns]
    store.append(
        [
            RunStarted(run=run, kind="run", name="train.py"),
            ArtifactRecorded(artifact=features, kind="data", digest=of_bytes(b"X"), columns=held),
            ArtifactRecorded(artifact=model, kind="model", digest=of_bytes(b"model"), label="m"),
            step(run, "transform", [Link(artifact=data, role="input")], features),
            step(run, "train", [Link(artifact=features, role="train", slot="X")], model),
            VersionNamed(kind="model", name="churn", artifact=model),
        ]
    )


def step(run, kind, used, made):
    at = now()
    return StepRecorded(
        run=new_id(), parent=run, kind=kind, name=kind, started=at, ended=at, used=used,
        generated=[Link(artifact=made)],
    )  # fmt: skip


def test_what_a_model_learned_beside_a_file_of_today(store, client, versions, tmp_path):
    trained(store, versions[0], ["age", "sex"])
    file = tmp_path / "today.csv"
    file.write_bytes(people(800, seed=21, letters="F", blank=0.9))
    answer = client.call(DriftRequest(before=Target(ref="model:churn:1"), on=Target(ref=str(file))))
    assert verdicts(answer) == {"age": "none", "sex": "strong"}
    assert answer.before == "what churn:1 learned from (people:1)"
    assert any("from which it was made" in gap for gap in answer.gaps)


def test_data_without_a_name_is_compared_too(store, client, versions, tmp_path):
    content = people(500, seed=12)
    path = tmp_path / "unnamed.csv"
    path.write_bytes(content)
    digest = of_bytes(content)
    store.append(
        [
            ArtifactRecorded(artifact=digest, kind="data", digest=digest, format="csv"),
            LocationSeen(artifact=digest, uri=str(path), mode="read"),
        ]
    )
    assert drift(client, digest, "data:people:1").drift == "none"
