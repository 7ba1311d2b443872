import numpy as np
import pytest
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score as imported_before_recording
from sklearn.model_selection import train_test_split

from .recording import recording

rng = np.random.default_rng(0)
X = rng.normal(size=(200, 2))
y = (X[:, 0] + rng.normal(size=200) > 0).astype(int)


def fitted():
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    model = LogisticRegression().fit(X_train, y_train)
    return model, X_test, y_test


def figures(record):
    return {m.key: m.value for event in record.metrics for m in event.metrics}


def test_a_metric_knows_the_model_and_data_of_its_predictions(tmp_path):
    with recording(tmp_path) as record:
        model, X_test, y_test = fitted()
        value = metrics.f1_score(y_test, model.predict(X_test))
    (event,) = record.metrics
    assert event.metrics[0].value == value
    assert (record.label(event.model), record.label(event.data)) == ("model", "X_test")
    assert (event.split, event.evidence) == ("test", "observed")
    step = record.step("f1_score")
    assert [(link.role, link.slot) for link in step.used] == [
        ("test", "y_true"),
        ("predictions", "y_pred"),
        ("model", None),
    ]


def test_a_column_of_probabilities_is_still_the_models(tmp_path):
    with recording(tmp_path) as record:
        model, X_test, y_test = fitted()
        metrics.roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])
    (event,) = record.metrics
    assert (record.label(event.model), event.evidence) == ("model", "observed")


def test_thresholded_probabilities_are_inferred_to_be_the_models(tmp_path):
    with recording(tmp_path) as record:
        model, X_test, y_test = fitted()
        chosen = (model.predict_proba(X_test)[:, 1] > 0.3).astype(int)
        metrics.f1_score(y_test, chosen)
        metrics.accuracy_score(y_test, chosen)
    assert [event.evidence for event in record.metrics] == ["inferred", "inferred"]
    assert {record.label(event.model) for event in record.metrics} == {"model"}


def test_names_imported_before_recording_are_observed_and_given_back(tmp_path):
    before = imported_before_recording
    with recording(tmp_path) as record:
        model, X_test, y_test = fitted()
        imported_before_recording(y_test, model.predict(X_test))
    assert figures(record).keys() == {"accuracy"}
    assert imported_before_recording is before
    assert imported_before_recording is metrics.accuracy_score


def test_results_of_many_kinds(tmp_path):
    with recording(tmp_path) as record:
        model, X_test, y_test = fitted()
        predicted = model.predict(X_test)
        report = metrics.classification_report(y_test, predicted, output_dict=True)
        metrics.classification_report(y_test, predicted)
        matrix = metrics.confusion_matrix(y_test, predicted)
        metrics.precision_recall_fscore_support(y_test, predicted, average="macro")
        recalls = metrics.recall_score(y_test, predicted, average=None)
        metrics.roc_curve(y_test, predicted)
        metrics.fbeta_score(y_test, predicted, beta=2)
    found = figures(record)
    assert found["accuracy"] == round(report["accuracy"], 2)
    assert found["macro_avg_f1-score"] == round(report["macro avg"]["f1-score"], 2)
    assert found["recall.1"] == recalls[1]
    assert {"precision", "recall", "fscore", "fbeta"} <= found.keys()
    assert record.step("confusion_matrix").attrs == {"confusion_matrix": matrix.tolist()}
    assert record.step("fbeta_score").params == {"beta": 2}
    assert record.metrics[-1].params == {"beta": 2}
    assert record.gaps == [gap for gap in record.gaps if gap.startswith(("X ", "y "))]


def test_scorers_and_clusterings(tmp_path):
    with recording(tmp_path) as record:
        model, X_test, y_test = fitted()
        error = metrics.get_scorer("neg_log_loss")(model, X_test, y_test)
        labels = KMeans(2, n_init=1, random_state=0).fit_predict(X_test)
        metrics.silhouette_score(X_test, labels)
        regression = LinearRegression().fit(X_test, y_test)
        regression.score(X_test, y_test)
    found = figures(record)
    assert found["log_loss"] == pytest.approx(-error)
    assert {"silhouette", "r2"} <= found.keys()
    named = [(event.metrics[0].key, record.label(event.model)) for event in record.metrics]
    assert named == [("log_loss", "model"), ("silhouette", "KMeans"), ("r2", "regression")]


def test_functions_stay_what_they_are(tmp_path):
    import inspect
    import pickle

    before = (inspect.signature(metrics.f1_score), metrics.f1_score.__doc__,
              repr(metrics.make_scorer(metrics.f1_score)))  # fmt: skip
    with recording(tmp_path):
        seen = (inspect.signature(metrics.f1_score), metrics.f1_score.__doc__,
                repr(metrics.make_scorer(metrics.f1_score)))  # fmt: skip
        assert pickle.loads(pickle.dumps(metrics.f1_score)) is metrics.f1_score
    assert seen == before
