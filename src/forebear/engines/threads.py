"""Work spread over the processors, for functions that let go of the interpreter lock."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

__all__ = ["spread"]

T = TypeVar("T")
R = TypeVar("R")


def spread(function: Callable[[T], R], items: Sequence[T], *, parallel: bool) -> list[R]:
    """Return `function` of every item, in order; the first error is raised.

    No thread can be started any more when the interpreter is shutting down: the rest is then
    done here, so that what a program does last is digested like everything else.
    """
    workers = min(len(items), os.cpu_count() or 1, 8)
    if not parallel or workers < 2:
        return [function(item) for item in items]
    with ThreadPoolExecutor(workers, thread_name_prefix="forebear-digest") as pool:
        futures = []
        with suppress(RuntimeError):
            futures += [pool.submit(function, item) for item in items]
        done = [future.result() for future in futures]
    return done + [function(item) for item in items[len(done) :]]
