"""Profiling new versions of data in the background when a run has ended.

Every recording imports this: it brings nothing along that profiling needs.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import subprocess
import sys
from typing import Final

from forebear.client.config import load_config
from forebear.client.locate import VARIABLE as STORE
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
        command = [sys.executable, "-P", "-m", "forebear", "profile", "--new"]
        with (place.folder / _LOG).open("wb") as log:
            # The shell is gone at once and leaves the profiles to nobody in particular.
            subprocess.run(
                ["/bin/sh", "-c", 'nice -n 19 "$@" &', "sh", *command],
                env={**os.environ, STORE: place.address},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                check=True,
            )
    except Exception as error:
        _log.debug("no profiles were started: %s", error)


def _wished(place: Place) -> bool:
    said = os.environ.get(VARIABLE)
    if said is None and place.folder is not None:
        said = load_config(place.folder).profile.new
    return said == "auto"
