"""scikit-learn's metrics: figures with the model and the data that they speak of."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final

from forebear.capture.objects import data_of, link_data, model_of, role_of
from forebear.capture.patching import Call, Patches
from forebear.capture.plain import plain
from forebear.capture.session import Session
from forebear.capture.tracker import Operation, Origin
from forebear.core.entities import EvidenceWord
from forebear.core.events import Link

__all__ = ["MODULES", "metric_name"]

_PREDICTED: Final = frozenset(
    "y_pred y_score y_proba y_prob probas_pred pred_decision labels_pred y2".split()
)
_CURVES: Final = frozenset(
    "roc_curve precision_recall_curve det_curve confusion_matrix_at_thresholds"
    " metric_at_thresholds".split()
)
_MATRICES: Final = frozenset(
    {"confusion_matrix", "multilabel_confusion_matrix", "pair_confusion_matrix"}
)
_PARTS: Final = {
    "precision_recall_fscore_support": ("precision", "recall", "fscore", "support"),
    "homogeneity_completeness_v_measure": ("homogeneity", "completeness", "v_measure"),
    "class_likelihood_ratios": ("positive_likelihood_ratio", "negative_likelihood_ratio"),
}
_REPORT_LINE: Final = re.compile(
    r"^\s*(macro avg|weighted avg|accuracy)\s+([\d.]+)(?:\s+([\d.]+)\s+([\d.]+))?"
)
_MOST_FIGURES: Final = 40
_MOST_CELLS: Final = 400


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe every public metric, wherever it is imported from, and scorers."""
    for name in getattr(module, "__all__", ()):
        function = getattr(module, name, None)
        if not inspect.isfunction(function) or not _compares(function):
            continue
        patches.observe(module, name, _after_metric)
        home = sys.modules.get(function.__module__)
        if home is not None and getattr(home, name, None) is function:
            patches.replace(home, name, getattr(module, name))
    for name in ("silhouette_score", "calinski_harabasz_score", "davies_bouldin_score"):
        patches.observe(module, name, _after_unsupervised)
    scorers = sys.modules.get("sklearn.metrics._scorer")
    scorer = getattr(scorers, "_BaseScorer", None)
    if scorer is not None:
        patches.observe(scorer, "__call__", _after_scorer)


def _compares(function: Any) -> bool:
    """Tell whether it compares predictions; looking at the code takes a tenth of `signature`."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code is not None and code.co_argcount > 1 and code.co_varnames[1] in _PREDICTED


def metric_name(name: str) -> str:
    """Return what a metric is called: scikit-learn's functions and scorers by one name.

    >>> metric_name("f1_score"), metric_name("mean_squared_error")
    ('f1', 'mean_squared_error')
    """
    return name.removesuffix("_score")


def _after_metric(call: Call, result: Any) -> None:
    session = call.session
    predicted = call.argument(1, *_PREDICTED)
    _recognise(session, predicted)
    first, second = list(inspect.signature(call.original).parameters)[:2]
    link_predicted, made = _data(call, predicted, 1, "predictions", second)
    link_true, true = _data(call, call.argument(0, first), 0, None, first)
    model = made.model if made is not None else None
    data = (made.data if made is not None else None) or true
    role = _role(made, true, link_true)
    evidence: EvidenceWord = "inferred" if made is not None and made.guessed else "observed"
    used = [link for link in (link_true, link_predicted) if link is not None]
    if model is not None and model.artifact is not None:
        used.append(Link(artifact=model.artifact, role="model", evidence=evidence))
    params = plain(call.options(first, second, "sample_weight"))
    figures = _figures(call.function, result)
    matrix = _matrix(call.function, result)
    step = session.step(
        "evaluate",
        call.function,
        started=call.started,
        used=used,
        params=params,
        site=call.site,
        attrs={call.function: matrix} if matrix is not None else None,
    )
    if figures:
        session.metrics(
            figures,
            run=step,
            model=model.artifact if model is not None else None,
            data=data.artifact if data is not None else None,
            split=role if role in ("train", "validation", "test") else None,
            params=params,
            evidence=evidence,
        )


def _data(
    call: Call, thing: Any, position: int, role: str | None, name: str
) -> tuple[Link | None, Origin | None]:
    label = call.label(position, name) or name
    origin = data_of(call.session, thing, label=label) if thing is not None else None
    if origin is None or origin.artifact is None:
        return None, None
    said = role or role_of(origin, label) or "reference"
    return Link(artifact=origin.artifact, role=said, slot=name), origin


def _role(made: Origin | None, true: Origin | None, link: Link | None) -> str | None:
    """Return the split that a figure speaks of: of the data predicted on, else of the truth."""
    known = made.role if made is not None else None
    if known is None and made is not None and made.data is not None:
        known = role_of(made.data)
    return known or (link.role if link is not None else role_of(true))


def _recognise(session: Session, predicted: Any) -> None:
    """Tie predictions that came through unseen operations to the latest of their length."""
    if not hasattr(predicted, "__len__") or session.tracker.get(predicted) is not None:
        return
    length = len(predicted)
    for known, origin in reversed(session.tracker.predictions):
        if known == length:
            made = Origin(
                parents=origin.sources(),
                operations=(Operation("not seen", -1),),
                role=origin.role,
                exact=False,
            )
            made.model, made.data, made.guessed = origin.model, origin.data, True
            session.tracker.bind(predicted, made)
            return


# Figures -----------------------------------------------------------------------------------


def _figures(name: str, result: Any) -> dict[str, float]:
    """Return the numbers of a metric's result under speaking names."""
    if name in _CURVES or name in _MATRICES:
        return {}
    if name == "classification_report":
        return _report(result)
    if name in _PARTS:
        parts = (
            result.items()
            if isinstance(result, Mapping)
            else zip(_PARTS[name], result, strict=False)
        )
        return {key: v for part, value in parts for key, v in _numbers(part, value).items()}
    return _numbers(metric_name(name), result)


