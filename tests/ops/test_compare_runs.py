"""Runs beside each other: what they were set to, measured, used, executed, and ran in."""

from __future__ import annotations

import msgspec
import pytest

from forebear.core.digest import of_bytes
from forebear.core.entities import Metric
from forebear.core.errors import InvalidInput, UnknownRef
from forebear.core.events import ArtifactRecorded, EdgesRecorded, MetricsLogged
from forebear.ops.code import CodeDiffRequest, CodeRequest
from forebear.ops.compare_runs import CompareRunsRequest
from forebear.ops.environment import EnvironmentDiffRequest, EnvironmentRequest
from forebear.ops.series import SeriesRequest, thinned
from forebear.ops.table import Target
from story import link

PREPARE = b"import pandas\n\ndf = pandas.read_csv('raw.csv')\ndf.dropna()\n"
TRAIN = b"depth = 2\nfit(depth)\n"


@pytest.fixture
def keep(store, story):
    """Give a run code and an environment that are kept."""

    def kept(run, *, files, packages, python="3.12.1"):
        listed = [
            {"path": path, "size": len(text), "digest": store.blobs.put(text)}
            for path, text in files.items()
        ]
        code = store.blobs.put(msgspec.json.encode({"files": listed}))
        described = {
            "packages": [{"name": name, "version": one} for name, one in packages.items()],
            "python": {"version": python},
        }
        environment = store.blobs.put(msgspec.json.encode(described))
        for kind, digest in (("code", code), ("environment", environment)):
            story.say(ArtifactRecorded(artifact=digest, kind=kind, digest=digest))
            story.say(EdgesRecorded(run=run, used=[link(digest, kind)], context=True))
        return run

    return kept


@pytest.fixture
def pair(store, story, keep):
    first = story.train(2, 0.8)
    second = story.train(4, 0.9, save="second.pkl")
    keep(
        first.run,
        files={"train.py": TRAIN, "prepare.py": PREPARE, "old.py": b"1\n"},
        packages={"numpy": "2.1.0", "pandas": "2.2.0", "attrs": "25.1"},
    )
    keep(
        second.run,
        files={
            "train.py": TRAIN.replace(b"2", b"4"),
            "prepare.py": PREPARE,
            "new.py": b"1\n2\n",
        },
        packages={"numpy": "2.2.0", "pandas": "2.2.0"},
        python="3.12.4",
    )
    store.append(story.events)
    return first.run, second.run


def between(client, request, pair):
    left, right = (Target(ref=f"run:{run}") for run in pair)
    return client.call(request(left=left, right=right))


def test_any_number_of_runs_is_compared(client, store, story, pair):
    third = story.train(3, 0.85, save="third.pkl")
    store.append(story.events)
    refs = [*(f"run:{run}" for run in pair), "churn:3"]
    answer = client.call(CompareRunsRequest(targets=[Target(ref=ref) for ref in refs]))
    facts = {(one.what, one.key): one for one in answer.facts}
    assert [run.id for run in answer.runs] == [*pair, third.run]
    assert [run.made for run in answer.runs] == [["churn:1"], ["churn:2"], ["churn:3"]]
    assert facts["parameter", "max_depth"].values == [2, 4, 3]
    assert facts["parameter", "max_depth"].differs
    assert facts["parameter", "n_estimators"].values == [100, 100, 100]
    assert not facts["parameter", "n_estimators"].differs
    assert facts["metric", "f1"].values == [0.8, 0.9, 0.85]
    assert facts["data", "clean"].values == ["clean:1"] * 3
    assert facts["code", "code"].differs
    assert facts["environment", "environment"].differs
    assert answer.verdict == (
        "The 3 runs differ in 1 parameter (max_depth), 1 figure (f1), code and environment."
    )


@pytest.mark.parametrize("refs", [[], ["churn:1"], ["churn:1", "churn:1"]])
def test_one_run_is_not_compared(client, pair, refs):
    with pytest.raises(InvalidInput, match="can't be compared"):
        client.call(CompareRunsRequest(targets=[Target(ref=ref) for ref in refs]))


