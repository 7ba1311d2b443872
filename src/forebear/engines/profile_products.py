"""Sums of products of numeric columns, from which correlations follow, without any rounding."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from forebear.core.profile_columns import Comoments
from forebear.engines.arrow_values import booleans_of
from forebear.engines.profile_columns import numbers_in
from forebear.engines.profile_sums import ROWS, Slice, SumOf, slices_of, wild

__all__ = ["ProductTally"]

Floats = npt.NDArray[np.float64]


class ProductTally:
    """What is known so far of the products of columns, as float64."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = list(names)
        size = len(names)
        self._rows = 0
        self._sums = [SumOf() for _ in range(size)]
        self._products = [[SumOf() for _ in range(i + 1)] for i in range(size)]

    def add(self, arrays: Sequence[Any]) -> None:
        """Take in the columns of a batch: rows in which all have a finite value."""
        columns = np.stack([_floats(array) for array in arrays])
        columns = columns[:, np.isfinite(columns).all(axis=0)]
        self._rows += columns.shape[1]
        odd = np.zeros(columns.shape[1], bool)
        for column in columns:
            odd |= wild(column)
        if odd.any():
            self._add_wild(columns[:, odd])
            columns = columns[:, ~odd]
        for start in range(0, columns.shape[1], ROWS):
            self._add_tame(columns[:, start : start + ROWS])

    def finish(self) -> Comoments:
        """Return the sums; of no row there is nothing to say."""
        if not self._rows:
            return Comoments(columns=self._names)
        return Comoments(
            columns=self._names,
            rows=self._rows,
            sums=[one.exact() for one in self._sums],
            products=[one.exact() for row in self._products for one in row],
        )

    def _add_tame(self, columns: Floats) -> None:
        cut: list[list[Slice]] = []
        for i, column in enumerate(columns):
            plain = np.ascontiguousarray(column)
            cut.append(slices_of(plain, float(np.abs(plain).max(initial=0.0))))
            for one in cut[i]:
                self._sums[i].add_slice(one)
            for j in range(i + 1):
                for one in cut[i]:
                    for other in cut[j]:
                        self._products[i][j].add_dot(one, other)

    def _add_wild(self, columns: Floats) -> None:
        exact = [[Fraction(value) for value in column] for column in columns.tolist()]
        for i, column in enumerate(exact):
            _add(self._sums[i], sum(column, Fraction(0)))
            for j in range(i + 1):
                pairs = zip(column, exact[j], strict=True)
                _add(self._products[i][j], sum((a * b for a, b in pairs), Fraction(0)))


def _add(total: SumOf, value: Fraction) -> None:
    total.add(value.numerator, 1 - value.denominator.bit_length())


def _floats(array: Any) -> Floats:
    """Return a column as float64 with NaN where there is no value."""
    found = np.full(len(array), np.nan)
    there = booleans_of(array.is_valid())
    found[there] = numbers_in(array.drop_null())
    return found