def _numbers(name: str, value: Any) -> dict[str, float]:
    if value is None:
        return {}
    if getattr(value, "ndim", 0) == 1 or isinstance(value, list | tuple):
        return {f"{name}.{i}": float(one) for i, one in enumerate(value[:_MOST_FIGURES])}
    return {name: float(value)}


def _report(result: Any) -> dict[str, float]:
    found: dict[str, float] = {}
    if isinstance(result, Mapping):
        for row, values in list(result.items())[:_MOST_FIGURES]:
            cells = values.items() if isinstance(values, Mapping) else [("", values)]
            for key, value in cells:
                if key != "support":
                    found[f"{row} {key}".strip().replace(" ", "_")] = float(value)
        return found
    for line in str(result).splitlines():
        match = _REPORT_LINE.match(line)
        if match is None:
            continue
        row, first, recall, f1 = match.groups()
        if row == "accuracy":
            found["accuracy"] = float(first)
        elif recall is not None and f1 is not None:
            words = zip(("precision", "recall", "f1-score"), (first, recall, f1), strict=True)
            found |= {f"{row} {word}".replace(" ", "_"): float(value) for word, value in words}
    return found


def _matrix(name: str, result: Any) -> Any:
    if name in _MATRICES and getattr(result, "size", _MOST_CELLS + 1) <= _MOST_CELLS:
        return result.tolist()
    return None


# Scorers and clusterings -------------------------------------------------------------------


def _after_scorer(call: Call, result: Any) -> None:
    session = call.session
    scorer, model = call.args[0], call.argument(1, "estimator")
    origin = model_of(session, model, label=call.label(1, "estimator"))
    label = call.label(2, "X")
    features = data_of(session, call.argument(2, "X"), label=label or "X")
    role = role_of(features, label) or "input"
    used = [Link(artifact=origin.artifact or "", role="model")]
    if features is not None and features.artifact is not None:
        used.append(Link(artifact=features.artifact, role=role, slot="X"))
    truth = call.argument(3, "y_true")
    target = (
        link_data(session, truth, role=role, slot="y", label=call.label(3, "y_true") or "y")
        if truth is not None
        else None
    )
    function = getattr(scorer, "_score_func", None)
    name = getattr(function, "__name__", "score")
    step = session.step(
        "evaluate",
        name,
        started=call.started,
        used=[*used, *([target] if target is not None else [])],
        params=plain(getattr(scorer, "_kwargs", {})),
        site=call.site,
    )
    sign = getattr(scorer, "_sign", 1)
    session.metrics(
        {metric_name(name): float(result) * sign},
        run=step,
        model=origin.artifact,
        data=features.artifact if features is not None else None,
        split=role if role in ("train", "validation", "test") else None,
    )


def _after_unsupervised(call: Call, result: Any) -> None:
    features, origin = _data(call, call.argument(0, "X"), 0, None, "X")
    labels = call.argument(1, "labels")
    _recognise(call.session, labels)
    link, made = _data(call, labels, 1, "predictions", "labels")
    model = made.model if made is not None else None
    step = call.session.step(
        "evaluate",
        call.function,
        started=call.started,
        used=[one for one in (features, link) if one is not None],
        params=plain(call.options("X", "labels")),
        site=call.site,
    )
    call.session.metrics(
        {metric_name(call.function): float(result)},
        run=step,
        model=model.artifact if model is not None else None,
        data=origin.artifact if origin is not None else None,
        evidence="inferred" if made is not None and made.guessed else "observed",
    )


MODULES = {"sklearn.metrics": patch}
