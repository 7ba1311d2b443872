"""Running the server: one process or several workers on one socket, until it is told to stop."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

import msgspec
import uvicorn
from msgspec import Struct
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from forebear.client.locate import locate
from forebear.core.errors import InvalidInput
from forebear.server.access import SingleUser, is_loopback
from forebear.server.app import create_app
from forebear.server.service import Service

__all__ = ["Settings", "from_environment", "run"]

_VARIABLE: Final = "FOREBEAR_SERVE"
_PATIENCE: Final = 30
_BACKLOG: Final = 2048


class Settings(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a server is to run; workers read it from their environment."""

    store: str | None = None
    host: str = "127.0.0.1"
    port: int = 8765
    workers: int = 1
    allow_hosts: list[str] = []


def from_environment() -> Starlette:
    """Return the application as a worker process makes it."""
    settings = msgspec.json.decode(os.environ[_VARIABLE], type=Settings)
    service = Service(locate(settings.store))
    _end_well(service)
    return create_app(service, SingleUser(settings.allow_hosts))


def run(settings: Settings, ready: Callable[[str], None]) -> int:
    """Serve until told to stop, and return the exit code; `ready` is told the address.

    Raises:
        InvalidInput: the address can't be listened at, or would be open to all without access
            being set up.
    """
    if not is_loopback(settings.host):
        raise InvalidInput(
            f"{settings.host} can be reached from other machines, and this server knows no users.",
            hint="Serve at 127.0.0.1, and put a proxy that knows users in front of it.",
        )
    listening = _listen(settings)
    address, port = listening.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    config = uvicorn.Config(
        "forebear.server.running:from_environment",
        factory=True,
        workers=settings.workers,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE,
    )
    os.environ[_VARIABLE] = msgspec.json.encode(settings).decode()
    if settings.workers == 1:
        ready(f"http://{shown}:{port}")
        server = uvicorn.Server(config)
        server.run(sockets=[listening])
        return 0 if server.started else 1
    with tempfile.TemporaryDirectory(prefix="forebear-measures-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        ready(f"http://{shown}:{port}")
        supervisor = Multiprocess(config, [listening])
        supervisor.run()
    return 0


def _end_well(service: Service) -> None:
    """Let what goes on for long (a live run) hear of the end; uvicorn waits for it to finish."""
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def stop(received: int, frame: FrameType | None, before: Any = before) -> None:
            service.stopping.set()
            if callable(before):
                before(received, frame)

        signal.signal(number, stop)


def _listen(settings: Settings) -> socket.socket:
    """Return the socket to listen at.

    It says that it speaks TCP: asyncio sets TCP_NODELAY only on what says so, and without it
    answers wait up to 40 ms. What uvicorn would open for several workers does not say so.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host.strip("[]"), settings.port))
        # Whoever comes while the workers start waits a moment and is not refused.
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise InvalidInput(
            f"Cannot listen at {settings.host}:{settings.port}: {error.strerror or error}.",
            hint="`--port 0` takes any port that is free.",
        ) from error
    listening.set_inheritable(True)
    return listening
