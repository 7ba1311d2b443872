"""What is left of a server that has ended."""

from __future__ import annotations

import threading
import time

from server.access.house import House


def test_no_thread_of_it_goes_on(store):
    before = set(threading.enumerate())
    with House(store) as house:
        assert house.admin().get("/api/v1/models").status_code == 200
        assert set(threading.enumerate()) > before
    until = time.monotonic() + 60
    while (left := set(threading.enumerate()) - before) and time.monotonic() < until:
        time.sleep(0.02)
    assert left == set()
