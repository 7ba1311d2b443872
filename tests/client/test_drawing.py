from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import pytest

from forebear.analysis.condensed import condensed, nearest
from forebear.client.answers import Trace
from forebear.client.client import LocalClient
from forebear.client.drawing import drawn
from forebear.client.report import asked_about, page
from forebear.core.entities import Edge, Node
from forebear.core.events import VersionNamed
from forebear.ops.lineage import TraceRequest
from forebear.ops.table import Target
from forebear.store import open_store
from story import Story

HOSTILE = "<script>alert(1)</script>&\"'.pkl"


@pytest.fixture
def client(tmp_path):
    with open_store(tmp_path / ".forebear", create=True) as store:
        story = Story(tmp_path)
        story.prepare()
        trained = story.train(2, 0.8)
        story.train(4, 0.9, save=None)
        story.say(VersionNamed(kind="model", name="again", artifact=trained.file))
        bad = story.memory("model", HOSTILE, "bad")
        run = story.run(HOSTILE)
        story.step(run, "train", HOSTILE, [], [bad])
        story.say(VersionNamed(kind="model", name="hostile", artifact=bad))
        story.end(run)
        store.append(story.events)
        yield LocalClient(store, by="ops")


def traced(client, ref):
    return client.call(TraceRequest(target=Target(ref=ref)))


def words(svg):
    root = ElementTree.fromstring(svg)
    return [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]


def test_programs_are_drawn_as_one_thing_between_files(client):
    said = words(drawn(traced(client, "churn:1")))
    titles = said[::2]
    assert sorted(titles) == ["churn:1", "clean:1", "prepare.py", "raw:1", "train.py"]
    assert "data, 990 × 2" in said


def test_a_model_in_memory_is_drawn_where_it_is_what_was_asked_about(client):
    assert "churn:2" in words(drawn(traced(client, "churn:2")))


def test_no_text_is_markup(client):
    svg = drawn(traced(client, "hostile:1"))
    root = ElementTree.fromstring(svg)
    tags = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert tags <= {"svg", "style", "path", "title", "g", "rect", "text"}
    assert "<script" not in svg
    report = page(asked_about(client, "hostile:1"), made="now")
    assert "<script" not in report


def test_pointing_at_a_thing_dims_what_it_is_not_tied_to(client):
    svg = drawn(traced(client, "churn:1"))
    hints = re.findall(r":has\(\.n(\d):hover\)", svg)
    assert sorted(hints) == ["0", "1", "2", "3", "4"]


def test_what_has_no_lineage_is_not_drawn(client):
    assert drawn(traced(client, "data:raw:1")) == ""


def test_a_trace_draws_itself_in_a_notebook(client):
    answer = traced(client, "churn:1")
    told = {field: getattr(answer, field) for field in answer.__struct_fields__}
    html = Trace(**told)._repr_html_()
    assert "<svg" in html
    assert "<summary>As a tree</summary><pre " in html


def test_of_many_things_the_nearest_are_kept():
    ids = [f"d{n}" for n in range(100)]
    nodes = {id: Node(id=id, type="artifact", kind="data") for id in ids}
    edges = [
        Edge(source=a, target=b, type="derived", evidence="observed")
        for a, b in itertools.pairwise(ids)
    ]
    shown, arrows = condensed(nodes, edges, ["d99"])
    assert len(shown) == 100
    assert nearest(["d99"], arrows, 3) == {"d99", "d98", "d97"}


def test_a_report_needs_nothing_from_elsewhere(client):
    report = page(asked_about(client, "churn:1"), made="now")
    assert "<h1>Lineage of churn:1 " in report or "<h1>Lineage of churn:1<" in report
    assert "default-src 'none'" in report
    assert not re.search(r"(src|href)=", report)
    for head in ("Where it came from", "What it reaches", "How it stands", "Its life"):
        assert f"<h2>{head}</h2>" in report


def test_a_report_on_data_has_no_audit(client):
    report = page(asked_about(client, "data:clean:1"), made="now")
    assert "How it stands" not in report
    assert "What it reaches" in report
