"""Addresses of stores: what of them may be shown and written down."""

from __future__ import annotations

import re
from typing import Final

from forebear.core.patterns import pattern

__all__ = ["is_database", "without_password"]

_DATABASE: Final = pattern(r"postgres(?:ql)?(?:\+\w+)?://", re.IGNORECASE)
_SECRETS: Final = pattern(r"(?<=[?&])[^=&]*pass(?:word|wd)[^=&]*=[^&]*(?:&|$)", re.IGNORECASE)


def is_database(address: str) -> bool:
    """Tell whether an address names a database.

    >>> is_database("postgresql://host/db"), is_database("/home/user/.forebear")
    (True, False)
    """
    return _DATABASE.match(address) is not None


def without_password(address: str) -> str:
    """Return an address as it may be shown.

    >>> without_password("postgresql://user:secret@host/db?password=secret&sslmode=require")
    'postgresql://user@host/db?sslmode=require'
    >>> without_password("/home/user/.forebear")
    '/home/user/.forebear'
    """
    scheme, separator, rest = address.partition("://")
    if not separator:
        return address
    # A password that was not encoded may hold anything: the host comes after the last @.
    where, question, options = rest.partition("?")
    who, at, host = where.rpartition("@")
    options = _SECRETS.sub("", question + options).rstrip("?&")
    return scheme + separator + who.partition(":")[0] + at + host + options
