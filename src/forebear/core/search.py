"""Full-text search: what is looked through, how texts become words, and the port to ask.

Whoever fills the index and whoever asks it cut texts in the same way, so that no database's own
idea of a word comes in, and no sign in a question has a meaning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, Literal, Protocol, get_args

from msgspec import Struct

__all__ = ["FIELDS", "FieldWord", "Phrase", "Phrases", "words_of"]

FieldWord = Literal[
    "name",
    "tag",
    "description",
    "owner",
    "column",
    "note",
    "licence",
    "file",
    "incident",
    "run",
    "parameter",
]
FIELDS: Final[tuple[FieldWord, ...]] = get_args(FieldWord)
"""What texts are of, from the most telling on; the database knows them by their places."""

_LONGEST: Final = 64
_PERSON: Final = re.compile(r"identity:[0-9a-f]{64}|erased \(commitment [0-9a-f]{12}\)")
_CUT: Final = re.compile(r"[^\W_]+")
_IDEOGRAPHS: Final = re.compile("([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")
_HUMPS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class Phrase(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text that is in the index, and of what thing it is."""

    about: str
    """How statements write the thing, or the digest of a table."""
    field: FieldWord
    key: str = ""
    text: str
    seq: int


class Phrases(Protocol):
    """The texts of a store, as they hold. `seq` bounds what a question may see: None is all."""

    def count(self, word: str, seq: int | None = None, *, most: int) -> int:
        """How many texts have a word that begins with this one, at most `most`."""

    def having(self, word: str, seq: int | None = None, *, limit: int) -> list[Phrase]:
        """Texts with a word that begins with this one: equal words first, then telling fields."""

    def about(self, things: Sequence[str], seq: int | None = None) -> list[Phrase]:
        """All texts about these things."""

    def names(self, contents: Sequence[str], seq: int | None = None) -> dict[str, list[str]]:
        """For each id or digest the names (`data:adult`) of which a version has that content."""

    def contents(self, names: Sequence[str], seq: int | None = None) -> dict[str, list[str]]:
        """For each name the ids and digests of its versions, and of the tables in them."""


def words_of(text: str, *, humps: bool = True) -> list[str]:
    """Return the words of a text, each once, without capitals and accents.

    What stands for a person whose name is not known is no word. A name in humps is one word,
    and with `humps` also several; signs of Chinese and Japanese are words one by one.

    >>> words_of("Crème_brûlée, 2nd: RandomForest")
    ['creme', 'brulee', '2nd', 'randomforest', 'random', 'forest']
    """
    decomposed = unicodedata.normalize("NFKD", _PERSON.sub(" ", text))
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    found: dict[str, None] = {}
    for word in _CUT.findall(_IDEOGRAPHS.sub(r" \1 ", bare)):
        found[word.casefold()[:_LONGEST]] = None
        parts = _HUMPS.findall(word) if humps else ()
        if len(parts) > 1 and "".join(parts) == word:
            found |= dict.fromkeys(part.casefold()[:_LONGEST] for part in parts)
    return list(found)
