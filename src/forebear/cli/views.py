"""`forebear view`: filters of runs under a name."""

from __future__ import annotations

from forebear.cli.app import ASK, COMMON, Common, commands
from forebear.cli.output import ask, note, print_json, print_table
from forebear.client.formats import when
from forebear.ops.views import SaveViewRequest, ViewsRequest, ViewsResponse

__all__ = ["drop", "save", "views"]

_view = commands(ASK, "view", "Save filters of runs under a name, for `forebear log --view`.")


@_view.command(name="list")
def views(*, as_of: str | None = None, common: Common = COMMON) -> None:
    """List the saved views.

    Parameters
    ----------
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    _print(ask(common, ViewsRequest(as_of=as_of)), common)


@_view.command
def save(
    name: str,
    *,
    where: str | None = None,
    order: str | None = None,
    field: list[str] | None = None,
    common: Common = COMMON,
) -> None:
    """Save a view; one that has this name is replaced.

    Parameters
    ----------
    name
        The name by which everybody finds it.
    where
        Which runs: "metrics.f1 > 0.8 and status = 'finished'".
    order
        By what they are sorted: "metrics.f1 desc".
    field
        A figure or setting that has a column on the pages: metrics.f1, params.depth. (repeatable)
    """
    request = SaveViewRequest(name=name, where=where, order=order, fields=field or [])
    _print(ask(common, request), common)


@_view.command
def drop(name: str, *, common: Common = COMMON) -> None:
    """Take a view away.

    Parameters
    ----------
    name
        Its name.
    """
    _print(ask(common, SaveViewRequest(name=name, remove=True)), common)


def _print(answer: ViewsResponse, common: Common) -> None:
    if common.json:
        print_json(answer)
        return
    if not answer.views:
        note("no view is saved; `forebear view save NAME --where …` saves one")
        return
    rows = [
        [one.name, one.where or "", one.order or "", one.by or "", when(one.at)]
        for one in answer.views
    ]
    print_table(["view", "where", "order", "by", "saved"], rows)
