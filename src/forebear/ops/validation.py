"""Validation: what is needed for it, thresholds fixed before it, what came of it.

Predicting is the business of the caller's machine (`forebear.capture.validate`): nothing here
opens a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from forebear.analysis.validation import headline
from forebear.core import redaction
from forebear.core.clock import now
from forebear.core.digest import is_digest
from forebear.core.entities import Metric, Node, finite
from forebear.core.errors import ForebearError, InvalidInput
from forebear.core.events import (
    AnyEvent,
    ArtifactRecorded,
    Link,
    MetricsLogged,
    RunEnded,
    RunStarted,
    StepRecorded,
)
from forebear.core.ids import is_id, new_id
from forebear.core.ports import Store
from forebear.core.statements import Said
from forebear.core.validation import (
    THRESHOLDS,
    VALIDATION,
    Threshold,
    ThresholdSet,
    Validation,
    digest_of,
    key_of,
)
from forebear.ops.kin import same_model
from forebear.ops.resolve import of_model, resolve
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.training import columns_in, learned

__all__ = [
    "FixRequest",
    "FixResponse",
    "PartsRequest",
    "PartsResponse",
    "Piece",
    "ValidatedRequest",
    "ValidatedResponse",
    "ValidationMade",
    "validation_events",
]


class Piece(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A model or data as validation needs it: what it is, and where its bytes may be found."""

    id: str
    title: str
    kind: str
    saved: list[Node] = []
    """The files that hold it, the one asked for first."""
    paths: dict[str, list[str]] = {}
    """For each of them the places where its content was seen, newest first."""
    label: str | None = None
    target: str | None = None
    """The column that a model learned to predict, where that was seen."""
    features: list[str] = []
    """The columns that it learned from, where they were seen."""


class PartsResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is recorded of the parts of a validation."""

    model: Piece
    data: Piece
    others: list[Piece] = []


class PartsRequest(Request[PartsResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask for the parts of a validation."""

    model: Target
    data: Target
    others: list[Target] = []
    """Models to compare with."""


@operation(name="validation-parts", permission="read")
def parts(context: Context, request: PartsRequest) -> PartsResponse:
    """Return what is recorded of a model, of data, and of models to compare with.

    Raises:
        UnknownRef, BadRef: one of them is not recorded.
        InvalidInput: the model is none, or the data are none.
    """
    store = context.store
    return PartsResponse(
        model=_model(store, request.model),
        data=_data(store, request.data),
        others=[_model(store, one) for one in request.others],
    )


def _model(store: Store, target: Target) -> Piece:
    target = of_model(store, target)
    found = resolve(store, target)
    models = [node for node in found.nodes if node.kind in ("model", "file", "code")]
    if not models:
        raise InvalidInput(
            f"'{target.ref}' is no model but {found.nodes[0].kind}.",
            hint="`forebear models` lists the models.",
        )
    node = models[0]
    kin = same_model(store, node) if node.kind == "model" else [node]
    piece = _piece(store, node, [one for one in kin if not one.in_memory], found.title)
    answer, features = _learned_columns(store, target)
    return msgspec.structs.replace(piece, target=answer, features=features)


def _data(store: Store, target: Target) -> Piece:
    found = resolve(store, target)
    nodes = [node for node in found.nodes if node.type == "artifact" and node.kind != "model"]
    if not nodes:
        raise InvalidInput(f"'{target.ref}' is no data.", hint="`forebear data` lists the data.")
    node = nodes[0]
    files = [one for one in nodes if not one.in_memory]
    if node.in_memory and node.digest is not None:
        files += [one for one in store.find_artifacts(node.digest) if not one.in_memory]
    return _piece(store, node, files, found.title)


def _piece(store: Store, node: Node, files: Sequence[Node], title: str) -> Piece:
    places: dict[str, list[str]] = {}
    for place in store.locations([one.id for one in files]):
        places.setdefault(place.artifact, []).append(place.uri)
    return Piece(
        id=node.id,
        title=title,
        kind=node.kind,
        saved=list({one.id: one for one in files}.values()),
        paths=places,
        label=node.label,
    )


def _learned_columns(store: Store, target: Target) -> tuple[str | None, list[str]]:
    """Return which column a model learned to predict, and from which."""
    try:
        model = learned(store, target, None)
    except ForebearError:
        return None, []
    answers = store.nodes(model.train_data(slot="y"))
    names = {name for node in answers.values() for name in columns_in(store, node, None)}
    features: dict[str, None] = {}
    for node in store.nodes(model.train_data(slot="X")).values():
        features |= dict.fromkeys(columns_in(store, node, None))
    told = [name for name in names if not name.isdigit() and name]
    return (told[0] if len(told) == 1 else None), list(features)


class FixResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The thresholds are recorded."""

    digest: str
    changed: bool
    """When the model was first validated on this data, it was with others or none."""
    since: datetime | None = None
    """When that was."""


class FixRequest(Request[FixResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Fix the thresholds of a validation before anything is predicted."""

    model: str
    data: str
    part: str | None = None
    thresholds: list[Threshold]
    by: list[str] = []
    slices: list[str] = []
    weight: str | None = None


@operation(name="fix-thresholds", permission="write")
def fix_thresholds(context: Context, request: FixRequest) -> FixResponse:
    """Record what will be asked of a model, so that nobody can make it up afterwards."""
    store = context.store
    digest = digest_of(request.thresholds, request.weight)
    key = key_of(request.data, request.part)
    earlier = _of_model(store, request.model, key)
    # Whoever has seen a result may know where to put the bar, however often it stays there since.
    changed = bool(earlier) and earlier[-1].value.thresholds_digest != digest
    fixed = ThresholdSet(
        digest=digest,
        thresholds=_clean_thresholds(request.thresholds),
        by=request.by,
        slices=[redaction.text(one).value for one in request.slices],
        weight=request.weight and redaction.text(request.weight).value,
        changed=changed,
    )
    store.append([THRESHOLDS.say(request.model, fixed, key=key, by=context.author)])
    return FixResponse(
        digest=digest, changed=changed, since=earlier[-1].row.at if changed else None
    )


