"""What licences ask of those who use what is under them, and how Hugging Face calls them.

The terms are a reading aid, no legal advice: each row names the well-known families, and what
is in none of them has the term `unknown`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

__all__ = ["HUGGING_FACE", "TERMS", "UNKNOWN", "in_order", "terms_of"]

UNKNOWN: Final = "unknown"
"""Nobody has told what it asks."""

TERMS: Final = {
    "attribution": "name whose it is, and pass on the licence's text",
    "share-alike": "what is made of it has to come under the same licence",
    "weak-share-alike": "changes of it have to come under the same licence, what uses it need not",
    "network-share-alike": "the same, where it only serves others over a network",
    "non-commercial": "not for commercial use",
    "no-derivatives": "nothing changed may be passed on",
    "use-restrictions": "certain uses are forbidden, and whoever gets it has to be bound to that",
    "no-ml": "not for training models",
    "internal-only": "not to be passed on",
    UNKNOWN: "what it asks is not known here",
}
"""Each term with what it means."""

HUGGING_FACE: Final = {
    "apple-amlr": "LicenseRef-Apple-AMLR",
    "apple-ascl": "LicenseRef-Apple-ASCL",
    "bigcode-openrail-m": "LicenseRef-BigCode-OpenRAIL-M",
    "bigscience-bloom-rail-1.0": "LicenseRef-BigScience-BLOOM-RAIL-1.0",
    "bigscience-openrail-m": "LicenseRef-BigScience-OpenRAIL-M",
    "bsd": "LicenseRef-BSD",
    "c-uda": "C-UDA-1.0",
    "cc": "LicenseRef-CC",
    "creativeml-openrail-m": "LicenseRef-CreativeML-OpenRAIL-M",
    "deepfloyd-if-license": "LicenseRef-DeepFloyd-IF",
    "etalab-2.0": "etalab-2.0",
    "fair-noncommercial-research-license": "LicenseRef-FAIR-Noncommercial-Research",
    "gemma": "LicenseRef-Gemma",
    "gfdl": "GFDL-1.1-or-later",
    "gpl": "GPL-1.0-or-later",
    "h-research": "LicenseRef-H-Research",
    "intel-research": "LicenseRef-Intel-Research",
    "lgpl": "LGPL-2.0-or-later",
    "lgpl-lr": "LGPLLR",
    "llama2": "LicenseRef-Llama-2",
    "llama3": "LicenseRef-Llama-3",
    "llama3.1": "LicenseRef-Llama-3.1",
    "llama3.2": "LicenseRef-Llama-3.2",
    "llama3.3": "LicenseRef-Llama-3.3",
    "llama4": "LicenseRef-Llama-4",
    "odbl": "ODbL-1.0",
    "odc-by": "ODC-By-1.0",
    "openmdw-1.0": "LicenseRef-OpenMDW-1.0",
    "openrail": "LicenseRef-OpenRAIL",
    "openrail++": "LicenseRef-OpenRAIL-plus-plus",
    "other": "LicenseRef-other",
    "pddl": "PDDL-1.0",
    "unknown": "LicenseRef-unknown",
}
"""Names on model and data cards that are no SPDX ids (capitals do not matter), as SPDX."""

_FREE: Final = r"CC0|CC-PDDC|PDDL|Unlicense|0BSD|MIT-0|WTFPL|BSD-0"
_COPYLEFT: Final = r"GPL|GFDL|OSL|CC-BY-SA|ODbL|CDLA-Sharing|CECILL-[12]|EUPL|SSPL|CC-BY-NC-SA|RPL"
_PERMISSIVE: Final = (
    r"MIT|ISC|BSD|Apache|BSL|Zlib|NCSA|PostgreSQL|Artistic|AFL|ECL|Python|PSF|Unicode|UPL|X11|HPND"
    r"|CC-BY|ODC-By|CDLA-Permissive|C-UDA|O-UDA|etalab|OGL|NLOD|DL-DE-BY|OFL|MS-PL|blessing|curl"
    r"|LicenseRef-BSD|LicenseRef-OpenMDW"
)
_RESTRICTED: Final = (
    r"LicenseRef-(?:OpenRAIL|BigCode-OpenRAIL|BigScience|CreativeML|Llama|Gemma|DeepFloyd)"
)
_FAMILIES: Final = (
    (_FREE, ()),
    (_PERMISSIVE, ("attribution",)),
    (_COPYLEFT, ("attribution", "share-alike")),
    (r"AGPL|SSPL", ("attribution", "share-alike", "network-share-alike")),
    (r"LGPL|MPL|EPL|CDDL|CPL|LPPL|MS-RL", ("attribution", "weak-share-alike")),
    (r"CC-BY-NC", ("attribution", "non-commercial")),
    (r"CC-BY-(?:NC-)?ND", ("attribution", "no-derivatives")),
    (r"PolyForm-(?:Noncommercial|Strict)", ("attribution", "non-commercial")),
    (
        r"LicenseRef-(?:FAIR-Noncommercial|H-Research|Intel-Research|Apple-AMLR)",
        ("attribution", "non-commercial"),
    ),
    (_RESTRICTED, ("attribution", "use-restrictions")),
    (r"LicenseRef-DeepFloyd", ("non-commercial",)),
)
_RULES: Final = [(re.compile(rf"(?:{form})(?![A-Za-z])"), terms) for form, terms in _FAMILIES]


def terms_of(licence: str) -> list[str]:
    """Return what one licence asks, by its SPDX id; all families it belongs to add up.

    >>> terms_of("CC-BY-NC-SA-4.0")
    ['attribution', 'share-alike', 'non-commercial']
    >>> terms_of("MIT-0"), terms_of("LicenseRef-contract")
    ([], ['unknown'])
    """
    if _RULES[0][0].match(licence):
        return []
    found = {term for form, terms in _RULES if form.match(licence) for term in terms}
    return in_order(found or {UNKNOWN})


def in_order(terms: Iterable[str]) -> list[str]:
    """Return terms, each once, in the order of `TERMS`."""
    wanted = set(terms)
    return [term for term in TERMS if term in wanted]
