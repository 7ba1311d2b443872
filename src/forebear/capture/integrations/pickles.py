"""pickle, joblib, cloudpickle, dill and skops: objects saved to files and loaded again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Final

from forebear.capture.datafiles import belonging_to, data_written, file_read, open_file, place_of
from forebear.capture.objects import (
    bind_loaded,
    describe_model,
    export_model,
    is_trained,
    saved_model_of,
)
from forebear.capture.patching import Call, Patches, is_ours
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.core.digest import of_bytes
from forebear.engines import tables

__all__ = ["MODULES"]

_MOST_PARTS: Final = 200
_LARGEST_BYTES: Final = 1 << 30


def patch_pickle(patches: Patches, module: ModuleType) -> None:
    """Observe the functions of a module with pickle's interface."""
    library = module.__name__.partition(".")[0].lstrip("_")
    patches.observe(module, "dump", partial(_after_dump, library=library))
    patches.observe(module, "load", partial(_after_load, library=library), _before_load)
    patches.observe(module, "dumps", partial(_after_dumps, library=library))
    patches.observe(module, "loads", partial(_after_loads, library=library))


def patch_cloudpickle(patches: Patches, module: ModuleType) -> None:
    """Let functions of a script, which are pickled by their code, be pickled without wrapper."""
    pickler = getattr(module, "Pickler", None)
    original = vars(pickler).get("reducer_override") if pickler is not None else None
    if original is None:
        return

    def reducer_override(self: Any, obj: Any) -> Any:
        while isinstance(obj, FunctionType) and obj.__module__ == "__main__" and is_ours(obj):
            obj = obj.__wrapped__  # type: ignore[attr-defined]
        return original(self, obj)

    patches.replace(pickler, "reducer_override", reducer_override)


# Saving ------------------------------------------------------------------------------------


def _after_dump(call: Call, result: Any, *, library: str) -> None:
    _saved(call, call.argument(0, "obj", "value"), call.argument(1, "file", "filename"), library)


def _saved(call: Call, thing: Any, target: Any, library: str) -> None:
    """Record a saved object: a model becomes a file artifact derived from it, data a step."""
    parts = list(_parts(thing))
    held = [part for part in parts if is_trained(call.session, part)]
    if not held:
        data = [part for part in parts if tables.is_tabular(part)]
        if data or isinstance(target, str | bytes | Path):
            data_written(call, data, target, f"{library}.dump", format=library)
        return
    place = place_of(target)
    if not isinstance(place, Path):
        return
    export = _Export(call, held, parts, library)
    if hasattr(target, "__fspath__") or isinstance(target, str | bytes):
        call.claim(str(place))
        call.session.files.pending.pop(str(place), None)
        export(str(place))
    else:
        open_file(call.session, place, export)


class _Export:
    """Models on their way into a file; called with its path when it is complete."""

    def __init__(self, call: Call, held: list[Any], parts: list[Any], library: str) -> None:
        session = call.session
        label = call.label(0, "obj", "value")
        self.session = session
        self.run = session.here
        self.library = library
        self.models = [saved_model_of(session, one, label=label) for one in held]
        self.described = _described(session, held)
        self.data = [
            source.artifact
            for part in parts
            if tables.is_tabular(part) and (origin := session.tracker.get(part)) is not None
            for source in origin.sources()
        ]

    def __call__(self, path: str) -> None:
        """Record the file and what it was exported from."""
        session = self.session
        with belonging_to(self.run):
            self._record(session, path)

    def _record(self, session: Session, path: str) -> None:
        weights = {"weights": self.models[0].digest} if len(self.models) == 1 else {}
        artifact = session.file(
            path, "write", kind="model", format=self.library, attrs=self.described, **weights
        )
        if session.files.was_read(artifact):
            return
        for model in self.models:
            export_model(session, model, Path(path), artifact)
        for source in dict.fromkeys(self.data):
            if source is not None and source != artifact:
                session.derived(source, artifact, "subset")


