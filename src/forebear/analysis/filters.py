"""The language of filters, which is MLflow's: parsed into comparisons that are tried on things.

`metrics.f1 > 0.8 and params.depth = '4' and tags."my tag" LIKE '%x%'`. Comparisons are joined by
AND; there is no OR and there are no brackets but those of IN, which `expressions` adds for our own
questions. Nothing of a filter is ever run.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, Protocol, Self

import msgspec
from msgspec import Struct

from forebear.core.clock import parse_when
from forebear.core.errors import InvalidInput

__all__ = ["Comparison", "Fields", "Parser", "Searched", "like", "matcher", "parse", "sort_key"]

_LONGEST: Final = 20_000
_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<string>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")
  | (?P<tick>`[^`]*`)
  | (?P<op><=|>=|!=|<>|==|=|<|>)
  | (?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
  | (?P<punct>[(),.])
  | (?P<word>[^\s'"`<>=!(),.]+)
    )""",
    re.VERBOSE,
)
_KINDS: Final = {
    "metric": "metric", "metrics": "metric",
    "param": "param", "params": "param", "parameter": "param", "parameters": "param",
    "tag": "tag", "tags": "tag",
    "attr": "attribute", "attribute": "attribute", "attributes": "attribute", "run": "attribute",
    "dataset": "dataset", "datasets": "dataset",
}  # fmt: skip
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPARE_TEXTS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "IN": lambda value, wanted: value in wanted,
    "NOT IN": lambda value, wanted: value not in wanted,
    "LIKE": lambda value, wanted: like(wanted, value),
    "ILIKE": lambda value, wanted: like(wanted.lower(), value.lower()),
}
_TEXT_ONLY: Final = frozenset(("LIKE", "ILIKE"))
_PARSING_A_LIST: Final = "While parsing a list in the query, expected"


class Comparison(Struct, frozen=True):
    """One comparison: what is compared, how, and with what."""

    kind: str
    """metric, param, tag, attribute or dataset."""
    key: str
    op: str
    """A comparison sign, LIKE, ILIKE, IN, NOT IN, IS NULL or IS NOT NULL."""
    value: Any = None


class Searched(Protocol):
    """What can be searched."""

    def values(self, kind: str, key: str) -> Iterable[Any]:
        """Return the values of a field: none, one, or of data sets several."""


class Fields(Struct, frozen=True):
    """Which fields something has, by kind; None where any name will do."""

    texts: frozenset[str]
    """Attributes that are texts."""
    numbers: frozenset[str]
    """Attributes that are numbers."""
    kinds: frozenset[str] = frozenset(("tag", "attribute"))
    renamed: dict[str, str] = {}
    times: frozenset[str] = frozenset()
    """Attributes that are moments, compared with what `parse_when` reads."""
    either: frozenset[str] = frozenset()
    """Kinds whose values are texts or numbers, and are compared as what is written."""
    datasets: frozenset[str] = frozenset()
    """What can be asked of data that was used."""

    @property
    def attributes(self) -> frozenset[str]:
        """All attributes."""
        return self.texts | self.numbers | self.times


def parse(text: str | None, fields: Fields) -> list[Comparison]:
    """Return the comparisons of a filter.

    Raises:
        InvalidInput: it is not in the language, or compares what can't be compared so.

    >>> fields = Fields(frozenset(["name"]), frozenset(), frozenset(["metric", "attribute"]))
    >>> parse("metrics.f1 > 0.5 AND name = 'x'", fields)[0].value
    0.5
    """
    parser = Parser.of(text, fields)
    return [] if parser is None else parser.all()


def matcher(comparisons: Iterable[Comparison]) -> Callable[[Searched], bool]:
    """Return what tells of a thing whether all comparisons hold; made once, it is tried on many."""
    tests = [(one.kind, one.key, _test(one)) for one in comparisons]

    def matches(of: Searched) -> bool:
        return all(test(of.values(kind, key)) for kind, key, test in tests)

    return matches


