"""`fb.validate`: the same in a program or a notebook, with models and data in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import structs

from forebear.capture import api, objects
from forebear.capture.session import Session
from forebear.capture.validate import validation
from forebear.capture.validate.frames import require_pandas
from forebear.capture.validate.probes import chosen
from forebear.capture.validate.settings import How
from forebear.client.answers import Shown
from forebear.client.client import connect
from forebear.client.lines import Line
from forebear.client.validation_text import validation_lines
from forebear.core.digest import of_bytes
from forebear.core.errors import InvalidInput
from forebear.core.validation import Task, Threshold, parse_threshold
from forebear.ops.table import Target
from forebear.ops.validation import PartsRequest

__all__ = ["ShownValidation", "validate"]

_ANSWER, _WEIGHT = "y", "weight"


class ShownValidation(Shown, validation.Validated, frozen=True, kw_only=True, omit_defaults=True):
    """What came of a validation."""

    def lines(self) -> list[Line]:
        """Return the verdict, thresholds, figures, slices and groups."""
        return validation_lines(self.verdict, self.validation, self.unknown, self.title)


def validate(
    model: object,
    X: object,  # noqa: N803  as everywhere
    y: object = None,
    *,
    thresholds: Sequence[str | Threshold] = (),
    by: Sequence[str] = (),
    slices: Sequence[str] = (),
    find_slices: bool = False,
    baseline: str | None = None,
    against: str | None = None,
    margin: float | None = None,
    probes: Sequence[str] = (),
    metrics: Mapping[str, Callable[[Any, Any], float]] | None = None,
    main: str | None = None,
    task: Task | None = None,
    positive: str | None = None,
    query: str | None = None,
    weight: object = None,
    features: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
    trust: bool = False,
    store: str | None = None,
) -> ShownValidation:
    """Validate a model and record what came of it; the answer prints as `forebear validate` does.

    Unlike `log_*` this raises what is wrong, since its answer is what the program wants.

    Args:
        model: a fitted object, a function of a frame, or a ref or path as for the command.
        X: the test data: a frame or an array, or a ref or path where the model is one too.
        y: the answers, or the name of the column of X that holds them (None: as recorded).
        thresholds: what figures must reach: `"recall>=0.8"`, `"recall[age<30]>=0.7"`.
        by: columns of X whose values are groups.
        slices: conditions on rows of X to be looked at apart.
        find_slices: look for rows on which the model is worse than elsewhere.
        baseline: `majority`, `mean`, or a ref of another model.
        against: a ref of the model in use.
        margin: differences from it below this count for nothing.
        probes: names of disturbances, or `["all"]`.
        metrics: figures of your own by name: functions of true and predicted.
        main: the figure by which slices and comparisons are judged.
        task: classification, regression or ranking, where it cannot be told.
        positive: the positive one of two classes.
        query: the column of X that tells which query a row belongs to, for rankings.
        weight: how much each row counts: the column of X that tells it, or one value a row.
        features: the columns of X to predict from (default: what the model wants).
        headers: what a service is told beside the rows; never recorded.
        timeout: seconds that the model may take to answer.
        trust: load a recorded model though loading it runs code of its maker.
        store: another store than that of the current run, for refs and paths.

    Raises:
        InvalidInput: something that was asked does not fit the model or the data.
        ModelFailed: the model cannot be asked, or its answer is none.
    """
    require_pandas()
    how = How(
        target=y if isinstance(y, str) else None,
        task=task,
        positive=positive,
        query=query,
        weight=weight if isinstance(weight, str) else None,
        features=list(features),
        by=list(by),
        slices=list(slices),
        find_slices=find_slices,
        thresholds=[parse_threshold(t) if isinstance(t, str) else t for t in thresholds],
        main=main,
        baseline=baseline,
        against=against,
        margin=margin,
        probes=chosen(",".join(probes)),
        headers=dict(headers or {}),
        timeout=timeout,
        trust=trust,
    )
    if isinstance(model, str | os.PathLike) and isinstance(X, str | os.PathLike):
        with connect(store) as client:
            names = os.fspath(model), os.fspath(X)
            found = validation.validate(client, *names, how, functions=metrics)
    elif isinstance(model, str | os.PathLike) or isinstance(X, str | os.PathLike):
        raise InvalidInput(
            "Either model and data are both in memory, or both are refs.",
            hint="`fb.load_model(ref)` brings a recorded model into memory.",
        )
    else:
        session = api.ensure_session()
        with session.own_work(), session.inside():
            found = _in_memory(session, model, (X, y, weight), how, metrics or {})
    return ShownValidation(**structs.asdict(found))


def _in_memory(
    session: Session,
    model: object,
    given: tuple[object, object, object],
    how: How,
    functions: Mapping[str, Callable[[Any, Any], float]],
) -> validation.Validated:
    data, y, weight = given
    known = objects.data_of(session, data)
    if known is None or known.artifact is None:
        raise InvalidInput(f"A {type(data).__name__} is no table and no array.")
    asked = objects.model_of(session, model)
    if asked.artifact is None:
        raise InvalidInput(f"A {type(model).__name__} has no content that can be recorded.")
    frame, target = _frame(data, y)
    how = structs.replace(how, target=target or how.target)
    if weight is not None and not isinstance(weight, str):
        frame, name = _beside(frame, weight, _WEIGHT, "weights")
        how = structs.replace(how, weight=name)
    with connect(str(session.folder)) as client:
        parts = client.call(
            PartsRequest(
                model=Target(ref=asked.artifact),
                data=Target(ref=known.artifact),
                others=[Target(ref=one) for one in how.others],
            )
        )
        work = validation.Work(
            client, parts, how, functions, frame=frame, model=model, parent=session.here
        )
        if how.weight is not None and not isinstance(weight, str):
            digest = of_bytes(frame[how.weight].to_numpy(dtype=float).tobytes())
            work.notes.append(f"the weights came apart from the data, as {digest}")
        work.fix()
        work.ask()
        return work.judge(())


def _frame(data: Any, y: Any) -> tuple[Any, str | None]:
    """Return the rows as a frame of pandas with the answers in it, and what their column is."""
    pandas = require_pandas()
    if hasattr(data, "to_pandas"):
        frame = data.to_pandas()
    elif isinstance(data, pandas.DataFrame):
        frame = data
    else:
        frame = pandas.DataFrame(data)
        frame.columns = [str(name) for name in frame.columns]
    frame = frame.reset_index(drop=True)
    if y is None or isinstance(y, str):
        return frame, None
    return _beside(frame, y, _ANSWER, "answers")


def _beside(frame: Any, given: Any, usual: str, what: str) -> tuple[Any, str]:
    """Return the rows with one more column, and its name."""
    import numpy as np

    values = np.asarray(given.to_numpy() if hasattr(given, "to_numpy") else given)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise InvalidInput(f"The {what} are one value a row, and not {values.ndim}-dimensional.")
    if len(values) != len(frame):
        raise InvalidInput(f"There are {len(frame):,} rows and {len(values):,} {what}.")
    name = str(getattr(given, "name", None) or usual)
    while name in frame.columns:
        name += "_"
    return frame.assign(**{name: values}), name
