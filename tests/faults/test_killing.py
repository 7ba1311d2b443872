"""Killed programs, at a size that fits: `make soak` does the same a thousand times."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

KILLING = Path(__file__).with_name("killing.py")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> list[str]:
    """Arguments that say which database the store is in."""
    if request.param == "sqlite":
        return []
    pytest.importorskip("psycopg")
    return ["--postgres", request.getfixturevalue("server")]


def figures(what: str, rounds: int, database: list[str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(KILLING), what, "--rounds", str(rounds), *database],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_nothing_that_a_killed_program_was_told_is_safe_is_lost() -> None:
    found = figures("clients", 12, [])
    assert (found["rounds"], found["lost"], found["twice"], found["damaged"]) == (12, 0, 0, 0)
    assert found["acknowledged"] > 0


def test_nothing_that_a_killed_writer_was_told_is_safe_is_lost(database: list[str]) -> None:
    found = figures("writers", 12, database)
    assert (found["rounds"], found["lost"], found["twice"], found["left"]) == (12, 0, 0, 0)
    assert found["acknowledged"] > 0
    assert found["amid"] > 0


def test_many_programs_record_into_one_store_at_once(database: list[str]) -> None:
    found = figures("together", 24, database)
    assert (found["failed"], found["output"], found["spools_left"]) == (0, "", 0)
    assert (found["runs"], found["finished"]) == (24, 24)
    for numbers in found["numbers"].values():
        assert numbers == list(range(1, 25))
