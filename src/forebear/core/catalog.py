"""What people and scans say of data and models: the topics of the catalog.

A fact about a name as a whole (`data:adult`) holds for all its versions; one about an artifact
or a run holds for that one.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from forebear.core.statements import Topic

__all__ = [
    "CLASSES",
    "COLUMN",
    "DESCRIPTION",
    "FRESHNESS",
    "LICENCE",
    "NAMED",
    "NOT_SENSITIVE",
    "OWNER",
    "SCAN",
    "SPECIAL",
    "STOP",
    "TAG",
    "ClassFound",
    "ColumnNote",
    "Description",
    "FoundBy",
    "Freshness",
    "Licence",
    "Named",
    "Owner",
    "Scan",
    "Stop",
    "Tag",
]

FoundBy = Literal["declared", "checksum", "pattern", "name"]
"""How it is known of what class a column is, from the surest on."""

NOT_SENSITIVE: Final = "none"
"""The class of a column of which somebody says that it is not sensitive."""

SPECIAL: Final = frozenset(
    "health sex race religion politics orientation union biometric genetic".split()
)
"""Classes of which the law takes particular care, or by which groups are told apart."""

CLASSES: Final = (
    "email phone iban credit-card national-id ip geo birth-date person-name address user-id secret"
    " health sex race religion politics orientation union biometric genetic personal confidential"
).split()
"""What a sensitive column may hold; the last two are for what none of the others says."""


class Owner(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who answers for it; the key of the statement is the role."""

    who: str
    """A commitment, so that the name can be erased."""
    role: str = "owner"


class Description(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What it is, in people's words."""

    text: str


class Tag(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A tag; the key of the statement is its name."""

    propagates: bool = True
    """It holds for what is made of it too."""
    through_aggregates: bool = False
    """Even for what holds nothing but figures over many rows of it."""
    columns: list[str] = []
    """It speaks of these columns, and goes only where they go; none means of the whole."""


class Licence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Under which terms it may be used."""

    spdx: str
    """An SPDX expression in its normal form."""
    said: str | None = None
    """What was written, where that was something else: an alias, other capitals."""
    terms: list[str] = []
    """What it asks of those who use it; see `forebear.core.licences.TERMS`."""


class ColumnNote(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a column; the key of the statement is its name."""

    text: str | None = None
    sensitivity: str | None = None
    """The class: email, iban, sex …, or `NOT_SENSITIVE`; None says nothing."""
    found_by: FoundBy | None = None
    count: int | None = None
    """How many of the values that were looked at are of the class."""
    share: float | None = None
    """Their share of the values that are there."""


class Scan(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An artifact's columns were looked through for what is sensitive."""

    rows: int
    """Rows that were looked at."""
    columns: int
    whole: bool = True
    """All rows were looked at."""


class ClassFound(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A column that holds what is sensitive."""

    column: str
    sensitivity: str
    found_by: FoundBy
    count: int
    """Values of the class."""
    share: float
    """Their share of the values that are there."""


class Freshness(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How often a new version is expected."""

    every_seconds: int


class Stop(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What comes down to this thing goes no further.

    The key of the statement says what: a tag (`tag:pii`), a kind (`tag`, `licence`, `incident`),
    or everything (empty).
    """

    because: Literal["masked", "aggregated", "declared"] = "declared"


class Named(Struct, frozen=True, kw_only=True):
    """Somebody decided that the artifact is the version that it had become by itself.

    The statement is about the version's artifact; its key is the kind and the name.
    """


OWNER: Final = Topic("owner", Owner)
DESCRIPTION: Final = Topic("description", Description)
TAG: Final = Topic("tag", Tag)
LICENCE: Final = Topic("licence", Licence)
COLUMN: Final = Topic("column", ColumnNote)
SCAN: Final = Topic("scan", Scan)
FRESHNESS: Final = Topic("freshness", Freshness)
STOP: Final = Topic("stop", Stop)
NAMED: Final = Topic("named", Named)
