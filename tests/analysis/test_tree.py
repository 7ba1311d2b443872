from __future__ import annotations

from datetime import UTC, datetime

from forebear.analysis.tree import grow
from forebear.core.entities import Edge, Node


def artifact(id: str, **more: object) -> Node:
    return Node(id=id, type="artifact", kind="data", digest=more.pop("digest", id), **more)


def run(id: str, **more: object) -> Node:
    return Node(id=id, type="run", kind=more.pop("kind", "transform"), name="f", **more)


def used(source: str, target: str, role: str = "input", **more: object) -> Edge:
    return Edge(source=source, target=target, type="used", role=role, evidence="observed", **more)


def made(source: str, target: str, evidence: str = "observed") -> Edge:
    return Edge(source=source, target=target, type="generated", evidence=evidence)


def tree(roots: list[str], nodes: list[Node], edges: list[Edge], direction: str = "up"):
    return grow(roots, {node.id: node for node in nodes}, edges, direction)


def shape(twig) -> object:
    return {twig.node.id: [shape(child) for child in twig.children]}


def test_a_thing_stands_above_what_it_was_made_of():
    (top,) = tree(["b"], [artifact("a"), run("r"), artifact("b")], [used("a", "r"), made("r", "b")])
    assert shape(top) == {"b": [{"r": [{"a": []}]}]}


def test_a_second_mention_points_to_the_first():
    nodes = [artifact("raw"), run("split"), artifact("x"), artifact("y"), run("fit"), artifact("m")]
    edges = [
        used("raw", "split"),
        made("split", "x"),
        made("split", "y"),
        used("x", "fit", "train", slot="X"),
        used("y", "fit", "train", slot="y"),
        made("fit", "m"),
    ]
    (top,) = tree(["m"], nodes, edges)
    x, y = top.children[0].children
    assert (x.node.id, y.node.id) == ("x", "y")
    assert shape(x) == {"x": [{"split": [{"raw": []}]}]}
    assert y.children[0].above
    assert not y.children[0].children
    assert not y.above


def test_a_leaf_mentioned_twice_needs_no_pointer():
    nodes = [artifact("raw"), run("p"), run("q"), artifact("x"), artifact("y"), run("fit")]
    edges = [
        *(used("raw", step) for step in "pq"),
        made("p", "x"),
        made("q", "y"),
        used("x", "fit"),
        used("y", "fit"),
    ]
    (top,) = tree(["fit"], nodes, edges)
    leaves = [branch.children[0].children[0] for branch in top.children]
    assert [leaf.node.id for leaf in leaves] == ["raw", "raw"]
    assert not any(leaf.above for leaf in leaves)


def test_runs_that_did_the_same_with_the_same_result_are_folded_newest_first():
    runs = [run(f"r{n}", started=datetime(2026, 1, n, tzinfo=UTC)) for n in range(1, 5)]
    edges = [edge for one in runs for edge in (used("a", one.id), made(one.id, "b"))]
    (top,) = tree(["b"], [artifact("a"), artifact("b"), *runs], edges)
    (shown,) = top.children
    assert (shown.node.id, shown.more) == ("r4", 3)


def test_runs_that_read_something_else_are_not_folded():
    nodes = [artifact("a"), artifact("c"), artifact("b"), run("r"), run("s")]
    edges = [used("a", "r"), used("c", "s"), made("r", "b"), made("s", "b")]
    (top,) = tree(["b"], nodes, edges)
    assert [child.more for child in top.children] == [0, 0]


def test_equal_tables_of_several_runs_are_one_twig():
    nodes = [artifact("raw")]
    edges = []
    for n in range(3):
        nodes += [run(f"r{n}"), artifact(f"m{n}", digest="same", in_memory=True)]
        edges += [used("raw", f"r{n}"), made(f"r{n}", f"m{n}")]
    (top,) = tree(["m0", "m1", "m2"], nodes, edges)
    assert top.more == 2


def test_code_and_environment_are_no_branches():
    nodes = [artifact("c"), run("r"), artifact("b")]
    (top,) = tree(["b"], nodes, [used("c", "r", "code"), made("r", "b")])
    assert shape(top) == {"b": [{"r": []}]}


def test_a_step_tells_the_story_of_the_script_around_it():
    nodes = [artifact("a"), artifact("b"), run("script", kind="run"), run("step", root="script")]
    edges = [used("a", "step"), made("step", "b"), made("script", "b"), used("a", "script")]
    (top,) = tree(["b"], nodes, edges)
    assert shape(top) == {"b": [{"step": [{"a": []}]}]}


def test_a_cycle_ends_in_a_pointer():
    nodes = [artifact("a"), artifact("b")]
    edges = [
        Edge(source="a", target="b", type="derived", evidence="declared"),
        Edge(source="b", target="a", type="derived", evidence="declared"),
    ]
    (top,) = tree(["a"], nodes, edges)
    again = top.children[0].children[0]
    assert again.node.id == "a"
    assert again.above


def test_the_evidence_of_a_twig_is_that_of_its_weakest_edge():
    nodes = [artifact("a"), run("r")]
    edges = [
        used("a", "r", "train"),
        Edge(source="a", target="r", type="used", role="test", evidence="inferred"),
    ]
    (top,) = tree(["r"], nodes, edges)
    (only,) = top.children
    assert only.evidence == "inferred"
    assert only.roles == ["train", "test"]


def test_a_tree_may_be_deeper_than_python_recurses():
    nodes = [artifact(str(n)) for n in range(5000)]
    edges = [
        Edge(source=str(n + 1), target=str(n), type="derived", evidence="observed")
        for n in range(4999)
    ]
    (top,) = tree(["0"], nodes, edges)
    depth = 0
    while top.children:
        (top,) = top.children
        depth += 1
    assert depth == 4999
