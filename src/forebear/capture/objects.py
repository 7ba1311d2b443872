"""Objects in memory become artifacts at the points that matter: data, models, predictions."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from forebear.capture.ancestry import ancestry, unchanged
from forebear.capture.callsite import CallSite
from forebear.capture.flows import flow_of, operations_of, own_columns
from forebear.capture.passage import names_of
from forebear.capture.plain import public_module
from forebear.capture.session import Session, active
from forebear.capture.tracker import Origin
from forebear.client.refs import find_objects
from forebear.core.events import Flow, Link
from forebear.core.ids import new_id
from forebear.engines import models, tables
from forebear.engines.boosters import is_booster
from forebear.engines.regressions import is_regression
from forebear.engines.weights import is_network

__all__ = [
    "PART",
    "artifact_of",
    "bind_loaded",
    "column_names",
    "data_of",
    "describe_model",
    "export_model",
    "is_model",
    "is_trained",
    "keep_values",
    "labels_of",
    "link_data",
    "model_of",
    "new_data",
    "new_model",
    "role_in_name",
    "role_of",
    "saved_model_of",
]

PART: Final = "part"
"""The operation by which a part of a model comes from the whole."""
_ROLE_WORDS: Final = {
    "train": "train",
    "tr": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "te": "test",
    "holdout": "test",
}
_LIBRARIES: Final = {"sklearn": "scikit-learn", "imblearn": "imbalanced-learn"}
"""Libraries whose package has another name than their module."""
_MOST_SCHEMA: Final = 2000
_MOST_VALUES: Final = 16 << 20


def data_of(session: Session, thing: object, *, label: str | None = None) -> Origin | None:
    """Return the origin of a table or array with its present content recorded.

    What lies between the content's nearest recorded ancestors and this object becomes a
    `transform` step. Content that nothing is known of is tied to what the run has read, as
    `inferred`, and said to be a gap. None when the thing is no table or array.
    """
    thing = _tabular(thing)
    found = tables.fingerprint(thing)
    if found is None:
        return None
    known = unchanged(session, thing, found)
    if known is not None:
        return known
    origin = session.tracker.get(thing)
    past = ancestry(session, thing, found, label=label)
    new = _record(session, thing, found, label=label, role=origin.role if origin else None)
    if past.gap:
        session.gap(past.gap, new.artifact)
    session.step(
        "transform" if past.links else "ingest",
        past.name if past.links else "values made in the program",
        used=past.links,
        generated=[Link(artifact=new.artifact or "")],
        operations=operations_of(session, past.way.operations),
        flows=[_flow(session, thing, new, past.way, found)] if past.way.parents else [],
        attrs=past.attrs,
        site=origin.site() if origin is not None else None,
    )
    if origin is not None:
        new.model, new.data, new.guessed = origin.model, origin.data, origin.guessed
    session.tracker.bind(thing, new)
    return new


def _flow(
    session: Session, thing: object, new: Origin, way: Origin, found: tables.Fingerprint
) -> Flow:
    names = column_names(found)
    return flow_of(
        session,
        new.artifact or "",
        way,
        way.parents,
        rows=found.rows,
        names=names,
        labels=labels_of(thing, names),
    )


def labels_of(thing: object, recorded: Sequence[str]) -> set[str]:
    """Return what is recorded as a column of a frame and is a label of its rows."""
    return {*recorded} - {*names_of(thing)} if hasattr(thing, "index") else set()


def column_names(found: tables.Fingerprint) -> list[str]:
    """Return what the columns of a table or array are called; of an array, by position.

    An array of more dimensions is one column.
    """
    if found.columns:
        return [column.name for column in found.columns]
    if len(found.shape) == 2:
        return list(map(str, range(min(found.shape[1], _MOST_SCHEMA))))
    return [""] if len(found.shape) > 2 else []


def new_data(
    session: Session,
    thing: object,
    *,
    label: str | None = None,
    role: str | None = None,
    attrs: dict[str, Any] | None = None,
    found: tables.Fingerprint | None = None,
) -> Origin | None:
    """Record the content of an object that an observed step has just made, and bind it.

    Args:
        found: the fingerprint of the object, when the caller has it already.
    """
    listed, thing = isinstance(thing, list | tuple), _tabular(thing)
    found = found or tables.fingerprint(thing)
    if found is None:
        return None
    new = _record(session, thing, found, label=label, role=role, attrs=attrs)
    if listed:
        session.tracker.unwatched[found.digest] = new
    session.tracker.bind(thing, new)
    return new


def _tabular(thing: object) -> object:
    """Return a list of plain values as the array that a library would make of it."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(thing, list | tuple) or not thing:
        return thing
    if not isinstance(thing[0], str | int | float | bool | list | tuple | numpy.generic):
        return thing
    try:
        return numpy.asarray(thing)
    except ValueError:  # rows of different lengths
        return thing


