"""`forebear validate`: from refs to a recorded validation."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, structs

from forebear.analysis import conditions, fairness, metrics
from forebear.analysis.comparison import baseline
from forebear.analysis.outcome import Outcome
from forebear.analysis.validation import Asked, Function, assess, compared, judged, verdict
from forebear.analysis.verdict import counted
from forebear.capture.validate.frames import bytes_of, frame_of, place_of, require_pandas
from forebear.capture.validate.outcomes import Truth, outcome_of, task_of
from forebear.capture.validate.places import recorded
from forebear.capture.validate.predictor import Predictor, Source, open_model
from forebear.client.client import LocalClient
from forebear.core.clock import now
from forebear.core.errors import InvalidInput
from forebear.core.validation import ComparisonSummary, Task, Threshold, Validation
from forebear.ops.table import Target
from forebear.ops.trained_rows import TrainedRowsRequest
from forebear.ops.validation import (
    FixRequest,
    PartsRequest,
    PartsResponse,
    Piece,
    ValidatedRequest,
)

__all__ = ["How", "Validated", "validate"]

_BASELINES = {"majority": "the commonest class", "mean": "the mean of the answers"}
_UNSAID = frozenset({"thresholds", "timeout"})
"""What is no setting of the step: thresholds stand in the verdict."""


class How(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a model is to be validated."""

    target: str | None = None
    """The column that is to be predicted."""
    features: list[str] = []
    task: Task | None = None
    positive: str | None = None
    query: str | None = None
    """The column that tells which query a row belongs to, for rankings."""
    by: list[str] = []
    slices: list[str] = []
    find_slices: bool = False
    thresholds: list[Threshold] = []
    main: str | None = None
    baseline: str | None = None
    """`majority`, `mean`, or another model."""
    against: str | None = None
    """The model that is the champion."""
    margin: float | None = None
    """Differences from another model below this count for nothing."""
    callable: str | None = None
    command: str | None = None
    endpoint: str | None = None
    predictions: str | None = None
    timeout: float = 60.0


