"""Required values: what should come does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from forebear.core.checking import Ask, Check, Outcome, Shape, Sql, among, failed, passed

__all__ = ["RequiredValues"]


class RequiredValues(Check, frozen=True, kw_only=True, omit_defaults=True):
    """Each of `values` comes at least once: a country that vanishes is a feed that broke."""

    kind: ClassVar[str] = "required_values"

    column: str
    values: Annotated[list[str | int | float | bool], Meta(min_length=1)]

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask of each whether it comes."""
        each = (among(self.column, [one], shape) for one in self.values)
        return [Sql(f"coalesce(bool_or({one}), false)") for one in each]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail where one does not come."""
        missing = [str(one) for one, there in zip(self.values, found, strict=True) if not there]
        if not missing:
            return passed(f"all {len(self.values)} values of {self.column} come", 0, self.values)
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        told = f"{self.column} never is {', '.join(missing[:5])}{more}"
        return failed(told, len(missing), self.values, offending=len(missing))
