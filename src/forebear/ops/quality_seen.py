"""What trusted versions looked like: from a scan, or from a profile that is stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from forebear.core.checking import ColumnType, Query, Shape, Stat
from forebear.core.errors import ForebearError
from forebear.core.personal import class_of
from forebear.core.ports import Store
from forebear.core.profiles import COMMON, NUMERIC, ColumnProfile, Profile
from forebear.core.rows import VersionRow
from forebear.core.suggesting import ColumnSeen, Seen
from forebear.engines.checking import CannotTell, Scan, counts_of, scanning
from forebear.ops.data_files import file_of, name_of
from forebear.ops.profiles import classes_of, stored_profile

__all__ = ["seen_before", "seen_in", "seen_of", "sensitive_in"]

_QUANTILES: Final = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_FEW: Final = 60
"""Different values up to which a column's values are a set."""
_VERSIONS: Final = 5
_TYPES: Final[dict[str, ColumnType]] = {
    "integer": "integer",
    "float": "number",
    "decimal": "number",
    "string": "text",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}


def sensitive_in(store: Store, artifact: str, columns: Iterable[str]) -> frozenset[str]:
    """Return the columns that may tell who somebody is, by what is said of them or their names."""
    said = classes_of(store, artifact)
    return frozenset(name for name in columns if class_of(name, said) is not None)


def seen_in(scan: Scan, sensitive: frozenset[str] = frozenset()) -> Seen:
    """Look at a file: what each column holds; of `sensitive` ones no value."""

    def shape() -> Shape:
        return Shape(columns=scan.columns)

    counted, *found = scan.answers(
        shape,
        lambda seen: [
            ([Stat("rows")], None),
            *((_asks(name, type), None) for name, type in seen.columns.items()),
        ],
    )
    assert isinstance(counted, list)
    rows = int(counted[0])
    columns = {
        name: _column(type, values, rows, hidden=name in sensitive)
        for (name, type), values in zip(scan.columns.items(), found, strict=True)
    }
    return Seen(rows=rows, columns=columns)


def seen_before(store: Store, version: VersionRow) -> list[Seen]:
    """Return what the versions before looked like, the newest first, as far as it is known."""
    found = []
    rows = store.versions(version.kind, version.name)
    earlier = [row for row in rows if row.version < version.version]
    for row in earlier[:_VERSIONS]:
        profile = stored_profile(store, row.artifact)
        if profile is not None:
            found.append(seen_of(profile))
            continue
        node = store.node(row.artifact)
        try:
            assert node is not None
            with file_of(store, node) as path, scanning(path, {}, name=name_of(store, node)) as one:
                found.append(seen_in(one, sensitive_in(store, node.id, one.columns)))
        except ForebearError:
            continue
    return found


def _asks(name: str, type: ColumnType) -> list[Stat | Query]:
    asks: list[Stat | Query] = [Stat("nulls", name), Stat("distinct", name)]
    if type in ("integer", "number"):
        asks += [Stat("min", name), Stat("max", name), Stat("mean", name), Stat("std", name)]
        asks += [Stat("quantile", name, at) for at in _QUANTILES]
    if type in ("text", "boolean"):
        asks.append(counts_of(name, _FEW + 1))
    return asks


def _column(
    type: ColumnType, values: list[Any] | CannotTell, rows: int, *, hidden: bool
) -> ColumnSeen:
    if isinstance(values, CannotTell):
        return ColumnSeen(type=type, sensitive=hidden)
    nulls, distinct, *more = values
    seen = ColumnSeen(type=type, nulls=nulls, distinct=distinct, sensitive=hidden)
    if hidden:
        return seen
    if type in ("integer", "number") and more[0] is not None:
        least, greatest, mean, std, *quantiles = more
        return ColumnSeen(
            type=type,
            nulls=nulls,
            distinct=distinct,
            least=least,
            greatest=greatest,
            mean=mean,
            std=std,
            quantiles=dict(zip(_QUANTILES, quantiles, strict=True)),
        )
    if type in ("text", "boolean") and more[0] and len(more[0]) <= _FEW:
        counts = {value: int(count) for value, count in more[0] if int(count) >= COMMON}
        others = rows - nulls - sum(counts.values())
        return ColumnSeen(type=type, nulls=nulls, distinct=distinct, values=counts, others=others)
    return seen


def seen_of(profile: Profile) -> Seen:
    """Return what a stored profile says; what it knows only nearly is left out."""
    columns = {one.name: _of_column(one) for one in profile.columns}
    return Seen(rows=profile.rows, columns=columns)


def _of_column(one: ColumnProfile) -> ColumnSeen:
    distinct = one.distinct
    figures: dict[str, Any] = {}
    if one.kind in NUMERIC and one.min is not None and one.max is not None:
        at = {q: found.value for q in _QUANTILES if (found := one.quantile(q)) is not None}
        figures = {
            "least": float(one.min),
            "greatest": float(one.max),
            "mean": one.mean,
            "std": one.std,
            "quantiles": at,
        }
    frequencies = one.frequencies() if one.kind not in NUMERIC else None
    if frequencies is not None and len(frequencies.values) <= _FEW:
        common = {text: n for text, n in frequencies.values.items() if n >= COMMON}
        others = one.count - sum(common.values())
        figures |= {"values": common, "others": others}
    return ColumnSeen(
        type=_TYPES.get(one.kind, "other"),
        nulls=one.nulls + one.nans,
        distinct=int(distinct.value) if distinct and distinct.low == distinct.high else None,
        sensitive=one.veiled is not None,
        **figures,
    )
