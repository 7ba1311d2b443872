"""Target leak: no feature tells the answer by itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from forebear.core.checking import (
    Ask,
    Check,
    Outcome,
    Part,
    Shape,
    Sql,
    failed,
    number,
    passed,
    quoted,
    skipped,
)

__all__ = ["TargetLeak"]


class TargetLeak(Check, frozen=True, kw_only=True, omit_defaults=True):
    """No column of numbers correlates with `target` by more than `most`: that would be too good."""

    kind: ClassVar[str] = "target_leak"

    target: str
    columns: list[str] = []
    """Those that are looked at; all of numbers if none is said."""
    most: Part = 0.95

    def involved(self) -> list[str]:
        """Return the target, and the columns that were named."""
        return [self.target, *self.columns]

    def _features(self, shape: Shape) -> list[str]:
        named = self.columns or [name for name in shape.columns if shape.numeric(name)]
        return [name for name in named if name != self.target]

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask for the correlation with each."""
        if shape.numeric(self.target):
            target = number(self.target)
        elif shape.columns.get(self.target) == "boolean":
            target = f"CAST({quoted(self.target)} AS DOUBLE)"
        else:
            # Of two classes it does not matter which is 1: the one that sorts last.
            name = f"CAST({quoted(self.target)} AS VARCHAR)"
            target = f"CAST({name} = (SELECT max({name}) FROM data) AS DOUBLE)"
        return [Sql(f"corr({target}, {number(name)})") for name in self._features(shape)]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail where one is too high."""
        known = {
            name: abs(float(value))
            for name, value in zip(self._features(shape), found, strict=True)
            if value is not None and math.isfinite(value)
        }
        if not known:
            return skipped(f"no column of numbers varies with {self.target}")
        leaking = {name: value for name, value in known.items() if value > self.most}
        highest = max(known, key=lambda name: known[name])
        told = f"{highest} correlates with {self.target} by {known[highest]:.3f}"
        if not leaking:
            return passed(told, known[highest], self.most)
        names = ", ".join(f"{name} ({value:.3f})" for name, value in leaking.items())
        return failed(
            f"{names}: so close to {self.target} that it may leak; {self.most:g} is allowed",
            known[highest],
            self.most,
            offending=len(leaking),
        )
