"""The rules that were used last: what a store itself knows of stages and policies."""

from __future__ import annotations

from typing import Final

from msgspec import structs

from forebear.core.policies import POLICY, Rules
from forebear.core.ports import Store

__all__ = ["ABOUT", "AUDIT", "STAGES", "used_last"]

ABOUT: Final = "policy:"
"""What stands before a policy's name where something is said of it."""
AUDIT: Final = "audit"
STAGES: Final = "stages"
"""Under this name the stages themselves are told, and which keys are trusted."""


def used_last(store: Store, seq: int | None) -> Rules | None:
    """Return the rules that were used last, as they are kept in the store; None where none were."""
    stages = POLICY.one(store.statements, ABOUT + STAGES, seq=seq)
    if stages is None:
        return None
    shape = Rules(source=f"the rules used on {stages.row.at:%Y-%m-%d}", **stages.value.settings)
    names = [ABOUT + name for name in (*shape.policy_names, AUDIT)]
    said = POLICY.latest(store.statements, names, seq=seq)
    settings = {one.row.about.removeprefix(ABOUT): one.value.settings for one in said}
    return structs.replace(shape, audit=settings.pop(AUDIT, {}), policies=settings)
