import pytest

from forebear.core.errors import UnknownRef
from forebear.ops.subjects import subject
from forebear.ops.table import Target


def test_a_bare_name_is_the_name_as_a_whole(store, story):
    story.train(2, 0.8)
    store.append(story.events)
    found = subject(store, Target(ref="model:churn"))
    assert (found.about, found.title, found.kind) == ("model:churn", "churn", "model")
    assert found.versions[0].artifact in found.ids
    assert found.everything[0] == "model:churn"


def test_a_version_is_its_artifact_with_what_holds_for_its_name(store, story):
    story.train(2, 0.8)
    store.append(story.events)
    name = subject(store, Target(ref="model:churn"))
    found = subject(store, Target(ref=f"model:churn:{name.versions[0].version}"))
    assert found.about == name.versions[0].artifact
    assert "model:churn" in found.everything
    assert found.about in found.everything


def test_what_is_not_there_is_said(store):
    with pytest.raises(UnknownRef, match="churn"):
        subject(store, Target(ref="churn"))
