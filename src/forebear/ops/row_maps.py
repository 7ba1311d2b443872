"""Row maps out of a store, for questions that need NumPy."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from forebear.core.errors import CorruptStore, InvalidInput, NotFound
from forebear.core.flows import Passage
from forebear.core.ports import Store

if TYPE_CHECKING:
    from forebear.engines.rowmaps import RowMap

__all__ = ["MapReader", "require_numpy"]

T = TypeVar("T")


def require_numpy() -> None:
    """Say it in a sentence where NumPy is not there.

    Raises:
        InvalidInput: it is not installed.
    """
    if importlib.util.find_spec("numpy") is None:
        raise InvalidInput(
            "Questions about rows need NumPy, which is not installed.",
            hint="pip install 'forebear[graph]'",
        )


class MapReader:
    """Reads the row maps of passages; what is gone or damaged counts as not seen, and is told."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.gaps: dict[str, None] = {}
        self.lost: set[Passage] = set()
        """Passages whose rows were seen, and cannot be told any more."""

    def __call__(self, passage: Passage) -> RowMap | None:
        """Return the map of a passage, None where its rows are not known."""
        from forebear.engines.rowbytes import decode
        from forebear.engines.rowmaps import identity

        if passage.whole:
            return identity(passage.n_out) if passage.n_out is not None else None
        return self._read(passage, decode)

    def mask(self, passage: Passage) -> Any:
        """Return which rows of the source of a passage are in its target, None if not known."""
        from forebear.engines.rowbytes import members

        return self._read(passage, members)

    def _read(self, passage: Passage, read: Callable[[bytes], T]) -> T | None:
        if not passage.seen:
            return None
        try:
            data = self._store.flows.map_bytes(passage)
            return read(data) if data is not None else None
        except NotFound:
            self.gaps["a row map that was kept is gone"] = None
        except CorruptStore as error:
            self.gaps[error.message.rstrip(".")] = None
        self.lost.add(passage)
        return None
