"""What a scan for sensitive columns has found, kept beside what people say."""

from __future__ import annotations

from msgspec import Struct

from forebear.core.catalog import COLUMN, SCAN, ClassFound, ColumnNote, Scan
from forebear.core.errors import InvalidInput
from forebear.core.events import AnyEvent
from forebear.ops.resolve import resolve_one
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["KeepScanRequest", "ScanResponse", "keep_scan"]


class ScanResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was looked through, and what was found."""

    title: str
    about: str | None
    """The artifact; null where the content is not recorded, and nothing was kept."""
    rows: int
    columns: int
    whole: bool
    """All rows were looked at."""
    findings: list[ClassFound]
    declared: dict[str, str] = {}
    """Columns of which people have said something else, by what they say; that holds."""
    gone: list[str] = []
    """Columns in which an earlier scan found something and this one did not."""


class KeepScanRequest(Request[ScanResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Keep what a scan of an artifact's content has found: classes, counts and shares."""

    target: Target
    rows: int
    columns: int
    whole: bool
    findings: list[ClassFound]


@operation(name="keep-scan", permission="write")
def keep_scan(context: Context, request: KeepScanRequest) -> ScanResponse:
    """Keep what a scan has found; what people have declared of a column on it holds.

    Raises:
        InvalidInput: it is no data.
    """
    store, author = context.store, context.author
    node = resolve_one(store, request.target)
    if node.kind not in {"data", "file"}:
        raise InvalidInput(f"{request.target.ref} is {node.kind}; only data is looked through.")
    known = {one.row.key: one.value for one in COLUMN.latest(store.statements, [node.id])}
    declared = {
        column: note.sensitivity
        for column, note in known.items()
        if note.found_by == "declared" and note.sensitivity is not None
    }
    notes: dict[str, ColumnNote | None] = {}
    for one in request.findings:
        if one.column not in declared:
            text = known[one.column].text if one.column in known else None
            notes[one.column] = ColumnNote(
                text=text,
                sensitivity=one.sensitivity,
                found_by=one.found_by,
                count=one.count,
                share=one.share,
            )
    found = {one.column for one in request.findings}
    gone = [
        column
        for column, note in known.items()
        if note.found_by not in {None, "declared"} and column not in found
    ]
    for column in gone:
        text = known[column].text
        notes[column] = ColumnNote(text=text) if text else None
    events: list[AnyEvent] = [
        COLUMN.say(node.id, note, key=column, by=author, evidence="observed")
        for column, note in notes.items()
        if known.get(column) != note
    ]
    looked = Scan(rows=request.rows, columns=request.columns, whole=request.whole)
    store.append([*events, SCAN.say(node.id, looked, by=author, evidence="observed")])
    return ScanResponse(
        title=request.target.ref,
        about=node.id,
        rows=request.rows,
        columns=request.columns,
        whole=request.whole,
        findings=request.findings,
        declared={column: word for column, word in declared.items() if column in found},
        gone=gone,
    )
