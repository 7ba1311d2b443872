"""Safetensors: weights without the network that they belong to."""

from __future__ import annotations

from forebear.capture.validate.predictor import Predictor, Source
from forebear.core.errors import InvalidInput

__all__ = ["ORDER", "claims", "open"]

ORDER = 59


def claims(source: Source) -> bool:
    """Tell whether it is a file of that kind."""
    return "safetensors" in source.forms


def open(source: Source) -> Predictor:
    """Refuse: there is nothing in it that could be asked.

    Raises:
        InvalidInput: always.
    """
    raise InvalidInput(
        f"{source.title} holds weights, and not the network that they belong to.",
        hint="Say how to ask it: --callable module:function loads them into the network.",
    )
