"""Words that tables keep as numbers."""

from __future__ import annotations

from typing import Final

from forebear.core.entities import EdgeType, EvidenceWord

__all__ = ["ALL", "EDGE_TYPES", "EVIDENCE_WORDS", "GRADES", "TYPE_WORDS"]

ALL: Final = 2**62
"""A bound that no `seq` reaches."""

TYPE_WORDS: Final[dict[int, EdgeType]] = {1: "used", 2: "generated", 3: "derived"}
EDGE_TYPES: Final = {word: number for number, word in TYPE_WORDS.items()}

EVIDENCE_WORDS: Final[dict[int, EvidenceWord]] = {
    1: "inferred",
    2: "declared",
    3: "observed",
    4: "verified",
}
GRADES: Final = {word: number for number, word in EVIDENCE_WORDS.items()}