def link_data(
    session: Session, thing: object, *, role: str, slot: str | None = None, label: str | None = None
) -> Link | None:
    """Return the link by which a step uses `thing`, or None when it is no data."""
    origin = data_of(session, thing, label=label)
    if origin is None or origin.artifact is None:
        return None
    return Link(artifact=origin.artifact, role=role, slot=slot)


def role_of(origin: Origin | None, label: str | None = None) -> str | None:
    """Return the part that data plays: what a split made it, else what its names say."""
    if origin is None:
        return role_in_name(label)
    names = [label, origin.label, *(source.label for source in origin.parents)]
    roles = [origin.role, *map(role_in_name, names)]
    return next((role for role in roles if role is not None), None)


def role_in_name(name: str | None) -> str | None:
    """Return the role that a name speaks of.

    >>> role_in_name("X_val"), role_in_name("testset.csv"), role_in_name("latest")
    ('validation', 'test', None)
    """
    for word in re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name or "").lower()):
        for start, role in _ROLE_WORDS.items():
            if word in (start, start + "set", start + "ing", start + "s"):
                return role
    return None


def new_model(
    session: Session,
    model: object,
    *,
    label: str | None,
    attrs: dict[str, Any],
    site: CallSite | None = None,
    id: str | None = None,
) -> Origin:
    """Record a model that has just been trained, by its learned state, and bind it.

    Of the predictors trained at one place in the code (`site`), as in a loop, the last is the
    one that gets a name of its own at the end of the run.
    """
    state = models.state_digest(model)
    origin = _record_model(session, model, state, label=label, attrs=attrs, id=id)
    predicts = hasattr(type(model), "predict") or is_network(model)
    if predicts and not attrs.get("transformer"):
        where = site.where if site is not None else ""
        session.models.trained[where, type(model).__name__] = origin.artifact or ""
    return origin


def _record_model(
    session: Session,
    model: object,
    state: models.StateDigest,
    *,
    label: str | None,
    attrs: dict[str, Any],
    id: str | None = None,
) -> Origin:
    if state.opaque:
        attrs = {**attrs, "opaque": state.opaque}
    id = session.artifact(
        "model",
        state.digest,
        id=id or new_id(),
        label=label or type(model).__name__,
        format=type(model).__module__.partition(".")[0],
        weights=state.digest,
        attrs=attrs,
    )
    origin = Origin(artifact=id, digest=state.digest, label=label)
    session.tracker.bind(model, origin)
    session.tracker.models[state.digest] = origin
    session.models.estimators[id] = _telling_class(model)
    return origin


def model_of(session: Session, model: object, *, label: str | None = None) -> Origin:
    """Return the origin of a model with its present state recorded.

    A part of a recorded model, or one trained on in small steps since, is recorded here; one
    with the state of a recorded model is its copy; one that came from nowhere we saw is
    recorded with a gap.
    """
    session.settle(model)
    origin = session.tracker.get(model)
    if origin is not None and origin.artifact is not None:
        return origin
    state = models.state_digest(model)
    known = session.tracker.models.get(state.digest) or session.elsewhere(state.digest)
    if known is not None:
        session.tracker.bind(model, known)
        return known
    new = _record_model(session, model, state, label=label, attrs=describe_model(model))
    if origin is None:
        shown = label or type(model).__name__
        session.gap(f"How {shown} was trained was not seen.", new.artifact)
    elif origin.names() == [PART]:
        for whole in origin.parents:
            session.derived(whole.artifact or "", new.artifact or "", "subset")
    else:
        session.step(
            "train",
            f"{type(model).__name__}.{origin.names()[-1]}",
            used=[
                Link(
                    artifact=source.artifact or "",
                    role="base" if source.artifact in session.models.estimators else "train",
                    slot=session.models.slots.get(source.artifact or ""),
                )
                for source in origin.parents
            ],
            generated=[Link(artifact=new.artifact or "")],
        )
    return new


def saved_model_of(session: Session, model: object, *, label: str | None = None) -> Origin:
    """Return the origin of a model as it is now, which is what saving it writes.

    A model whose learned numbers were changed since its training is another model, made from
    the trained one.
    """
    origin = model_of(session, model, label=label)
    state = models.state_digest(model)
    if origin.digest is None or state.digest == origin.digest:
        return origin
    new = _record_model(session, model, state, label=label, attrs=describe_model(model))
    session.step(
        "transform",
        "changed after training",
        used=[Link(artifact=origin.artifact or "", role="base")],
        generated=[Link(artifact=new.artifact or "")],
    )
    return new


