"""The writer of the log of who did what.

What changes something is in the log before it is answered. What only reads is written within a
second, many lines in one transaction: waiting for the disk would make each question as slow as a
change. Requests of nobody known are noted up to a limit, since anybody can send any number.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from forebear.client.config import load_config
from forebear.core.accounts import Access
from forebear.core.clock import now
from forebear.core.errors import ForebearError
from forebear.ops.access_log import pruned
from forebear.server.service import Service

__all__ = ["Journal"]

_EVERY: Final = 1.0
_PRUNE_EVERY: Final = 3600.0
_MOST_OF_NOBODY: Final = 60
"""Refusals of nobody known that are noted in a minute."""
_MOST_WAITING: Final = 100_000
_log = logging.getLogger(__name__)


class Journal:
    """What one process has to say to the log."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._waiting: list[Access] = []
        self._lock = threading.Lock()
        self._minute, self._nobodies = 0, 0
        self._next_pruning = 0.0
        service.before_end(self._flush)
        self._writer = threading.Thread(target=self._write, name="journal", daemon=True)
        self._writer.start()

    def at_once(self, line: Access) -> None:
        """Write a line, and with it what waits; it is durable when this returns.

        Raises:
            StoreError: it cannot be written.
        """
        with self._lock:
            lines, self._waiting = [*self._waiting, line], []
        self._service.store.accounts.note(lines)

    def soon(self, line: Access) -> None:
        """Have a line written within a second."""
        with self._lock:
            if line.account is None and not self._is_worth_noting():
                return
            if len(self._waiting) < _MOST_WAITING:
                self._waiting.append(line)

    def _is_worth_noting(self) -> bool:
        minute = int(now().timestamp() // 60)
        if minute != self._minute:
            self._minute, self._nobodies = minute, 0
        self._nobodies += 1
        return self._nobodies <= _MOST_OF_NOBODY

    def _write(self) -> None:
        while not self._service.stopping.wait(_EVERY):
            self._flush()
            if time.monotonic() >= self._next_pruning:
                self._next_pruning = time.monotonic() + _PRUNE_EVERY
                self._prune()

    def _prune(self) -> None:
        """Take out what is older than the store's settings say that it is kept."""
        try:
            keep = load_config(self._service.folder).server.keep_access_log
            if keep:
                pruned(self._service.store.accounts, keep)
        except ForebearError as error:
            _log.error("The log of who did what cannot be pruned: %s", error)

    def _flush(self) -> None:
        with self._lock:
            lines, self._waiting = self._waiting, []
        try:
            self._service.store.accounts.note(lines)
        except ForebearError as error:
            _log.error("The log of who did what cannot be written: %s", error)
            with self._lock:
                self._waiting = [*lines, *self._waiting][:_MOST_WAITING]
