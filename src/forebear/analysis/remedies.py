"""What a recall asks for: a verdict for each thing that it reaches, and why."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

from msgspec import Struct

from forebear.core.entities import EvidenceWord
from forebear.core.recalls import Recall, Verdict

__all__ = ["Judgement", "Knowledge", "for_consumer", "for_deployment", "for_model"]

_GRAVE: Final = frozenset({"high", "critical"})
_MEASURING: Final = frozenset({"validation", "test", "reference"})
"""Roles of data that a model is chosen or measured by, and does not learn from."""

Knowledge = Literal["contains", "may contain", "none"]
"""What rows or columns say of a model: the recalled part is in it, may be, or is not."""


class Judgement(Struct, frozen=True):
    """A verdict with its reason, a half sentence."""

    verdict: Verdict
    reason: str


def for_model(
    recall: Recall,
    *,
    evidence: EvidenceWord,
    roles: Collection[str | None] = (),
    knowledge: Knowledge | None = None,
    itself: bool = False,
) -> Judgement:
    """Return what is to be done with a model that a recall reaches.

    `roles` are those in which the recalled thing, or what came of it, went into the model's own
    training; `evidence` is the weakest link on the way; `itself` says that it is what was recalled.

    >>> for_model(Recall(title="adult", reason="x"), evidence="observed", knowledge="none")
    Judgement('none', 'nothing of the recalled part reached it')
    """
    if itself:
        return Judgement("retrain", "it was recalled itself")
    part = recall.key is not None or recall.column is not None
    if knowledge == "none":
        return Judgement("none", "nothing of the recalled part reached it")
    if recall.cause == "package":
        if recall.severity in _GRAVE:
            return Judgement("retrain", "it was made with the recalled package")
        return Judgement("disclose", "it was made with the recalled package")
    if roles and _MEASURING.issuperset(role or "" for role in roles):
        return Judgement("disclose", "only its selection and figures rest on it")
    if knowledge == "may contain":
        return Judgement("quarantine", "which rows or columns reached it was not seen")
    if evidence == "inferred":
        return Judgement("quarantine", "only an inferred link leads there: check it first")
    if recall.cause == "base-model":
        return Judgement("retrain", "it was built on it")
    return Judgement("retrain", "it learned from that part" if part else "it learned from it")


def for_deployment(recall: Recall, model: Judgement) -> Judgement:
    """Return what is to be done with a deployment, given what is to be done with its model."""
    if model.verdict in {"none", "disclose"}:
        return Judgement(model.verdict, f"its model: {model.reason}")
    if recall.severity in _GRAVE or recall.cause == "consent" or model.verdict == "quarantine":
        return Judgement("quarantine", "take it out of use until its model is replaced")
    return Judgement("retrain", "replace its model when that is trained again")


def for_consumer(model: Judgement) -> Judgement:
    """Return what is to be done with a consumer, given what is to be done with the model."""
    if model.verdict == "none":
        return Judgement("none", f"the model it uses: {model.reason}")
    return Judgement("disclose", "tell who is behind it")
