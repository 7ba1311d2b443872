import io
import os
import pickle
import random
import subprocess
import sys
import threading
from collections import OrderedDict, defaultdict, deque
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from forebear.engines import models
from forebear.engines.models import StateDigest, state_digest

X, Y = load_iris(return_X_y=True)
X, Y = X[::3], Y[::3]

MODELS = {
    "logistic": lambda: LogisticRegression(max_iter=200),
    "tree": lambda: DecisionTreeClassifier(random_state=1),
    "forest": lambda: RandomForestClassifier(5, random_state=1),
    "boosting": lambda: GradientBoostingClassifier(n_estimators=3, random_state=1),
    "histogram": lambda: HistGradientBoostingClassifier(max_iter=3, random_state=1),
    "neighbours": lambda: KNeighborsClassifier(algorithm="kd_tree"),
    "ball": lambda: KNeighborsClassifier(algorithm="ball_tree"),
    "svc": SVC,
    "sgd": lambda: SGDClassifier(random_state=1),
    "mlp": lambda: MLPClassifier((4,), solver="sgd", max_iter=400, tol=0.1, random_state=1),
    "pipeline": lambda: make_pipeline(StandardScaler(), LogisticRegression(max_iter=200)),
    "columns": lambda: ColumnTransformer([("n", StandardScaler(), [0, 1])], remainder="drop"),
    "search": lambda: GridSearchCV(
        DecisionTreeClassifier(random_state=1), {"max_depth": [1, 2], "criterion": ["gini"]}, cv=2
    ),
    "function": lambda: FunctionTransformer(np.log1p),
    "partial": lambda: FunctionTransformer(partial(np.power, 2)),
}


def digest(obj: Any) -> str:
    found = state_digest(obj)
    assert found.opaque == []
    assert found.complete
    return found.digest


@pytest.mark.parametrize("name", MODELS)
def test_the_same_after_save_load_refit_and_use(name: str) -> None:
    model = MODELS[name]().fit(X, Y)
    first = digest(model)
    assert first != digest(MODELS[name]())
    assert digest(pickle.loads(pickle.dumps(model))) == first
    file = io.BytesIO()
    joblib.dump(model, file, compress=3)
    file.seek(0)
    assert digest(joblib.load(file)) == first
    assert digest(MODELS[name]().fit(X, Y)) == first
    for use in ("predict", "transform"):
        if hasattr(model, use):
            getattr(model, use)(X)
    assert digest(model) == first


def test_the_same_in_every_process() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import test_models; print(test_models.all_digests())"
    )
    here = str(Path(__file__).parent)
    hashing = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    done = subprocess.run(
        [sys.executable, "-c", code, here],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": hashing},
    )
    assert done.stdout.strip() == str(all_digests())


def all_digests() -> list[str]:
    fitted = [digest(make().fit(X, Y)) for make in MODELS.values()]
    return [*fitted, digest({"a", "b", "c"}), digest({"x": 1, "y": {"u", "v"}})]


def nudge(array: np.ndarray) -> None:
    last = array.flat[-1]
    array.flat[-1] = np.nextafter(last, np.inf) if array.dtype.kind == "f" else last + 1


@pytest.mark.parametrize(
    ("name", "find"),
    [
        ("logistic", lambda m: m.coef_),
        ("logistic", lambda m: m.intercept_),
        ("tree", lambda m: m.tree_.value),
        ("tree", lambda m: m.tree_.threshold),
        ("forest", lambda m: m.estimators_[-1].tree_.threshold),
        ("boosting", lambda m: m.estimators_[1, 2].tree_.value),
        ("histogram", lambda m: m._predictors[-1][-1].nodes["value"]),
        ("neighbours", lambda m: m._fit_X),
        ("svc", lambda m: m.dual_coef_),
        ("svc", lambda m: m._intercept_),
        ("sgd", lambda m: m.coef_),
        ("mlp", lambda m: m.coefs_[0]),
        ("pipeline", lambda m: m[0].mean_),
        ("columns", lambda m: m.transformers_[0][1].var_),
        ("search", lambda m: m.best_estimator_.tree_.threshold),
        ("search", lambda m: m.cv_results_["split0_test_score"]),
    ],
)
def test_any_learned_number_counts(name: str, find: Any) -> None:
    model = MODELS[name]().fit(X, Y)
    before = digest(model)
    nudge(find(model))
    assert digest(model) != before


