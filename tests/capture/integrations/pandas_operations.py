"""Operations of pandas, with what is true of the rows and columns that pass through them.

The rows that are expected come from pandas itself: a column of row numbers goes through the same
operation. What each column is made of is written by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

NUMBER = "row_number"


class Case(NamedTuple):
    """One operation, and what is true of it.

    `columns` says for each column what it is made of: "pay bonus.grade"; "=" is the column of
    the same name. `rows` finds the row numbers in what the operation makes of numbered frames.
    """

    name: str
    do: Callable[[Any, Any], Any]
    columns: dict[str, str]
    rows: Callable[[Any], Any] | None = None
    bonus: Callable[[Any], Any] | None = None
    by: str = ""


def same(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), "=")


def carried(made):
    """The row numbers in a column; a series has them as its labels."""
    return made[NUMBER] if isinstance(made, pd.DataFrame) and NUMBER in made else made.index


def labels(made):
    """Row labels that are still those of the file."""
    return made.index


def unseen(made):
    """It is true to say nothing: each row is made of no one row."""
    return


def by_group(*keys: str) -> Callable[[Any], Any]:
    """All rows with the same keys, in the order of the keys."""

    def rows(made):
        numbered = people().assign(**{NUMBER: range(len(people()))})
        return numbered.groupby(list(keys))[NUMBER].agg(list)

    return rows


def people() -> pd.DataFrame:
    n = 24
    random = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "id": random.permutation(n) + 100,
            "age": random.integers(18, 70, n).astype(float),
            "job": [["cook", "clerk", "nurse", "smith"][i] for i in random.integers(0, 4, n)],
            "city": [["Ulm", "Bonn", "Jena"][i] for i in random.integers(0, 3, n)],
            "pay": random.integers(10, 90, n) * 100.0,
            "when": pd.date_range("2024-01-01", periods=n, freq="11h").astype(str),
        }
    )
    frame.loc[[2, 9, 17], "age"] = np.nan
    return frame


def bonuses() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": [101, 105, 105, 110, 111, 120, 999],
            "bonus": [1.0, 2.5, 3.0, 4.0, 5.5, 6.0, 7.0],
            "grade": list("abacbca"),
        }
    )


ALL = "id age job city pay when"


def changed_at(frame, _):
    frame.loc[frame.age > 40, "pay"] = 0.0
    return frame


def flagged_at(frame, _):
    frame["old"] = False
    frame.loc[frame.age > 40, "old"] = True
    return frame


def at_from_other(frame, _):
    frame.loc[frame.age.isna(), "age"] = frame.loc[frame.age.isna(), "pay"] / 100
    return frame


def changed_by_position(frame, _):
    frame.iloc[2:5, 4] = 1.0
    return frame


def one_cell(frame, _):
    frame.at[3, "pay"] = 7.0
    return frame


def in_place(method: str, **options: Any) -> Callable[[Any, Any], Any]:
    def do(frame, _):
        getattr(frame, method)(inplace=True, **options)
        return frame

    return do


def new_column(frame, _):
    frame["rate"] = frame["pay"] / (frame.age + 1)
    return frame


def two_steps(frame, _):
    frame["half"] = frame["pay"] / 2
    frame["rate"] = frame["half"] - frame["age"]
    return frame.drop(columns="half")


def constant_column(frame, _):
    frame["one"] = 1
    return frame


def deleted(frame, _):
    del frame["job"]
    return frame


def popped(frame, _):
    return frame.pop("age")


def after_pop(frame, _):
    frame.pop("age")
    return frame


def inserted(frame, _):
    frame.insert(1, "cents", frame.pay * 100)
    return frame


def renamed_by_columns(frame, _):
    frame.columns = [name.upper() if name != NUMBER else name for name in frame.columns]
    return frame


def mean_filled(frame, _):
    frame["age"] = frame["age"].fillna(frame["age"].mean())
    return frame


def replaced_columns(frame, _):
    frame[["age", "pay"]] = frame[["age", "pay"]] * 2
    return frame


def exploded(frame, _):
    frame["letter"] = frame.city.str.lower().str.split("n")
    return frame.explode("letter")


def resampled(frame, _):
    frame["when"] = pd.to_datetime(frame["when"])
    return frame.set_index("when")[["pay"]].resample("2D").sum()


def by_days(made):
    frame = people()
    frame["when"] = pd.to_datetime(frame["when"])
    frame[NUMBER] = range(len(frame))
    return frame.set_index("when")[NUMBER].resample("2D").agg(list)


def looped(frame, _):
    return pd.concat([part.head(2) for _, part in frame.groupby("job")])


def stacked_below(frame, _):
    return pd.concat([frame[frame.age > 40], frame[frame.age <= 30]])


def side_by_side(frame, _):
    return pd.concat([frame[["age"]], frame["pay"].rename("money")], axis=1)


def split_by_index(frame, _):
    part = frame.sample(frac=0.6, random_state=3)
    return frame.drop(part.index)


def compared(made):
    return range(24)


def joined(how):
    frame = people().assign(**{NUMBER: range(24)})
    return frame.merge(bonuses().assign(other=range(7)), on="id", how=how)


def looked_up():
    other = bonuses().assign(other=range(7)).drop_duplicates("id").set_index("id").other
    return people().id.map(other)


def counted(made):
    numbers = people().assign(**{NUMBER: range(24)}).groupby("city")[NUMBER].agg(list)
    return [numbers[city] for city in made.index]


CASES = [
    # choosing columns
    Case("column", lambda f, _: f["age"], same("age")),
    Case("attribute", lambda f, _: f.pay, same("pay")),
    Case("columns", lambda f, _: f[["pay", "id"]], same("pay id")),
    Case("drop columns", lambda f, _: f.drop(columns=["job", "city"]), same("id age pay when")),
    Case("filter columns", lambda f, _: f.filter(like="a"), same("age pay")),
    Case("select dtypes", lambda f, _: f.select_dtypes("float"), same("age pay")),
    Case("loc columns", lambda f, _: f.loc[:, "age":"city"], same("age job city")),
    Case("iloc columns", lambda f, _: f.iloc[:, [4, 0]], same("pay id")),
    Case("reindex columns", lambda f, _: f.reindex(columns=["pay", "age"]), same("pay age")),
    Case("delete", deleted, same("id age city pay when")),
    Case("pop", popped, same("age")),
    Case("what pop leaves", after_pop, same("id job city pay when")),
    # choosing rows
    Case("mask", lambda f, _: f[f.age > 40], same(ALL), carried),
    Case("mask of two", lambda f, _: f[(f.age > 40) & (f.city == "Ulm")], same(ALL), carried),
    Case("mask negated", lambda f, _: f[~f.job.isin(["cook"])], same(ALL), carried),
    Case("loc mask", lambda f, _: f.loc[f.pay < 4000, ["pay", "age"]], same("pay age")),
    Case("loc labels", lambda f, _: f.loc[[7, 2, 2]], same(ALL), carried),
    Case("loc slice", lambda f, _: f.loc[3:9], same(ALL), carried),
    Case("iloc slice", lambda f, _: f.iloc[3:20:4], same(ALL), carried),
    Case("iloc backwards", lambda f, _: f.iloc[::-1], same(ALL), carried),
    Case("iloc list", lambda f, _: f.iloc[[5, 1, 9]], same(ALL), carried),
    Case("iloc both", lambda f, _: f.iloc[2:6, [1, 4]], same("age pay")),
    Case("slice", lambda f, _: f[4:10], same(ALL), carried),
    Case("query", lambda f, _: f.query("age > 30 and city == 'Bonn'"), same(ALL), carried),
    Case("head", lambda f, _: f.head(7), same(ALL), carried),
    Case("tail", lambda f, _: f.tail(7), same(ALL), carried),
    Case("dropna", lambda f, _: f.dropna(), same(ALL), carried),
    Case("dropna in place", in_place("dropna"), same(ALL), carried),
    Case("drop rows", lambda f, _: f.drop(index=[0, 3, 9]), same(ALL), carried),
    Case("drop the others", split_by_index, same(ALL), carried),
    Case("drop duplicates", lambda f, _: f.drop_duplicates("job"), same(ALL), carried),
    Case("sample", lambda f, _: f.sample(frac=0.5, random_state=1), same(ALL), carried),
    Case(
        "sample with replacement",
        lambda f, _: f.sample(30, replace=True, random_state=1),
        same(ALL),
        carried,
    ),
    Case("sort", lambda f, _: f.sort_values(["job", "pay"]), same(ALL), carried),
    Case("sort in place", in_place("sort_values", by="pay"), same(ALL), carried),
    Case("sort index", lambda f, _: f.sort_index(ascending=False), same(ALL), carried),
    Case("nsmallest", lambda f, _: f.nsmallest(5, "pay"), same(ALL), carried),
    Case("nlargest", lambda f, _: f.nlargest(5, "age"), same(ALL), carried),
    Case("truncate", lambda f, _: f.truncate(3, 8), same(ALL), carried),
    Case("take", lambda f, _: f.take([8, 0, 3]), same(ALL), carried),
    Case("reindex", lambda f, _: f.reindex([4, 2, 0]), same(ALL), carried),
    Case("series dropna", lambda f, _: f.age.dropna(), same("age")),
    Case("series mask", lambda f, _: f.pay[f.age > 50], same("pay")),
    Case(
        "sorted and numbered anew",
        lambda f, _: f.sort_values("pay").reset_index(drop=True),
        same(ALL),
        carried,
    ),
    Case(
        "numbered anew in place",
        lambda f, _: in_place("reset_index", drop=True)(f[f.age > 30], _),
        same(ALL),
        carried,
    ),
    Case("head of groups", lambda f, _: f.groupby("job").head(2), same(ALL), carried),
    Case("loop over groups", looped, same(ALL), carried),
    # new values, row by row
    Case("assign", lambda f, _: f.assign(k=f.pay / 1000), same(ALL) | {"k": "pay"}),
    Case("assign by function", lambda f, _: f.assign(k=lambda t: t.pay - t.age),
         same(ALL) | {"k": "pay age"}),
    Case("set column", new_column, same(ALL) | {"rate": "pay age"}),
    Case("set by way of another", two_steps, same(ALL) | {"rate": "pay age"}),
    Case("constant", constant_column, same(ALL) | {"one": ""}),
    Case("insert", inserted, same(ALL) | {"cents": "pay"}),
    Case("set columns", replaced_columns, same(ALL)),
    Case("loc assignment", changed_at, same(ALL)),
    Case("loc assignment of a flag", flagged_at, same(ALL) | {"old": "age"}),
    Case("loc assignment from another", at_from_other, same(ALL) | {"age": "age pay"}),
    Case("iloc assignment", changed_by_position, same(ALL)),
    Case("at assignment", one_cell, same(ALL)),
    Case("fillna", lambda f, _: f.fillna({"age": 0.0}), same(ALL)),
    Case("fillna of a column", mean_filled, same(ALL)),
    Case("series where", lambda f, _: f.pay.where(f.age > 40, f.age), {"pay": "pay age"}),
    Case("series mask method", lambda f, _: f.pay.mask(f.age > 40, 0.0), same("pay")),
    Case("replace", lambda f, _: f.replace({"city": {"Ulm": "U"}}), same(ALL)),
    Case("clip", lambda f, _: f[["age", "pay"]].clip(20, 4000), same("age pay")),
    Case("arithmetic", lambda f, _: f.pay * 2 - f.age, {"": "pay age"}),
    Case("astype", lambda f, _: f.astype({"pay": "int64"}), same(ALL)),
    Case("map", lambda f, _: f.job.map({"cook": 1, "clerk": 2}), same("job")),
    Case("text", lambda f, _: f.city.str.upper(), same("city")),
    Case("cut", lambda f, _: pd.cut(f.pay, 3).astype(str), same("pay")),
    Case("apply to rows", lambda f, _: f.apply(lambda r: r["pay"] + r["id"], axis=1),
         {"": "pay id"}),
    Case("apply to a column", lambda f, _: f.pay.apply(lambda v: v // 7), same("pay")),
    Case("eval", lambda f, _: f.eval("k = pay / id"), same(ALL) | {"k": "pay id"}),
    Case("shift", lambda f, _: f[["pay"]].shift(1).fillna(0), same("pay")),
    Case("rank", lambda f, _: f.pay.rank(), same("pay")),
    Case("cumsum", lambda f, _: f[["pay"]].cumsum(), same("pay")),
    Case("rename", lambda f, _: f.rename(columns={"pay": "wage"}),
         same("id age job city when") | {"wage": "pay"}),
    Case("rename in place", in_place("rename", columns={"pay": "wage"}),
         same("id age job city when") | {"wage": "pay"}),
    Case("new names", renamed_by_columns,
         {name.upper(): name for name in ALL.split()}, compared),
    Case("add prefix", lambda f, _: f[["age", "pay"]].add_prefix("x_"),
         {"x_age": "age", "x_pay": "pay"}),
    Case("get_dummies", lambda f, _: pd.get_dummies(f[["pay", "city"]], columns=["city"]),
         same("pay") | {f"city_{name}": "city" for name in ("Bonn", "Jena", "Ulm")}),
    Case("get_dummies of a series", lambda f, _: pd.get_dummies(f.city, prefix="c"),
         {f"c_{name}": "city" for name in ("Bonn", "Jena", "Ulm")}),
    Case("to array", lambda f, _: f[["pay", "age"]].to_numpy(), {"0": "pay", "1": "age"}, compared),
    Case("values", lambda f, _: f[["pay", "age"]].values, {"0": "pay", "1": "age"}, compared),
    Case("rolling", lambda f, _: f.pay.rolling(3, min_periods=1).mean(), same("pay")),
    # labels
    Case("set_index", lambda f, _: f.set_index("id"), same("age job city pay when"), compared),
    Case("set_index in place", in_place("set_index", keys="id"),
         same("age job city pay when"), compared),
    Case("set and reset index", lambda f, _: f.set_index(["job", "city"]).reset_index(),
         same("job city id age pay when"), carried),
    Case("explode", exploded, same(ALL) | {"letter": "city"}, carried),
    # joins
    Case("merge", lambda f, b: f.merge(b, on="id"),
         same(ALL) | {"id": "id bonus.id", "bonus": "bonus.bonus", "grade": "bonus.grade"},
         carried, lambda made: joined("inner")["other"]),
    Case("merge left", lambda f, b: f.merge(b, on="id", how="left")[["pay", "bonus"]],
         same("pay") | {"bonus": "bonus.bonus"},
         lambda made: joined("left")[NUMBER], lambda made: joined("left")["other"]),
    Case("merge outer", lambda f, b: pd.merge(f, b, how="outer")[["pay", "grade"]],
         same("pay") | {"grade": "bonus.grade"},
         lambda made: joined("outer")[NUMBER], lambda made: joined("outer")["other"]),
    Case("merge with suffixes",
         lambda f, b: f[["id", "pay"]].merge(b.rename(columns={"bonus": "pay"}), on="id"),
         {"id": "id bonus.id", "pay_x": "pay", "pay_y": "bonus.bonus", "grade": "bonus.grade"},
         lambda made: joined("inner")[NUMBER], lambda made: joined("inner")["other"]),
    Case("join on the index",
         lambda f, b: f.set_index("id")[["pay"]].join(b.drop_duplicates("id").set_index("id")),
         {"pay": "=", "bonus": "bonus.bonus", "grade": "bonus.grade"},
         compared, lambda made: looked_up()),
    Case("map over another", lambda f, b: f.id.map(b.drop_duplicates("id").set_index("id").bonus),
         {"id": "id bonus.bonus"}),
    # below and beside each other
    Case("concat below", stacked_below, same(ALL), carried),
    Case("concat beside", side_by_side, {"age": "age", "money": "pay"}),
    Case("concat of two sources", lambda f, b: pd.concat([f[["id"]], b[["id"]]]),
         {"id": "id bonus.id"},
         lambda made: [*range(24), *[-1] * 7], lambda made: [*[-1] * 24, *range(7)]),
    # groups and shapes
    Case("group mean", lambda f, _: f.groupby("job")[["pay"]].mean(),
         same("pay"), by_group("job"), by="job"),
    Case("group agg", lambda f, _: f.groupby("job").agg(most=("pay", "max"), n=("id", "count")),
         {"most": "pay", "n": "id"}, by_group("job"), by="job"),
    Case("group agg reset", lambda f, _: f.groupby(["job", "city"]).pay.sum().reset_index(),
         same("job city pay"), by_group("job", "city"), by="job city"),
    Case("group flat", lambda f, _: f.groupby("job", as_index=False).agg({"pay": "mean"}),
         same("job pay"), by_group("job"), by="job"),
    Case("group size", lambda f, _: f.groupby("job").size().rename("n").to_frame(),
         {"n": "job"}, by_group("job"), by="job"),
    Case("group transform", lambda f, _: f.groupby("job").pay.transform("mean"), same("pay"),
         by="job"),
    Case("group put beside", lambda f, _: f.assign(m=f.groupby("job").pay.transform("mean")),
         same(ALL) | {"m": "pay"}, by="job"),
    Case("pivot_table",
         lambda f, _: f.pivot_table(index="job", columns="city", values="pay", aggfunc="sum"),
         dict.fromkeys(["Bonn", "Jena", "Ulm"], "pay city"),
         by_group("job"), by="job city"),
    Case("melt", lambda f, _: f[["id", "age", "pay"]].melt(id_vars="id"),
         {"id": "id", "variable": "age pay", "value": "age pay"},
         lambda made: [*range(24), *range(24)]),
    Case("stack", lambda f, _: f[["age", "pay"]].stack(), {"": "age pay"},
         lambda made: made.index.get_level_values(0)),
    Case("unstack", lambda f, _: f.groupby(["job", "city"]).pay.sum().unstack(fill_value=0),
         dict.fromkeys(["Bonn", "Jena", "Ulm"], "pay city"), by_group("job")),
    Case("resample", resampled, same("pay"), by_days),
    Case("value counts", lambda f, _: f.city.value_counts().to_frame(),
         {"count": "city"}, counted),
    Case("transpose", lambda f, _: f[["age", "pay"]].T,
         {str(at): "age pay" for at in range(24)}, unseen),
    Case("describe", lambda f, _: f[["age", "pay"]].describe(), same("age pay"), unseen),
]  # fmt: skip
