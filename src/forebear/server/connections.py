"""Connections: whoever opens one has to say soon what they want, and in few words.

uvicorn waits for the head of a request for as long as its sender likes: a few thousand senders
who send a byte now and then would keep everybody else out.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

__all__ = ["HEAD_WITHIN", "LONGEST_HEAD", "Impatient"]

HEAD_WITHIN: Final = 20.0
"""Seconds from the opening of a connection, or from an answer, to the whole of a head."""
LONGEST_HEAD: Final = 64 << 10


class Impatient(H11Protocol):
    """Speaks HTTP/1.1, and hangs up on who has not said what they want within a while.

    That goes for the rest of a request too that was answered already. The body of one that is being
    answered may take its time: files are large, and lines slow.
    """

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take in what was sent."""
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle  # none before the first head
        if cycle is not None and not cycle.response_complete:
            self._wait_no_more()
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._patience is None and not self.transport.is_closing():
            self._patience = self.loop.call_later(HEAD_WITHIN, self.transport.abort)

    def _wait_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
