"""What an audit advises, said so that it can be done: each command once, in an order that works."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import structs

from forebear.ops.policy_case import Case
from forebear.ops.requirement import Action

__all__ = ["renewed", "together"]


def together(actions: Iterable[Action]) -> dict[str, Action]:
    """Return actions by their commands; what there is to know about one is told together."""
    found: dict[str, Action] = {}
    for action in actions:
        known = found.get(action.command)
        if known is None:
            found[action.command] = action
            continue
        words = dict.fromkeys(word for word in (known.words, action.words) if word)
        found[action.command] = structs.replace(
            known, words="; ".join(words), times=max(known.times, action.times)
        )
    return found


def renewed(case: Case, chosen: Iterable[Action], again: Mapping[str, Action]) -> list[Action]:
    """Return actions of which one makes a new version: the others are then for that one.

    `again` is what was done for this version, and has to be done for the new one too.
    """
    of_this = re.compile(rf"(?<!\S){re.escape(case.ref)}(?!\S)")
    number = re.compile(rf"(?<= ALIAS ){case.row.version}$")
    moved = [
        structs.replace(one, command=number.sub("VERSION", of_this.sub(case.next_ref, one.command)))
        for one in chosen
    ]
    first = [one for one in moved if one.command == case.retrain]
    rest = together([*(one for one in moved if one.command != case.retrain), *again.values()])
    return [*first, *rest.values()]
