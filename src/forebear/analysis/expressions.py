"""Filters as people write them: comparisons joined by AND, OR and NOT, with brackets.

    metrics.f1 > 0.8 and (params.depth = 5 or not status = 'failed')

The comparisons are those of `forebear.analysis.filters`. NOT binds closer than AND, and AND closer
than OR.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from msgspec import Struct

from forebear.analysis.filters import Comparison, Fields, Parser, Searched, matcher
from forebear.core.errors import InvalidInput

__all__ = ["Both", "Either", "Expression", "Neither", "comparisons", "fitting", "read"]

_DEEPEST: Final = 50


class Both(Struct, frozen=True):
    """All of these hold; of none it is true."""

    parts: tuple[Expression, ...] = ()


class Either(Struct, frozen=True):
    """One of these holds at least."""

    parts: tuple[Expression, ...]


class Neither(Struct, frozen=True):
    """This does not hold."""

    part: Expression


Expression: TypeAlias = Comparison | Both | Either | Neither


def read(text: str | None, fields: Fields) -> Expression:
    """Return what a filter says.

    Raises:
        InvalidInput: it is not in the language, or compares what can't be compared so.

    >>> fields = Fields(frozenset(["name"]), frozenset())
    >>> len(read("name = 'a' or name = 'b' and not name = 'c'", fields).parts)
    2
    """
    parser = _Brackets.of(text, fields)
    return Both() if parser is None else parser.expression()


def fitting(expression: Expression) -> Callable[[Searched], bool]:
    """Return what tells of a thing whether it is as an expression says."""
    match expression:
        case Both(parts):
            return _joining(all, parts)
        case Either(parts):
            return _joining(any, parts)
        case Neither(part):
            fits = fitting(part)
            return lambda of: not fits(of)
        case comparison:
            return matcher([comparison])


def _joining(
    join: Callable[[Iterable[bool]], bool], parts: tuple[Expression, ...]
) -> Callable[[Searched], bool]:
    tests = [fitting(one) for one in parts]
    return lambda of: join(fits(of) for fits in tests)


def comparisons(expression: Expression) -> Iterator[Comparison]:
    """Go through all comparisons of an expression."""
    match expression:
        case Both(parts) | Either(parts):
            for one in parts:
                yield from comparisons(one)
        case Neither(part):
            yield from comparisons(part)
        case comparison:
            yield comparison


class _Brackets(Parser):
    """Reads comparisons with what is between and around them."""

    _depth = 0

    def expression(self) -> Expression:
        found = self._either()
        if not self.at_end:
            raise self._wrong("Comparisons are joined by AND or OR")
        return found

    def _either(self) -> Expression:
        parts = self._joined("OR", self._both)
        return parts[0] if len(parts) == 1 else Either(parts)

    def _both(self) -> Expression:
        parts = self._joined("AND", self._one)
        return parts[0] if len(parts) == 1 else Both(parts)

    def _joined(self, word: str, part: Callable[[], Expression]) -> tuple[Expression, ...]:
        parts = [part()]
        while self._word(word):
            parts.append(part())
        return tuple(parts)

    def _one(self) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._wrong(f"It is nested more than {_DEEPEST} deep")
        if self._word("NOT"):
            found: Expression = Neither(self._one())
        elif self._punct("("):
            found = self._either()
            if not self._punct(")"):
                raise self._wrong("A bracket is not closed")
        else:
            found = self._comparison()
        self._depth -= 1
        return found

    def _unquoted(self, word: str) -> Exception:
        return self._wrong(f"A text stands in quotes: '{word}'")

    def _wrong(self, why: str) -> Exception:
        return InvalidInput(f"Invalid filter '{self._shown}'. {why}.")
