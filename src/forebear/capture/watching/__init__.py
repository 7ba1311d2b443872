"""Watching programs that are not Python: which files they open, as the operating system sees it.

In order of preference: `strace`, where it is installed and may follow programs, else looking at
`/proc` again and again, which misses what is open for a moment only and says so. Neither needs
privileges.
"""

from __future__ import annotations

import sys

from forebear.capture.session import Session
from forebear.capture.watching.polling import Polling
from forebear.capture.watching.strace import Strace, find_strace

__all__ = ["Polling", "Strace", "watcher"]


def watcher(session: Session) -> Strace | Polling | None:
    """Return the best way there is to watch a program on this machine; None when there is none."""
    if sys.platform != "linux":
        return None
    strace = find_strace()
    return Polling(session) if strace is None else Strace(session, strace)