def like(pattern: str, text: str) -> bool:
    """Tell whether a text fits a pattern of SQL: `%` is anything, `_` one character.

    Takes at most the product of the lengths, whatever the pattern is.

    >>> like("%ab_d%", "xxabcdyy"), like("a%", "ba")
    (True, False)
    """
    at = star = -1
    i = j = 0
    while j < len(text):
        if i < len(pattern) and pattern[i] == "%":
            star, at = i, j
            i += 1
        elif i < len(pattern) and pattern[i] in ("_", text[j]):
            i, j = i + 1, j + 1
        elif star >= 0:
            at += 1
            i, j = star + 1, at
        else:
            return False
    return all(char == "%" for char in pattern[i:])


def sort_key(value: Any) -> tuple[int, Any]:
    """Return by what a value is sorted: numbers before NaN, and what is missing last."""
    if value is None:
        return (2, 0)
    if isinstance(value, float) and math.isnan(value):
        return (1, 0)
    return (0, value)


def _test(one: Comparison) -> Callable[[Iterable[Any]], bool]:
    if one.op == "IS NULL":
        return lambda values: not list(values)
    if one.op == "IS NOT NULL":
        return lambda values: bool(list(values))
    holds = _of_number(one) if isinstance(one.value, float) else _of_text(one)
    return lambda values: any(map(holds, values))


def _of_number(one: Comparison) -> Callable[[Any], bool]:
    compare, wanted = _COMPARE[one.op], one.value

    def holds(value: Any) -> bool:
        number = value if type(value) is float else _number(value)
        return number is not None and compare(number, wanted)

    return holds


def _of_text(one: Comparison) -> Callable[[Any], bool]:
    compare, wanted = _COMPARE_TEXTS.get(one.op) or _COMPARE[one.op], one.value

    def holds(value: Any) -> bool:
        plain = isinstance(value, str | datetime)
        return compare(value if plain else _written(value), wanted)

    return holds


