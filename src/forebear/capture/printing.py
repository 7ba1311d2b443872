"""What a program prints goes where it would go, and a copy of it is kept.

The program sees a terminal where there is one. Only who asks for it is recorded so.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
from typing import Final

from forebear.capture.session import Session
from forebear.core import redaction
from forebear.core.events import Stated
from forebear.core.printed import PRINTED, Printed

__all__ = ["Printing", "kept_text"]

_MOST: Final = 2 << 20
"""So many bytes are kept of the beginning, and so many of the end."""
_CHUNK: Final = 1 << 16
_PATIENCE: Final = 2.0
"""Seconds that are waited for what was printed last, where a part of the program goes on."""
_ESCAPES: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


class Printing:
    """Takes what a child prints on its two outputs, passes it on, and remembers it."""

    def __init__(self) -> None:
        self._head, self._tail, self._size = bytearray(), bytearray(), 0
        self._lock = threading.Lock()
        self._pairs = [(_pair(fd), fd) for fd in (1, 2)]
        self._threads: list[threading.Thread] = []

    @property
    def ends(self) -> tuple[int, int]:
        """What the child prints to: its standard output, its error output."""
        (one, _), (other, _) = self._pairs
        return one[1], other[1]

    def begin(self) -> None:
        """Pass on what comes, now that the child has the other ends."""
        for (source, end), target in self._pairs:
            os.close(end)
            thread = threading.Thread(target=self._pass_on, args=(source, target), daemon=True)
            thread.start()
            self._threads.append(thread)

    def abandon(self) -> None:
        """Close everything: the child did not start."""
        for pair, _ in self._pairs:
            for fd in pair:
                os.close(fd)

    def said(self, session: Session) -> Stated:
        """Return what is recorded of all that was printed, and keep its text without secrets."""
        for thread in self._threads:
            thread.join(_PATIENCE)
        with self._lock:
            head, tail, size = bytes(self._head), bytes(self._tail), self._size
        omitted = size - len(head) - len(tail)
        clean = redaction.text(kept_text(head, tail, omitted))
        fact = Printed(size=size, omitted=omitted, secrets=sorted(set(clean.rules)))
        packet = session.keep(clean.value.encode())
        return PRINTED.say(session.run, fact, run=session.run, evidence="observed", packet=packet)

    def _pass_on(self, source: int, target: int) -> None:
        line = b""
        # The other side of a terminal that is closed is an error, that of a pipe an end.
        with contextlib.suppress(OSError):
            while data := os.read(source, _CHUNK):
                line = self._whole_lines(line + data)
                while data:
                    data = data[os.write(target, data) :]
        self._remember(line)
        # Where nobody reads any more, the program is told so by its next word.
        os.close(source)

    def _whole_lines(self, data: bytes) -> bytes:
        """Remember whole lines, lest those of both outputs mix, and return what is left."""
        whole, end, rest = data.rpartition(b"\n")
        if len(rest) > _CHUNK:
            whole, end, rest = data, b"", b""
        self._remember(whole + end)
        return rest

    def _remember(self, data: bytes) -> None:
        with self._lock:
            self._size += len(data)
            room = _MOST - len(self._head)
            self._head += data[:room] if room > 0 else b""
            self._tail += data[max(room, 0) :]
            if len(self._tail) > 2 * _MOST:
                del self._tail[:-_MOST]


def kept_text(head: bytes, tail: bytes, omitted: int) -> str:
    r"""Return what was printed as plain text: colours are left out, and lines written over.

    >>> kept_text(b"\x1b[31mred\x1b[0m\n 10%\r100%\n", b"", 0)
    'red\n100%\n'
    """
    between = f"\n… {omitted:,} bytes are left out …\n".encode() if omitted else b""
    text = _ESCAPES.sub("", (head + between + tail).decode("utf-8", "replace"))
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)


def _pair(fd: int) -> tuple[int, int]:
    """Return what is read here, and what the child writes to: a terminal where `fd` is one."""
    if sys.platform == "win32" or not os.isatty(fd):
        return os.pipe()
    import pty
    import termios
    import tty

    source, end = pty.openpty()
    # The real terminal does to line ends what terminals do; once is enough.
    tty.setraw(end, termios.TCSANOW)
    with contextlib.suppress(OSError):
        columns, lines = os.get_terminal_size(fd)
        termios.tcsetwinsize(end, (lines, columns))
    return source, end
