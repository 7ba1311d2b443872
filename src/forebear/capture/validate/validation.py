"""`forebear validate`: from refs to a recorded validation."""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from forebear.analysis import conditions, fairness, metrics
from forebear.analysis.charts import charts
from forebear.analysis.classification import calibration, confusion
from forebear.analysis.comparison import baseline
from forebear.analysis.metrics import takes_weights
from forebear.analysis.outcome import Outcome
from forebear.analysis.validation import Asked, Function, assess, compared, judged, verdict
from forebear.analysis.verdict import counted
from forebear.capture.validate.asking import (
    asked,
    features_of,
    source_of,
    target_of,
    truth_of,
    weights_in,
)
from forebear.capture.validate.frames import require_pandas, table_of
from forebear.capture.validate.importing import module_file
from forebear.capture.validate.outcomes import outcome_of
from forebear.capture.validate.places import recorded
from forebear.capture.validate.predictor import open_model
from forebear.capture.validate.probes import probed
from forebear.capture.validate.settings import BASELINES, How
from forebear.client.asking import Asking
from forebear.core.clock import now
from forebear.core.errors import InvalidInput, ModelFailed
from forebear.core.validation import ComparisonSummary, ProbeSummary, Threshold, Validation
from forebear.ops.table import Target
from forebear.ops.trained_rows import PartRowsRequest, TrainedRowsRequest
from forebear.ops.validation import (
    FixRequest,
    PartsRequest,
    PartsResponse,
    ValidatedRequest,
    ValidationMade,
)

__all__ = ["How", "Validated", "Work", "validate"]

_UNSAID = frozenset({"thresholds", "timeout", "trust", "command", "endpoint"})
"""What is no setting of the step: thresholds stand in the verdict."""


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
    client: Asking,
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
    named = how.callable or how.command or how.endpoint or how.predictions
    if named is None and not Path(model).exists() and module_file(model) is not None:
        how = structs.replace(how, callable=model)
    parts = client.call(
        PartsRequest(
            model=Target(ref=recorded(client, model, "model")),
            data=Target(ref=recorded(client, data, "data")),
            others=[Target(ref=recorded(client, one, "model")) for one in how.others],
        )
    )
    work = Work(client, parts, how, functions or {})
    work.fix()
    # What a model prints must not come between the lines, or the JSON, of the answer.
    with contextlib.redirect_stdout(sys.stderr):
        say(f"Asking {parts.model.title}")
        work.ask()
        say("Computing figures")
        return work.judge(command)


