"""Profiles: what the columns of one data version hold, in a form that adds up exactly.

The profile of a table is the `merge` of the profiles of its parts, whatever the parts and their
order: the same canonical bytes. A profile that is stored is `sealed` first, so that no value is
kept that few rows share. docs/decisions/0023-exact-profiles.md says how it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import reduce
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.profile_columns import (
    COMMON,
    LONGEST,
    NUMERIC,
    TIMES,
    ColumnProfile,
    Comoments,
    Frequencies,
    Kind,
    Values,
    veiled,
)
from forebear.core.statements import Topic

__all__ = [
    "COMMON",
    "EMPTY",
    "LONGEST",
    "NUMERIC",
    "PROFILE",
    "TIMES",
    "ColumnProfile",
    "Comoments",
    "Frequencies",
    "Kind",
    "Profile",
    "ProfileSummary",
    "Values",
    "decode",
    "encode",
    "merge",
    "merge_all",
    "seal",
]

FORM: Final = 1


class Profile(Struct, frozen=True, kw_only=True):
    """What the columns of a table hold, in the order of the columns."""

    form: int = FORM
    rows: int = 0
    columns: list[ColumnProfile] = []
    comoments: Comoments | None = None
    common: int = 0
    """Rows that share each value that is kept: 0 where it was not sealed."""

    def column(self, name: str) -> ColumnProfile | None:
        """Return the profile of a column."""
        return next((one for one in self.columns if one.name == name), None)


EMPTY: Final = Profile()
"""The profile of no part at all; a table without rows still has its columns."""


class ProfileSummary(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a statement says of a profile; the packet is the whole of it."""

    rows: int
    columns: int
    nulls: int = 0
    """Cells without a value."""
    by: str = "local"
    """The engine."""
    said: list[str] = []
    """What could not be profiled."""


PROFILE: Final = Topic("profile", ProfileSummary)


def merge(a: Profile, b: Profile) -> Profile:
    """Return the profile of two parts together: associative, commutative, with `EMPTY` as zero.

    Raises:
        InvalidInput: the parts have other columns, or types that have nothing in common.
    """
    if not a.columns or not b.columns:
        return a if a.columns else b
    if [one.name for one in a.columns] != [one.name for one in b.columns]:
        raise InvalidInput(
            "Parts of one table have the same columns in the same order; these have not.",
            hint=_difference(a, b),
        )
    return Profile(
        rows=a.rows + b.rows,
        columns=[one.merged(other) for one, other in zip(a.columns, b.columns, strict=True)],
        comoments=a.comoments.merged(b.comoments) if a.comoments and b.comoments else None,
        common=max(a.common, b.common),
    )


def merge_all(parts: Iterable[Profile]) -> Profile:
    """Return the profile of all parts together."""
    return reduce(merge, parts, EMPTY)


def seal(
    profile: Profile,
    *,
    common: int = COMMON,
    personal: Callable[[str], str | None] | None = None,
) -> Profile:
    """Return what may be kept of a profile: no value that fewer than `common` rows share.

    `personal` says of a column's name what kind of personal data it looks like; of such columns
    no value, extreme or histogram is kept. Sealing the merged parts gives what sealing the whole
    gives. Sealed parts can be merged too, exactly in all but categories: those that were rare in
    one of them stay in its remainder.
    """
    columns = []
    for one in profile.columns:
        found = personal(one.name) if personal else None
        kept = replace(one, values=one.values.sealed(common))
        columns.append(veiled(kept, found) if found else kept)
    hidden = [one.name for one in columns if one.veiled]
    return replace(
        profile,
        columns=columns,
        common=common,
        comoments=_without(profile.comoments, hidden),
    )


def encode(profile: Profile) -> bytes:
    """Return the canonical bytes: equal profiles, equal bytes."""
    return msgspec.msgpack.encode(profile)


def decode(data: bytes) -> Profile:
    """Return the profile that `encode` wrote.

    Raises:
        Unreadable: these are no such bytes, or a later version's.
    """
    try:
        profile = msgspec.msgpack.decode(data, type=Profile)
    except msgspec.DecodeError as error:
        raise Unreadable(f"These bytes are no profile: {error}.") from error
    if profile.form != FORM:
        raise Unreadable(
            f"The profile has form {profile.form}, and this forebear reads form {FORM}.",
            hint="Profile the data again, or install a newer forebear.",
        )
    return profile


def _without(comoments: Comoments | None, names: Collection[str]) -> Comoments | None:
    if comoments is None or not set(comoments.columns) & set(names):
        return comoments
    kept = [i for i, name in enumerate(comoments.columns) if name not in names]
    return Comoments(
        columns=[comoments.columns[i] for i in kept],
        rows=comoments.rows,
        sums=[comoments.sums[i] for i in kept],
        products=[comoments.products[i * (i + 1) // 2 + j] for i in kept for j in kept if j <= i],
    )


def _difference(a: Profile, b: Profile) -> str:
    mine, its = [one.name for one in a.columns], [one.name for one in b.columns]
    alone = sorted(set(mine) ^ set(its))
    return f"Only one of them has: {', '.join(alone[:5])}." if alone else "Their order differs."
