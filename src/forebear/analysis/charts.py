"""Charts of a validation as SVG: small, of our own making, readable without colour.

Numbers become text with one decimal, so the same figures always give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any, Final

from forebear.analysis.classification import calibration, confusion, scored
from forebear.analysis.outcome import Outcome

__all__ = ["charts"]

_SIZE: Final = 320
_EDGE: Final = 44
_MOST_POINTS: Final = 300
_MOST_CLASSES: Final = 12
_STYLE: Final = (
    "<style>text{font:11px sans-serif;fill:#444}.l{fill:none;stroke:#1f5fa8;stroke-width:1.8}"
    ".d{fill:none;stroke:#999;stroke-dasharray:4 3}"
    ".e{fill:none;stroke:#8fb0d6;stroke-width:1.2}.a{fill:none;stroke:#444}.p{fill:#1f5fa8}"
    ".h{font-weight:bold;fill:#111}</style>"
)
_Points = Sequence[tuple[float, float]]


def charts(outcome: Outcome, title: str) -> dict[str, str]:
    """Return the charts that suit an outcome, by name."""
    makers: dict[str, Callable[[Outcome, str], str]] = {}
    if outcome.task == "classification":
        if len(outcome.classes) <= _MOST_CLASSES:
            makers["confusion"] = _confusion
        if outcome.binary and outcome.scores is not None and _both(outcome):
            makers |= {"roc": _roc, "precision-recall": _precision_recall}
        if outcome.scores is not None and outcome.probabilities:
            makers["calibration"] = _calibration
    if outcome.task == "regression":
        makers |= {"residuals": _residuals, "predicted": _predicted}
    return {name: make(outcome, title) for name, make in makers.items()}


def _both(outcome: Outcome) -> bool:
    positive = outcome.truth == outcome.positive
    return bool(positive.any() and not positive.all())


def _roc(outcome: Outcome, title: str) -> str:
    hits, alarms = _steps(outcome)
    points = list(zip(alarms / alarms[-1], hits / hits[-1], strict=True))
    body = _line([(0.0, 0.0), *_thinned(points)]) + _line([(0, 0), (1, 1)], "d")
    return _framed("ROC", title, "false positive rate", "recall", body)


def _precision_recall(outcome: Outcome, title: str) -> str:
    hits, alarms = _steps(outcome)
    points = list(zip(hits / hits[-1], hits / (hits + alarms), strict=True))
    share = float(hits[-1] / (hits[-1] + alarms[-1]))
    body = _line(_thinned(points)) + _line([(0, share), (1, share)], "d")
    return _framed("Precision and recall", title, "recall", "precision", body)


def _steps(outcome: Outcome) -> tuple[Any, Any]:
    """Return true and false alarms as the bar is lowered, at each score that occurs."""
    import numpy as np

    rows = scored(outcome)
    positive = rows.truth == rows.positive
    order = np.argsort(-rows.positive_scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(rows.positive_scores[order])), len(order) - 1)
    each = np.ones(len(rows)) if rows.weight is None else rows.weight[order]
    return np.cumsum(positive[order] * each)[ends], np.cumsum(~positive[order] * each)[ends]


def _calibration(outcome: Outcome, title: str) -> str:
    """Return what was said and what came true; bars are intervals, large dots many rows."""
    bins = calibration(outcome)
    most = max(float(one["n"] or 0) for one in bins)
    drawn = []
    for one in bins:
        said, came, low, high, n = (
            float(one[k] or 0) for k in ("said", "came", "low", "high", "n")
        )
        drawn.append(
            _line([(said, low), (said, high)], "e") + _dot(said, came, 2 + 4 * (n / most) ** 0.5)
        )
    points = [(float(one["said"] or 0), float(one["came"] or 0)) for one in bins]
    body = _line([(0, 0), (1, 1)], "d") + _line(points) + "".join(drawn)
    return _framed("Calibration", title, "probability that was said", "share that came true", body)


def _confusion(outcome: Outcome, title: str) -> str:
    table = confusion(outcome)
    k = len(table)
    side = _SIZE / k
    cells = []
    for row in range(k):
        whole = float(table[row].sum()) or 1.0
        for column in range(k):
            share = float(table[row, column]) / whole
            x, y = _EDGE + column * side, _EDGE + row * side
            cells.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{side:.1f}" height="{side:.1f}"'
                f' fill="#1f5fa8" fill-opacity="{share * 0.7:.2f}" stroke="#999"/>'
                f'<text x="{x + side / 2:.1f}" y="{y + side / 2 + 4:.1f}" text-anchor="middle">'
                f"{float(table[row, column]):.6g}</text>"
            )
    names = [escape(name[:10]) for name in outcome.classes]
    for place, name in enumerate(names):
        middle = _EDGE + (place + 0.5) * side
        cells.append(_text(middle, _EDGE + _SIZE + 14, name))
        cells.append(
            f'<text x="{_EDGE - 6}" y="{middle:.1f}" text-anchor="middle"'
            f' transform="rotate(-90 {_EDGE - 6} {middle:.1f})">{name}</text>'
        )
    return _document("Confusion", title, "predicted", "true", "".join(cells))


def _residuals(outcome: Outcome, title: str) -> str:
    rows = _sample(outcome)
    gaps = rows.predicted - rows.truth
    names = ("Residuals", "predicted", "predicted less true")
    return _scatter(names, title, rows.predicted, gaps, level=0.0)


def _predicted(outcome: Outcome, title: str) -> str:
    rows = _sample(outcome)
    names = ("Predicted and true", "true", "predicted")
    return _scatter(names, title, rows.truth, rows.predicted)


def _sample(outcome: Outcome) -> Outcome:
    import numpy as np

    n = len(outcome)
    if n <= _MOST_POINTS:
        return outcome
    return outcome.take(np.sort(np.random.default_rng(0).choice(n, _MOST_POINTS, replace=False)))


def _scatter(
    names: tuple[str, str, str], title: str, xs: Any, ys: Any, *, level: float | None = None
) -> str:
    """Return dots under a head and names of both scales; with `level` a line at that height."""
    low, high = float(xs.min()), float(xs.max())
    bottom, top = (float(ys.min()), float(ys.max())) if level is not None else (low, high)
    if level is None:
        bottom, top = min(low, float(ys.min())), max(high, float(ys.max()))
        low, high = bottom, top
    wide, tall = (high - low) or 1.0, (top - bottom) or 1.0
    dots = "".join(
        _dot((x - low) / wide, (y - bottom) / tall, 2) for x, y in zip(xs, ys, strict=True)
    )
    height = None if level is None else (level - bottom) / tall
    guide = [(0.0, 0.0), (1.0, 1.0)] if height is None else [(0.0, height), (1.0, height)]
    seen = height is None or 0 <= height <= 1
    body = (_line(guide, "d") if seen else "") + dots
    head, across, up = names
    return _framed(head, title, across, up, body, xs=(low, high), ys=(bottom, top))


def _thinned(points: _Points) -> _Points:
    """Return few enough points that the line looks the same, first and last among them."""
    step = max(1, len(points) // _MOST_POINTS)
    return [*points[:-1:step], points[-1]]


def _line(points: Iterable[tuple[float, float]], kind: str = "l") -> str:
    told = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    return f'<polyline class="{kind}" points="{told}"/>'


def _dot(x: float, y: float, radius: float) -> str:
    return f'<circle class="p" cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="{radius:.1f}"/>'


def _x(share: float) -> float:
    return _EDGE + share * _SIZE


def _y(share: float) -> float:
    return _EDGE + (1 - share) * _SIZE


def _text(x: float, y: float, text: str, *, anchor: str = "middle", kind: str = "") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def _framed(
    head: str,
    title: str,
    across: str,
    up: str,
    body: str,
    *,
    xs: tuple[float, float] = (0.0, 1.0),
    ys: tuple[float, float] = (0.0, 1.0),
) -> str:
    """Return a chart with a frame and the ends of both scales."""
    frame = f'<rect class="a" x="{_EDGE}" y="{_EDGE}" width="{_SIZE}" height="{_SIZE}"/>'
    ends = [
        _text(_EDGE, _EDGE + _SIZE + 14, f"{xs[0]:.4g}", anchor="start"),
        _text(_EDGE + _SIZE, _EDGE + _SIZE + 14, f"{xs[1]:.4g}", anchor="end"),
        _text(_EDGE - 4, _EDGE + _SIZE, f"{ys[0]:.4g}", anchor="end"),
        _text(_EDGE - 4, _EDGE + 10, f"{ys[1]:.4g}", anchor="end"),
    ]
    return _document(head, title, across, up, frame + body + "".join(ends))


def _document(head: str, title: str, across: str, up: str, body: str) -> str:
    whole = _SIZE + 2 * _EDGE
    middle = whole / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" width="{whole}"'
        f' height="{whole}" role="img"><title>{escape(head)}: {escape(title)}</title>{_STYLE}'
        f'<rect width="{whole}" height="{whole}" fill="#fff"/>'
        f"{_text(_EDGE, 24, f'{escape(head)}: {escape(title[:44])}', anchor='start', kind='h')}"
        f"{body}{_text(middle, whole - 12, escape(across))}"
        f'<text x="14" y="{middle:.1f}" text-anchor="middle"'
        f' transform="rotate(-90 14 {middle:.1f})">{escape(up)}</text></svg>'
    )
