"""The command as a user starts it, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

FOREBEAR = [sys.executable, "-m", "forebear"]


def forebear(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*FOREBEAR, *words], capture_output=True, text=True, check=False, **more)


def answer(*words: str) -> Any:
    done = forebear(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
