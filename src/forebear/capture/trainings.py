"""Trainings that go on in small steps: one step `train`, however often an optimizer steps.

While one goes on, its steps are only counted. It is recorded when its model is used elsewhere,
saved or trained in another way, when another training takes its place in the code, or when the
run ends. What its model computes without learning is gathered too: between two of its steps
that is validation, after the last it is prediction.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final

from forebear.capture.callsite import CallSite, call_site
from forebear.capture.datafiles import belonging_to
from forebear.capture.objects import describe_model, keep_values, model_of, new_data, new_model
from forebear.capture.patching import Call
from forebear.capture.session import Session
from forebear.capture.tracker import Operation, Origin
from forebear.core.clock import now
from forebear.core.events import Link
from forebear.core.ids import new_id

__all__ = ["PREDICT", "Training", "Trainings", "base_link", "link_to", "trained_in_one_call"]

PREDICT: Final = Operation("predict", -1)
_MOST_DONE: Final = 16


class Training:
    """A training that is going on."""

    def __init__(self, session: Session, model: Any, name: str, site: CallSite | None) -> None:
        self.session = session
        self.model = model
        """Held, because its weights are digested when the training is over."""
        self.name = name
        self.site = site
        self.run = session.here
        self.started = now()
        self.label = (site.receiver if site is not None else "") or None
        self.used: list[Link] = base_link(session, model)
        self.validation: list[Link] = []
        self.params: dict[str, Any] = {}
        self.attrs: dict[str, Any] = {}
        self.metrics: Callable[[], dict[str, float]] = dict
        """Completes the params when it is over, and returns the last figures."""
        self.names: frozenset[str] = frozenset()
        """The names of the weights, by which a copy of them is recognised."""
        self.batches: dict[int, int] = {}
        """The size of the batches of each loader."""
        self.steps = 0
        self.over = False
        self.origin = Origin(artifact=new_id())
        """The model that this makes; its content is told when it is over."""

    def data(self) -> Origin | None:
        """Return the first data that it used in the role of training data."""
        found = next((link for link in self.used if link.role == "train"), None)
        return Origin(artifact=found.artifact) if found is not None else None

    def record(self) -> None:
        """Record the model as it is now, and the one step that made it."""
        session, model, origin = self.session, self.model, self.origin
        self.over = True
        figures = self.metrics()
        described = {**describe_model(model), **self.attrs, "params": self.params}
        made = new_model(
            session, model, label=self.label, attrs=described, site=self.site, id=origin.artifact
        )
        origin.digest, origin.label = made.digest, made.label
        made.data = origin.data = self.data()
        if not any(link.role == "train" for link in self.used):
            shown = self.label or type(model).__name__
            session.gap(f"What {shown} was trained on was not seen.", made.artifact)
        trained_on = {link.artifact for link in self.used}
        step = session.step(
            "train",
            self.name,
            started=self.started,
            used=[*self.used, *(one for one in self.validation if one.artifact not in trained_on)],
            generated=[Link(artifact=made.artifact or "")],
            params=self.params,
            site=self.site,
        )
        if figures:
            session.metrics(
                figures,
                run=step,
                model=made.artifact,
                data=made.data.artifact if made.data is not None else None,
                split="train",
            )
        self.model = None


class Evaluation:
    """One pass of a model over data without learning from it."""

    def __init__(self, model: Any, links: list[Link], at: int, site: CallSite | None) -> None:
        self.model = weakref.ref(model)
        self.links = links
        self.at = at
        """How many steps the training of the model had made."""
        self.site = site
        self.started = now()
        self.calls = 0
        self.rows = 0
        self.output: Callable[[], Any] = lambda: None

    def made(self, output: Any, rows: int) -> None:
        """Note one more result."""
        self.calls += 1
        self.rows += rows
        self.output = weakref.ref(output)


class Trainings:
    """All trainings and passes of one library in one session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.going: dict[int, Training] = {}
        """By the identity of the model."""
        self.passes: dict[tuple[int, Any], Evaluation] = {}
        self.done: deque[Training] = deque(maxlen=_MOST_DONE)
        """The latest that are over."""
        self._places: dict[str, int] = {}
        """Where models were trained, with the identity of the last."""
        self._shared: set[str] = set()
        """Places where models take turns."""
        self.on_over: Callable[[Any], None] = lambda model: None

    def begin(self, model: Any, name: str, site: CallSite | None) -> Training:
        """Return a new training of a model, which takes the place of the last one there."""
        self._displace(model, site)
        self._flush(model, forget_unknown=True)
        training = Training(self.session, model, name, site)
        self.going[id(model)] = training
        self.session.tracker.bind(model, training.origin)
        self.session.unfinished[id(model)] = lambda: self._finish(training)
        return training

    def _displace(self, model: Any, site: CallSite | None) -> None:
        """Record a model that was trained at the same place, as in a loop, and let go of it."""
        place = site.where if site is not None else ""
        before = self._places.get(place)
        self._places[place] = id(model)
        if self.session.tracker.get(model) is not None:
            self._shared.add(place)
        other = self.going.get(before) if before is not None else None
        if other is not None and other.model is not model and place not in self._shared:
            self.session.settle(other.model)

    def evaluate(self, model: Any, key: Any, links: Callable[[], list[Link]]) -> Evaluation:
        """Return the pass that a call of a model without learning belongs to."""
        found = self.passes.get((id(model), key))
        training = self.going.get(id(model))
        at = training.steps if training is not None else 0
        if found is None or found.at != at or found.model() is not model:
            if found is not None and training is not None:
                training.validation += map(_as_validation, found.links)
            elif found is not None:
                self._record_pass(found)
            found = Evaluation(model, links() if found is None else found.links, at, call_site())
            self.passes[id(model), key] = found
            if training is None:
                self.session.unfinished.setdefault(id(self), self.flush)
        return found

    def flush(self) -> None:
        """Record what models without a training that is going on have computed."""
        for place, one in list(self.passes.items()):
            if place[0] not in self.going:
                del self.passes[place]
                self._record_pass(one)

    def _flush(self, model: Any, *, forget_unknown: bool) -> None:
        known = self.session.tracker.get(model) is not None
        for place in [place for place in self.passes if place[0] == id(model)]:
            one = self.passes.pop(place)
            if known or not forget_unknown:
                self._record_pass(one)

    def _finish(self, training: Training) -> None:
        """Record a training with the data it was validated on, then what was predicted."""
        model = training.model
        self.going.pop(id(model), None)
        mine = {place: one for place, one in self.passes.items() if place[0] == id(model)}
        during = [one for one in mine.values() if one.at < training.steps]
        training.validation += [_as_validation(link) for one in during for link in one.links]
        with belonging_to(training.run):
            training.record()
        self.done.append(training)
        for place, one in mine.items():
            del self.passes[place]
            if one not in during:
                self._record_pass(one)
        self.on_over(model)

    def _record_pass(self, one: Evaluation) -> None:
        """Record one step `predict`, with its result where that is still there, whole."""
        session, model = self.session, one.model()
        if model is None:
            return
        origin = model_of(session, model)
        output = one.output() if one.calls == 1 else None
        known = session.tracker.get(output) if output is not None else None
        generated = []
        if output is not None and (known is None or known.artifact is None):
            kept = keep_values(session, output.detach().cpu())
            attrs = {"values": kept} if kept is not None else {}
            made = new_data(session, output, label="predictions", attrs=attrs)
            if made is not None:
                made.model = origin
                made.data = Origin(artifact=one.links[0].artifact) if one.links else None
                generated = [Link(artifact=made.artifact or "", role="predictions")]
        session.step(
            "predict",
            f"{type(model).__name__}.forward",
            started=one.started,
            used=[*one.links, Link(artifact=origin.artifact or "", role="model")],
            generated=generated,
            site=one.site,
        )


