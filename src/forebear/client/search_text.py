"""What a search has found, as lines."""

from __future__ import annotations

from forebear.client.lines import Line, line, paragraph
from forebear.ops.search import Hit, SearchResponse

__all__ = ["search_lines"]

_MOST_MATCHES = 4


def search_lines(answer: SearchResponse) -> list[Line]:
    """Return the verdict, then each thing with the texts that answer."""
    lines = paragraph(answer.verdict)
    for hit in answer.hits:
        lines += [line(), *_hit(hit)]
    if answer.next is not None:
        lines += [line(), line((f"{answer.count:,} things in all", "dim"))]
    if not answer.complete and not answer.partial:
        lines += [
            line(),
            line(("More texts have these words than were looked at: say more.", "weak")),
        ]
    return lines


def _hit(hit: Hit) -> list[Line]:
    ref = hit.ref if len(hit.ref) < 30 else hit.ref[:17] if hit.kind == "run" else hit.ref[:19]
    lines = [line((hit.title, "name"), f"  {hit.kind}", (f"  {ref}", "dim"))]
    for match in hit.matched[:_MOST_MATCHES]:
        of = f"{match.field} {match.key}".strip()
        lines.append(line((f"  {of:<12} ", "dim"), match.text))
    return lines
