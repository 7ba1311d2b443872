from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from forebear.analysis.difference import Ancestry, Difference, differences
from forebear.core.entities import Edge, Node
from forebear.core.rows import RunRow

START = datetime(2026, 3, 1, tzinfo=UTC)


def thing(id: str, digest: str | None = None, kind: str = "data", **more: Any) -> Node:
    return Node(id=id, type="artifact", kind=kind, digest=digest or f"d-{id}", label=id, **more)


def step(id: str, name: str = "fit", root: str = "script", **params: Any) -> Node:
    return Node(
        id=id,
        type="run",
        kind="train",
        name=name,
        parent=root,
        root=root,
        attrs={"params": params} if params else {},
    )


def used(source: str, target: str, role: str = "train", slot: str | None = None) -> Edge:
    return Edge(
        source=source, target=target, type="used", role=role, slot=slot, evidence="observed"
    )


def made(source: str, target: str) -> Edge:
    return Edge(source=source, target=target, type="generated", evidence="observed")


def ancestry(
    side: str,
    *,
    data: str = "same",
    script: dict[str, Any] | None = None,
    command: str = "",
    code: str = "c1",
    environment: str = "e1",
    packages: dict[str, dict[str, str]] | None = None,
    more: list[Node] | None = None,
    edges: list[Edge] | None = None,
    name: str = "fit",
    **params: Any,
) -> Ancestry:
    """A model that a step made from a table, which a file was read into."""
    nodes = [
        thing(f"model-{side}", kind="model"),
        step(f"fit-{side}", name, root=f"script-{side}", **params),
        thing(f"table-{side}", f"t-{data}"),
        step(f"read-{side}", "read_csv", root=f"script-{side}"),
        thing(f"file-{side}", f"f-{data}"),
        thing("train.py", code, kind="code"),
        thing("Python", environment, kind="environment"),
        *(more or []),
    ]
    links = [
        made(f"fit-{side}", f"model-{side}"),
        used(f"table-{side}", f"fit-{side}"),
        made(f"read-{side}", f"table-{side}"),
        used(f"file-{side}", f"read-{side}", "input"),
        used("train.py", f"fit-{side}", "code"),
        used("Python", f"fit-{side}", "environment"),
        *(edges or []),
    ]
    root = f"script-{side}"
    run = RunRow(
        id=root,
        kind="run",
        name="train.py",
        status="finished",
        started=START,
        root=root,
        params=script or {},
        command=command.split(),
        seq=1,
    )
    return Ancestry(
        root=f"model-{side}",
        nodes={node.id: node for node in nodes},
        edges=links,
        runs={root: run},
        packages=packages or {},
    )


def compared(left: dict[str, Any], right: dict[str, Any]) -> list[tuple[str, ...]]:
    found = differences(ancestry("a", **left), ancestry("b", **right))
    return [(one.what, one.name, one.left or "-", one.right or "-") for one in found]


def test_two_models_of_the_same_making_do_not_differ():
    assert compared({"depth": 4}, {"depth": 4}) == []


def test_the_same_content_is_not_looked_into():
    left, right = ancestry("a", depth=4), ancestry("b", depth=5)
    nodes = dict(right.nodes)
    nodes["model-b"] = thing("model-b", "d-model-a", kind="model")
    same = Ancestry(root="model-b", nodes=nodes, edges=right.edges, runs=right.runs)
    assert differences(left, same) == []


def test_arguments_that_are_no_settings():
    left = {"command": "/a/python /a/train.py 2"}
    assert compared(left, {"command": "python train.py 2"}) == []
    found = [("parameter", "arguments", "2", "3 --fast")]
    assert compared(left, {"command": "python train.py 3 --fast"}) == found
    assert compared(left, {"command": "python train.py"}) == [("parameter", "arguments", "2", "-")]
    assert compared(left, {}) == []  # of one it is not recorded
    told = [("parameter", "seed", "2", "3")]
    right = {"script": {"seed": 3}, "command": "python train.py 3"}
    assert compared(left | {"script": {"seed": 2}}, right) == told


def test_settings_of_the_step_and_of_the_script():
    left = {"depth": 4, "grid": {"a": 1}, "script": {"seed": 1}}
    right = {"depth": 5, "grid": {"a": 2}, "loss": None, "script": {"seed": 2}}
    assert compared(left, right) == [
        ("parameter", "depth", "4", "5"),
        ("parameter", "grid.a", "1", "2"),
        ("parameter", "loss", "-", "None"),
        ("parameter", "seed", "1", "2"),
    ]


def test_an_input_is_followed_to_where_it_began_to_differ():
    (found,) = differences(ancestry("a", data="old"), ancestry("b", data="new"))
    assert found == Difference(
        what="input",
        name="input",
        where="read_csv",
        left="file-a",
        right="file-b",
        left_id="file-a",
        right_id="file-b",
    )


def test_inputs_are_compared_by_role_and_slot():
    extra = {
        "more": [thing("weights", "w")],
        "edges": [used("weights", "fit-a", "base"), used("weights", "fit-a", "train", "y")],
    }
    assert compared(extra, {}) == [
        ("input", "base", "weights", "-"),
        ("input", "train y", "weights", "-"),
    ]


def test_code_and_environment():
    assert compared({"code": "c1", "environment": "e1"}, {"code": "c2", "environment": "e2"}) == [
        ("code", "train.py", "train.py", "train.py"),
        ("environment", "environment", "Python", "Python"),
    ]


def test_packages_where_they_are_known():
    packages = {
        "e1": {"numpy": "2.3", "pandas": "3.0", "old": "1"},
        "e2": {"numpy": "2.4", "pandas": "3.0"},
    }
    both = {"packages": packages}
    assert compared({"environment": "e1", **both}, {"environment": "e2", **both}) == [
        ("environment", "numpy", "2.3", "2.4"),
        ("environment", "old", "1", "-"),
    ]


def test_another_kind_of_step_is_said_without_its_settings():
    assert compared(
        {"name": "Forest.fit", "trees": 9}, {"name": "Linear.fit", "penalty": "l2"}
    ) == [("step", "train", "Forest.fit", "Linear.fit")]


def test_a_saved_model_is_followed_to_the_one_in_memory():
    def saved(side: str, depth: int) -> Ancestry:
        base = ancestry(side, depth=depth)
        file = thing(f"saved-{side}", kind="model")
        export = Edge(
            source=base.root, target=file.id, type="derived", relation="export", evidence="observed"
        )
        return Ancestry(
            root=file.id,
            nodes={**base.nodes, file.id: file},
            edges=[*base.edges, export],
            runs=base.runs,
        )

    (found,) = differences(saved("a", 4), saved("b", 5))
    assert (found.what, found.name) == ("parameter", "depth")


def test_a_thing_made_from_itself_ends():
    loop = Ancestry(root="a", nodes={"a": thing("a")}, edges=[used("a", "a")], runs={})
    other = Ancestry(root="b", nodes={"b": thing("b")}, edges=[used("b", "b")], runs={})
    assert differences(loop, other) == []
