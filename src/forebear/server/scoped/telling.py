"""Saying in an answer that something was withheld, and how much."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, structs

from forebear.analysis.verdict import counted

__all__ = ["with_withheld"]


def with_withheld(answer: Any, number: int) -> Any:
    """Return an answer that says how many things were withheld from who asks.

    What has a verdict says it in words, after it.
    """
    if not number or not isinstance(answer, Struct):
        return answer
    words = (
        f"{counted(number, 'thing')} {'is' if number == 1 else 'are'} withheld:"
        " the walk ends at workspaces that you may not see."
    )
    changes: dict[str, Any] = {"withheld": number, "complete": False}
    if isinstance(verdict := getattr(answer, "verdict", None), str):
        changes["verdict"] = f"{verdict} {words}"
    known = {name: value for name, value in changes.items() if hasattr(answer, name)}
    return structs.replace(answer, **known)
