"""Where the suite of data is: a file of its own, or a section of `forebear.toml`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec import Struct

from forebear.client.locate import locate
from forebear.client.rules import RULES, find_rules
from forebear.core.errors import BadRef, InvalidInput, NoStore
from forebear.core.policies import RulesFile
from forebear.core.refs import parse
from forebear.ops.quality_import import QualityImportRequest
from forebear.ops.quality_suites import sections, sections_of
from forebear.ops.table import Target

__all__ = ["WrittenSuite", "add_section", "import_request", "read_text", "suite_for", "suites"]

FOLDER: Final = "quality"
"""The folder for suites: here, beside `forebear.toml`, or beside the store."""


class WrittenSuite(Struct, frozen=True, kw_only=True):
    """A suite as somebody wrote it."""

    data: str
    """The name of the data."""
    text: str
    source: str
    """Where it is written, as messages call it."""
    unused: str | None = None
    """Where else checks for this data are written, which do not count."""


def suite_for(ref: str, store: str | None, said: Path | None = None) -> WrittenSuite | None:
    """Return the suite in the file that somebody said, else the one for the data of a ref.

    Raises:
        InvalidInput: it cannot be read, or the file has no checks for this data.
    """
    name = _name_of(ref)
    if said is None:
        return suites(store).get(name) if name else None
    if said.name != RULES:
        return WrittenSuite(data=name or "", text=read_text(said), source=str(said))
    found = _in_rules(RulesFile(path=str(said), text=read_text(said)))
    if name not in found:
        raise InvalidInput(
            f"{said} has no checks for {name or ref}.",
            hint=f"They are written as [[{FOLDER}.{name or 'NAME'}.check]].",
        )
    return found[name]


def suites(store: str | None) -> dict[str, WrittenSuite]:
    """Return the suites of the project, each under the name of its data; files come first.

    Raises:
        InvalidInput: one cannot be read.
    """
    rules = find_rules(store)
    found: dict[str, WrittenSuite] = {}
    for file in _files(store, rules):
        suite = WrittenSuite(data=file.stem, text=read_text(file), source=str(file))
        found.setdefault(file.stem, suite)
    for name, section in (_in_rules(rules) if rules is not None else {}).items():
        other = found.get(name)
        found[name] = (
            section
            if other is None
            else WrittenSuite(
                data=name, text=other.text, source=other.source, unused=section.source
            )
        )
    return found


def add_section(file: Path, data: str, text: str) -> None:
    """Write a suite into a `forebear.toml`, behind what stands there.

    Raises:
        InvalidInput: it has checks for this data already, or cannot be read or written.
    """
    there = read_text(file) if file.exists() else ""
    if data in _in_rules(RulesFile(path=str(file), text=there)):
        raise InvalidInput(
            f"{file} has checks for {data} already, and may hold what somebody has decided.",
            hint="Take its section out first, or write into a file of its own.",
        )
    apart = "\n" if there.endswith("\n") else "\n\n" if there else ""
    file.write_text(f"{there}{apart}{sections(text, data)}", encoding="utf-8")


def _name_of(ref: str) -> str | None:
    """Return which data is meant; a file is called by its own name, as recording calls it."""
    try:
        name = parse(ref).name
    except BadRef:
        name = None
    return Path(ref).stem if name is None and Path(ref).is_file() else name


def _files(store: str | None, rules: RulesFile | None) -> list[Path]:
    """Return the files of suites, those that lie here before those by the rules and the store."""
    places = [Path.cwd()]
    if rules is not None:
        places.append(Path(rules.path).parent)
    try:
        place = locate(store).folder
    except NoStore:
        place = None
    if place is not None:
        places.append(place.parent)
    return [
        file for place in dict.fromkeys(places) for file in sorted((place / FOLDER).glob("*.toml"))
    ]


def _in_rules(rules: RulesFile) -> dict[str, WrittenSuite]:
    return {
        name: WrittenSuite(data=name, text=text, source=f"{rules.path}: [{FOLDER}.{name}]")
        for name, text in sections_of(rules.text, rules.path)
    }


def import_request(file: Path, data: str | None) -> QualityImportRequest:
    """Return the request that takes over a file of results, with what belongs to it beside it.

    Raises:
        InvalidInput: it cannot be read.
    """
    second = file.parent / "manifest.json"
    wanted = second.is_file() and file.name != second.name
    return QualityImportRequest(
        text=read_text(file),
        name=str(file),
        second=read_text(second) if wanted else None,
        data=Target(ref=data) if data else None,
    )


def read_text(file: Path) -> str:
    """Return what a file says.

    Raises:
        InvalidInput: it cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise InvalidInput(f"'{file}' cannot be read: {why}.") from None