def _of_model(store: Store, model: str, key: str) -> list[Said[Validation]]:
    node = store.node(model)
    kin = [one.id for one in same_model(store, node)] if node is not None else [model]
    return VALIDATION.history(store.statements, kin, key=key)


class ValidationMade(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that the validation made: a chart."""

    name: str
    content: bytes
    format: str


class ValidatedResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The validation is recorded."""

    run: str
    step: str
    validation: Validation
    packet: str


class ValidatedRequest(Request[ValidatedResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Record what came of a validation."""

    model: str
    model_title: str
    validation: Validation
    started: datetime
    others: list[str] = []
    """Ids of models that it was compared with."""
    made: list[ValidationMade] = []
    report: dict[str, Any] = {}
    """More than the statement says: settings, the confusion matrix."""
    params: dict[str, Any] = {}
    parent: str | None = None
    """The run in which it was done, where one is going on; else it is a run of its own."""
    command: list[str] = []
    cwd: str | None = None


@operation(name="validated", permission="write")
def validated(context: Context, request: ValidatedRequest) -> ValidatedResponse:
    """Record a validation: a run with a step, what it used and made, its figures, the verdict.

    Raises:
        InvalidInput: its main figure is none of its figures, or an id is none.
    """
    store = context.store
    _check(request)
    kept = {one.name: store.blobs.put(one.content) for one in request.made}
    said = msgspec.structs.replace(_clean(request.validation), step=new_id(), charts=kept)
    run = request.parent or new_id()
    report = redaction.mapping(request.report).value
    packet = store.blobs.put(msgspec.json.encode({**report, "validation": said}))
    events = validation_events(request, said, kept, packet, run=run, by=context.author)
    if request.parent is None:
        started = RunStarted(
            run=run,
            kind="evaluate",
            name=f"validate {request.model_title}",
            started=request.started,
            command=redaction.argv(request.command).value,
            cwd=request.cwd,
        )
        events = [started, *events, RunEnded(run=run, status="finished", exit_code=0)]
    store.append(events)
    return ValidatedResponse(run=run, step=said.step, validation=said, packet=packet)


def _check(request: ValidatedRequest) -> None:
    said = request.validation
    if said.main not in said.metrics:
        raise InvalidInput(f"There is no figure '{said.main[:60]}' among those of the validation.")
    for id in (request.model, said.data, *request.others):
        if not is_digest(id) and not is_id(id):
            raise InvalidInput(f"'{id[:60]}' is the id of nothing: it is no digest and no UUID.")
    if request.parent is not None and not is_id(request.parent):
        raise InvalidInput(f"'{request.parent[:60]}' is the id of no run.")


def _clean(validation: Validation) -> Validation:
    """Return it without secrets in what people wrote, and in values of columns."""

    def text(value: str) -> str:
        return redaction.text(value).value

    def texts(values: Sequence[str]) -> list[str]:
        return list(map(text, values))

    replace = msgspec.structs.replace
    return replace(
        validation,
        weight=validation.weight and text(validation.weight),
        slices=[replace(one, where=text(one.where)) for one in validation.slices],
        groups=[replace(one, value=text(one.value)) for one in validation.groups],
        fairness=[
            replace(one, between=texts(one.between), left_out=texts(one.left_out))
            for one in validation.fairness
        ],
        thresholds=_clean_thresholds(validation.thresholds),
        probes=[replace(one, why=one.why and text(one.why)) for one in validation.probes],
        notes=texts(validation.notes),
    )


def _clean_thresholds(thresholds: Sequence[Threshold]) -> list[Threshold]:
    return [
        msgspec.structs.replace(one, slice=one.slice and redaction.text(one.slice).value)
        for one in thresholds
    ]


def validation_events(
    request: ValidatedRequest,
    said: Validation,
    kept: dict[str, str],
    packet: str,
    *,
    run: str,
    by: str,
) -> list[AnyEvent]:
    """Return the facts of a validation inside a run: artifacts, the step, figures, the verdict."""
    used = [Link(artifact=request.model, role="model"), Link(artifact=said.data, role="test")]
    used += [Link(artifact=one, role="reference") for one in request.others]
    events: list[AnyEvent] = [
        ArtifactRecorded(
            artifact=kept[one.name],
            kind="file",
            digest=kept[one.name],
            run=run,
            label=f"{one.name}.{one.format}",
            format=one.format,
            size=len(one.content),
            kept=True,
        )
        for one in request.made
    ]
    events.append(
        StepRecorded(
            run=said.step,
            parent=run,
            kind="evaluate",
            name="validate",
            started=request.started,
            ended=now(),
            params=redaction.mapping(request.params).value,
            used=used,
            generated=[Link(artifact=digest) for digest in dict.fromkeys(kept.values())],
        )
    )
    figures = [
        Metric(key=name, value=finite(one.value))
        for name, one in ((name, said.metrics[name]) for name in headline(said))
        if one.value is not None
    ]
    if figures:
        events.append(
            MetricsLogged(
                run=said.step, metrics=figures, model=request.model, data=said.data, split="test"
            )
        )
    events.append(
        VALIDATION.say(
            request.model,
            said,
            key=key_of(said.data, said.part),
            by=by,
            run=said.step,
            evidence="observed",
            packet=packet,
        )
    )
    return events
