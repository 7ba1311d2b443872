"""What is told of a recorded run: roles, columns, how many rows, what people said of the data."""

import json

import pytest

from command import forebear
from forebear.exchange.openlineage.reading import heard
from forebear.exchange.openlineage.receiver import Receiver
from forebear.store import open_store

SCRIPT = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

people = pd.read_csv("people.csv")
people["sum"] = people.a * 2 + people.b
people["rank"] = people.a.rank()
people.to_csv("clean.csv", index=False)
test = pd.read_csv("test.csv")
model = LogisticRegression().fit(people[["a", "sum"]], people.y)
model.score(test[["a", "b"]].rename(columns={"b": "sum"}), test.y)
joblib.dump(model, "model.joblib")
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The folder of a recorded run, and the event that tells of its end."""
    folder = tmp_path_factory.mktemp("told")
    rows = "".join(f"{n},{n % 7},{n % 2}\n" for n in range(40))
    (folder / "people.csv").write_text("a,b,y\n" + rows)
    (folder / "test.csv").write_text("a,b,y\n" + rows[: len(rows) // 2].rpartition("\n")[0] + "\n")
    (folder / "train.py").write_text(SCRIPT)
    for words in (
        ["run", "train.py"], ["tag", "data:people", "pii"],
        ["describe", "data:people", "Who came to the shop"],
        ["emit", "openlineage", "model.joblib", "--to", "runs.ndjson"],
    ):  # fmt: skip
        done = forebear(*words, cwd=folder)
        assert done.returncode == 0, done.stderr
    lines = (folder / "runs.ndjson").read_text().splitlines()
    return folder, json.loads(lines[-1])


def facets(of, name):
    (found,) = [one for one in of if one["name"].endswith(f"/{name}")]
    return {**found["facets"], **found.get("inputFacets", {}), **found.get("outputFacets", {})}


def test_inputs_have_the_role_in_which_they_reached_the_model(told):
    _, event = told
    roles = {name: facets(event["inputs"], name)["forebear_use"]["role"]
             for name in ("people.csv", "test.csv")}  # fmt: skip
    assert roles == {"people.csv": "train", "test.csv": "input"}


def test_what_is_known_of_data_is_told_with_it(told):
    _, event = told
    people = facets(event["inputs"], "people.csv")
    assert people["inputStatistics"]["rowCount"] == 40
    assert people["documentation"]["description"] == "Who came to the shop"
    assert [one["key"] for one in people["tags"]["tags"]] == ["pii"]
    assert event["run"]["facets"]["processing_engine"]["name"] == "Python"


def test_columns_of_what_was_written_are_told_with_what_they_were_made_of(told):
    folder, event = told
    clean = facets(event["outputs"], "clean.csv")
    assert {one["name"] for one in clean["schema"]["fields"]} == {"a", "b", "y", "sum", "rank"}
    made_of = {
        name: {(one["field"], one["transformations"][0]["subtype"]) for one in field["inputFields"]}
        for name, field in clean["columnLineage"]["fields"].items()
    }
    assert made_of["a"] == {("a", "IDENTITY")}
    assert made_of["sum"] == {("a", "TRANSFORMATION"), ("b", "TRANSFORMATION")}
    assert made_of["rank"] == {("a", "AGGREGATION")}
    (source,) = {
        (one["namespace"], one["name"])
        for field in clean["columnLineage"]["fields"].values()
        for one in field["inputFields"]
    }
    assert source == ("file", str(folder / "people.csv"))


def test_whoever_takes_it_knows_the_same(told, tmp_path):
    folder, event = told
    assert heard(event)[0].problems == []
    events = [json.loads(line) for line in (folder / "runs.ndjson").read_text().splitlines()]
    with open_store(tmp_path, create=True) as theirs:
        receiver = Receiver(theirs)
        assert set(receiver.take(events)) == {None}
        receiver.settle()
        edges = theirs.run_edges(event["run"]["runId"])
        nodes = theirs.nodes([one.source for one in edges])
        roles = {nodes[one.source].label: one.role for one in edges if one.type == "used"}
    assert {name.rpartition("/")[2]: role for name, role in roles.items()} == {
        "people.csv": "train",
        "test.csv": "input",
    }
