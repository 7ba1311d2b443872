"""A limit to how long a model in this process may take."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from forebear.core.errors import ModelFailed

__all__ = ["within"]


class _Over(BaseException):
    """No `Exception`, so that code which catches all of them does not go on for ever."""


@contextmanager
def within(seconds: float | None, title: str) -> Iterator[None]:
    """Let what is done in here take so many seconds at most; None sets no limit.

    Only the main thread can be interrupted. Code that is not Python is cut off when it returns.

    Raises:
        ModelFailed: it took longer.
    """
    main = threading.current_thread() is threading.main_thread()
    if seconds is None or not main or not hasattr(signal, "setitimer"):
        yield
        return

    def over(number: int, frame: FrameType | None) -> None:
        raise _Over

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _Over:
        raise ModelFailed(
            f"{title} did not answer within {seconds:g} s.", hint="`--timeout` gives it longer."
        ) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
