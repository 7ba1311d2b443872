"""Which rows and columns are in what Arrow makes: each row carries its number."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from forebear.capture.passage import SAME
from forebear.capture.session import active

from .recording import recording

SIZE = 200


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(5)
    table = pa.table(
        {
            "id": np.arange(SIZE),
            "g": rng.choice(list("pqrs"), SIZE),
            "k": rng.integers(0, 30, SIZE),
            "v": pa.array([None if i % 11 == 0 else float(i % 17) for i in range(SIZE)]),
        }
    )
    pq.write_table(table, tmp_path / "left.parquet", row_group_size=64)
    right = pa.table({"k": np.arange(40), "id2": np.arange(40), "w": rng.normal(size=40)})
    pq.write_table(right, tmp_path / "right.parquet")
    return tmp_path


def rows(made, source):
    """The rows of `source` in `made`, one list for each row."""
    tracker = active().tracker
    (root,) = tracker.get(source).sources()
    way = tracker.get(made).rows.get(root)
    if way is None:
        return None
    if way is SAME:
        return [[i] for i in range(len(made))]
    found = [[] for _ in range(way.n_out)]
    for out, into in zip(*way.as_pairs(), strict=True):
        found[out].append(int(into))
    return found


def numbers(column):
    """The numbers that rows carry."""
    return [[] if n is None else n if isinstance(n, list) else [n] for n in column.to_pylist()]


TAKEN = {
    "mask": lambda t: t.filter(pc.greater(t["v"], 5)),
    "function": lambda t: pc.filter(t, pc.is_in(t["g"], value_set=pa.array(["p", "q"]))),
    "expression": lambda t: t.filter((pc.field("v") > 5) & (pc.field("g") == "p")),
    "take": lambda t: t.take([5, 5, 0]),
    "brackets": lambda t: t[10:30],
    "slice": lambda t: t.slice(190),
    "sort": lambda t: t.sort_by([("g", "descending"), ("k", "ascending")]),
    "sort_one": lambda t: t.sort_by("v"),
    "missing": lambda t: t.drop_null(),
    "concat": lambda t: pa.concat_tables([t.slice(0, 5), t.slice(100, 4)]),
    "columns": lambda t: t.select(["v", "id"]).append_column("z", pc.add(t["k"], 1)),
    "renamed": lambda t: t.drop_columns(["g"]).combine_chunks().slice(3, 9),
    # With several threads the order inside a list is another one each time.
    "group": lambda t: (
        t.group_by("g", use_threads=False).aggregate([("id", "list")]).rename_columns(["g", "id"])
    ),
    "pandas": lambda t: pa.Table.from_pandas(t.slice(50).to_pandas()),
    "batches": lambda t: t.slice(20, 10).to_batches()[0],
}


@pytest.mark.parametrize("name", TAKEN)
def test_rows_of_one_table(folder, name):
    with recording(folder) as record:
        source = pq.read_table("left.parquet")
        made = TAKEN[name](source)
        assert rows(made, source) == numbers(made["id"])
    assert record.gaps == []


@pytest.mark.parametrize("how", ["inner", "left outer", "full outer"])
def test_rows_of_joins(folder, how):
    with recording(folder):
        left, right = pq.read_table("left.parquet"), pq.read_table("right.parquet")
        made = left.join(right, "k", join_type=how, use_threads=False)
        assert rows(made, left) == numbers(made["id"])
        assert rows(made, right) == numbers(made["id2"])


def test_rows_of_arrays_and_numpy(folder):
    with recording(folder):
        source = pq.read_table("left.parquet")
        kept = source["id"].filter(pc.less(source["k"], 9)).sort("descending")
        assert rows(kept, source) == numbers(kept)
        values = pc.multiply(source["k"], 2).to_numpy()
        assert rows(values, source) == [[i] for i in range(SIZE)]


def flow_into(record, step):
    """The way of rows and columns into what a step made."""
    (flow,) = record.step(step).flows
    return flow


def test_a_reader_with_a_filter_says_which_rows_it_kept(folder):
    with recording(folder) as record:
        whole = pq.read_table("left.parquet").to_pandas()
        pq.read_table("left.parquet", columns=["id"], filters=[("v", ">", 3), ("g", "in", ["p"])])
    flow = [step for step in record.steps if step.name.endswith("read_table")][-1].flows[0]
    from forebear.engines import rowbytes

    wanted = whole[(whole.v > 3) & (whole.g == "p")]["id"]
    assert rowbytes.decode(flow.rows[0].data).positions().tolist() == wanted.tolist()


def test_parts_of_a_file_hold_their_row_groups(folder):
    with recording(folder):
        file = pq.ParquetFile("left.parquet")
        made = file.read_row_groups([2, 0])
        way = active().tracker.get(made)
        (relation,) = way.rows.values()
        assert relation.positions().tolist() == made["id"].to_pylist()


COLUMNS = {
    "elementwise": (
        lambda t: t.append_column("z", pc.add(t["k"], pc.fill_null(t["v"], 0))),
        {"z": {"k", "v"}, "id": {"id"}, "g": {"g"}},
    ),
    "set": (lambda t: t.set_column(2, "v", pc.utf8_upper(t["g"])), {"v": {"g"}, "id": {"id"}}),
    "renamed": (lambda t: t.rename_columns(["a", "b", "c", "d"]), {"c": {"k"}, "d": {"v"}}),
    "filter": (lambda t: t.filter(pc.greater(t["k"], 3)).select(["v"]), {"v": {"v"}}),
    "groups": (
        lambda t: t.group_by("g").aggregate([("v", "mean"), ("k", "max"), ([], "count_all")]),
        {"g": {"g"}, "v_mean": {"v"}, "k_max": {"k"}, "count_all": set()},
    ),
    "table": (lambda t: pa.table({"x": t["v"], "y": t["k"]}), {"x": {"v"}, "y": {"k"}}),
    "pandas": (lambda t: t.select(["k", "v"]).to_pandas(), {"k": {"k"}, "v": {"v"}}),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_what_columns_are_made_of(folder, name):
    make, expected = COLUMNS[name]
    with recording(folder):
        made = make(pq.read_table("left.parquet"))
        found = active().tracker.get(made).columns
    told = {one: {column for _, column in found.feed(one).sources} for one in expected}
    assert told == expected


def test_what_decides_about_rows_is_told_apart(folder):
    with recording(folder) as record:
        table = pq.read_table("left.parquet")
        kept = table.filter(pc.greater(table["k"], 3)).sort_by("g").select(["v"])
        pq.write_table(kept, "out.parquet")
    operations = record.step("pyarrow.parquet.write_table").operations
    assert {name for one in operations for name in one.by} == {"k", "g"}
    assert flow_into(record, "pyarrow.parquet.write_table").same == ["v"]
    assert [one.name for one in operations if one.unknown] == []
