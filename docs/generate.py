"""The parts of the reference that are written by the code itself.

mkdocs runs this at every build (`hooks:` in mkdocs.yml): a line `<!-- generated: commands -->`
in a page gives way to what `GENERATED["commands"]` returns, so these parts cannot go stale.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, get_args

import msgspec

from forebear.core import errors, events

__all__ = ["GENERATED", "on_page_markdown"]

_MARKER: Final = re.compile(r"<!-- generated: (\w+) -->")
_COMMAND: Final = re.compile(r"^## forebear ([\w-]+)$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill in the generated parts of a page; mkdocs calls this."""
    return _MARKER.sub(lambda found: GENERATED[found[1]](), markdown)


def commands() -> str:
    """Return every command with its options, in the groups of `forebear --help`."""
    from forebear.cli.app import GROUPS, app
    from forebear.plugins import load_folder

    load_folder("forebear.cli")
    _, *parts = _COMMAND.split(app.generate_docs())
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    pages = []
    for group in GROUPS:
        pages.append(f"## {group.name}")
        for name, section in sections.items():
            if group in app[name].group:
                pages.append(f"### forebear {name}\n{section.rstrip()}")
    return "\n\n".join(pages)


def event_types() -> str:
    """Return every type of event with its fields."""
    shared = _fields_of(events.Event)
    pages = ["## What all events share", _table(shared), "## The events"]
    for kind in get_args(events.AnyEvent):
        pages += [f"### {kind.__struct_config__.tag}", inspect.getdoc(kind) or ""]
        pages.append(_table(_fields_of(kind)))
    pages += ["## Links", inspect.getdoc(events.Link) or "", _table(_fields_of(events.Link))]
    return "\n\n".join(pages)


def error_types() -> str:
    """Return every error with its code, HTTP status and exit code."""
    rows = [
        f"| `{kind.__name__}` | `{kind.code}` | {kind.status} | {kind.exit_code} | {_first(kind)} |"
        for kind in _family(errors.ForebearError)
    ]
    return "\n".join(["| error | code | status | exit | meaning |", "|---|---|---|---|---|", *rows])


def _fields_of(kind: type[msgspec.Struct]) -> list[tuple[str, str, bool, str]]:
    """Return name, type, whether it is required, and meaning, as the source code has them."""
    (body,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(body, ast.ClassDef)
    found: list[tuple[str, str, bool, str]] = []
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.append((node.target.id, ast.unparse(node.annotation), node.value is None, ""))
        elif found and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found[-1] = (*found[-1][:3], " ".join(str(node.value.value).split()))
    return found


def _table(fields: list[tuple[str, str, bool, str]]) -> str:
    rows = [
        f"| `{name}` | `{type_.replace('|', 'or')}` | {'always' if required else ''} | {meaning} |"
        for name, type_, required, meaning in fields
    ]
    return "\n".join(["| field | type | there | meaning |", "|---|---|---|---|", *rows])


def _family(kind: type[errors.ForebearError]) -> Iterator[type[errors.ForebearError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _family(child)


def _first(kind: type) -> str:
    return (inspect.getdoc(kind) or "").partition("\n")[0]


GENERATED: Final[dict[str, Callable[[], str]]] = {
    "commands": commands,
    "errors": error_types,
    "events": event_types,
}
