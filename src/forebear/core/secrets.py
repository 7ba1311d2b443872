"""Tokens: random text that opens a door, of which only a digest is kept.

A token has 256 random bits, so a plain SHA-256 hides it: there is nothing to guess. Its
beginning can be searched for where it should not be, and a check sum at its end tells a token
that was cut or mistyped from one that is unknown, without asking anybody.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from typing import Final, Literal

__all__ = ["Purpose", "digest_of", "is_secret", "new_secret"]

Purpose = Literal["api", "session", "setup"]

_PREFIXES: Final[dict[Purpose, str]] = {
    "api": "fbr_",
    "session": "fbr_session_",
    "setup": "fbr_setup_",
}
_FORM: Final = re.compile(r"(fbr_(?:session_|setup_)?)([0-9a-f]{64})([0-9a-f]{8})")


def new_secret(purpose: Purpose) -> str:
    """Return a new token.

    >>> len(new_secret("api")), new_secret("setup")[:10]
    (76, 'fbr_setup_')
    """
    text = _PREFIXES[purpose] + secrets.token_hex(32)
    return f"{text}{_sum(text)}"


def is_secret(text: str, purpose: Purpose) -> bool:
    """Tell whether a text is written like a token for this purpose."""
    found = _FORM.fullmatch(text)
    return (
        found is not None
        and found[1] == _PREFIXES[purpose]
        and found[3] == _sum(found[1] + found[2])
    )


def digest_of(secret: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(b"forebear:token\n" + secret.encode()).hexdigest()


def _sum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"
