"""A model in several files has one name; a folder that is a model is known as one thing."""

import shutil

import joblib
import pytest
from sklearn.linear_model import LogisticRegression

from capture.integrations.recording import recording
from forebear.capture import model_folders
from forebear.capture.finish import _name_results
from forebear.capture.known import ModelFolder
from forebear.capture.model_folders import folder_loaded, folder_saved, settle_folders
from forebear.capture.validate.places import register
from forebear.client.local import LocalClient
from forebear.core.events import ArtifactRecorded, Derived, LocationSeen, VersionNamed
from forebear.engines.files import digest_path
from forebear.store import open_store

X, Y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]


def fitted():
    return LogisticRegression().fit(X, Y)


def test_files_of_one_model_are_forms_of_one_version(tmp_path):
    with recording(tmp_path) as record:
        model = fitted()
        for name in ("model.joblib", "churn.pkl.gz", "old-churn.pkl.bz2"):
            joblib.dump(model, name)
        _name_results(record.session)
    named = record.of(VersionNamed)
    assert [record.label(one.artifact) for one in named] == [
        "model.joblib", "churn.pkl.gz", "old-churn.pkl.bz2",
    ]  # fmt: skip
    assert {one.name for one in named} == {"churn"}
    assert [one.form_of for one in named] == [None, named[0].artifact, named[0].artifact]


def test_two_models_are_two_versions(tmp_path):
    with recording(tmp_path) as record:
        joblib.dump(fitted(), "one.joblib")
        joblib.dump(LogisticRegression(C=0.1).fit(X, Y), "two.joblib")
        _name_results(record.session)
    named = record.of(VersionNamed)
    assert [(one.name, one.form_of) for one in named] == [("one", None), ("two", None)]


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "reviews"
    place.mkdir()
    (place / "model.safetensors").write_bytes(b"weights")
    (place / "config.json").write_text("{}")
    return place


def saved(record, place):
    """Tell of a model that is saved in a folder, as an integration does."""
    session = record.session
    weights = place / "model.safetensors"
    file = session.file(weights, "write", kind="model")
    digest = {"weights": "sha256:" + "1" * 64}
    return ModelFolder(None, "transformers", [file], frozenset([weights]), digest)


def test_a_folder_is_what_it_is_when_the_program_ends(tmp_path, folder):
    with recording(tmp_path) as record:
        known = saved(record, folder)
        folder_saved(record.session, folder, known)
        (folder / "vocab.txt").write_text("what is saved later")
        folder_loaded(record.session, folder, known)
        settle_folders(record.session)
        settle_folders(record.session)
    whole = record.by_label("reviews")
    assert whole.artifact == digest_path(folder).digest
    assert (whole.kind, whole.format, whole.weights) == (
        "model", "transformers", "sha256:" + "1" * 64,
    )  # fmt: skip
    assert [(one.source, one.target, one.relation) for one in record.derived] == [
        (whole.artifact, known.files[0], "export")
    ]
    seen = [
        (one.uri, one.mode) for one in record.of(LocationSeen) if one.artifact == whole.artifact
    ]
    assert seen == [(str(folder), "write")]


def test_a_folder_that_is_loaded_is_recorded_at_once(tmp_path, folder):
    with recording(tmp_path) as record:
        folder_loaded(record.session, folder, saved(record, folder))
    whole = record.by_label("reviews")
    assert whole.artifact == digest_path(folder).digest
    (seen,) = [one for one in record.of(LocationSeen) if one.artifact == whole.artifact]
    assert seen.mode == "read"


def test_a_folder_with_more_than_a_model_is_none(tmp_path, folder, monkeypatch):
    with recording(tmp_path) as record:
        known = saved(record, folder)
        (folder / "checkpoint-500").mkdir()
        folder_loaded(record.session, folder, known)
        (folder / "checkpoint-500").rmdir()
        monkeypatch.setattr(model_folders, "_MOST_BESIDE", 1)
        folder_loaded(record.session, folder, known)
        (folder / "model.safetensors").unlink()
        folder_loaded(record.session, folder, known._replace(files=[]))
    assert [one.label for one in record.artifacts.values()] == ["model.safetensors"]


def test_a_folder_that_is_gone_keeps_no_other_from_the_record(tmp_path, folder):
    gone = tmp_path / "gone"
    gone.mkdir()
    (gone / "model.safetensors").write_bytes(b"weights of another")
    with recording(tmp_path) as record:
        for place in (gone, folder):
            folder_saved(record.session, place, saved(record, place))
        shutil.rmtree(gone)
        settle_folders(record.session)
    assert record.by_label("reviews").artifact == digest_path(folder).digest


def test_a_folder_that_is_registered_comes_from_the_files_in_it(tmp_path, folder):
    with open_store(tmp_path / ".forebear", create=True) as store, LocalClient(store) as client:
        file = register(client, folder / "model.safetensors", "model", name="reviews").artifact
        (folder / "README.md").write_text("written by hand")
        for _ in range(2):
            whole = register(client, folder, "model", name="published").artifact
        edges = [(one.source, one.relation) for one in store.edges([whole], "up")]
        assert edges == [(file, "copy")]
        # Where the folder is known to have been there first, nothing leads back into it.
        (folder / "README.md").unlink()
        first = digest_path(folder).digest
        store.append([
            ArtifactRecorded(artifact=first, kind="model", digest=first, label="reviews"),
            Derived(source=first, target=file, relation="export"),
        ])  # fmt: skip
        register(client, folder, "model", name="reviews")
        assert store.edges([first], "up") == []
