"""A proxy that plays tricks on requests: it loses, doubles, delays and cuts what goes through."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

__all__ = ["TRICKS", "Proxy", "playing"]

TRICKS: Final = (
    "reply lost",  # the server did it, and nobody is told
    "request lost",
    "doubled",
    "doubled later",  # again, after the one that follows
    "request cut",
    "reply cut",
    "slow",
)
_HEAD_END: Final = b"\r\n\r\n"


class Proxy:
    """Passes requests on to a server; of every few one is played a trick on.

    Each connection carries one request, so that a trick on one is not one on the others.
    """

    def __init__(self, port: int, tricks: Sequence[str], dice: random.Random, often: float) -> None:
        self.upstream, self.port = port, 0
        self.played: Counter[str] = Counter()
        self._tricks, self._dice, self._often = tricks, dice, often
        self._later: list[bytes] = []

    async def serve(self, ready: threading.Event, end: asyncio.Event) -> None:
        """Listen until told to end."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=1 << 27)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await end.wait()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            request = await _message(reader)
            reply = await self._answered(request)
            writer.write(reply)
            await writer.drain()
        writer.close()

    async def _answered(self, request: bytes) -> bytes:
        trick = self._dice.choice(self._tricks) if self._dice.random() < self._often else "none"
        self.played[trick] += 1
        if trick == "request lost":
            return b""
        if trick == "request cut":
            await self._pass(request[: len(request) - 1 - len(request) // 3], wait=False)
            return b""
        if trick == "slow":
            await asyncio.sleep(0.05)
        before, self._later = self._later, []
        reply = await self._pass(request)
        if trick == "doubled":
            reply = await self._pass(request)
        if trick == "doubled later":
            self._later.append(request)
        for one in before:
            await self._pass(one)
        if trick == "reply lost":
            return b""
        return reply[: len(reply) // 2] if trick == "reply cut" else reply

    async def _pass(self, request: bytes, *, wait: bool = True) -> bytes:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        except OSError:
            return b""
        try:
            writer.write(request.replace(_HEAD_END, b"\r\nConnection: close" + _HEAD_END, 1))
            await writer.drain()
            return await asyncio.wait_for(reader.read(-1), 30) if wait else b""
        except OSError:
            return b""
        finally:
            writer.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    """Return one request whole."""
    head = await reader.readuntil(_HEAD_END)
    fields = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:] if line)
    }
    if fields.get(b"transfer-encoding", b"").lower() == b"chunked":
        body = b""
        while not body.endswith(b"0\r\n\r\n"):
            body += await reader.readuntil(b"\r\n")
        return head + body
    return head + await reader.readexactly(int(fields.get(b"content-length", b"0")))


@contextmanager
def playing(
    port: int, dice: random.Random, *, tricks: Sequence[str] = TRICKS, often: float = 0.4
) -> Iterator[Proxy]:
    """Yield a proxy before the server at a port."""
    proxy, ready = Proxy(port, tricks, dice, often), threading.Event()
    loop, end = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=[proxy.serve(ready, end)])
    thread.start()
    ready.wait(10)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(10)
        loop.close()
