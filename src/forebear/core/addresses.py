"""Addresses: what of them may be shown and written down, and the one form of those of files."""

from __future__ import annotations

import re
from typing import Final

from forebear.core.patterns import pattern

__all__ = ["canonical", "is_database", "without_password"]

_DATABASE: Final = pattern(r"postgres(?:ql)?(?:\+\w+)?://", re.IGNORECASE)
_SECRETS: Final = pattern(r"(?<=[?&])[^=&]*pass(?:word|wd)[^=&]*=[^&]*(?:&|$)", re.IGNORECASE)
_SAME: Final = {"s3a": "s3", "s3n": "s3", "gcs": "gs", "abfs": "abfss"}
_AZURE: Final = pattern(
    r"(?:abfss?|wasbs?)://([^@/]+)@([^./]+)\.(?:dfs|blob)\.(core\.[^/]+)(/.*)?\Z"
)


def canonical(url: str) -> str:
    """Return the one address of a file in an object store that has several.

    >>> canonical("s3a://lake/raw/a.csv")
    's3://lake/raw/a.csv'
    >>> canonical("wasbs://raw@acme.blob.core.windows.net/a.csv")
    'abfss://raw@acme.dfs.core.windows.net/a.csv'
    """
    azure = _AZURE.match(url)
    if azure:
        container, account, domain, path = azure.groups()
        return f"abfss://{container}@{account}.dfs.{domain}{path or ''}"
    scheme, separator, rest = url.partition("://")
    return f"{_SAME.get(scheme, scheme)}{separator}{rest}"


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
