"""Rules in a TOML file: the first whose condition a row meets says what it is.

default = "ok"

[[rule]]
when = "amount>1000 and country in {NG, RU}"
then = "fraud"
score = 0.9
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from forebear.analysis.conditions import Condition, parse
from forebear.capture.validate.predictor import Answer, Predictor, Source
from forebear.core.errors import ModelFailed

__all__ = ["ORDER", "claims", "open"]

ORDER = 62


class _Rule(Struct, forbid_unknown_fields=True):
    when: str
    then: str | int | float | bool
    score: float | None = None
    """How likely the later of two classes is, where it applies."""


class _Rules(Struct):
    rule: list[_Rule]
    default: str | int | float | bool
    score: float | None = None


def claims(source: Source) -> bool:
    """Tell whether it is a file of that kind."""
    return "toml" in source.forms


def open(source: Source) -> Predictor:
    """Read the rules.

    Raises:
        ModelFailed: the file holds none.
        InvalidInput: a condition cannot be read.
    """
    try:
        rules = msgspec.toml.decode(source.read(), type=_Rules)
    except msgspec.MsgspecError as error:
        raise ModelFailed(
            f"{source.title} holds no rules: {error}.",
            hint="`default`, and [[rule]] tables with `when` and `then`.",
        ) from error
    conditions = [parse(one.when) for one in rules.rule]
    wanted = {clause.column: None for one in conditions for clause in one.clauses}
    return Predictor(
        predict=lambda frame: _answer(frame, rules, conditions),
        kind=f"{len(conditions)} rules",
        features=list(wanted) or None,
    )


def _answer(frame: Any, rules: _Rules, conditions: list[Condition]) -> Answer:
    import numpy as np

    said = np.full(len(frame), rules.default, dtype=object)
    scores = np.full(len(frame), np.nan if rules.score is None else rules.score)
    for rule, condition in reversed(list(zip(rules.rule, conditions, strict=True))):
        mask = condition.mask(frame)
        said[mask] = rule.then
        scores[mask] = np.nan if rule.score is None else rule.score
    told = None not in (rules.score, *(one.score for one in rules.rule))
    return Answer(predicted=said.tolist(), scores=scores if told else None)
