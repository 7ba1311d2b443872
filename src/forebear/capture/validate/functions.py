"""Functions and objects of a module as models: each is one of its own.

What identifies it is its name and the module's file; what the module imports is not seen.
"""

from __future__ import annotations

from pathlib import Path

from forebear.capture.validate.importing import module_file, named
from forebear.client.asking import Asking
from forebear.core.digest import of_bytes
from forebear.core.entities import ArtifactKind
from forebear.core.errors import InvalidInput
from forebear.engines.files import digest_path
from forebear.ops.register import RegisterRequest, RegisterResponse
from forebear.ops.validation import Piece

__all__ = ["function_of", "register_function"]

_FORMAT = "py"


def register_function(
    client: Asking,
    text: str,
    module: Path,
    code: str,
    kind: ArtifactKind,
    *,
    name: str | None = None,
) -> RegisterResponse:
    """Record `module:function` as it is now; `code` is the digest of the module's file."""
    request = RegisterRequest(
        digest=_digest(text, code),
        kind=kind,
        uri=str(module),
        label=text,
        name=name,
        format=_FORMAT,
    )
    return client.call(request)


def function_of(piece: Piece) -> str | None:
    """Return `module:function` of a piece that was recorded as one; None where it is none.

    Raises:
        InvalidInput: its module has changed since, or is no longer found.
    """
    text = piece.label or ""
    if named(text) is None or all(one.format != _FORMAT for one in piece.saved):
        return None
    file = module_file(text)
    digests = {one.digest for one in piece.saved}
    if file is None or _digest(text, digest_path(file).digest) not in digests:
        raise InvalidInput(
            f"Module {text.partition(':')[0]} is no longer what {piece.title} was recorded from.",
            hint=f"Name it anew: {text} is recorded as it is now.",
        )
    return text


def _digest(text: str, code: str) -> str:
    return of_bytes(f"function {text.rpartition(':')[2]} of {code}".encode())
