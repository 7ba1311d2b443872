"""Services: rows go by HTTP as `{"instances": [...]}`, `{"predictions": [...]}` comes back.

That is what KServe, TensorFlow Serving, MLflow and Vertex AI understand; a plain list will do too.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from forebear.capture.validate.answers import answer_of
from forebear.capture.validate.predictor import Answer, Predictor, Source
from forebear.core.errors import ModelFailed

__all__ = ["ORDER", "claims", "open"]

ORDER = 50
_BATCH: Final = 1000


def claims(source: Source) -> bool:
    """Tell whether the caller names a service."""
    return source.endpoint is not None


def open(source: Source) -> Predictor:
    """Return what asks the service, a thousand rows at a time.

    Raises:
        ModelFailed: that is no address of one.
    """
    url = source.endpoint or ""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ModelFailed(
            f"'{url}' is no address of a service: it begins with http:// or https://."
        )
    where = f"The service at {parts.scheme}://{parts.hostname}"

    def predict(frame: Any) -> Answer:
        said: list[Any] = []
        for start in range(0, len(frame), _BATCH):
            rows = frame.iloc[start : start + _BATCH]
            said += _predictions(_posted(url, rows, where, source.timeout), where, len(rows))
        return answer_of(said, where)

    return Predictor(predict=predict, kind="HTTP service", features=source.features or None)


def _posted(url: str, rows: Any, where: str, timeout: float) -> Any:
    body = b'{"instances":' + rows.to_json(orient="records").encode() + b"}"
    request = urllib.request.Request(  # noqa: S310  http and https only
        url, data=body, headers={"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
            return msgspec.json.decode(answer.read())
    except urllib.error.HTTPError as error:
        raise ModelFailed(f"{where} answered {error.code} {error.reason}.") from error
    except TimeoutError:
        raise ModelFailed(
            f"{where} did not answer within {timeout:g} s.", hint="`--timeout` gives it longer."
        ) from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise ModelFailed(f"{where} did not answer within {timeout:g} s.") from None
        raise ModelFailed(f"{where} cannot be reached: {error.reason}.") from error
    except (OSError, http.client.HTTPException) as error:
        raise ModelFailed(f"{where} broke off: {error}.") from error
    except msgspec.DecodeError:
        raise ModelFailed(f"{where} answered with something that is no JSON.") from None


def _predictions(said: Any, where: str, rows: int) -> list[Any]:
    if isinstance(said, dict):
        said = next((said[name] for name in ("predictions", "outputs") if name in said), said)
    if not isinstance(said, list):
        raise ModelFailed(
            f"{where} answered without predictions.", hint='Wanted is {"predictions": [...]}.'
        )
    if len(said) != rows:
        raise ModelFailed(f"{where} gave {len(said):,} predictions for {rows:,} rows.")
    return said
