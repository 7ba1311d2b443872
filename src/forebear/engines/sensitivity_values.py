"""Classes of sensitive columns by their values: by check digits, and by their form."""

from __future__ import annotations

import importlib
import ipaddress
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final, NamedTuple

from forebear.core.catalog import FoundBy

__all__ = ["DETECTORS", "Detector", "matches", "relaxed"]

Test = Callable[[str], bool]


class Detector(NamedTuple):
    """How values of a class are known."""

    sensitivity: str
    found_by: FoundBy
    test: Test
    share: float
    """Of the values that are there so many have to be of the class."""
    fewest: int = 1
    """So many different ones: some numbers have the right check digit by chance."""


_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,8}\Z")
_CARD: Final = re.compile(r"\d(?:[ -]?\d){12,18}\Z")
_ISSUERS: Final = (
    (re.compile(r"4"), {13, 16, 19}),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"6011|64[4-9]|65"), {16, 19}),
    (re.compile(r"352[89]|35[3-8]"), {16}),
    (re.compile(r"30[0-5]|36|38|39"), {14}),
)
_NATIONAL: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(form + r"\Z")
    for name, form in {
        "be.nn": r"\d{2}\.?\d{2}\.?\d{2}-?\d{3}\.?\d{2}",
        "br.cpf": r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}",
        "ca.sin": r"\d{3}[ -]?\d{3}[ -]?\d{3}",
        "cl.rut": r"\d{1,2}\.?\d{3}\.?\d{3}-?[\dkK]",
        "cn.ric": r"\d{17}[\dX]",
        "de.idnr": r"\d{2} ?\d{3} ?\d{3} ?\d{3}",
        "es.dni": r"\d{8}-?[A-Z]",
        "es.nie": r"[XYZ]\d{7}-?[A-Z]",
        "fi.hetu": r"\d{6}[+\-A-FU-Y]\d{3}[0-9A-Y]",
        "fr.nir": r"[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}",
        "gb.nhs": r"\d{3}[ -]?\d{3}[ -]?\d{4}",
        "in_.aadhaar": r"\d{4} ?\d{4} ?\d{4}",
        "it.codicefiscale": r"[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]",
        "nl.bsn": r"\d{9}",
        "no.fodselsnummer": r"\d{6} ?\d{5}",
        "pl.pesel": r"\d{11}",
        "se.personnummer": r"(?:\d{2})?\d{6}[-+]?\d{4}",
    }.items()
}
_SSN: Final = re.compile(r"(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\Z")
_EMAIL: Final = re.compile(
    r"(?<![\w.+/:@%-])[\w.+%-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}([a-z]{2,24})"
    r"(?![\w:@/-])",
    re.IGNORECASE,
)
_ENDINGS: Final = frozenset("png jpg jpeg gif webp svg css js ts json html pdf zip".split())
"""What stands behind the last dot of a file's name, and is no domain of mail."""
_E164: Final = re.compile(r"\+\d{1,3}(?:[ .\-()/]{0,2}\d){6,14}\Z")
_NANP: Final = re.compile(
    r"(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[.\- ])[2-9]\d{2}[.\- ]\d{4}(?: ?x\d{1,5})?\Z"
)
_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d{1,3})?\Z")
_PAIR: Final = re.compile(r"\(?(-?\d{1,2}\.\d{3,}) ?[,; ] ?(-?\d{1,3}\.\d{3,})\)?\Z")
_POINT: Final = re.compile(r"POINT ?\((-?\d{1,3}\.\d+) (-?\d{1,2}\.\d+)\)\Z", re.IGNORECASE)
_OCTETS: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?\Z")
_MAC: Final = re.compile(r"[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}\Z", re.IGNORECASE)
_SEXES: Final = frozenset(
    "male female man woman männlich weiblich homme femme hombre mujer non-binary nonbinary".split()
)
_DATE: Final = re.compile(
    r"(?:19|20)\d{2}(?:-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01]))?(?:[T ]00:00:00)?\Z"
    r"|(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|[12]\d|3[01])[./-](?:19|20)?\d{2}\Z"
)


