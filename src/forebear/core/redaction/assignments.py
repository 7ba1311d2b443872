"""Literal values under secret names: code, JSON, YAML, ini, .env, DSNs of the key=value kind."""

from __future__ import annotations

import re
from typing import Final

from forebear.core.patterns import pattern
from forebear.core.redaction.names import KEYWORDS, grade
from forebear.core.redaction.patterns import mark
from forebear.core.redaction.values import is_secret

__all__ = ["assignments"]

_NAMED: Final = pattern(
    rf"(?<![\w.\-$])(?=[\w.\-]{{0,120}}?{KEYWORDS})(-{{0,2}}[A-Za-z_][\w.\-]{{0,127}}+)"
    r"(?:\\?[\"']\]?|\])?"  # the end of a JSON key or of d["key"]
    r"(?:\s{0,4}:\s{0,4}[A-Za-z_][\w.\[\]|, ]{0,60}?(?=\s{0,4}=(?!=)))?"  # an annotation
    r"([ \t]{0,8}(?::=|=>|:(?![/:=])|=(?!=))[ \t]{0,8})",
    re.IGNORECASE,
)
_LOOKED_UP: Final = pattern(
    rf"(?:getenv|environ\.get|setdefault|putenv|setenv|\.get)\(\s{{0,8}}[\"']"
    rf"(?=[\w.\-]{{0,60}}?{KEYWORDS})([\w.\-]{{1,80}}+)[\"']\s{{0,8}}(,)\s{{0,8}}(?=[\"'])",
    re.IGNORECASE,
)
_QUOTED: Final = pattern(
    r"""\(?\s{0,20}(?:(?:Secret(?:Str|Bytes)|str|bytes)\(\s{0,8})?[rbfu]{0,2}(?:
    \"{3}((?:[^"\\]|\\.|"(?!""))*+) | '{3}((?:[^'\\]|\\.|'(?!''))*+)
    | "((?:[^"\\\n]|\\[^\n])*+) | '((?:[^'\\\n]|\\[^\n])*+)
    | \\"((?:[^"\\\n]|\\(?!"))*+) | \\'((?:[^'\\\n]|\\(?!'))*+) )""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_UNQUOTED: Final = pattern(r"(?:[^\s\"'`;&,]|[;&,](?![A-Za-z_][\w\-]{0,40}+=|[\s\"'`]|\Z))++")
_PAIR_BEFORE: Final = pattern(r"\w=[^\s,;=\"'(]{1,64}(?:;\s?| )\Z")
_PAIR_AFTER: Final = pattern(r"(?:;\s?| )[A-Za-z][\w ]{0,30}+=[^=\s]")
_REFERENCE: Final = pattern(r"[A-Za-z_][\w.]*+(?:[\[(].*)?|[\[({!*&|>@].*", re.DOTALL)
_QUOTES: Final = ('"', "'")
_AFTER_STRING: Final = pattern(r"[\"'](?:\s*+(?:[)\],:+;%}]|\Z)|[\r\n.])")
_BEFORE_SETTING: Final = ("", "\n", "\t", " ", "+", '"', "'", "`")
_LINE_END: Final = pattern(r"[ \t]*+(?:\Z|[\r\n\"'`,}\]#])")


def assignments(value: str, rules: list[str]) -> str:
    """Take out literal values under secret names: code, JSON, YAML, ini, .env, key=value DSNs."""
    for named in (_NAMED, _LOOKED_UP):
        pieces: list[str] = []
        done = position = 0
        while match := named.search(value, position):
            position = match.end()
            before = value[max(0, match.start() - 10) : match.start()]
            in_query = before[-1:] in ("?", "&") and match[2] == "="
            if in_query or before == "[REDACTED:" or grade(match[1]) == "ordinary":
                continue
            start, end, literal = _literal(value, match)
            position = max(position, end)
            if literal and is_secret(match[1], value[start:end], loose=True):
                pieces += (value[done:start], mark("assignment", rules))
                done = end
        value = "".join((*pieces, value[done:]))
    return value


def _literal(value: str, match: re.Match[str]) -> tuple[int, int, bool]:
    """Return where the value after `match` begins and ends, and whether it stands for itself."""
    start = match.end()
    if value.startswith(_QUOTES, start) and _closes_string(value, match):
        return start, start, False
    quoted = _QUOTED.match(value, start)
    if quoted and quoted.lastindex:
        return *quoted.span(quoted.lastindex), True
    run = _UNQUOTED.match(value, start)
    if run is None:
        return start, start, False
    found = run[0]
    if _is_setting(value, match, found):
        return start, run.end(), True
    found = found.rstrip(",;:)}]")
    end = start + len(found)
    return start, end, _stands_alone(value, match, found, end)


def _closes_string(value: str, match: re.Match[str]) -> bool:
    """Tell whether the quote after `match` ends a string that began before: a prompt, a label."""
    if not _AFTER_STRING.match(value, match.end()):
        return False
    before = value[max(0, match.start() - 200) : match.start()].rpartition("\n")[2]
    return before.count(value[match.end()]) % 2 == 1


def _is_setting(value: str, match: re.Match[str], found: str) -> bool:
    """Tell whether this is `NAME=value` of a shell or .env file, or a pair of a DSN."""
    name, separator = match.groups()
    if "=" not in separator or (("(" in found or "[" in found) and _REFERENCE.fullmatch(found)):
        return False
    before = value[max(0, match.start() - 80) : match.start()]
    if separator == "=":
        if name.isupper() and before[-1:] in _BEFORE_SETTING:
            return found != name.lstrip("-")
        if _PAIR_AFTER.match(value, match.end() + len(found)):
            return True
    return _PAIR_BEFORE.search(before) is not None


def _stands_alone(value: str, match: re.Match[str], found: str, end: int) -> bool:
    """Tell an unquoted literal from a reference to something: a variable, a call, a type."""
    if not found or (found.isdigit() and len(found) < 6):
        return False
    named = _REFERENCE.fullmatch(found) is not None
    if "=" not in match[2]:  # YAML, headers: one word to the end of the line
        typed = found[0].isupper() and found.isalpha()
        call = named and not found.replace(".", "").replace("_", "").isalnum()
        return not typed and not call and bool(_LINE_END.match(value, end))
    if not named:
        return True
    before = value[max(0, match.start() - 40) : match.start()].rstrip()[-1:]
    argument = before in ("(", ",") or value[end : end + 1] in (",", ")")
    looked_up = any(c in "([.{" for c in found)
    return not argument and not looked_up and any(c.isdigit() for c in found)
