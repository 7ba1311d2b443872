"""The catalog from a program or a notebook: the same commands, whose answers are objects.

Nothing heavy is imported before the first call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from forebear.client.refs import Ref, target_of

if TYPE_CHECKING:
    from forebear.client.catalog_answers import Found, ScanFound, Stated
    from forebear.ops.catalog import DataEntry, Missing
    from forebear.ops.search import HitKind
    from forebear.ops.table import Request

__all__ = [
    "column",
    "data",
    "describe",
    "fresh",
    "licence",
    "own",
    "scan",
    "search",
    "stop",
    "tag",
]


def search(
    query: str,
    *,
    kind: HitKind | None = None,
    limit: int = 20,
    as_of: str | None = None,
    store: str | None = None,
) -> Found:
    """Find data, models, runs and files by words in all that is known of them.

    `kind` is data, model, run or file. Each word may be the beginning of one.

    Raises:
        InvalidInput: there is no word in it.
        NoStore: there is no store here or above.
    """
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.catalog_answers import Found
    from forebear.ops.search import SearchRequest

    request = SearchRequest(query=query, kind=kind, limit=limit, as_of=as_of)
    return Found(**asdict(asked(request, store)))


def data(
    *,
    tag: str | None = None,
    owner: str | None = None,
    missing: Missing | None = None,
    limit: int | None = None,
    as_of: str | None = None,
    store: str | None = None,
) -> list[DataEntry]:
    """Return the data sets by name, the most recently changed first.

    `missing` is owner, licence, description or checks: only what nobody has given that.
    """
    from forebear.client.answers import asked
    from forebear.ops.catalog import DataRequest

    request = DataRequest(tag=tag, owner=owner, missing=missing, limit=limit, as_of=as_of)
    return asked(request, store).data


def describe(ref: Ref, text: str | None, *, store: str | None = None) -> Stated:
    """Say in words what data or a model is; None takes back what was said.

    Raises:
        UnknownRef, BadRef: the ref means nothing; UnknownRef also where nothing was said.
        InvalidInput: the text is empty or too long.
    """
    from forebear.ops.describing import DescribeRequest

    return _stated(DescribeRequest(target=target_of(ref), text=text), store)


def own(ref: Ref, by: str | None, *, role: str = "owner", store: str | None = None) -> Stated:
    """Say who answers for data or a model, in a role; None takes the role away."""
    from forebear.ops.describing import OwnRequest

    return _stated(OwnRequest(target=target_of(ref), by=by, role=role), store)


def tag(
    ref: Ref,
    *tags: str,
    remove: bool = False,
    propagate: bool = True,
    through_aggregates: bool = False,
    columns: Sequence[str] = (),
    store: str | None = None,
) -> Stated:
    """Tag data or a model, or take tags away; by default what is made of it has them too.

    Tags that speak of some `columns` go only where these go.
    """
    from forebear.ops.describing import TagRequest

    request = TagRequest(
        target=target_of(ref),
        tags=list(tags),
        remove=remove,
        propagate=propagate,
        through_aggregates=through_aggregates,
        columns=list(columns),
    )
    return _stated(request, store)


def licence(
    ref: Ref, licence: str | None, *, terms: Sequence[str] = (), store: str | None = None
) -> Stated:
    """Say under which licence data or a model is: an SPDX id or expression, or None."""
    from forebear.ops.describing import LicenceRequest

    request = LicenceRequest(target=target_of(ref), licence=licence, terms=list(terms))
    return _stated(request, store)


def column(
    ref: Ref,
    column: str,
    text: str | None = None,
    *,
    sensitive: str | None = None,
    remove: bool = False,
    store: str | None = None,
) -> Stated:
    """Say what a column holds, and whether that is sensitive (`sensitive="none"`: it is not)."""
    from forebear.ops.describing import ColumnRequest

    request = ColumnRequest(
        target=target_of(ref), column=column, text=text, sensitive=sensitive, remove=remove
    )
    return _stated(request, store)


def fresh(ref: Ref, every: str | None, *, store: str | None = None) -> Stated:
    """Say how often a new version is expected (`1d`, `12h`); None takes it back."""
    from forebear.ops.describing import FreshRequest

    return _stated(FreshRequest(target=target_of(ref), every=every), store)


def stop(
    ref: Ref,
    *what: str,
    because: Literal["masked", "aggregated", "declared"] = "declared",
    remove: bool = False,
    store: str | None = None,
) -> Stated:
    """Say that what comes down to something goes no further: `tag:pii`, `licence`, everything."""
    from forebear.ops.describing import StopRequest

    request = StopRequest(target=target_of(ref), what=list(what), because=because, remove=remove)
    return _stated(request, store)


def scan(ref: Ref, *, rows: int | None = 50_000, store: str | None = None) -> ScanFound:
    """Find the columns of data that hold what is sensitive; `rows=None` looks at all rows."""
    from msgspec.structs import asdict

    from forebear.client.catalog_answers import ScanFound
    from forebear.client.client import connect
    from forebear.client.scanning import scan as looked_through

    with connect(store) as client:
        return ScanFound(**asdict(looked_through(client, target_of(ref).ref, rows=rows)))


def _stated(request: Request[Any], store: str | None) -> Stated:
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.catalog_answers import Stated

    return Stated(**asdict(asked(request, store)))
