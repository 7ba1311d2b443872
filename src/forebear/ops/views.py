"""Saved views of the list of runs: everybody who asks this store finds them by their name."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from forebear.core import redaction
from forebear.core.errors import InvalidInput, UnknownRef
from forebear.core.ports import Store
from forebear.core.refs import check_name
from forebear.core.views import ABOUT_RUNS, VIEW, SavedView
from forebear.ops.resolve import moment
from forebear.ops.run_filter import RunFilter
from forebear.ops.table import Context, Request, operation

__all__ = [
    "SaveViewRequest",
    "ViewEntry",
    "ViewsRequest",
    "ViewsResponse",
    "saved_view",
    "view_save",
    "views",
]


class ViewEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A saved view."""

    name: str
    where: str | None = None
    order: str | None = None
    fields: list[str] = []
    by: str | None = None
    """Who saved it last."""
    at: datetime


class ViewsResponse(Struct, frozen=True, kw_only=True):
    """The saved views, by name."""

    views: list[ViewEntry]


class ViewsRequest(Request[ViewsResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which views are saved."""

    as_of: str | None = None


class SaveViewRequest(Request[ViewsResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Save a view under a name, or take it away."""

    name: str
    where: str | None = None
    order: str | None = None
    fields: list[str] = []
    """Figures and settings that have a column: `metrics.f1`, `params.depth`."""
    remove: bool = False


@operation(name="views", permission="read")
def views(context: Context, request: ViewsRequest) -> ViewsResponse:
    """List the saved views of runs, by name."""
    return _views(context.store, moment(context.store, request.as_of))


@operation(name="view-save", permission="write")
def view_save(context: Context, request: SaveViewRequest) -> ViewsResponse:
    """Save a filter, an order and columns under a name; one that was there is replaced.

    Raises:
        InvalidInput: the name, the filter or the order can't be, or nothing is said.
        UnknownRef: what is to be taken away is not there.
    """
    store, name = context.store, check_name(request.name)
    if request.remove:
        saved_view(store, name)
        store.append([VIEW.say(ABOUT_RUNS, None, key=name, by=context.author)])
        return _views(store, None)
    if not (request.where or request.order or request.fields):
        raise InvalidInput(
            f"The view '{name}' says nothing.",
            hint='For example: `forebear view save best --where "metrics.f1 > 0.9"`.',
        )
    RunFilter(store, request.where, request.order, None)
    said = SavedView(
        where=redaction.text(request.where).value if request.where else None,
        order=request.order,
        fields=request.fields,
    )
    store.append([VIEW.say(ABOUT_RUNS, said, key=name, by=context.author)])
    return _views(store, None)


def saved_view(store: Store, name: str, seq: int | None = None) -> SavedView:
    """Return the view that is saved under a name.

    Raises:
        UnknownRef: none is.
    """
    found = VIEW.one(store.statements, ABOUT_RUNS, key=name, seq=seq)
    if found is None:
        raise UnknownRef(
            f"There is no view called '{name}'.", hint="`forebear view list` lists the views."
        )
    return found.value


def _views(store: Store, seq: int | None) -> ViewsResponse:
    told = [
        ViewEntry(
            name=one.row.key,
            where=one.value.where,
            order=one.value.order,
            fields=one.value.fields,
            by=one.row.by,
            at=one.row.at,
        )
        for one in VIEW.latest(store.statements, [ABOUT_RUNS], seq=seq)
    ]
    return ViewsResponse(views=sorted(told, key=lambda one: one.name))
