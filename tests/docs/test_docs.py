"""The documentation holds what the code holds: commands, names, settings, events, links."""

from __future__ import annotations

import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
from cyclopts import CycloptsError

import forebear
from forebear.cli.app import app
from forebear.cli.recording import prepare
from forebear.client.config import CaptureConfig
from forebear.core import errors, events
from forebear.plugins import load_folder

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CONTINUED = re.compile(r"\\\n\s*")
TYPED = re.compile(r"^(?:\$ )?(forebear [^|#\n;&]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def generated() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def commands() -> list[str]:
    load_folder("forebear.cli")
    return [name for name in app if not name.startswith("-")]


def read(page: str, generated: ModuleType) -> str:
    return generated.on_page_markdown((DOCS / page).read_text(encoding="utf-8"))


def test_every_command_is_in_the_reference(generated: ModuleType, commands: list[str]) -> None:
    page = read("reference/commands.md", generated)
    assert len(commands) > 10
    assert [name for name in commands if f"### forebear {name}\n" not in page] == []
    assert "`--why STR`" in page


def test_every_event_and_its_fields_are_in_the_reference(generated: ModuleType) -> None:
    page = read("reference/events.md", generated)
    for kind in get_args(events.AnyEvent):
        section = page.partition(f"### {kind.__struct_config__.tag}\n")[2].partition("\n###")[0]
        fields = set(kind.__struct_fields__) - set(events.Event.__struct_fields__)
        assert [field for field in fields if f"| `{field}` |" not in section] == []


def test_every_error_is_in_the_reference(generated: ModuleType) -> None:
    page = read("reference/errors.md", generated)
    assert [name for name in errors.__all__ if f"| `{name}` |" not in page] == []


def test_every_public_name_is_in_the_python_reference() -> None:
    page = (DOCS / "reference/python.md").read_text(encoding="utf-8")
    for name in forebear.__all__:
        home = forebear._HOMES.get(name)
        assert (f"::: {home}.{name}\n" if home else f"`fb.{name}`") in page


def test_every_setting_is_documented() -> None:
    page = (DOCS / "reference/configuration.md").read_text(encoding="utf-8")
    settings = CaptureConfig.__struct_fields__
    assert [name for name in settings if f"| `capture.{name}` |" not in page] == []


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")]
    assert any(page.startswith("decisions/0001") for page in pages)
    assert [page for page in pages if f" {page}\n" not in navigation] == []


def test_every_runtime_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (DOCS / "decisions/dependencies.md").read_text(encoding="utf-8").lower()
    extras = project["optional-dependencies"].values()
    said = [*project["dependencies"], *(one for extra in extras for one in extra)]
    names = [re.split(r"[^A-Za-z0-9_\-]", one)[0] for one in said]
    assert [name for name in names if f"| {name.lower()} |" not in page] == []


def links() -> Iterator[Any]:
    for page in PAGES:
        for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
            if "://" not in target:
                yield pytest.param(page, target, id=f"{page.relative_to(ROOT)}-{target}")


@pytest.mark.parametrize(("page", "target"), list(links()))
def test_links_lead_somewhere(page: Path, target: str) -> None:
    path, _, anchor = target.partition("#")
    there = (page.parent / path) if path else page
    assert there.exists()
    if anchor:
        headings = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.MULTILINE)
        slugs = [re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings]
        assert anchor in slugs


def typed() -> list[str]:
    return sorted(
        {
            command.strip()
            for page in PAGES
            for block in FENCE.findall(page.read_text(encoding="utf-8"))
            for command in TYPED.findall(CONTINUED.sub(" ", block))
            if "$(" not in command
        }
    )


@pytest.mark.parametrize("line", typed())
def test_commands_in_the_pages_exist_as_written(line: str, commands: list[str]) -> None:
    words = shlex.split(line)[1:]
    words = words[: next((i for i, word in enumerate(words) if word.startswith(("2>", ">"))), None)]
    try:
        app.parse_args(prepare(words), exit_on_error=False, print_error=False)
    except CycloptsError as error:
        pytest.fail(f"`{line}` is no command: {error}")


def test_what_is_said_of_security_is_tested() -> None:
    page = (DOCS / "security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_/0-9]+/test_\w+\.py)`", page))
    assert len(named) > 20
    assert [one for one in sorted(named) if not (ROOT / "tests" / one).exists()] == []
    rows = [line for line in page.splitlines() if line.startswith("| ") and "|---" not in line]
    untested = [line for line in rows if "test_" not in line and not line.endswith("| test |")]
    assert untested == []
