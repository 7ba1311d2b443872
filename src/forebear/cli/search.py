"""`forebear search`: full-text search."""

from __future__ import annotations

from typing import Literal

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, more, print_json, print_lines
from forebear.client.search_text import search_lines
from forebear.ops.search import SearchRequest

__all__ = ["search"]


@command(ASK)
def search(
    *words: str,
    kind: Literal["data", "model", "run", "file"] | None = None,
    limit: int = 20,
    after: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """Find data, models, runs and files by words in all that is known of them.

    Names, tags, descriptions, owners, columns and notes on them, licences, files, incidents,
    names of runs and parameters are looked through. Each word may be the beginning of one.

    Parameters
    ----------
    words
        What to look for; all of it is in what is found.
    kind
        Only things of this kind.
    limit
        How many things are listed.
    after
        The next page: what the page before said.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    query = " ".join(words)
    request = SearchRequest(query=query, kind=kind, limit=limit, after=after, as_of=as_of)
    answer = ask(common, request)
    if common.json:
        print_json(answer)
        return
    print_lines(search_lines(answer))
    more(answer.next)
