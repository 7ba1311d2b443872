"""The catalog from Python."""

from __future__ import annotations

import pytest

import forebear as fb
from forebear.core.errors import UnknownRef
from forebear.store import open_store
from story import Story


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    story = Story(tmp_path)
    story.prepare()
    story.train(2, 0.8)
    with open_store(tmp_path / ".forebear", create=True) as store:
        store.append(story.events)
    return tmp_path


def test_what_is_said_shows_itself_and_is_found():
    assert repr(fb.tag("data:raw", "pii")) == "raw: tagged pii."
    fb.own("data:raw", "Ada Byron")
    fb.licence("data:raw", "LicenseRef-c", terms=["no-ml"])
    fb.describe("data:raw", "Customers")
    fb.column("data:clean", "age", "In years", sensitive="birth-date")
    fb.fresh("data:raw", "1d")
    assert [hit.ref for hit in fb.search("customers byron").hits] == ["data:raw"]
    assert "Customers" in repr(fb.search("customers"))
    card = fb.show("churn").card
    assert ([one.tag for one in card.tags], card.terms) == (["pii"], ["no-ml"])
    (raw,) = fb.data(owner="Ada Byron")
    assert (raw.name, raw.described, raw.freshness.every_seconds) == ("raw", True, 86400)


def test_it_is_taken_back_with_none_and_stopped():
    fb.tag("data:raw", "pii")
    fb.stop("data:clean", "tag:pii", because="masked")
    assert fb.show("churn").card.tags == []
    fb.stop("data:clean", "tag:pii", remove=True)
    fb.tag("data:raw", "pii", remove=True)
    assert fb.show("churn").card.tags == []
    with pytest.raises(UnknownRef):
        fb.describe("data:raw", None)


def test_a_scan_is_an_object(folder):
    pytest.importorskip("stdnum")
    (folder / "people.csv").write_text("mail\nada@example.org\n")
    found = fb.scan("people.csv")
    assert found.findings[0].sensitivity == "email"
    assert "may be sensitive" in repr(found)
