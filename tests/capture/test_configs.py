import json
from pathlib import Path

from capture.integrations.recording import recording

SETTINGS = {"forest": {"n_estimators": 7, "max_depth": 3}, "seed": 0, "note": "for May"}


def trained(record):
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier

    settings = json.loads(Path("config.json").read_text())["forest"]
    X = np.arange(40.0).reshape(20, 2)
    RandomForestClassifier(**settings, random_state=0).fit(X, [0, 1] * 10)
    return record


def test_a_file_that_holds_the_settings_of_a_model_is_tied_to_it(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(SETTINGS))
    with recording(tmp_path) as record:
        trained(record)
    step = record.step("RandomForestClassifier.fit")
    (link,) = [link for link in step.used if link.role == "config"]
    assert (record.label(link.artifact), link.evidence) == ("config.json", "inferred")


def test_a_file_with_other_or_common_values_is_not(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(SETTINGS))
    (tmp_path / "other.json").write_text(json.dumps({"n_estimators": 8, "random_state": 0}))
    with recording(tmp_path) as record:
        Path("other.json").read_text()
        trained(record)
    step = record.step("RandomForestClassifier.fit")
    found = [record.label(link.artifact) for link in step.used if link.role == "config"]
    assert found == ["config.json"]


def test_a_broken_file_harms_nothing(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(SETTINGS))
    (tmp_path / "broken.json").write_text("{")
    with recording(tmp_path) as record:
        Path("broken.json").read_text()
        trained(record)
    assert len(record.step("RandomForestClassifier.fit").used) >= 1
    assert not [gap for gap in record.gaps if "Something" in gap]
