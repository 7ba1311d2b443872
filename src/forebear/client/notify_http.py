"""Posting to a webhook: signed, with an end to every wait, and to no place inside by accident.

An address is looked up once, all that it means must be public (or allowed by the settings), and
the connection goes to what was looked up, so that a second answer of the name server changes
nothing. Redirects are not followed, and of the answer nothing but its first line matters.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

from forebear.core.errors import InvalidInput, StoreError

__all__ = ["Refused", "allowed", "check", "post", "read_url", "signature"]

_AGAIN: Final = frozenset({408, 425, 429})
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_INSIDE: Final = tuple(
    map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10", "64:ff9b:1::/48"))
)
"""Which Python's older releases take for public: of clouds' own services, relays, and sites."""
_SUCCESS: Final = range(200, 300)
_REDIRECT: Final = range(300, 400)
_REFUSAL: Final = range(400, 500)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(InvalidInput):
    """What trying again does not help with."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body, which the receiver makes again with the same secret.

    >>> signature("key", "1", b"{}")[:23]
    'sha256=33b94ae8c2a05b64'
    """
    made = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={made.hexdigest()}"


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allow: Sequence[str] = (),
    seconds: float = 10.0,
) -> int:
    """Post a body, and return the status with which it was taken.

    That takes `seconds` at most, whatever the other side does.

    Raises:
        Refused: the address is not for us, or the receiver does not want it.
        StoreError: it is away, too slow, or has a fault of its own.
    """
    until = time.monotonic() + seconds
    parts = read_url(url)
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    address = _looked_up(host, port, allow)
    target = parts.path or "/"
    target += f"?{parts.query}" if parts.query else ""
    try:
        with _connected(address, port, until) as plain:
            link = _secured(plain, host) if parts.scheme == "https" else plain
            connection = http.client.HTTPConnection(host, port)
            connection.sock = link
            connection.request("POST", target, body=body, headers=dict(headers))
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        if time.monotonic() >= until:
            raise StoreError(f"{host} did not answer within {seconds:g} s.") from None
        raise StoreError(f"{host} cannot be told: {_words(error)}.") from None
    _judge(host, status)
    return status


def check(url: str, allow: Sequence[str] = ()) -> str:
    """Return the address of the host that a webhook leads to, if it may, as of now.

    Raises:
        Refused: it may not.
        StoreError: nobody knows such a host.
    """
    parts = read_url(url)
    return _looked_up(str(parts.hostname), parts.port or 443, allow)


def read_url(url: str) -> SplitResult:
    """Return the parts of the address of a webhook.

    Raises:
        Refused: it is none.
    """
    if any(ord(c) < 33 or ord(c) > 126 for c in url):
        raise Refused("The address of a webhook has a character that addresses don't have.")
    try:
        parts = urlsplit(url)
        readable = parts.port is None or parts.port > 0
    except ValueError:
        readable = False
    if not readable:
        raise Refused("The address of a webhook cannot be read.")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refused("The address of a webhook begins with https:// or http://.")
    if parts.username or parts.password:
        raise Refused("The address of a webhook must have no user or password in it.")
    return parts


def allowed(address: Address, allow: Sequence[str]) -> bool:
    """Tell whether a webhook may have an address: a public one, or one of the networks."""
    plain = _plain(address)
    for one in allow:
        with contextlib.suppress(ValueError):
            network = ipaddress.ip_network(one, strict=False)
            if plain.version == network.version and plain in network:
                return True
    if any(plain.version == one.version and plain in one for one in _INSIDE):
        return False
    return plain.is_global and not plain.is_multicast and not plain.is_reserved


def _plain(address: Address) -> Address:
    """Return the address that is meant by one that carries another."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _looked_up(host: str, port: int, allow: Sequence[str]) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise StoreError(f"{host} cannot be found: {_words(error)}.") from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if host not in allow:
        for one in addresses:
            if not allowed(ipaddress.ip_address(one), allow):
                raise Refused(
                    f"{host} is the private address {one}, and is told nothing.",
                    hint="`allow` in [notify] of config.toml names networks that may be.",
                )
    return addresses[0]


@contextlib.contextmanager
def _connected(address: str, port: int, until: float) -> Iterator[socket.socket]:
    """Connect, and cut the connection off when the time is over, however lively it is."""
    left = max(0.001, until - time.monotonic())
    link = socket.create_connection((address, port), timeout=left)
    over = threading.Timer(max(0.001, until - time.monotonic()), _cut_off, [link])
    over.daemon = True
    over.start()
    try:
        yield link
    finally:
        over.cancel()
        link.close()


def _cut_off(link: socket.socket) -> None:
    with contextlib.suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)


def _secured(link: socket.socket, host: str) -> socket.socket:
    return ssl.create_default_context().wrap_socket(link, server_hostname=host)


def _judge(host: str, status: int) -> None:
    if status in _SUCCESS:
        return
    if status in _REDIRECT:
        raise Refused(f"{host} points elsewhere ({status}), and redirects are not followed.")
    if status in _REFUSAL and status not in _AGAIN:
        raise Refused(f"{host} refuses it ({status}).")
    raise StoreError(f"{host} has a fault of its own ({status}).")


def _words(error: Exception) -> str:
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(said).rstrip(".")
