"""Which columns of its input a transformer's output comes from, and which rows a split picks.

What each column of an output depends on is measured: one column of the input is changed, and the
columns of the output that change are made of it. What was learned stays as it was.
"""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn import (
    cluster,
    compose,
    decomposition,
    feature_extraction,
    feature_selection,
    impute,
    kernel_approximation,
    linear_model,
    pipeline,
    preprocessing,
    random_projection,
)
from sklearn.model_selection import train_test_split

from forebear.capture.integrations._sklearn_columns import used_features, ways

from .passages import passage_to
from .recording import recording

random = np.random.default_rng(11)
ROWS, NAMES = 60, ["a", "b", "c", "d"]
NUMBERS = random.uniform(1, 9, size=(ROWS, 4)).round(2)
WORDS = np.array(["x", "y", "z"])[random.integers(0, 3, size=(ROWS, 4))].astype(object)
HOLES = np.where(random.uniform(size=(ROWS, 4)) < 0.2, np.nan, NUMBERS)
TARGET = (NUMBERS[:, 0] + NUMBERS[:, 2] > 10).astype(int)
MIXED = pd.DataFrame(NUMBERS, columns=NAMES).assign(k=WORDS[:, 0], m=WORDS[:, 1])


def depends(model, given):
    """Places of the input columns that each column of the output depends on, by trying."""
    before = plain(model.transform(given))
    found = [set() for _ in range(before.shape[1])]
    for place in range(given.shape[1]):
        for shift in (1, 7, 20):
            changed = given.copy()
            if isinstance(changed, pd.DataFrame):
                name = changed.columns[place]
                changed[name] = np.roll(changed[name].to_numpy(), shift)
            else:
                changed[:, place] = np.roll(changed[:, place], shift)
            after = plain(model.transform(changed))
            for at in range(before.shape[1]):
                if not np.array_equal(before[:, at], after[:, at], equal_nan=True):
                    found[at].add(place)
    return [tuple(sorted(one)) for one in found]


def plain(made):
    made = made.toarray() if sparse.issparse(made) else made
    return np.asarray(made, float)


P = preprocessing
NUMBER_MODELS = [
    P.StandardScaler(),
    P.MinMaxScaler(),
    P.MaxAbsScaler(),
    P.RobustScaler(),
    P.PowerTransformer(),
    P.QuantileTransformer(n_quantiles=20),
    P.Binarizer(threshold=5),
    P.KBinsDiscretizer(3, quantile_method="averaged_inverted_cdf"),
    P.KBinsDiscretizer(3, encode="ordinal", quantile_method="averaged_inverted_cdf"),
    P.SplineTransformer(n_knots=3),
    P.PolynomialFeatures(2),
    P.PolynomialFeatures(2, interaction_only=True, include_bias=False),
    P.FunctionTransformer(np.log1p),
    P.OneHotEncoder(handle_unknown="ignore"),
    feature_selection.VarianceThreshold(),
    feature_selection.SelectKBest(k=2),
    feature_selection.SelectPercentile(percentile=50),
    feature_selection.SelectFromModel(linear_model.LogisticRegression()),
    feature_selection.RFE(linear_model.LogisticRegression(), n_features_to_select=2),
    decomposition.PCA(2),
    decomposition.TruncatedSVD(2, random_state=0),
    decomposition.FactorAnalysis(2),
    cluster.KMeans(3, n_init=1, random_state=0),
    random_projection.GaussianRandomProjection(2, random_state=0),
    kernel_approximation.Nystroem(n_components=3, random_state=0),
    pipeline.make_pipeline(P.StandardScaler(), feature_selection.SelectKBest(k=3)),
    pipeline.make_pipeline(feature_selection.SelectKBest(k=3), decomposition.PCA(2)),
    pipeline.make_pipeline(P.StandardScaler(), "passthrough", P.MinMaxScaler()),
    pipeline.make_union(P.StandardScaler(), feature_selection.SelectKBest(k=1)),
    pipeline.make_union(
        pipeline.make_pipeline(feature_selection.SelectKBest(k=2), P.MinMaxScaler()),
        decomposition.PCA(1),
    ),
]


def holds(found, truth, width):
    """Tell whether what is said covers the truth; nothing said is all columns."""
    if found is None:
        return True
    return len(found) == len(truth) and all(
        set(true) <= set(said) for said, true in zip(found, truth, strict=True)
    )


