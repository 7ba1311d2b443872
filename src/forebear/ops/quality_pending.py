"""Which versions have not been checked yet by the suite that holds for them."""

from __future__ import annotations

from msgspec import Struct

from forebear.core.quality import CHECK, SUITE
from forebear.core.statements import about_name
from forebear.ops.table import Context, Request, operation

__all__ = ["QualityPendingRequest", "QualityPendingResponse", "quality_pending"]

_EACH = 3


class QualityPendingResponse(Struct, frozen=True, kw_only=True):
    """Versions to be checked, as refs, the oldest of each name first."""

    refs: list[str]


class QualityPendingRequest(
    Request[QualityPendingResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Ask which versions are newer than the last that was checked."""

    names: list[str] = []
    """Data for which the caller has suites, beside those for which one is in force."""


@operation(name="quality-pending", permission="read")
def quality_pending(context: Context, request: QualityPendingRequest) -> QualityPendingResponse:
    """List versions that came after the last checked one, of each name at most three."""
    store = context.store
    known = [row.name for row in store.names("data")]
    ruled = {said.row.about for said in SUITE.latest(store.statements)}
    names = [name for name in known if name in request.names or about_name("data", name) in ruled]
    refs: list[str] = []
    for name in names:
        fresh = []
        for row in store.versions("data", name)[:_EACH]:
            if CHECK.latest(store.statements, [row.artifact]):
                break
            fresh.append(f"data:{name}:{row.version}")
        refs += reversed(fresh)
    return QualityPendingResponse(refs=refs)
