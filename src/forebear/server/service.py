"""What all requests share: the open store, the threads that ask it, and what is going on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio
import anyio.to_thread

from forebear.client.drain import drain
from forebear.client.local import open_at
from forebear.client.locate import KEYS, Place
from forebear.client.rules import rules_of_store
from forebear.client.signing import StoreSigner
from forebear.core.access import Principal
from forebear.core.ports import Store
from forebear.exchange.openlineage.receiver import Receiver
from forebear.ops.table import Context, Operation
from forebear.server.announcing import Announcer

__all__ = ["Service"]

T = TypeVar("T")

_THREADS: Final = 32
_DRAIN_EVERY: Final = 1.0
_log = logging.getLogger(__name__)


class Service:
    """A store that is being served.

    What programs on this machine record into its spool is taken in every second.
    """

    def __init__(self, place: Place, store: Store | None = None) -> None:
        assert place.folder is not None
        self.place, self.folder = place, Path(place.folder)
        self.store: Store = store or open_at(place)
        self._signer = StoreSigner(self.folder / KEYS)
        self.views: dict[str, Any] = {}
        """What interfaces of others keep in memory of the store, by workspace."""
        self.openlineage = Receiver(self.store)
        self.stopping = threading.Event()
        self._limit: anyio.CapacityLimiter | None = None
        self._last: list[Callable[[], None]] = []
        self._drainer = threading.Thread(target=self._drain, name="drain", daemon=True)
        self._drainer.start()
        self._announcer = Announcer(self.folder, self.store, self.stopping)

    async def answer(self, operation: Operation, request: Any, who: Principal) -> Any:
        """Run an operation in a thread."""
        context = Context(
            store=self.store,
            by=who.name,
            who=None if who.account is None else who,
            signer=self._signer,
            own_rules=lambda: rules_of_store(self.folder),
        )

        def work() -> Any:
            self._settle()
            answer = operation.run(context, request)
            self._announcer.took(operation.name, answer)
            return answer

        return await self.in_thread(work)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Run what may wait for the store in a thread; at most so many wait at once."""
        if self._limit is None:
            self._limit = anyio.CapacityLimiter(_THREADS)
        return await anyio.to_thread.run_sync(work, limiter=self._limit)

    def before_end(self, work: Callable[[], None]) -> None:
        """Have something done before the store is let go of."""
        self._last.append(work)

    def close(self) -> None:
        """Let go of the store."""
        self.stopping.set()
        self._drainer.join()
        for work in self._last:
            work()
        self._announcer.close()
        self.store.close()

    def _drain(self) -> None:
        while not self.stopping.wait(_DRAIN_EVERY):
            try:
                for note in drain(self.folder, self.store).notes:
                    _log.warning("%s", note)
            except Exception:
                _log.exception("What programs have recorded could not be taken in.")
            if self.openlineage.is_quiet:
                self._settle()

    def _settle(self) -> None:
        """Let the graph have what events of OpenLineage mean together, before it is asked."""
        try:
            self.openlineage.settle()
        except Exception:
            _log.exception("What producers of OpenLineage told could not be tied to the graph.")
