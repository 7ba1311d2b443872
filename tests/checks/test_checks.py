"""Each check passes what it should, fails what it should, and says which rows offend."""

import pyarrow as pa
import pytest

from forebear.checks import check_of, kinds
from forebear.core.checking import Shape
from forebear.core.errors import InvalidInput

from .trying import tried

# A kind, its settings, data that passes, data that fails, and the rows that offend there.
CASES = [
    (
        {"kind": "condition", "id": "adult", "holds": "age >= 18", "when": "adult"},
        {"age": [18, 3, None], "adult": [True, False, True]},
        {"age": [18, 3, 4], "adult": [True, True, False]},
        [1],
    ),
    (
        {"kind": "schema", "fields": {"a": "integer", "b": "text"}},
        {"a": [1], "b": ["x"]},
        {"a": [1.5], "c": ["x"]},
        [],
    ),
    (
        {"kind": "type", "column": "a", "type": "integer"},
        {"a": ["1", None]},
        {"a": ["1", "x"]},
        [1],
    ),
    ({"kind": "nulls", "column": "a"}, {"a": [1, 2]}, {"a": [1, None]}, [1]),
    (
        {"kind": "range", "column": "a", "least": 0, "greatest": 9},
        {"a": [0, 9, None]},
        {"a": [10, 5, -1]},
        [0, 2],
    ),
    (
        {"kind": "values", "column": "a", "among": ["x", "y"]},
        {"a": ["x", None]},
        {"a": ["x", "z"]},
        [1],
    ),
    ({"kind": "unique", "column": "a"}, {"a": [1, 2, None, None]}, {"a": [1, 2, 1]}, [2]),
    ({"kind": "row_count", "least": 2, "greatest": 3}, {"a": [1, 2]}, {"a": [1]}, []),
    (
        {"kind": "pattern", "column": "a", "matches": "[A-Z]{2}"},
        {"a": ["AB", None]},
        {"a": ["ABC", "AB"]},
        [0],
    ),
]

FREE = {"condition"}
"""Kinds whose SQL is the user's own, and may not fit."""


def ids(case):
    return case[0]["kind"]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_it_passes_good_data_and_fails_bad(case):
    said, good, bad, rows, *more = case
    options = more[0] if more else {}
    passed = tried(said, good, **options)
    assert (passed.status, passed.positions) == ("passed", []), passed.message
    failed = tried(said, bad, **options)
    assert (failed.status, failed.positions) == ("failed", rows), failed.message
    assert failed.message
    if rows:
        assert failed.offending == len(rows)


def test_every_check_has_a_case():
    assert {case[0]["kind"] for case in CASES} == set(kinds())


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_data_without_rows_is_skipped_or_judged_but_never_an_error(case):
    (
        said,
        good,
        *_,
    ) = case
    options = case[4] if len(case) > 4 else {}
    table = good if isinstance(good, pa.Table) else pa.table(good)
    check = check_of(said, "test")
    found = tried(said, table.slice(0, 0), **options)
    assert found.status in (("passed", "failed") if check.on_empty else ("skipped",)), found


@pytest.mark.parametrize(
    "case", [case for case in CASES if check_of(case[0], "test").involved()], ids=ids
)
def test_a_column_that_is_not_there_is_a_failure_with_its_name(case):
    said = case[0]
    check = check_of(said, "test")
    options = case[4] if len(case) > 4 else {}
    found = tried(said, {"unrelated": [1, 2, 3]}, **options)
    assert found.status == "failed"
    assert found.message == f"there is no column {check.involved()[0]}"


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_columns_of_nothing_but_absent_values_are_no_error(case):
    said, good, *_ = case
    options = case[4] if len(case) > 4 else {}
    table = good if isinstance(good, pa.Table) else pa.table(good)
    nothing = pa.table([pa.nulls(30, field.type) for field in table.schema], table.schema)
    assert tried(said, nothing, **options).status in ("passed", "failed", "skipped")


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_columns_of_another_type_are_judged_and_no_error(case):
    said, good, *_ = case
    options = case[4] if len(case) > 4 else {}
    table = good if isinstance(good, pa.Table) else pa.table(good)
    texts = {name: ["what?", "not this", "x y"] for name in table.column_names}
    told = ("error",) if said["kind"] in FREE else ("passed", "failed", "skipped")
    assert tried(said, texts, **options).status in told


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_check_says_what_it_is(kind):
    assert (kinds()[kind].__doc__ or "").strip().split("\n")[0].endswith((".", ";"))


def test_a_wrong_setting_is_one_clear_sentence():
    for said, words in [
        ({"kind": "rnage", "column": "a"}, "no check called 'rnage'"),
        ({"kind": "range", "column": "a"}, "`least` or `greatest`"),
        ({"kind": "range", "column": "a", "least": 3, "greatest": 1}, "more than"),
        ({"kind": "range", "column": "a", "least": "x"}, "least"),
        ({"kind": "nulls", "column": "a", "mots": 1}, "mots"),
        ({"kind": "nulls"}, "column"),
        ({"kind": "pattern", "column": "a", "matches": "("}, "no regular expression"),
    ]:
        with pytest.raises(InvalidInput, match="test") as error:
            check_of(said, "test")
        assert words in error.value.message


def test_a_stranger_brings_a_check_in_a_file(monkeypatch):
    import sys
    import types

    from forebear import checks
    from forebear.core.checking import RowCheck, number

    class Even(RowCheck, frozen=True, kw_only=True):
        """Numbers are even."""

        kind = "even"
        column: str

        def bad(self, shape: Shape) -> str:
            return f"{number(self.column)} % 2 <> 0"

        def words(self) -> str:
            return "even"

    module = types.ModuleType("even_check")
    module.Even = Even
    monkeypatch.setitem(sys.modules, "even_check", module)
    found = [*checks.load_folder("forebear.checks"), module]
    monkeypatch.setattr(checks, "load_folder", lambda _: found)
    assert tried({"kind": "even", "column": "a"}, {"a": [2, 3, 4]}).positions == [1]


def test_names_that_need_quoting():
    odd = 'a "b"\'c; DROP'
    assert tried({"kind": "range", "column": odd, "least": 0}, {odd: [-1]}).positions == [0]
    assert tried({"kind": "unique", "column": odd}, {odd: [1, 1]}).positions == [1]
