"""Each check passes what it should, fails what it should, and says which rows offend."""

import time

import pyarrow as pa
import pytest

from forebear.checks import check_of, kinds
from forebear.checks.in_range import Range
from forebear.core.checking import Shape
from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.suggesting import ColumnSeen, Seen

from .cases import CASES, FREE, options_of, table_of
from .trying import tried, written


def ids(case):
    return case[0]["kind"]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_it_passes_good_data_and_fails_bad(case):
    said, good, bad, rows, *_ = case
    options = options_of(case)
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
    options = options_of(case)
    table = table_of(good)
    check = check_of(said, "test")
    found = tried(said, table.slice(0, 0), **options)
    assert found.status in (("passed", "failed") if check.on_empty else ("skipped",)), found


@pytest.mark.parametrize(
    "case", [case for case in CASES if check_of(case[0], "test").involved()], ids=ids
)
def test_a_column_that_is_not_there_is_a_failure_with_its_name(case):
    said = case[0]
    check = check_of(said, "test")
    options = options_of(case)
    found = tried(said, {"unrelated": [1, 2, 3]}, **options)
    assert found.status == "failed"
    assert found.message == f"there is no column {check.involved()[0]}"


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_columns_of_nothing_but_absent_values_are_no_error(case):
    said, good, *_ = case
    options = options_of(case)
    table = table_of(good)
    nothing = pa.table([pa.nulls(30, field.type) for field in table.schema], table.schema)
    assert tried(said, nothing, **options).status in ("passed", "failed", "skipped")


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_columns_of_another_type_are_judged_and_no_error(case):
    said, good, *_ = case
    options = options_of(case)
    table = table_of(good)
    texts = {name: ["what?", "not this", "x y"] for name in table.column_names}
    told = ("error",) if said["kind"] in FREE else ("passed", "failed", "skipped")
    assert tried(said, texts, **options).status in told


@pytest.mark.parametrize("kind", ["mean", "outliers"])
def test_what_has_to_hold_numbers_and_holds_texts_does_not_pass(kind):
    bounds = {"least": 1, "greatest": 2} if kind == "mean" else {}
    found = tried({"kind": kind, "column": "a", **bounds}, {"a": ["x", "y"]})
    assert (found.status, found.message) == ("failed", "a holds no numbers; its type is text")


def test_numbers_are_the_same_as_whole_numbers_and_as_texts_of_them():
    floats, words = (
        {"a": [1.0, 2.0, None], "b": ["x", "y", "z"]},
        {"a": ["1", "2"], "b": ["x", "y"]},
    )
    for table in (floats, words):
        assert tried({"kind": "values", "column": "a", "among": [1, "2"]}, table).status == "passed"
        assert tried({"kind": "values", "column": "a", "among": [1]}, table).positions == [1]
        wanted = {"kind": "required_values", "column": "a", "values": [1, 2]}
        assert tried(wanted, table).status == "passed"
        rule = {
            "kind": "conditional",
            "column": "a",
            "values": [1],
            "then": "b",
            "then_values": ["y"],
        }
        assert tried(rule, table).positions == [0]


def test_bounds_are_those_of_the_name_and_none_of_what_each_version_has_one_value_of():
    def seen(part, hour, earlier=()):
        columns = {
            name: ColumnSeen(type="integer", least=low, greatest=high, distinct=9)
            for name, (low, high) in {
                "part": (part, part),
                "month": (part, part),
                "hour": hour,
            }.items()
        }
        return Seen(rows=500, columns=columns, earlier=[*earlier])

    suggested = Range.suggest(seen(4, (5, 23), [seen(3, (5, 22))]))
    found = {check.column: (check.least, check.greatest) for check, _ in suggested}
    assert found == {"month": (1, 12), "hour": (0, 23)}
    beyond = {check.column: check.greatest for check, _ in Range.suggest(seen(4, (5, 26)))}
    assert beyond["hour"] > 26


