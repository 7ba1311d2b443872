"""The SDK: what a program says of itself, for those who want to say more than is seen.

None of the `log_*` functions raises for anything that goes wrong on our side, and none waits
for a database or a network. Outside any run they open one for the whole process.
"""

from __future__ import annotations

import atexit
import functools
import logging
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

import msgspec

from forebear.capture import boot, objects
from forebear.capture.finish import finish
from forebear.capture.recorder import current_run
from forebear.capture.session import Session, active
from forebear.capture.surroundings import describe_here, run_started, who
from forebear.client.background import look_later, push_later
from forebear.client.client import connect
from forebear.client.config import load_config
from forebear.client.locate import locate, place_for_recording
from forebear.core import redaction
from forebear.core.errors import ForebearError, InvalidInput
from forebear.core.events import (
    Derived,
    EdgesRecorded,
    Link,
    RunEnded,
    RunStarted,
    VersionNamed,
)
from forebear.core.ids import new_id
from forebear.core.refs import NameKind, check_name, parse
from forebear.ops.recipe import ResolveRequest
from forebear.ops.table import Target

__all__ = [
    "Run",
    "autolog",
    "close_root",
    "ensure_session",
    "log_data",
    "log_metrics",
    "log_model",
    "log_params",
    "run",
    "use",
]

P = ParamSpec("P")
R = TypeVar("R")
_log = logging.getLogger("forebear")
_unrecorded: str | None = None
"""Why nothing can be recorded: it is said once, and tried again when a run begins."""


