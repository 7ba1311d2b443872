"""Sending something bad, and what must hold of whatever comes back."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from starlette.testclient import TestClient

from forebear.core.ports import Store
from hostile.seeded import SECRET

T = TypeVar("T")

FULL: Final = os.environ.get("FOREBEAR_FAULTS") == "full"
SECONDS: Final = 2.0
LEAKS: Final = (
    SECRET,
    "Traceback",
    "site-packages",
    "sqlalchemy",
    "psycopg",
    "root:x:0",
    "forebear-put-",
)
NOT_SERVED: Final = 501
"""What MLflow's interface answers for a part of it that is not there."""
NOT_SET_UP: Final = "/api/v1/sign-in/"
"""Where a server answers 503 as long as nobody has said which provider people sign in with."""


class Figures:
    """What was sent in this process, told at the end of a run at full size."""

    sent = refused = 0
    slowest, slowest_of = 0.0, ""


def some(values: Sequence[T], of: str, many: int) -> list[T]:
    """Return some of the values, others for each thing; all of them at full size."""
    if FULL:
        return list(values)
    start = zlib.crc32(of.encode())
    return [values[(start + 7 * step) % len(values)] for step in range(min(many, len(values)))]


class Attack:
    """Sends requests to a server in this process, and watches the store behind it."""

    def __init__(self, http: TestClient, store: Store) -> None:
        self._http, self._store = http, store
        self.sent = 0

    def __call__(self, method: str, path: str, **more: Any) -> Any:
        """Send a request: it is answered soundly, and what is refused has changed nothing."""
        before, busy = self._store.head(), time.process_time()
        answer = self._http.request(method, path, **more)
        what = f"{method} {path[:80]} {str(more)[:200]} -> {answer.status_code}"
        self.sent += 1
        absent = answer.status_code == NOT_SERVED or NOT_SET_UP in path
        assert answer.status_code < 500 or absent, what
        busy = time.process_time() - busy
        Figures.sent += 1
        Figures.refused += answer.status_code >= 400
        if busy > Figures.slowest:
            Figures.slowest, Figures.slowest_of = busy, what[:120]
        assert busy < SECONDS, what
        if answer.status_code >= 400:
            assert self._store.head() == before, what
        said = answer.text
        sent = str(more) + path
        assert [leak for leak in LEAKS if leak in said and leak not in sent] == [], what
        assert answer.headers["x-content-type-options"] == "nosniff"
        return answer
