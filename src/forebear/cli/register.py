"""`forebear register`: models of any kind, and data, that no recorded program made."""

from __future__ import annotations

from pathlib import Path

from forebear.cli.app import COMMON, MODELS, Common, command
from forebear.cli.output import print_json, print_lines
from forebear.client.client import LocalClient
from forebear.client.lines import line
from forebear.core.errors import InvalidInput
from forebear.core.refs import NameKind

__all__ = ["register"]


@command(MODELS)
def register(thing: str, name: str, *, kind: NameKind = "model", common: Common = COMMON) -> None:
    """Make a file, a folder, a function or a service a version of a name, as it is now.

    For what no recorded program made: rules, prompts with tools, models from elsewhere. A file or
    folder is known by its content, a service by its address only.

    Parameters
    ----------
    thing
        A file or folder, module:function (its module's file), or a URL.
    name
        The name: letters, digits, '.', '_' and '-'.
    kind
        Whether it is a model or data.
    """
    from forebear.capture.validate.places import register_anything

    with common.connect() as client:
        if not isinstance(client, LocalClient):
            raise InvalidInput("A thing is registered where it lies, not behind a server.")
        done = register_anything(client, thing, kind, name=name)
    if common.json:
        print_json(done)
        return
    words = f"{Path(thing).name if Path(thing).exists() else thing} is {done.name}:{done.version}"
    print_lines([line(words + ("." if done.new else " already."))])
