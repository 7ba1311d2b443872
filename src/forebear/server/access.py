"""Who asks, and what they may: the one place that lets a request pass.

Every endpoint declares a permission; there is no way to make a route without one. Who is asking
is found out from the request by a *doorkeeper*.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final, Literal, Protocol
from urllib.parse import urlsplit

from msgspec import Struct
from starlette.requests import Request

from forebear.client.local import caller
from forebear.core.errors import ForebearError
from forebear.ops.table import Permission

__all__ = [
    "Allowed",
    "Doorkeeper",
    "Forbidden",
    "Misdirected",
    "Principal",
    "SingleUser",
    "is_loopback",
]

Allowed = Permission | Literal["anybody"]
"""What an endpoint asks for; `anybody` needs no permission, for health and the like."""

_UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")


class Forbidden(ForebearError):
    """Who asks may not do this."""

    code = "forbidden"
    status = 403


class Misdirected(ForebearError):
    """The request was meant for another host."""

    code = "misdirected"
    status = 421


class Principal(Struct, frozen=True, kw_only=True):
    """Somebody who asks."""

    name: str
    permissions: frozenset[Permission]

    def must(self, permission: Allowed) -> None:
        """Return when they may.

        Raises:
            Forbidden: they may not.
        """
        if permission != "anybody" and permission not in self.permissions:
            raise Forbidden(
                f"{self.name} may not do this: it needs the permission '{permission}'.",
                hint="Whoever runs the server gives permissions.",
            )


class Doorkeeper(Protocol):
    """Finds out who asks."""

    def admit(self, request: Request) -> Principal:
        """Return who asks.

        Raises:
            ForebearError: the request is let in by nobody's leave.
        """


class SingleUser(Doorkeeper):
    """One person's own server on the loopback interface.

    A browser on the same machine carries requests of any page to it, so the host that is asked
    must be this one, under a name that no stranger's page can have, and pages of other origins
    may neither read nor write. `hosts` are further names that the server is reached by.
    """

    def __init__(self, hosts: Iterable[str] = ()) -> None:
        self._hosts = frozenset((*_LOOPBACK, *(host.lower() for host in hosts)))
        self._user = Principal(name=caller(), permissions=frozenset(("read", "write")))

    def admit(self, request: Request) -> Principal:
        """Check where the request is meant to go and where it comes from."""
        host = request.headers.get("host", "").lower()
        if _without_port(host) not in self._hosts or len(request.headers.getlist("host")) > 1:
            raise Misdirected(
                "This server does not answer for that host.",
                hint="Ask it as localhost; `forebear serve --allow-host NAME` adds a name.",
            )
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site")
        if origin is not None and urlsplit(origin).netloc.lower() != host:
            raise Forbidden("Pages of other origins may not ask this server.")
        if site not in {None, "same-origin", "none"} and request.method in _UNSAFE:
            raise Forbidden("Pages of other sites may not change anything here.")
        return self._user


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
