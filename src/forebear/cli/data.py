"""`forebear data`: the catalog."""

from __future__ import annotations

from forebear.cli.app import COMMON, DATA, Common, command
from forebear.cli.output import ask, more, note, print_json, print_lines, print_table
from forebear.client.data_text import DATA_HEADS, data_rows
from forebear.client.lines import line
from forebear.ops.catalog import DataRequest, Missing

__all__ = ["data"]

_MOST = 100


@command(DATA)
def data(
    *,
    name: str | None = None,
    tag: str | None = None,
    owner: str | None = None,
    missing: Missing | None = None,
    limit: int = _MOST,
    after: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """List the data sets by name, the most recently changed first.

    Parameters
    ----------
    name
        Only names that have this in them.
    tag
        Only what has this tag, of its own or because it came down to it.
    owner
        Only what this person or team answers for.
    missing
        Only what nobody has given an owner, a licence, a description or checks.
    limit
        How many are listed.
    after
        The next page: what the page before said.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    request = DataRequest(
        name=name,
        tag=tag,
        owner=owner,
        missing=missing,
        limit=limit,
        after=after,
        as_of=as_of,
    )
    answer = ask(common, request)
    if common.json:
        print_json(answer)
        return
    if not answer.data:
        filtered = name or tag or owner or missing
        note(
            "no data is like that"
            if filtered
            else "no data is recorded here; `forebear run train.py` records what it reads"
        )
        return
    print_table(DATA_HEADS, data_rows(answer.data))
    if any(entry.inherited for entry in answer.data):
        print_lines([line(("* came down from what it was made of", "dim"))])
    more(answer.next)
