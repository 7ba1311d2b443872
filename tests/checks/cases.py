"""A kind of check, its settings, data that passes, data that fails, and the rows that offend."""

from __future__ import annotations

import datetime
import math
import random

import pyarrow as pa

FREE = {"condition"}
"""Kinds whose SQL is the user's own, and may not fit the data."""

_DICE = random.Random(7)
NORMAL = [_DICE.gauss(0, 1) for _ in range(400)]
SHIFTED = [value + 2 for value in NORMAL]
TODAY = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
DAYS = datetime.timedelta(days=1)
SHARES = [0.1587, 0.3413, 0.3413, 0.1587]

CASES = [
    (
        {"kind": "class_drift", "column": "a", "shares": {"x": 0.5, "y": 0.5}, "most": 0.1},
        {"a": ["x", "y"] * 500},
        {"a": ["x", "y", "x", "x"] * 250},
        [],
    ),
    (
        {"kind": "compare", "left": "a", "relation": "<=", "right": "b"},
        {"a": [1, 2, None], "b": [1, 3, 0]},
        {"a": [1, 4], "b": [1, 3]},
        [1],
    ),
    (
        {"kind": "condition", "id": "adult", "holds": "age >= 18", "when": "adult"},
        {"age": [18, 3, None], "adult": [True, False, True]},
        {"age": [18, 3, 4], "adult": [True, True, False]},
        [1],
    ),
    (
        {"kind": "conditional", "column": "a", "values": ["x"], "then": "b"},
        {"a": ["x", "y", None], "b": [1, None, None]},
        {"a": ["x", "y", "x"], "b": [1, None, None]},
        [2],
    ),
    (
        {"kind": "constant", "columns": ["a", "b"]},
        {"a": [1, 2], "b": ["x", "y"]},
        {"a": [1, 2], "b": ["x", "x"]},
        [],
    ),
    (
        {"kind": "distinct", "column": "a", "least": 2, "greatest": 3},
        {"a": [1, 2, 2, None]},
        {"a": [1, 1]},
        [],
    ),
    (
        {"kind": "distribution", "column": "a", "edges": [-1, 0, 1], "shares": SHARES},
        {"a": [*NORMAL, None]},
        {"a": SHIFTED},
        [],
    ),
    (
        {"kind": "duplicates"},
        {"a": [1, 1, None], "b": [1, 2, 2]},
        {"a": [1, 2, 1], "b": [3, 3, 3]},
        [2],
    ),
    ({"kind": "finite", "column": "a"}, {"a": [1.0, None, math.nan]}, {"a": [1.0, math.inf]}, [1]),
    (
        {"kind": "freshness", "column": "a", "days": 3},
        {"a": [TODAY - 400 * DAYS, TODAY - DAYS, None]},
        {"a": [TODAY - 400 * DAYS, TODAY - 5 * DAYS]},
        [],
    ),
    (
        {"kind": "future_dates", "column": "a"},
        {"a": [TODAY, None]},
        {"a": [TODAY, TODAY + 40 * DAYS]},
        [1],
    ),
    (
        {"kind": "label_balance", "column": "a", "least": 0.2},
        {"a": ["x"] * 3 + ["y"] + [None]},
        {"a": ["x"] * 9 + ["y"]},
        [],
    ),
    (
        {"kind": "length", "column": "a", "least": 2, "greatest": 3},
        {"a": ["ab", "éöü", None]},
        {"a": ["a", "ab", "abcd"]},
        [0, 2],
    ),
    (
        {"kind": "mean", "column": "a", "least": 1, "greatest": 2},
        {"a": [1, 2, None]},
        {"a": [1, 9]},
        [],
    ),
    (
        {"kind": "mojibake", "column": "a"},
        {"a": ["café", "Ångström", "naïve – “quoted”", "日本", None]},
        {"a": ["cafÃ©", "fine", "it\u00e2\u20ac\u2122s", "lost \ufffd"]},
        [0, 2, 3],
    ),
    ({"kind": "monotonic", "column": "a"}, {"a": [1, 1, None, 2]}, {"a": [1, 3, 2, 4]}, [2]),
    ({"kind": "nulls", "column": "a"}, {"a": [1, 2]}, {"a": [1, None]}, [1]),
    (
        {"kind": "outliers", "column": "a", "times": 3, "most": 0},
        {"a": [*range(50), None]},
        {"a": [*range(50), 500]},
        [50],
    ),
    (
        {"kind": "overlap", "other": "train", "columns": ["id"]},
        {"id": [1, 2]},
        {"id": [1, 9]},
        [1],
        {"other": {"id": [7, 8, 9]}},
    ),
    (
        {"kind": "pattern", "column": "a", "matches": "[A-Z]{2}"},
        {"a": ["AB", None]},
        {"a": ["ABC", "AB"]},
        [0],
    ),
    (
        {"kind": "primary_key", "columns": ["a", "b"]},
        {"a": [1, 1], "b": [1, 2]},
        {"a": [1, 1, None, 1], "b": [1, 2, 3, 1]},
        [2, 3],
    ),
    (
        {"kind": "quantile", "column": "a", "at": 0.5, "greatest": 3},
        {"a": [1, 3, None]},
        {"a": [4, 5]},
        [],
    ),
    (
        {"kind": "range", "column": "a", "least": 0, "greatest": 9},
        {"a": [0, 9, None]},
        {"a": [10, 5, -1]},
        [0, 2],
    ),
    (
        {"kind": "referential", "column": "a", "within": "shops", "key": "id"},
        {"a": [7, None]},
        {"a": [7, 1]},
        [1],
        {"other": {"id": [7, 8, None]}},
    ),
    (
        {"kind": "required_values", "column": "a", "values": ["x", "y"]},
        {"a": ["x", "y", None]},
        {"a": ["x", "z"]},
        [],
    ),
    ({"kind": "row_count", "least": 2, "greatest": 3}, {"a": [1, 2]}, {"a": [1]}, []),
    (
        {"kind": "row_count_change", "fall": 0.5, "rise": 0.5},
        {"a": [1, 2, 3]},
        {"a": [1]},
        [],
        {"before": 3},
    ),
    (
        {"kind": "schema", "fields": {"a": "integer", "b": "text"}},
        {"a": [1], "b": ["x"]},
        {"a": [1.5], "c": ["x"]},
        [],
    ),
    ({"kind": "std", "column": "a", "greatest": 2}, {"a": [1, 2, None]}, {"a": [1, 90]}, []),
    (
        {"kind": "target_leak", "target": "y"},
        {"a": [1, 2, 1, 2], "y": ["n", "n", "j", "j"]},
        {"a": [1.0, 1.1, 5.0, 5.1], "y": ["n", "n", "j", "j"]},
        [],
    ),
    (
        {"kind": "total", "parts": ["a", "b"], "total": "c"},
        {"a": [0.1, 1.0, None], "b": [0.2, 2.0, 1.0], "c": [0.3, 3.0, 9.0]},
        {"a": [1.0, 1.0], "b": [1.0, 2.0], "c": [2.0, 4.0]},
        [1],
    ),
    (
        {"kind": "trimmed", "column": "a"},
        {"a": ["x y", None]},
        {"a": ["x", " x", "", "x\t"]},
        [1, 2, 3],
    ),
    (
        {"kind": "type", "column": "a", "type": "integer"},
        {"a": ["1", "-2.0", None]},
        {"a": ["1", "x", "1.5"]},
        [1, 2],
    ),
    ({"kind": "unique", "column": "a"}, {"a": [1, 2, None, None]}, {"a": [1, 2, 1]}, [2]),
    (
        {"kind": "values", "column": "a", "among": ["x", "y"]},
        {"a": ["x", None]},
        {"a": ["x", "z"]},
        [1],
    ),
    (
        {"kind": "whole_rows", "most": 0.5},
        {"a": [1, None], "b": [1, 2]},
        {"a": [None, 1], "b": [1, None]},
        [0, 1],
    ),
]


def options_of(case):
    return case[4] if len(case) > 4 else {}


def table_of(columns):
    return columns if isinstance(columns, pa.Table) else pa.table(columns)
