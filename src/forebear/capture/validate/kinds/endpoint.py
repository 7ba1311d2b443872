"""Services: rows go by HTTP as `{"instances": [...]}`, `{"predictions": [...]}` comes back.

That is what KServe, TensorFlow Serving, MLflow and Vertex AI understand; a plain list will do too.
Redirects are not followed: headers with a token are for the address that was named.
"""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from email.message import Message
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import msgspec

from forebear.capture.validate.answers import answer_of
from forebear.capture.validate.predictor import Answer, Predictor, Source
from forebear.core import redaction
from forebear.core.errors import ModelFailed

__all__ = ["ORDER", "claims", "open"]

ORDER = 50
_BATCH: Final = 1000
_CHUNK: Final = 65536
_BUSY: Final = frozenset({429, 502, 503, 504})
_WAITS: Final = (0.5, 1.0, 2.0)
"""Seconds until a service that is busy is asked again."""


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
    where = f"The service at {parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    def predict(frame: Any) -> Answer:
        said: list[Any] = []
        for start in range(0, len(frame), _BATCH):
            rows = frame.iloc[start : start + _BATCH]
            said += _predictions(_posted(source, url, rows, where), where, len(rows))
        return answer_of(said, where)

    return Predictor(predict=predict, kind="HTTP service", features=source.features or None)


def _posted(source: Source, url: str, rows: Any, where: str) -> Any:
    """Return the answer to some rows; a service that says it is busy is asked again."""
    body = b'{"instances":' + rows.to_json(orient="records").encode() + b"}"
    headers = {"Content-Type": "application/json", "Accept": "application/json", **source.headers}
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310
    until = time.monotonic() + source.timeout
    for wait in (*_WAITS, None):
        try:
            return _asked(request, where, until)
        except urllib.error.HTTPError as error:
            again = error.code in _BUSY and wait is not None and time.monotonic() + wait < until
            if not again:
                raise _refused(error, url, where) from error
            time.sleep(wait or 0)
        except TimeoutError:
            raise ModelFailed(
                f"{where} did not answer within {source.timeout:g} s.",
                hint="`--timeout` gives it longer.",
            ) from None
    raise AssertionError("the last wait is none")


def _asked(request: urllib.request.Request, where: str, until: float) -> Any:
    try:
        with _OPENER.open(request, timeout=max(until - time.monotonic(), 0.01)) as answer:
            return _decoded(_read(answer, until), answer.headers, where)
    except (urllib.error.HTTPError, TimeoutError):
        raise
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise TimeoutError from None
        raise ModelFailed(f"{where} cannot be reached: {error.reason}.") from error
    except http.client.IncompleteRead as error:
        raise ModelFailed(f"{where} broke off in the middle of its answer.") from error
    except (OSError, http.client.HTTPException) as error:
        raise ModelFailed(f"{where} broke off: {error}.") from error


def _read(answer: Any, until: float) -> bytes:
    """Return the whole answer; one that comes in drops has no longer than any other."""
    parts = []
    while part := answer.read1(_CHUNK):
        parts.append(part)
        if time.monotonic() > until:
            raise TimeoutError
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
    return b"".join(parts)


def _decoded(body: bytes, headers: Message, where: str) -> Any:
    if not body.strip():
        raise ModelFailed(f"{where} answered with nothing.")
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        kind = headers.get_content_type()
        what = "what is no valid JSON" if kind == "application/json" else f"{kind}, not JSON"
        raise ModelFailed(f"{where} answered with {what}.") from None


def _refused(error: urllib.error.HTTPError, url: str, where: str) -> ModelFailed:
    if error.code in range(300, 400):
        target = redaction.url(urljoin(url, error.headers.get("Location", ""))).value
        return ModelFailed(f"{where} sends on to {target}.", hint="Name that address.")
    said = f"{where} answered {error.code} {error.reason}{_why(error)}."
    if error.code in (401, 403):
        hint = "`--header 'Authorization: Bearer $TOKEN'` takes a token from the environment."
        return ModelFailed(said, hint=hint)
    return ModelFailed(said)


def _why(error: urllib.error.HTTPError) -> str:
    """Return what a service says of its refusal, where it says it in a form that is usual."""
    try:
        said = msgspec.json.decode(error.read(_CHUNK))
    except (msgspec.DecodeError, OSError, http.client.HTTPException):
        return ""
    names = ("detail", "error", "message")
    told = (
        next((said[name] for name in names if name in said), "") if isinstance(said, dict) else ""
    )
    text = " ".join(str(told).split())[:200].rstrip(".")
    return f": {redaction.text(text).value}" if text else ""


class _Staying(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nothing: the answer that says so is told as it is."""


_OPENER: Final = urllib.request.build_opener(_Staying)


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
