"""Drift between what is recorded: versions, files, training data and what a deployment is given."""

import pytest

from forebear.core.clock import now
from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.events import EdgesRecorded, Link, RunStarted
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
    assert set(verdicts(answer).values()) == {"none"}
    assert answer.verdict == "No drift from people:1 to people:2 in 4 columns."


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
