"""What the columns are made of that polars makes, eager and lazy."""

import warnings

import polars as pl
import polars.selectors as cs
import pytest

from forebear.capture.session import active

from .recording import recording


@pytest.fixture
def folder(tmp_path):
    pl.DataFrame(
        {
            "id": range(12),
            "g": list("xyz") * 4,
            "k": [1, 2, 3, 4] * 3,
            "v": [0.5 * i for i in range(12)],
            "w": [1.0 * i for i in range(12)],
        }
    ).write_parquet(tmp_path / "left.parquet")
    pl.DataFrame({"k": [1, 2, 3], "w": [5.0, 6.0, 7.0], "name": list("abc")}).write_parquet(
        tmp_path / "right.parquet"
    )
    return tmp_path


ONE = {
    "select": (lambda d: d.select("v", z=pl.col("k") + pl.col("w")), {"v": "v", "z": "k w"}),
    "selectors": (
        lambda d: d.select(cs.float() * 2, cs.string().name.suffix("_s")),
        {"v": "v", "w": "w", "g_s": "g"},
    ),
    "when": (
        lambda d: d.with_columns(z=pl.when(pl.col("g") == "x").then(pl.col("v")).otherwise(0)),
        {"z": "g v", "k": "k"},
    ),
    "over": (lambda d: d.with_columns(m=pl.col("v").mean().over("g")), {"m": "v", "v": "v"}),
    "filter": (lambda d: d.filter(pl.col("k") > 1).select("v"), {"v": "v"}),
    "rename": (lambda d: d.rename({"v": "u", "w": "v"}), {"u": "v", "v": "w"}),
    "drop": (lambda d: d.drop(cs.numeric()), {"g": "g"}),
    "group": (
        lambda d: d.group_by("g").agg(pl.col("v", "w").sum(), pl.len(), q=pl.col("k").first()),
        {"g": "g", "v": "v", "w": "w", "len": "", "q": "k"},
    ),
    "struct": (
        lambda d: d.select(pl.struct("k", "v").alias("s")).unnest("s"),
        {"k": "k v", "v": "k v"},
    ),
    "unpivot": (
        lambda d: d.unpivot(["v", "w"], index="id"),
        {"id": "id", "variable": "", "value": "v w"},
    ),
    "concat": (lambda d: pl.concat([d.head(2), d.tail(2)]), {"v": "v", "g": "g"}),
    "mapped": (
        lambda d: d.with_columns(
            z=pl.col("k").map_elements(lambda k: int(str(k)[::-1]), return_dtype=pl.Int64)
        ),
        {"z": "k", "v": "v"},
    ),
}


def told(made, names):
    found = active().tracker.get(made).columns
    return {one: " ".join(sorted(c for _, c in found.feed(one).sources)) for one in names}


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("lazy", [False, True])
def test_columns_of_one_frame(folder, name, lazy):
    make, expected = ONE[name]
    with recording(folder) as record:
        if lazy:
            made = make(pl.scan_parquet("left.parquet")).collect()
        else:
            made = make(pl.read_parquet("left.parquet"))
        assert told(made, expected) == expected
    assert record.gaps == []


EAGER = {
    "brackets": (lambda d: d[["v", "g"]], {"v": "v", "g": "g"}),
    "arithmetic": (lambda d: (d["v"] * d["w"]).alias("p").to_frame(), {"p": "v w"}),
    "text": (lambda d: d["g"].str.to_uppercase().to_frame(), {"g": "g"}),
    "built": (lambda d: pl.DataFrame({"a": d["v"], "b": d["k"]}), {"a": "v", "b": "k"}),
    "series": (lambda d: d.with_columns(d["v"].alias("u"), z=d["k"]), {"u": "v", "z": "k"}),
    "hstack": (lambda d: d.select("id").hstack([d["v"].alias("u")]), {"id": "id", "u": "v"}),
    "dummies": (lambda d: d.to_dummies("g"), {"g_x": "g", "v": "v"}),
    "pivot": (lambda d: d.pivot("g", index="k", values="v"), {"k": "k", "x": "v"}),
    "pandas": (lambda d: pl.from_pandas(d.to_pandas()[["w"]]), {"w": "w"}),
    "arrow": (lambda d: pl.from_arrow(d.to_arrow().select(["w", "g"])), {"w": "w", "g": "g"}),
    "numpy": (lambda d: d.select("w", "v").to_numpy(), {"0": "w", "1": "v"}),
}


