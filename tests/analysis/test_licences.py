from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forebear.analysis.licences import read_licence
from forebear.core.errors import InvalidInput
from forebear.core.licences import HUGGING_FACE, TERMS, terms_of


@pytest.mark.parametrize(
    ("said", "spdx", "terms"),
    [
        ("mit", "MIT", ["attribution"]),
        ("CC BY 4.0", "CC-BY-4.0", ["attribution"]),
        ("cc-by-nc-sa-4.0", "CC-BY-NC-SA-4.0", ["attribution", "share-alike", "non-commercial"]),
        ("CC-BY-NC-ND-4.0", "CC-BY-NC-ND-4.0", ["attribution", "non-commercial", "no-derivatives"]),
        ("CC0-1.0", "CC0-1.0", []),
        ("GPL-2.0+", "GPL-2.0-or-later", ["attribution", "share-alike"]),
        ("LGPL-3.0-only", "LGPL-3.0-only", ["attribution", "weak-share-alike"]),
        (
            "agpl-3.0",
            "AGPL-3.0-only",
            ["attribution", "share-alike", "network-share-alike"],
        ),
        ("odbl", "ODbL-1.0", ["attribution", "share-alike"]),
        ("openrail++", "LicenseRef-OpenRAIL-plus-plus", ["attribution", "use-restrictions"]),
        (
            "bigscience-openrail-m",
            "LicenseRef-BigScience-OpenRAIL-M",
            ["attribution", "use-restrictions"],
        ),
        ("llama3.1", "LicenseRef-Llama-3.1", ["attribution", "use-restrictions"]),
        ("LicenseRef-contract", "LicenseRef-contract", ["unknown"]),
        ("MIT OR GPL-3.0-only", "MIT OR GPL-3.0-only", ["attribution"]),
        ("MIT OR LicenseRef-x", "MIT OR LicenseRef-x", ["attribution"]),
        ("MIT AND LicenseRef-x", "MIT AND LicenseRef-x", ["attribution", "unknown"]),
        (
            "GPL-2.0-only WITH Classpath-exception-2.0",
            "GPL-2.0-only WITH Classpath-exception-2.0",
            ["attribution", "share-alike"],
        ),
    ],
)
def test_what_people_write_becomes_spdx_with_its_terms(said, spdx, terms):
    found = read_licence(said)
    assert (found.spdx, found.terms) == (spdx, terms)
    assert found.said == (None if said == spdx else said)


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("CC-BY-40", "CC-BY-4.0"),
        ("Apache 2", "Apache-2.0"),
        ("opnrail", "openrail"),
        ("nothing like it", "SPDX"),
        ("MIT AND", "SPDX"),
        ("MIT OR", "SPDX"),
        ("((", "SPDX"),
        ("MIT)", "SPDX"),
        ("MIT WITH MIT", "SPDX"),
        ("MIT Apache-2.0", "SPDX"),
        ("Classpath-exception-2.0", "SPDX"),
        ("LicenseRef-é", "SPDX"),
        ("", "SPDX"),
        ("x" * 2000, "SPDX"),
        ("MIT\x00", "SPDX"),
    ],
)
def test_what_is_no_licence_is_refused_with_what_to_write(said, hint):
    with pytest.raises(InvalidInput) as refused:
        read_licence(said)
    assert hint in (refused.value.hint or "")


def test_terms_that_somebody_states_stand_in_for_unknown_ones_and_add_to_known_ones():
    assert read_licence("LicenseRef-c", ["no-ml"]).terms == ["no-ml"]
    assert read_licence("MIT", ["no-ml"]).terms == ["attribution", "no-ml"]
    with pytest.raises(InvalidInput, match="no-mI"):
        read_licence("MIT", ["no-mI"])


@pytest.mark.parametrize("alias", HUGGING_FACE)
def test_each_alias_is_a_licence(alias):
    assert re.match(r"[\w.\-]+\Z", read_licence(alias).spdx)


def test_terms_are_read_from_the_whole_id():
    assert terms_of("MIT-0") == []
    assert terms_of("MITRE") == ["unknown"]


SIMPLE = st.sampled_from(["MIT", "GPL-3.0-only", "CC-BY-NC-4.0", "CC0-1.0", "LicenseRef-x"])
EXPRESSIONS = st.recursive(
    SIMPLE,
    lambda inner: st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=6,
)


@given(EXPRESSIONS)
def test_the_normal_form_is_read_as_itself(text):
    once = read_licence(text)
    again = read_licence(once.spdx)
    assert (again.spdx, again.terms) == (once.spdx, once.terms)
    assert set(once.terms) <= set(TERMS)


@given(st.text(max_size=40))
def test_any_text_is_a_licence_or_refused_in_a_sentence(text):
    words = "."
    try:
        read_licence(text)
    except InvalidInput as refused:
        words = refused.message
    assert words.endswith(".")
    assert "\n" not in words


def test_whatever_is_put_together_of_its_words_is_one_or_is_refused():
    words = ["(", ")", "()", "MIT", " OR ", " AND ", " WITH ", "+"]
    sound = 0
    for many in range(1, 4):
        for said in map("".join, itertools.product(words, repeat=many)):
            try:
                sound += read_licence(said).spdx is not None
            except InvalidInput:
                continue
    assert 0 < sound < 100
