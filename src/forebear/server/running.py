"""Running the server: one process or several workers on one socket, until it is told to stop."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable
from datetime import timedelta
from types import FrameType
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import msgspec
import uvicorn
from msgspec import Struct
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from forebear.client.local import open_at
from forebear.client.locate import locate
from forebear.client.running import told
from forebear.core.accounts import Token
from forebear.core.clock import now
from forebear.core.errors import InvalidInput
from forebear.core.ids import new_id
from forebear.core.secrets import digest_of, new_secret
from forebear.server.access import LOOPBACK, Doorkeeper, SingleUser, is_loopback
from forebear.server.accounts import AccountDoor
from forebear.server.app import create_app
from forebear.server.connections import LONGEST_HEAD, Impatient
from forebear.server.limits import Limited
from forebear.server.oidc import Provider
from forebear.server.service import Service

__all__ = ["SET_UP_WITHIN", "Settings", "from_environment", "run"]

_VARIABLE: Final = "FOREBEAR_SERVE"
_SECRET: Final = "FOREBEAR_OIDC_SECRET"  # noqa: S105
_PATIENCE: Final = 30
_BACKLOG: Final = 2048
SET_UP_WITHIN: Final = timedelta(hours=1)


class Settings(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a server is to run; workers read it from their environment."""

    store: str | None = None
    host: str = "127.0.0.1"
    port: int = 8765
    workers: int = 1
    allow_hosts: list[str] = []
    access: Literal["auto", "single", "accounts"] = "auto"
    """Whom it lets in; `auto` is whoever has an account, if it is reached from elsewhere."""
    url: str | None = None
    """The address by which people reach it, where that is another one."""
    oidc_issuer: str | None = None
    """Who vouches for people that sign in with a browser (OpenID Connect)."""
    oidc_client: str | None = None
    """What this server is called there; its secret is in FOREBEAR_OIDC_SECRET."""
    rate: float | None = None
    """How many requests a second one account, or one address, may make of each worker."""
    webhooks_to: list[str] = []
    """Networks inside that webhooks may lead to."""

    @property
    def hosts(self) -> list[str]:
        """The names that it answers for; none where that cannot be known."""
        named = [*self.allow_hosts, *([urlsplit(self.url).hostname or ""] if self.url else [])]
        return [*LOOPBACK, *named] if named or is_loopback(self.host) else []


def from_environment() -> Starlette:
    """Return the application as a worker process makes it."""
    settings = msgspec.json.decode(os.environ[_VARIABLE], type=Settings)
    service = Service(locate(settings.store), webhooks_to=settings.webhooks_to)
    _end_well(service)
    if (parent := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_end_after, args=[parent], daemon=True).start()
    return create_app(service, _doorkeeper(settings, service))


def _doorkeeper(settings: Settings, service: Service) -> Doorkeeper:
    if settings.access == "accounts":
        service.url, service.provider = settings.url, _provider(settings)
        door: Doorkeeper = AccountDoor(service, settings.hosts)
    else:
        door = SingleUser([one for one in settings.hosts if one not in LOOPBACK])
    return Limited(door, settings.rate)


def _provider(settings: Settings) -> Provider | None:
    if settings.oidc_issuer is None or settings.oidc_client is None:
        return None
    secret = os.environ.get(_SECRET, "")
    return Provider(settings.oidc_issuer, settings.oidc_client, secret)


def run(settings: Settings, ready: Callable[[str, str | None], None]) -> int:
    """Serve until told to stop, and return the exit code.

    `ready` is told the address, and the set-up token where there is no account yet.

    Raises:
        InvalidInput: the address can't be listened at, or would be open to all.
    """
    settings, token = _with_access(settings)
    listening = _listen(settings)
    address, port = listening.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    url = f"http://{shown}:{port}"
    config = uvicorn.Config(
        "forebear.server.running:from_environment",
        factory=True,
        workers=settings.workers,
        http=Impatient,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE,
    )
    os.environ[_VARIABLE] = msgspec.json.encode(settings).decode()
    folder = locate(settings.store).folder
    assert folder is not None
    with told(folder, url):
        ready(url, token)
        return _serve(config, listening)


def _serve(config: uvicorn.Config, listening: socket.socket) -> int:
    if config.workers == 1:
        server = uvicorn.Server(config)
        server.run(sockets=[listening])
        return 0 if server.started else 1
    with tempfile.TemporaryDirectory(prefix="forebear-measures-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        Multiprocess(config, [listening]).run()
    return 0


def _with_access(settings: Settings) -> tuple[Settings, str | None]:
    """Return the settings with it decided whom the server lets in, and a set-up token if needed."""
    store = open_at(locate(settings.store))
    try:
        kept, own = store.accounts, is_loopback(settings.host)
        if settings.access == "single" and not own:
            raise InvalidInput(
                f"{settings.host} can be reached from other machines: a server for a single user"
                " would let in all of them.",
                hint="Leave out `--access single`, or serve at 127.0.0.1.",
            )
        if settings.access == "single" or (settings.access == "auto" and own and kept.is_empty()):
            return msgspec.structs.replace(settings, access="single"), None
        settings = msgspec.structs.replace(settings, access="accounts")
        _check_provider(settings)
        if not kept.is_empty():
            return settings, None
        # Whoever could read an older one, in a log perhaps, can do nothing with it now.
        kept.end_setup(now())
        secret, made = new_secret("setup"), now()
        token = Token(
            id=new_id(), account=None, purpose="setup", made=made, expires=made + SET_UP_WITHIN
        )
        kept.add_token(token, digest_of(secret))
        return settings, secret
    finally:
        store.close()


def _check_provider(settings: Settings) -> None:
    if (settings.oidc_issuer is None) != (settings.oidc_client is None):
        raise InvalidInput("A provider needs both --oidc-issuer and --oidc-client.")
    if settings.oidc_issuer is not None and not settings.hosts:
        raise InvalidInput(
            "Where browsers come back to from the provider is not known.",
            hint="`--url https://models.example` says by which address people reach the server.",
        )
    _provider(settings)


def _end_well(service: Service) -> None:
    """Let what goes on for long (a live run) hear of the end; uvicorn waits for it to finish."""
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def stop(received: int, frame: FrameType | None, before: Any = before) -> None:
            service.stopping.set()
            if callable(before):
                before(received, frame)

        signal.signal(number, stop)


def _end_after(parent: Any) -> None:
    """Wait until what started this worker is gone: killed, it could tell nobody to end."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


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
