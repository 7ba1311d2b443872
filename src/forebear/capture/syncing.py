"""The thread that brings a spool to the disk once a second."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import Final

from forebear.client.spool import SpoolWriter
from forebear.core.errors import ForebearError

__all__ = ["Syncer"]

_INTERVAL: Final = 1.0
_PATIENCE: Final = 0.05
_TASKS: Final = "/proc/self/task"


class Syncer:
    """Syncs one spool until it is stopped; `failed` is told when the disk refuses."""

    def __init__(self, spool: SpoolWriter, failed: Callable[[str], None]) -> None:
        self._spool = spool
        self._failed = failed
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self.paused = False
        """Whether it waits for the next fact to go on."""
        self.start()

    def start(self) -> None:
        """Begin, or go on."""
        self.paused = False
        self._over.clear()
        self._thread = threading.Thread(target=self._sync_now_and_then, daemon=True)
        with contextlib.suppress(RuntimeError):  # the interpreter is about to end
            self._thread.start()

    def stop(self) -> None:
        """Come to an end, soon."""
        self._over.set()

    def pause(self) -> None:
        """End the thread before a fork.

        Python warns of forks in a program that has threads, and this one is not the program's.
        It looks for them after the fork, so the next fact starts the thread again.
        """
        thread = self._thread
        if thread is None or not thread.is_alive():
            return
        left = _threads() - 1
        self.stop()
        thread.join()
        self.paused = True
        until = time.monotonic() + _PATIENCE
        # The system may count a thread a moment longer than Python does.
        while _threads() > left and time.monotonic() < until:
            time.sleep(0.0005)

    def _sync_now_and_then(self) -> None:
        while not self._over.wait(_INTERVAL):
            try:
                self._spool.sync()
            except ForebearError as error:
                self._failed(str(error))
                return


def _threads() -> int:
    try:
        return len(os.listdir(_TASKS))  # noqa: PTH208  names are all that is asked for
    except OSError:
        return 0
