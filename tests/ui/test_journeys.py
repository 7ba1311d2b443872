"""The journeys of `ui/e2e/`: a real browser, a real server, a store as a team has it."""

from __future__ import annotations

import os
import subprocess

import pytest

from ui.conftest import UI

JOURNEYS = sorted(path.name for path in (UI / "e2e").glob("*.journey.ts"))


@pytest.mark.parametrize("journey", JOURNEYS)
def test_journey(journey, node, chromium, url):
    done = subprocess.run(
        [
            node,
            "node_modules/vitest/vitest.mjs",
            "run",
            "--config",
            "e2e/vitest.config.ts",
            journey,
        ],
        cwd=UI,
        env=os.environ | {"FOREBEAR_URL": url, "CHROMIUM": chromium, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
