"""A server in a process of its own, which can be killed and started again at the same address."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

__all__ = ["Server"]


class Server:
    """`forebear serve` on a store; a context that ends it."""

    def __init__(self, store: str, *, workers: int = 1, env: dict[str, str] | None = None) -> None:
        self.store, self.workers = store, workers
        self.env = {**os.environ, **(env or {})}
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> float:
        """Start it, and return the seconds until it answered."""
        began = time.monotonic()
        command = [sys.executable, "-m", "forebear", "serve", "--store", self.store]
        command += ["--port", str(self.port), "--workers", str(self.workers)]
        log = Path(os.environ.get("FOREBEAR_TEST_LOG", os.devnull)).open("ab")  # noqa: SIM115
        with log:
            self.process = subprocess.Popen(command, env=self.env, stdout=log, stderr=log)
        while time.monotonic() - began < 60:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                    return time.monotonic() - began
            except (urllib.error.URLError, OSError):
                assert self.process.poll() is None, "the server has ended"
                time.sleep(0.02)
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Tell it to end, and return how it did."""
        return self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
