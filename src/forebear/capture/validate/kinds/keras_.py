"""Models of Keras in its own format; what holds code only where it is trusted.

A `.keras` file may hold Python in a Lambda layer, which Keras loads in no safe mode only. For
files of the older format, HDF5, it knows no safe mode. Both take `--trust`.
"""

from __future__ import annotations

from typing import Any, Final

from forebear.capture.validate.natives import as_file, asking, library, loaded, of_scores
from forebear.capture.validate.predictor import Answer, Predictor, Source
from forebear.core.errors import InvalidInput

__all__ = ["ORDER", "claims", "open"]

ORDER = 63
_HDF5: Final = b"\x89HDF"


def claims(source: Source) -> bool:
    """Tell whether it is a file of that kind."""
    return bool(source.forms & {"keras", "h5", "hdf5"})


def open(source: Source) -> Predictor:
    """Load the model, and return what asks it.

    Raises:
        InvalidInput: keras is not installed, or the file may run code.
        ModelFailed: it cannot be loaded.
    """
    old = source.head.startswith(_HDF5)
    if old and not source.trusted:
        raise InvalidInput(
            f"{source.title} is of Keras's older format, which may run code of its maker.",
            hint="`--trust` loads it. Or save it anew: model.save('model.keras').",
        )
    keras = library("keras", source)
    with loaded(source, "keras"), as_file(source, ".h5" if old else ".keras") as path:
        try:
            model = keras.saving.load_model(path, compile=False, safe_mode=not source.trusted)
        except ValueError as error:
            if source.trusted or "safe_mode" not in str(error):
                raise
            raise InvalidInput(
                f"{source.title} holds code of its maker, which would run (a Lambda layer).",
                hint="`--trust` loads it.",
            ) from error

    def predict(frame: Any) -> Answer:
        return of_scores(model.predict(frame.to_numpy(dtype="float32"), verbose=0))

    return Predictor(
        predict=asking(source, predict), kind="Keras model", features=source.features or None
    )
