"""Whatever a model says, it is an answer or a sentence, never a traceback."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forebear.analysis.conditions import parse
from forebear.capture.validate.answers import answer_of, from_text
from forebear.capture.validate.outcomes import Truth, outcome_of
from forebear.core.errors import ForebearError

MANY = settings(max_examples=300, deadline=None)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {"prediction": VALUES},
        optional={"score": VALUES, "proba_a": VALUES, "probabilities": VALUES, "low": VALUES},
    ),
    max_size=4,
)


def judged(answer, rows, task):
    truth = Truth(values=["a", "b", "a", "b"][:rows], column="y")
    outcome_of(answer, truth, task, "m")


def sentence(function, *args) -> str:
    """What is said where it fails, nothing where it does not."""
    try:
        function(*args)
    except ForebearError as error:
        return error.message
    return ""


@MANY
@given(st.text(max_size=60) | VALUES.map(json.dumps) | RECORDS.map(json.dumps))
def test_any_text(text):
    said = sentence(lambda: judged(from_text(text, 3, "m"), 3, "classification"))
    assert said == "" or said.endswith(".")


@MANY
@example([False, False, False], "classification")
@given(VALUES | RECORDS, st.sampled_from(["classification", "regression"]))
def test_any_object(value, task):
    said = sentence(lambda: judged(answer_of(value, "m"), 3, task))
    assert said == "" or said.endswith(".")


def test_labels_that_are_lists():
    labels = np.empty(2, dtype=object)
    labels[:] = [[1], [2, 3]]
    truth = Truth(values=labels, column="y")
    said = sentence(outcome_of, answer_of([0.2, 0.7], "m"), truth, "classification", "m")
    assert said == "m says 0.2, 0.7, and y holds [1], [2, 3]: no label is in both."


@MANY
@given(st.text(max_size=30))
def test_any_condition(text):
    said = sentence(parse, text)
    assert said == "" or "is no condition" in said


@pytest.mark.parametrize(
    ("text", "predicted"),
    [
        ("1\n2\n3\n", [1, 2, 3]),
        ("prediction\n1\n2\n3\n", [1, 2, 3]),
        ("y_pred,score\na,0.1\nb,0.9\nb,0.8\n", ["a", "b", "b"]),
        ("[1, 2, 3]", [1, 2, 3]),
        ('{"predictions": ["a", "b", "c"]}', ["a", "b", "c"]),
        ('"a"\n"b"\n"c"\n', ["a", "b", "c"]),
        ("proba_x,proba_y\n0.1,0.9\n0.8,0.2\n0.4,0.6\n", ["y", "x", "y"]),
        ('{"probabilities": {"x": 0.9, "y": 0.1}}\n' * 3, ["x"] * 3),
    ],
)
def test_forms_of_predictions(text, predicted):
    assert list(from_text(text, 3, "m").predicted) == predicted
