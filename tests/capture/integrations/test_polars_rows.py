"""Which rows are in what polars makes: each row carries its number, so the truth is seen."""

import gc

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest

from forebear.capture.passage import SAME
from forebear.capture.session import active

from .recording import recording

SIZE = 400


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(3)
    value = rng.normal(size=SIZE)
    value[::17] = np.nan
    pl.DataFrame(
        {
            "id": np.arange(SIZE),
            "g": rng.choice(list("pqrs"), SIZE),
            "k": rng.integers(0, 60, SIZE),
            "v": value,
            "n": [None if i % 13 == 0 else i % 7 for i in range(SIZE)],
        }
    ).write_parquet(tmp_path / "left.parquet")
    pl.DataFrame({"k": np.arange(20, 90), "id": np.arange(70), "w": rng.normal(size=70)}).write_csv(
        tmp_path / "right.csv"
    )
    return tmp_path


def rows(made, source):
    """The rows of `source` in `made`, one list for each row."""
    tracker = active().tracker
    (root,) = tracker.get(source).sources()
    way = tracker.get(made).rows.get(root)
    if way is None:
        return None
    if way is SAME:
        return [[i] for i in range(made.height)]
    found = [[] for _ in range(way.n_out)]
    for out, into in zip(*way.as_pairs(), strict=True):
        found[out].append(int(into))
    return found


def numbers(series):
    """The numbers that rows carry."""
    if series.dtype == pl.List:
        return [sorted(one) for one in series.to_list()]
    return [[] if one is None else [one] for one in series.to_list()]


EAGER = {
    "filter": lambda d: d.filter(pl.col("v") > 0, g="p"),
    "mask": lambda d: d.filter(d["v"] > 0),
    "filter_wide": lambda d: d.filter(pl.all_horizontal(cs.numeric().is_not_null())),
    "filter_over": lambda d: d.filter(pl.col("v") > pl.col("v").mean().over("g")),
    "remove": lambda d: d.remove(pl.col("g") == "q"),
    "sort": lambda d: d.sort("g", pl.col("k") % 7, descending=[True, False]),
    "head": lambda d: d.head(7),
    "tail": lambda d: d.tail(9),
    "slice": lambda d: d.slice(5, 20),
    "brackets": lambda d: d[10:90:3],
    "positions": lambda d: d[[4, 4, 1]],
    "rows_columns": lambda d: d[5:9, ["id", "g"]],
    "every": lambda d: d.gather_every(9, 2),
    "reverse": lambda d: d.reverse(),
    "nulls": lambda d: d.drop_nulls(),
    "nulls_in": lambda d: d.drop_nulls("n"),
    "nans": lambda d: d.drop_nans(),
    "seeded": lambda d: d.sample(fraction=0.3, seed=4, shuffle=True),
    "unseeded": lambda d: d.sample(50),
    "unique": lambda d: d.unique(["g", "k"], keep="last", maintain_order=True),
    "unique_unordered": lambda d: d.unique(["g", "k"], keep="first"),
    "any": lambda d: d.unique("k"),
    "top": lambda d: d.top_k(9, by="id"),
    "select": lambda d: d.select("id", pl.col("v").rank(), m=pl.col("v").mean()),
    "with_columns": lambda d: d.with_columns(cs.float().fill_nan(0), z=pl.col("v").shift(1)),
    "casts": lambda d: d.cast({"k": pl.Float64}).fill_null(0).fill_nan(1).rename({"g": "h"}),
    "explode": lambda d: d.with_columns(l=pl.concat_list("k", "n")).explode("l"),
    "concat": lambda d: pl.concat([d.head(5), d.tail(5)]),
    "vstack": lambda d: d.head(3).vstack(d.filter(pl.col("v") > 1)),
    "unpivot": lambda d: d.unpivot(["k", "n"], index="id"),
    "partition": lambda d: d.partition_by("g")[1],
    "group": lambda d: next(iter(d.group_by("g")))[1],
    "series": lambda d: d["id"].sort(descending=True).head(4).to_frame(),
    "pandas": lambda d: pl.from_pandas(d.to_pandas().query("k > 9")),
    "pipe": lambda d: d.pipe(lambda one: one.filter(pl.col("k") > 3)).clone(),
    "generator": lambda d: d.select(name for name in ("id", "v")).tail(2),
    "mapped": lambda d: d.with_columns(
        q=pl.col("k").map_elements(lambda k: int(str(k)[::-1]), return_dtype=pl.Int64)
    ).filter(pl.col("q") > 7),
}


IN_MEMORY = set(
    "mask brackets positions rows_columns seeded unseeded vstack partition group series pandas"
    " concat".split()
)
"""What cannot be asked of a lazy frame."""


@pytest.mark.parametrize(
    ("name", "lazy"),
    [(name, False) for name in EAGER] + [(name, True) for name in EAGER if name not in IN_MEMORY],
)
def test_rows_of_one_frame(folder, name, lazy):
    with recording(folder) as record:
        if lazy:
            source = pl.scan_parquet("left.parquet")
            made = EAGER[name](source).collect()
        else:
            source = pl.read_parquet("left.parquet")
            made = EAGER[name](source)
        found = rows(made, source)
    column = "id"
    if lazy and name in ("any", "mapped"):
        assert found in (None, numbers(made[column]))
    else:
        assert found == numbers(made[column])
    assert record.gaps == []


