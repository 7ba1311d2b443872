"""Schema: the columns are these, with these types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Literal

from forebear.core.checking import Ask, Check, ColumnType, Outcome, Shape, failed, passed
from forebear.core.suggesting import Seen

__all__ = ["Schema"]


class Schema(Check, frozen=True, kw_only=True, omit_defaults=True):
    """The columns are these, with these types; further ones only with `more`."""

    kind: ClassVar[str] = "schema"
    on_empty: ClassVar[bool] = True

    fields: dict[str, ColumnType | Literal["any"]]
    more: bool = False
    in_order: bool = False

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask nothing: the shape tells."""
        return ()

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Compare names, then types, then order."""
        faults = [f"{name} is missing" for name in self.fields if name not in shape.columns]
        if not self.more:
            faults += [f"{name} is new" for name in shape.columns if name not in self.fields]
        faults += [
            f"{name} is {shape.columns[name]}, not {type}"
            for name, type in self.fields.items()
            if name in shape.columns and not _fits(shape.columns[name], type)
        ]
        shared = [name for name in shape.columns if name in self.fields]
        if self.in_order and shared != [name for name in self.fields if name in shape.columns]:
            faults.append("the order of the columns is another")
        measured = dict(shape.columns)
        if not faults:
            return passed("the columns are as expected", measured, dict(self.fields))
        return failed("; ".join(faults), measured, dict(self.fields), offending=len(faults))

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest the columns of the trusted version."""
        # Of a column without values no type is known.
        fields: dict[str, ColumnType | Literal["any"]] = {
            name: "any" if column.nulls == seen.rows else column.type
            for name, column in seen.columns.items()
        }
        yield cls(fields=fields), "the columns and types of the trusted version"


def _fits(there: ColumnType, wanted: ColumnType | Literal["any"]) -> bool:
    """Tell whether a type is the wanted one, or whole numbers where any are wanted."""
    return wanted in ("any", there) or (wanted == "number" and there == "integer")
