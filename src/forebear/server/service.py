"""What all requests share: the open store, the threads that ask it, and what is going on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio
import anyio.to_thread
from starlette.requests import Request

from forebear.client.drain import drain
from forebear.client.local import open_at
from forebear.client.locate import Place
from forebear.client.rules import rules_of_store
from forebear.client.signing import StoreSigner
from forebear.core.access import ALL, Permission, Principal
from forebear.core.ports import Store
from forebear.exchange.openlineage.receiver import Receiver
from forebear.ops.local_files import shut
from forebear.ops.table import Context, Operation
from forebear.server.announcing import Announcer
from forebear.server.mlflow.webhooks import Deliverer, Hooks
from forebear.server.oidc import Provider
from forebear.server.scoped.attributed import attributed
from forebear.server.scoped.guard import Guard
from forebear.server.scoped.sight import Places, Sight
from forebear.server.scoped.store import ScopedStore
from forebear.server.scoped.telling import with_withheld

__all__ = ["Service"]

T = TypeVar("T")

_THREADS: Final = 32
_DRAIN_EVERY: Final = 1.0
_log = logging.getLogger(__name__)


class Service:
    """A store that is being served.

    What programs on this machine record into its spool is taken in every second.
    """

    def __init__(
        self, place: Place, store: Store | None = None, webhooks_to: Sequence[str] = ()
    ) -> None:
        assert place.folder is not None
        self.place, self.folder = place, Path(place.folder)
        self.store: Store = store or open_at(place)
        self._signer = StoreSigner(place.keys)
        self.views: dict[str, Any] = {}
        """What interfaces of others keep in memory of the store, by workspace."""
        self._receivers: dict[str | None, Receiver] = {None: Receiver(self.store)}
        self._lock = threading.Lock()
        self._places = Places(self.store)
        self.has_accounts = False
        """It lets in accounts only."""
        self.url: str | None = None
        """The address by which people reach it, where that is another one."""
        self.provider: Provider | None = None
        """Who vouches for people that sign in with a browser."""
        self.stopping = threading.Event()
        self._limit: anyio.CapacityLimiter | None = None
        self._last: list[Callable[[], None]] = []
        self._drainer = threading.Thread(target=self._drain, name="drain", daemon=True)
        self._drainer.start()
        self._announcer = Announcer(self.folder, self.store, self.stopping)
        self.hooks = Hooks(self.place.kept / "webhooks", webhooks_to)
        self._deliverer = Deliverer(self.hooks, self.store, self.stopping)

    def is_secure(self, request: Request) -> bool:
        """Tell whether people reach the server over HTTPS, through a proxy perhaps."""
        return (self.url or str(request.base_url)).startswith("https://")

    def store_for(
        self, who: Principal, permission: Permission = "write", *, now: bool = False
    ) -> Store:
        """Return the store as somebody sees it, who needs this permission for what they write.

        For whoever sees everything the questions are those of the store itself. With `now` that
        is also somebody who sees all workspaces there are at this moment.
        """
        if who.account is None:
            return self.store
        guard = Guard(self.store, self._places, who, permission)
        written = attributed(self.store, guard, who.account or None)
        if who.sees is None or (now and self._places.are_all_in(who.sees)):
            return written
        sight = Sight(self._places, who.sees)
        return ScopedStore(written, sight, decides=permission == "approve")

    def has_workspaces(self) -> None:
        """Take in nothing for the store as a whole: what would it belong to?"""
        with self._lock:
            self._receivers.clear()

    def openlineage_in(self, workspace: str | None) -> Receiver:
        """Return what takes in events of OpenLineage for a workspace; None is the whole store."""
        with self._lock:
            if workspace not in self._receivers:
                self._receivers[workspace] = Receiver(self.store_in(workspace))
            return self._receivers[workspace]

    def store_in(self, workspace: str | None) -> Store:
        """Return the store as a workspace by itself; None is the whole of it."""
        if workspace is None:
            return self.store
        own = Principal(
            name=workspace, permissions={workspace: ALL}, account="", workspace=workspace
        )
        return self.store_for(own)

    async def answer(self, operation: Operation, request: Any, who: Principal) -> Any:
        """Run an operation in a thread."""
        permission: Permission = "approve" if operation.permission == "approve" else "write"

        def run(store: Store) -> Any:
            context = Context(
                store=store,
                by=who.name,
                who=None if who.account is None else who,
                signer=self._signer,
                own_rules=lambda: rules_of_store(self.folder),
            )
            with nullcontext() if who.account is None else shut():
                return with_withheld(operation.answer(context, request), store.withheld)

        def work() -> Any:
            self._settle()
            answer = run(self.store_for(who, permission, now=True))
            if operation.reads and who.sees is not None and not self._places.are_all_in(who.sees):
                # A workspace that they do not see may have begun meanwhile.
                answer = run(self.store_for(who, permission))
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
        self._deliverer.close()
        self.store.close()

    def _drain(self) -> None:
        while not self.stopping.wait(_DRAIN_EVERY):
            try:
                for note in drain(self.folder, self.store).notes:
                    _log.warning("%s", note)
            except Exception:
                _log.exception("What programs have recorded could not be taken in.")
            self._settle(quiet=True)

    def _settle(self, *, quiet: bool = False) -> None:
        """Let the graph have what events of OpenLineage mean together, before it is asked.

        With `quiet` only where no more are to be expected soon.
        """
        with self._lock:
            receivers = list(self._receivers.values())
        for receiver in receivers:
            if quiet and not receiver.is_quiet:
                continue
            try:
                receiver.settle()
            except Exception:
                _log.exception("What producers of OpenLineage told could not be tied to the graph.")
