from __future__ import annotations

import pytest

from forebear.analysis.verdict import (
    called,
    impact_verdict,
    listed,
    maker,
    path_verdict,
    sources,
    trace_verdict,
)
from forebear.core.entities import Edge, Node

RAW = Node(id="raw", type="artifact", kind="data", name="raw.csv")
FIT = Node(id="fit", type="run", kind="train", name="Forest.fit", parent="run", root="run")
MODEL = Node(id="m", type="artifact", kind="model", name="Forest", in_memory=True)
FILE = Node(id="f", type="artifact", kind="model", name="churn", version=3)
NODES = {node.id: node for node in (RAW, FIT, MODEL, FILE)}
USED = Edge(source="raw", target="fit", type="used", role="train", evidence="observed")
CODE = Edge(source="code", target="fit", type="used", role="code", evidence="observed")
MADE = Edge(source="fit", target="m", type="generated", evidence="observed")
SAVED = Edge(source="m", target="f", type="derived", relation="export", evidence="observed")
EDGES = [USED, CODE, MADE, SAVED]


def verdict(**more) -> str:
    facts = {
        "title": "churn:3",
        "by": FIT,
        "script": "train.py",
        "begins": [RAW],
        "edges": EDGES,
        "gaps": 0,
        "omitted": 0,
    }
    return trace_verdict(FILE, **(facts | more))


def test_the_whole_story_in_a_sentence():
    assert verdict() == (
        "churn:3 was trained by Forest.fit in train.py from raw.csv."
        " Every link on the way was observed."
    )


def test_weak_links_are_counted():
    weak = [*EDGES, Edge(source="a", target="raw", type="derived", evidence="declared")]
    assert "1 of 5 links on the way is only declared." in verdict(edges=weak)
    assert "Every link" not in verdict(edges=weak)


def test_what_is_missing_is_said():
    assert "1 thing was not seen." in verdict(gaps=1)
    assert "2 things were not seen." in verdict(gaps=2)
    assert "At least 7 more nodes left out" in verdict(omitted=7)
    assert "It was reproduced: bitwise." in verdict(reproduced="bitwise")
    assert "Making it again failed: refuted." in verdict(reproduced="refuted")


def test_no_origin_is_said_and_a_filter_is_not_blamed_on_the_record():
    nothing = {"by": None, "begins": [], "edges": []}
    assert verdict(**nothing) == "Nothing recorded made churn:3: its story begins here."
    assert verdict(**nothing, least="verified") == (
        "Nothing that is verified or better leads to churn:3."
    )


def test_an_answer_that_was_cut_off_at_once_does_not_deny_an_origin():
    cut = verdict(by=None, begins=[], edges=[], omitted=2)
    assert cut.startswith("What led to churn:3 is left out of this answer. At least 2 more")


def test_the_maker_of_a_file_made_what_it_was_saved_from():
    assert maker("f", NODES, EDGES) == FIT
    assert maker("raw", NODES, EDGES) is None


def test_sources_are_where_the_flow_begins():
    assert sources(["f"], NODES, EDGES) == [RAW]


@pytest.mark.parametrize(
    ("names", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (list("abcdef"), "a, b, c and 3 more")],
)
def test_lists_are_spoken(names, said):
    assert listed(names) == said


def test_a_thing_without_a_name_is_called_by_its_digest():
    digest = "sha256:" + "ab" * 32
    assert called(Node(id=digest, type="artifact", kind="file")) == "sha256:" + "ab" * 6


def test_impact_counts_and_names():
    said = impact_verdict(
        "raw.csv", models=["churn:3", "churn:4"], deployments=[], consumers=["report"], omitted=0
    )
    assert said == (
        "raw.csv reaches 2 models (churn:3 and churn:4), 0 deployments and 1 consumer (report)."
    )


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"found": True, "steps": 3}, "a leads to b in 3 steps."),
        ({"found": True, "steps": 1, "backwards": True}, "The other way round: b leads to a"),
        ({"found": False, "steps": 0}, "No path leads from a to b, nor back."),
        ({"found": False, "steps": 0, "complete": False}, "as far as the search went."),
        ({"found": True, "steps": 0}, "a and b are the same thing."),
    ],
)
def test_paths_are_spoken(facts, said):
    facts = {"backwards": False, "complete": True} | facts
    assert said in path_verdict("a", "b", **facts)
