"""Total: columns add up to another one."""

from __future__ import annotations

from typing import ClassVar

from forebear.core.checking import RowCheck, Shape, number

__all__ = ["Total"]


class Total(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """In each row the `parts` add up to `total`, give or take `within`; one part is an equality."""

    kind: ClassVar[str] = "total"

    parts: list[str]
    total: str
    within: float = 0.0

    def __post_init__(self) -> None:
        if not self.parts:
            raise ValueError("`parts` has to name some columns")

    def involved(self) -> list[str]:
        """Return all columns."""
        return [*self.parts, self.total]

    def bad(self, shape: Shape) -> str:
        """Return what holds where they do not add up."""
        added = " + ".join(number(part) for part in self.parts)
        # Sums of decimal fractions are not exact, and nobody means that.
        room = f"greatest({self.within!r}, 1e-9 * abs({number(self.total)}))"
        return f"(abs({added} - {number(self.total)}) > {room})"

    def subject(self) -> str:
        """Return the sum."""
        return " + ".join(self.parts)

    def words(self) -> str:
        """Return what it has to be."""
        return f"equal to {self.total}"
