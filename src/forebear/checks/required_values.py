"""Required values: what should come does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from forebear.core.checking import Ask, Check, Outcome, Shape, Sql, failed, passed, quoted, text

__all__ = ["RequiredValues"]


class RequiredValues(Check, frozen=True, kw_only=True, omit_defaults=True):
    """Each of `values` comes at least once: a country that vanishes is a feed that broke."""

    kind: ClassVar[str] = "required_values"

    column: str
    values: list[str | int | float | bool]

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask of each whether it comes."""
        column = f"CAST({quoted(self.column)} AS VARCHAR)"
        known = [str(one).lower() if isinstance(one, bool) else str(one) for one in self.values]
        return [Sql(f"coalesce(bool_or({column} = {text(one)}), false)") for one in known]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail where one does not come."""
        missing = [str(one) for one, there in zip(self.values, found, strict=True) if not there]
        if not missing:
            return passed(f"all {len(self.values)} values of {self.column} come", 0, self.values)
        told = f"{len(missing)} values of {self.column} do not come: {', '.join(missing[:5])}"
        return failed(told, len(missing), self.values, offending=len(missing))
