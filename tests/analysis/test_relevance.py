from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forebear.analysis.relevance import rank, snippet
from forebear.core.search import Phrase, words_of


def phrase(field, text):
    return Phrase(about="data:x", field=field, text=text, seq=1)


def score(field, text, *words):
    return rank(words, [phrase(field, text)]).score


def test_a_name_tells_more_than_a_parameter_a_word_more_than_its_beginning():
    assert score("name", "wine", "wine") > score("run", "wine", "wine") > 0
    assert score("description", "wine", "wine") > score("description", "wines", "wine") > 0
    assert score("description", "wine", "wine") > score("description", "wine " + "x y z", "wine")
    assert score("name", "wine quality", "wine", "quality") > 2 * score("tag", "wine", "wine")
    assert score("name", "beer", "wine") == 0


def test_each_word_counts_by_its_best_text_and_these_are_told():
    found = rank(["red", "wine"], [phrase("column", "red"), phrase("tag", "red wine")])
    assert (found.words, [one.field for one in found.phrases]) == (2, ["tag"])


@given(st.lists(st.sampled_from(["wine", "a", "quality", "葡萄", "x" * 90]), max_size=60))
def test_a_snippet_is_short_and_shows_the_word_that_was_found(words):
    text = " ".join([*words, "target", *words])
    shown = snippet(text, ["target"], 40)
    assert len(shown) <= 40
    assert "target" in words_of(shown)
