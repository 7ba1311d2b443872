from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forebear.core.search import words_of


@given(st.text(max_size=200))
def test_words_of_words_are_these_words(text):
    words = words_of(text, humps=False)
    assert words_of(" ".join(words), humps=False) == words
    assert len(set(words)) == len(words)
    assert all(0 < len(word) <= 64 for word in words)


def test_capitals_accents_and_widths_make_no_difference():
    assert (
        words_of("ＣＲÈＭＥ Straße ﬁn")
        == words_of("creme STRASSE FIN")
        == ["creme", "strasse", "fin"]
    )


def test_what_stands_for_a_person_is_no_word():
    assert words_of("by identity:" + "a" * 64 + " here") == ["by", "here"]
    assert words_of("erased (commitment 67e43f70093c)") == []
