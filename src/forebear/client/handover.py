"""Handing many events to a store: in batches, and all that can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar

from msgspec import Struct

from forebear.core.errors import ForebearError
from forebear.core.rows import Appended

__all__ = ["Handed", "hand_over", "in_batches"]

T = TypeVar("T")

_MOST_EVENTS: Final = 2000
_MOST_BYTES: Final = 8 << 20


class Handed(Struct, kw_only=True):
    """What became of events: taken, there already, or refused and why."""

    accepted: int = 0
    duplicates: int = 0
    refused: list[str] = []


def in_batches(items: Iterable[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    """Yield items in lists that are good to be handed over at once; `size` says their bytes."""
    batch: list[T] = []
    held = 0
    for item in items:
        batch.append(item)
        held += size(item)
        if len(batch) >= _MOST_EVENTS or held >= _MOST_BYTES:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def hand_over(
    bodies: Sequence[bytes],
    append: Callable[[Sequence[bytes]], Appended],
    refusal: type[ForebearError] | tuple[type[ForebearError], ...],
) -> Handed:
    """Hand events over, in order; one that is refused does not keep the others back."""
    try:
        done = append(bodies)
    except refusal as error:
        if len(bodies) == 1:
            return Handed(refused=[str(error)])
        middle = len(bodies) // 2
        halves = [hand_over(half, append, refusal) for half in (bodies[:middle], bodies[middle:])]
        return Handed(
            accepted=sum(half.accepted for half in halves),
            duplicates=sum(half.duplicates for half in halves),
            refused=[why for half in halves for why in half.refused],
        )
    return Handed(accepted=done.accepted, duplicates=done.duplicates)
