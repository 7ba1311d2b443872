from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forebear.core.errors import InvalidInput
from forebear.core.policies import digest_of, read_rules


def test_without_a_file_there_are_four_stages_and_two_are_held():
    rules = read_rules("", "forebear.toml")
    assert rules.order == ("candidate", "staging", "production", "retired")
    assert rules.held == ("staging", "production")
    assert rules.stage("prod") == "production"
    assert rules.policy_name("rollback") == "rollback"


def test_stages_and_environments_are_as_the_file_says():
    text = """
        [stages]
        order = ["new", "canary", "live", "gone"]
        environments = { eu = "live", us = "canary" }
        [policy.live]
        owner = true
    """
    rules = read_rules(text, "forebear.toml")
    assert (rules.order[0], rules.held) == ("new", ("canary", "live"))
    assert (rules.stage("eu"), rules.policies) == ("live", {"live": {"owner": True}})
    with pytest.raises(InvalidInput, match="no stage 'prod'"):
        rules.stage("prod")


def test_sections_about_other_things_are_left_alone():
    assert read_rules("[quality.adult]\nx = 1\n[tool]\ny = 2", "forebear.toml").policies == {}


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("[polcy.production]", r"no section \[polcy\]", r"\[policy\]"),
        ("[policy.prodution]", r"\[policy.prodution\] is for no stage", "`production`"),
        ("[policy]\nproduction = 1", "must be a section", r"\[policy.production\]"),
        ("policy = 3", "must be a section", None),
        ("a =", "forebear.toml is no TOML", None),
        ("a = [" * 5000, "forebear.toml is no TOML", None),
        ('[stages]\norder = ["one"]', "at least 2 different stages", "candidate"),
        ('[stages]\norder = ["a", "a"]', "at least 2 different stages", None),
        ('[stages]\norder = ["a", "b c"]', "cannot be a stage", None),
        ('[stages]\norder = ["a", "rollback"]', "name of a command", None),
        ("[stages]\nordr = 1", "no setting `ordr`", "`order`"),
        ('[stages]\nenvironments = { prod = "productoin" }', "means no stage", "`production`"),
        ("[overrides]\nkeys = 3", "must list verifier keys", "log.pub"),
    ],
)
def test_what_is_wrong_is_said_with_what_was_meant(text, sentence, hint):
    with pytest.raises(InvalidInput, match=sentence) as caught:
        read_rules(text, "forebear.toml")
    assert hint is None or (caught.value.hint and re.search(hint, caught.value.hint))


@given(st.text())
def test_any_text_is_rules_or_a_sentence(text):
    with contextlib.suppress(InvalidInput):
        assert read_rules(text, "forebear.toml").order


def test_every_setting_counts_in_the_digest_and_their_order_does_not():
    settings = {"owner": True, "approvals": 2}
    same = digest_of("production", dict(reversed(settings.items())))
    assert digest_of("production", settings) == same
    assert digest_of("staging", settings) != same
    assert digest_of("production", settings | {"approvals": 1}) != same
