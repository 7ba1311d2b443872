"""Profiling new versions of data in the background when a run has ended.

Every recording imports this: it brings nothing along that profiling needs.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
from typing import Final

from forebear.client.background import leave_running
from forebear.client.config import load_config
from forebear.client.locate import Place

__all__ = ["VARIABLE", "profile_later"]

VARIABLE: Final = "FOREBEAR_PROFILE"
_LOG: Final = "profile.log"
_log = logging.getLogger(__name__)


def profile_later(place: Place) -> None:
    """Profile new versions in a process of its own; never waits, never raises."""
    try:
        if place.folder is None or not sys.executable or not _wished(place):
            return
        if not all(map(importlib.util.find_spec, ("pyarrow", "numpy"))):
            return
        leave_running(place, ["profile", "--new"], place.folder / _LOG)
    except Exception as error:
        _log.debug("no profiles were started: %s", error)


def _wished(place: Place) -> bool:
    said = os.environ.get(VARIABLE)
    if said is None and place.folder is not None:
        said = load_config(place.folder).profile.new
    return said == "auto"
