"""Showing a page of the web application in the browser, served by whoever serves the store."""

from __future__ import annotations

from forebear.cli.app import Common
from forebear.cli.output import note
from forebear.cli.serve import start
from forebear.client.locate import locate
from forebear.client.running import running_at
from forebear.core.errors import InvalidInput

__all__ = ["PORT", "show_page"]

PORT = 8765


def show_page(common: Common, path: str, *, port: int = PORT, browser: bool = True) -> int:
    """Open a page in the browser; where nothing serves the store yet, serve it until Ctrl-C.

    Raises:
        InvalidInput: the server is not installed.
    """
    if not 0 <= port < 65536:
        raise InvalidInput("A port is between 0 and 65535.")
    place = locate(common.store)
    if place.is_server:
        return _show(place.address + path, browser=browser)
    assert place.folder is not None
    url = running_at(place.folder)
    if url is not None:
        return _show(url + path, browser=browser)

    def ready(address: str) -> None:
        note(f"{place} is served at {address} (Ctrl-C ends it)")
        _show(address + path, browser=browser)

    return start(place, ready, port=port if _is_free(port) else 0)


def _show(url: str, *, browser: bool) -> int:
    import webbrowser

    # Where there is no browser to be had, over ssh for instance, the address can be copied.
    if not browser or not webbrowser.open(url):
        print(url)
    else:
        note(f"{url} is open in the browser")
    return 0


def _is_free(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
