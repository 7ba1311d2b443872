"""The door for pytest: `pytest --forebear` records a session of tests as one run.

pytest imports this file at every start, so it imports nothing until the option is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

__all__ = ["pytest_addoption", "pytest_configure"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--forebear`."""
    group = parser.getgroup("forebear")
    group.addoption(
        "--forebear",
        action="store_true",
        help="record what the tests read, train and evaluate, as one run of forebear",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Record this session, if that was asked for."""
    if config.getoption("--forebear"):
        from forebear.capture.testing import Recorder

        config.pluginmanager.register(Recorder(), "forebear-recorder")
