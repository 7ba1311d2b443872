"""`forebear models`: the registry."""

from __future__ import annotations

from forebear.cli.app import COMMON, MODELS, Common, command
from forebear.cli.output import ask, more, note, print_json, print_table
from forebear.client.formats import figure, place, when
from forebear.ops.names import NameEntry
from forebear.ops.registry import ModelsRequest

__all__ = ["models"]


@command(MODELS)
def models(
    *,
    name: str | None = None,
    limit: int | None = None,
    after: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """List the models by name, the most recently changed first.

    Parameters
    ----------
    name
        Only names that have this in them.
    limit
        How many are listed.
    after
        The next page: what the page before said.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    answer = ask(common, ModelsRequest(name=name, limit=limit, after=after, as_of=as_of))
    if common.json:
        print_json(answer)
        return
    if not answer.models and name:
        note(f"no model has '{name}' in its name; `forebear models` lists them all")
        return
    if not answer.models:
        note("no models are recorded here; `forebear run train.py` records what it trains")
        return
    heads = ["model", ">newest", "aliases", "metrics", "file", "named"]
    print_table(heads, [_row(entry) for entry in answer.models])
    more(answer.next)


def _row(entry: NameEntry) -> list[str]:
    last = {one.key: figure(one.value) for one in entry.metrics}
    return [
        entry.name,
        str(entry.version),
        ", ".join(_alias(entry, alias, to) for alias, to in entry.aliases.items()),
        ", ".join(f"{key} {value}" for key, value in list(last.items())[:2]),
        place(entry.location) or ("in memory only" if entry.in_memory else "kept in the store"),
        when(entry.created),
    ]


def _alias(entry: NameEntry, alias: str, version: int) -> str:
    return f"{alias} → {version}" + (" (override)" if version in entry.overridden else "")
