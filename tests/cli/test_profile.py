"""`forebear profile` as a user starts it."""

import json
import time

from command import answer, forebear

CSV = "age,city,email\n" + "".join(f"{20 + i % 5},Bern,p{i}@example.org\n" for i in range(40))


def test_a_file_without_a_store(tmp_path) -> None:
    (tmp_path / "t.csv").write_text(CSV)
    done = forebear("profile", "t.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "t.csv has 40 rows in 3 columns, and a value in every cell."
    assert max(map(len, lines)) <= 100
    assert "20 ‥ 22 ‥ 24   22 ± 1.432" in done.stdout
    assert "Bern 100.0%" in done.stdout
    assert "values not kept: email" in done.stdout
    assert "example.org" not in done.stdout
    assert not (tmp_path / ".forebear").exists()


def test_recorded_data_from_the_run_to_the_kept_profile(tmp_path) -> None:
    (tmp_path / "people.csv").write_text(CSV)
    (tmp_path / "read.py").write_text("import pandas; print(len(pandas.read_csv('people.csv')))")
    assert forebear("init", cwd=tmp_path).returncode == 0
    assert forebear("run", "read.py", cwd=tmp_path).returncode == 0
    missing = forebear("profile", "data:people", "--kept", cwd=tmp_path)
    assert (missing.returncode, "There is no profile of people:1" in missing.stderr) == (2, True)
    made = forebear("profile", "data:people", "--correlations", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    kept = json.loads(forebear("profile", "people.csv", "--kept", "--json", cwd=tmp_path).stdout)
    assert kept["kept"]
    assert [one["name"] for one in kept["columns"]] == ["age", "city", "email"]
    (tmp_path / "people.csv").write_text(CSV + "1,Bern,x\n")
    other = forebear("profile", "data:people:1", cwd=tmp_path)
    assert other.returncode == 0  # from the kept copy
    assert "40 rows" in other.stdout
    assert forebear("verify", cwd=tmp_path).returncode == 0


def test_several_at_once_as_json(tmp_path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "b.csv").write_text("x\n1\n2\n")
    told = answer("profile", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"))
    assert [one["rows"] for one in told] == [1, 2]


def test_what_cannot_be_profiled_is_one_sentence(tmp_path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1\n")
    for words, sentence in [
        (["profile"], "Say what to profile."),
        (["profile", "t.csv"], "Expected 2 columns, got 1"),
        (["profile", "no.csv"], "no file 'no.csv'"),
        (["profile", "t.csv", "--kept"], "no store"),
    ]:
        done = forebear(*words, cwd=tmp_path)
        assert done.returncode == 2, done
        assert sentence.lower() in done.stderr.lower()
        assert "Traceback" not in done.stderr


def recorded(folder, settings: str = "") -> None:
    (folder / "people.csv").write_text(CSV)
    (folder / "read.py").write_text("import pandas; print(len(pandas.read_csv('people.csv')))")
    assert forebear("init", cwd=folder).returncode == 0
    (folder / ".forebear" / "config.toml").write_text(settings)
    assert forebear("run", "read.py", cwd=folder).returncode == 0


def test_new_versions_are_profiled_once(tmp_path) -> None:
    recorded(tmp_path)
    first = forebear("profile", "--new", cwd=tmp_path)
    assert first.stdout.startswith("people:1 has 40 rows"), first.stderr
    assert forebear("profile", "--new", cwd=tmp_path).stdout == ""
    shown = forebear("show", "data:people", cwd=tmp_path).stdout
    assert "forebear profile people:1 --kept" in shown
    assert "forebear profile people:1 --kept" in forebear("show", "people.csv", cwd=tmp_path).stdout


def test_settings_bound_what_is_profiled(tmp_path) -> None:
    recorded(tmp_path, '[profile]\nbelow = "100 B"\n')
    assert forebear("profile", "--new", cwd=tmp_path).stdout == ""


def test_what_is_gone_stops_nothing(tmp_path) -> None:
    recorded(tmp_path, "[capture]\nkeep_data_below = 0\n")
    (tmp_path / "people.csv").unlink()
    done = forebear("profile", "--new", cwd=tmp_path)
    assert done.returncode == 0
    assert "data:people:1 was not profiled: No file with the content" in done.stderr


def test_profiles_come_by_themselves(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    recorded(tmp_path)
    log = tmp_path / ".forebear" / "afterwards" / "last.log"
    deadline = time.monotonic() + 60
    while forebear("profile", "people.csv", "--kept", cwd=tmp_path).returncode:
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


def test_other_words_in_the_settings_are_refused(tmp_path) -> None:
    recorded(tmp_path)
    (tmp_path / ".forebear" / "config.toml").write_text('[profile]\nnew = "always"\n')
    done = forebear("profile", "--new", cwd=tmp_path)
    assert done.returncode == 2
    assert '`new` must be "auto" or "off"' in done.stderr
