"""TensorFlow: what its data sets are made of, SavedModels, checkpoints, seeds.

Its files are read and written in C++, which no file watcher sees: the calls tell.
"""

from __future__ import annotations

import os
import sys
import weakref
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from forebear.capture.datafiles import file_read, place_of
from forebear.capture.integrations.torch_data import links_of
from forebear.capture.objects import (
    bind_loaded,
    data_of,
    describe_model,
    export_model,
    is_model,
    role_of,
    saved_model_of,
)
from forebear.capture.patching import Call, Patches
from forebear.capture.plain import plain
from forebear.capture.scopes import name_in_code
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.core.errors import Unreadable
from forebear.core.events import Link
from forebear.engines.savedmodel import read_fingerprint
from forebear.engines.tensors import array_of
from forebear.engines.weights import weights_of

__all__ = ["MODULES", "dataset_links", "folder_written", "saved_of", "told_by_fingerprint"]

_SLOTS: Final = ("X", "y")
_MOST_FILES: Final = 20
"""Of more files in one folder than these the folder is what is recorded."""
_MOST_GONE_THROUGH: Final = 8
_gone_through: weakref.WeakKeyDictionary[Session, deque[Any]] = weakref.WeakKeyDictionary()
"""Data sets that the program goes through by itself, the latest of each session."""
_OPAQUE: Final = frozenset({"PyFunc", "EagerPyFunc", "GeneratorDataset"})


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe data sets made of arrays, SavedModels, checkpoints, and the seed."""
    for name in ("from_tensor_slices", "from_tensors"):
        patches.observe(module.data.Dataset, name, _after_slices)
    patches.observe(module.data.Dataset, "__iter__", _after_iter)
    patches.observe(module.saved_model, "save", _after_save)
    patches.observe(module.saved_model, "load", _after_load)
    for name in ("save", "write"):
        patches.observe(module.train.Checkpoint, name, _after_checkpoint)
    for name in ("restore", "read"):
        patches.observe(module.train.Checkpoint, name, _after_restore)
    patches.observe(module.random, "set_seed", _after_seed)


def _after_seed(call: Call, result: Any) -> None:
    if call.direct:
        call.session.params({"seed.tensorflow": plain(call.argument(0, "seed"))})


# Data ----------------------------------------------------------------------------------------


def _after_slices(call: Call, result: Any) -> None:
    """Tie the tensors in a data set to the arrays that they were made of, in the same order."""
    given = _flat(call.argument(0, "tensors"))
    for array, tensor in zip(given, getattr(result, "_tensors", ()), strict=False):
        call.session.tracker.derive(tensor, (array,), call.function)


def _after_iter(call: Call, result: Any) -> None:
    """Remember the data sets that the program itself goes through, as in a loop of its own."""
    gone = _gone_through.setdefault(call.session, deque(maxlen=_MOST_GONE_THROUGH))
    if all(one() is not call.args[0] for one in gone):
        gone.append(weakref.ref(call.args[0]))


def _flat(structure: Any) -> list[Any]:
    """Return the parts of nested tuples and dicts, in TensorFlow's order."""
    if isinstance(structure, dict):
        return [part for key in sorted(structure) for part in _flat(structure[key])]
    if isinstance(structure, tuple):
        return [part for one in structure for part in _flat(one)]
    return [structure]


def is_dataset(thing: Any) -> bool:
    """Tell whether something is a data set of `tf.data`."""
    data = getattr(sys.modules.get("tensorflow"), "data", None)
    return data is not None and isinstance(thing, data.Dataset)


def dataset_links(session: Session, dataset: Any, role: str | None) -> list[Link]:
    """Return links to what a data set is made of: arrays, and files by their names.

    What a function of the program makes up, nobody saw: it is tied to the files that the run
    has read.
    """
    label = name_in_code(dataset)
    said = role or role_of(None, label) or "input"
    links: list[Link] = []
    for leaf in () if _is_made_up(dataset) else _leaves(dataset):
        for slot, tensor in zip((*_SLOTS, *"......"), _tensors_of(leaf), strict=False):
            if tensor.dtype.name == "string":
                links += _file_links(session, tensor, said)
                continue
            origin = data_of(session, tensor, label=f"{label or 'data'}.{slot}")
            if origin is not None and origin.artifact is not None:
                links.append(Link(artifact=origin.artifact, role=said, slot=slot))
    if not links:
        session.gap(f"What is in {label or 'a data set'} was not seen.")
        read = [one for one in session.files.read if one in session.files.data]
        return [Link(artifact=one, role=said, evidence="inferred") for one in read]
    return links


def _leaves(dataset: Any) -> Iterator[Any]:
    names = getattr(dataset, "_filenames", None)
    inputs = dataset._inputs() or ([names] if hasattr(names, "_inputs") else [])
    if not inputs:
        yield dataset
    for one in inputs:
        yield from _leaves(one)


def _tensors_of(leaf: Any) -> list[Any]:
    """Return the tensors that a source holds: values, or the names of files."""
    names = getattr(leaf, "_filenames", None)
    found = [names] if names is not None else list(getattr(leaf, "_tensors", ()))
    found += [one for one in (getattr(leaf, "_tensor", None),) if one is not None]
    return [one for one in found if hasattr(one, "numpy") and hasattr(one, "dtype")]


def _is_made_up(dataset: Any) -> bool:
    """Tell by its graph whether functions of the program make a data set's values."""
    leaves = list(_leaves(dataset))
    if not all(type(leaf).__name__ in ("_TensorDataset", "_GeneratorDataset") for leaf in leaves):
        return False
    graph_pb2: Any = sys.modules.get("tensorflow.core.framework.graph_pb2")
    graph = graph_pb2.GraphDef.FromString(dataset._as_serialized_graph().numpy())
    nodes = [*graph.node, *(node for one in graph.library.function for node in one.node_def)]
    return any(node.op in _OPAQUE for node in nodes)