def _number(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _written(value: Any) -> str:
    """Return a value as people write it in a filter: `5`, `true`, `[1,2]`."""
    return msgspec.json.encode(value).decode()


class Parser:
    """Reads the comparisons of a filter, one after the other."""

    def __init__(self, text: str, fields: Fields) -> None:
        self._text, self._fields = text, fields
        self._tokens = list(self._scan())
        self._at = 0

    @classmethod
    def of(cls, text: str | None, fields: Fields) -> Self | None:
        """Return what reads a filter; None where it says nothing.

        Raises:
            InvalidInput: it is too long, or there is something in it that has no meaning.
        """
        if not text or not text.strip():
            return None
        if len(text) > _LONGEST:
            raise InvalidInput(f"The filter is longer than {_LONGEST} characters.")
        return cls(text, fields)

    @property
    def at_end(self) -> bool:
        """All of it was read."""
        return self._at == len(self._tokens)

    def all(self) -> list[Comparison]:
        """Return comparisons that are joined by AND."""
        found = [self._comparison()]
        while not self.at_end:
            if not self._word("AND"):
                raise self._wrong("Comparisons are joined by AND")
            found.append(self._comparison())
        return found

    def _scan(self) -> Iterable[tuple[str, str]]:
        at = 0
        while at < len(self._text):
            found = _TOKEN.match(self._text, at)
            if found is None:
                if not self._text[at:].strip():
                    return
                raise self._wrong("There is something that has no meaning")
            at = found.end()
            kind = found.lastgroup or ""
            yield kind, found[kind]

    def _comparison(self) -> Comparison:
        kind, key = self._identifier()
        op = self._operator()
        if op in {"IS NULL", "IS NOT NULL"}:
            return Comparison(kind, key, op)
        value: Any = self._list() if op in {"IN", "NOT IN"} else self._value()
        return Comparison(kind, key, op, self._fitting(kind, key, op, value))

    def _identifier(self) -> tuple[str, str]:
        first = self._name()
        if not self._punct("."):
            return "attribute", self._attribute(first)
        kind = _KINDS.get(first.lower())
        if kind is None or kind not in self._fields.kinds:
            raise InvalidInput(
                f"Invalid entity type '{first}'. Valid values are {sorted(self._fields.kinds)}"
            )
        key = self._name()
        while self._punct("."):
            key += "." + self._name()
        if kind == "dataset" and key not in self._fields.datasets:
            known = sorted(self._fields.datasets)
            raise InvalidInput(f"Invalid dataset key '{key}' specified. Valid keys are '{known}'")
        return kind, self._attribute(key) if kind == "attribute" else key

    def _attribute(self, key: str) -> str:
        key = self._fields.renamed.get(key, key)
        if key not in self._fields.attributes:
            known = sorted(self._fields.attributes)
            raise InvalidInput(f"Invalid attribute key '{key}' specified. Valid keys are '{known}'")
        return key

    def _operator(self) -> str:
        kind, said = self._next()
        if kind == "op":
            return {"<>": "!=", "==": "="}.get(said, said)
        word = said.upper()
        if word in {"LIKE", "ILIKE", "IN"}:
            return word
        if word == "NOT" and self._word("IN"):
            return "NOT IN"
        if word == "IS":
            negated = self._word("NOT")
            if self._word("NULL"):
                return "IS NOT NULL" if negated else "IS NULL"
        raise self._wrong("A comparison sign was expected")

    def _fitting(self, kind: str, key: str, op: str, value: Any) -> Any:
        """Return the value as it is compared, or say why it can't be."""
        if kind == "attribute" and key in self._fields.times and isinstance(value, str):
            if op in _TEXT_ONLY:
                raise InvalidInput(f"Invalid comparator '{op}' for a moment")
            return parse_when(value)
        if kind in self._fields.either and isinstance(value, float) and op not in _TEXT_ONLY:
            return value
        numeric = kind == "metric" or (kind == "attribute" and key in self._fields.numbers)
        if numeric and (op in _TEXT_ONLY or not isinstance(value, float)):
            what = kind if kind == "metric" else f"numeric attribute: {key}"
            raise InvalidInput(
                f"Expected numeric value type for {what}. Found {value!r}"
                if op not in _TEXT_ONLY
                else f"Invalid comparator '{op}' for a number"
            )
        if not numeric and (isinstance(value, float) or op in {"<", "<=", ">", ">="}):
            raise InvalidInput(
                f"Expected a quoted string value for {kind} (e.g. 'my-value'). Got value {value:g}"
                if isinstance(value, float)
                else f"Invalid comparator '{op}' for a text"
            )
        return value

    def _list(self) -> list[str]:
        if not self._punct("("):
            raise self._wrong("After IN comes a list in brackets")
        if self._punct(")"):
            raise self._wrong(
                f"{_PARSING_A_LIST} a non-empty list of string values, but got empty list"
            )
        values = [self._listed()]
        while self._punct(","):
            values.append(self._listed())
        if not self._punct(")"):
            raise self._wrong("After IN comes a list of quoted texts in brackets")
        return values

    def _listed(self) -> str:
        if not self.at_end and self._tokens[self._at][0] == "punct":
            raise self._wrong(f"{_PARSING_A_LIST} string values, but got ill-formed list")
        value = self._value()
        if not isinstance(value, str):
            raise self._wrong(f"{_PARSING_A_LIST} string value, but got different type in list")
        return value

    def _value(self) -> Any:
        kind, token = self._next()
        if kind == "string":
            inner = token[1:-1]
            return inner.replace(token[0] * 2, token[0])
        if kind == "number":
            return float(token)
        if kind == "word":
            raise self._unquoted(token[:100])
        raise self._wrong("A quoted text or a number was expected")

    def _name(self) -> str:
        kind, token = self._next()
        if kind in {"tick", "string"} and token[0] != "'":
            return token[1:-1]
        if kind in {"word", "number"}:
            return token
        raise self._wrong("The name of a field was expected")

    def _next(self) -> tuple[str, str]:
        if self.at_end:
            raise self._wrong("It ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _word(self, word: str) -> bool:
        return self._take(lambda kind, token: kind == "word" and token.upper() == word)

    def _punct(self, sign: str) -> bool:
        return self._take(lambda kind, token: kind == "punct" and token == sign)

    def _take(self, fits: Callable[[str, str], bool]) -> bool:
        found = not self.at_end and fits(*self._tokens[self._at])
        self._at += found
        return found

    # MLflow's clients, and what is built on them, know these words.

    def _unquoted(self, word: str) -> Exception:
        return self._wrong(
            "Parameter value is either not quoted or unidentified quote types used for string"
            f" value {word}. Use either single or double quotes"
        )

    def _wrong(self, why: str) -> Exception:
        return InvalidInput(f"Invalid clause(s) in filter string '{self._shown}'. {why}.")

    @property
    def _shown(self) -> str:
        return self._text if len(self._text) <= 200 else self._text[:197] + "..."
