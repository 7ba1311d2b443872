"""Tables of very many columns are scanned in parts, and nothing of it shows."""

import pandas as pd

from forebear.checks import check_of
from forebear.engines import checking
from forebear.engines.checking import scanning
from forebear.ops.quality_run import do_checks

COLUMNS = 80


def test_many_columns_are_checked_as_few_are(tmp_path, monkeypatch):
    frame = pd.DataFrame({f"c{n}": range(n, n + 30) for n in range(COLUMNS)})
    frame.loc[7, "c5"] = -1
    frame.to_csv(tmp_path / "t.csv", index=False)
    checks = [
        check_of({"kind": kind, "column": name, **more}, "test")
        for name in frame.columns
        for kind, more in (("range", {"least": 0}), ("nulls", {}), ("unique", {}))
    ]
    checks.append(check_of({"kind": "condition", "holds": "no_such_thing > 1"}, "test"))
    found = []
    for most in (10_000, 50):
        monkeypatch.setattr(checking, "_AT_ONCE", most)
        with scanning(tmp_path / "t.csv", {}) as scan:
            found.append([do_checks(checks, scan, "s") for _ in range(2)])
    assert found[0] == found[1]
    (once, again) = found[1]
    assert once == again
    failed = [one.result for one in once if one.result.status == "failed"]
    assert [(one.column, one.positions) for one in failed] == [("c5", [7])]
    assert once[-1].result.status == "error"


def test_a_file_unlike_its_first_lines_is_read_in_another_way_in_parts_too(tmp_path, monkeypatch):
    monkeypatch.setattr(checking, "_AT_ONCE", 5)
    rows = ["1,2"] * 30_000 + ["x,2"]
    (tmp_path / "t.csv").write_text("\n".join(["a,b", *rows]) + "\n")
    checks = [
        check_of({"kind": kind, "column": name, "id": f"{kind}{name}{n}", **more}, "test")
        for n in range(4)
        for name in "ab"
        for kind, more in (("type", {"type": "integer"}), ("range", {"least": n - 5}))
    ]
    with scanning(tmp_path / "t.csv", {}) as scan:
        done = do_checks(checks, scan, "s")
    failed = {
        (one.result.check, one.result.column) for one in done if one.result.status == "failed"
    }
    assert failed == {("type", "a"), ("range", "a")}
