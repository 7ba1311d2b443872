"""Telling people of a recall in a process of its own, for programs that go on meanwhile."""

from __future__ import annotations

import logging
import sys
from typing import Final

from forebear.client.background import leave_running
from forebear.client.config import load_config
from forebear.client.locate import Place

__all__ = ["tell_later"]

_LOG: Final = "notify.log"
_log = logging.getLogger(__name__)


def tell_later(place: Place, recall: str) -> None:
    """Tell whom the settings name of a recall that is recorded; never waits, never raises.

    Who cannot be told is said in the log.
    """
    try:
        if place.folder is None or not sys.executable:
            return
        settings = load_config(place.folder).notify
        if settings.webhooks or settings.email or settings.command:
            leave_running(place, ["notify", "retry", "--recall", recall], place.folder / _LOG)
    except Exception as error:
        _log.warning("Nobody is told of the recall %s: %s", recall[:13], error)
