"""Who was told of recalls, as lines."""

from __future__ import annotations

from collections.abc import Sequence

from forebear.analysis.verdict import counted
from forebear.client.formats import id_of_run, when
from forebear.client.lines import Line, line, paragraph
from forebear.core.recalls import Delivery
from forebear.ops.notices import DeliveriesResponse

__all__ = ["deliveries_lines", "told_lines", "told_words"]


def told_words(made: Sequence[Delivery]) -> str:
    """Say how telling people went, in a sentence."""
    failed = [one for one in made if one.status == "failed"]
    words = f"Told {len(made) - len(failed)} of {len(made)}."
    if failed:
        words += f" Not told: {'; '.join(f'{one.target}: {one.error}' for one in failed)}"
        words += " `forebear notify retry` tries again."
    return words


def told_lines(made: Sequence[Delivery]) -> list[Line]:
    """Return how telling people went, one line each."""
    failed = sum(one.status == "failed" for one in made)
    verdict = f"{counted(len(made) - failed, 'notice')} delivered, {failed} failed."
    lines = paragraph(verdict if made else "Everybody has been told.")
    for one in made:
        lines += _delivery(one, "")
    return lines


def deliveries_lines(answer: DeliveriesResponse) -> list[Line]:
    """Return who was told of what, the newest first."""
    if not answer.deliveries:
        return paragraph("Nobody was told of any recall.")
    failed = sum(one.delivery.status == "failed" for one in answer.deliveries)
    told = len(answer.deliveries) - failed
    lines = paragraph(f"{counted(told, 'notice')} delivered, {failed} failed.")
    for one in answer.deliveries:
        lines += _delivery(one.delivery, f"  {id_of_run(one.recall)}  {when(one.at)}")
    return lines


def _delivery(one: Delivery, about: str) -> list[Line]:
    right = (one.status, "good" if one.status == "delivered" else "bad")
    tries = f"  {counted(one.attempts, 'try').replace('trys', 'tries')}"
    first = line(
        f"  {one.channel:<8} ",
        (one.target, "name"),
        f"  {one.happening}",
        (about + tries, "dim"),
        right=right,  # type: ignore[arg-type]
    )
    return [first, *(paragraph(one.error, indent="      ") if one.error else [])]
