"""Models in their libraries' own formats: what is refused, and how long a model may take."""

from __future__ import annotations

import signal
import sys
import threading
import time

import numpy as np
import pytest

from forebear.capture.validate.limits import within
from forebear.capture.validate.natives import of_scores
from forebear.core.errors import ModelFailed

TEST = ("--on", "test.csv", "--target", "income")
HEADS = {
    "m.json": (b'{"learner":{}}', "xgboost"),
    "m.ubj": (b"{L", "xgboost"),
    "m.txt": (b"tree\nversion=v4\n", "lightgbm"),
    "m.cbm": (b"CBM1", "catboost"),
    "m.bin": (b"CBM1", "catboost"),
    "m.pt": (b"PK", "torch"),
    "m.keras": (b"PK", "keras"),
}


@pytest.mark.parametrize(("name", "body", "library"), [(n, *rest) for n, rest in HEADS.items()])
def test_a_library_that_is_not_there_is_named(run, folder, monkeypatch, name, body, library):
    monkeypatch.setitem(sys.modules, library, None)
    (folder / name).write_bytes(body)
    code, _, err = run("validate", name, *TEST)
    assert code == 2
    assert f"{name} is a model of {library}, which is not installed here." in err
    assert f"pip install {library}" in err


def test_weights_alone_are_no_model(run, folder):
    (folder / "net.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    code, _, err = run("validate", "net.safetensors", *TEST)
    assert code == 2
    assert "net.safetensors holds weights, and not the network that they belong to." in err
    assert "--callable module:function" in err


def test_what_knows_no_safe_mode_is_not_loaded_without_trust(run, folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    (folder / "old.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    code, _, err = run("validate", "old.h5", *TEST)
    assert code == 2
    assert "may run code of its maker" in err
    assert "`--trust` loads it" in err
    assert "keras, which is not installed" in run("validate", "old.h5", "--trust", *TEST)[2]


@pytest.mark.parametrize(
    "body",
    [
        "time.sleep(60)",
        "while True:\n        pass",
        "try:\n        time.sleep(60)\n    except Exception:\n        pass",
    ],
    ids=["sleeps", "loops", "catches everything"],
)
def test_a_function_that_takes_too_long_is_cut_off(run, folder, body):
    (folder / "slow_fn.py").write_text(f"import time\n\n\ndef predict(frame):\n    {body}\n")
    sys.modules.pop("slow_fn", None)
    began = time.monotonic()
    code, _, err = run("validate", "slow_fn:predict", *TEST, "--timeout", "0.3")
    assert code == 2
    assert "slow_fn:predict did not answer within 0.3 s." in err
    assert time.monotonic() - began < 20
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL


def test_a_limit_ends_with_what_it_is_for():
    with within(0.2, "it"):
        pass
    time.sleep(0.3)
    with within(None, "it"):
        time.sleep(0.01)
    with pytest.raises(ModelFailed, match=r"within 0\.1 s"), within(0.1, "it"):
        time.sleep(5)


def test_other_threads_have_no_limit():
    done = []

    def work():
        with within(0.05, "it"):
            time.sleep(0.2)
        done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


def test_scores_become_labels():
    one = of_scores(np.array([0.2, 0.9]), [0, 1])
    assert (list(one.predicted), one.probabilities) == ([0, 1], True)
    assert one.scores[:, 1].tolist() == [0.2, 0.9]
    many = of_scores(np.array([[2.0, -1.0, 0.5], [0.0, 3.0, 1.0]]))
    assert (list(many.predicted), many.probabilities) == ([0, 1], False)
    value = of_scores(np.array([[1.5], [2.5]]))
    assert (list(value.predicted), value.scores) == ([1.5, 2.5], None)


@pytest.mark.parametrize(
    ("thresholds", "said"),
    [
        (["roc_auc>=0.1"], "good.joblib meets its threshold: roc_auc 0."),
        (["accuracy>=0.1", "f1>=0.99"], "fails 1 of 2 thresholds: f1 0."),
        (["recall[age<30]>=0.999"], "fails its threshold: recall[age<30] 0."),
    ],
)
def test_the_verdict_leads_with_the_figure_that_was_asked_about(answered, thresholds, said):
    words = [word for one in thresholds for word in ("--threshold", one)]
    _, found = answered("validate", "good.joblib", *TEST, *words)
    assert said in found["verdict"]
    failed = [one for one in found["validation"]["thresholds"] if one["passed"] is False]
    assert all(
        f"where {one['op']} {one['value']:g} was asked" in found["verdict"] for one in failed
    )
