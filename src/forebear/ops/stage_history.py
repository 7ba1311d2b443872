"""Which versions a stage held, and which one it would go back to."""

from __future__ import annotations

from msgspec import Struct

from forebear.core.policies import PROMOTION, key_of
from forebear.core.ports import Store

__all__ = ["Held", "held_before"]


class Held(Struct, frozen=True, kw_only=True):
    """What an alias points to, and what it pointed to before."""

    now: int | None
    earlier: list[int]
    """The version that it would go back to, the one before that, and so on."""


def held_before(store: Store, name: str, alias: str) -> Held:
    """Return what an alias held, by all its moves.

    Who goes back, and back again, comes to ever earlier versions: a rollback takes the version
    that it left off the pile.

    A rollback is told by a statement just before the move of the alias, in one transaction.
    """
    moves = [row for row in store.alias_history("model", name) if row.alias == alias]
    artifacts = [row.artifact for row in store.versions("model", name)]
    back = sorted(
        one.row.seq
        for one in PROMOTION.history(store.statements, artifacts)
        if one.row.key == key_of(name, alias) and one.value.move == "rollback"
    )
    pile: list[int] = []
    last = 0
    now: int | None = None
    for move in reversed(moves):
        now = move.version
        rolled = any(last < seq < move.seq for seq in back)
        last = move.seq
        if now is None:
            continue
        if rolled and now in pile:
            del pile[pile.index(now) + 1 :]
        elif not pile or pile[-1] != now:
            pile = [version for version in pile if version != now]
            pile.append(now)
    earlier = pile[:-1] if now is not None else pile
    return Held(now=now, earlier=earlier[::-1])
