"""`forebear register`: models of any kind, and data, that no recorded program made."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from forebear.cli.app import COMMON, MODELS, Common, command
from forebear.cli.output import print_json, print_lines
from forebear.client.client import LocalClient
from forebear.client.lines import line
from forebear.core.errors import InvalidInput
from forebear.core.refs import NameKind

__all__ = ["register"]


@command(MODELS)
def register(
    thing: str, name: str, *, kind: NameKind | None = None, common: Common = COMMON
) -> None:
    """Make a file, a folder, a function or a service a version of a name, as it is now.

    For what no recorded program made: rules, prompts with tools, models from elsewhere. A file or
    folder is known by its content, a service by its address only.

    Parameters
    ----------
    thing
        A file or folder, module:function (its module's file), or a URL.
    name
        The name: letters, digits, '.', '_' and '-'; `data:NAME` and `model:NAME` say what it is.
    kind
        Whether it is a model or data. What is called as tables are (.csv, .parquet, …) is data if
        nothing is said, all else a model.
    """
    from forebear.capture.filekinds import holds_table
    from forebear.capture.validate.places import register_anything

    said, colon, rest = name.partition(":")
    if colon and said in ("data", "model"):
        if kind not in (None, said):
            raise InvalidInput(f"'{name}' is called {said}, and --kind says {kind}.")
        kind, name = cast(NameKind, said), rest
    place = Path(thing).expanduser()
    if kind is None:
        kind = "data" if place.exists() and holds_table(place) else "model"

    with common.connect() as client:
        if not isinstance(client, LocalClient):
            raise InvalidInput("A thing is registered where it lies, not behind a server.")
        done = register_anything(client, thing, kind, name=name)
    if common.json:
        print_json(done)
        return
    called = f"{'data:' if kind == 'data' else ''}{done.name}:{done.version}"
    words = f"{place.name if place.exists() else thing} is {called}"
    print_lines([line(words + ("." if done.new else " already."))])
