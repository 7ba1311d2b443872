"""ONNX models, by onnxruntime: data, not code, so nothing of its maker's choice runs."""

from __future__ import annotations

from typing import Any, Final

from forebear.capture.validate.predictor import Answer, Predictor, Source
from forebear.core.errors import InvalidInput, ModelFailed

__all__ = ["ORDER", "claims", "open"]

ORDER = 61
_TYPES: Final = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(int64)": "int64",
    "tensor(int32)": "int32",
    "tensor(bool)": "bool",
    "tensor(string)": "object",
}


def claims(source: Source) -> bool:
    """Tell whether it is a file of that kind."""
    return "onnx" in source.forms


def open(source: Source) -> Predictor:
    """Load the model, and return what asks it.

    Raises:
        InvalidInput: onnxruntime is not installed.
        ModelFailed: it cannot be loaded.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise InvalidInput(
            "An ONNX model needs onnxruntime, which is not installed here.",
            hint="`pip install 'forebear[onnx]'`",
        ) from error
    try:
        session = onnxruntime.InferenceSession(source.read(), providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelFailed(f"{source.title} is no model that onnxruntime can load.") from error
    inputs = session.get_inputs()
    features = [one.name for one in inputs] if len(inputs) > 1 else source.features or None

    def predict(frame: Any) -> Answer:
        try:
            said = session.run(None, _fed(inputs, frame))
        except Exception as error:
            why = " ".join(str(error).split())[:200]
            raise ModelFailed(
                f"{source.title} could not predict ({why}).",
                hint="`forebear validate --features a,b,c` says which columns it takes, in order.",
            ) from error
        return _answer(said, [one.name for one in session.get_outputs()])

    return Predictor(predict=predict, kind="ONNX model", features=features, nameless=not features)


def _fed(inputs: Any, frame: Any) -> dict[str, Any]:
    """Return the rows as the model takes them: one tensor, or one for each column."""
    if len(inputs) == 1:
        return {inputs[0].name: frame.to_numpy(dtype=_TYPES.get(inputs[0].type, "float32"))}
    fed = {}
    for one in inputs:
        column = frame[one.name].to_numpy(dtype=_TYPES.get(one.type, "float32"))
        fed[one.name] = column.reshape(-1, 1) if len(one.shape) == 2 else column
    return fed


def _classes_of(predicted: Any, scores: Any) -> list[object] | None:
    """Return the classes of columns of scores that have no names; None where they cannot be told.

    They are told by the labels that go with them: the likeliest column of a row is its label.
    """
    labels = [one.item() if hasattr(one, "item") else one for one in predicted.ravel()]
    best = scores.argmax(axis=1)
    if all(label == place for label, place in zip(labels, best, strict=False)):
        return list(range(scores.shape[1]))
    told: dict[int, object] = {}
    for label, place in zip(labels, best, strict=False):
        if told.setdefault(int(place), label) != label:
            return None
    complete = len(told) == scores.shape[1] and len(set(told.values())) == len(told)
    return [told[place] for place in sorted(told)] if complete else None


def _answer(said: list[Any], names: list[str]) -> Answer:
    """Return labels or values from the first output, probabilities from one that has them."""
    predicted = said[0].reshape(len(said[0]), -1) if hasattr(said[0], "reshape") else said[0]
    scores, classes = None, None
    for one in said[1:]:
        if isinstance(one, list) and one and isinstance(one[0], dict):
            classes = list(one[0])
            scores = [[row[name] for name in classes] for row in one]
        elif getattr(one, "ndim", 0) == 2 and one.shape[1] > 1:
            classes = _classes_of(predicted, one)
            scores = None if classes is None else one
    if getattr(predicted, "ndim", 1) == 2 and predicted.shape[1] > 1:
        classes = list(range(predicted.shape[1]))
        return Answer(predicted=predicted.argmax(axis=1), scores=predicted, classes=classes)
    flat = predicted[:, 0] if getattr(predicted, "ndim", 1) == 2 else predicted
    if scores is None or classes is None:
        return Answer(predicted=flat)
    if getattr(flat, "dtype", None) is not None and flat.dtype.kind not in "iuOSU":
        return Answer(predicted=flat)
    return Answer(predicted=flat, scores=scores, classes=classes)
