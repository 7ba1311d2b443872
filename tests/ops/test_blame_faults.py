"""Blame over a pipeline of three branches, spoiled in eight ways; `bench/blame.py` has more."""

import pandas as pd
import pytest

from forebear.client.client import LocalClient
from forebear.ops.blame import BlameRequest
from forebear.ops.table import Target
from forebear.store import open_store

from .blamestory import FAULTS, blame_story, planted


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A store with one good run of the pipeline."""
    folder = tmp_path_factory.mktemp("blame")
    store = open_store(folder / ".forebear", create=True)
    client = LocalClient(store, by="ops")
    good = blame_story(store, client, folder / "good", 1)
    yield store, client, folder, good
    store.close()


def blamed(world, name, seed, spoil):
    store, client, folder, good = world
    made = blame_story(store, client, folder / name, seed, spoil)
    answer = client.call(
        BlameRequest(target=Target(ref=made["training"]), good=Target(ref=good["training"]))
    )
    return answer, {artifact: table for table, artifact in made.items()}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_spoiled_the_data_is_named_first(world, fault):
    place, _, spoil = planted(fault, 1)
    answer, tables = blamed(world, fault, 2, spoil)
    first = answer.problems[0].origins[0]
    assert (tables[first.artifact], first.sure) == (place, True)


def test_repeated_rows_of_a_table_that_is_looked_up_are_told_from_a_wrong_join(world):
    def spoil(name, frame):
        return pd.concat([frame, frame.head(80)]) if name == "customers" else frame

    answer, tables = blamed(world, "customers", 3, spoil)
    first = answer.problems[0]
    assert (first.what, tables[first.origins[0].artifact]) == ("rows", "customers")
    assert first.said.startswith("order named each row")


def test_a_column_that_is_gone_is_sought_where_it_was_last(world):
    def spoil(name, frame):
        return frame.drop(columns="region") if name == "located" else frame

    answer, tables = blamed(world, "gone", 4, spoil)
    (problem,) = [one for one in answer.problems if one.what == "column region"]
    assert [tables[one.artifact] for one in problem.origins] == ["located"]


def test_what_was_otherwise_anyway_is_not_the_fault_further_down(world):
    """Amounts rise by a third at the source, and are in another unit later."""

    def spoil(name, frame):
        if name == "orders":
            return frame.assign(amount=frame["amount"] * 1.3)
        return frame.assign(value=frame["value"] * 1000) if name == "features" else frame

    answer, tables = blamed(world, "otherwise", 5, spoil)
    (problem,) = answer.problems
    assert [tables[one.artifact] for one in problem.origins] == ["features"]


def test_a_run_like_the_last_is_not_blamed(world):
    answer, _ = blamed(world, "fine", 6, lambda _, frame: frame)
    assert answer.problems == []
