"""What programs printed, where it was to be kept."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from forebear.core.statements import Topic

__all__ = ["PRINTED", "Printed"]


class Printed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of what a run printed: how much there was; its text is in the statement's packet."""

    size: int
    """Bytes, as they were printed."""
    omitted: int = 0
    """Bytes in the middle that were not kept."""
    secrets: list[str] = []
    """The rules by which secrets were taken out."""


PRINTED: Final = Topic("printed", Printed)
