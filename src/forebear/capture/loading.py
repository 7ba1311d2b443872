"""Loading a recorded model, and recording that it was loaded."""

from __future__ import annotations

import io
import logging
import os
import pickle
import sys
import warnings
from pathlib import Path
from typing import Any, Final

from forebear.capture.processes import program_name
from forebear.capture.session import Session, active
from forebear.capture.surroundings import who
from forebear.capture.tracker import Origin
from forebear.client.asking import Asking
from forebear.client.client import connect
from forebear.client.host import host_id
from forebear.client.locate import place_for_recording
from forebear.client.privacy import concealment
from forebear.client.spool import SpoolHeader, SpoolWriter
from forebear.core import redaction
from forebear.core.digest import short
from forebear.core.entities import Node
from forebear.core.errors import Conflict, ForebearError, NotFound, Unreadable
from forebear.core.events import EdgesRecorded, Link, RunEnded, RunStarted
from forebear.core.ids import new_id
from forebear.engines.files import digest_path
from forebear.ops.recalled import RecalledRequest
from forebear.ops.recipe import SavedModelRequest
from forebear.ops.table import Target

__all__ = ["RecallWarning", "load_model"]

_log = logging.getLogger("forebear")
_warned: Final[set[str]] = set()
_told: Final[set[str]] = set()


class RecallWarning(UserWarning):
    """A model that is loaded was recalled, or was made of something that was."""


def load_model(ref: str, *, strict: bool = False) -> Any:
    """Return a recorded model as the object it was, after checking its bytes.

    The bytes come from the store, or from where the file was last seen if its content is still
    that. The current run is recorded as a user of exactly this model; a program that is not
    recorded otherwise, as a run of the kind `consume`.

    A model that was recalled, or was made of something that was, is loaded with a warning.

    A pickle runs code of its maker's choice when it is loaded: load what you trust. Models
    saved by joblib, pickle and cloudpickle are loaded; others are named with their place.

    Args:
        ref: a model as refs are written: `churn`, `churn:7`, `churn@champion`, a digest.
        strict: raise where it would warn.

    Raises:
        UnknownRef: nothing of that name is recorded.
        NotFound: its bytes are neither kept nor where they were.
        Unreadable: it is of a format that this function doesn't load.
        Conflict: it is recalled, and `strict` was said.
    """
    # Whatever opens files here is our reading, not another input of the program.
    session = active()
    if session is None:
        return _load(ref, None, strict=strict)
    with session.own_work():
        return _load(ref, session, strict=strict)


def _load(ref: str, session: Session | None, *, strict: bool) -> Any:
    with connect(str(session.folder) if session is not None else None) as client:
        saved = client.call(SavedModelRequest(target=Target(ref=ref)))
        _ask_for_recalls(client, ref, strict=strict)
        body = _bytes_of(client, ref, saved.artifacts, saved.paths)
    model = _unpickled(body, ref, saved.artifacts[0])
    artifact = saved.artifacts[0]
    if session is None:
        _tell_alone(artifact.id)
        return model
    link = Link(artifact=artifact.id, role="model")
    session.emit(EdgesRecorded(run=session.here, used=[link]))
    session.tracker.bind(
        model, Origin(artifact=artifact.id, digest=artifact.attrs.get("weights"), label=ref)
    )
    return model


def _ask_for_recalls(client: Asking, ref: str, *, strict: bool) -> None:
    """Warn of a recalled model, once in a process."""
    if ref in _warned and not strict:
        return
    try:
        answer = client.call(RecalledRequest(target=Target(ref=ref)))
    except ForebearError as error:
        if strict:
            raise
        _log.debug("it is not known whether %s is recalled: %s", ref, error)
        return
    if not answer.recalls:
        return
    id = answer.recalls[0].id[:13]
    if strict:
        raise Conflict(answer.verdict, hint=f"`forebear recall status {id}` says what to do.")
    _warned.add(ref)
    said = f"{answer.verdict} (forebear recall status {id})"
    warnings.warn(said, RecallWarning, stacklevel=4)


def _tell_alone(artifact: str) -> None:
    """Record that this program, which is not recorded otherwise, uses a model; once for each."""
    if artifact in _told:
        return
    _told.add(artifact)
    try:
        place = place_for_recording()
        if place.folder is None:
            return
        main = getattr(sys.modules.get("__main__"), "__file__", None)
        run = RunStarted(
            run=new_id(),
            kind="consume",
            name=program_name(sys.orig_argv) if main else "interactive session",
            command=redaction.argv([sys.executable, *sys.argv]).value,
            cwd=str(Path.cwd()),
            attrs={"host": host_id(), "pid": os.getpid(), "by": who()},
        )
        header = SpoolHeader(run=run.run, pid=os.getpid(), host=host_id())
        spool = SpoolWriter(place.folder / "spool", header, conceal=concealment(place.kept))
        try:
            spool.append(run)
            link = Link(artifact=artifact, role="model")
            spool.append(EdgesRecorded(run=run.run, used=[link]))
            spool.append(RunEnded(run=run.run, status="finished"))
        finally:
            spool.close()
    except Exception as error:
        _log.warning("It is not recorded that this program uses a model: %s", error)


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
