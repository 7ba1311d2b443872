"""Loading a recorded model, and recording that it was loaded."""

from __future__ import annotations

import io
import pickle
import sys
from pathlib import Path
from typing import Any

from forebear.capture.session import Session, active
from forebear.capture.tracker import Origin
from forebear.client.asking import Asking
from forebear.client.client import connect
from forebear.core.digest import short
from forebear.core.entities import Node
from forebear.core.errors import NotFound, Unreadable
from forebear.core.events import EdgesRecorded, Link
from forebear.engines.files import digest_path
from forebear.ops.recipe import SavedModelRequest
from forebear.ops.table import Target

__all__ = ["load_model"]


def load_model(ref: str) -> Any:
    """Return a recorded model as the object it was, after checking its bytes.

    The bytes come from the store, or from where the file was last seen if its content is still
    that. The current run, if there is one, is recorded as a user of exactly this model.

    A pickle runs code of its maker's choice when it is loaded: load what you trust. Models
    saved by joblib, pickle and cloudpickle are loaded; others are named with their place.

    Args:
        ref: a model as refs are written: `churn`, `churn:7`, `churn@champion`, a digest.

    Raises:
        UnknownRef: nothing of that name is recorded.
        NotFound: its bytes are neither kept nor where they were.
        Unreadable: it is of a format that this function doesn't load.
    """
    # Whatever opens files here is our reading, not another input of the program.
    session = active()
    if session is None:
        return _load(ref, None)
    with session.own_work():
        return _load(ref, session)


def _load(ref: str, session: Session | None) -> Any:
    with connect(str(session.folder) if session is not None else None) as client:
        saved = client.call(SavedModelRequest(target=Target(ref=ref)))
        body = _bytes_of(client, ref, saved.artifacts, saved.paths)
    model = _unpickled(body, ref, saved.artifacts[0])
    if session is not None:
        artifact = saved.artifacts[0]
        link = Link(artifact=artifact.id, role="model")
        session.emit(EdgesRecorded(run=session.here, used=[link]))
        session.tracker.bind(
            model, Origin(artifact=artifact.id, digest=artifact.attrs.get("weights"), label=ref)
        )
    return model


def _bytes_of(
    client: Asking, ref: str, artifacts: list[Node], paths: dict[str, list[str]]
) -> bytes:
    for artifact in artifacts:
        digest = artifact.digest or ""
        if client.blobs.has(digest):
            return client.blobs.get(digest)
        for path in paths.get(artifact.id, []):
            place = Path(path)
            if place.is_file() and digest_path(place).digest == digest:
                return place.read_bytes()
    if not artifacts:
        raise NotFound(
            f"{ref} lived in memory only; its bytes were never saved.",
            hint="Save it in the program (joblib.dump, fb.log_model), then run that again.",
        )
    places = [path for artifact in artifacts for path in paths.get(artifact.id, [])]
    where = f", and {places[0]} no longer holds them" if places else ""
    raise NotFound(f"The bytes of {ref} ({short(artifacts[0].digest or '')}) are not kept{where}.")


def _unpickled(body: bytes, ref: str, artifact: Node) -> Any:
    try:
        if "joblib" in sys.modules or (artifact.format or "") == "joblib":
            import joblib

            return joblib.load(io.BytesIO(body))
        return pickle.loads(body)  # noqa: S301  the caller asked for exactly this
    except (pickle.UnpicklingError, ValueError, EOFError, KeyError, IndexError) as error:
        raise Unreadable(
            f"{ref} is a {artifact.format or 'file'} that load_model can't load: {error}.",
            hint="Load it with the library that saved it; `fb.use(ref)` records that you did.",
        ) from error
