"""Pages are opened on the server that serves the store already, else on one that is started."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from contextlib import contextmanager

import httpx
import pytest

from command import FOREBEAR, forebear
from forebear.client.running import running_at, told


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "team"
    folder.mkdir()
    assert forebear("init", cwd=folder).returncode == 0
    (folder / "raw.csv").write_text("a,b\n1,2\n")
    (folder / "prepare.py").write_text("open('clean.csv', 'w').write(open('raw.csv').read()[2:])\n")
    assert forebear("run", "prepare.py", cwd=folder).returncode == 0
    return folder


@contextmanager
def started(folder, *words):
    """Start a command that serves the store, and yield (process, the address it serves at)."""
    environment = {k: v for k, v in os.environ.items() if k != "FOREBEAR_STORE"}
    with subprocess.Popen(
        [*FOREBEAR, *words],
        cwd=folder,
        env=environment | {"BROWSER": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            said = process.stderr.readline()
            found = re.search(r"served at (http://\S+)", said)
            assert found, said + process.stderr.read()
            yield process, found[1]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def test_a_server_is_started_once_and_used_again(folder):
    with started(folder, "ui", "--port", "0", "--no-browser") as (process, url):
        assert process.stdout.readline() == f"{url}/ui/\n"
        again = forebear("ui", "--no-browser", cwd=folder)
        assert (again.returncode, again.stdout) == (0, f"{url}/ui/\n")
        opened = forebear("ui", cwd=folder, env=os.environ | {"BROWSER": "true"})
        assert opened.stderr == f"forebear: {url}/ui/ is open in the browser\n"
    assert running_at(folder / ".forebear") is None


def test_a_trace_leads_to_its_page(folder):
    silent = os.environ | {"BROWSER": "false"}
    with started(folder, "serve", "--port", "0") as (_, url):
        named = forebear("trace", "data:clean", "--open", cwd=folder, env=silent)
        assert named.stdout.endswith(f"{url}/ui/lineage?target=data%3Aclean\n"), named.stderr
        then = ("--as-of", "2099-01-01")
        file = forebear("trace", "clean.csv", *then, "--open", cwd=folder, env=silent)
        assert re.search(r"/ui/lineage\?target=sha256%3A\w+&asof=2099-01-01\n$", file.stdout)


def test_what_a_killed_server_left_leads_nowhere(folder):
    store = folder / ".forebear"
    with started(folder, "serve", "--port", "0") as (process, url):
        # It listens before it can answer, and is given more time here than `running_at` has.
        assert httpx.get(f"{url}/healthz", timeout=60).status_code == 200
        assert running_at(store) == url
        process.kill()
        process.wait(20)
    assert json.loads((store / "server.json").read_text())["url"] == url
    assert running_at(store) is None


def test_a_note_that_is_no_note_is_none(tmp_path):
    (tmp_path / "server.json").write_text('{"url": 3}')
    assert running_at(tmp_path) is None
    with told(tmp_path / "nowhere", "http://127.0.0.1:1"):
        assert running_at(tmp_path / "nowhere") is None
