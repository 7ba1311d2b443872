"""Looking for sensitive columns where the data lies: reading here, keeping in the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from forebear.client.asking import Asking
from forebear.client.data_places import check_still, content_of, source_of
from forebear.engines.sensitivity import Scanned, scan_files
from forebear.ops.scan import KeepScanRequest, ScanResponse
from forebear.ops.table import Target

__all__ = ["scan"]


def scan(client: Asking, ref: str, *, rows: int | None) -> ScanResponse:
    """Look through data for what is sensitive, and keep what was found where it is recorded.

    No value leaves this function: what is kept are classes, counts and shares.

    Raises:
        Unreadable: there is nothing with that content to be read, or it is no table.
        InvalidInput, UnknownRef: it is no data, or nothing of the name is there.
    """
    source = source_of(client, ref)
    if source is None:
        found = scan_files(str(Path(ref).expanduser()), rows=rows)
        return ScanResponse(title=ref, about=None, **_told(found))
    with content_of(client, source, ref) as place:
        found = scan_files(place, rows=rows)
        check_still(place, source)
    kept = client.call(KeepScanRequest(target=Target(ref=source.about), **_told(found)))
    return ScanResponse(
        title=source.title,
        about=kept.about,
        **_told(found),
        declared=kept.declared,
        gone=kept.gone,
    )


def _told(found: Scanned) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__struct_fields__}
