"""The journeys of `ui/e2e/`: a real browser, a real server, a store as a team has it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import httpx
import pytest

from ui.conftest import UI, serving

JOURNEYS = sorted(path.name for path in (UI / "e2e").glob("*.journey.ts"))


@pytest.mark.parametrize("journey", JOURNEYS)
def test_journey(journey, node, chromium, url):
    walk(node, chromium, journey, url)


def test_a_server_with_accounts_is_signed_in_to(node, chromium, seeded, tmp_path):
    folder = shutil.copytree(seeded, tmp_path / "store", symlinks=True)
    with serving(folder, "--access", "accounts") as (url, process):
        told = process.stderr.readline() + process.stderr.readline()
        setup = re.search(r"--token (\S+)", told)[1]
        asked = {"token": setup, "name": "grace"}
        made = httpx.post(f"{url}/api/v1/account-setup", json=asked).json()
        admin = made["token"]
        viewer = looking(url, admin)
        walk(node, chromium, "sign-in.accounts.ts", url, token=admin, viewer=viewer)


def looking(url, admin):
    """Return the token of somebody who may look and do nothing else."""
    with httpx.Client(
        base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {admin}"}
    ) as api:
        api.post("/account-add", json={"name": "vera"}).raise_for_status()
        api.post("/member-add", json={"name": "vera", "role": "viewer"}).raise_for_status()
        return api.post("/token-add", json={"account": "vera", "scopes": ["read"]}).json()["token"]


def walk(node, chromium, journey, url, **more):
    """Take a journey; where it fails, say what the browser saw."""
    vitest = [node, "node_modules/vitest/vitest.mjs", "run", "--config", "e2e/vitest.config.ts"]
    said = {"FOREBEAR_URL": url, "CHROMIUM": chromium, "NO_COLOR": "1"}
    said |= {f"FOREBEAR_{name.upper()}": value for name, value in more.items()}
    done = subprocess.run(
        [*vitest, journey],
        cwd=UI,
        env=os.environ | said,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
