"""The shared application: how a command is added, and the options that all commands have.

A command is a function in a file of this folder under `@command(group=...)`. It takes
`common: Common = COMMON` last, returns an exit code or None (0), and may raise any
`ForebearError`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from cyclopts import App, Group, Parameter

from forebear.cli import VERSION

if TYPE_CHECKING:
    from forebear.client.asking import Asking

__all__ = [
    "ASK",
    "COMMON",
    "DATA",
    "GROUPS",
    "KEEP",
    "MODELS",
    "RECORD",
    "USE",
    "Common",
    "app",
    "command",
    "commands",
]

Command = TypeVar("Command", bound=Callable[..., int | None])

RECORD: Final = Group("Record", sort_key=1)
ASK: Final = Group("Ask where things come from", sort_key=2)
DATA: Final = Group("Know and check data", sort_key=3)
MODELS: Final = Group("Judge and promote models", sort_key=4)
USE: Final = Group("Put to use and call back", sort_key=5)
KEEP: Final = Group("Keep the store", sort_key=6)
GROUPS: Final = (RECORD, ASK, DATA, MODELS, USE, KEEP)

app: Final = App(
    name="forebear",
    version=VERSION,
    help="Where a model came from, what it reaches, and whether it can be made again.",
    help_format="plaintext",
    result_action="return_value",
    default_parameter=Parameter(negative=()),
    help_on_error=False,
    suppress_keyboard_interrupt=False,
)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Common:
    """Options that every command has.

    Parameters
    ----------
    store
        The store: its folder or URL (default: FOREBEAR_STORE, else .forebear here or above).
    json
        Print the answer as JSON.
    """

    store: str | None = None
    json: bool = False

    def connect(self) -> Asking:
        """Open the store that was asked for."""
        from forebear.client.client import connect

        return connect(self.store)


COMMON: Final = Common()


def command(group: Group, *, name: str | None = None) -> Callable[[Command], Command]:
    """Add the function below as a command; its docstring is its help."""

    def add(function: Command) -> Command:
        app.command(function, name=name, group=group)
        return function

    return add


def commands(group: Group, name: str, help: str) -> App:
    """Add a command that has commands of its own: functions under `@it.command`."""
    inner = App(name=name, help=help, group=group)
    app.command(inner)
    return inner
