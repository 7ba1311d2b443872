"""One question for everything with content: what is its digest?"""

from __future__ import annotations

import os
from typing import Any

from forebear.core.errors import Unreadable
from forebear.engines.files import digest_path
from forebear.engines.models import state_digest
from forebear.engines.tables import fingerprint
from forebear.engines.weights import is_network

__all__ = ["digest_of"]

_LEARNS = ("fit", "predict", "transform")


def digest_of(thing: Any) -> str:
    """Return the digest of a file, folder, table, array or fitted model, whole or not at all.

    A path, as text or path object, stands for the content of its file or folder; a table or
    array for its values; an object that can fit, predict or transform for its state.

    Raises:
        Unreadable: it is none of these, cannot be read, or holds parts that no digest covers.

    >>> import numpy as np
    >>> digest_of(np.array([0.0, 1.0])) == digest_of(np.array([-0.0, 1.0]))
    True
    """
    if isinstance(thing, (str, os.PathLike)):
        return digest_path(thing).digest
    found = fingerprint(thing)
    if found is not None:
        if found.gaps:
            raise Unreadable(
                found.gaps[0], hint="Keep numbers, texts, times, lists or records in it."
            )
        return found.digest
    name = type(thing).__qualname__
    learns = is_network(thing) or any(callable(getattr(thing, act, None)) for act in _LEARNS)
    if isinstance(thing, type) or not learns:
        raise Unreadable(
            f"A value of type '{name}' has no digest.",
            hint="Give a path, a table or array (pandas, polars, pyarrow, NumPy, SciPy sparse)"
            " or a fitted model.",
        )
    state = state_digest(thing)
    if not state.complete:
        raise Unreadable(
            f"The state of this '{name}' holds what cannot be digested: {', '.join(state.opaque)}.",
            hint="Save the model to a file and give the file's path.",
        )
    return state.digest
