"""Runs from a program: found, compared, and their figures."""

import pytest

import forebear as fb
from forebear.client.locate import init_store
from forebear.store import open_store
from story import Story


@pytest.fixture(autouse=True)
def trained(tmp_path, monkeypatch):
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    story = Story(tmp_path)
    story.prepare()
    for depth, score in ((2, 0.8), (4, 0.9)):
        story.train(depth, score, save=f"{depth}.pkl")
    with open_store(init_store(tmp_path / ".forebear"), create=True) as store:
        store.append(story.events)


def test_runs_are_found_with_their_figures():
    assert [run.metrics for run in fb.runs("metrics.f1 > 0.85")] == [{"f1": 0.9}]
    ordered = fb.runs("metrics.f1 IS NOT NULL", order="params.max_depth")
    assert [run.params["max_depth"] for run in ordered] == [2, 4]
    assert len(fb.runs(limit=1)) == 1


def test_a_comparison_shows_itself():
    answer = fb.compare_runs("churn:1", "churn:2")
    assert answer.verdict == "The 2 runs differ in 1 parameter (max_depth) and 1 figure (f1)."
    assert "max_depth  2  4" in str(answer)
    assert "max_depth" in answer._repr_html_()


def test_figures_show_themselves():
    answer = fb.series("churn:2", "f1")
    assert [one.last for one in answer.series] == [0.9]
    assert "f1 test  0.9" in str(answer)
