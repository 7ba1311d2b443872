"""Views of runs that people have saved: a filter, an order and columns under a name."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from forebear.core.statements import Topic

__all__ = ["ABOUT_RUNS", "VIEW", "SavedView"]

ABOUT_RUNS: Final = "runs"
"""What statements on the topic are about; the key is the view's name."""


class SavedView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a list of runs is looked at."""

    where: str | None = None
    order: str | None = None
    fields: list[str] = []
    """Figures and settings that have a column: `metrics.f1`, `params.depth`."""


VIEW: Final = Topic("view", SavedView)
