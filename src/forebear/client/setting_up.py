"""What is asked of a server by somebody whom it does not know yet."""

from __future__ import annotations

from forebear.client.http import Connection
from forebear.core.errors import InvalidInput
from forebear.core.secrets import is_secret
from forebear.ops.accounts import WhoamiResponse
from forebear.ops.tokens import TokenAddResponse

__all__ = ["known_as", "set_up"]


def set_up(url: str, name: str, token: str) -> TokenAddResponse:
    """Make the first account of a server, and return a token for it.

    Raises:
        Unauthenticated: the set-up token is not the one, or used, or over.
    """
    connection = Connection(url, token="")
    try:
        said = {"token": token, "name": name}
        return connection.told(TokenAddResponse, "POST", "/account-setup", json=said)
    finally:
        connection.close()


def known_as(url: str, token: str) -> WhoamiResponse:
    """Return who a server says somebody with this token is.

    Raises:
        InvalidInput: it is no token at all.
        Unauthenticated: the server does not know it.
    """
    if not is_secret(token, "api"):
        raise InvalidInput(
            "This is no token: it begins with fbr_, and all of it has to be there.",
            hint="`forebear token add` makes one.",
        )
    connection = Connection(url, token=token)
    try:
        return connection.told(WhoamiResponse, "GET", "/whoami")
    finally:
        connection.close()
