"""The verdict of a reproduction: what came out the same, and what differs first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from msgspec import Struct

__all__ = ["Attempt", "Comparison", "Judgement", "Verdict", "judge"]

Verdict = Literal["bitwise", "numerical", "decision", "refuted"]

TOLERANCE: Final = 1e-6
"""Largest relative error of predictions that still counts as the same arithmetic."""


class Comparison(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that both runs made, side by side."""

    what: str
    """What people call it: a file, `RandomForestClassifier.predict at train.py:30`."""
    artifact: str
    """Id of the recorded one."""
    same_content: bool
    same_state: bool = False
    """Not the same bytes, but the same table or the same learned state."""
    largest_error: float | None = None
    """Largest relative difference of numbers; None where they weren't compared."""
    labels: int | None = None
    """How many predictions there are."""
    different_labels: int | None = None
    columns: list[str] = []
    """Columns that differ."""

    @property
    def equal(self) -> bool:
        """The content is the same, in the same or another encoding."""
        return self.same_content or self.same_state


class Attempt(Struct, frozen=True, kw_only=True):
    """What is known after running a recipe again."""

    target: Comparison | None
    """The thing that was to be made again; None when it was not made."""
    others: Sequence[Comparison]
    """Everything else that both runs made, in the order of its making."""
    predictions: Sequence[Comparison]
    obstacles: Sequence[str]
    """What kept the second run from being the first: input gone, package missing ..."""
    differences: Sequence[str]
    """What was known to differ before it ran: packages, Python, code."""
    unseeded: Sequence[str]
    """Steps that draw random numbers without a recorded seed."""
    metrics: Mapping[str, tuple[Any, Any]]
    """Recorded and new value of each metric that differs."""


class Judgement(Struct, frozen=True, kw_only=True):
    """A graded verdict, the sentence behind it, and what was found equal."""

    verdict: Verdict
    reason: str
    matched: list[str]
    details: dict[str, Any]


def judge(attempt: Attempt) -> Judgement:
    """Grade an attempt.

    *bitwise*: the same content (for a model: the same learned state). *numerical*: predictions
    equal up to a relative error of 1e-6, all labels the same. *decision*: the same labels on
    the recorded data. *refuted*: anything else, with the first difference named.
    """
    verdict, reason = _grade(attempt)
    everything = [*([attempt.target] if attempt.target else []), *attempt.others]
    details: dict[str, Any] = {
        "compared": [
            {"what": one.what, "equal": one.equal, "bytes_equal": one.same_content}
            for one in everything
        ],
        "predictions": [
            {
                "what": one.what,
                "count": one.labels,
                "different": one.different_labels,
                "largest_relative_error": one.largest_error,
            }
            for one in attempt.predictions
        ],
        "metrics_that_differ": {key: list(pair) for key, pair in attempt.metrics.items()},
        "obstacles": list(attempt.obstacles),
        "differences": list(attempt.differences),
    }
    return Judgement(
        verdict=verdict,
        reason=reason,
        matched=[one.artifact for one in everything if one.equal],
        details=details,
    )


def _grade(attempt: Attempt) -> tuple[Verdict, str]:
    target = attempt.target
    if attempt.obstacles and target is None:
        return "refuted", attempt.obstacles[0]
    if target is None:
        return "refuted", "The second run did not make it."
    if target.same_content:
        return "bitwise", f"{target.what} came out the same, byte for byte."
    if target.same_state:
        return "bitwise", f"{target.what} came out with the same content; only its file differs."
    compared = [one for one in attempt.predictions if one.labels]
    total = sum(one.labels or 0 for one in compared)
    different = sum(one.different_labels or 0 for one in compared)
    if not compared:
        return "refuted", _cause(attempt, f"{target.what} differs{_columns(target)}")
    if different:
        share = f"{different:,} of {total:,} predictions differ"
        return "refuted", _cause(attempt, share)
    errors = [one.largest_error for one in compared if one.largest_error is not None]
    if errors and max(errors) <= TOLERANCE:
        return "numerical", (
            f"{target.what} differs, but all {total:,} predictions are equal"
            f" (largest relative error {max(errors):.1e})."
        )
    worst = f", though figures differ by up to {max(errors):.1e}" if errors else ""
    return "decision", (
        f"{target.what} differs, but all {total:,} predicted labels are the same{worst}."
    )


def _cause(attempt: Attempt, what: str) -> str:
    """Return a difference with the first thing that may explain it."""
    for one in attempt.others:
        if not one.equal:
            what += f"; the first difference is in {one.what}{_columns(one)}"
            break
    for reason in (*attempt.obstacles, *attempt.differences):
        return f"{what}. {reason}"
    if attempt.unseeded:
        return f"{what}. Not deterministic: {attempt.unseeded[0]} draws numbers without a seed."
    return f"{what}, with the same code, data and packages: the program is not deterministic."


def _columns(one: Comparison) -> str:
    if not one.columns:
        return ""
    shown = ", ".join(one.columns[:3]) + (" …" if len(one.columns) > 3 else "")
    return f" (column{'s' if len(one.columns) > 1 else ''} {shown})"