class Work:
    """One validation from fixed thresholds to the record."""

    def __init__(
        self,
        client: Asking,
        parts: PartsResponse,
        how: How,
        functions: Mapping[str, Function],
        *,
        frame: Any = None,
        model: Any = None,
        parent: str | None = None,
    ) -> None:
        """`frame` and `model` are given where they are in memory, `parent` where a run goes on."""
        self.model, self.parent = model, parent
        self.client, self.parts, self.how, self.functions = client, parts, how, functions
        self.started = now()
        self.notes: list[str] = []
        whole = frame if frame is not None else table_of(client, parts.data)
        # Parquet keeps the numbers that rows had in another table.
        self.whole = whole.reset_index(drop=True)
        """All rows: what the model is asked about."""
        self.overlap: int | None = None
        """How many of them it was trained on, where a part tells it."""
        if how.part is not None:
            self.whole = self._part(how.part)
        self.known: Any = None
        """The numbers of those whose answer is known, where that is not all."""
        self.frame = self._rows()

    def fix(self) -> None:
        """Record what will be asked, before anything is predicted."""
        model, data = self.parts.model, self.parts.data
        for threshold in self.how.thresholds:
            self._check_measure(threshold)
        for one in self.how.conditions:
            conditions.parse(one).mask(self.frame)
        for name in self.how.groups:
            conditions.column_of(self.frame, name)
        self.fixed = self.client.call(
            FixRequest(
                model=model.id,
                data=data.id,
                part=self.how.part,
                thresholds=self.how.thresholds,
                by=self.how.groups,
                slices=self.how.slices,
                weight=self.how.weight,
            )
        )
        if self.fixed.changed and self.how.thresholds:
            self.notes.append(
                f"these thresholds were set after {model.title} had been validated on"
                f" {data.title} with others or none"
            )

    def _check_measure(self, one: Threshold) -> None:
        """Refuse a column in brackets after what compares no groups."""
        if one.slice in self.frame.columns and one.metric not in fairness.MEASURES:
            raise InvalidInput(
                f"'{one.metric}' does not compare the groups of {one.slice}.",
                hint=f"These do: {', '.join(fairness.MEASURES)}.",
            )

    def ask(self) -> None:
        """Open the model and have it predict."""
        parts = self.parts
        self.predictor = open_model(source_of(self.client, parts.model, self.how, self.model))
        self.notes += self.predictor.notes
        how = structs.replace(self.how, target=self.column)
        self.truth = truth_of(self.frame, how, parts.data.title, self.known)
        self.outcome, notes = asked(self.predictor, self.whole, parts.model, how, self.truth)
        self.notes += notes

    def judge(self, command: Sequence[str]) -> Validated:
        """Compute the figures, judge them, and record what came of it."""
        data, how = self.parts.data, self.how
        wanted = Asked(
            main=how.main or metrics.MAIN[self.outcome.task],
            thresholds=how.thresholds,
            slices=how.slices,
            by=self.how.groups,
            find=self._searched() if how.find_slices else [],
            margin=how.margin,
            functions=self.functions,
            weight=how.weight,
        )
        with warnings.catch_warnings(action="ignore"):  # of sums over nothing
            title = f"{data.title} ({how.part} rows)" if how.part else data.title
            found = assess(self.outcome, self.frame, wanted, data=data.id, title=title)
            found, unknown = judged(found, self.outcome, self.frame, wanted)
            found = structs.replace(
                found, comparisons=self._compared(wanted), probes=self._probed(wanted.main)
            )
            by = f" by {how.weight}" if how.weight else ""
            drawn = charts(self.outcome, f"{self.parts.model.title} on {title}{by}")
        found = self._with_training(found)
        found = structs.replace(
            found,
            thresholds_digest=self.fixed.digest,
            thresholds_changed=self.fixed.changed,
            part=how.part,
            notes=self.notes,
        )
        made = [
            ValidationMade(name=name, content=svg.encode(), format="svg")
            for name, svg in drawn.items()
        ]
        return self._recorded(found, unknown, made, command)

    def _searched(self) -> list[str]:
        """Return the columns among which slices are looked for: all but the answer and keys."""
        return [
            str(name)
            for name in self.frame.columns
            if name not in (self.column, self.how.query, self.how.weight)
            and not (_is_key(self.frame[name]) and name not in (self.predictor.features or []))
        ]

    def _probed(self, main: str) -> list[ProbeSummary]:
        """Return what became of the main figure when the rows were disturbed."""
        if not self.how.probes:
            return []
        if not self.predictor.repeatable:
            self.notes.append("recorded predictions cannot be probed: the model is not asked")
            return []
        title, how = self.parts.model.title, self.how
        rows = features_of(self.predictor, self.frame, self.column, title, how)

        def again(disturbed: Any) -> Outcome:
            import numpy as np

            places = np.empty(len(rows), dtype=np.int64)
            places[disturbed.index] = np.arange(len(disturbed))
            answer = self.predictor.predict(disturbed.reset_index(drop=True))
            if len(answer.predicted) != len(disturbed):
                raise ModelFailed(f"{title} gave {len(answer.predicted)} predictions.")
            return outcome_of(
                answer.take(places), self.truth, self.outcome.task, title, positive=how.positive
            )[0]

        return probed(how.probes, rows, self.outcome, again, main)

    def _compared(self, wanted: Asked) -> list[ComparisonSummary]:
        """Return how the model stands to a baseline and to other models on the same rows."""
        found: list[ComparisonSummary] = []
        word = self.how.baseline
        if word in BASELINES:
            try:
                other = baseline(self.outcome, word)
            except ValueError as error:
                raise InvalidInput(f"{str(error).capitalize()}.") from None
            title = BASELINES[word]
            found += compared(self.outcome, other, wanted, to=word, title=title, role="baseline")
        for piece in self.parts.others:
            plain = How(
                task=self.outcome.task,
                target=self.column,
                query=self.how.query,
                weight=self.how.weight,
                positive=self.how.positive,
                timeout=self.how.timeout,
            )
            predictor = open_model(source_of(self.client, piece, plain))
            other, notes = asked(predictor, self.whole, piece, plain, self.truth)
            self.notes += [*predictor.notes, *notes]
            last = piece is self.parts.others[-1] and self.how.against is not None
            role = "champion" if last else "baseline"
            found += compared(
                self.outcome, other, wanted, to=piece.id, title=piece.title, role=role
            )
        return found

    def _part(self, part: str) -> Any:
        """Return the rows of the data that the model's own run used as a part.

        Raises:
            InvalidInput: it is not recorded which they are.
        """
        model, data = self.parts.model, self.parts.data
        request = PartRowsRequest(model=Target(ref=model.id), data=Target(ref=data.id), part=part)
        found = self.client.call(request)
        rows = [row for row in found.rows if row < len(self.whole)]
        self.overlap = found.trained
        return self.whole.iloc[rows].reset_index(drop=True)

    def _rows(self) -> Any:
        """Return the rows whose answer is known."""
        data, whole = self.parts.data, self.whole
        column = self.column = target_of(whole, self.parts, self.how)
        if not len(whole):
            raise InvalidInput(f"{data.title} has no rows.")
        known = whole[column].notna().to_numpy()
        if not known.any():
            raise InvalidInput(f"{data.title} has no value in column '{column}'.")
        counts = known & self._weighty(whole[known], known)
        if counts.all():
            return whole
        self.known = counts.nonzero()[0]
        if not known.all():
            left = counted(int((~known).sum()), "row")
            self.notes.append(f"{left} without a value of {column} left out")
        return whole[counts].reset_index(drop=True)

    def _weighty(self, rows: Any, known: Any) -> Any:
        """Return which rows count at all; `rows` are those whose answer is known."""
        how, title = self.how, self.parts.data.title
        weight = weights_in(rows, how, title, self.column)
        if weight is None:
            return known
        for name, function in self.functions.items():
            if not takes_weights(function):
                self.notes.append(f"{name} takes no sample_weight, so rows count alike in it")
        light = int((weight == 0).sum())
        if light:
            self.notes.append(f"{counted(light, 'row')} with a weight of 0 left out")
        counts = known.copy()
        counts[known] = weight > 0
        return counts

    def _with_training(self, found: Validation) -> Validation:
        """Return it with how many of its rows the model was trained on."""
        if self.overlap is not None:
            return structs.replace(found, trained_on=self.overlap, trained_how="the same rows")
        model, data = self.parts.model, self.parts.data
        told = self.client.call(TrainedRowsRequest(model=Target(ref=model.id), data=data.id))
        if told.count is None:
            self.notes.append(f"whether it was trained on these rows is not known: {told.why}")
        elif told.count and told.how == "the same rows":
            self.notes.insert(0, f"it was trained on rows of {told.source}: figures are too good")
        elif told.count:
            self.notes.insert(0, f"records of {told.source} are equal: figures may be too good")
        return structs.replace(found, trained_on=told.count, trained_how=told.how)

    def _report(self, unknown: list[str]) -> dict[str, Any]:
        """Return what the packet says beside the statement."""
        report: dict[str, Any] = {"settings": self.how.recorded(), "unknown": unknown}
        report["kind"] = self.predictor.kind
        if self.outcome.task == "classification":
            report["classes"] = self.outcome.classes
            report["confusion"] = confusion(self.outcome).tolist()
        if self.outcome.probabilities:
            report["calibration"] = calibration(self.outcome)
        return report

    def _recorded(
        self,
        found: Validation,
        unknown: list[str],
        made: list[ValidationMade],
        command: Sequence[str],
    ) -> Validated:
        model = self.parts.model
        settings = self.how.recorded()
        done = self.client.call(
            ValidatedRequest(
                model=model.id,
                model_title=model.title,
                validation=found,
                started=self.started,
                params={name: settings[name] for name in settings if name not in _UNSAID},
                others=[one.id for one in self.parts.others],
                made=made,
                report=self._report(unknown),
                parent=self.parent,
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


def _is_key(values: Any) -> bool:
    """Tell whether a column looks like the number or name of a row."""
    whole = values.dtype.kind in "iu" or values.dtype.kind not in "fb"
    return whole and values.nunique() > max(50, 0.9 * len(values))
