"""The data catalog: names of data and what is known of them."""

from __future__ import annotations

from msgspec import Struct

from forebear.ops.names import NameEntry, entries
from forebear.ops.resolve import moment
from forebear.ops.table import Context, Request, operation

__all__ = ["DataRequest", "DataResponse", "data"]


class DataResponse(Struct, frozen=True, kw_only=True):
    """All data that has a name."""

    data: list[NameEntry]


class DataRequest(Request[DataResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which data there is."""

    as_of: str | None = None


@operation(name="data", permission="read")
def data(context: Context, request: DataRequest) -> DataResponse:
    """List the data sets by name, the most recently changed first."""
    seq = moment(context.store, request.as_of)
    return DataResponse(data=entries(context.store, "data", seq))
