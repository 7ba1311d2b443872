"""`forebear quality`, `drift` and `blame` as somebody types them."""

import json
import time

import pytest

from command import answer, forebear

PREPARE = """
import sys
import pandas as pd

d = pd.read_csv(sys.argv[1])
d.to_csv("clean.csv", index=False)
"""


def people(count, *, age=40, letters="MF"):
    pays = ["" if n % 40 == 0 else 1000 + 7 * n % 900 for n in range(count)]
    rows = [f"{n},{age + n % 30},{letters[n % len(letters)]},{pay}" for n, pay in enumerate(pays)]
    return "\n".join(["id,age,sex,pay", *rows]) + "\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with two good versions of `clean`, made by a script."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    (tmp_path / "prepare.py").write_text(PREPARE)
    assert forebear("init").returncode == 0
    for count in (300, 320):
        made(tmp_path, people(count))
    return tmp_path


def made(folder, text):
    (folder / "raw.csv").write_text(text)
    done = forebear("run", "--quiet", "prepare.py", "raw.csv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def suggested(folder):
    done = forebear("quality", "suggest", "data:clean", "-o", "quality/clean.toml")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_from_a_trusted_version_to_the_step_that_spoiled_the_next(folder):
    assert "checks for clean, inferred from version 2 and 1 version before it" in suggested(folder)
    good = forebear("quality", "check", "data:clean")
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("clean version 2 passes all")
    made(folder, people(310, age=500))
    bad = forebear("quality", "check", "data:clean")
    assert bad.returncode == 1
    assert "FAIL range:age" in bad.stdout
    assert all(len(line) <= 100 for line in bad.stdout.splitlines())
    shown = forebear("quality", "show", "data:clean")
    assert "1 incident is open" in shown.stdout
    assert "v2 0  v3 310" in shown.stdout
    drifted = forebear("drift", "data:clean:2", "data:clean:3", "--fail-on", "strong")
    assert drifted.returncode == 1
    assert "age differs strongly" in drifted.stdout
    blamed = forebear("blame", "data:clean:3")
    assert blamed.returncode == 0
    assert "raw" in blamed.stdout.splitlines()[0]
    made(folder, people(330))
    assert forebear("quality", "check", "data:clean").returncode == 0
    assert "closed  range:age" in forebear("quality", "show", "data:clean").stdout
    assert forebear("verify").returncode == 0


def test_new_versions_are_checked_when_a_run_has_ended(folder, monkeypatch):
    suggested(folder)
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    made(folder, people(310, age=500))
    until = time.monotonic() + 120
    told = ""
    while time.monotonic() < until and not told:  # by whatever command comes next
        told = forebear("attention").stderr
        time.sleep(0.5)
    assert told.startswith("forebear: clean version 3 fails")
    assert forebear("attention").stderr == ""
    shown = answer("quality", "show", "data:clean")
    newest = shown["versions"][0]
    assert (newest["version"], newest["failed"] > 0) == (3, True)
    assert [one["id"] for one in shown["incidents"]] == ["range:age"]
    assert forebear("profile", "data:clean:3", "--kept").returncode == 0


def test_watching_once_checks_what_is_new(folder):
    suggested(folder)
    done = forebear("quality", "watch", "--once")
    assert done.returncode == 0
    assert "clean version 2 passes all" in done.stdout
    assert forebear("quality", "watch", "--once").stdout == ""


def test_the_suite_is_somebodys_file(folder):
    suggested(folder)
    again = forebear("quality", "suggest", "data:clean", "-o", "quality/clean.toml")
    assert again.returncode == 2
    assert "is there already" in again.stderr
    file = folder / "quality" / "clean.toml"
    file.write_text(file.read_text() + '\n[[check]]\nkind = "nulls"\ncolumn = "pay"\nid = "mine"\n')
    strict = forebear("quality", "check", "data:clean")
    assert strict.returncode == 1
    assert "FAIL mine" in strict.stdout


def test_checks_may_stand_in_the_rules_of_the_project(folder):
    rules = folder / "forebear.toml"
    rules.write_text('[[quality.clean.check]]\nkind = "range"\ncolumn = "age"\ngreatest = 30\n')
    bad = forebear("quality", "check", "data:clean")
    assert (bad.returncode, bad.stderr) == (1, "")
    assert "FAIL range:age" in bad.stdout
    taken = forebear("quality", "suggest", "data:clean", "-o", "forebear.toml")
    assert taken.returncode == 2
    assert "has checks for clean already" in taken.stderr
    rules.unlink()
    assert forebear("quality", "suggest", "data:clean", "-o", "forebear.toml").returncode == 0
    assert "[[quality.clean.check]]" in rules.read_text()
    good = forebear("quality", "check", "data:clean")
    assert (good.returncode, good.stderr) == (0, "")
    suggested(folder)
    both = forebear("quality", "check", "data:clean")
    assert both.returncode == 0
    assert "[quality.clean] does not count" in both.stderr


def test_what_cannot_be_told_leaves_with_2(folder):
    nothing = forebear("quality", "check", "data:clean")
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert "There are no checks for clean" in nothing.stderr
    assert "quality suggest" in nothing.stderr
    (folder / "odd.toml").write_text("data = 'clean'\n[[check]]\nkind = 'condition'\nholds = '('\n")
    undone = forebear("quality", "check", "data:clean", "--suite", "odd.toml")
    assert undone.returncode == 2
    assert "Traceback" not in undone.stderr


def test_a_warning_counts_when_it_is_asked_for(folder):
    text = "data = 'clean'\n[[check]]\nkind = 'nulls'\ncolumn = 'pay'\nseverity = 'warn'\n"
    (folder / "mild.toml").write_text(text)
    words = ("quality", "check", "data:clean", "--suite", "mild.toml")
    assert forebear(*words).returncode == 0
    assert forebear(*words, "--fail-on", "warn").returncode == 1


def test_a_file_before_it_is_a_version(folder):
    suggested(folder)
    (folder / "next.csv").write_text(people(300, letters="MFX"))
    done = forebear("quality", "check", "data:clean", "--on", "next.csv")
    assert done.returncode == 1
    assert "FAIL values:sex" in done.stdout
    assert "not remembered" in done.stdout
    assert answer("quality", "show", "data:clean")["incidents"] == []


OF_PANDERA = [
    {"schema_context": "Column", "column": "age", "check": "in_range(0, 50)",
     "check_number": 0, "failure_case": 69, "index": 29},
]  # fmt: skip


def test_results_of_another_tool(folder):
    (folder / "failures.json").write_text(json.dumps(OF_PANDERA))
    for words in (("quality", "import"), ("import", "quality")):
        done = forebear(*words, "failures.json", "--data", "data:clean")
        assert (done.returncode, done.stderr) == (0, "")
        assert "1 result of pandera" in done.stdout
    shown = answer("quality", "show", "data:clean")
    assert shown["versions"][0]["tools"] == ["pandera"]
    assert len(shown["incidents"]) == 1


def test_results_about_unknown_data_leave_with_1(folder):
    (folder / "failures.json").write_text(json.dumps(OF_PANDERA))
    for words in (("quality", "import"), ("import", "quality")):
        assert forebear(*words, "failures.json").returncode == 1


def test_cleansing_tells_what_became_better(folder):
    (folder / "prepare.py").write_text(PREPARE.replace("d.to_csv", "d = d[d.age < 200]\nd.to_csv"))
    suggested(folder)
    text = people(300).replace("\n3,43,", "\n3,943,")
    made(folder, text)
    done = forebear("quality", "cleansing", "data:clean")
    assert done.returncode == 0, done.stderr
    assert "fixed      range:age  by 1" in done.stdout
    assert "1  300 → 299 rows  prepare.py:6  d = d[d.age < 200]" in done.stdout


CLEAN = """
import pandas as pd

d = pd.read_csv("raw.csv").rename(columns={"pay": "income"})
d = d[d.age < 200]
d.to_csv("clean.csv", index=False)
"""
FINAL = """
import pandas as pd

d = pd.read_csv("clean.csv").merge(pd.read_csv("sexes.csv"), on="sex")
d["income"] = d["income"].fillna(0)
d.loc[d.index < 3, "age"] = 300
d.to_csv("final.csv", index=False)
"""
FINAL_SUITE = """
data = "final"
[[check]]
kind = "range"
column = "age"
least = 0
greatest = 120
[[check]]
kind = "nulls"
column = "income"
most = 0.0
[[check]]
kind = "row_count"
least = 290
"""


def test_cleansing_is_told_step_by_step(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    assert forebear("init").returncode == 0
    (tmp_path / "raw.csv").write_text(people(300).replace("\n3,43,", "\n3,943,"))
    (tmp_path / "sexes.csv").write_text("sex,word\nM,male\nF,female\n")
    (tmp_path / "quality").mkdir()
    (tmp_path / "quality" / "final.toml").write_text(FINAL_SUITE)
    for name, text in (("clean", CLEAN), ("final", FINAL)):
        (tmp_path / f"{name}.py").write_text(text)
        assert forebear("run", "--quiet", f"{name}.py").returncode == 0
    done = forebear("quality", "cleansing", "data:final", "--json")
    answer = json.loads(done.stdout)
    stages = {(s["title"], s["into_title"]): s for s in answer["stages"]}
    assert list(stages) == [("raw:1", "clean:1"), ("clean:1", "final:1")]
    words = {
        key: {one["id"]: one["word"] for one in stage["effects"]} for key, stage in stages.items()
    }
    assert words == {
        ("raw:1", "clean:1"): {"range:age": "fixed", "nulls:income": "same", "row_count": "same"},
        ("clean:1", "final:1"): {
            "range:age": "broken",
            "nulls:income": "fixed",
            "row_count": "same",
        },
    }
    lines = {
        one["id"]: [stage["operations"][at]["line"] for at in one.get("by", [])]
        for stage in stages.values()
        for one in stage["effects"]
        if one["word"] == "fixed"
    }
    assert lines == {
        "range:age": ["d = d[d.age < 200]"],
        "nulls:income": ['d["income"] = d["income"].fillna(0)'],
    }
    assert answer["verdict"] == (
        "final:1 is better than clean:1 in 1 check and worse in 1."
        " It got better with clean:1 and final:1, and worse with final:1."
    )


CELSIUS = """
import sys
import pandas as pd

d = pd.read_csv(sys.argv[1])
d["c"] = {}
d.to_csv("temps.csv", index=False)
"""


def test_what_holds_for_a_column_need_not_hold_for_what_it_was_computed_from(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    assert forebear("init").returncode == 0
    for number, line in enumerate(['(d["f"] - 32) * 5 / 9'] * 2 + ['d["f"] * 1.0']):
        rows = [f"{n + 1000 * number},{32 + (n + number) % 73}" for n in range(300)]
        (tmp_path / f"raw{number}.csv").write_text("\n".join(["id,f", *rows]) + "\n")
        (tmp_path / "prepare.py").write_text(CELSIUS.format(line))
        assert forebear("run", "--quiet", "prepare.py", f"raw{number}.csv").returncode == 0
        for one in (f"raw{number}.csv", "data:temps"):
            assert forebear("profile", one).returncode == 0
        if number == 1:
            assert forebear("quality", "suggest", "data:temps", "-o", "quality/temps.toml")
    assert "FAIL range:c" in forebear("quality", "check", "data:temps").stdout
    blamed = forebear("blame", "data:temps").stdout
    assert "It came in with temps:3, made by DataFrame.to_csv" in blamed
    assert "BAD   raw2" not in blamed
    answer = json.loads(forebear("quality", "cleansing", "data:temps", "--json").stdout)
    (stage,) = answer["stages"]
    words = {one["id"]: one["word"] for one in stage["effects"]}
    assert words["range:f"] == "same"
    assert "range:c" not in words
