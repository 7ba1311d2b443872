"""ONNX models: those of one tensor, of a tensor a column, and of scikit-learn's converter."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper  # noqa: E402
from sklearn.datasets import load_iris  # noqa: E402
from sklearn.linear_model import LinearRegression, LogisticRegression  # noqa: E402
from sklearn.metrics import log_loss  # noqa: E402

from forebear.cli import main  # noqa: E402


@pytest.fixture
def answered(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    main(["init"])

    def answered(*words: str):
        capsys.readouterr()
        assert main([*words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return answered


def test_a_tensor_for_each_column(answered):
    above = helper.make_node("Greater", ["age", "limit"], ["above"])
    cast = helper.make_node("Cast", ["above"], ["label"], to=TensorProto.INT64)
    graph = helper.make_graph(
        [above, cast],
        "g",
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1])
            for name in ("age", "unused")
        ],
        [helper.make_tensor_value_info("label", TensorProto.INT64, [None, 1])],
        [helper.make_tensor("limit", TensorProto.FLOAT, [1], [45.0])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, "m.onnx")
    frame = pd.DataFrame({"unused": 0.0, "age": np.arange(20.0, 70.0)})
    frame.assign(old=(frame.age > 50).astype(int)).to_csv("t.csv", index=False)
    found = answered("validate", "m.onnx", "--on", "t.csv", "--target", "old")
    assert found["kind"] == "ONNX model"
    assert found["validation"]["metrics"]["accuracy"]["value"] == pytest.approx(45 / 50)


@pytest.mark.parametrize("zipmap", [True, False])
def test_classifiers_of_the_converter(answered, zipmap):
    convert = pytest.importorskip("skl2onnx")
    iris = load_iris(as_frame=True)
    model = LogisticRegression(max_iter=1000).fit(iris.data.to_numpy(), iris.target)
    made = convert.to_onnx(
        model, iris.data.to_numpy(dtype=np.float32)[:1], options={"zipmap": zipmap}
    )
    onnx.save(made, "iris.onnx")
    iris.frame.to_csv("iris.csv", index=False)
    found = answered("validate", "iris.onnx", "--on", "iris.csv", "--target", "target")
    metrics = found["validation"]["metrics"]
    score = model.score(iris.data.to_numpy(), iris.target)
    assert metrics["accuracy"]["value"] == pytest.approx(score)
    assert metrics["roc_auc"]["value"] > 0.99
    assert metrics["log_loss"]["value"] < 0.2


def test_regressors_of_the_converter(answered):
    convert = pytest.importorskip("skl2onnx")
    iris = load_iris(as_frame=True).data
    target = "petal width (cm)"
    X, y = iris.drop(columns=[target]), iris[target]
    model = LinearRegression().fit(X.to_numpy(), y)
    onnx.save(convert.to_onnx(model, X.to_numpy(dtype=np.float32)[:1]), "width.onnx")
    iris.to_csv("iris.csv", index=False)
    found = answered("validate", "width.onnx", "--on", "iris.csv", "--target", target)
    assert found["validation"]["task"] == "regression"
    wanted = model.score(X.to_numpy(), y)
    assert found["validation"]["metrics"]["r2"]["value"] == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("names", [[1, 2, 3], ["x", "y", "z"]])
def test_scores_without_names_are_those_of_the_labels_beside_them(answered, names):
    convert = pytest.importorskip("skl2onnx").to_onnx
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=500).fit(X, np.array(names)[y])
    sample, options = X[:1].astype("float32"), {id(model): {"zipmap": False}}
    with open("iris.onnx", "wb") as file:
        file.write(convert(model, sample, options=options).SerializeToString())
    frame = pd.DataFrame(X, columns=list("abcd")).assign(kind=np.array(names)[y])
    frame.to_csv("iris.csv", index=False)
    found = answered("validate", "iris.onnx", "--on", "iris.csv", "--target", "kind")
    told = found["validation"]["metrics"]
    wanted = log_loss(frame.kind, model.predict_proba(X))
    assert told["log_loss"]["value"] == pytest.approx(wanted, rel=1e-4)
    assert any("in the order of the data" in note for note in found["validation"]["notes"])
