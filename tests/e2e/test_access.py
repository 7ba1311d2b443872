"""A server with accounts, in a process of its own, and the commands with which it is kept."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from contextlib import contextmanager

import pytest

from command import FOREBEAR, forebear
from forebear.core.secrets import is_secret

PREPARE = """
import pandas as pd
pd.DataFrame({"a": [1, 2, 3]}).to_csv("made.csv", index=False)
"""


@contextmanager
def guarded(folder, *options):
    """Serve a folder to accounts; yield the address and what was printed at the start."""
    command = [*FOREBEAR, "serve", "--port", "0", "--access", "accounts", *options]
    environment = {k: v for k, v in os.environ.items() if k != "FOREBEAR_STORE"}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            said = process.stderr.readline()
            url = re.search(r"served at (http://\S+)", said)[1]
            if "--store" not in options and not (folder / "set-up").exists():
                said += process.stderr.readline() + process.stderr.readline()
            yield url, said
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


@pytest.fixture
def team(tmp_path, monkeypatch):
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("FOREBEAR_TOKEN", raising=False)
    folder = tmp_path / "team"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert forebear("init").returncode == 0
    return folder


def well(*words, **more):
    done = forebear(*words, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_from_the_first_start_to_a_run_in_a_workspace(team, tmp_path, monkeypatch):
    with guarded(team, "--workers", "2") as (url, said):
        monkeypatch.setenv("FOREBEAR_STORE", url)
        refused = forebear("models")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "no valid token" in refused.stderr
        setup = re.search(r"fbr_setup_\w+", said)[0]
        assert "is the admin" in well("account", "setup", "ada", "--token", setup)
        assert forebear("account", "setup", "eve", "--token", setup).returncode == 2
        kept = tmp_path / "XDG_CONFIG_HOME" / "forebear" / "tokens.json"
        assert kept.stat().st_mode & 0o777 == 0o600
        assert "You are ada" in well("account", "whoami")
        well("account", "add", "nightly", "--service")
        well("member", "add", "nightly", "contributor", "--workspace", "team-a")
        token = well("token", "add", "--account", "nightly", "--name", "cron").strip()
        assert is_secret(token, "api")

        work = tmp_path / "work"
        work.mkdir()
        (work / "prepare.py").write_text(PREPARE)
        monkeypatch.setenv("FOREBEAR_TOKEN", token)
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "nightly"))
        well("run", "prepare.py", cwd=work)
        assert "made" in well("data")
        assert forebear("account", "list").returncode == 2
        monkeypatch.delenv("FOREBEAR_TOKEN")

        assert "nightly" in well("account", "list")
        assert "team-a" in well("member", "list")
        (one,) = json.loads(well("token", "list", "--account", "nightly", "--json"))["tokens"]
        assert token not in json.dumps(one)
        assert "opens nothing" in well("token", "revoke", one["id"])
        assert forebear("data", env={**os.environ, "FOREBEAR_TOKEN": token}).returncode == 2
        log = well("access-log", "--limit", "1000", "--verify")
        assert "The log is whole" in log
        assert "POST token-add" in log
        assert all(len(line) <= 100 for line in log.splitlines())
        well("account", "close", "nightly")
        assert "is forgotten" in well("account", "sign-out")
        assert forebear("account", "whoami").returncode == 2
    # Whoever has the store itself needs no account, and finds the way back in.
    monkeypatch.delenv("FOREBEAR_STORE")
    assert "may do everything here" in well("account", "whoami")
    token = well("token", "add", "--account", "ada", "--scope", "admin", "--scope", "read")
    (team / "set-up").touch()
    with guarded(team) as (url, said):
        assert "fbr_setup" not in said
        monkeypatch.setenv("FOREBEAR_STORE", url)
        assert "You are ada" in well("account", "sign-in", input=token)
        assert "made" in well("data")
        wrong = forebear("account", "sign-in", input="fbr_nonsense\n")
        assert (wrong.returncode, "This is no token" in wrong.stderr) == (2, True)


def test_a_store_on_this_machine_is_no_server_to_sign_in_at(team):
    done = forebear("account", "sign-in", input="x")
    assert done.returncode == 2
    assert "is no server" in done.stderr
