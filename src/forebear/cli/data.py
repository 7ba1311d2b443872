"""`forebear data`: the catalog."""

from __future__ import annotations

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, note, print_json, print_table
from forebear.client.formats import hex12, place, shape, size, when
from forebear.ops.catalog import DataRequest
from forebear.ops.names import NameEntry

__all__ = ["data"]


@command(ASK)
def data(*, as_of: str | None = None, common: Common = COMMON) -> None:
    """List the data sets by name, the most recently changed first.

    Parameters
    ----------
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    answer = ask(common, DataRequest(as_of=as_of))
    if common.json:
        print_json(answer)
        return
    if not answer.data:
        note("no data is recorded here; `forebear run train.py` records what it reads")
        return
    heads = ["data", ">newest", "aliases", "file", ">rows × columns", ">size", "digest", "named"]
    print_table(heads, [_row(entry) for entry in answer.data])


def _row(entry: NameEntry) -> list[str]:
    return [
        entry.name,
        str(entry.version),
        ", ".join(f"{alias} → {version}" for alias, version in entry.aliases.items()),
        place(entry.location) or "in memory only",
        shape(entry.rows, entry.columns),
        size(entry.size) if entry.size is not None else "",
        hex12(entry.digest),
        when(entry.created),
    ]
