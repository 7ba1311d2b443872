"""What kinds of models in their libraries' own formats have in common."""

from __future__ import annotations

import importlib
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from forebear.capture.validate.limits import within
from forebear.capture.validate.predictor import Answer, Source, first_sentence
from forebear.core.errors import ForebearError, InvalidInput, ModelFailed

__all__ = ["as_file", "asking", "library", "loaded", "of_scores"]


def library(name: str, source: Source) -> Any:
    """Return a library that a model needs.

    Raises:
        InvalidInput: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        raise InvalidInput(
            f"{source.title} is a model of {name}, which is not installed here.",
            hint=f"`pip install {name}`, or say how to ask it: --callable, --command, --endpoint.",
        ) from None


@contextmanager
def loaded(source: Source, name: str) -> Iterator[None]:
    """Load a model in here; what the library raises is said in a sentence."""
    try:
        with _undisturbed():
            yield
    except ForebearError:
        raise
    except Exception as error:
        why = " ".join(str(error).split())[:200]
        raise ModelFailed(
            f"{source.title} could not be loaded by {name} ({type(error).__name__}: {why})."
        ) from error


@contextmanager
def as_file(source: Source, ending: str) -> Iterator[Path]:
    """Yield a file that holds the model, for libraries that want one with the right ending."""
    if source.path is not None and source.path.suffix == ending:
        yield source.path
        return
    with tempfile.TemporaryDirectory(prefix="forebear-model-") as folder:
        path = Path(folder) / f"model{ending}"
        path.write_bytes(source.read())
        yield path


def asking(source: Source, predict: Callable[[Any], Answer]) -> Callable[[Any], Answer]:
    """Return what asks a model within the time it has; what it raises is said in a sentence."""

    def asked(frame: Any) -> Answer:
        try:
            with within(source.limit, source.title), _undisturbed():
                return predict(frame)
        except ForebearError:
            raise
        except Exception as error:
            raise ModelFailed(
                f"{source.title} could not predict ({type(error).__name__}:"
                f" {first_sentence(error)}).",
                hint="The data must have the columns it was trained on, prepared in the same way.",
            ) from error

    return asked


def _undisturbed() -> AbstractContextManager[object]:
    """Keep to oneself what a library has to say to those who call it."""
    return warnings.catch_warnings(action="ignore", category=DeprecationWarning)


def of_scores(said: Any, classes: list[object] | None = None) -> Answer:
    """Return the answer of a model that gives a score for each class, or one value, a row.

    Scores that are no probabilities are told as what they are. One chance a row is that of the
    later of two classes, where there are `classes`.
    """
    import numpy as np

    scores = np.asarray(said)
    scores = scores.reshape(len(scores), -1)
    if scores.shape[1] == 1 and classes is not None and len(classes) == 2:
        scores = np.column_stack([1 - scores[:, 0], scores[:, 0]])
    if scores.shape[1] == 1:
        return Answer(predicted=scores[:, 0])
    names = classes if classes is not None else list(range(scores.shape[1]))
    sums = np.allclose(scores.sum(axis=1), 1, atol=1e-3) and bool((scores >= 0).all())
    places = scores.argmax(axis=1)
    return Answer(
        predicted=np.asarray(names)[places], scores=scores, classes=names, probabilities=bool(sums)
    )
