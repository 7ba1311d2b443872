from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forebear.client.formats import duration, figure, hex12, place, safe, settings, shape, size

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.004, "4 ms"), (3.21, "3.2 s"), (59.9, "59.9 s"), (60, "1 min 0 s"), (7384, "2 h 3 min")],
)
def test_durations(seconds, said):
    assert duration(START, START + timedelta(seconds=seconds)) == said


def test_what_has_not_ended_has_no_duration():
    assert duration(START, None) == ""


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (1_234_567, "1.2 MB"), (5 * 10**12, "5.0 TB")],
)
def test_sizes(count, said):
    assert size(count) == said


def test_sizes_never_show_a_thousand_of_a_unit():
    assert size(999_960) == "1.0 MB"


def test_shapes_and_digests():
    assert shape(20_000, 30) == "20,000 × 30"
    assert shape(5, None) == "5 rows"
    assert shape(None, 3) == ""
    assert hex12("sha256:" + "ab" * 32) == "ab" * 6
    assert hex12("no digest") == hex12(None) == ""


def test_places_are_told_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert place(str(tmp_path / "data/raw.csv")) == "data/raw.csv"
    assert place("file:///elsewhere/raw.csv") == "/elsewhere/raw.csv"
    assert place("s3://bucket/raw.csv") == "s3://bucket/raw.csv"
    assert place(None) == ""


def test_settings_are_flat_and_long_values_are_cut():
    said = settings({"a": {"b": 0.1, "c": None}, "d": "x" * 100, "e": {}})
    assert said[0] == "a.b=0.1"
    assert said[-1] == "a.c=None"
    assert len(said[1]) == len("d=") + 58
    assert "e={}" in said


def test_figures():
    assert figure(0.1 + 0.2) == "0.3"
    assert figure("Infinity") == "Infinity"


@pytest.mark.parametrize("evil", ["\x1b[2J", "\r\n", "\x07", "\u202egpj", "\u200b", "\x9b31m"])
def test_nothing_invisible_reaches_a_terminal(evil):
    shown = safe("a" + evil + "b")
    assert shown.isprintable()
    assert shown.startswith("a\\")
