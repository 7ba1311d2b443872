from __future__ import annotations

import itertools

import pytest

from forebear.client.client import LocalClient
from forebear.core.errors import InvalidInput, UnknownRef
from forebear.core.ports import Store
from forebear.ops.closures import ClosureRequest, CommonRequest, PathsRequest
from forebear.ops.table import Target
from story import Story


def target(ref: str) -> Target:
    return Target(ref=ref)


@pytest.fixture
def trained(store: Store, story: Story):
    one, two = story.train(4, 0.8), story.train(8, 0.9, save="second.pkl")
    story.serve(one.file)
    store.append(story.events)
    return one, two


def test_everything_that_a_model_comes_from(client: LocalClient, trained):
    answer = client.call(ClosureRequest(target=target("churn:1"), direction="up"))
    kinds = {node.kind for node in answer.nodes}
    assert {"data", "model", "code", "environment", "train", "split", "ingest"} <= kinds
    assert [node.depth for node in answer.nodes] == sorted(node.depth for node in answer.nodes)
    assert answer.nodes[0].id == trained[0].model
    assert (answer.count, answer.omitted, answer.complete) == (len(answer.nodes), 0, True)
    assert sum(answer.counts) == answer.count
    assert answer.verdict.startswith(f"churn:1 has {answer.count} ancestors, at most")


def test_only_some_kinds_and_no_more_than_the_limit(client: LocalClient, trained):
    models = client.call(
        ClosureRequest(target=target("data:raw"), direction="down", kinds=["model"])
    )
    assert {node.id for node in models.nodes} == {
        trained[0].model, trained[0].file, trained[1].model, trained[1].file
    }  # fmt: skip
    few = client.call(ClosureRequest(target=target("data:raw"), direction="down", limit=2))
    assert (len(few.nodes), few.complete) == (2, False)
    assert few.omitted == few.count - 2
    near = client.call(ClosureRequest(target=target("churn:1"), direction="up", depth=1))
    assert (near.counts, near.complete) == ([1], False)


def test_nothing_above_raw_data(client: LocalClient, trained):
    answer = client.call(ClosureRequest(target=target("data:raw"), direction="up"))
    assert (answer.nodes, answer.verdict) == ([], "raw:1 has no ancestors.")


def test_a_bound_that_makes_no_sense(client: LocalClient, trained):
    with pytest.raises(InvalidInput, match="limit of -1"):
        client.call(ClosureRequest(target=target("churn:1"), direction="up", limit=-1))
    with pytest.raises(UnknownRef):
        client.call(ClosureRequest(target=target("nothing"), direction="up"))


def test_what_two_models_have_in_common(client: LocalClient, trained):
    answer = client.call(CommonRequest(targets=[target("churn:1"), target("churn:2")]))
    nearest = {one.id for one in answer.common if one.nearest}
    names = {node.name for node in answer.nodes if node.id in nearest}
    assert names == {"clean", "train.py"}
    assert answer.count == len(answer.common) == len(answer.nodes)
    assert answer.verdict == f"churn:1 and churn:2 have {answer.count} common ancestors."
    data = client.call(
        CommonRequest(targets=[target("churn:1"), target("churn:2")], kinds=["data"], limit=1)
    )
    assert ([node.name for node in data.nodes], data.complete) == (["clean"], False)


def test_what_one_thing_has_in_common_is_no_question(client: LocalClient, trained):
    with pytest.raises(InvalidInput, match="at least two"):
        client.call(CommonRequest(targets=[target("churn:1")]))


def test_all_ways_from_data_to_a_model(client: LocalClient, trained):
    answer = client.call(PathsRequest(start=target("data:clean"), end=target("churn:1")))
    assert (len(answer.paths), answer.complete, answer.backwards) == (2, True, False)
    assert {way[-1] for way in answer.paths} == {trained[0].file}
    links = {(edge.source, edge.target) for edge in answer.edges}
    assert links == {pair for way in answer.paths for pair in itertools.pairwise(way)}
    assert {node.id for node in answer.nodes} == {id for way in answer.paths for id in way}
    assert answer.verdict == "2 ways lead from clean:1 to churn:1."


def test_ways_are_found_backwards_and_up_to_a_number(client: LocalClient, trained):
    answer = client.call(PathsRequest(start=target("churn:1"), end=target("data:clean"), most=1))
    assert (len(answer.paths), answer.complete, answer.backwards) == (1, False, True)
    assert answer.verdict == "1 way and perhaps more lead from clean:1 to churn:1."


def test_no_way(client: LocalClient, trained):
    answer = client.call(PathsRequest(start=target("churn:1"), end=target("churn:2")))
    assert (answer.paths, answer.complete) == ([], True)
    assert answer.verdict == "No way leads from churn:1 to churn:2."
