from __future__ import annotations

import pytest

from forebear.core.clock import parse_duration
from forebear.core.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1d", 86_400), ("12h", 43_200), ("2h30m", 9000), ("1w", 604_800), (" 90S ", 90)],
)
def test_lengths_of_time_are_read(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "0d", "1", "d", "1y", "-1d", "1.5d", "30m2h", "1d 2h", "9" * 99]
)
def test_what_is_no_length_of_time_is_refused(text):
    with pytest.raises(InvalidInput, match="no length of time"):
        parse_duration(text)
