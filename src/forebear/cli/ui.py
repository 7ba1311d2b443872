"""`forebear ui`: the web application."""

from __future__ import annotations

from forebear.cli.app import COMMON, KEEP, Common, command
from forebear.cli.pages import PORT, show_page

__all__ = ["ui"]


@command(KEEP)
def ui(*, port: int = PORT, no_browser: bool = False, common: Common = COMMON) -> int:
    """Open the web application in the browser, and serve the store if nobody does yet.

    Parameters
    ----------
    port
        The port for a server that has to be started; another one if it is taken.
    no_browser
        Only say the address.
    """
    return show_page(common, "/ui/", port=port, browser=not no_browser)
