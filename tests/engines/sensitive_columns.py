"""Seventy columns, forty of them about persons, thirty that only look so; with their classes."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from datetime import date, timedelta

from stdnum import luhn
from stdnum.br import cpf
from stdnum.es import dni
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.pl import pesel

ROWS = 200
FIRST = "Anna Ben Clara David Emma Felix Greta Hans Ida Jonas Lea Mia Noah Olga Paul Rosa".split()
LAST = "Schmidt Fischer Weber Meyer Becker Smith Jones Brown Garcia Rossi Novak Silva Kim".split()

_dice = random.Random(7)
_any = _dice.choice
_from = _dice.randint


def _digits(count: int) -> str:
    return "".join(_any(string.digits) for _ in range(count))


def _hex(count: int) -> str:
    return f"{_dice.getrandbits(4 * count):0{count}x}"


def _card(start: str, length: int) -> str:
    number = start + _digits(length - len(start) - 1)
    return number + luhn.calc_check_digit(number)


def _iban(country: str, account: str) -> str:
    spelt = "".join(str(int(sign, 36)) for sign in f"{account}{country}00")
    return f"{country}{98 - int(spelt) % 97:02d}{account}"


def _cut(text: str, by: str) -> str:
    return by.join(text[place : place + 4] for place in range(0, len(text), 4))


def _checked(count: int, check: Callable[[str], str], valid: Callable[[str], bool]) -> str:
    while True:
        number = str(_from(1, 9)) + _digits(count - 1)
        found = number + check(number)
        if valid(found):
            return found


def _pesel() -> str:
    number = f"{_from(50, 99)}{_from(1, 12):02d}{_from(1, 28):02d}{_digits(4)}"
    return number + pesel.calc_check_digit(number)


def _nir() -> str:
    number = f"{_any('12')}{_from(40, 99)}{_from(1, 12):02d}{_from(1, 19):02d}{_digits(6)}"
    return number + nir.calc_check_digits(number)


def _codice() -> str:
    name = "".join(_any("BCDFGLMNPRSTVZ") for _ in range(6))
    number = f"{name}{_from(40, 99)}{_any('ACEHLMPRST')}{_from(1, 28):02d}F{_digits(3)}"
    return number + codicefiscale.calc_check_digit(number)


def _ean() -> str:
    number = "40" + _digits(10)
    odd, even = (sum(int(one) for one in number[place::2]) for place in (0, 1))
    return f"{number}{-(odd + 3 * even) % 10}"


def _ssn() -> str:
    return f"{_from(1, 665):03d}-{_from(1, 99):02d}-{_from(1, 9999):04d}"


def _us_phone(form: str) -> str:
    return form.format(_from(201, 989), _from(200, 999), _digits(4))


def _mail() -> str:
    return f"{_any(FIRST)}.{_any(LAST)}{_from(1, 99)}@{_any(['gmail.com', 'x.co.uk'])}"


def _day(first: int, last: int) -> str:
    return str(date(first, 1, 1) + timedelta(days=_from(0, 365 * (last - first))))


def _degree(most: int) -> str:
    return f"{_dice.uniform(-most, most):.5f}"


COLUMNS: dict[str, tuple[str | None, Callable[[], object]]] = {
    "pan": ("credit-card", lambda: _card("4", 16)),
    "c1": ("credit-card", lambda: _card(f"5{_from(1, 5)}", 16)),
    "c2": ("credit-card", lambda: _cut(_card("4", 16), "-")),
    "amex": ("credit-card", lambda: _card("37", 15)),
    "c3": ("iban", lambda: _iban("DE", _digits(18))),
    "acct": ("iban", lambda: _iban("GB", f"NWBK{_digits(14)}")),
    "c4": ("iban", lambda: _cut(_iban("DE", _digits(18)), " ")),
    "c5": ("email", _mail),
    "login": ("email", lambda: _mail() if _from(0, 9) < 7 else ""),
    "c6": ("phone", lambda: f"+49 {_from(150, 179)} {_digits(7)}"),
    "tel_us": ("phone", lambda: _us_phone("({}) {}-{}")),
    "c7": ("phone", lambda: f"+33 6 {_digits(2)} {_digits(2)} {_digits(2)} {_digits(2)}"),
    "mobile": ("phone", lambda: f"07{_digits(9)}"),
    "c8": ("phone", lambda: f"+919{_digits(9)}"),
    "phone_raw": ("phone", lambda: f"0{_from(30, 89)}{_digits(7)}"),
    "c9": ("phone", lambda: _us_phone("{}-{}-{}")),
    "ssn": ("national-id", _ssn),
    "c10": ("national-id", _ssn),
    "c11": ("national-id", lambda: cpf.format(_checked(9, cpf._calc_check_digits, cpf.is_valid))),
    "c12": ("national-id", lambda: _checked(8, dni.calc_check_digit, dni.is_valid)),
    "c13": ("national-id", _pesel),
    "bsn": ("national-id", lambda: _checked(9, lambda _: "", bsn.is_valid)),
    "nhs_number": ("national-id", lambda: _checked(10, lambda _: "", nhs.is_valid)),
    "c14": ("national-id", _nir),
    "c15": ("national-id", _codice),
    "c16": ("ip", lambda: ".".join(str(_from(1, 254)) for _ in range(4))),
    "client": ("ip", lambda: ":".join(_hex(4) for _ in range(8))),
    "c17": ("user-id", lambda: ":".join(_hex(2) for _ in range(6))),
    "c18": ("geo", lambda: f"{_degree(60)},{_degree(170)}"),
    "lat": ("geo", lambda: _degree(60)),
    "lon": ("geo", lambda: _degree(170)),
    "first_name": ("person-name", lambda: _any(FIRST)),
    "nachname": ("person-name", lambda: _any(LAST)),
    "c19": ("person-name", lambda: f"{_any(FIRST)} {_any(LAST)}"),
    "customer_name": ("person-name", lambda: f"{_any(FIRST)} {_any(LAST)}"),
    "dob": ("birth-date", lambda: _day(1940, 2008)),
    "address": ("address", lambda: f"Main St {_from(1, 99)}"),
    "sex": ("sex", lambda: _any("MF")),
    "religion": ("religion", lambda: _any(["catholic", "none", "muslim"])),
    "diagnosis": ("health", lambda: _any(["I10", "E11.9", "J45.0"])),
    "ean": (None, _ean),
    "order_no": (None, lambda: _digits(9)),
    "version": (None, lambda: f"{_from(1, 9)}.{_from(0, 20)}.{_from(0, 9)}"),
    "build": (None, lambda: f"{_from(1, 9)}.{_from(0, 20)}.{_from(0, 9)}.{_from(0, 200)}"),
    "ts": (None, lambda: _from(1_600_000_000, 1_700_000_000)),
    "ts_ms": (None, lambda: _from(1_600_000_000_000, 1_700_000_000_000)),
    "uuid": (None, lambda: "-".join(map(_hex, (8, 4, 4, 4, 12)))),
    "sha": (None, lambda: _hex(40)),
    "url": (None, lambda: f"https://shop.example.com/item/{_from(1, 9999)}"),
    "price": (None, lambda: _from(100, 9999) / 100),
    "sku": (None, lambda: f"AB-{_digits(5)}"),
    "country": (None, lambda: _any(["DE", "FR", "US"])),
    "product_name": (None, lambda: _any(["Red Chair", "Blue Table", "Lamp"])),
    "city": (None, lambda: _any(["Berlin", "Paris", "Rome"])),
    "date": (None, lambda: _day(2020, 2024)),
    "file_name": (None, lambda: f"img_{_digits(4)}.png"),
    "rgb": (None, lambda: f"#{_hex(6)}"),
    "rand9": (None, lambda: _digits(9)),
    "rand11": (None, lambda: _digits(11)),
    "rand16": (None, lambda: _digits(16)),
    "x": (None, lambda: _degree(60)),
    "latency": (None, lambda: _dice.uniform(0, 60)),
    "longevity": (None, lambda: _from(1, 90)),
    "sexy_score": (None, _dice.random),
    "column_name": (None, lambda: _any("abc")),
    "time": (None, lambda: f"{_from(0, 23):02d}:{_from(0, 59):02d}:{_from(0, 59):02d}"),
    "part": (None, lambda: f"{_from(100, 199)}-{_from(100, 999)}-{_digits(4)}"),
    "mean_age": (None, _dice.random),
    "iris_species": (None, lambda: _any(["Setosa", "Virginica"])),
    "phone_plan": (None, lambda: _any(["basic", "flat"])),
}


def written() -> tuple[str, dict[str, str]]:
    """Return the table as CSV, and the classes of the columns that have one."""
    columns = [[make() for _ in range(ROWS)] for _, make in COLUMNS.values()]
    rows = zip(*columns, strict=True)
    lines = [",".join(COLUMNS), *(",".join(f'"{cell}"' for cell in row) for row in rows)]
    classes = {name: kind for name, (kind, _) in COLUMNS.items() if kind is not None}
    return "\n".join(lines) + "\n", classes