def _described(session: Session, held: Iterable[Any]) -> dict[str, Any]:
    models = list(held)
    described = describe_model(models[0])
    if len(models) > 1:
        described["estimators"] = [describe_model(model)["estimator"] for model in models]
    return described


def _parts(thing: Any) -> Iterator[Any]:
    """Yield an object, or what a dict, list or tuple holds, one level deeper too."""
    for part in _inside(thing):
        yield from _inside(part)


def _inside(thing: Any) -> Iterable[Any]:
    if isinstance(thing, Mapping):
        return list(thing.values())[:_MOST_PARTS]
    if isinstance(thing, list | tuple):
        return thing[:_MOST_PARTS]
    return (thing,)


def _after_dumps(call: Call, result: Any, *, library: str) -> None:
    """Remember the bytes of a model, to recognise them in a file."""
    if not isinstance(result, bytes | bytearray) or len(result) > _LARGEST_BYTES:
        return
    parts = list(_parts(call.argument(0, "obj")))
    held = [part for part in parts if is_trained(call.session, part)]
    if held:
        call.session.files.exported[of_bytes(bytes(result))] = _Export(call, held, parts, library)


# Loading -----------------------------------------------------------------------------------


def _before_load(session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the place now: what has been read to its end may be closed or moved later."""
    target = args[0] if args else kwargs.get("file", kwargs.get("filename"))
    return place_of(target)


def _after_load(call: Call, result: Any, *, library: str) -> None:
    place = call.before
    if not isinstance(place, Path) or not place.exists():
        return
    call.claim(str(place))
    _loaded(call, place, result, library)


def _loaded(call: Call, place: Path, result: Any, library: str) -> None:
    """Record that the run uses a file, and bind what came out of it to the file's artifact."""
    session = call.session
    parts = list(_parts(result))
    held = [part for part in parts if is_trained(call.session, part)]
    kind = "model" if held else "data" if any(map(tables.is_tabular, parts)) else None
    facts: dict[str, Any] = {"attrs": _described(session, held)} if held else {}
    artifact = file_read(session, place, format=library, kind=kind, **facts)
    _bind(session, artifact, result, parts, call.target())
    role = "model" if held else "input"
    if not session.files.was_written(artifact):
        session.used(artifact, role)


def _bind(
    session: Session, artifact: str, result: Any, parts: Iterable[Any], label: str | None
) -> None:
    origin = Origin(artifact=artifact, label=label)
    for part in parts:
        bind_loaded(session, part, origin, alone=part is result)


def _after_loads(call: Call, result: Any, *, library: str) -> None:
    """Bind what was made of the bytes of a file that the run has read."""
    data = call.argument(0, "data", "str")
    parts = list(_parts(result))
    if not isinstance(data, bytes | bytearray) or len(data) > _LARGEST_BYTES:
        return
    if not any(is_trained(call.session, part) or tables.is_tabular(part) for part in parts):
        return
    digest = of_bytes(bytes(data))
    if call.session.files.was_read(digest):
        _bind(call.session, digest, result, parts, call.target())


def patch_joblib(patches: Patches, module: ModuleType) -> None:
    """Observe joblib's dump and load."""
    patches.observe(module, "dump", partial(_after_dump, library="joblib"))
    patches.observe(module, "load", partial(_after_load, library="joblib"), _before_load)


def patch_skops(patches: Patches, module: ModuleType) -> None:
    """Observe dump and load of skops."""
    patches.observe(module, "dump", partial(_after_dump, library="skops"))
    patches.observe(module, "load", partial(_after_load, library="skops"), _before_load)


MODULES = {
    "pickle": patch_pickle,
    "cloudpickle": patch_pickle,
    "dill": patch_pickle,
    "joblib": patch_joblib,
    "skops.io": patch_skops,
    "cloudpickle.cloudpickle": patch_cloudpickle,
    "joblib.externals.cloudpickle.cloudpickle": patch_cloudpickle,
}
