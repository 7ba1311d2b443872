"""How often somebody may ask: a bucket of requests for each account or address, filled steadily.

Each worker process counts by itself. Nothing is remembered of who asks within their limit.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable
from typing import Final

from starlette.requests import Request

from forebear.core.access import Principal
from forebear.core.errors import TooMany, Unauthenticated
from forebear.server.access import UNSAFE, Allowed, Doorkeeper

__all__ = ["Buckets", "Limited"]

_ATTEMPTS: Final = (0.5, 30.0)
"""How many wrong tokens an address may come with: so many a second, and so many at once."""
_NOTES: Final = (1.0, 60.0)
"""How many of their refusals are noted in the log."""
_AT_ONCE: Final = 10.0
"""For so many seconds somebody may ask all at once."""
_MOST: Final = 10_000
_BITS_OF_ONE: Final = 64
"""Of an IPv6 address; the others are its owner's to choose."""


class Buckets:
    """A bucket for each key, which holds `most` and gets `rate` a second.

    >>> now = [0.0]
    >>> buckets = Buckets(rate=2, most=2, clock=lambda: now[0])
    >>> [buckets.take("ada") for _ in range(3)]
    [0.0, 0.0, 0.5]
    >>> now[0] = 0.5
    >>> buckets.take("ada"), buckets.take("eve")
    (0.0, 0.0)
    """

    def __init__(
        self, rate: float, most: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._most, self._clock = rate, max(1.0, most), clock
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> float:
        """Take one out of a bucket; return 0, or in how many seconds there will be one."""
        wait = self.wait(key)
        if not wait:
            self._left[key] = (self._level(key) - 1, self._clock())
        return wait

    def wait(self, key: str) -> float:
        """Return in how many seconds there will be one to take."""
        if len(self._left) > _MOST:
            # Whoever has a full bucket is as one who never asked.
            self._left = {one: self._left[one] for one in self._left if self._is_used(one)}
        return max(0.0, (1 - self._level(key)) / self._rate)

    def _level(self, key: str) -> float:
        left, at = self._left.get(key, (self._most, 0.0))
        return min(self._most, left + (self._clock() - at) * self._rate)

    def _is_used(self, key: str) -> bool:
        return self._level(key) < self._most


class Limited(Doorkeeper):
    """A doorkeeper that lets in who another one lets in, but not more often than they may.

    `rate` is the number of requests a second of one account, or of one address where there are
    no accounts; None is any number. Wrong tokens and attempts to sign in are always limited, by
    address; who has a right one is never kept out by what others at their address do.
    """

    def __init__(
        self,
        inner: Doorkeeper,
        rate: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inner = inner
        self._requests = None if rate is None else Buckets(rate, rate * _AT_ONCE, clock)
        self._attempts = Buckets(*_ATTEMPTS, clock)
        self._notes = Buckets(*_NOTES, clock)

    async def admit(self, request: Request, permission: Allowed) -> Principal:
        """Find out who asks, and whether they may again."""
        place = _place(request)
        if permission == "anybody":
            if request.method in UNSAFE:
                _refuse_for(self._attempts.wait(place), "There were too many attempts to sign in")
            return await self._inner.admit(request, permission)
        try:
            who = await self._inner.admit(request, permission)
        except Unauthenticated:
            if "authorization" not in request.headers and not request.cookies:
                raise  # they did not try
            _refuse_for(self._attempts.take(place), "There were too many wrong tokens")
            raise
        if self._requests is not None:
            request.state.refused = who
            wait = self._requests.take(who.account or place)
            _refuse_for(wait, f"{who.name} asks more often than this server answers")
            request.state.refused = None
        return who

    async def note(
        self, request: Request, who: Principal | None, permission: Allowed, status: int
    ) -> None:
        """Remember what came of it, and count who could not sign in."""
        refused: Principal | None = getattr(request.state, "refused", None)
        if refused is not None:
            # Nothing was changed, so it is noted as if they had asked; and not without end.
            if not self._notes.take(refused.account or _place(request)):
                await self._inner.note(request, refused, "read", status)
            return
        if permission == "anybody" and status == Unauthenticated.status:
            self._attempts.take(_place(request))
        await self._inner.note(request, who, permission, status)


def _place(request: Request) -> str:
    """Return the address that a request comes from, or the network of its owner."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((int(address), _BITS_OF_ONE), strict=False))


def _refuse_for(seconds: float, why: str) -> None:
    """Return where there is nothing to wait for.

    Raises:
        TooMany: there is.
    """
    if seconds:
        raise TooMany(
            f"{why}: wait {max(1, math.ceil(seconds))} s.",
            hint="Programs that obey the header Retry-After go on by themselves.",
            after=seconds,
        )
