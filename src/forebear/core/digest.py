"""Digests: the names of contents, written `sha256:<64 hex digits>`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final

__all__ = ["MIN_PREFIX", "combine", "is_digest", "of_bytes", "short", "to_raw"]

_FULL: Final = re.compile(r"sha256:[0-9a-f]{64}\Z")
MIN_PREFIX: Final = 6
"""Fewest hex digits by which people may abbreviate a digest."""


def of_bytes(data: bytes | memoryview) -> str:
    """Return the digest of `data`: the same that `sha256sum` prints.

    >>> of_bytes(b"")[:19]
    'sha256:e3b0c44298fc'
    """
    return "sha256:" + hashlib.sha256(data).hexdigest()


def combine(domain: str, parts: Iterable[bytes]) -> str:
    """Return one digest over many parts, each with its length, under a domain word.

    The domain keeps digests of different things (a table, a model's state) apart even when
    their parts are the same bytes; the lengths keep ("ab", "c") apart from ("a", "bc").
    """
    root = hashlib.sha256(f"forebear:{domain}\n".encode())
    for part in parts:
        root.update(len(part).to_bytes(8, "little"))
        root.update(part)
    return "sha256:" + root.hexdigest()


def is_digest(text: str) -> bool:
    """Tell whether `text` is a whole digest."""
    return _FULL.match(text) is not None


def to_raw(digest: str) -> bytes:
    """Return the 32 bytes behind a digest."""
    return bytes.fromhex(digest.removeprefix("sha256:"))


def short(digest: str) -> str:
    """Return the digest as people read it: twelve hex digits are plenty to tell them apart.

    >>> short("sha256:" + "ab" * 32)
    'sha256:abababababab'
    """
    return digest[: len("sha256:") + 12]
