"""Relevance of what a search has found: how well texts answer the words that were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log10
from typing import Final

from msgspec import Struct

from forebear.core.search import FieldWord, Phrase, words_of

__all__ = ["Ranked", "rank", "snippet"]

_WEIGHTS: Final[dict[FieldWord, float]] = {
    "name": 10,
    "tag": 8,
    "description": 6,
    "owner": 6,
    "column": 4,
    "note": 4,
    "licence": 4,
    "file": 3,
    "incident": 3,
    "run": 2,
    "parameter": 1,
}
_BEGINNING: Final = 0.6
"""What a word counts that only begins with the one that was asked for."""
_WHOLE_NAME: Final = 5.0


class Ranked(Struct, frozen=True, kw_only=True):
    """How well the texts of one thing answer."""

    words: int
    """How many of the words are found at all."""
    score: float
    phrases: list[Phrase]
    """The texts in which they are, the best of each word, the most telling first."""


def rank(words: Sequence[str], phrases: Iterable[Phrase]) -> Ranked:
    """Return how well the texts about one thing answer the words.

    Each word counts by the best text that has it: more in a name than in a parameter, more as
    a whole word than as a beginning, more in a short text than in a long one.
    """
    best: dict[str, tuple[float, Phrase]] = {}
    bonus = 0.0
    for phrase in phrases:
        tokens = words_of(phrase.text)
        weight = _WEIGHTS[phrase.field] / (1 + log10(max(len(tokens), 1)))
        for word in words:
            share = 1 if word in tokens else _BEGINNING * any(t.startswith(word) for t in tokens)
            if share * weight > best.get(word, (0.0, phrase))[0]:
                best[word] = share * weight, phrase
        if phrase.field == "name" and set(tokens) == set(words):
            bonus = _WHOLE_NAME
    told = sorted(best.values(), key=lambda one: -one[0])
    return Ranked(
        words=len(best),
        score=sum(value for value, _ in told) + bonus,
        phrases=list(dict.fromkeys(phrase for _, phrase in told)),
    )


def snippet(text: str, words: Sequence[str], width: int = 72) -> str:
    """Return the part of a text in which the first of the words is.

    >>> snippet("a" * 30 + " and then the wine", ["wine"], 20)
    '…and then the wine'
    """
    line = " ".join(text.split())
    if len(line) <= width:
        return line
    tokens = line.split(" ")
    found = [n for n, one in enumerate(tokens) if _speaks(one, words)]
    first = last = found[0] if found else 0
    length = len(tokens[first])
    while length < width:
        before = len(tokens[first - 1]) + 1 if first else width
        behind = len(tokens[last + 1]) + 1 if last + 1 < len(tokens) else width
        if length + min(before, behind) > width - 2:
            break
        first, last = (first - 1, last) if before <= behind else (first, last + 1)
        length += min(before, behind)
    cut = " ".join(tokens[first : last + 1])[: width - 2]
    return ("…" if first else "") + cut + ("…" if last + 1 < len(tokens) else "")


def _speaks(token: str, words: Sequence[str]) -> bool:
    return any(own.startswith(word) for own in words_of(token) for word in words)
