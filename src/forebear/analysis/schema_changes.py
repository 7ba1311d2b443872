"""How the columns of one table differ from those of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from forebear.core.entities import Column

__all__ = ["UNTOLD", "Rename", "Retype", "SchemaChange", "schema_change"]

UNTOLD: Final = "?"
"""The type of a column of which only the name is recorded, and not its place among the others."""


class Retype(Struct, frozen=True, kw_only=True):
    """A column of another type than before."""

    column: str
    before: str
    after: str


class Rename(Struct, frozen=True, kw_only=True):
    """A column that has another name and the content of the old one."""

    before: str
    after: str


class SchemaChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of the columns."""

    added: list[Column] = []
    removed: list[Column] = []
    retyped: list[Retype] = []
    renamed: list[Rename] = []
    """Guessed: no other column has that content."""
    moved: bool = False
    """The columns that stayed have another order."""
    changed: list[str] = []
    """Columns with the same name and type and other content."""

    @property
    def same(self) -> bool:
        """Tell whether the columns are the same, whatever they hold."""
        return not (self.added or self.removed or self.retyped or self.renamed or self.moved)


def schema_change(before: Sequence[Column], after: Sequence[Column]) -> SchemaChange:
    """Return how the columns of a table differ from those it had before.

    A column is renamed where one that is gone has the digest of one that is new, and no other
    column on either side has it: constant columns look alike.

    >>> old = [Column(name="a", type="int64", digest="x"), Column(name="b", type="text")]
    >>> new = [Column(name="c", type="int64", digest="x"), Column(name="b", type="date")]
    >>> change = schema_change(old, new)
    >>> change.renamed, [one.column for one in change.retyped]
    ([Rename(before='a', after='c')], ['b'])
    """
    old, new = ({one.name: one for one in columns} for columns in (before, after))
    gone = [one for one in before if one.name not in new]
    come = [one for one in after if one.name not in old]
    counts = [Counter(one.digest for one in columns) for columns in (before, after)]
    by_digest = {one.digest: one for one in come if one.digest is not None}
    renamed = [
        Rename(before=one.name, after=by_digest[one.digest].name)
        for one in gone
        if one.digest in by_digest and all(count[one.digest] == 1 for count in counts)
    ]
    names = {name for one in renamed for name in (one.before, one.after)}
    stayed = [one.name for one in before if one.name in new]
    return SchemaChange(
        added=[one for one in come if one.name not in names],
        removed=[one for one in gone if one.name not in names],
        retyped=[
            Retype(column=name, before=old[name].type, after=new[name].type)
            for name in stayed
            if old[name].type != new[name].type and UNTOLD not in (old[name].type, new[name].type)
        ],
        renamed=renamed,
        moved=UNTOLD not in {one.type for one in (*before, *after)}
        and stayed != [one.name for one in after if one.name in old],
        changed=[
            name
            for name in stayed
            if old[name].type == new[name].type
            and None not in (old[name].digest, new[name].digest)
            and old[name].digest != new[name].digest
        ],
    )
