"""Results of other tools' checks, in one form: what they found, and on which data by their word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from forebear.core.quality import CheckResult

__all__ = ["ForeignResult", "QualityFormat", "Whereabouts", "distinguished"]


class Whereabouts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a tool says of the data that it checked."""

    digest: str | None = None
    place: str | None = None
    """A path or URI of a file."""
    name: str | None = None
    """How it calls the data: an asset, a model."""
    table: str | None = None
    """A table in a database, as `schema.name`."""

    @property
    def words(self) -> str:
        """Return it as people would say it."""
        return self.place or self.table or self.name or self.digest or "data that it does not name"


class ForeignResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One result."""

    key: str
    """Under which it is stated: `tool:check:column`."""
    result: CheckResult
    about: Whereabouts = Whereabouts()
    at: datetime | None = None
    """When the tool found it."""


class QualityFormat(Struct, frozen=True, kw_only=True):
    """A form in which another tool writes its results: `QUALITY` in a file of `exchange/`."""

    name: str
    recognises: Callable[[Any], bool]
    """Tell by decoded JSON whether it is of this form."""
    read: Callable[[Any, Any], list[ForeignResult]]
    """Return the results in it; beside it the decoded JSON of a second file, or None."""
    second: str | None = None
    """A file that belongs to it and lies beside it, such as `manifest.json`."""


def distinguished(results: Sequence[ForeignResult]) -> list[ForeignResult]:
    """Return results with keys that no two of the same data share.

    >>> a = CheckResult(check="c", status="passed")
    >>> [one.key for one in distinguished([ForeignResult(key="k", result=a)] * 2)]
    ['k', 'k#2']
    """
    seen: dict[tuple[str, str], int] = {}
    found = []
    for one in results:
        place = (one.about.words, one.key)
        seen[place] = seen.get(place, 0) + 1
        key = one.key if seen[place] == 1 else f"{one.key}#{seen[place]}"
        found.append(ForeignResult(key=key, result=one.result, about=one.about, at=one.at))
    return found
