"""Steps of libraries for boosted trees, which keep their data in containers of their own."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from forebear.capture.datafiles import file_read, place_of
from forebear.capture.objects import (
    bind_loaded,
    data_of,
    describe_model,
    export_model,
    keep_values,
    model_of,
    new_data,
    new_model,
    role_of,
    saved_model_of,
)
from forebear.capture.patching import Call
from forebear.capture.plain import plain
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.core.events import Link
from forebear.engines.models import state_digest

__all__ = [
    "Held",
    "Holders",
    "held_in",
    "holding",
    "model_loaded",
    "model_saved",
    "predicted",
    "role_links",
    "trained",
]


class Held(Struct):
    """What a container of data was filled with: the features, the target, weights."""

    parts: dict[str, Origin] = {}

    def links(self, role: str) -> list[Link]:
        """Return the links by which a step uses it in a role."""
        return [
            Link(artifact=origin.artifact, role=role, slot=slot)
            for slot, origin in self.parts.items()
            if origin.artifact is not None
        ]


class Holders:
    """A table beside containers, by identity; it lets go of what has died."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Any], Held]] = {}

    def remember(self, container: Any, held: Held) -> None:
        """Remember what is in a container."""
        key = id(container)
        self._known[key] = (weakref.ref(container, lambda _: self._known.pop(key, None)), held)

    def get(self, container: Any) -> Held | None:
        """Return what is in a container, if that is known."""
        found = self._known.get(id(container))
        return found[1] if found is not None and found[0]() is container else None


_HOLDERS = Holders()


def holding(call: Call, container: Any, parts: Mapping[str, Any], *, label: str | None) -> None:
    """Remember what a container was filled with, as it is now: a file, or data by its slots."""
    session = call.session
    held = Held({})
    for slot, thing in parts.items():
        place = place_of(thing) if isinstance(thing, str | Path) else None
        if isinstance(place, Path):
            real = Path(str(place).partition("?")[0])
            artifact = file_read(session, real, format=None, kind="data")
            held.parts[slot] = Origin(artifact=artifact, label=real.name)
        elif thing is not None:
            known = _HOLDERS.get(thing)
            origin = data_of(session, thing, label=label if slot == "X" else None)
            if known is not None:
                held.parts |= known.parts
            elif origin is not None:
                held.parts[slot] = origin
    _HOLDERS.remember(container, held)


def held_in(session: Session, thing: Any, slot: str, label: str | None) -> Held:
    """Return what is in a container, or a frame or array itself as the only part."""
    known = _HOLDERS.get(thing)
    if known is not None:
        return known
    origin = data_of(session, thing, label=label or slot) if thing is not None else None
    return Held({slot: origin} if origin is not None else {})


def role_links(session: Session, sets: Iterable[Any], role: str) -> list[Link]:
    """Return the links to further data sets: containers, or pairs of features and target."""
    links: list[Link] = []
    for one in sets:
        pair = one if isinstance(one, tuple | list) else (one,)
        for slot, thing in zip(("X", "y"), pair, strict=False):
            links += held_in(session, thing, slot, None).links(role)
    return links


def trained(
    call: Call,
    model: Any,
    *,
    name: str,
    used: list[Link],
    params: Mapping[str, Any],
    figures: Mapping[str, float] | None = None,
    base: Any = None,
    label: str | None = None,
) -> Origin:
    """Record a training: one step `train` from data to model."""
    session, site = call.session, call.site
    if base is not None:
        known = model_of(session, base)
        used = [*used, Link(artifact=known.artifact or "", role="base")]
    train = {link.artifact for link in used if link.role == "train"}
    if not train:
        session.gap(f"What {name} was trained on was not seen.")
    used = [link for link in used if link.role != "validation" or link.artifact not in train]
    settings = plain(dict(params))
    receiver = site.receiver if site is not None and call.function == "fit" else ""
    attrs = {**describe_model(model), "params": settings}
    origin = new_model(
        session, model, label=label or receiver or call.target(), attrs=attrs, site=site
    )
    first = next((link for link in used if link.slot == "X"), None)
    origin.data = Origin(artifact=first.artifact) if first is not None else None
    step = session.step(
        "train",
        name,
        started=call.started,
        used=used,
        generated=[Link(artifact=origin.artifact or "")],
        params=settings,
        site=site,
    )
    if figures:
        session.metrics(
            dict(figures),
            run=step,
            model=origin.artifact,
            data=origin.data.artifact if origin.data is not None else None,
        )
    return origin


def predicted(call: Call, model: Any, data: Any, result: Any, *, label: str | None) -> None:
    """Record predictions, with a copy to compare those of a reproduction with."""
    session = call.session
    receiver = call.site.receiver if call.site is not None else None
    known = model_of(session, model, label=receiver or None)
    source = held_in(session, data, "X", label)
    features = source.parts.get("X")
    role = role_of(features, label) or "input"
    trained_on = known.data.artifact if known.data is not None else None
    if features is not None and features.artifact == trained_on:
        role = "train"
    kept = keep_values(session, result)
    attrs = {"values": kept} if kept is not None else {}
    made = new_data(session, result, label=call.target() or "predictions", attrs=attrs)
    if made is None or made.artifact is None:
        return
    made.model, made.data = known, features
    made.role = role if role != "input" else None
    session.tracker.predictions.append((len(result), made))
    links = [link for link in source.links(role) if link.slot == "X"]
    session.step(
        "predict",
        f"{type(model).__name__}.{call.function}",
        started=call.started,
        used=[*links, Link(artifact=known.artifact or "", role="model")],
        generated=[Link(artifact=made.artifact, role="predictions")],
        site=call.site,
    )


def model_saved(call: Call, model: Any, target: Any, *, format: str) -> None:
    """Record that a model was saved to a file in its library's own format."""
    place = place_of(target)
    if not isinstance(place, Path) or not place.exists():
        return
    session = call.session
    origin = saved_model_of(session, model)
    call.claim(str(place))
    session.files.pending.pop(str(place), None)
    attrs = describe_model(model)
    facts = {"weights": origin.digest} if origin.digest is not None else {}
    artifact = session.file(place, "write", kind="model", format=format, attrs=attrs, **facts)
    if not session.files.was_read(artifact):
        export_model(session, origin, place, artifact)


def model_loaded(call: Call, model: Any, source: Any, *, format: str) -> None:
    """Record that a model was loaded from a file in its library's own format."""
    place = place_of(source) if isinstance(source, str | Path) else None
    if not isinstance(place, Path) or not place.exists():
        return
    session = call.session
    call.claim(str(place))
    facts: dict[str, Any] = {"attrs": describe_model(model), "weights": state_digest(model).digest}
    artifact = file_read(session, place, format=format, kind="model", **facts)
    bind_loaded(session, model, Origin(artifact=artifact, label=call.target()), alone=True)
    if not session.files.was_written(artifact):
        session.used(artifact, "model")
