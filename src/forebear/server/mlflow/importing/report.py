"""What an import found, and what of it was new."""

from __future__ import annotations

from msgspec import Struct, field

from forebear.analysis.verdict import counted

__all__ = ["Counts", "ImportReport", "Notes"]

_SHOWN = 3


class Counts(Struct, kw_only=True):
    """How many things of one kind were found, and how many of them were new or had changed."""

    found: int = 0
    new: int = 0
    changed: int = 0


class ImportReport(Struct, kw_only=True):
    """What an import did, or would do."""

    source: str
    dry_run: bool = False
    experiments: Counts = field(default_factory=Counts)
    runs: Counts = field(default_factory=Counts)
    logged_models: Counts = field(default_factory=Counts)
    models: Counts = field(default_factory=Counts)
    versions: Counts = field(default_factory=Counts)
    files: Counts = field(default_factory=Counts)
    bytes: int = 0
    """Of the files that were taken over, or would be."""
    notes: list[str] = []
    """What was not taken over, in words."""


class Notes:
    """What was not taken over: things of a kind with the same reason make one sentence."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], list[str]] = {}

    def add(self, kind: str, name: str, why: str) -> None:
        """Remember that something was not taken over."""
        self._of.setdefault((kind, why), []).append(name)

    def told(self) -> list[str]:
        """Return the sentences."""
        return [
            f"{counted(len(names), kind)} {why}: {', '.join(names[:_SHOWN])}"
            + (" …" if len(names) > _SHOWN else "")
            for (kind, why), names in self._of.items()
        ]
