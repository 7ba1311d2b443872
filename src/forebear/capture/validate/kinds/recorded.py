"""Predictions that were made elsewhere and written to a file, in the order of the test data."""

from __future__ import annotations

from typing import Any

from forebear.capture.validate.answers import answer_of, from_text
from forebear.capture.validate.frames import frame_of
from forebear.capture.validate.predictor import Answer, Predictor, Source
from forebear.core.errors import ModelFailed

__all__ = ["ORDER", "claims", "open"]

ORDER = 20


def claims(source: Source) -> bool:
    """Tell whether the caller has such a file."""
    return source.predictions is not None


def open(source: Source) -> Predictor:
    """Return what reads the file; it knows the predictions for the test data only.

    Raises:
        ModelFailed: there is no such file.
    """
    path = source.predictions
    assert path is not None
    if not path.is_file():
        raise ModelFailed(f"There is no file of predictions '{path}'.")
    title = f"'{path}'"

    def predict(frame: Any) -> Answer:
        if path.suffix.lower() in {".parquet", ".pq", ".feather", ".arrow"}:
            return answer_of(frame_of(path.read_bytes(), path.name), title)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeError) as error:
            raise ModelFailed(f"{title} cannot be read: {error}.") from error
        return from_text(text, len(frame), title)

    return Predictor(predict=predict, kind="recorded predictions", repeatable=False)
