"""What a run printed, where that was kept."""

from __future__ import annotations

from msgspec import Struct

from forebear.analysis.verdict import counted
from forebear.core.errors import ForebearError
from forebear.core.printed import PRINTED
from forebear.ops.resolve import moment
from forebear.ops.run_behind import run_behind
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["OutputRequest", "OutputResponse", "output"]


class OutputResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a run printed."""

    run: str
    name: str
    verdict: str
    text: str | None
    """Null where it was not kept."""
    size: int = 0
    """Bytes, as they were printed."""
    omitted: int = 0
    """Bytes in the middle that were not kept."""
    secrets: list[str] = []
    """The rules by which secrets were taken out."""


class OutputRequest(Request[OutputResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask what a run printed."""

    target: Target
    """A run, or what it made."""
    as_of: str | None = None


@operation(name="output", permission="read")
def output(context: Context, request: OutputRequest) -> OutputResponse:
    """Tell what a run printed, if it was run with `forebear run --keep-output`.

    Raises:
        UnknownRef: no run is meant.
    """
    store, seq = context.store, moment(context.store, request.as_of)
    row = run_behind(store, request.target, seq)
    said = PRINTED.one(store.statements, row.id, seq=seq)
    if said is None or said.row.packet is None:
        verdict = f"What {row.name} printed was not kept; `forebear run --keep-output` does."
        return OutputResponse(run=row.id, name=row.name, verdict=verdict, text=None)
    fact = said.value
    try:
        text = store.blobs.get(said.row.packet).decode("utf-8", "replace")
    except ForebearError:
        verdict = f"What {row.name} printed is not kept here."
        return OutputResponse(run=row.id, name=row.name, verdict=verdict, text=None, size=fact.size)
    lines = counted(len(text.splitlines()), "line")
    taken = ", without secrets that were in it" if fact.secrets else ""
    return OutputResponse(
        run=row.id,
        name=row.name,
        verdict=f"{row.name} printed {lines}{taken}.",
        text=text,
        size=fact.size,
        omitted=fact.omitted,
        secrets=fact.secrets,
    )