def test_hyperparameters_classes_and_data_count() -> None:
    base = DecisionTreeClassifier(random_state=1).fit(X, Y)
    others = [
        DecisionTreeClassifier(random_state=2).fit(X, Y),
        DecisionTreeClassifier(random_state=1, max_depth=30).fit(X, Y),
        DecisionTreeClassifier(random_state=1).fit(X[:-1], Y[:-1]),
        DecisionTreeClassifier(random_state=1).fit(pd.DataFrame(X).add_prefix("c"), Y),
    ]
    assert len({digest(model) for model in [base, *others]}) == 5


def test_text_models() -> None:
    texts = ["red green blue", "green blue", "blue grey"]
    for make in (CountVectorizer, lambda: TfidfVectorizer(stop_words=["red"])):
        model = make().fit(texts)
        first = digest(model)
        assert digest(pickle.loads(pickle.dumps(model))) == first
        model.transform(texts)
        assert digest(model) == first
    encoder = OneHotEncoder().fit(np.array([["x"], ["y"]], dtype=object))
    first = digest(encoder)
    encoder.categories_[0][0] = "z"
    assert digest(encoder) != first


def test_where_a_generator_stands_does_not_count_but_its_kind_does() -> None:
    state = np.random.RandomState(1)
    first = digest({"rng": state})
    state.normal(size=10)
    assert digest({"rng": state}) == first
    assert digest({"rng": np.random.default_rng(1)}) != first
    assert digest(random.Random(1)) == digest(random.Random(2)) != first


def test_a_model_without_seed_does_not_change_when_others_draw_numbers() -> None:
    model = MLPClassifier((2,), max_iter=400, tol=0.5, solver="sgd").fit(X, Y)
    first = digest(model)
    np.random.normal()
    assert digest(model) == first


class Slotted:
    __slots__ = ("a", "b")


class Colour(Enum):
    RED = 1


def test_values_of_all_kinds_count_and_survive_pickle() -> None:
    slotted = Slotted()
    slotted.a, slotted.b = 1, [2]
    values = [
        None, True, 1, 2**5000, 1.0, 1j, "1", b"1", ..., NotImplemented, (1,), [1], {1}, {1: 1},
        OrderedDict([(1, 2), (3, 4)]), OrderedDict([(3, 4), (1, 2)]), defaultdict(int, {1: 2}),
        deque([1], 3), range(3), slice(1, 2), datetime(2020, 1, 1, tzinfo=UTC), Decimal("1.10"),
        Decimal("1.1"), PurePosixPath("a"), Colour.RED, SimpleNamespace(a=1), slotted, len, int,
        np.float64(1), np.float32(1), np.int64(1), np.str_("1"), np.datetime64("2020-01-01"),
        np.dtype("f8"), np.zeros(1), np.zeros(1, "f4"), np.array([1, "a", None], dtype=object),
        np.ma.MaskedArray([1, 2], [0, 1]), pd.DataFrame({"a": [1]}), pd.Series([1], name="a"),
        sp.csr_array(np.eye(2)), partial(int, base=2), np.log1p, nudge, "".join, [].append,
        np.array([(1, 2.0)], dtype="i4,f8")[0], bytes, Slotted, StateDigest, float("inf"),
    ]  # fmt: skip
    digests = [digest(value) for value in values]
    assert [digest(pickle.loads(pickle.dumps(value))) for value in values] == digests
    unnamed = [d for v, d in zip(values, digests, strict=True) if not isinstance(v, pd.Series)]
    assert len(set(unnamed)) == len(unnamed)
    assert digest(sys) == digest(sys) != digest(io)


