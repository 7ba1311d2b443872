"""What a validation says of a model: figures with intervals, slices, groups, thresholds.

Thresholds are written as people write them, for the whole or for a slice:

>>> str(parse_threshold("recall>=0.8"))
'recall >= 0.8'
>>> str(parse_threshold("recall[age<30] > 0.7"))
'recall[age<30] > 0.7'
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from typing import Final, Literal

import msgspec
from msgspec import Struct

from forebear.core.digest import of_bytes
from forebear.core.errors import InvalidInput
from forebear.core.statements import Topic

__all__ = [
    "THRESHOLDS",
    "VALIDATION",
    "ComparisonSummary",
    "Estimate",
    "FairnessSummary",
    "GroupSummary",
    "ProbeSummary",
    "SliceSummary",
    "Task",
    "Threshold",
    "ThresholdSet",
    "Validation",
    "digest_of",
    "key_of",
    "parse_threshold",
]

Task = Literal["classification", "regression", "ranking"]
Comparator = Literal[">=", ">", "<=", "<"]
ComparisonVerdict = Literal["better", "worse", "equivalent", "not distinguishable"]

_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
_WRITTEN: Final = re.compile(
    r"\s*([A-Za-z_][\w@%.]*)\s*(?:\[([^\]]+)\])?\s*(>=|<=|>|<)"
    r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(%?)\s*"
)


class Estimate(Struct, frozen=True, omit_defaults=True):
    """A figure with its 95 % interval and the number of rows behind it."""

    value: float | None
    """None where it is not defined, with the reason in `why`."""
    low: float | None = None
    high: float | None = None
    n: int = 0
    how: str | None = None
    """How the interval was found: wilson, exact, delong, bootstrap, …"""
    why: str | None = None


class Threshold(Struct, frozen=True, omit_defaults=True):
    """What a figure must reach, with how it came out once that is known."""

    metric: str
    op: Comparator
    value: float
    slice: str | None = None
    """A condition on rows (`age<30`); None for all rows."""
    sure: bool = False
    """The whole interval must reach it, not only the figure."""
    passed: bool | None = None
    """None before the run, and where the figure is not there."""
    measured: Estimate | None = None

    def __str__(self) -> str:
        where = f"[{self.slice}]" if self.slice else ""
        surely = " with its interval" if self.sure else ""
        return f"{self.metric}{where} {self.op} {self.value:g}{surely}"

    def judged(self, estimate: Estimate | None) -> Threshold:
        """Return the threshold with how the figure came out."""
        figure = None if estimate is None else estimate.value
        if estimate is not None and self.sure and figure is not None:
            figure = estimate.low if self.op in {">=", ">"} else estimate.high
        passed = None if figure is None else _COMPARE[self.op](figure, self.value)
        return msgspec.structs.replace(self, passed=passed, measured=estimate)


class ThresholdSet(Struct, frozen=True, omit_defaults=True):
    """Thresholds as they were fixed before anything was predicted."""

    digest: str
    thresholds: list[Threshold] = []
    by: list[str] = []
    slices: list[str] = []
    weight: str | None = None
    """The column by which rows count."""
    changed: bool = False
    """When the model was first validated on this data, it was with others or none."""


class SliceSummary(Struct, frozen=True, omit_defaults=True):
    """The main figure on the rows that meet a condition, beside that on the other rows."""

    where: str
    n: int
    metric: str
    inside: Estimate
    outside: Estimate | None = None
    p: float | None = None
    """After control of the false-discovery rate."""
    verdict: Literal["worse", "better", "no difference seen", "too small"] = "no difference seen"
    found: bool = False
    """It was found by the search, not asked for."""


class GroupSummary(Struct, frozen=True, omit_defaults=True):
    """One group: how many rows it has, and its figures."""

    by: str
    """The column, or several joined by ` × `."""
    value: str
    n: int
    metrics: dict[str, Estimate] = {}
    small: bool = False
    """It has too few rows to be judged."""


class FairnessSummary(Struct, frozen=True, omit_defaults=True):
    """How far the groups of a column lie apart by one measure of fairness."""

    by: str
    metric: str
    estimate: Estimate
    between: list[str] = []
    """The groups with the lowest and the highest figure."""
    left_out: list[str] = []
    """Groups that are too small to be judged."""


class ComparisonSummary(Struct, frozen=True, omit_defaults=True):
    """How a model stands to another on the same rows, by a paired test."""

    to: str
    """The id of the other model, or the name of a baseline."""
    title: str
    role: Literal["baseline", "champion", "challenger"]
    metric: str
    other: Estimate
    difference: Estimate
    """This model's figure less the other's."""
    test: str
    p: float | None
    verdict: ComparisonVerdict
    detectable: float | None = None
    """The smallest difference that could have been seen 8 times of 10."""
    margin: float | None = None


class ProbeSummary(Struct, frozen=True, omit_defaults=True):
    """What became of the main figure when the data were disturbed."""

    probe: str
    what: str
    metric: str
    after: Estimate
    fall: float | None
    """How much worse the figure became; negative where it improved."""
    changed: float | None = None
    """The share of predictions that changed."""
    why: str | None = None
    """Why it could not be done."""


class Validation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of validating a model on some data; the packet holds the whole report."""

    data: str
    """Id of the data."""
    data_title: str = ""
    part: str | None = None
    """Only the rows that the model's own run used as this: test, validation."""
    task: Task
    rows: int
    weight: str | None = None
    """The column by which rows count; None where all count alike."""
    rows_worth: float | None = None
    """How many rows that count alike the weighted ones are worth."""
    main: str
    """The metric by which slices, comparisons and probes are judged."""
    metrics: dict[str, Estimate]
    slices: list[SliceSummary] = []
    searched: int | None = None
    """So many slices were tested in the search for worse ones; None where nobody asked."""
    groups: list[GroupSummary] = []
    fairness: list[FairnessSummary] = []
    comparisons: list[ComparisonSummary] = []
    probes: list[ProbeSummary] = []
    thresholds: list[Threshold] = []
    thresholds_digest: str | None = None
    thresholds_changed: bool = False
    """They differ from those of the first validation on the same data: made up afterwards."""
    passed: bool | None = None
    """None where there were no thresholds."""
    trained_on: int | None = None
    """So many of the rows were in the training data; None where that is not known."""
    trained_how: str | None = None
    """Whether they are the same rows by lineage, or equal records."""
    notes: list[str] = []
    """What a reader must know beside the figures."""
    step: str = ""
    """The step in which it was done."""
    charts: dict[str, str] = {}
    """Digests of charts (SVG) by name."""


