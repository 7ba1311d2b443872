"""What functions of the SDK are asked about: refs, and objects that this program records."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from forebear.core.errors import BadRef

if TYPE_CHECKING:
    from forebear.ops.table import Target

__all__ = ["Ref", "find_objects", "target_of"]

Ref: TypeAlias = str | os.PathLike[str] | object
"""A name, version, alias, digest, run or file; or data or a model that this program has made
while it was recorded."""

_find: Callable[[object], str | None] | None = None


def find_objects(find: Callable[[object], str | None]) -> None:
    """Have objects in memory found by `find`, which returns an artifact, or None."""
    global _find
    _find = find


def target_of(ref: Ref) -> Target:
    """Return what a ref, or an object in memory, stands for in a request.

    Raises:
        BadRef: it is an object that nothing is known of.
    """
    from forebear.ops.table import Target

    if isinstance(ref, str | os.PathLike):
        return Target(ref=os.fspath(ref))
    found = _find(ref) if _find is not None else None
    if found is None:
        raise BadRef(
            f"This {type(ref).__name__} is not recorded, so nothing is known of it.",
            hint="Give a name, a version or a file. Objects are known after `fb.autolog()` or"
            " `%load_ext forebear`, from then on.",
        )
    return Target(ref=found)