def test_code_is_listed_and_read(client, pair):
    answer = client.call(CodeRequest(target=Target(ref="churn:1"), path="train.py"))
    assert [one.path for one in answer.files] == ["train.py", "prepare.py", "old.py"]
    assert [one.text for one in answer.files] == [TRAIN.decode(), None, None]
    assert all(one.kept for one in answer.files)
    assert answer.git["branch"] == "main"
    assert answer.verdict == "train.py executed 3 source files of its own."
    with pytest.raises(UnknownRef, match=r"No file 'none\.py'"):
        client.call(CodeRequest(target=Target(ref="churn:1"), path="none.py"))


def test_code_differs_line_by_line(client, pair):
    answer = between(client, CodeDiffRequest, pair)
    files = {one.path: one for one in answer.files}
    assert {path: one.change for path, one in files.items()} == {
        "new.py": "added",
        "old.py": "removed",
        "train.py": "changed",
        "prepare.py": "same",
    }
    (hunk,) = files["train.py"].hunks
    assert [line.mark + line.text for line in hunk.lines] == [
        "-depth = 2",
        "+depth = 4",
        " fit(depth)",
    ]
    assert (files["new.py"].added, files["old.py"].removed) == (2, 1)
    assert answer.files[-1].path == "prepare.py"
    assert answer.verdict.startswith("3 of 4 source files differ: 3 lines came and 2 went")


def test_code_that_is_not_kept_says_so(client, store, story, pair):
    story.train(8, 0.7, save="third.pkl")
    store.append(story.events)
    third = client.call(CodeRequest(target=Target(ref="churn:3")))
    assert (third.files, third.digest) == ([], of_bytes(b"train.py"))
    assert "is not kept here" in third.verdict
    with pytest.raises(UnknownRef, match="are not kept"):
        client.call(CodeDiffRequest(left=Target(ref="churn:1"), right=Target(ref="churn:3")))


def test_an_environment_is_told_flat(client, pair):
    answer = client.call(EnvironmentRequest(target=Target(ref="churn:1")))
    assert answer.facts == {"python.version": "3.12.1"}
    assert [one.name for one in answer.packages] == ["numpy", "pandas", "attrs"]
    assert answer.verdict == "train.py ran on Python 3.12.1 with 3 packages."


def test_environments_differ_in_packages_and_facts(client, pair):
    answer = between(client, EnvironmentDiffRequest, pair)
    assert [(one.name, one.left, one.right) for one in answer.differences] == [
        ("attrs", "25.1", None),
        ("numpy", "2.1.0", "2.2.0"),
        ("python.version", "3.12.1", "3.12.4"),
    ]
    assert answer.same == 1
    assert between(client, EnvironmentDiffRequest, (pair[0], pair[0])).differences == []


def test_a_series_is_told_in_the_order_of_its_steps(client, store, story, pair):
    run = pair[1]
    for step in (2, 1, 3):
        values = [Metric(key="loss", value=1 / step, step=step)]
        story.say(MetricsLogged(run=run, metrics=values))
    story.say(MetricsLogged(run=run, metrics=[Metric(key="loss", value="NaN", step=4)]))
    store.append(story.events)
    answer = client.call(SeriesRequest(target=Target(ref=f"run:{run}")))
    loss, f1 = answer.series
    assert [point.step for point in loss.points] == [1, 2, 3, 4]
    assert (loss.count, loss.least, loss.greatest, loss.last) == (4, 1 / 3, 1.0, "NaN")
    assert (f1.key, f1.split, f1.last) == ("f1", "test", 0.9)
    only = client.call(SeriesRequest(target=Target(ref=f"run:{run}"), keys=["f1"]))
    assert [one.key for one in only.series] == ["f1"]
    with pytest.raises(InvalidInput):
        client.call(SeriesRequest(target=Target(ref=f"run:{run}"), most=3))


def test_no_peak_is_lost_where_points_are_left_out():
    values = [0.0] * 10_000
    values[1234], values[7777] = 9.0, -9.0
    kept = thinned(values, 50)
    assert len(kept) <= 50
    assert {0, 1234, 7777, 9999} <= set(kept)
    assert kept == sorted(set(kept))