def _telling_class(model: object) -> str:
    """Return the class by which people know a model: of a pipeline its last step, of a search
    the estimator it searched for.
    """
    for _ in range(4):
        steps = getattr(model, "steps", None)
        inner = steps[-1][1] if isinstance(steps, list) and steps else None
        inner = inner or getattr(model, "best_estimator_", None)
        if inner is None or isinstance(inner, str):
            break
        model = inner
    return type(model).__name__


def is_model(thing: object) -> bool:
    """Tell whether an object is something that was trained."""
    if isinstance(thing, type):
        return False
    if is_network(thing) or is_booster(thing) or is_regression(thing):
        return True
    return hasattr(thing, "get_params") and hasattr(thing, "fit")


def is_trained(session: Session, thing: object) -> bool:
    """Tell whether an object is a model that was seen, or has learned something elsewhere."""
    if not is_model(thing):
        return False
    if session.tracker.get(thing) is not None or not hasattr(thing, "__sklearn_tags__"):
        return True
    return any(name.endswith("_") and not name.startswith("__") for name in vars(thing))


def bind_loaded(session: Session, thing: object, file: Origin, *, alone: bool) -> None:
    """Bind an object that came out of a file to the file's artifact.

    What is not `alone` in the file is only a part of it.
    """
    found = tables.fingerprint(thing) if tables.is_tabular(thing) else None
    if found is not None:
        origin = Origin(artifact=file.artifact, digest=found.digest, label=file.label)
        origin.columns = own_columns(origin, names_of(thing), column_names(found))
        session.tracker.bind(thing, origin)
        session.columns.remember(found.columns, origin)
    elif is_model(thing):
        digest = models.state_digest(thing).digest
        origin = Origin(artifact=file.artifact, digest=digest, label=file.label)
        session.tracker.bind(thing, origin)
        if file.artifact is not None:
            session.models.estimators.setdefault(file.artifact, _telling_class(thing))
        if alone:
            session.tracker.models.setdefault(digest, origin)


def export_model(session: Session, model: Origin, path: Path, artifact: str) -> None:
    """Record that a model in memory was saved as the file artifact at `path`."""
    if model.artifact is None or model.artifact == artifact:
        return
    session.derived(model.artifact, artifact, "export")
    session.models.exports[artifact] = (model.artifact, path)


def describe_model(model: object) -> dict[str, Any]:
    """Return the class of a model and its library's version, as its artifact carries them."""
    cls = type(model)
    module = sys.modules.get(cls.__module__.partition(".")[0])
    described = {"estimator": f"{public_module(cls)}.{cls.__qualname__}"}
    version = getattr(module, "__version__", None)
    if module is not None and isinstance(version, str):
        described |= {"library": _LIBRARIES.get(module.__name__, module.__name__)}
        described |= {"version": str(version)}
    return described


def keep_values(session: Session, values: object) -> str | None:
    """Keep predictions as a plain `.npy` file, so that a later run can be compared with them."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    array = numpy.asarray(values)
    if array.dtype.hasobject:
        array = array.astype(str)
    if array.nbytes > min(_MOST_VALUES, session.config.capture.keep_data_below):
        return None
    buffer = io.BytesIO()
    numpy.save(buffer, array, allow_pickle=False)
    return session.keep(buffer.getvalue())


def _record(
    session: Session,
    thing: object,
    found: tables.Fingerprint,
    *,
    label: str | None,
    role: str | None,
    attrs: dict[str, Any] | None = None,
) -> Origin:
    id = session.artifact(
        "data",
        found.digest,
        id=new_id(),
        label=label,
        format=found.form,
        rows=found.rows,
        columns=list(found.columns[:_MOST_SCHEMA]),
        table=found.digest,
        attrs={"shape": list(found.shape), **(attrs or {})},
    )
    for gap in found.gaps:
        session.gap(gap, id)
    origin = Origin(artifact=id, digest=found.digest, label=label, role=role)
    origin.columns = own_columns(origin, names_of(thing)[:_MOST_SCHEMA], column_names(found))
    session.columns.remember(found.columns, origin)
    return origin


def artifact_of(thing: object) -> str | None:
    """Return the artifact of data or a model in memory, recording data as it is now."""
    session = active()
    if session is None:
        return None
    with session.own_work():
        origin = data_of(session, thing) or session.tracker.get(thing)
    return origin.artifact if origin is not None else None


find_objects(artifact_of)
