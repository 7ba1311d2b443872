"""Checking new versions in the background when a run has ended.

Every recording imports this: it brings nothing along that checking needs.
"""

from __future__ import annotations

import logging
import sys
from typing import Final

from forebear.client.background import leave_running
from forebear.client.locate import Place

__all__ = ["FOLDER", "check_later"]

FOLDER: Final = "quality"
"""The folder for suites, beside the store's."""
_LOG: Final = "quality.log"
_log = logging.getLogger(__name__)


def check_later(place: Place) -> None:
    """Check new versions in a process of its own where there are suites; never waits or raises."""
    try:
        if place.folder is None or not sys.executable:
            return
        if not any((place.folder.parent / FOLDER).glob("*.toml")):
            return
        leave_running(place, ["quality", "watch", "--once"], place.folder / _LOG)
    except Exception as error:
        _log.debug("no checks were started: %s", error)
