"""UUIDv7 text: unique, and sorted by the time of making."""

from __future__ import annotations

import os
import time
from _thread import allocate_lock

__all__ = ["derived_id", "is_id", "new_id"]

_DIGITS = frozenset("0123456789abcdef")
_lock = allocate_lock()  # threading would be imported for this alone
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
    return _written(value)


def derived_id(*ids: str) -> str:
    """Return the id of what is made of other things, which is the same whenever it is made.

    It sorts with the last of them.

    >>> derived_id("0192a000-0000-7000-8000-000000000001")
    '0192a000-0000-7b91-9b92-2f903eb1d122'
    """
    import hashlib  # not above: whatever starts a program imports this module

    found = int.from_bytes(hashlib.sha256("\n".join(ids).encode()).digest()[:16], "big")
    stamp = int(ids[-1].replace("-", ""), 16) if is_id(ids[-1]) else found
    low = found & (1 << 62) - 1
    return _written(stamp >> 80 << 80 | 0x7 << 76 | (found >> 64 & 0xFFF) << 64 | 0b10 << 62 | low)


def is_id(text: str) -> bool:
    """Tell whether `text` is written like one of our ids."""
    digits = text.replace("-", "")
    return len(digits) == 32 and _DIGITS.issuperset(digits) and _written(int(digits, 16)) == text


def _written(value: int) -> str:
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
