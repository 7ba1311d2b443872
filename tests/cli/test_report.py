from __future__ import annotations

import pytest

from command import forebear
from forebear.store import open_store
from story import Story


@pytest.fixture
def folder(tmp_path):
    with open_store(tmp_path / ".forebear", create=True) as store:
        story = Story(tmp_path)
        story.prepare()
        story.train(2, 0.8)
        store.append(story.events)
    return tmp_path


def test_a_report_is_one_file(folder):
    done = forebear("report", "churn:1", "-o", "r.html", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("The report is r.html\n")
    assert (folder / "r.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("output", "said"),
    [("r.pdf", "'r.pdf' does not end in .html."), ("no/r.html", "'no/r.html' cannot be written")],
)
def test_where_it_cannot_go_is_said(folder, output, said):
    done = forebear("report", "churn:1", "-o", output, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
