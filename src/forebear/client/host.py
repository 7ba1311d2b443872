"""This machine, by an id that does not tell its name."""

from __future__ import annotations

import hashlib
import platform
from functools import cache

__all__ = ["host_id"]


@cache
def host_id() -> str:
    """Return a short stable id of this machine that does not tell its name."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:12]