def _as_validation(link: Link) -> Link:
    role = link.role if link.role in ("validation", "test", "train") else "validation"
    return Link(artifact=link.artifact, role=role, slot=link.slot, evidence=link.evidence)


def base_link(session: Session, model: Any) -> list[Link]:
    """Return the link to what a model was before a training, when that is known."""
    session.settle(model)
    known = session.tracker.get(model)
    sources: Iterable[Origin] = known.sources() if known is not None else ()
    return [Link(artifact=source.artifact or "", role="base") for source in sources]


def link_to(origins: Iterable[Origin], role: str, slot: str | None = None) -> list[Link]:
    """Return links to origins whose content is recorded."""
    return [Link(artifact=one.artifact, role=role, slot=slot) for one in origins if one.artifact]


def trained_in_one_call(
    call: Call,
    model: Any,
    used: Iterable[Link],
    *,
    name: str,
    params: dict[str, Any],
    checkpoints: Iterable[str] = (),
) -> tuple[Origin, str]:
    """Record a training that a library has done in one call, and return the model and step.

    `call.before` is the link to what the model was before; `checkpoints` are the artifacts of
    files that it left on its way.
    """
    session, links = call.session, list(used)
    label = call.label(1, "model")
    parameters = sum(one.numel() for one in model.parameters())
    described = {**describe_model(model), "params": params, "parameters": parameters}
    origin = new_model(session, model, label=label, attrs=described, site=call.site)
    trained_on = next((link.artifact for link in links if link.role == "train"), None)
    if trained_on is None:
        shown = label or type(model).__name__
        session.gap(f"What {shown} was trained on was not seen.", origin.artifact)
    origin.data = Origin(artifact=trained_on) if trained_on is not None else None
    generated = [Link(artifact=origin.artifact or "")]
    generated += [Link(artifact=one, role="checkpoint") for one in checkpoints]
    step = session.step(
        "train",
        name,
        started=call.started,
        used=[*(call.before or ()), *links],
        generated=generated,
        params=params,
        site=call.site,
    )
    return origin, step