VALIDATION: Final = Topic("validation", Validation)
"""About a model's id, under `key_of` the data."""
THRESHOLDS: Final = Topic("thresholds", ThresholdSet)
"""About a model's id, under `key_of` the data; said before anything is predicted."""


def key_of(data: str, part: str | None = None) -> str:
    """Return under which key a validation on some data, or on a part of its rows, is said.

    >>> key_of("sha256:ab"), key_of("sha256:ab", "test")
    ('sha256:ab', 'sha256:ab#test')
    """
    return data if part is None else f"{data}#{part}"


def parse_threshold(text: str) -> Threshold:
    """Read `metric>=value` or `metric[condition]>=value`.

    Raises:
        InvalidInput: it is written in another way.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise InvalidInput(
            f"'{text}' is no threshold.",
            hint="Write it like recall>=0.8, or for some rows like 'recall[age<30]>=0.7'.",
        )
    value = float(found[4]) / (100 if found[5] else 1)
    slice = found[2].strip() if found[2] else None
    metric = found[1].replace("equalized", "equalised")  # as others spell this measure
    return Threshold(metric=metric, op=found[3], value=value, slice=slice)  # type: ignore[arg-type]


def digest_of(thresholds: Iterable[Threshold], weight: str | None = None) -> str:
    """Return the digest of a set of thresholds, whatever their order and whatever came of them.

    The column of weights counts as one of them: another makes other figures.

    >>> one, two = parse_threshold("recall>=0.8"), parse_threshold("mcc>0")
    >>> digest_of([one, two]) == digest_of([two, one])
    True
    """
    asked = sorted(
        [one.metric, one.op, float(one.value), one.slice or "", one.sure] for one in thresholds
    )
    return of_bytes(msgspec.json.encode(asked if weight is None else [*asked, weight]))
