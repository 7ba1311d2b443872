from __future__ import annotations

from forebear.client.lines import WIDTH, as_html, as_text, line, paragraph, table


def test_a_word_at_the_right_stands_at_the_edge():
    text = as_text([line("left", right=("observed", "dim"))])
    assert text.startswith("left ")
    assert text.endswith(" observed")
    assert len(text) == WIDTH


def test_what_is_too_long_is_cut_before_the_word_at_the_right():
    text = as_text([line("x" * 200, right=("observed", "dim"))])
    assert len(text) == WIDTH
    assert text.endswith("…  observed")


def test_paragraphs_keep_the_width_and_the_indent():
    lines = as_text(paragraph("word " * 100, indent="│  ")).split("\n")
    assert len(lines) > 1
    assert all(len(one) <= WIDTH and one.startswith("│  word") for one in lines)


def test_a_paragraph_ends_where_it_must():
    lines = paragraph("word " * 100, most=2)
    assert len(lines) == 2
    assert as_text(lines).endswith("…")


def test_columns_stand_below_each_other_and_empty_ones_are_left_out():
    assert as_text(table([("a", "", "x"), ("long", "", "y")])) == "  a     x\n  long  y"
    assert table([]) == []


def test_stored_words_are_only_words():
    text = as_text([line("\x1b[31m[red]", right=("\n", "dim"))])
    assert "\x1b" not in text
    assert "\\x1b[31m[red]" in text
    assert "\n" not in text
    assert as_html([line("<b>&")]) == '<pre style="font-family: monospace">&lt;b&gt;&amp;</pre>'


def test_a_person_who_is_not_known_here_is_said_to_be_so():
    told = f"by identity:{64 * '0'}"
    for lines in ([line(told)], paragraph(told), table([("x", told)])):
        assert as_text(lines).endswith("by unknown here (000000000000)")
