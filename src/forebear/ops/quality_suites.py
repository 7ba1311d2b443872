"""Suites: the checks of one data set, in TOML that people read and change."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from forebear.checks import check_of
from forebear.core.checking import Check
from forebear.core.digest import of_bytes
from forebear.core.errors import InvalidInput
from forebear.core.ports import Store
from forebear.core.quality import SUITE
from forebear.core.statements import about_name

__all__ = ["Suite", "in_force", "read_suite", "write_suite"]

_KEYS: Final = {"data", "check"}


class Suite(Struct, frozen=True, kw_only=True):
    """The checks that hold for one data set."""

    data: str
    """The name of the data."""
    text: str
    """As it is written."""
    checks: list[Check]

    @property
    def digest(self) -> str:
        """The digest of what is written."""
        return of_bytes(self.text.encode())

    def key(self, check: Check, name: str | None) -> str:
        """Return under which key results of a check are stated about a version of `name`."""
        return check.name if name in (None, self.data) else f"{self.data}/{check.name}"


def read_suite(text: str, where: str) -> Suite:
    """Read a suite; `where` is how messages call it.

    Raises:
        InvalidInput: it is no TOML, or holds something that is no check.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{where} is not TOML: {error}.") from None
    unknown = sorted(said.keys() - _KEYS)
    tables = said.get("check", [])
    if unknown or not isinstance(said.get("data", ""), str) or not isinstance(tables, list):
        raise InvalidInput(
            f"{where} is no suite" + (f": it has '{unknown[0]}'." if unknown else "."),
            hint='A suite has `data = "name"` and a table `[[check]]` for each check.',
        )
    checks = [
        check_of(table, f"{where}, check {number}") for number, table in enumerate(tables, start=1)
    ]
    _refuse_doubles(checks, where)
    return Suite(data=said.get("data", ""), text=text, checks=checks)


def write_suite(data: str, head: Sequence[str], checks: Iterable[tuple[Check, str]]) -> str:
    """Return a suite as TOML, with a comment over each check that says why it is so."""
    lines = [f"# {line}".rstrip() for line in head]
    lines += ["", f"data = {_toml(data)}"]
    for check, why in checks:
        lines += ["", "[[check]]", f"# {why}.", f'kind = "{check.kind}"']
        for name, value in msgspec.to_builtins(check).items():
            lines.append(f"{_key(name)} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def in_force(store: Store, data: str, seq: int | None = None) -> Suite | None:
    """Return the suite by which data was last checked, as it is kept."""
    said = SUITE.one(store.statements, about_name("data", data), seq=seq)
    if said is None or said.row.packet is None or not store.blobs.has(said.row.packet):
        return None
    return read_suite(store.blobs.get(said.row.packet).decode(), f"the suite of {data}")


def _refuse_doubles(checks: Sequence[Check], where: str) -> None:
    seen: set[str] = set()
    for check in checks:
        if check.name in seen:
            raise InvalidInput(
                f"{where}: two checks are called '{check.name}'.",
                hint='Give one of them an id of its own: `id = "…"`.',
            )
        seen.add(check.name)


def _toml(value: Any) -> str:
    """Return a value as TOML writes it.

    >>> _toml({"a b": [1, True, "x"]})
    '{ "a b" = [1, true, "x"] }'
    """
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(key)} = {_toml(one)}" for key, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # A TOML string has the escapes of JSON's, and may hold no DEL.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _toml(name)
