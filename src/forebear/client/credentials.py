"""Tokens for servers: what FOREBEAR_TOKEN says, else a file that only its owner reads.

The file is `~/.config/forebear/tokens.json`: the address of each server with its token.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from forebear.core.errors import InvalidInput, StoreUnwritable

__all__ = ["TOKEN_VARIABLE", "forget_token", "keep_token", "token_for"]

TOKEN_VARIABLE: Final = "FOREBEAR_TOKEN"  # noqa: S105
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def token_for(url: str) -> str | None:
    """Return the token for a server; None where there is none.

    Raises:
        InvalidInput: the file can be read by others than its owner, or is damaged.
    """
    said = os.environ.get(TOKEN_VARIABLE, "").strip()
    return said or _read().get(_key(url))


def keep_token(url: str, token: str) -> Path:
    """Keep the token for a server in the file, and return where that is."""
    return _write({**_read(), _key(url): token})


def forget_token(url: str) -> bool:
    """Take the token for a server out of the file; False when there is none."""
    known = _read()
    if known.pop(_key(url), None) is None:
        return False
    _write(known)
    return True


def _key(url: str) -> str:
    """Return what a server is filed under: a token is never sent to another scheme or port."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme.lower(), 0)
    return f"{parts.scheme.lower()}://{host}:{port}{parts.path.rstrip('/')}"


def _path() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home).absolute() / "forebear" / "tokens.json"


def _read() -> dict[str, str]:
    path = _path()
    try:
        if path.stat().st_mode & _OTHERS:
            raise InvalidInput(
                f"Others than you can read {path}, where your tokens are.",
                hint=f"`chmod 600 {path}`, and better make new tokens.",
            )
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise InvalidInput(
            f"{path} is no list of tokens.", hint="Take it away, and sign in again."
        ) from None


def _write(known: dict[str, str]) -> Path:
    path = _path()
    body = msgspec.json.format(msgspec.json.encode(known, order="sorted"))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp's file is its owner's from the beginning.
        number, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(number, "wb") as file:
            file.write(body)
        Path(name).replace(path)
    except OSError as error:
        raise StoreUnwritable(f"{path} cannot be written: {error.strerror or error}.") from error
    return path
