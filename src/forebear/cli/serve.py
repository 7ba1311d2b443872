"""`forebear serve`: a store becomes a service."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any, Literal

from forebear.cli.app import COMMON, KEEP, Common, command
from forebear.cli.output import note
from forebear.client.locate import Place, locate
from forebear.core.errors import InvalidInput

__all__ = ["serve", "start"]


@command(KEEP)
def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8765,
    workers: int = 1,
    allow_host: list[str] | None = None,
    access: Literal["auto", "single", "accounts"] = "auto",
    url: str | None = None,
    oidc_issuer: str | None = None,
    oidc_client: str | None = None,
    rate: float | None = None,
    allow_webhooks_to: list[str] | None = None,
    common: Common = COMMON,
) -> int:
    """Serve the store over HTTP: all questions and deeds, and what other stores push.

    Parameters
    ----------
    host
        The address to listen at.
    port
        The port; 0 takes any that is free.
    workers
        How many processes serve it.
    allow_host
        A further name by which the server is reached.
    access
        Whom it lets in: `single` whoever uses this machine, `accounts` whoever has an account.
        `auto` is accounts where other machines reach it, or where there are some.
    url
        The address by which people reach it, if a proxy stands before it: https://models.example.
    oidc_issuer
        Who vouches for people that sign in with a browser (OpenID Connect): https://login.example.
    oidc_client
        What the server is called there; FOREBEAR_OIDC_SECRET is its secret, if it has one.
    rate
        How many requests a second one account, or one address where there are no accounts, may
        make of each worker, ten seconds' worth of them at once (default: any number).
    allow_webhooks_to
        A network inside that MLflow's webhooks may lead to: 10.1.0.0/16 (default: none).
    """
    if workers < 1 or not 0 <= port < 65536:
        raise InvalidInput("There is at least one worker, and a port is between 0 and 65535.")
    if rate is not None and not 0.01 <= rate < 1e9:
        raise InvalidInput(f"{rate:g} is no rate.", hint="`--rate 50` is fifty requests a second.")
    place = locate(common.store)
    return start(
        place,
        lambda address: note(f"{place} is served at {address} (Ctrl-C ends it)"),
        host=host,
        port=port,
        workers=workers,
        allow_hosts=allow_host or [],
        access=access,
        url=url,
        oidc_issuer=oidc_issuer,
        oidc_client=oidc_client,
        rate=rate,
        webhooks_to=_networks(allow_webhooks_to or []),
    )


def start(place: Place, ready: Callable[[str], None], **settings: Any) -> int:
    """Serve a store until told to stop; `ready` is told the address.

    Raises:
        InvalidInput: the server is not installed, or it can't be served so.
    """
    try:
        from forebear.server.access import is_loopback
        from forebear.server.running import Settings, run
    except ImportError as error:
        raise InvalidInput(
            f"Serving needs a package that is not installed: {error.name}.",
            hint="`pip install 'forebear[server]'` brings it.",
        ) from None
    asked = Settings(store=place.address, **settings)

    def listening(address: str, token: str | None) -> None:
        ready(address)
        if not is_loopback(asked.host) and not (asked.url or "").startswith("https://"):
            note("tokens travel in the clear until a proxy with HTTPS is before it (--url)")
        if token is not None:
            to = asked.url or address.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
            note("nobody has an account yet; make yourself the admin, within an hour, once:")
            note(f"  forebear account setup YOUR-NAME --store {to} --token {token}")

    return run(asked, listening)


def _networks(said: list[str]) -> list[str]:
    for one in said:
        try:
            ipaddress.ip_network(one, strict=False)
        except ValueError:
            raise InvalidInput(
                f"'{one}' is no network.", hint="Write one as 10.1.0.0/16, or an address."
            ) from None
    return said
