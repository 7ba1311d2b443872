"""Names of data sets that mean the same thing, whichever was heard of first."""

from __future__ import annotations

from collections.abc import Iterable

from forebear.exchange.openlineage.naming import DatasetKey

__all__ = ["Symlinks"]


class Symlinks:
    """Sets of names, each with one that stands for all.

    >>> links = Symlinks()
    >>> lake, hive = DatasetKey("s3://lake", "raw/c"), DatasetKey("hive://meta", "raw.c")
    >>> links.add(lake, [hive])
    True
    >>> links.canonical(hive).name
    'raw/c'
    """

    def __init__(self) -> None:
        self._sets: dict[DatasetKey, set[DatasetKey]] = {}
        self._declaring: set[DatasetKey] = set()
        self.changes = 0

    def add(self, key: DatasetKey, others: Iterable[DatasetKey]) -> bool:
        """Say that others are names of `key`; tell whether that changes what stands for what."""
        others = [one for one in others if one != key]
        if not others:
            return False
        together = self._sets.get(key, {key})
        news = key not in self._declaring
        self._declaring.add(key)
        for other in others:
            if other not in together:
                together = together | self._sets.get(other, {other})
                news = True
        for one in together:
            self._sets[one] = together
        self.changes += news
        return news

    def canonical(self, key: DatasetKey) -> DatasetKey:
        """Return the name that stands for all: one that says it has others, the first of those."""
        together = self._sets.get(key)
        if together is None:
            return key
        return min(together & self._declaring or together)

    def others(self, key: DatasetKey) -> list[DatasetKey]:
        """Return the other names of a data set, in order."""
        return sorted(self._sets.get(key, {key}) - {self.canonical(key)})
