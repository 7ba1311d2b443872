"""Telling people of recalls that a server learns of: in the background, until they are told.

What this server was asked to recall is told at once. What it learns of otherwise, from a store
that was pushed here or a command beside it, is left to whoever recalled it for a while.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from forebear.client.background import alone
from forebear.client.config import NotifyConfig, load_config
from forebear.client.local import LocalClient
from forebear.client.notices import Untold
from forebear.client.notify import Patience, left_to_tell, tell_again
from forebear.core.clock import now
from forebear.core.ports import Store
from forebear.core.recalls import Happening
from forebear.ops.recall_view import RecallView

__all__ = ["Announcer"]

_EVERY: Final = 5.0
_SPREAD: Final = timedelta(seconds=30)
"""Several servers over one database try again at moments so far apart: the first one succeeds."""
_STATE: Final = "notify"
"""A folder beside the store's: of several processes that serve it, one tells at a time."""
_HAPPENINGS: Final[dict[str, Happening]] = {"recall": "opened", "recall-close": "closed"}
_log = logging.getLogger(__name__)


class Announcer:
    """Tells whom `[notify]` in the store's settings names, from a thread of its own."""

    def __init__(
        self,
        folder: Path,
        store: Store,
        stopping: threading.Event,
        *,
        patience: Patience = Patience(tries=2),  # noqa: B008  it is frozen
    ) -> None:
        self._folder, self._store, self._stopping = folder, store, stopping
        self._patience = patience
        self._late = _SPREAD * random.random()  # noqa: S311
        self._client = LocalClient(store, by="forebear")
        self._news = threading.Event()
        self._ours: set[tuple[str, Happening]] = set()
        self._seen = -1
        """The size of the ledger when it was last looked through."""
        self._next: datetime | None = None
        self._complaint = ""
        self._thread = threading.Thread(target=self._work, name="announce", daemon=True)
        self._thread.start()

    def took(self, operation: str, answer: Any) -> None:
        """Hear that an operation was done; never waits."""
        if operation in _HAPPENINGS and isinstance(answer, RecallView):
            self._ours.add((answer.id, _HAPPENINGS[operation]))
            self._news.set()

    def close(self) -> None:
        """Come to an end, once what is being told is told."""
        self._news.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
                self._complaint = ""
            except Exception as error:
                if str(error) != self._complaint:  # it is tried again and again
                    _log.warning("People can't be told of recalls: %s", error)
                    self._complaint = str(error)
            self._news.wait(_EVERY)
            self._news.clear()

    def _look(self) -> None:
        """Tell what is due, if anything can be."""
        size = self._store.head().size
        due = self._next is not None and self._next <= now()
        if size == self._seen and not due and not self._ours:
            return
        config, ours, moment = load_config(self._folder).notify, set(self._ours), now()

        def wanted(one: Untold) -> bool:
            fresh = one.attempts == 0 and (one.told.recall, one.told.happening) in ours
            return fresh or one.due + self._late <= moment < one.until

        left = left_to_tell(self._client, config)
        if any(map(wanted, left)):
            with alone(self._folder / _STATE) as free:
                if not free:
                    return
                self._tell(config, wanted)
            left = left_to_tell(self._client, config)
        self._ours -= ours
        self._seen = size
        times = [one.due + self._late for one in left if one.due < one.until]
        self._next = min(times, default=None)

    def _tell(self, config: NotifyConfig, wanted: Callable[[Untold], bool]) -> None:
        made = tell_again(self._client, config, patience=self._patience, wanted=wanted)
        for one in made:
            if one.status == "failed":
                _log.warning("%s was not told of a recall: %s", one.target, one.error)
