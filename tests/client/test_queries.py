from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from forebear.client import queries
from forebear.client.locate import init_store
from forebear.core.errors import BadRef
from forebear.store import open_store
from story import Story


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    story = Story(tmp_path)
    story.prepare()
    story.train(4, 0.8)
    with open_store(init_store(tmp_path / ".forebear"), create=True) as store:
        store.append(story.events)


def test_a_trace_is_an_object_that_shows_itself():
    answer = queries.trace("churn")
    assert answer.params["max_depth"] == 4
    assert repr(answer).startswith("churn:1 was trained by RandomForestClassifier.fit in train.py")
    assert ">churn:1 was trained" in answer._repr_html_()
    assert str(answer) == repr(answer)


def test_a_path_object_may_be_asked_about():
    assert queries.trace(Path("model.pkl")).root == queries.trace("churn:1").root


def test_answers_encode_like_those_of_the_command():
    body = msgspec.json.decode(msgspec.json.encode(queries.impact("data/raw.csv")))
    assert {"root", "nodes", "edges", "complete", "omitted", "gaps", "models"} <= body.keys()
    view = msgspec.json.decode(msgspec.json.encode(queries.show("churn:1")))
    assert view["thing"] == "artifact"


def test_each_question_has_a_face():
    assert "leads to churn:1 in 11 steps" in repr(queries.path("data/raw.csv", "churn"))
    assert repr(queries.impact("data/raw.csv")).startswith("data/raw.csv (raw:1) reaches 1 model")
    assert repr(queries.show("churn")).startswith("churn  model")
    assert repr(queries.show("churn:1")).startswith("churn:1  model")
    run = queries.trace("churn").runs[0].id
    assert repr(queries.show(f"run:{run}")).startswith("train.py  run  finished")


def test_a_prompt_prints_it():
    class Printer:
        said = ""

        def text(self, words: str) -> None:
            self.said += words

    printer = Printer()
    answer = queries.show("churn")
    answer._repr_pretty_(printer, cycle=False)
    assert printer.said == repr(answer)


def test_an_object_that_nobody_recorded_is_said_to_be_unknown():
    with pytest.raises(BadRef, match="This list is not recorded"):
        queries.trace([1, 2, 3])
