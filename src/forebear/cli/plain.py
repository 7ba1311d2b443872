"""Output where not every character can be written: the nearest plain ones stand for the others."""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata
from typing import Final

__all__ = ["write_what_can_be"]

_HANDLER: Final = "forebear.plain"
_NEAREST: Final = {
    **dict(zip("│├└─→×−–█▇▆▅▄▃▂▁•✗’", "||`->x--######__*x'", strict=True)),
    **{"…": "...", "‥": "..", "±": "+/-"},
}


def write_what_can_be() -> None:
    """Let what is printed never fail for a character that its encoding lacks."""
    codecs.register_error(_HANDLER, _nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain, error.object[error.start : error.end])), error.end


def _plain(character: str) -> str:
    if character in _NEAREST:
        return _NEAREST[character]
    bare = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return bare or "?"
