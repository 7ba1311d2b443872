"""Recording a session of pytest: one run, and in it each test that did something that matters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from forebear.capture import boot
from forebear.capture.api import Run
from forebear.capture.recorder import current_run
from forebear.capture.session import Session, active, guarded
from forebear.core.clock import now
from forebear.core.events import RunEnded, RunStarted
from forebear.core.ids import new_id

__all__ = ["Recorder"]


class Recorder:
    """Plugs into pytest; what it does wrong is never a test's fault."""

    def __init__(self) -> None:
        self._run = Run("pytest", kind="evaluate")
        self._failed: set[str] = set()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Begin the run."""
        self._run.__enter__()
        if self._run.id is not None:
            boot.observe()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """End the run, as pytest itself ends."""
        failure = None if int(exitstatus) == 0 else _Failed(f"exit status {int(exitstatus)}")
        self._run.__exit__(type(failure) if failure else None, failure, None)
        boot.stop_observing()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        """Let what a test does belong to it."""
        session = active()
        if session is None:
            return (yield)
        test, started, before, parent = new_id(), now(), session.emitted, session.here
        token = current_run.set(test)
        try:
            return (yield)
        finally:
            current_run.reset(token)
            if session.emitted > before:
                self._tell(session, test, item.nodeid, started, parent)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Remember which tests failed."""
        if report.failed:
            self._failed.add(report.nodeid)

    def _tell(self, session: Session, test: str, name: str, started: Any, parent: str) -> None:
        @guarded
        def tell() -> None:
            session.emit(
                RunStarted(run=test, kind="evaluate", name=name, parent=parent, started=started)
            )
            status = "failed" if name in self._failed else "finished"
            session.emit(RunEnded(run=test, status=status))  # type: ignore[arg-type]

        tell()


class _Failed(Exception):
    """Some tests failed, or pytest did."""