class Validated(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of a validation."""

    model: str
    title: str
    verdict: str
    validation: Validation
    unknown: list[str] = []
    """Thresholds that could not be judged, each with its reason."""
    kind: str
    run: str
    packet: str

    @property
    def exit_code(self) -> int:
        """0 where all is well, 1 where a threshold fails, 2 where one could not be judged."""
        if self.validation.passed is False:
            return 1
        return 2 if self.unknown else 0


def validate(
    client: LocalClient,
    model: str,
    data: str,
    how: How,
    *,
    functions: Mapping[str, Function] | None = None,
    command: Sequence[str] = (),
    say: Callable[[str], None] = lambda _: None,
) -> Validated:
    """Ask a model about test data, compute its figures, judge them, and record all of it.

    Thresholds are recorded before the model is asked. `say` is told each stage in a few words.

    Raises:
        UnknownRef: model or data are not recorded, and no file is there.
        InvalidInput: something that was asked does not fit the model or the data.
        ModelFailed: the model cannot be asked, or its answer is none.
    """
    require_pandas()
    say("Reading the record")
    refs = _others(how)
    for one in (model, *refs):
        recorded(client, one, "model")
    recorded(client, data, "data")
    parts = client.call(
        PartsRequest(
            model=Target(ref=model),
            data=Target(ref=data),
            others=[Target(ref=one) for one in refs],
        )
    )
    work = _Work(client, parts, how, functions or {})
    work.fix()
    say(f"Asking {parts.model.title}")
    work.ask()
    say("Computing figures")
    return work.judge(command)


class _Work:
    """One validation from fixed thresholds to the record."""

    def __init__(
        self,
        client: LocalClient,
        parts: PartsResponse,
        how: How,
        functions: Mapping[str, Function],
    ) -> None:
        self.client, self.parts, self.how, self.functions = client, parts, how, functions
        self.started = now()
        self.notes: list[str] = []
        self.frame = self._rows()
        self.by = list(dict.fromkeys([*how.by, *_groups_in(how.thresholds)]))

    def fix(self) -> None:
        """Record what will be asked, before anything is predicted."""
        model, data = self.parts.model, self.parts.data
        for one in (*self.how.slices, *_conditions_in(self.how.thresholds)):
            conditions.parse(one).mask(self.frame)
        for name in self.by:
            conditions.column_of(self.frame, name)
        self.fixed = self.client.call(
            FixRequest(
                model=model.id,
                data=data.id,
                thresholds=self.how.thresholds,
                by=self.by,
                slices=self.how.slices,
            )
        )
        if self.fixed.changed and self.how.thresholds:
            self.notes.append(
                f"these thresholds were set after {model.title} had been validated on"
                f" {data.title} with others or none"
            )

    def ask(self) -> None:
        """Open the model and have it predict."""
        parts = self.parts
        self.predictor = open_model(_source(self.client, parts.model, self.how))
        self.notes += self.predictor.notes
        how = structs.replace(self.how, target=self.column)
        title = parts.data.title
        self.outcome, notes = _outcome(self.predictor, self.frame, parts.model, how, title)
        self.notes += notes

    def judge(self, command: Sequence[str]) -> Validated:
        """Compute the figures, judge them, and record what came of it."""
        data, how = self.parts.data, self.how
        asked = Asked(
            main=how.main or metrics.MAIN[self.outcome.task],
            thresholds=how.thresholds,
            slices=how.slices,
            by=self.by,
            find=self._searched() if how.find_slices else [],
            margin=how.margin,
            functions=self.functions,
        )
        with warnings.catch_warnings(action="ignore"):  # of sums over nothing
            found = assess(self.outcome, self.frame, asked, data=data.id, title=data.title)
            found, unknown = judged(found, self.outcome, self.frame, asked)
            found = structs.replace(found, comparisons=self._compared(asked))
        trained_on = self._trained_on(found.rows)
        found = structs.replace(
            found,
            thresholds_digest=self.fixed.digest,
            thresholds_changed=self.fixed.changed,
            trained_on=trained_on,
            notes=self.notes,
        )
        return self._recorded(found, unknown, command)

    def _searched(self) -> list[str]:
        """Return the columns among which slices are looked for: all but the answer and keys."""
        return [
            str(name)
            for name in self.frame.columns
            if name not in (self.column, self.how.query)
            and not (_is_key(self.frame[name]) and name not in (self.predictor.features or []))
        ]

    def _compared(self, asked: Asked) -> list[ComparisonSummary]:
        """Return how the model stands to a baseline and to other models on the same rows."""
        found: list[ComparisonSummary] = []
        word = self.how.baseline
        if word in _BASELINES:
            try:
                other = baseline(self.outcome, word)
            except ValueError as error:
                raise InvalidInput(f"{str(error).capitalize()}.") from None
            title = _BASELINES[word]
            found += compared(self.outcome, other, asked, to=word, title=title, role="baseline")
        for piece in self.parts.others:
            plain = How(task=self.outcome.task, target=self.column, query=self.how.query)
            plain = structs.replace(plain, positive=self.how.positive, timeout=self.how.timeout)
            predictor = open_model(_source(self.client, piece, plain))
            other, notes = _outcome(predictor, self.frame, piece, plain, self.parts.data.title)
            self.notes += [*predictor.notes, *notes]
            role = "champion" if piece is self.parts.others[-1] and self.how.against else "baseline"
            found += compared(self.outcome, other, asked, to=piece.id, title=piece.title, role=role)
        return found

    def _rows(self) -> Any:
        """Return the rows whose answer is known."""
        data = self.parts.data
        frame = frame_of(*bytes_of(self.client, data))
        column = self.column = _target(frame, self.parts, self.how)
        if not len(frame):
            raise InvalidInput(f"{data.title} has no rows.")
        known = frame[column].notna().to_numpy()
        if not known.any():
            raise InvalidInput(f"{data.title} has no value in column '{column}'.")
        if not known.all():
            left = counted(int((~known).sum()), "row")
            self.notes.append(f"{left} without a value of {column} left out")
        return frame[known].reset_index(drop=True)

    def _trained_on(self, rows: int) -> int | None:
        model, data = self.parts.model, self.parts.data
        told = self.client.call(TrainedRowsRequest(model=Target(ref=model.id), data=data.id))
        if told.count:
            part = "all" if told.count == rows else f"{told.count:,} of these"
            self.notes.insert(
                0, f"{model.title} was trained on {part} {rows:,} rows: its figures are too good"
            )
        elif told.count is None:
            self.notes.append(f"whether it was trained on these rows is not known: {told.why}")
        return told.count

    def _recorded(self, found: Validation, unknown: list[str], command: Sequence[str]) -> Validated:
        model = self.parts.model
        settings = msgspec.to_builtins(self.how)
        done = self.client.call(
            ValidatedRequest(
                model=model.id,
                model_title=model.title,
                validation=found,
                started=self.started,
                params={name: settings[name] for name in settings if name not in _UNSAID},
                others=[one.id for one in self.parts.others],
                command=list(command),
                cwd=str(Path.cwd()),
            )
        )
        return Validated(
            model=model.id,
            title=model.title,
            verdict=verdict(model.title, done.validation, unknown),
            validation=done.validation,
            unknown=unknown,
            kind=self.predictor.kind,
            run=done.run,
            packet=done.packet,
        )


def _target(frame: Any, parts: PartsResponse, how: How) -> str:
    name = how.target or parts.model.target
    names = [str(one) for one in frame.columns]
    if name is None:
        raise InvalidInput(
            f"Which column of {parts.data.title} {parts.model.title} predicts was not recorded.",
            hint=f"Say it: `--target`. The columns are {', '.join(names[:12])}.",
        )
    if name not in names:
        raise InvalidInput(
            f"{parts.data.title} has no column '{name}' to compare predictions with.",
            hint=f"Say which it is: `--target`. The columns are {', '.join(names[:12])}.",
        )
    return name


def _source(client: LocalClient, piece: Piece, how: How) -> Source:
    path = place_of(piece)
    options = [how.callable, how.command, how.endpoint, how.predictions]
    content = None
    if path is None and not any(options):
        content, name = bytes_of(client, piece)
        path_name = Path(name)
    else:
        path_name = path or Path(piece.title)
    return Source(
        title=piece.title,
        path=path,
        content=content,
        format=(path_name.suffix.lstrip(".") or None),
        callable=how.callable,
        command=how.command,
        endpoint=how.endpoint,
        predictions=Path(how.predictions) if how.predictions else None,
        features=how.features or piece.features,
        timeout=how.timeout,
    )


def _outcome(
    predictor: Predictor, frame: Any, model: Piece, how: How, data: str
) -> tuple[Outcome, list[str]]:
    """Have a model predict the rows, and return what came out beside what is true."""
    import numpy as np

    title, column = model.title, how.target or ""
    rows = _features(predictor, frame, column, title, how)
    query = None
    if how.query is not None:
        if how.query not in frame.columns:
            raise InvalidInput(f"{data} has no column '{how.query}' of queries.")
        query = np.unique(frame[how.query].astype(str).to_numpy(), return_inverse=True)[1]
    answer = predictor.predict(rows)
    truth = Truth(values=frame[column].to_numpy(), column=column, query=query)
    task, why = (how.task, "") if how.task else task_of(predictor, answer, truth)
    if task == "ranking" and query is None:
        raise InvalidInput(
            "A ranking needs to know which rows belong to one query.", hint="Say it: `--query`."
        )
    outcome, notes = outcome_of(answer, truth, task, title, positive=how.positive)
    said = [f"judged as {task}, since {why}"] if why and predictor.task is None else []
    return outcome, [*notes, *said]


def _features(predictor: Predictor, frame: Any, column: str, title: str, how: How) -> Any:
    wanted = how.features or predictor.features
    others = [one for one in frame.columns if one != column]
    if wanted is None:
        return frame[others]
    names = {str(one): one for one in others}
    missing = [one for one in wanted if one not in names]
    if not missing:
        return frame[[names[one] for one in wanted]]
    if not how.features and len(wanted) == len(others) and all(one.isdigit() for one in wanted):
        return frame[others]
    raise InvalidInput(
        f"The data lack {counted(len(missing), 'column')} that {title} was trained on:"
        f" {', '.join(missing[:6])}{' …' if len(missing) > 6 else ''}.",
        hint="Validate on data prepared in the same way, or save the preparation with the model.",
    )


def _others(how: How) -> list[str]:
    """Return the refs of models to compare with, the champion last."""
    named = how.baseline if how.baseline not in _BASELINES else None
    return [one for one in (named, how.against) if one]


def _is_key(values: Any) -> bool:
    """Tell whether a column looks like the number or name of a row."""
    whole = values.dtype.kind in "iu" or values.dtype.kind not in "fb"
    return whole and values.nunique() > max(50, 0.9 * len(values))


def _conditions_in(thresholds: Sequence[Threshold]) -> list[str]:
    """Return the conditions in the brackets of thresholds."""
    return [one.slice for one in thresholds if one.slice and one.metric not in fairness.MEASURES]


def _groups_in(thresholds: Sequence[Threshold]) -> list[str]:
    """Return the columns whose groups thresholds compare."""
    told = [one.slice for one in thresholds if one.slice and one.metric in fairness.MEASURES]
    return [name for text in told for name in map(str.strip, text.split("×"))]
