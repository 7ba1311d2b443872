"""Who asks, and what they may: the one place that lets a request pass.

Every endpoint declares a permission; there is no way to make a route without one. Who is asking
is found out from the request by a *doorkeeper*: the one in here serves a single user on this
machine, that of `accounts` whoever has an account.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final, Literal, Protocol
from urllib.parse import urlsplit

from starlette.requests import Request

from forebear.client.local import caller
from forebear.core.access import Permission, Principal, single_user
from forebear.core.errors import Forbidden, ForebearError

__all__ = [
    "LOOPBACK",
    "UNSAFE",
    "Allowed",
    "Doorkeeper",
    "Misdirected",
    "SingleUser",
    "check_host",
    "check_page",
    "is_by_a_page",
    "is_loopback",
]

Allowed = Permission | Literal["anybody"]
"""What an endpoint asks for; `anybody` needs no permission, for health and the like."""

UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")


class Misdirected(ForebearError):
    """The request was meant for another host."""

    code = "misdirected"
    status = 421


class Doorkeeper(Protocol):
    """Finds out who asks, and remembers what came of it."""

    async def admit(self, request: Request, permission: Allowed) -> Principal:
        """Return who asks; the `permission` is what they will need.

        Raises:
            ForebearError: the request is let in by nobody's leave.
        """

    async def note(
        self, request: Request, who: Principal | None, permission: Allowed, status: int
    ) -> None:
        """Remember who asked for what, and what was answered."""


class SingleUser(Doorkeeper):
    """One person's own server on the loopback interface.

    A browser on the same machine carries requests of any page to it, so the host that is asked
    must be this one, under a name that no stranger's page can have, and pages of other origins
    may neither read nor write. `hosts` are further names that the server is reached by.
    """

    def __init__(self, hosts: Iterable[str] = (), name: str | None = None) -> None:
        self._hosts = frozenset((*LOOPBACK, *(host.lower() for host in hosts)))
        self._user = single_user(name or caller())

    async def admit(self, request: Request, permission: Allowed) -> Principal:
        """Check where the request is meant to go and where it comes from."""
        check_host(request, self._hosts)
        check_page(request)
        return self._user

    async def note(
        self, request: Request, who: Principal | None, permission: Allowed, status: int
    ) -> None:
        """There is nobody else who could want to know."""


def check_host(request: Request, hosts: frozenset[str]) -> None:
    """Return when the request was meant for one of these hosts.

    Raises:
        Misdirected: it was not.
    """
    host = request.headers.get("host", "").lower()
    if _without_port(host) not in hosts or len(request.headers.getlist("host")) > 1:
        raise Misdirected(
            "This server does not answer for that host.",
            hint="Ask it as localhost; `forebear serve --allow-host NAME` adds a name.",
        )


def check_page(request: Request, *, https: bool = False) -> None:
    """Return when no page of a stranger has sent the request.

    Where people reach the server over `https`, a page that came over HTTP is a stranger's: anybody
    on the way could have written it.

    Raises:
        Forbidden: one has.
    """
    host = request.headers.get("host", "").lower()
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if origin is not None and not _is_own(origin, host, https=https):
        raise Forbidden("Pages of other origins may not ask this server.")
    if site not in {None, "same-origin", "none"} and request.method in UNSAFE:
        raise Forbidden("Pages of other sites may not change anything here.")


def _is_own(origin: str, host: str, *, https: bool) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.netloc.lower() == host and (parts.scheme == "https" or not https)


def is_by_a_page(request: Request) -> bool:
    """Tell whether a browser says that a page, or somebody who looks at one, sends a request."""
    return "sec-fetch-site" in request.headers or "origin" in request.headers


def is_loopback(host: str) -> bool:
    """Tell whether an address to listen at is reached from this machine only.

    >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0")
    (True, False)
    """
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() and (":" not in name or name.endswith("]")) else host