@pytest.mark.parametrize("name", EAGER)
def test_columns_of_frames_in_memory(folder, name):
    make, expected = EAGER[name]
    with recording(folder):
        made = make(pl.read_parquet("left.parquet"))
        assert told(made, expected) == expected


@pytest.mark.parametrize("lazy", [False, True])
def test_columns_of_a_join(folder, lazy):
    with recording(folder) as record:
        read = pl.scan_parquet if lazy else pl.read_parquet
        made = read("left.parquet").join(read("right.parquet"), on="k", how="left", suffix="_r")
        made = made.lazy().collect() if lazy else made
        found = active().tracker.get(made).columns
        sources = {n: {o.artifact: c for o, c in found.feed(n).sources} for n in found.names}
        made.write_parquet("out.parquet")
    assert {name: list(of.values()) for name, of in sources.items()} == {
        "id": ["id"], "g": ["g"], "k": ["k", "k"], "v": ["v"], "w": ["w"], "w_r": ["w"],
        "name": ["name"],
    }  # fmt: skip
    assert sources["w"].keys() != sources["w_r"].keys() == sources["name"].keys()
    written = record.step("DataFrame.write_parquet")
    assert {name for one in written.operations for name in one.by} == {"k"}


def test_a_frame_may_stand_for_several_files(folder):
    pl.read_parquet(folder / "left.parquet").reverse().write_parquet(folder / "left2.parquet")
    with recording(folder) as record:
        made = pl.scan_parquet("left*.parquet").filter(pl.col("v") > 1).select("v").collect()
        assert told(made, ["v"]) == {"v": "v v"}
        made.write_parquet("out.parquet")
    written = record.step("DataFrame.write_parquet")
    assert len(written.used) == 2
    assert written.flows[0].columns["v"].columns == [(0, "v"), (1, "v")]
    assert written.flows[0].rows == [None, None]


HIDDEN = {
    "map_rows": lambda d: d.map_rows(lambda row: (row[0],)),
    "map_groups": lambda d: d.group_by("g").map_groups(lambda part: part.head(1)),
    "map_batches": lambda d: d.select(pl.col("v").map_batches(lambda s: s.sort())),
    "shuffle": lambda d: d.select(pl.col("v").shuffle()),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_nobody_can_see_is_said_to_be_unknown(folder, name):
    with recording(folder) as record:
        source = pl.read_parquet("left.parquet")
        made = HIDDEN[name](source)
        made.write_parquet("out.parquet")
    written = record.step("DataFrame.write_parquet")
    assert any(one.unknown for one in written.operations)
    if name != "map_rows":
        assert written.flows[0].rows == [None]


def test_a_function_of_the_program_runs_no_more_often(folder):
    def times():
        seen = []
        frame = pl.scan_parquet("left.parquet").with_columns(
            z=pl.col("k").map_elements(lambda k: seen.append(k) or 1, return_dtype=pl.Int64)
        )
        frame.filter(pl.col("v") > 1).collect()
        frame.collect().with_columns(pl.col("v").map_batches(lambda s: seen.append(s) or s))
        return len(seen)

    with recording(folder):
        recorded = times()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert times() == recorded


def test_warnings_come_as_often_as_without(folder):
    def work():
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            left, right = pl.read_parquet("left.parquet"), pl.read_parquet("right.parquet")
            left.sort("k").join_asof(right.sort("k"), on="k", by_left="g", by_right="name")
            pl.scan_parquet("left.parquet").columns  # noqa: B018
        return [one.filename for one in seen]

    with recording(folder):
        seen = work()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert work() == seen
    assert len(seen) == 2


def test_what_is_elsewhere_is_asked_nothing(folder, monkeypatch):
    asked = []
    with recording(folder) as record:
        near = pl.read_parquet("left.parquet").lazy()
        monkeypatch.setattr(pl.LazyFrame, "collect_schema", asked.append)
        far = pl.scan_parquet("s3://bucket/far.parquet")
        near.join(far.filter(pl.col("v") > 1), on="k").group_by("k").agg("v")
        monkeypatch.undo()
    assert asked == []
    assert record.gaps == []