def _file_links(session: Session, names: Any, role: str) -> list[Link]:
    values: Any = array_of(names)
    texts = [os.fsdecode(one) for one in getattr(values, "flat", (values,))]
    paths = [Path(text).absolute() for text in texts if text and Path(text).exists()]
    if len(paths) > _MOST_FILES:
        paths = [Path(os.path.commonpath(paths))]
    found = [file_read(session, path, format=None, kind="data") for path in paths]
    return [Link(artifact=one, role=role) for one in found]


def links_to_data(session: Session, thing: Any, role: str | None) -> list[Link]:
    """Return links to the data in whatever Keras trains on."""
    if is_dataset(thing):
        return dataset_links(session, thing, role)
    return links_of(session, thing, role)


# Models that were trained in a loop of the program's own -------------------------------------


def saved_of(session: Session, model: Any, label: str | None = None) -> Origin:
    """Return the origin of a model as it is saved.

    Of one that was not seen to be trained it is not known what it learned from. That may be the
    data that the program went through by itself, or else any that it read.
    """
    session.settle(model)
    recorded, known = set(session.models.estimators), session.tracker.get(model)
    origin = saved_model_of(session, model, label=label)
    if known is None and origin.artifact is not None and origin.artifact not in recorded:
        used = _perhaps_learned_from(session)
        if used:
            made = Link(artifact=origin.artifact, evidence="inferred")
            name = f"{type(model).__name__}, in a loop"
            session.step("train", name, used=used, generated=[made])
    return origin


def _perhaps_learned_from(session: Session) -> list[Link]:
    gone = (one() for one in _gone_through.get(session, ()))
    links = [link for one in gone if one is not None for link in dataset_links(session, one, None)]
    seen = {link.artifact: (link.role, link.slot) for link in links}
    if not seen:
        read = session.files.read
        seen = {one: ("input", None) for one in read if one in session.files.data}
    return [
        Link(
            artifact=artifact,
            role="train" if role == "input" else role,
            slot=slot,
            evidence="inferred",
        )
        for artifact, (role, slot) in seen.items()
    ]


# SavedModels ---------------------------------------------------------------------------------


def told_by_fingerprint(folder: Path) -> dict[str, Any]:
    """Return what a SavedModel's fingerprint tells, as its artifact carries it."""
    try:
        found = read_fingerprint(folder)
    except Unreadable:
        return {}
    if found is None:
        return {}
    told = {"singleprint": found.singleprint, "checkpoint_hash": str(found.checkpoint_hash)}
    return told | ({"uuid": found.uuid} if found.uuid else {})


def folder_written(call: Call, model: Any, target: Any, label: str | None) -> None:
    """Record that a model was written as the folder of a SavedModel."""
    place = place_of(target)
    if not isinstance(place, Path) or not place.is_dir():
        return
    session = call.session
    inside = str(place) + os.sep
    call.opened[:] = [one for one in call.opened if not one[0].startswith(inside)]
    origin = saved_of(session, model, label) if is_model(model) else None
    weights = {"weights": origin.digest} if origin is not None and origin.digest else {}
    attrs = {**describe_model(model), **told_by_fingerprint(place)}
    artifact = session.file(
        place, "write", kind="model", format="saved-model", attrs=attrs, **weights
    )
    if origin is not None:
        export_model(session, origin, place, artifact)
    else:
        session.gap(f"How {label or place.name} was trained was not seen.", artifact)


def _after_save(call: Call, result: Any) -> None:
    model = call.argument(0, "obj")
    folder_written(call, model, call.argument(1, "export_dir"), call.label(0, "obj"))


def _after_load(call: Call, result: Any) -> None:
    place = place_of(call.argument(0, "export_dir"))
    if not isinstance(place, Path):
        return
    session = call.session
    artifact = file_read(
        session, place, format="saved-model", kind="model", attrs=told_by_fingerprint(place)
    )
    origin = Origin(artifact=artifact, label=call.target())
    session.tracker.bind(result, origin)
    bind_loaded(session, result, origin, alone=True)
    if not session.files.was_written(artifact):
        session.used(artifact, "model")


# Checkpoints ---------------------------------------------------------------------------------


def _models_of(checkpoint: Any) -> list[Any]:
    return [one for one in vars(checkpoint).values() if is_model(one)]


def _shards(prefix: Any) -> list[Path]:
    """Return the files of a checkpoint that hold its numbers."""
    place = place_of(prefix)
    if not isinstance(place, Path):
        return []
    return sorted(place.parent.glob(f"{place.name}.data-*"))


def _after_checkpoint(call: Call, result: Any) -> None:
    session = call.session
    prefix = result.decode() if isinstance(result, bytes) else result
    origins = [saved_of(session, model) for model in _models_of(call.args[0])]
    for path in _shards(str(prefix)):
        artifact = session.file(path, "write", kind="model", format="tf-checkpoint")
        for origin in origins:
            export_model(session, origin, path, artifact)


def _after_restore(call: Call, result: Any) -> None:
    session = call.session
    for path in _shards(call.argument(1, "save_path")):
        artifact = file_read(session, path, format="tf-checkpoint", kind="model")
        for model in _models_of(call.args[0]):
            origin = Origin(artifact=artifact, digest=weights_of(model), label=path.name)
            session.tracker.bind(model, origin)
        if not session.files.was_written(artifact):
            session.used(artifact, "model")


MODULES = {"tensorflow": patch}