def matches(values: Mapping[str, int], test: Test) -> tuple[int, int]:
    """Return how many of the values pass, counted as often as they occur, and how many differ."""
    passing = [count for value, count in values.items() if test(value)]
    return sum(passing), len(passing)


def _iban(value: str) -> bool:
    return bool(_IBAN.match(value)) and _valid("iban", value)


def _card(value: str) -> bool:
    if not _CARD.match(value):
        return False
    digits = value.replace(" ", "").replace("-", "")
    issued = any(start.match(digits) and len(digits) in lengths for start, lengths in _ISSUERS)
    return issued and len(set(digits)) > 2 and _valid("luhn", digits)


def _national(name: str) -> Test:
    form = _NATIONAL[name]
    return lambda value: bool(form.match(value)) and _valid(name, value)


def _valid(name: str, value: str) -> bool:
    return bool(_validator(name)(value))


@cache
def _validator(name: str) -> Test:
    found: Test = importlib.import_module(f"stdnum.{name}").is_valid
    return found


def _email(value: str) -> bool:
    return any(found[1].lower() not in _ENDINGS for found in _EMAIL.finditer(value))


def _phone(value: str) -> bool:
    if _NANP.match(value):
        return True
    return bool(_E164.match(value)) and (value[1:].isdigit() or not _NUMBER.match(value))


def _ip(value: str) -> bool:
    if _OCTETS.match(value):
        # Numbers of versions have four small parts.
        small = all(int(part) <= 31 for part in re.split(r"[./]", value)[:4])
        return not small and _parsed(value)
    return value.count(":") >= 2 and _parsed(value)


def _parsed(value: str) -> bool:
    try:
        ipaddress.ip_interface(value)
    except ValueError:
        return False
    return True


def _geo(value: str) -> bool:
    pair = _PAIR.match(value)
    if pair is None:
        point = _POINT.match(value)
        return point is not None and abs(float(point[1])) <= 180 and abs(float(point[2])) <= 90
    return abs(float(pair[1])) <= 90 and abs(float(pair[2])) <= 180


DETECTORS: Final = (
    Detector("iban", "checksum", _iban, 0.5),
    Detector("credit-card", "checksum", _card, 0.9, 5),
    *(Detector("national-id", "checksum", _national(name), 0.95, 10) for name in _NATIONAL),
    Detector("email", "pattern", _email, 0.01),
    Detector("national-id", "pattern", lambda value: bool(_SSN.match(value)), 0.9, 3),
    Detector("phone", "pattern", _phone, 0.8, 3),
    Detector("ip", "pattern", _ip, 0.9, 2),
    Detector("user-id", "pattern", lambda value: bool(_MAC.match(value)), 0.9, 2),
    Detector("geo", "pattern", _geo, 0.9, 2),
    Detector("sex", "pattern", lambda value: value.lower() in _SEXES, 0.9, 2),
)
"""The surest first: a column has the class of the first that finds it."""


def _dialled(value: str) -> bool:
    digits = re.sub(r"[ .\-()/+]|ext|x", "", value)
    return digits.isdigit() and 7 <= len(digits) <= 15


def _degrees(value: str) -> bool:
    if _geo(value):
        return True
    try:
        return abs(float(value)) <= 180 and "." in value
    except ValueError:
        return False


relaxed: Final[dict[str, Test]] = {
    "email": _email,
    "phone": _dialled,
    "iban": lambda value: bool(_IBAN.match(value.upper())),
    "credit-card": lambda value: bool(_CARD.match(value)) or "*" in value or "x" in value.lower(),
    "ip": _parsed,
    "geo": _degrees,
    "birth-date": lambda value: bool(_DATE.match(value)),
}
"""What values must look like where the name of the column says the class: less than without it."""
