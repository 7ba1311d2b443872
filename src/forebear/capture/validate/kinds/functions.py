"""Functions of the caller's own, `module:function`: a frame goes in, one answer a row comes out."""

from __future__ import annotations

from forebear.capture.validate.importing import imported
from forebear.capture.validate.kinds.estimators import of_object
from forebear.capture.validate.predictor import Predictor, Source

__all__ = ["ORDER", "claims", "open"]

ORDER = 30


def claims(source: Source) -> bool:
    """Tell whether the caller names a function."""
    return source.callable is not None


def open(source: Source) -> Predictor:
    """Import the function, or the object with `predict`.

    Raises:
        InvalidInput: it is not there, or its module cannot be imported.
    """
    return of_object(imported(source.callable or ""), source)
