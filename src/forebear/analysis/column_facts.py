"""What a comparison needs to know of a column, from wherever it is stored."""

from __future__ import annotations

import math
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from forebear.analysis.distributions import Cell
from forebear.core.numbers import Numbers
from forebear.core.profiles import COMMON, NUMERIC, TIMES, ColumnProfile, Profile
from forebear.core.serving import Buckets, InputColumn

__all__ = ["ColumnFacts", "Form", "of_inputs", "of_profile", "thinned"]

Form = Literal["number", "category", "other"]
_FEWEST_KEYS: Final = 50
"""Values that have to be different before they are taken for names of rows."""
_FINE: Final = 8
"""Buckets of a served input between a number and its double."""


class ColumnFacts(Struct, frozen=True, kw_only=True):
    """One column, as far as what is stored of it tells."""

    kind: str
    """Its type, as the profile calls it."""
    form: Form
    rows: int
    nulls: int = 0
    cells: list[Cell] = []
    """Of numbers, and of texts of their lengths."""
    mean: float | None = None
    std: float | None = None
    """Both of what the cells hold."""
    values: dict[str, int] | None = None
    """Of categories; None where there are too many, or they are nobody's business."""
    unlisted: int = 0
    """Rows with categories that are not told."""
    rarest: float = math.inf
    """Rows that each of these categories has at most."""
    key: bool = False
    """Each value is another: it names rows, and other rows have other names."""
    repeated: float = 0.0
    """The share of values that are there already, at least."""
    why_not: str = ""
    """Why its values cannot be compared."""


def of_profile(profile: Profile) -> dict[str, ColumnFacts]:
    """Return the columns of a stored profile."""
    return {one.name: replace(_of_column(one), repeated=_repeated(one)) for one in profile.columns}


def thinned(facts: ColumnFacts, rows: int) -> ColumnFacts:
    """Return a column with the same shares, as if it had no more than so many rows.

    How far it is from another stays the same, but less of it is beyond chance.
    """
    if rows >= facts.rows:
        return facts
    part = rows / facts.rows
    return replace(
        facts,
        rows=rows,
        nulls=round(facts.nulls * part),
        cells=[(low, high, count * part) for low, high, count in facts.cells],
        values=facts.values
        and {name: max(1, round(count * part)) for name, count in facts.values.items()},
        unlisted=round(facts.unlisted * part),
        rarest=facts.rarest * part,
    )


def of_inputs(inputs: dict[str, InputColumn]) -> dict[str, ColumnFacts]:
    """Return what a serving program counted of the inputs of a model."""
    return {name: _of_input(one) for name, one in inputs.items()}


def _of_column(one: ColumnProfile) -> ColumnFacts:
    # NaN is absence to whoever made the data, whatever the file calls it.
    nulls = one.nulls + one.nans
    if _names_rows(one):
        # What it holds is told all the same: the other version may name no rows by it.
        held = one.numbers if one.kind == "integer" else one.lengths
        return ColumnFacts(
            kind=one.kind,
            form="number" if one.kind == "integer" else "category",
            rows=one.rows,
            nulls=nulls,
            cells=_cells(held),
            mean=held.mean,
            std=held.std,
            key=True,
            why_not="each value is another one: it names rows",
        )
    if one.kind in NUMERIC or one.kind in TIMES:
        if one.veiled:
            return _untold(one, nulls)
        return ColumnFacts(
            kind=one.kind,
            form="number",
            rows=one.rows,
            nulls=nulls,
            cells=_cells(one.numbers),
            mean=one.mean,
            std=one.std,
        )
    if one.kind not in ("string", "boolean"):
        return ColumnFacts(
            kind=one.kind,
            form="other",
            rows=one.rows,
            nulls=nulls,
            why_not=f"columns of type {one.kind} are not compared",
        )
    found = one.frequencies()
    return ColumnFacts(
        kind=one.kind,
        form="category",
        rows=one.rows,
        nulls=nulls,
        cells=_cells(one.lengths),
        mean=one.lengths.mean,
        std=one.lengths.std,
        values=found.values if found else None,
        unlisted=found.other if found else 0,
        rarest=COMMON - 1 if found and found.exact else math.inf,
        why_not="" if found else _why(one),
    )


def _names_rows(one: ColumnProfile) -> bool:
    found = one.distinct
    whole = one.kind in ("integer", "string") and one.count >= _FEWEST_KEYS
    return whole and found is not None and found.high >= one.count


def _repeated(one: ColumnProfile) -> float:
    if one.distinct is None or not one.count:
        return 0.0
    return max(0.0, 1 - one.distinct.high / one.count)


def _untold(one: ColumnProfile, nulls: int) -> ColumnFacts:
    return ColumnFacts(kind=one.kind, form="other", rows=one.rows, nulls=nulls, why_not=_why(one))


def _why(one: ColumnProfile) -> str:
    if one.veiled:
        return f"its values are personal ({one.veiled}) and were not kept"
    return "it has too many categories"


def _cells(numbers: Numbers) -> list[Cell]:
    """Return the cells of stored numbers; none reaches beyond the smallest and the greatest."""
    if not numbers.count:
        return []
    least, greatest = float(numbers.low), float(numbers.high)
    cells: list[Cell] = [
        (max(low, least), min(high, greatest), count)
        for low, high, count in numbers.buckets.cells()
    ]
    if numbers.minus_infinite:
        cells.insert(0, (least, least, numbers.minus_infinite))
    if numbers.plus_infinite:
        cells.append((greatest, greatest, numbers.plus_infinite))
    return cells


def _of_input(one: InputColumn) -> ColumnFacts:
    rest = ColumnFacts(
        kind="other",
        form="other",
        rows=one.count,
        nulls=one.nulls,
        why_not="nothing was counted of it",
    )
    if one.numbers:
        cells = [(-high, -low, count) for low, high, count in reversed(_sized(one.negative))]
        if one.zeros:
            cells.append((0.0, 0.0, one.zeros))
        cells += _sized(one.positive)
        return replace(
            rest, kind="number", form="number", cells=cells, mean=one.mean, std=_std(one)
        )
    if one.categories:
        named = dict(one.categories)
        unlisted = one.count - one.nulls - sum(named.values())
        return replace(
            rest, kind="string", form="category", values=named, unlisted=max(unlisted, 0)
        )
    if one.texts:
        return replace(
            rest,
            kind="string",
            form="category",
            cells=[(float(size), float(size), count) for size, count in one.lengths],
            why_not="the program named no categories of it",
        )
    return rest


def _sized(buckets: Buckets) -> list[Cell]:
    """Return the numbers that each bucket of `forebear.core.serving.size_of` can hold."""
    found: list[Cell] = []
    for bucket, count in buckets:
        power, part = divmod(bucket, _FINE)
        low = math.ldexp(0.5 + part / (2 * _FINE), power)
        above = math.ldexp(0.5 + (part + 1) / (2 * _FINE), power)
        found.append((low, math.nextafter(above, 0.0), count))
    return found


def _std(one: InputColumn) -> float | None:
    if one.numbers < 2:
        return None
    spread = one.squares - one.total * one.total / one.numbers
    return math.sqrt(max(spread, 0.0) / (one.numbers - 1))