def test_a_normalizer_mixes_the_columns_of_a_row():
    model = P.Normalizer().fit(NUMBERS)
    assert holds(ways(model, 4), depends(model, NUMBERS), 4)


def test_what_is_passed_through_stays_apart():
    model = pipeline.make_union(P.StandardScaler(), "passthrough").fit(NUMBERS)
    assert ways(model, 4) == depends(model, NUMBERS)


def test_powers_are_of_the_columns_that_they_multiply():
    model = P.PolynomialFeatures(2).fit(NUMBERS)
    assert ways(model, 4) == depends(model, NUMBERS)


def name_of(model):
    return type(model).__name__ + "-" + "".join(filter(str.isalnum, str(model)))[-24:]


ALL_AT_ONCE = (
    P.FunctionTransformer,
    decomposition.PCA,
    decomposition.TruncatedSVD,
    decomposition.FactorAnalysis,
    cluster.KMeans,
    random_projection.GaussianRandomProjection,
    kernel_approximation.Nystroem,
)
"""What comes from all columns, or from those of a function that nobody knows."""
COARSE = (P.KBinsDiscretizer, P.SplineTransformer, P.PolynomialFeatures)
"""What could be told finer than it is."""


@pytest.mark.parametrize("model", NUMBER_MODELS, ids=name_of)
def test_transformers_of_numbers(model):
    model.fit(NUMBERS, TARGET)
    found, truth = ways(model, 4, NAMES), depends(model, NUMBERS)
    assert holds(found, truth, 4)
    if isinstance(model, ALL_AT_ONCE):
        assert found is None
    elif not isinstance(model, COARSE) and found is not None:
        constant = [place for place, true in enumerate(truth) if not true]
        assert [w for at, w in enumerate(found) if at not in constant] == [w for w in truth if w]


@pytest.mark.parametrize(
    "model",
    [
        P.OneHotEncoder(),
        P.OneHotEncoder(drop="first", sparse_output=False),
        P.OneHotEncoder(min_frequency=19, handle_unknown="infrequent_if_exist"),
        P.OrdinalEncoder(),
        P.TargetEncoder(random_state=0),
    ],
    ids=name_of,
)
def test_encoders(model):
    model.fit(WORDS, TARGET)
    assert ways(model, 4, NAMES) == depends(model, WORDS)


@pytest.mark.parametrize(
    "model",
    [
        impute.SimpleImputer(),
        impute.SimpleImputer(strategy="constant", fill_value=0.0),
        impute.SimpleImputer(add_indicator=True),
        impute.KNNImputer(),
        impute.MissingIndicator(),
    ],
    ids=name_of,
)
def test_imputers(model):
    model.fit(HOLES)
    found, truth = ways(model, 4, NAMES), depends(model, HOLES)
    assert holds(found, truth, 4)


def test_an_imputer_drops_columns_without_values():
    empty = HOLES.copy()
    empty[:, 1] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = impute.SimpleImputer().fit(empty)
        kept = impute.SimpleImputer(keep_empty_features=True).fit(empty)
    assert ways(model, 4) == [(0,), (2,), (3,)]
    assert ways(kept, 4) == [(0,), (1,), (2,), (3,)]


TABLES = {
    "names": compose.ColumnTransformer(
        [("n", P.StandardScaler(), ["c", "a"]), ("w", P.OneHotEncoder(), ["m"])]
    ),
    "the rest is passed": compose.ColumnTransformer(
        [("w", P.OrdinalEncoder(), ["k", "m"])], remainder="passthrough"
    ),
    "the rest is scaled": compose.ColumnTransformer(
        [("w", "drop", ["k", "m"]), ("n", "passthrough", ["b"])], remainder=P.MinMaxScaler()
    ),
    "places": compose.ColumnTransformer([("n", "passthrough", [2, -6]), ("m", "drop", [1])]),
    "a slice": compose.ColumnTransformer([("n", P.StandardScaler(), slice(1, 3))]),
    "a slice of names": compose.ColumnTransformer([("n", P.StandardScaler(), slice("b", "d"))]),
    "a mask": compose.ColumnTransformer(
        [("n", P.MinMaxScaler(), [True, False, True, False, False, False])]
    ),
    "chosen by type": compose.ColumnTransformer(
        [
            ("n", P.StandardScaler(), compose.make_column_selector(dtype_include="number")),
            ("w", P.OneHotEncoder(), compose.make_column_selector(dtype_exclude="number")),
        ]
    ),
    "chosen by pattern": compose.ColumnTransformer(
        [("n", P.StandardScaler(), compose.make_column_selector(pattern="[bd]"))]
    ),
    "nothing chosen": compose.ColumnTransformer(
        [("n", P.StandardScaler(), []), ("m", P.MinMaxScaler(), ["d"])]
    ),
    "nested": compose.ColumnTransformer(
        [
            (
                "n",
                pipeline.make_pipeline(
                    impute.SimpleImputer(),
                    pipeline.make_union(P.StandardScaler(), feature_selection.SelectKBest(k=1)),
                ),
                ["d", "a"],
            ),
            (
                "t",
                compose.ColumnTransformer(
                    [("w", P.OneHotEncoder(), ["k"]), ("r", "passthrough", ["b"])]
                ),
                ["k", "c", "b"],
            ),
        ]
    ),
}


