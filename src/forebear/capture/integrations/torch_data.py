"""PyTorch's data: what tensors, datasets and loaders hold, down to what was recorded."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NamedTuple

from forebear.capture.datafiles import file_read
from forebear.capture.flows import passed_on
from forebear.capture.objects import data_of, new_data, role_of
from forebear.capture.passage import SAME, Passage
from forebear.capture.patching import Call, Patches
from forebear.capture.reading import origins_in_code
from forebear.capture.scopes import name_in_code
from forebear.capture.session import Session
from forebear.capture.tracker import Operation, Origin
from forebear.core.events import Flow, Link
from forebear.engines import tables
from forebear.engines.tensors import array_of

__all__ = ["MODULES", "know", "links_of"]

_SLOTS: Final = ("X", "y")
_MOST_FILES: Final = 10_000
_DEEPEST: Final = 6
_FEWEST: Final = 32
"""Fewer numbers may be equal by chance."""


class _Leaf(NamedTuple):
    """Something in a dataset that holds data, and which of its rows are meant."""

    thing: Any
    slot: str
    rows: Sequence[int] | None
    label: str | None


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe random splits, which give their parts roles."""
    patches.observe(module, "random_split", _after_split)
    patches.observe(module.TensorDataset, "__init__", _after_dataset)


def _after_split(call: Call, result: Any) -> None:
    names = call.site.targets if call.site is not None else ()
    for part, name in itertools.zip_longest(result, names):
        if part is not None:
            origin = Origin(label=name or None)
            origin.role = role_of(origin)
            call.session.tracker.bind(part, origin)


def _after_dataset(call: Call, result: Any) -> None:
    """Find out where tensors come from while the code that made them can tell."""
    for tensor in call.args[0].tensors:
        know(call.session, tensor)


def know(session: Session, tensor: Any) -> None:
    """Bind a tensor of unknown origin to the array in whose memory it is, or that it equals.

    Else it is tied to what the code says that it was made of, which nobody saw.
    """
    tracker = session.tracker
    if tracker.get(tensor) is not None or not tables.is_tabular(tensor):
        return
    whole = tensor._base if tensor._base is not None else None
    if whole is None or tracker.get(whole) is None:
        whole = tracker.at_address(tensor.data_ptr()) if tensor.device.type == "cpu" else None
    if whole is None:
        whole = _equal(session, tensor)
    if whole is not None:
        tracker.derive(tensor, (whole,), "tensor", seen=partial(_copied, session, tensor, whole))
        return
    found = origins_in_code(tracker, tensor)
    if found:
        unseen = (Operation("not seen", -1),)
        origin = Origin(parents=tuple(found), operations=unseen, exact=False)
        tracker.bind(tensor, origin)


def _copied(
    session: Session, tensor: Any, whole: Any, operation: Operation, parents: list[object]
) -> Passage | None:
    """Tell that a tensor has the rows and columns of the array that it is or copies."""
    known = session.tracker.get(whole)
    if known is None or tuple(whole.shape) != tuple(tensor.shape):
        return None
    return Passage(rows=[SAME], columns=known.columns)


def _equal(session: Session, tensor: Any) -> Any:
    """Return the known table of numbers that a tensor is a copy of, value for value."""
    if tensor.ndim < 2 or tensor.numel() < _FEWEST:
        return None
    values = array_of(tensor)
    for array, _ in session.tracker.arrays():
        if array.shape == values.shape and array.dtype == values.dtype and (array == values).all():
            return array
    return None


def links_of(session: Session, source: Any, role: str | None) -> list[Link]:
    """Return links to the data in a tensor, dataset or loader, recorded as it is now.

    Without `role` it is the one that names speak of. Data that was not seen is tied to the
    files that the run has read, as `inferred`.
    """
    dataset = getattr(source, "dataset", source)
    known = session.tracker.get(dataset)
    label = name_in_code(source) or (known.label if known is not None else None)
    said = role or role_of(known, label) or role_of(known, name_in_code(dataset)) or "input"
    links = []
    for leaf in _leaves(session, dataset, None, label, 0):
        origin = _recorded(session, leaf, said if said != "input" else None)
        if origin is not None and origin.artifact is not None:
            slot = leaf.slot if not isinstance(leaf.thing, Path) else None
            links.append(Link(artifact=origin.artifact, role=said, slot=slot))
    if links:
        return links
    session.gap(f"What is in {label or type(dataset).__name__} was not seen.")
    read = [artifact for artifact in session.files.read if artifact in session.files.data]
    return [Link(artifact=artifact, role=said, evidence="inferred") for artifact in read]