def test_numbers_have_one_nan_and_one_zero() -> None:
    assert digest(float("nan")) == digest(-float("nan"))
    assert digest([0.0]) == digest([-0.0]) != digest([0])


def test_functions_go_by_name_or_by_code() -> None:
    def local(factor: float) -> Any:
        return lambda x: x * factor

    def other(factor: float) -> Any:
        return lambda x: x + factor

    assert digest(local(2.0)) == digest(local(2.0)) != digest(local(3.0))
    assert digest(local(2.0)) != digest(other(2.0))
    assert digest(FunctionTransformer(local(1.0))) != digest(FunctionTransformer(local(2.0)))
    assert digest(lambda x=1: x) != digest(lambda x=2: x)
    assert digest(nudge) != digest(digest)

    def early() -> Any:
        def inner() -> Any:
            return later

        found = digest(inner)
        later = 1
        return found, later

    assert early()[0] == early()[0]


def test_cycles_and_shared_parts() -> None:
    def ring(value: int) -> list[Any]:
        one: list[Any] = [value]
        two = [one, value]
        one += [two, two]
        return one

    assert digest(ring(1)) == digest(ring(1)) != digest(ring(2))
    assert digest(pickle.loads(pickle.dumps(ring(1)))) == digest(ring(1))
    shared = [1, 2]
    assert digest([shared, shared]) == digest([[1, 2], [1, 2]])
    namespace = SimpleNamespace(name="a")
    namespace.me = namespace
    assert digest(pickle.loads(pickle.dumps(namespace))) == digest(namespace)


def test_wide_sharing_is_walked_once() -> None:
    level: Any = [1]
    for _ in range(60):
        level = [level, level]
    assert digest(level) == digest(level)


class Locked(BaseEstimator):
    def __init__(self, value: int = 0) -> None:
        self.value = value

    def fit(self, x: Any, y: Any = None) -> "Locked":
        self.lock_ = threading.Lock()
        return self

    def predict(self, x: Any) -> Any:
        return x


class Broken:
    def __reduce_ex__(self, protocol: int) -> Any:
        raise RuntimeError("no")


class Runs:
    """An object whose pickle would run code when it is opened."""

    ran = False

    def __reduce__(self) -> Any:
        return (run_me, (1,))


def run_me(_: int) -> None:
    Runs.ran = True


def test_what_cannot_be_taken_apart_is_named() -> None:
    found = state_digest(Locked().fit(X))
    assert found.opaque == ["_thread.lock"]
    assert not found.complete
    assert state_digest(Locked(1).fit(X)).digest != found.digest
    assert state_digest(Locked().fit(X)) == found
    assert state_digest([Broken()]).opaque == [f"{__name__}.Broken"]
    gap = state_digest(pd.DataFrame({"m": [Broken(), 1]})).opaque
    assert gap == [
        f"pandas.DataFrame: Column 'm' holds what only its type was digested of: {__name__}.Broken."
    ]


def test_nothing_is_run_to_look_at_a_state() -> None:
    assert digest(Runs()) == digest(Runs())
    assert not Runs.ran


def test_too_deep_and_too_large_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    assert state_digest(deep).opaque == ["too deep or too large: builtins.list"]
    monkeypatch.setattr(models, "_MOST", 10)
    assert not state_digest([[i] for i in range(20)]).complete


def test_sklearn_s_version_is_not_learned() -> None:
    model = LogisticRegression(max_iter=200).fit(X, Y)
    first = digest(model)
    assert model.__getstate__()["_sklearn_version"]
    model.__dict__["_sklearn_version"] = "0.1"
    assert digest(model) == first


def test_digests_of_states_are_pinned() -> None:
    """A digest is a name that is kept for years: this may never change."""
    state = {"coef": np.array([1.0, 2.0]), "classes": ["a", "b"], "n": 3, "rate": 0.1}
    assert (
        digest(state) == "sha256:a5011fb3db9b83abbb457e0c66002a263aa49ea2657a1a70c6109c2923d0c038"
    )
