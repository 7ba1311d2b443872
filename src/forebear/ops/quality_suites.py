"""Suites: the checks of one data set, in TOML that people read and change."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, time
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

__all__ = [
    "Suite",
    "checks_once",
    "in_force",
    "read_suite",
    "sections",
    "sections_of",
    "write_suite",
]

_KEYS: Final = {"data", "check"}
_HEAD: Final = "[[check]]"
_LAST: Final = {"column": -1, "columns": -1, "most": 1, "severity": 2, "id": 3}
"""Where settings of a check are written: what it is about first, how severe it is last."""


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
    said = _loads(text, where)
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
        lines += ["", _HEAD, f"# {why}.", f'kind = "{check.kind}"']
        said = msgspec.to_builtins(check)
        for name in sorted(said, key=lambda name: _LAST.get(name, 0)):
            lines.append(f"{_key(name)} = {_toml(said[name])}")
    return "\n".join(lines) + "\n"


def sections(text: str, data: str) -> str:
    """Return a written suite as the sections of a `forebear.toml` that say the same.

    >>> print(sections('# Why.\\n\\ndata = "people"\\n\\n[[check]]\\nkind = "schema"\\n', "people"))
    # Why.
    <BLANKLINE>
    [[quality.people.check]]
    kind = "schema"
    <BLANKLINE>
    """
    named = f"data = {_toml(data)}\n\n"
    return text.replace(named, "", 1).replace(f"\n{_HEAD}\n", f"\n[[quality.{_key(data)}.check]]\n")


def sections_of(text: str, where: str) -> Iterator[tuple[str, str]]:
    """Yield the suites in the text of a `forebear.toml`: the name of the data, and its suite.

    A suite is written anew from its section, so that it is another one only when the section is.

    Raises:
        InvalidInput: it is no TOML, or `quality` holds something else than sections.
    """
    said = _loads(text, where).get("quality", {})
    if not isinstance(said, dict) or not all(isinstance(one, dict) for one in said.values()):
        raise InvalidInput(
            f"{where}: `quality` must hold a section for each data set.",
            hint="Checks of `people` are written as [[quality.people.check]].",
        )
    for name, section in said.items():
        yield name, _written({"data": name, **section})


def in_force(store: Store, data: str, seq: int | None = None) -> Suite | None:
    """Return the suite by which data was last checked, as it is kept."""
    said = SUITE.one(store.statements, about_name("data", data), seq=seq)
    if said is None or said.row.packet is None or not store.blobs.has(said.row.packet):
        return None
    return read_suite(store.blobs.get(said.row.packet).decode(), f"the suite of {data}")


def checks_once(store: Store, suite: Suite, name: str | None) -> set[str]:
    """Return under which keys checks were stated that the suite had, or has, about `name`."""
    found = {suite.key(check, name) for check in suite.checks}
    for said in SUITE.history(store.statements, [about_name("data", suite.data)]):
        if said.row.packet is not None and store.blobs.has(said.row.packet):
            text = store.blobs.get(said.row.packet).decode()
            with suppress(InvalidInput):  # of a version that knew other checks
                before = read_suite(text, f"an earlier suite of {suite.data}")
                found |= {before.key(check, name) for check in before.checks}
    return found


def _loads(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(f"{where} is not TOML: {error}.") from None


def _written(said: dict[str, Any]) -> str:
    tables = said.pop("check", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        said, tables = {**said, "check": tables}, []
    lines = [f"{_key(key)} = {_toml(value)}" for key, value in said.items()]
    for table in tables:
        lines += ["", _HEAD, *(f"{_key(key)} = {_toml(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


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
    if isinstance(value, date | time):
        return value.isoformat()
    return repr(value)


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _toml(name)
