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
from forebear.core.validation import Estimate, FairnessSummary, GroupSummary

__all__ = ["MEASURES", "by_groups"]

_FEWEST: Final = 10
"""A rate with fewer rows below the line is not compared."""
_MOST_GROUPS: Final = 20
_FEW_NUMBERS: Final = 10
MEASURES: Final = (
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "equal_opportunity_difference",
    "equalised_odds_difference",
    "predictive_parity_difference",
    "accuracy_difference",
    "mae_difference",
    "bias_difference",
)
_Rate = tuple[float, int]
_Pairwise = Callable[[_Rate, _Rate, float], Estimate]


class _Group(Struct, frozen=True):
    name: str
    rates: dict[str, _Rate]
    """Hits and rows of each rate."""
    n: int

    def known(self, rate: str) -> bool:
        """Tell whether there are enough rows for this rate to be compared."""
        return self.n >= SMALLEST and self.rates[rate][1] >= _FEWEST


def by_groups(
    outcome: Outcome, frame: Any, by: Sequence[str]
) -> tuple[list[GroupSummary], list[FairnessSummary]]:
    """Return figures by the values of each column, and of all together where there are several."""
    ways = [[name] for name in by] + ([list(by)] if len(by) > 1 else [])
    groups: list[GroupSummary] = []
    apart: list[FairnessSummary] = []
    for names in ways:
        title = " × ".join(names)
        masks, rest = _masks(frame, names)
        if outcome.task == "classification":
            found = [_rates(outcome.take(mask), name) for name, mask in masks.items()]
            groups += [_summary(title, one) for one in found]
            apart += _apart(outcome, title, found)
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
        joined = joined + " " + one
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
    n = len(part)
    rates: dict[str, _Rate] = {"accuracy": (float((part.truth == part.predicted).sum()), n)}
    if part.binary:
        true, said = part.truth == part.positive, part.predicted == part.positive
        rates |= {
            "base_rate": (float(true.sum()), n),
            "selection_rate": (float(said.sum()), n),
            "recall": (float((true & said).sum()), int(true.sum())),
            "false_positive_rate": (float((~true & said).sum()), int((~true).sum())),
            "precision": (float((true & said).sum()), int(said.sum())),
        }
    return _Group(name, rates, n)


def _summary(by: str, group: _Group) -> GroupSummary:
    figures = {name: wilson(*rate) for name, rate in group.rates.items()}
    return GroupSummary(by, group.name, group.n, figures, small=group.n < SMALLEST)


def _apart(outcome: Outcome, by: str, groups: Sequence[_Group]) -> list[FairnessSummary]:
    found = [_gap(by, "accuracy_difference", groups, ["accuracy"])]
    if outcome.binary:
        found += [
            _gap(by, "demographic_parity_difference", groups, ["selection_rate"]),
            _lowest_ratio(by, groups),
            _gap(by, "equal_opportunity_difference", groups, ["recall"]),
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
    for rate in rates:
        known = [one for one in groups if one.known(rate)]
        left |= dict.fromkeys(one.name for one in groups if not one.known(rate))
        for one, two in combinations(known, 2):
            (a, m), (b, n) = one.rates[rate], two.rates[rate]
            pairs.append((one, two, rate) if a / m >= b / n else (two, one, rate))
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
    level, rate = 1 - 0.05 / len(pairs), "selection_rate"
    found = [(ratio(low.rates[rate], high.rates[rate], level), low, high) for high, low, _ in pairs]
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
        "mae": mean(abs(error), least=0.0),
        "bias": mean(error),
        "mean_prediction": mean(part.predicted),
    }
    return GroupSummary(by, name, len(part), figures, small=len(part) < SMALLEST)


class _Sample(Struct, frozen=True):
    name: str
    values: Any

    @property
    def n(self) -> int:
        return len(self.values)


def _values_apart(by: str, parts: dict[str, Outcome]) -> list[FairnessSummary]:
    errors = {name: part.predicted - part.truth for name, part in parts.items()}
    return [
        _means_apart(by, "mae_difference", {name: abs(one) for name, one in errors.items()}),
        _means_apart(by, "bias_difference", errors),
    ]


def _means_apart(by: str, metric: str, samples: dict[str, Any]) -> FairnessSummary:
    """Return the largest difference of means between any two groups (Welch)."""
    from scipy import stats

    groups = [_Sample(name, one) for name, one in samples.items()]
    left = [one.name for one in groups if one.n < SMALLEST]
    pairs = list(combinations([one for one in groups if one.n >= SMALLEST], 2))
    if not pairs:
        return FairnessSummary(by, metric, undefined(_TOO_FEW), left_out=left)
    found = []
    for one, two in pairs:
        high, low = (one, two) if one.values.mean() >= two.values.mean() else (two, one)
        test = stats.ttest_ind(high.values, low.values, equal_var=False)
        bounds = test.confidence_interval(1 - 0.05 / len(pairs))
        gap = float(high.values.mean() - low.values.mean())
        told = Estimate(gap, float(bounds.low), float(bounds.high), high.n + low.n, "welch")
        found.append((told, high, low))
    return _widest(by, metric, found, left)
