"""Which recorded environments had a package, in which version."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import msgspec
from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from forebear.core.errors import ForebearError, InvalidInput
from forebear.core.ports import Store

__all__ = ["Having", "check_versions", "environments_with", "version_in"]

_MOST_CACHED: Final = 10_000
_read: OrderedDict[str, dict[str, str]] = OrderedDict()
"""Packages with their versions, by the digest of the environment."""


class Having(Struct, frozen=True, kw_only=True):
    """Environments that have a package."""

    ids: list[str]
    unread: int
    """So many environments have their list of packages nowhere here: they are not among `ids`."""


class _Package(Struct):
    name: str
    version: str


class _Environment(Struct):
    packages: list[_Package]


def check_versions(versions: str) -> str:
    """Return a version specifier as it is.

    Raises:
        InvalidInput: it is none.

    >>> check_versions("<10.3")
    '<10.3'
    """
    try:
        SpecifierSet(versions)
    except InvalidSpecifier:
        raise InvalidInput(
            f"'{versions}' names no versions.", hint='Write them as in requirements: "<10.3,>=9".'
        ) from None
    return versions


def environments_with(
    store: Store, package: str, versions: str = "", seq: int | None = None
) -> Having:
    """Return the environments that had a package in one of these versions.

    A version that no specifier can be held against counts: it cannot be ruled out.
    """
    wanted, name = SpecifierSet(versions), canonicalize_name(package)
    found, unread = [], 0
    for id in store.artifacts("environment", seq):
        there = _packages(store, id)
        if there is None:
            unread += 1
        elif name in there and _is_among(there[name], wanted):
            found.append(id)
    return Having(ids=found, unread=unread)


def version_in(store: Store, environment: str, package: str) -> str | None:
    """Return the version of a package in an environment; None where that is not known."""
    return (_packages(store, environment) or {}).get(canonicalize_name(package))


def _is_among(version: str, wanted: SpecifierSet) -> bool:
    try:
        return wanted.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return True


def _packages(store: Store, environment: str) -> dict[str, str] | None:
    known = _read.get(environment)
    if known is None:
        try:
            body = msgspec.json.decode(store.blobs.get(environment), type=_Environment)
        except (ForebearError, msgspec.MsgspecError):
            return None
        known = {canonicalize_name(one.name): one.version for one in body.packages}
        _read[environment] = known
        if len(_read) > _MOST_CACHED:
            _read.popitem(last=False)
    return known
