"""What is done in the background when a run has ended."""

import os
import time

import pytest
from stdnum import luhn

from command import forebear
from forebear.client import afterwards, looking_after
from forebear.client.client import connect
from forebear.client.config import TEMPLATE
from forebear.client.locate import init_store, locate

READ = """
import sys, pandas as pd
for name in sys.argv[1:]:
    with open(name) as file:
        file.read()
    try:
        pd.read_csv(name)
    except ValueError:
        pass
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    init_store(tmp_path / ".forebear")
    (tmp_path / "read.py").write_text(READ)
    (tmp_path / "good.csv").write_text("a,b\n1,2\n3,4\n")
    return tmp_path


@pytest.fixture
def started(folder, monkeypatch):
    """What would be started, and is not."""
    monkeypatch.setattr(afterwards, "_IN_TESTS", "NO_TEST")
    found = []
    monkeypatch.setattr(afterwards, "_start", lambda state, address: found.append(address))
    return found


def start(folder, **more):
    afterwards.start_afterwards(str(folder / ".forebear"), "it", **more)


def test_new_data_is_looked_at_by_default(folder, started):
    start(folder)
    assert started == ["it"]
    assert (folder / ".forebear" / "afterwards" / "wanted").exists()


def test_without_a_wish_or_a_suite_nothing_is_started(folder, started):
    start(folder, profiles=False)
    assert started == []
    (folder / "forebear.toml").write_text('[[quality.good.check]]\nkind = "schema"\nfields = {}\n')
    start(folder, profiles=False)
    assert started == ["it"]


def test_a_suite_is_seen_from_a_folder_below(folder, started, monkeypatch):
    (folder / "quality").mkdir()
    (folder / "quality" / "good.toml").write_text("")
    (folder / "forebear.toml").write_text("")
    (folder / "src").mkdir()
    monkeypatch.chdir(folder / "src")
    start(folder, profiles=False)
    assert started == ["it"]


def test_without_the_libraries_nothing_is_started(folder, started, monkeypatch):
    monkeypatch.setattr("sys.path", [str(folder)])
    start(folder)
    assert started == []


def test_one_is_enough(folder, started):
    state = folder / ".forebear" / "afterwards"
    with looking_after.alone(state) as free:
        assert free
        start(folder)
    assert started == []
    assert (state / "wanted").exists()


def test_a_test_leaves_no_process_behind(folder, started, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(afterwards, "_start", lambda state, address: started.append(address))
    start(folder)
    assert started == []


def test_what_cannot_be_started_harms_nobody(folder, started, monkeypatch):
    (folder / ".forebear" / "afterwards").write_text("a file where a folder should be")
    start(folder)
    assert started == []


def test_looks_come_in_turns(folder, monkeypatch):
    slept = []
    monkeypatch.setattr(looking_after.time, "sleep", slept.append)
    state = folder / ".forebear" / "afterwards"
    state.mkdir()
    for _ in range(2):
        (state / "wanted").touch()
        looking_after.look_after(None)
    assert slept[0] == 0
    assert 50 < slept[1] <= 60
    assert not (state / "wanted").exists()


def test_a_wrong_clock_does_not_put_a_look_off_for_ever(folder, monkeypatch):
    slept = []
    monkeypatch.setattr(looking_after.time, "sleep", slept.append)
    state = folder / ".forebear" / "afterwards"
    state.mkdir()
    (state / "wanted").touch()
    (state / "last").touch()
    tomorrow = time.time() + 86_400
    os.utime(state / "last", (tomorrow, tomorrow))
    looking_after.look_after(None)
    assert slept == [60]


def test_what_cannot_be_profiled_is_tried_once(folder, tmp_path):
    (folder / "bad.csv").write_text("a,b\n1,2\n3,4,5,6\n")
    assert forebear("run", "--quiet", "read.py", "good.csv", "bad.csv").returncode == 0
    place, given_up = locate(None), tmp_path / "given-up"
    with connect() as client:
        first = list(looking_after.profile_new(client, place, given_up=given_up))
        again = list(looking_after.profile_new(client, place, given_up=given_up))
    words = [one if isinstance(one, str) else one.verdict for one in first]
    assert sorted(words)[0].startswith("data:bad:1 was not profiled: ")
    assert sorted(words)[1].startswith("good:1 has 2 rows")
    assert again == []


def test_what_is_sensitive_is_known_before_it_is_profiled(folder):
    pytest.importorskip("stdnum")
    cards = [f"40000000000{n:04d}" for n in range(400)]
    checked = [card + luhn.calc_check_digit(card) for card in cards]
    (folder / "good.csv").write_text("\n".join(["c", *checked]) + "\n")
    assert forebear("run", "--quiet", "read.py", "good.csv").returncode == 0
    with connect() as client:
        (found,) = looking_after.profile_new(client, locate(None))
    assert found.columns[0].veiled
    assert found.columns[0].min is None


def test_profiles_are_off_where_the_settings_say_so(folder, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    config = folder / ".forebear" / "config.toml"
    config.write_text(TEMPLATE.replace('# new = "auto"', 'new = "off"'))
    assert forebear("run", "--quiet", "read.py", "good.csv").returncode == 0
    assert not (folder / ".forebear" / "afterwards").exists()


def test_news_are_told_once(folder):
    state = folder / ".forebear" / "afterwards"
    state.mkdir()
    (state / "news").write_text("people version 3 fails 1 of 2 checks\n")
    done = forebear("run", "read.py")
    assert done.stderr.startswith(
        "forebear: people version 3 fails 1 of 2 checks\nforebear: recorded"
    )
    assert "people" not in forebear("run", "read.py").stderr
