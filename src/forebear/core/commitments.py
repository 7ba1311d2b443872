"""Commitments: an event says who, and yet the name can be erased.

Events are for ever, names of people must not be. An event carries `identity:<64 hex digits>`,
the SHA-256 of a secret salt and the value; value and salt lie where they can be erased. Whoever
has both can prove who it was; without the salt nobody can, not even by trying every name.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Final

import msgspec

from forebear.core.patterns import pattern

__all__ = ["SALT", "commit", "erased_words", "is_commitment", "opens", "reveal", "unknown_told"]

SALT: Final = 32
"""Bytes of a salt; it is random, and there is one for each value in each store."""

_DOMAIN: Final = b"forebear:identity\n"
_TOKEN: Final = pattern(rb"identity:[0-9a-f]{64}(?![0-9a-f])")
_WHOLE: Final = pattern(r"identity:[0-9a-f]{64}(?![0-9a-f])")


def commit(salt: bytes, value: str) -> str:
    """Return the commitment to a value.

    >>> commit(bytes(32), "somebody")[:21]
    'identity:67e43f70093c'
    """
    return "identity:" + hashlib.sha256(_DOMAIN + salt + value.encode()).hexdigest()


def opens(commitment: str, salt: bytes, value: str) -> bool:
    """Tell whether this is the value that somebody committed to."""
    return len(salt) == SALT and hmac.compare_digest(commitment, commit(salt, value))


def erased_words(commitment: str) -> str:
    """Return what answers show in place of a value that was erased.

    >>> erased_words("identity:67e43f70093cc2aa")
    'erased (commitment 67e43f70093c)'
    """
    return f"erased (commitment {commitment.removeprefix('identity:')[:12]})"


def is_commitment(text: str) -> bool:
    """Tell whether a text stands for a value that is not known here.

    >>> is_commitment("identity:" + 64 * "0"), is_commitment("ada")
    (True, False)
    """
    return _WHOLE.fullmatch(text) is not None


def unknown_told(text: str) -> str:
    """Return a text for people, in which what is not known here is said so.

    >>> unknown_told(f"by identity:{64 * '0'}")
    'by unknown here (000000000000)'
    """
    if "identity:" not in text:
        return text
    return _WHOLE.sub(lambda found: f"unknown here ({found[0][9:21]})", text)


def reveal(body: bytes, value_of: Callable[[str], str | None]) -> bytes:
    """Return an event's bytes with values in place of the commitments that `value_of` knows."""
    if b"identity:" not in body:
        return body

    def value(found: re.Match[bytes]) -> bytes:
        known = value_of(found[0].decode())
        return found[0] if known is None else _inside(known)

    return _TOKEN.sub(value, body)


def _inside(value: str) -> bytes:
    return msgspec.json.encode(value)[1:-1]
