"""Models saved by joblib, pickle or cloudpickle.

Loading one runs code of its maker's choice. It happens here only because somebody asks, on a
machine of their own, to validate exactly this model.
"""

from __future__ import annotations

import io
import pickle
import warnings
from typing import Any, Final

from forebear.capture.validate.kinds.estimators import of_object
from forebear.capture.validate.predictor import Predictor, Source
from forebear.core.errors import ModelFailed

__all__ = ["ORDER", "claims", "open"]

ORDER = 60
_ENDINGS: Final = frozenset({"joblib", "pkl", "pickle", "cloudpickle", "sav"})


def claims(source: Source) -> bool:
    """Tell whether it is a file of that kind."""
    return bool(source.forms & _ENDINGS)


def open(source: Source) -> Predictor:
    """Load the model, and return what asks it.

    Raises:
        ModelFailed: it cannot be loaded here.
    """
    import msgspec

    body = source.read()
    with warnings.catch_warnings(record=True) as noticed:
        warnings.simplefilter("always")
        try:
            model = _loaded(body)
        except Exception as error:
            raise ModelFailed(
                f"{source.title} could not be loaded ({type(error).__name__}: {error}).",
                hint="It needs the libraries and modules that it was saved with.",
            ) from error
    found = of_object(model, source)
    said = dict.fromkeys(str(one.message).split(". ")[0] for one in noticed)
    return msgspec.structs.replace(found, notes=[text[:300] for text in said])


def _loaded(body: bytes) -> Any:
    try:
        import joblib
    except ImportError:
        return pickle.loads(body)  # noqa: S301  the caller asked for exactly this
    return joblib.load(io.BytesIO(body))