@pytest.mark.parametrize("case", TABLES)
def test_column_transformers(case):
    model = TABLES[case].fit(MIXED, TARGET)
    found = ways(model, MIXED.shape[1], list(MIXED.columns))
    assert holds(found, depends(model, MIXED), 6)
    if case != "nested":
        assert found == depends(model, MIXED)


def test_a_column_transformer_in_a_column_transformer():
    model = TABLES["nested"].fit(MIXED, TARGET)
    assert ways(model, MIXED.shape[1], list(MIXED.columns)) == depends(model, MIXED)


def test_texts_are_one_column():
    texts = ["a cat", "a dog", "no cat"]
    model = feature_extraction.text.CountVectorizer().fit(texts)
    assert ways(model, 1) is None
    table = compose.ColumnTransformer([("t", model, "words")]).fit(pd.DataFrame({"words": texts}))
    found = ways(table, 1, ["words"])
    assert found == [(0,)] * len(table.get_feature_names_out())


def test_features_that_reach_the_estimator():
    chosen = compose.make_column_transformer((P.StandardScaler(), ["c", "a"]))
    model = pipeline.make_pipeline(chosen, linear_model.LogisticRegression()).fit(MIXED, TARGET)
    assert used_features(model, list(MIXED.columns)) == ["a", "c"]
    whole = pipeline.make_pipeline(P.StandardScaler(), linear_model.LogisticRegression())
    assert used_features(whole.fit(NUMBERS, TARGET), NAMES) is None
    assert used_features(linear_model.LogisticRegression().fit(NUMBERS, TARGET), NAMES) is None


# Splits ------------------------------------------------------------------------------------------


KINDS = {
    "frame": lambda values: pd.DataFrame(values, columns=NAMES),
    "series": lambda values: pd.Series(values[:, 0], name="s"),
    "array": lambda values: values.copy(),
    "one dimension": lambda values: values[:, 0].copy(),
    "sparse": sparse.csr_matrix,
    "list": lambda values: values[:, 0].tolist(),
    "list of lists": lambda values: values.tolist(),
}
OPTIONS = {
    "shuffled": {"random_state": 4},
    "in order": {"shuffle": False},
    "stratified": {"random_state": 4, "stratify": TARGET},
    "sized": {"random_state": 1, "train_size": 20, "test_size": 7},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_a_split(tmp_path, kind, options):
    expected = train_test_split(np.arange(ROWS), **options)
    with recording(tmp_path) as record:
        whole = KINDS[kind](NUMBERS)
        train, test = train_test_split(whole, **options)
    step = record.step("train_test_split")
    assert (len(step.generated), step.generated[0].role) == (2, "train")
    found = [passage_to(record, link.artifact) for link in step.generated]
    source = record.label(step.used[0].artifact)
    for passed, rows in zip(found, expected, strict=True):
        assert passed.rows == {source: [[int(row)] for row in rows]}
        assert all(len(columns) == 1 for columns in passed.columns.values())
    assert np.shape(train)[0] + np.shape(test)[0] == sum(map(len, expected))


def test_rows_of_several_things_split_at_once(tmp_path):
    expected = train_test_split(np.arange(ROWS), random_state=2)
    with recording(tmp_path) as record:
        X, y = KINDS["frame"](NUMBERS), TARGET.copy()
        parts = train_test_split(X, y, random_state=2)
    step = record.step("train_test_split")
    assert len(parts) == len(step.generated) == 4
    for place, link in enumerate(step.generated):
        (rows,) = passage_to(record, link.artifact).rows.values()
        assert rows == [[int(row)] for row in expected[place % 2]]