JOINS = {
    "inner": lambda a, b: a.join(b, on="k", suffix="_b"),
    "left": lambda a, b: a.join(b, on="k", how="left", suffix="_b"),
    "full": lambda a, b: a.join(b, on="k", how="full", suffix="_b", coalesce=True),
    "ordered": lambda a, b: a.join(b, on="k", suffix="_b", maintain_order="left"),
    "asof": lambda a, b: a.sort("k").join_asof(b.sort("k"), on="k", suffix="_b"),
    "where": lambda a, b: a.head(30).join_where(b, pl.col("k") < pl.col("k_b"), suffix="_b"),
    "cross": lambda a, b: a.head(20).join(b.head(3), how="cross", suffix="_b"),
    "twice": lambda a, b: a.filter(pl.col("v") > 0).join(b, on="k", suffix="_b").sort("v"),
}


@pytest.mark.filterwarnings("ignore:Sortedness")
@pytest.mark.parametrize("name", JOINS)
@pytest.mark.parametrize("lazy", [False, True])
def test_rows_of_joins(folder, name, lazy):
    with recording(folder) as record:
        if lazy:
            left, right = pl.scan_parquet("left.parquet"), pl.scan_csv("right.csv")
            made = JOINS[name](left, right).collect()
        else:
            left, right = pl.read_parquet("left.parquet"), pl.read_csv("right.csv")
            made = JOINS[name](left, right)
        assert rows(made, left) == numbers(made["id"])
        assert rows(made, right) == numbers(made["id_b"])
    assert record.gaps == []


@pytest.mark.parametrize("how", ["semi", "anti"])
@pytest.mark.parametrize("lazy", [False, True])
def test_what_a_join_only_asks_holds_no_rows(folder, how, lazy):
    with recording(folder):
        left, right = pl.read_parquet("left.parquet"), pl.read_csv("right.csv")
        if lazy:
            made = left.lazy().join(right.lazy(), on="k", how=how).collect()
        else:
            made = left.join(right, on="k", how=how)
        assert rows(made, left) == numbers(made["id"])
        assert rows(made, right) is None


GROUPS = {
    "agg": lambda d: d.group_by("g").agg(pl.col("id"), pl.col("v").sum()),
    "ordered": lambda d: d.group_by("g", maintain_order=True).agg("id"),
    "two": lambda d: d.group_by("g", pl.col("k") % 3).agg(pl.col("id"), pl.len()),
    "then": lambda d: d.group_by("k").agg("id", pl.len().alias("c")).filter(pl.col("c") > 5),
    "named": lambda d: d.group_by(z=pl.col("k") // 10).agg(pl.col("id")),
    "all": lambda d: d.select("id", "g").group_by("g").all(),
    "dynamic": lambda d: d.group_by_dynamic("id", every="50i").agg(pl.col("id").alias("ids")),
}


@pytest.mark.parametrize("name", GROUPS)
@pytest.mark.parametrize("lazy", [False, True])
def test_a_group_holds_all_its_rows(folder, name, lazy):
    with recording(folder) as record:
        if lazy:
            source = pl.scan_parquet("left.parquet")
            made = GROUPS[name](source.sort("id")).collect()
        else:
            source = pl.read_parquet("left.parquet")
            made = GROUPS[name](source.sort("id"))
        assert rows(made, source) == numbers(made["ids" if name == "dynamic" else "id"])
    assert record.gaps == []


def test_rows_of_a_large_query_are_known_by_a_column_that_names_them(folder, monkeypatch):
    from forebear.capture.integrations import _polars_numbers

    monkeypatch.setattr(_polars_numbers, "_MOST_ROWS", 10)
    with recording(folder):
        source = pl.scan_parquet("left.parquet")
        made = source.filter(pl.col("v") > 0).sort("k").select("v", name="id").collect()
        without = source.filter(pl.col("v") > 0).select("v", "g").collect()
        assert rows(made, source) == numbers(made["name"])
        assert rows(without, source) is None


def test_frames_that_are_collected_together_are_told_apart(folder):
    with recording(folder):
        left, right = pl.scan_parquet("left.parquet"), pl.scan_csv("right.csv")
        one, two = pl.collect_all([left.filter(pl.col("v") > 0), right.tail(3)])
        assert rows(one, left) == numbers(one["id"])
        assert rows(one, right) is None
        assert rows(two, right) == numbers(two["id"])
        assert len(active().tracker.get(one).parents) == 1


def test_lazy_frames_below_each_other(folder):
    with recording(folder):
        left = pl.scan_parquet("left.parquet")
        both = pl.concat([left.head(3), left.filter(pl.col("v") > 1)]).with_columns(z=1)
        made = both.collect()
        assert rows(made, left) == numbers(made["id"])
        frame = made.lazy().filter(pl.col("id") > 2).collect()
        assert rows(frame, left) == numbers(frame["id"])


def test_nothing_is_kept_of_frames_that_are_gone(folder):
    from forebear.capture.integrations._polars_columns import groups
    from forebear.capture.integrations._polars_shadows import shadows

    with recording(folder):
        before = len(shadows), len(groups)
        for _ in range(3):
            lazy = pl.scan_parquet("left.parquet").filter(pl.col("v") > 0)
            lazy.group_by("g").agg("id").collect().group_by("g").len()
        del lazy
        gc.collect()
        assert (len(shadows), len(groups)) == before
