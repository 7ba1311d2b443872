from __future__ import annotations

from forebear.ops.catalog import DataRequest


def test_data_is_listed_with_its_shape_and_place(store, story, client):
    store.append(story.events)
    entries = {entry.name: entry for entry in client.call(DataRequest()).data}
    assert set(entries) == {"raw", "clean"}
    clean = entries["clean"]
    assert (clean.rows, clean.columns, clean.size) == (990, 2, 11)
    assert clean.location == str(story.at / "data/clean.parquet")
    assert clean.metrics == []


def test_nothing_was_there_before_it_was_recorded(store, story, client):
    store.append(story.events)
    assert client.call(DataRequest(as_of="2020-01-01")).data == []


def test_names_are_found_by_a_part_of_them(store, story, client):
    store.append(story.events)
    answer = client.call(DataRequest(name="LEA"))
    assert ([entry.name for entry in answer.data], answer.count) == (["clean"], 1)
