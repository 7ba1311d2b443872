"""UUIDv7 text: unique, and sorted by the time of making."""

from __future__ import annotations

import hashlib
import os
import threading
import time
import uuid

__all__ = ["derived_id", "is_id", "new_id"]

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """Return a new UUIDv7 as text; ids made in one process sort in the order they were made.

    The millisecond clock fills 48 bits; 12 bits below it count up within the millisecond
    (RFC 9562, section 6.2, method 1), the rest is random.
    """
    global _last
    with _lock:
        stamp = max(time.time_ns() // 1_000_000 << 12, _last + 1)
        _last = stamp
    random = int.from_bytes(os.urandom(8), "big") & (1 << 62) - 1
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random
    return str(uuid.UUID(int=value))


def derived_id(*ids: str) -> str:
    """Return the id of what is made of other things, which is the same whenever it is made.

    It sorts with the last of them.

    >>> derived_id("0192a000-0000-7000-8000-000000000001")
    '0192a000-0000-7b91-9b92-2f903eb1d122'
    """
    found = int.from_bytes(hashlib.sha256("\n".join(ids).encode()).digest()[:16], "big")
    stamp = uuid.UUID(ids[-1]).int if is_id(ids[-1]) else found
    low = found & (1 << 62) - 1
    return str(
        uuid.UUID(
            int=stamp >> 80 << 80 | 0x7 << 76 | (found >> 64 & 0xFFF) << 64 | 0b10 << 62 | low
        )
    )


def is_id(text: str) -> bool:
    """Tell whether `text` is written like one of our ids."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
