"""A real provider of OpenID Connect, from npm, in a process of its own, and a browser for it."""

from __future__ import annotations

import fcntl
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest

FOLDER = Path(__file__).parent
SECRET = "a secret between the two, which is long enough"


@contextmanager
def running(back: str) -> Iterator[str]:
    """Run the provider, and yield its address; it sends browsers `back`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("the provider needs node and npm")
    _install(npm)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [node, FOLDER / "provider.mjs", str(port), back],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _install(npm: str) -> None:
    """Install what package-lock.json names, once; several tests may want to at the same time."""
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (FOLDER / "node_modules" / "oidc-provider").is_dir():
            subprocess.run([npm, "ci", "--ignore-scripts"], cwd=FOLDER, check=True)


def sign_in(address: str, who: str) -> str:
    """Do what somebody does at the provider, and return where it sends the browser in the end."""
    with httpx2.Client(timeout=30) as browser:
        page = browser.get(address)
        for _ in range(12):
            if page.is_redirect:
                target = urljoin(str(page.url), page.headers["location"])
                if not target.startswith(address.partition("/auth")[0]):
                    return target
                page = browser.get(target)
                continue
            form = re.search(r'action="([^"]+)"', page.text)
            assert form is not None, page.text
            prompt = re.search(r'name="prompt" value="(\w+)"', page.text)[1]
            said = {"prompt": prompt, "login": who, "password": "anything"}
            page = browser.post(urljoin(str(page.url), form[1]), data=said)
    raise AssertionError("the provider goes round in circles")
