"""Questions as text: what both databases answer alike."""

import pytest

from forebear.core.errors import InvalidInput
from forebear.core.events import ArtifactRecorded


@pytest.fixture
def reader(store):
    """A reader of a store that holds three artifacts."""
    store.append([ArtifactRecorded(artifact=n, kind="data", digest=n) for n in "abc"])
    with store._database.reading() as reader:
        yield reader


def test_a_list_is_one_value_however_long_it_is(reader):
    query = "SELECT key, id FROM node WHERE key IN :keys ORDER BY key"
    assert reader.column(query, keys=["c", "a", *map(str, range(100_000))]) == ["a", "c"]
    assert reader.column(query, keys=[]) == []
    numbers = dict(reader.tuples(query, keys=["a", "b"]))
    ids = reader.column("SELECT key FROM node WHERE id IN :ids", ids=list(numbers.values()))
    assert sorted(ids) == ["a", "b"]


def test_rows_have_their_columns_as_attributes(reader):
    (row,) = reader.rows("SELECT COUNT(*) AS count, MIN(key) AS least, 1 + 1 FROM node")
    assert (row.count, row.least) == (3, "a")
    assert list(row) == [3, "a", 2]
    assert reader.rows("SELECT key FROM node WHERE key = :key", key="z") == []


def test_a_value_that_is_not_there_is_none(reader):
    assert reader.value("SELECT key FROM node WHERE key = :key", key="z") is None
    assert reader.value("SELECT MAX(key) FROM node") == "c"


@pytest.mark.parametrize("given", ["a\0", ["a", "b\0"]])
def test_a_text_with_a_nul_is_refused_in_a_list_too(reader, given):
    with pytest.raises(InvalidInput, match="NUL"):
        reader.value("SELECT key FROM node WHERE key IN :keys", keys=given)
