"""Terminals and pipes as they are: narrow ones, and such as lack characters."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from command import FOREBEAR, forebear
from forebear.client.locate import init_store
from forebear.store import open_store
from story import Story


@pytest.fixture(autouse=True)
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    folder = init_store(tmp_path / ".forebear")
    with open_store(folder, create=True) as store:
        story = Story(tmp_path)
        story.prepare()
        story.train(4, 0.8)
        store.append(story.events)


def seen(columns: int, *words: str) -> list[str]:
    """Return what a terminal of so many columns is given."""
    ours, theirs = pty.openpty()
    variables = {**os.environ, "COLUMNS": str(columns), "TERM": "dumb"}
    with os.fdopen(ours, "rb", buffering=0) as screen:
        done = subprocess.Popen([*FOREBEAR, *words], stdout=theirs, env=variables)
        os.close(theirs)
        shown = b""
        try:
            while part := screen.read(65536):
                shown += part
        except OSError:
            pass  # the other end was closed: Linux says so by an error
        assert done.wait() == 0
    return shown.decode().splitlines()


def test_a_tree_fits_a_terminal_of_80_columns() -> None:
    narrow, wide = seen(80, "trace", "churn"), seen(200, "trace", "churn")
    assert max(map(len, narrow)) == 80
    assert max(map(len, wide)) == 100
    words = [" ".join(" ".join(lines).split()) for lines in (narrow, wide)]
    assert words[0] == words[1]


def test_an_output_without_our_characters_gets_plain_ones() -> None:
    variables = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = forebear("trace", "churn", env=variables)
    assert done.returncode == 0
    assert "|- train" in done.stdout
    assert done.stdout.isascii()


def test_json_in_ascii_says_the_same() -> None:
    forebear("describe", "churn", "prévoit les départs")
    plain = forebear("show", "churn", "--json", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    told = json.loads(forebear("show", "churn", "--json").stdout)
    assert plain.stdout.isascii()
    assert json.loads(plain.stdout) == told
    assert "prévoit les départs" in json.dumps(told, ensure_ascii=False)
