"""`%load_ext forebear`: record a notebook from a cell on."""

from __future__ import annotations

from typing import Any

from forebear.capture import api, boot, cells
from forebear.capture.session import active

__all__ = ["load_ipython_extension", "unload_ipython_extension"]


def load_ipython_extension(shell: Any) -> None:
    """Record this session of IPython from now on, as one run; errors in cells don't fail it."""
    api.autolog()


def unload_ipython_extension(shell: Any) -> None:
    """End the run; what comes after is not recorded."""
    session = active()
    cells.detach()
    if session is not None:
        api.close_root(session, None)
    boot.stop_observing()