def test_a_misspelt_column_is_told_with_the_one_that_is_meant():
    found = tried({"kind": "nulls", "column": "dep_dellay"}, {"dep_delay": [1]})
    assert found.message == "there is no column dep_dellay; there is one called dep_delay"


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
        ({"column": "a"}, "does not say of which kind it is"),
        ({"kind": "nulls", "column": "a", "mots": 1}, "no setting `mots`; did you mean `most`"),
        ({"kind": "nulls", "column": "a", "most": 5}, "`most` has to be at most 1."),
        ({"kind": "nulls", "column": "a", "most": -0.5}, "`most` has to be at least 0."),
        ({"kind": "nulls"}, "`column` has to be said."),
        ({"kind": "nulls", "column": 3}, "`column` has to be a text, not a whole number."),
        ({"kind": "values", "column": "a", "among": "x"}, "`among` has to be a list, not a text."),
        ({"kind": "values", "column": "a", "among": []}, "`among` has to name some."),
        ({"kind": "unique", "column": "a", "severity": "bad"}, "'bad': it is "),
        ({"kind": "schema", "fields": {"a": "int"}}, "`fields` cannot be 'int': it is "),
        ({"kind": "freshness", "days": -1}, "`days` has to be at least 0."),
        ({"kind": "outliers", "column": "a", "times": 0}, "`times` has to be more than 0."),
        ({"kind": "length", "column": "a", "least": 9, "greatest": 1}, "`least` (9) is more than"),
        ({"kind": "row_count", "least": 9, "greatest": 1}, "`least` (9) is more than"),
        ({"kind": "mean", "column": "a", "least": 9, "greatest": 1}, "`least` (9) is more than"),
        (
            {"kind": "distribution", "column": "a", "edges": [5, 3], "shares": [0.1, 0.1, 0.8]},
            "`edges` has to rise",
        ),
        (
            {"kind": "distribution", "column": "a", "edges": [3, 5], "shares": [0.1, 0.1, 0.1]},
            "these are 0.3.",
        ),
        (
            {"kind": "class_drift", "column": "a", "shares": {"x": 0.9, "y": 0.9}},
            "parts of a whole",
        ),
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


def test_another_table_that_is_not_there_is_no_verdict():
    found = tried({"kind": "overlap", "other": "train"}, {"id": [1]})
    assert (found.status, found.message) == ("error", "gone")


def test_a_version_without_one_before_is_skipped():
    assert tried({"kind": "row_count_change"}, {"a": [1]}).status == "skipped"


def test_a_version_is_as_fresh_as_it_was_made():
    said = {"kind": "freshness", "days": 2}
    assert tried(said, {"a": [1]}, made=time.time() - 86_400).status == "passed"
    assert tried(said, {"a": [1]}, made=time.time() - 3 * 86_400).status == "failed"
    assert tried(said, {"a": [1]}).status == "skipped"


@pytest.mark.parametrize("text", ["a,b\n1,x\n2,\n", "\ufeffa,b\r\n1,x\r\n2,\r\n", "a;b\n1;x\n2;\n"])
def test_csv_in_its_kinds(text):
    assert tried({"kind": "nulls", "column": "b"}, csv=text).positions == [1]
    assert tried({"kind": "range", "column": "a", "least": 2}, csv=text).positions == [0]


def test_a_csv_file_that_turns_to_words_late_is_still_judged():
    text = "a\n" + "1\n" * 30_000 + "oops\n"
    assert tried({"kind": "type", "column": "a", "type": "integer"}, csv=text).positions == [30_000]
    assert tried({"kind": "range", "column": "a", "least": 0}, csv=text).positions == [30_000]


def test_one_check_that_cannot_be_done_leaves_the_others_alone(tmp_path):
    from forebear.engines.checking import scanning
    from forebear.ops.quality_run import do_checks

    path = tmp_path / "data.csv"
    path.write_text("a\n1\n")
    checks = [
        check_of(said, "test")
        for said in (
            {"kind": "condition", "holds": "nonsense("},
            {"kind": "range", "column": "a", "least": 0},
        )
    ]
    with scanning(path, {}) as scan:
        done = do_checks(checks, scan, "s")
    assert [one.result.status for one in done] == ["error", "passed"]


@pytest.mark.parametrize("content", [b"", b"PAR1 this is no parquet", b"\x00\xff" * 40])
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path, content):
    from forebear.engines.checking import scanning

    path = tmp_path / "data.parquet"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=r"data\.parquet"), scanning(path, {}):
        pass
    path = tmp_path / "data.pkl"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="cannot be checked"), scanning(path, {}):
        pass


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_folder_of_parts_is_one_table(tmp_path, form):
    from forebear.engines.checking import scanning
    from forebear.ops.quality_run import do_checks

    folder = tmp_path / "parts"
    (folder / "deep").mkdir(parents=True)
    for place, values in (("a", [1, 2]), ("deep/b", [3, -4])):
        if form == "csv":
            (folder / f"{place}.csv").write_text("x\n" + "\n".join(map(str, values)) + "\n")
        else:
            written(folder / f"{place}.parquet", {"x": values})
    checks = [
        check_of(said, "test")
        for said in (
            {"kind": "row_count", "least": 4},
            {"kind": "range", "column": "x", "least": 0},
            {
                "kind": "condition",
                "id": "spy",
                "holds": "(SELECT max(b) FROM read_csv('/etc/hosts')) = 1",
            },
        )
    ]
    with scanning(folder, {}, name="parts") as scan:
        done = do_checks(checks, scan, "s")
    assert [one.result.status for one in done] == ["passed", "failed", "error"]
    assert done[1].result.offending == 1
