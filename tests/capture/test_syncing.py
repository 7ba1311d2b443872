"""The thread that syncs a spool is not there while a program forks."""

from __future__ import annotations

import threading
from pathlib import Path

from forebear.capture.syncing import Syncer
from forebear.client.spool import SpoolHeader, SpoolWriter


def test_the_thread_ends_for_a_fork_and_goes_on_afterwards(tmp_path: Path) -> None:
    spool = SpoolWriter(tmp_path, SpoolHeader(run="r", pid=1, host="h"))
    before = threading.active_count()
    syncer = Syncer(spool, lambda why: None)
    assert threading.active_count() == before + 1
    syncer.pause()
    assert syncer.paused
    assert threading.active_count() == before
    syncer.start()
    assert not syncer.paused
    assert threading.active_count() == before + 1
    syncer.pause()
    spool.close()
