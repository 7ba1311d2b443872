"""What is recorded when a run ends: late files, the code that ran, names for its results."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from forebear.capture import code, processes
from forebear.capture.files import settle_writes
from forebear.capture.model_folders import settle_folders
from forebear.capture.naming import name_for_data, name_for_model
from forebear.capture.session import Session
from forebear.capture.surroundings import who
from forebear.core.events import EdgesRecorded, Link, VersionNamed
from forebear.core.refs import NameKind

__all__ = ["finish", "record_code", "settle_closed"]


def finish(session: Session, *last: Callable[[Session], None]) -> None:
    """Complete the record of this process, do what is to be done `last`, and stop; never raises."""
    if session.stopped:
        return
    settle: Callable[[Session], None] = Session.settle
    parts = (settle, settle_writes, settle_folders, _record_loaded_code, _name_results, *last)
    for part in parts:
        try:
            with session.own_work():
                part(session)
        except Exception as error:
            session.trouble(part.__name__.strip("_"), error)
    session.stop()


def checkpoint(session: Session) -> None:
    """Complete the record of what is done so far, in a process that may be ended at any time."""
    for part in (settle_closed, _record_loaded_code, _name_results):
        try:
            with session.own_work():
                part(session)
        except Exception as error:
            session.trouble(part.__name__.strip("_"), error)


def settle_closed(session: Session) -> None:
    """Record what this process has written and closed."""
    if session.files.pending or session.files.settlers:
        settle_writes(session, but=_open_files())


def _open_files() -> set[str]:
    """Return the files that this process holds open, where the system tells."""
    found = set()
    with contextlib.suppress(OSError):
        for entry in os.scandir("/proc/self/fd"):
            with contextlib.suppress(OSError):
                found.add(str(Path(entry.path).readlink()))
    return found


def _record_loaded_code(session: Session) -> None:
    """Record which source files ran; a run inside another leaves that to the outermost one."""
    if session.root == session.run and not session.worker:
        paths = [*code.local_modules(sys.modules), *processes.collect_code(session)]
        if session.script and Path(session.script).is_file():
            paths = [Path(session.script), *paths]
        record_code(session, paths, _cells())
        processes.collect_unseen(session)
    elif len(sys.modules) != session.modules_told:
        session.modules_told = len(sys.modules)
        script = [Path(session.script)] if session.script else []
        processes.leave_code(session, [*script, *code.local_modules(sys.modules)])


def _cells() -> dict[str, str]:
    """Return the cells that ran in a notebook or IPython, by their number."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    sources = getattr(getattr(shell, "history_manager", None), "input_hist_raw", [])
    return {f"cell-{number:04}": text for number, text in enumerate(sources) if text}


def record_code(
    session: Session, paths: Iterable[Path], cells: Mapping[str, str] | None = None
) -> None:
    """Record the source files that ran as one code artifact, used by the run and its steps."""
    taken = code.snapshot(paths, session.cwd, cells)
    if not taken.files:
        session.gap("No source code of this program was seen.")
        return
    for _, body in code.contents(taken):
        if session.config.capture.keep_code:
            session.keep(body)
    manifest = code.manifest_bytes(taken)
    session.keep(manifest)
    session.artifact(
        "code",
        taken.digest,
        label=Path(session.script).name if session.script else "code",
        format="forebear-code",
        size=len(manifest),
        kept=True,
        attrs={"files": [file.path for file in taken.files][:1000]},
    )
    session.emit(
        EdgesRecorded(
            run=session.run, used=[Link(artifact=taken.digest, role="code")], context=True
        )
    )
    for problem in taken.problems:
        session.gap(problem)
    for file in taken.files:
        if file.secrets:
            session.gap(
                f"{file.path} holds what looks like a secret ({', '.join(file.secrets)});"
                " only a redacted copy is kept, so the run can't be reproduced from the record."
            )


def _name_results(session: Session) -> None:
    for artifact, path in session.files.data.items():
        _name(session, "data", name_for_data(path), artifact)
    exports = session.models.exports
    saved = session.models.wholes | {model for model, _ in exports.values()}
    for model in dict.fromkeys(model for model, _ in exports.values()):
        _name_forms(session, model, {a: path for a, (of, path) in exports.items() if of == model})
    # Who names a model says which one counts; the others of that run were on the way to it.
    counted = not session.models.any_named and not session.worker
    for model in session.models.trained.values() if counted else ():
        if model not in saved:
            estimator = session.models.estimators.get(model, "model")
            _name(session, "model", name_for_model(None, session.script, estimator), model)


def _name_forms(session: Session, model: str, forms: Mapping[str, Path]) -> None:
    """Give a model that was saved once or several times one name: that of the file that says most.

    All its files are forms of one version.
    """
    estimator = session.models.estimators.get(model, "model")
    plain = name_for_model(None, session.script, estimator)
    told = [name_for_model(path, session.script, estimator) for path in forms.values()]
    name = next((one for one in told if one not in (plain, None)), plain)
    first = next(iter(forms))
    whole = next((one for one, path in forms.items() if path == forms[first].parent), first)
    _name(session, "model", name, whole)
    for other in forms:
        if other != whole:
            _name(session, "model", name, other, form_of=whole)


def _name(
    session: Session, kind: NameKind, name: str | None, artifact: str, form_of: str | None = None
) -> None:
    if name is not None and artifact not in session.models.named:
        session.emit(
            VersionNamed(
                kind=kind,
                name=name,
                artifact=artifact,
                form_of=form_of,
                run=session.run,
                by=who(),
                automatic=True,
            )
        )