class Run:
    """A run that a program declares: a context manager, and a decorator.

    Inside another run it becomes a part of it. The block's own exceptions pass through and
    make the run `failed`.
    """

    def __init__(
        self, name: str, *, kind: str = "run", params: Mapping[str, Any] | None = None
    ) -> None:
        self.name = name
        self.kind = kind
        self.params = dict(params or {})
        self.id: str | None = None
        """The run's id, from entering on; None when nothing could be recorded."""
        self._session: Session | None = None
        self._token: Any = None
        self._owns_session = False
        self._process = os.getpid()

    def __enter__(self) -> Run:
        global _unrecorded
        try:
            self._enter()
            _unrecorded = None
        except (ForebearError, OSError) as error:
            self.id = None
            _unrecorded = str(error)
            _log.warning("This run is not recorded: %s", error)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is None or self.id is None or self._process != os.getpid():
            return  # in a forked child the block ends too, and the run goes on
        said = None
        if kind is not None:
            said = redaction.text(f"{kind.__name__}: {error}"[:2000]).value
        ended = RunEnded(run=self.id, status="failed" if kind else "finished", error=said)
        if self._owns_session:
            close_root(self._session, ended)
        else:
            self._session.emit(ended)
        if self._token is not None:
            current_run.reset(self._token)
            self._token = None
        self._session = None

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Record every call of `function` as a run of its own."""

        @functools.wraps(function)
        def recorded(*args: P.args, **kwargs: P.kwargs) -> R:
            with Run(self.name, kind=self.kind, params=self.params):
                return function(*args, **kwargs)

        return recorded

    def __repr__(self) -> str:
        return f"<forebear run {self.name!r} {self.id or 'not recorded'}>"

    def _enter(self) -> None:
        session = active()
        self.id, self._process = new_id(), os.getpid()
        if session is None:
            session = _open_root(self.id, self.name, self.kind)
            self._owns_session = True
        else:
            session.emit(
                RunStarted(run=self.id, kind=self.kind, name=self.name, parent=session.here)
            )
        self._session = session
        self._token = current_run.set(self.id)
        if self.params:
            session.params(self.params)


def run(name: str, *, kind: str = "run", params: Mapping[str, Any] | None = None) -> Run:
    """Return a run to be used with `with`, or to decorate a function with.

    Args:
        name: what people call this activity.
        kind: ingest, transform, split, train, evaluate, serve, consume, or a word of yours.
        params: settings of the run.
    """
    return Run(name, kind=kind, params=params)


def autolog() -> None:
    """Observe this process from now on, as `forebear run` does: files, frames, fits, metrics.

    For notebooks and programs that are started by others. What is seen inside `fb.run` belongs
    to that run, everything else to one run for the whole process.
    """
    session = ensure_session()
    boot.observe()
    if "IPython" in sys.modules:
        from forebear.capture import cells

        cells.attach(session)


def log_params(params: Mapping[str, Any]) -> None:
    """Record settings of the current run; values become plain JSON, secrets are left out."""
    _with_session(lambda session: session.params(dict(params)))


def log_metrics(
    metrics: Mapping[str, float],
    *,
    on: object = None,
    model: object = None,
    step: int | None = None,
    split: str | None = None,
) -> None:
    """Record figures of the current run.

    Args:
        metrics: numbers by name; NaN and infinities are kept as what they are.
        on: the data they were measured on: a ref, a path, a frame or an array.
        model: the model they speak of: a ref, a path or a fitted object.
        step: epoch, iteration or the like.
        split: train, validation or test.
    """

    def log(session: Session) -> None:
        session.metrics(
            {key: float(value) for key, value in metrics.items()},
            data=_artifact(session, on, "data") if on is not None else None,
            model=_artifact(session, model, "model") if model is not None else None,
            step=step,
            split=split,
            evidence="declared",
        )

    _with_session(log)


def log_data(data: object, *, name: str | None = None, role: str = "input") -> None:
    """Record a data set that the current run uses, or makes (`role="output"`).

    Args:
        data: a path, a frame or an array.
        name: gives the data a version of this name in the catalog.
        role: train, validation, test, reference, input ..., or output.
    """

    def log(session: Session) -> None:
        output = role == "output"
        artifact = _artifact(session, data, "data", write=output)
        link = Link(artifact=artifact, role=None if output else role, evidence="declared")
        session.emit(
            EdgesRecorded(run=session.here, generated=[link])
            if output
            else EdgesRecorded(run=session.here, used=[link])
        )
        _name(session, "data", name, artifact)

    _with_session(log)


def log_model(model: object, *, name: str | None = None) -> None:
    """Record a model that the current run has made, and keep its bytes in the store.

    Args:
        model: a fitted object, or the path of a model file or folder.
        name: gives the model a version of this name in the registry.
    """

    def log(session: Session) -> None:
        if isinstance(model, str | os.PathLike):
            artifact = session.file(model, "write", kind="model")
            session.models.exports.setdefault(artifact, (artifact, Path(model)))
            source = Link(artifact=artifact, evidence="declared")
            session.emit(EdgesRecorded(run=session.here, generated=[source]))
        else:
            artifact = _save(session, model)
        _name(session, "model", name, artifact)

    _with_session(log)


def use(thing: object, *, role: str = "input") -> None:
    """Record that the current run uses something: a ref, a path, a frame, a model."""

    def log(session: Session) -> None:
        artifact = _artifact(session, thing, "data")
        link = Link(artifact=artifact, role=role, evidence="declared")
        session.emit(EdgesRecorded(run=session.here, used=[link]))

    _with_session(log)


def _with_session(log: Callable[[Session], None]) -> None:
    global _unrecorded
    if _unrecorded is not None and active() is None:
        return
    try:
        session = ensure_session()
        with session.own_work():
            log(session)
    except (InvalidInput, ForebearError) as error:
        _log.warning("Not recorded: %s", error)
        current = active()
        if current is None:
            _unrecorded = str(error)
        else:
            current.gap(f"Something the program declared was not recorded: {error}")
    except Exception as error:
        current = active()
        if current is None:
            _unrecorded = str(error)
            _log.warning("Not recorded: %s", error)
        else:
            current.trouble("a declared fact", error)


def ensure_session() -> Session:
    """Return the session that records this process, opened now where there is none.

    Raises:
        InvalidInput: nothing can be recorded where it should be.
    """
    session = active()
    if session is None:
        main = sys.modules.get("__main__")
        script = getattr(main, "__file__", None)
        name = Path(script).name if script else _name_of_session()
        run_id = new_id()
        session = _open_root(run_id, name, "run")
        atexit.register(close_root, session, None)
    return session


def _name_of_session() -> str:
    """Return what people call a session without a script: the notebook, where a tool tells it."""
    names = vars(sys.modules["__main__"])
    told = os.environ.get("JPY_SESSION_NAME") or names.get("__vsc_ipynb_file__")
    return Path(str(told)).name if told else "interactive session"


def _open_root(run_id: str, name: str, kind: str) -> Session:
    place = place_for_recording()
    assert place.folder is not None
    main = sys.modules.get("__main__")
    script = getattr(main, "__file__", None)
    script = str(Path(script).absolute()) if script else None
    session = Session(place.folder, run_id, load_config(place.folder), script=script)
    session.emit(
        run_started(
            session, name=name, kind=kind, command=[sys.executable, *sys.argv], cwd=Path.cwd()
        )
    )
    session.start()
    return session


def close_root(session: Session, ended: RunEnded | None) -> None:
    """Complete the record of a run that this process has opened, and end it."""
    if active() is not session:
        return
    if session.worker:  # a forked child: the run goes on
        finish(session)
        return
    ending = ended or RunEnded(run=session.run, status="finished")

    def describe_and_end(session: Session) -> None:
        try:
            occasion = describe_here(session)
        except (ForebearError, OSError) as error:
            occasion = {}
            session.trouble("describing the environment", error)
        session.emit(msgspec.structs.replace(ending, attrs=occasion))

    finish(session, describe_and_end)
    import forebear

    place = locate(str(session.folder))
    push_later(place, forebear.remote)
    look_later(place)


def _artifact(session: Session, thing: object, kind: str, *, write: bool = False) -> str:
    """Return the artifact id of a ref, path, frame or model, recording it where needed."""
    if isinstance(thing, os.PathLike) or (isinstance(thing, str) and Path(thing).exists()):
        return session.file(thing, "write" if write else "read")
    if isinstance(thing, str):
        parse(thing)
        with connect(str(session.folder)) as client:
            return client.call(ResolveRequest(target=Target(ref=thing))).artifact
    origin = objects.data_of(session, thing)
    if origin is None:
        origin = objects.model_of(session, thing)
    if origin.artifact is None:
        raise InvalidInput(f"A {type(thing).__name__} has no content that can be recorded.")
    return origin.artifact


def _save(session: Session, model: object) -> str:
    """Keep the bytes of a model object, as its library's users would save it."""
    import io
    import pickle

    seen = session.tracker.get(model) is not None
    origin = objects.saved_model_of(session, model)
    if not seen and origin.artifact is not None:
        link = Link(artifact=origin.artifact, evidence="declared")
        session.emit(EdgesRecorded(run=session.here, generated=[link]))
    buffer = io.BytesIO()
    joblib = sys.modules.get("joblib")
    if joblib is not None:
        joblib.dump(model, buffer)
    else:
        pickle.dump(model, buffer)
    body = buffer.getvalue()
    digest = session.keep(body)
    session.artifact(
        "model",
        digest,
        label=origin.label or type(model).__name__,
        format="joblib" if joblib is not None else "pickle",
        size=len(body),
        kept=True,
        weights=origin.digest,
        attrs=objects.describe_model(model),
    )
    if origin.artifact is not None and origin.artifact != digest:
        session.emit(
            Derived(
                source=origin.artifact,
                target=digest,
                relation="export",
                evidence="observed",
                run=session.here,
            )
        )
        session.models.exports[digest] = (origin.artifact, Path(f"{type(model).__name__}.joblib"))
    return digest


def _name(session: Session, kind: NameKind, name: str | None, artifact: str) -> None:
    if name is None:
        return
    session.emit(
        VersionNamed(
            kind=kind, name=check_name(name), artifact=artifact, run=session.here, by=who()
        )
    )
    session.models.named.add(artifact)
    session.models.any_named |= kind == "model"
