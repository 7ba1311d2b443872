"""A store in which all that is written says for which workspace and by whom it came in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from forebear.core.blobs import Blobs
from forebear.core.digest import of_bytes
from forebear.core.events import AnyEvent
from forebear.core.expectations import Expectation
from forebear.core.intakes import Intake
from forebear.core.ports import Store
from forebear.core.rows import Appended
from forebear.server.scoped.guard import Guard
from forebear.store.ledger import decoded

__all__ = ["attributed"]


class _Attributed:
    def __init__(self, store: Store, guard: Guard, account: str | None) -> None:
        self._store, self._guard, self._account = store, guard, account

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @property
    def blobs(self) -> Blobs:
        """Kept bytes, of which it is remembered for which workspace they were brought."""
        return cast(Blobs, _Brought(self._store, self._guard.workspace))

    def append(
        self,
        events: Iterable[AnyEvent],
        *,
        expect: Expectation | None = None,
        intake: Intake | None = None,
    ) -> Appended:
        """Write events if they may be written."""
        said = list(events)
        place = self._guard.place(said)
        return self._store.append(said, expect=expect, intake=intake or self._intake(place))

    def append_encoded(self, bodies: Iterable[bytes], *, intake: Intake | None = None) -> Appended:
        """Write events that were made elsewhere, if they may be written."""
        said = list(bodies)
        place = self._guard.place([one.event for one in decoded(said)], handed_over=True)
        return self._store.append_encoded(said, intake=intake or self._intake(place))

    def _intake(self, workspace: str) -> Intake:
        return Intake(workspace=workspace, account=self._account)


class _Brought:
    def __init__(self, store: Store, workspace: str) -> None:
        self._blobs, self._intakes, self._workspace = store.blobs, store.intakes, workspace

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blobs, name)

    def put(self, data: bytes) -> str:
        """Keep bytes."""
        known = self._blobs.has(of_bytes(data))
        return self._noted(self._blobs.put(data), known=known)

    def put_file(self, path: Path, digest: str | None = None) -> str:
        """Keep a copy of a file."""
        known = digest is not None and self._blobs.has(digest)
        return self._noted(self._blobs.put_file(path, digest), known=known)

    def _noted(self, digest: str, *, known: bool) -> str:
        self._intakes.keep([digest], self._workspace, known=known)
        return digest


def attributed(store: Store, guard: Guard, account: str | None) -> Store:
    """Return the store as it is, but for what is written: that says from whom it came in.

    All of its questions are passed on: it is for those who may see everything.
    """
    return cast(Store, _Attributed(store, guard, account))