def _leaves(
    session: Session, dataset: Any, rows: Sequence[int] | None, label: str | None, depth: int
) -> Iterator[_Leaf]:
    """Yield what holds the data of a dataset, whatever it is wrapped into."""
    if depth > _DEEPEST:
        return
    known = session.tracker.get(dataset)
    if tables.is_tabular(dataset) or (known is not None and known.sources()):
        yield _Leaf(dataset, "X", rows, label)
    elif isinstance(getattr(dataset, "tensors", None), tuple):
        for slot, one in itertools.zip_longest(_SLOTS, dataset.tensors):
            if one is not None:
                yield _Leaf(one, slot or "X", rows, f"{label}.{slot}" if label else slot)
    elif hasattr(dataset, "indices") and hasattr(dataset, "dataset"):
        inner = _composed(dataset.indices, rows)
        yield from _leaves(session, dataset.dataset, inner, label, depth + 1)
    elif isinstance(getattr(dataset, "datasets", None), list | tuple):
        for one in dataset.datasets:
            yield from _leaves(session, one, None, label, depth + 1)
    else:
        yield from _held(session, dataset, rows, label, depth)


def _composed(indices: Any, rows: Sequence[int] | None) -> Sequence[int]:
    plain = [int(index) for index in indices]
    return plain if rows is None else [plain[row] for row in rows]


def _held(
    session: Session, dataset: Any, rows: Sequence[int] | None, label: str | None, depth: int
) -> Iterator[_Leaf]:
    """Yield the tables, files and datasets among the attributes of a dataset of the user's."""
    for name, value in list(getattr(dataset, "__dict__", {}).items()):
        known = session.tracker.get(value)
        if tables.is_tabular(value) or (known is not None and known.sources()):
            slot = "y" if name.strip("_") in ("y", "labels", "targets", "target") else "X"
            yield _Leaf(value, slot, rows, f"{label}.{name}" if label else name)
        elif isinstance(value, str | Path) or _is_texts(value):
            texts = value if isinstance(value, list | tuple) else [value]
            yield from (_Leaf(path, name, None, path.name) for path in _paths(texts))
        elif _is_dataset(value):
            yield from _leaves(session, value, rows, label, depth + 1)


def _is_dataset(value: Any) -> bool:
    data = sys.modules.get("torch.utils.data")
    return data is not None and isinstance(value, data.Dataset)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and isinstance(value[0], str | Path)


def _paths(texts: Sequence[Any]) -> Iterator[Path]:
    for text in texts[:_MOST_FILES]:
        if isinstance(text, str | Path) and 0 < len(str(text)) < 1000 and Path(text).exists():
            yield Path(text).absolute()


def _recorded(session: Session, leaf: _Leaf, role: str | None) -> Origin | None:
    """Return the origin of a leaf's content, of the rows that are meant alone."""
    if isinstance(leaf.thing, Path):
        artifact = file_read(session, leaf.thing, format=None, kind="data")
        return Origin(artifact=artifact, label=leaf.label)
    known = session.tracker.get(leaf.thing)
    if hasattr(leaf.thing, "data_ptr"):
        know(session, leaf.thing)
    if not tables.is_tabular(leaf.thing):
        return known.sources()[0] if known is not None else None
    whole = data_of(session, leaf.thing, label=name_in_code(leaf.thing) or leaf.label)
    if whole is None or leaf.rows is None or max(leaf.rows, default=0) >= len(leaf.thing):
        return whole
    return _part(session, leaf, whole, role)


def _part(session: Session, leaf: _Leaf, whole: Origin, role: str | None) -> Origin | None:
    """Record the rows of a subset as what a split made of the whole."""
    taken = _take(leaf.thing, list(leaf.rows or ()))
    found = tables.fingerprint(taken)
    if found is None or found.digest == whole.digest:
        return whole
    part = new_data(session, taken, label=leaf.label, role=role, found=found)
    session.step(
        "split",
        "Subset",
        used=[Link(artifact=whole.artifact or "", role="input")],
        generated=[Link(artifact=part.artifact or "", role=role)] if part is not None else [],
        flows=[_flow(session, leaf, whole, part)] if part is not None else [],
    )
    return part


def _flow(session: Session, leaf: _Leaf, whole: Origin, part: Origin) -> Flow:
    """Return which rows of the whole a subset holds."""
    import numpy as np

    from forebear.engines.rowmaps import identity

    rows = np.asarray(leaf.rows)
    return passed_on(
        session,
        part.artifact or "",
        whole.artifact or "",
        rows=len(rows),
        names=part.columns.names if part.columns is not None else (),
        relation=identity(len(leaf.thing)).pick(rows),
    )


def _take(thing: Any, rows: list[int]) -> Any:
    return thing.iloc[rows] if hasattr(thing, "iloc") else thing[rows]


MODULES = {"torch.utils.data": patch}
