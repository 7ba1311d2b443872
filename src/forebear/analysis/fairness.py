"""Figures by group, and how far groups lie apart.

A measure of fairness compares every two groups. Its interval holds for all pairs at once
(Bonferroni), so that naming the two that differ most does not make the difference look surer
than it is. Groups with too few rows are shown and not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any, Final

from msgspec import Struct

from forebear.analysis.conditions import column_of
from forebear.analysis.intervals import mean, newcombe, ratio, undefined, wilson
from forebear.analysis.outcome import Outcome, label
from forebear.analysis.slices import SMALLEST, bins
from forebear.analysis.weighting import rate, welch
from forebear.core.validation import Estimate, FairnessSummary, GroupSummary

__all__ = ["MEASURES", "by_groups"]

_FEWEST: Final = 10
"""A rate with fewer rows below the line is not compared."""
_MOST_GROUPS: Final = 20
_FEW_NUMBERS: Final = 10
_BETWEEN: Final = " × "
MEASURES: Final = (
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "equal_opportunity_difference",
    "predictive_equality_difference",
    "equalised_odds_difference",
    "predictive_parity_difference",
    "accuracy_difference",
    "calibration_difference",
    "mae_difference",
    "bias_difference",
)
_Rate = tuple[float, float]
_Pairwise = Callable[[_Rate, _Rate, float], Estimate]


class _Group(Struct, frozen=True):
    name: str
    rates: dict[str, _Rate]
    """Hits and rows of each rate; rows of unequal weight as equal ones."""
    n: int
    worth: float

    def known(self, rate: str) -> bool:
        """Tell whether there are enough rows for this rate to be compared."""
        return not self.small and self.rates[rate][1] >= _FEWEST

    @property
    def small(self) -> bool:
        """Tell whether there are too few rows to judge anything."""
        return self.worth < SMALLEST


def by_groups(
    outcome: Outcome, frame: Any, by: Sequence[str]
) -> tuple[list[GroupSummary], list[FairnessSummary]]:
    """Return figures by the values of each column, and of all together where there are several."""
    ways = [[name] for name in by] + ([list(by)] if len(by) > 1 else [])
    groups: list[GroupSummary] = []
    apart: list[FairnessSummary] = []
    for names in ways:
        title = _BETWEEN.join(names)
        masks, rest = _masks(frame, names)
        if outcome.task == "classification":
            parts = {name: outcome.take(mask) for name, mask in masks.items()}
            found = [_rates(part, name) for name, part in parts.items()]
            groups += [_summary(title, one) for one in found]
            apart += _apart(outcome, title, found)
            if outcome.binary and outcome.probabilities:
                apart.append(_means_apart(title, "calibration_difference", _sureness(parts)))
        elif outcome.task == "regression":
            parts = {name: outcome.take(mask) for name, mask in masks.items()}
            groups += [_of_values(title, name, part) for name, part in parts.items()]
            apart += _values_apart(title, parts)
        if rest is not None:
            groups.append(GroupSummary(title, *rest, small=True))
    return groups, apart


def _masks(frame: Any, names: Sequence[str]) -> tuple[dict[str, Any], tuple[str, int] | None]:
    """Return the rows of each group, the largest first; and what is left, where it is too many."""
    keys = [_keys(frame, name) for name in names]
    joined = keys[0]
    for one in keys[1:]:
        joined = joined + _BETWEEN + one
    counts = joined.value_counts()
    told = {str(name): (joined == name).to_numpy() for name in counts.index[:_MOST_GROUPS]}
    left = counts.iloc[_MOST_GROUPS:]
    return told, (f"{len(left):,} smaller groups", int(left.sum())) if len(left) else None


def _keys(frame: Any, name: str) -> Any:
    """Return for each row the group that it is in by one column."""
    values = column_of(frame, name)
    if values.dtype.kind in "iuf" and values.nunique() > _FEW_NUMBERS:
        keys = values.astype(object)
        for one in bins(frame, name):
            keys[one.mask(frame)] = str(one)
        return keys
    return values.map(label, na_action="ignore").fillna("missing").astype(object)


def _rates(part: Outcome, name: str) -> _Group:
    """Return the rates of one group as hits and rows."""

    def share(hit: Any, among: Any = slice(None)) -> _Rate:
        return rate(hit[among], None if part.weight is None else part.weight[among])

    rates = {"accuracy": share(part.truth == part.predicted)}
    if part.binary:
        true, said = part.truth == part.positive, part.predicted == part.positive
        rates |= {
            "base_rate": share(true),
            "selection_rate": share(said),
            "recall": share(said, true),
            "false_positive_rate": share(said, ~true),
            "precision": share(true, said),
        }
    return _Group(name, rates, len(part), part.rows_worth())


def _summary(by: str, group: _Group) -> GroupSummary:
    figures = {name: wilson(*one) for name, one in group.rates.items()}
    return GroupSummary(by, group.name, group.n, figures, small=group.small)


def _apart(outcome: Outcome, by: str, groups: Sequence[_Group]) -> list[FairnessSummary]:
    found = [_gap(by, "accuracy_difference", groups, ["accuracy"])]
    if outcome.binary:
        found += [
            _gap(by, "demographic_parity_difference", groups, ["selection_rate"]),
            _lowest_ratio(by, groups),
            _gap(by, "equal_opportunity_difference", groups, ["recall"]),
            _gap(by, "predictive_equality_difference", groups, ["false_positive_rate"]),
            _gap(by, "equalised_odds_difference", groups, ["recall", "false_positive_rate"]),
            _gap(by, "predictive_parity_difference", groups, ["precision"]),
        ]
    return found


def _pairs(
    groups: Sequence[_Group], rates: Sequence[str]
) -> tuple[list[tuple[_Group, _Group, str]], list[str]]:
    """Return the pairs that can be compared, the higher rate first, and the groups left out."""
    pairs = []
    left: dict[str, None] = {}
    for name in rates:
        known = [one for one in groups if one.known(name)]
        left |= dict.fromkeys(one.name for one in groups if not one.known(name))
        for one, two in combinations(known, 2):
            (a, m), (b, n) = one.rates[name], two.rates[name]
            pairs.append((one, two, name) if a / m >= b / n else (two, one, name))
    return pairs, list(left)


def _gap(by: str, metric: str, groups: Sequence[_Group], rates: Sequence[str]) -> FairnessSummary:
    """Return the largest difference of any of the rates between any two groups."""
    pairs, left = _pairs(groups, rates)
    if not pairs:
        return FairnessSummary(by, metric, undefined(_TOO_FEW), left_out=left)
    level = 1 - 0.05 / len(pairs)
    found = [(newcombe(a.rates[r], b.rates[r], level), a, b) for a, b, r in pairs]
    return _widest(by, metric, found, left)


def _widest(
    by: str, metric: str, found: Sequence[tuple[Estimate, Any, Any]], left: list[str]
) -> FairnessSummary:
    widest, high, low = max(found, key=lambda one: one[0].value or 0.0)
    estimate = Estimate(
        widest.value,
        max(0.0, *(one.low or 0.0 for one, _, _ in found)),
        max(one.high or 0.0 for one, _, _ in found),
        sum({one.name: one.n for _, *two in found for one in two}.values()),
        widest.how,
    )
    return FairnessSummary(by, metric, estimate, [low.name, high.name], left)


def _lowest_ratio(by: str, groups: Sequence[_Group]) -> FairnessSummary:
    """Return the lowest rate of positive answers as a part of the highest."""
    metric = "demographic_parity_ratio"
    pairs, left = _pairs(groups, ["selection_rate"])
    if not pairs:
        return FairnessSummary(by, metric, undefined(_TOO_FEW), left_out=left)
    level = 1 - 0.05 / len(pairs)
    found = [(ratio(low.rates[r], high.rates[r], level), low, high) for high, low, r in pairs]
    known = [one for one in found if one[0].value is not None]
    if not known:
        return FairnessSummary(by, metric, undefined("nobody was given a positive answer"))
    lowest, low, high = min(known, key=lambda one: one[0].value or 0.0)
    estimate = Estimate(
        lowest.value,
        min(one.low or 0.0 for one, _, _ in known),
        min(1.0, *(one.high or 0.0 for one, _, _ in known)),
        sum({one.name: one.n for _, *two in known for one in two}.values()),
        lowest.how,
    )
    return FairnessSummary(by, metric, estimate, [low.name, high.name], left)


_TOO_FEW: Final = "fewer than two groups are large enough"


def _of_values(by: str, name: str, part: Outcome) -> GroupSummary:
    error = part.predicted - part.truth
    figures = {
        "mae": mean(abs(error), least=0.0, weight=part.weight),
        "bias": mean(error, weight=part.weight),
        "mean_prediction": mean(part.predicted, weight=part.weight),
    }
    return GroupSummary(by, name, len(part), figures, small=part.rows_worth() < SMALLEST)


class _Sample(Struct, frozen=True):
    name: str
    values: Any
    weight: Any
    worth: float

    @property
    def n(self) -> int:
        return len(self.values)


def _sureness(parts: dict[str, Outcome]) -> list[_Sample]:
    """Return by how much the probabilities that were said to each group exceed what came true."""
    return [
        _Sample(
            name,
            part.positive_scores - (part.truth == part.positive),
            part.weight,
            part.rows_worth(),
        )
        for name, part in parts.items()
    ]


def _values_apart(by: str, parts: dict[str, Outcome]) -> list[FairnessSummary]:
    def samples(of: Callable[[Any], Any]) -> list[_Sample]:
        return [
            _Sample(name, of(part.predicted - part.truth), part.weight, part.rows_worth())
            for name, part in parts.items()
        ]

    return [
        _means_apart(by, "mae_difference", samples(abs)),
        _means_apart(by, "bias_difference", samples(lambda errors: errors)),
    ]


def _means_apart(by: str, metric: str, groups: Sequence[_Sample]) -> FairnessSummary:
    """Return the largest difference of means between any two groups (Welch)."""
    from scipy import stats

    left = [one.name for one in groups if one.worth < SMALLEST]
    pairs = list(combinations([one for one in groups if one.worth >= SMALLEST], 2))
    if not pairs:
        return FairnessSummary(by, metric, undefined(_TOO_FEW), left_out=left)
    found = []
    for one, two in pairs:
        gap, error, freedom = welch(one.values, two.values, (one.weight, two.weight))
        high, low = (one, two) if gap >= 0 else (two, one)
        half = float(stats.t.ppf(1 - 0.025 / len(pairs), freedom)) * error
        told = Estimate(abs(gap), abs(gap) - half, abs(gap) + half, one.n + two.n, "welch")
        found.append((told, high, low))
    return _widest(by, metric, found, left)
