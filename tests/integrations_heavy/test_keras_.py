import warnings

import numpy as np
import pandas as pd
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    tf = pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")

from sklearn.metrics import accuracy_score

from forebear.capture.finish import _name_results
from forebear.core.events import VersionNamed
from forebear.engines.savedmodel import read_fingerprint
from forebear.engines.weights import weights_of

from .networks import kinds, recorded, roles

pytestmark = pytest.mark.filterwarnings("ignore")


def network():
    model = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(4, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    return model


def arrays():
    frame = pd.read_csv("points.csv")
    train, test = frame[:100], frame[100:]
    X_train, y_train = train[["a", "b"]].to_numpy("float32"), train["t"].to_numpy("float32")
    X_test, y_test = test[["a", "b"]].to_numpy("float32"), test["t"].to_numpy("float32")
    return X_train, y_train, X_test, y_test


def test_three_forms_of_a_model_are_one_version_of_one_name(tmp_path):
    with recorded(tmp_path) as record:
        X, y, _, _ = arrays()
        net = network()
        net.fit(X, y, epochs=1, verbose=0)
        net.save("churn.keras")
        net.save("old_churn.h5")
        net.export("serving", verbose=False)
        _name_results(record.session)
    named = [one for one in record.of(VersionNamed) if one.kind == "model"]
    labels = [record.label(one.artifact) for one in named]
    assert labels == ["churn.keras", "old_churn.h5", "serving"]
    assert {one.name for one in named} == {"churn"}
    assert [one.form_of for one in named] == [None, named[0].artifact, named[0].artifact]


def test_from_a_file_to_a_saved_model_and_back(tmp_path):
    with recorded(tmp_path) as record:
        keras.utils.set_random_seed(5)
        X_train, y_train, X_test, y_test = arrays()
        net = network()
        net.fit(
            X_train, y_train, epochs=2, batch_size=10, verbose=0, validation_data=(X_test, y_test)
        )
        net.save("net.keras")
        again = keras.models.load_model("net.keras")
        again.fit(X_train, y_train, epochs=1, verbose=0)
        again.save("again.keras")
    first, second = kinds(record, "train")
    assert {("X_train", "train"), ("y_train", "train")} <= roles(record, first)
    assert sum(role == "validation" for _, role in roles(record, first)) == 2
    assert first.params["optimizer"] == "Adam"
    assert first.params["learning_rate"] == pytest.approx(0.01)
    assert (first.params["epochs"], first.params["batch_size"]) == (2, 10)
    assert first.params["loss"] == "binary_crossentropy"
    assert ("net.keras", "base") in roles(record, second)
    file = record.by_label("net.keras")
    assert file.weights == record.artifacts[first.generated[0].artifact].weights == weights_of(net)
    assert {"points.csv", "net.keras"} <= record.ancestors(record.by_label("again.keras").artifact)
    assert record.params["seed.keras"] == 5
    assert record.gaps == []
    assert record.inferred() == []


def test_the_figures_of_every_epoch(tmp_path):
    with recorded(tmp_path) as record:
        X_train, y_train, X_test, y_test = arrays()
        history = network().fit(
            X_train, y_train, epochs=3, verbose=0, validation_data=(X_test, y_test)
        )
    found = {(m.split, one.step): one.value for m in record.metrics for one in m.metrics
             if one.key == "accuracy"}  # fmt: skip
    assert [found["train", i] for i in range(3)] == history.history["accuracy"]
    assert [found["validation", i] for i in range(3)] == history.history["val_accuracy"]


def test_evaluate_and_predict_name_model_data_and_split(tmp_path):
    with recorded(tmp_path) as record:
        X_train, y_train, X_test, y_test = arrays()
        net = network()
        net.fit(X_train, y_train, verbose=0)
        told = net.evaluate(X_test, y_test, verbose=0)
        predicted = net.predict(X_test, verbose=0)
        accuracy_score(y_test, predicted[:, 0] > 0.5)
    (step,) = [one for one in kinds(record, "evaluate") if one.name == "Sequential.evaluate"]
    assert {("X_test", "test"), ("y_test", "test"), ("net", "model")} == roles(record, step)
    (metrics,) = [m for m in record.metrics if m.split == "test" and len(m.metrics) == 2]
    assert sorted(one.value for one in metrics.metrics) == pytest.approx(sorted(told))
    (step,) = kinds(record, "predict")
    assert {("X_test", "test"), ("net", "model")} == roles(record, step)
    trained = kinds(record, "train")[0].generated[0].artifact
    assert {m.model for m in record.metrics} == {trained}


def test_an_exported_model_is_known_by_its_fingerprint(tmp_path):
    with recorded(tmp_path) as record:
        X_train, y_train, *_ = arrays()
        net = network()
        net.fit(X_train, y_train, verbose=0)
        net.export("served", verbose=False)
        tf.saved_model.load("served")
    folder = record.by_label("served")
    assert folder.attrs["uuid"] == read_fingerprint(tmp_path / "served").uuid
    told = tf.saved_model.experimental.read_fingerprint(str(tmp_path / "served"))
    assert folder.attrs["singleprint"] == told.singleprint()
    assert "points.csv" in record.ancestors(folder.artifact)


def test_data_sets_of_arrays_files_and_functions(tmp_path):
    def parsed(line):
        a, b, t = tf.io.decode_csv(line, [0.0, 0.0, 0.0])
        return tf.stack([a, b]), t

    with recorded(tmp_path) as record:
        X, y, *_ = arrays()
        of_arrays = tf.data.Dataset.from_tensor_slices((X, y)).shuffle(10).batch(20)
        network().fit(of_arrays, verbose=0)
        of_file = tf.data.TextLineDataset("points.csv").skip(1).map(parsed).batch(20)
        network().fit(of_file, verbose=0)
        shapes = (tf.TensorSpec((2,)), tf.TensorSpec(()))
        made_up = tf.data.Dataset.from_generator(lambda: zip(X, y, strict=True),
                                                 output_signature=shapes).batch(20)  # fmt: skip
        network().fit(made_up, verbose=0)
    first, second, third = kinds(record, "train")
    assert {role for _, role in roles(record, first)} == {"train"}
    assert {"points.csv", "frame"} <= record.ancestors(first.generated[0].artifact)
    assert roles(record, second) == {("points.csv", "train")}
    assert {link.evidence for link in second.used} == {"observed"}
    assert {link.evidence for link in third.used} == {"inferred"}
    assert record.gaps == ["What is in made_up was not seen."]


def test_checkpoints_and_weights(tmp_path):
    with recorded(tmp_path) as record:
        X_train, y_train, *_ = arrays()
        net = network()
        net.fit(X_train, y_train, verbose=0)
        prefix = tf.train.Checkpoint(model=net).save("ck/net")
        other = network()
        tf.train.Checkpoint(model=other).restore(prefix)
        other.fit(X_train, y_train, verbose=0)
        other.save_weights("other.weights.h5")
        third = network()
        third.load_weights("other.weights.h5")
        third.fit(X_train, y_train, verbose=0)
    _, second, last = kinds(record, "train")
    assert ("net-1.data-00000-of-00001", "base") in roles(record, second)
    assert ("other.weights.h5", "base") in roles(record, last)


def test_a_digest_ignores_the_paths_of_variables(tmp_path):
    net = network()
    net.save(tmp_path / "net.keras")
    again = keras.models.load_model(tmp_path / "net.keras")
    assert weights_of(again) == weights_of(net)
    weights = net.get_weights()
    weights[0] = np.nextafter(weights[0], 1)
    net.set_weights(weights)
    assert weights_of(again) != weights_of(net)


def test_nothing_changes_for_the_program_and_nothing_is_left(tmp_path, monkeypatch):
    def program():
        keras.utils.set_random_seed(3)
        X_train, y_train, *_ = arrays()
        net = network()
        return net.fit(X_train, y_train, epochs=2, verbose=0).history, weights_of(net)

    before = (keras.Model.fit, keras.Model.save, keras.models.load_model, tf.saved_model.save)
    with recorded(tmp_path):
        inside = program()
    monkeypatch.chdir(tmp_path)
    assert program() == inside
    after = (keras.Model.fit, keras.Model.save, keras.models.load_model, tf.saved_model.save)
    assert after == before


def test_a_loop_of_ones_own_is_inferred_and_said(tmp_path):
    with recorded(tmp_path) as record:
        frame = pd.read_csv("points.csv")
        points = tf.data.Dataset.from_tensor_slices(frame[["a", "b"]].to_numpy("float32"))
        net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        optimizer = keras.optimizers.SGD(0.01)
        for batch in points.batch(30):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(net(batch) ** 2)
            gradients = tape.gradient(loss, net.trainable_variables)
            optimizer.apply_gradients(zip(gradients, net.trainable_variables, strict=True))
        tf.train.Checkpoint(model=net).save("checkpoints/net")
        net.save("net.keras")
    (step,) = kinds(record, "train")
    assert {link.evidence for link in (*step.used, *step.generated)} == {"inferred"}
    assert {role for _, role in roles(record, step)} == {"train"}
    assert any("was trained was not seen" in gap for gap in record.gaps)
