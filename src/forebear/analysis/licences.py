"""Licences as people write them: an SPDX expression in its normal form, and what it asks."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from forebear.core.catalog import Licence
from forebear.core.errors import InvalidInput
from forebear.core.licences import HUGGING_FACE, TERMS, UNKNOWN, in_order, terms_of

__all__ = ["read_licence"]

_LONGEST: Final = 1000
_OWN: Final = re.compile(r"(?:DocumentRef-[\w.\-]+:)?LicenseRef-[\w.\-]+\Z", re.ASCII)
_WORD: Final = re.compile(r"[^\s()]+")


def read_licence(text: str, terms: Sequence[str] = ()) -> Licence:
    """Return what somebody wrote as a licence: an SPDX id, an expression, or a known alias.

    `A AND B` asks what either asks. Of `A OR B` one may choose: for certain it asks only what all
    asks of which that is known. `terms` are asked in addition, and stand alone where the
    licence's own are not known.

    Raises:
        InvalidInput: no such licence is known, or the expression has no meaning.

    >>> read_licence("cc-by-4.0 and MIT").spdx
    'CC-BY-4.0 AND MIT'
    >>> read_licence("Apache-2.0 OR GPL-3.0-only").terms
    ['attribution']
    """
    said = text.strip()
    if not said or len(said) > _LONGEST or not said.isprintable():
        raise InvalidInput("A licence must be 1 to 1000 printable characters.", hint=_HINT)
    wrong = [term for term in terms if term not in TERMS]
    if wrong:
        raise InvalidInput(f"'{wrong[0]}' is no term.", hint=f"There is: {', '.join(TERMS)}.")
    parsed = _parse(_plain(said), said)
    asked = _terms(parsed)
    if terms:
        asked = {*terms, *(asked - {UNKNOWN})}
    spdx = parsed.render()
    return Licence(spdx=spdx, said=said if said != spdx else None, terms=in_order(asked))


def _plain(said: str) -> str:
    """Return it with ids in place of aliases: `CC BY 4.0`, `openrail`."""
    whole = _known().get(_hyphened(said), said)
    return _WORD.sub(lambda word: HUGGING_FACE.get(word[0].lower(), word[0]), whole)


def _parse(text: str, said: str) -> Any:
    from license_expression import ExpressionError, ParseError

    licensing = _licensing()
    try:
        parsed = licensing.parse(text)
        for symbol in licensing.license_symbols(parsed, unique=True, decompose=True):
            if symbol.key not in licensing.known_symbols and not _OWN.match(symbol.key):
                raise _unknown(symbol.key if symbol.key in said else said)
        # Whether what stands behind WITH is an exception, and the rest is none.
        licensing.parse(text, strict=True)
    except (ParseError, ExpressionError) as error:
        why = str(error).splitlines()[0].partition(" for token:")[0].rstrip(".")
        raise InvalidInput(f"'{said}' is no licence expression: {why}.", hint=_HINT) from None
    except (LookupError, TypeError, ValueError, AttributeError, AssertionError):
        # What has no words in it (`()`) is more than the parser can stand.
        raise InvalidInput(f"'{said}' is no licence expression.", hint=_HINT) from None
    return parsed


def _unknown(key: str) -> InvalidInput:
    known = {word: name for word, name in _known().items() if not name.startswith("LicenseRef-")}
    known |= {name: name for name in HUGGING_FACE}
    words = difflib.get_close_matches(_hyphened(key), known, n=3, cutoff=0.7)
    near = dict.fromkeys(known[word] for word in words)
    return InvalidInput(
        f"There is no licence '{key}'.",
        hint=f"Did you mean {' or '.join(near)}? A licence of your own is `LicenseRef-…`."
        if near
        else _HINT,
    )


@cache
def _known() -> dict[str, str]:
    """Return all ids by how they are written without capitals."""
    return {key.lower(): key for key in _licensing().known_symbols}


def _hyphened(text: str) -> str:
    return re.sub(r"[\s_]+", "-", text.lower())


def _terms(parsed: Any) -> set[str]:
    """Return what an expression asks: of a choice what all choices ask that are known."""
    from license_expression import AND, OR, LicenseWithExceptionSymbol

    if isinstance(parsed, OR):
        choices = [_terms(one) for one in parsed.args]
        return set.intersection(*([one for one in choices if UNKNOWN not in one] or choices))
    if isinstance(parsed, AND):
        return set.union(*map(_terms, parsed.args))
    if isinstance(parsed, LicenseWithExceptionSymbol):
        # What an exception permits is told nowhere in a form to be read.
        return set(terms_of(parsed.license_symbol.key))
    return set(terms_of(parsed.key))


@cache
def _licensing() -> Any:
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


_HINT: Final = (
    "Write an SPDX id (CC-BY-4.0), an expression (MIT OR Apache-2.0), a name of Hugging Face"
    " (openrail), or `LicenseRef-…` for a licence of your own."
)
