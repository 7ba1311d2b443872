"""Overrides: what they let pass, until when, and who may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from forebear.core.clock import now
from forebear.core.errors import InvalidInput
from forebear.core.policies import OVERRIDE
from forebear.ops import judging
from life import OWNED, SOON, recall


def test_an_override_lets_pass_until_it_runs_out_and_is_taken_back_when_it_is_needless(life):
    life.text = OWNED
    answer = life.promote(1, override="the fair is on Monday", until=SOON)
    assert answer.moved
    assert "An override lets it pass without owner." in answer.verdict
    (said,) = OVERRIDE.latest(life.store.statements)
    assert (said.row.why, said.value.waives) == ("the fair is on Monday", ["owner"])
    checked = life.check(1)
    assert checked.well
    assert {one.state for one in checked.outcomes} == {"passed", "waived"}
    assert [(one.active, one.signed, one.by) for one in checked.overrides] == [(True, True, "ops")]
    life.text = "[policy.production]\nleaks = 'any'"
    life.promote(2)
    life.promote(1)
    assert OVERRIDE.latest(life.store.statements) == []


def test_an_override_covers_what_was_missing_then_and_nothing_else(life):
    life.text = OWNED
    life.promote(1, override="fair", until=SOON)
    recall(life, 1)
    states = {one.requirement: one.state for one in life.check(1).outcomes}
    assert (states["owner"], states["recalls"]) == ("waived", "failed")
    life.text = OWNED + "evidence = 'observed'\n"
    states = {one.requirement: one.state for one in life.check(1).outcomes}
    assert states["owner"] == "unknown"  # a changed policy asks again


def test_an_override_that_somebody_forged_counts_for_nothing(life):
    life.text = OWNED
    life.promote(1, override="fair", until=SOON)
    (said,) = OVERRIDE.latest(life.store.statements)
    later = datetime(2099, 1, 1, tzinfo=UTC)
    forged = OVERRIDE.say(
        said.row.about,
        said.value,
        key=said.row.key,
        by="ops",
        why="fair",
        until=later,
        packet=said.row.packet,
    )
    life.store.append([forged])
    checked = life.check(1)
    assert not checked.well
    assert [one.signed for one in checked.overrides] == [False]
    bare = OVERRIDE.say(said.row.about, said.value, key=said.row.key, by="ops", until=later)
    life.store.append([bare])
    assert not life.check(1).well


def test_the_key_of_another_store_counts_only_where_it_is_trusted(life, tmp_path):
    life.text = OWNED
    life.promote(1, override="fair", until=SOON)
    key = (life.keys / "log.pub").read_text().strip()
    life.keys = tmp_path / "other"
    assert not life.check(1).well
    trusting = f"[overrides]\nkeys = ['{key}']\n"
    life.text = OWNED + trusting
    assert life.check(1).well


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"override": "why"}, "needs a reason and a day"),
        ({"until": "2099-01-01"}, "needs a reason and a day"),
        ({"override": "  ", "until": "2099-01-01"}, "needs a reason and a day"),
        ({"override": "why", "until": "2020-01-01"}, "is over already"),
        ({"override": "why", "until": "soon"}, "not a point in time"),
    ],
)
def test_an_override_without_reason_or_end_is_refused(life, more, sentence):
    life.text = OWNED
    with pytest.raises(InvalidInput, match=sentence):
        life.promote(1, **more)
    assert life.held() is None


def test_an_override_that_ran_out_is_over(life, monkeypatch):
    life.text = OWNED
    life.promote(1, override="fair", until=SOON)
    monkeypatch.setattr(judging, "now", lambda: now() + timedelta(days=9))
    checked = life.check(1)
    assert not checked.well
    assert [one.active for one in checked.overrides] == [False]
