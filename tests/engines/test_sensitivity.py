"""Classes of sensitive columns: what is one is found, and what only looks like one is not."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

pytest.importorskip("stdnum")
pytest.importorskip("pyarrow")

from sensitive_columns import written
from stdnum import luhn
from stdnum.br import cpf
from stdnum.pl import pesel

from forebear.core.catalog import CLASSES
from forebear.core.errors import Unreadable
from forebear.core.personal import class_of_name
from forebear.engines.sensitivity import Values, class_of, scan_files

RANDOM = random.Random(7)


def found(values, name="x", kind="text"):
    column = Values(name=name, kind=kind)
    for value in values:
        column.add(str(value), 1)
    finding = class_of(column)
    return None if finding is None else (finding.sensitivity, finding.found_by)


def digits(count):
    return "".join(RANDOM.choice("0123456789") for _ in range(count))


def iban():
    account = "37040044" + digits(10)
    check = 98 - int(account + "131400") % 97
    return f"DE{check:02}{account}"


def card():
    number = "4" + digits(14)
    return number + luhn.calc_check_digit(number)


def person():
    born = f"{RANDOM.randint(50, 99)}{RANDOM.randint(1, 12):02}{RANDOM.randint(1, 28):02}"
    number = born + digits(4)
    return number + pesel.calc_check_digit(number)


def taxpayer():
    number = digits(9)
    return number + cpf._calc_check_digits(number)


MATCHING = {
    ("email", "pattern"): [f"user{n}@mail.example.org" for n in range(30)],
    ("iban", "checksum"): [iban() for _ in range(30)],
    ("credit-card", "checksum"): [card() for _ in range(30)],
    ("national-id", "checksum"): [person() for _ in range(30)],
    ("national-id", "pattern"): [f"{n:03}-45-6789" for n in range(100, 130)],
    ("phone", "pattern"): [f"+49 30 12345{n}" for n in range(30)],
    ("ip", "pattern"): [f"192.168.{n}.10" for n in range(30)],
    ("geo", "pattern"): [f"52.520{n}, 13.405{n}" for n in range(30)],
    ("sex", "pattern"): ["Male", "Female"] * 15,
}


@pytest.mark.parametrize(("expected", "values"), MATCHING.items(), ids=lambda one: str(one)[:30])
def test_values_tell_the_class_whatever_the_column_is_called(expected, values):
    assert found(values) == expected


@pytest.mark.parametrize(
    "values",
    [
        ["DE89 3704 0044 0532 0130 00", "GB82 WEST 1234 5698 7654 32"],
        ["see ada@example.org for more", *["no address here"] * 20],
        ["(212) 555-0123", "212-555-0199", "+1 212 555 0100"],
        ["2001:db8::1", "2001:db8::2", "fe80::1ff:fe23:4567:890a"],
        [f"{n[:3]}.{n[3:6]}.{n[6:9]}-{n[9:]}" for n in (taxpayer() for _ in range(20))],
        ["POINT(13.405 52.52)", "POINT(13.406 52.53)"],
    ],
)
def test_other_ways_of_writing_them_are_known(values):
    assert found(values) is not None


def days(form):
    return [(date(2020, 1, 1) + timedelta(days=n)).strftime(form) for n in range(40)]


LOOKALIKES = {
    "order ids": [100_000_000 + n for n in range(200)],
    "long order ids": [4_000_000_000_000_000 + 7 * n for n in range(200)],
    "random ids of 11 digits": [digits(11) for _ in range(200)],
    "random ids of 9 digits": [digits(9) for _ in range(200)],
    "random ids of 10 digits": [digits(10) for _ in range(200)],
    "random ids of 16 digits": ["4" + digits(15) for _ in range(200)],
    "barcodes": ["978" + digits(10) for _ in range(200)],
    "one card-like number again and again": ["4111111111111111"] * 200,
    "zeros": ["0" * 16, "0" * 11, "0" * 9],
    "seconds since 1970": [1_700_000_000 + 60 * n for n in range(200)],
    "milliseconds since 1970": [1_700_000_000_000 + 977 * n for n in range(200)],
    "dates": days("%Y-%m-%d"),
    "dates with points": days("%d.%m.%Y"),
    "dates as numbers": days("%Y%m%d"),
    "times": [f"12:{n:02}:07" for n in range(60)],
    "timestamps": days("%Y-%m-%dT12:00:00Z"),
    "prices": [f"{n}.{n:02}" for n in range(60)],
    "signed amounts": [f"+{1_000_000 + n}.50" for n in range(60)],
    "pairs of prices": [f"{n}.99, {n + 1}.49" for n in range(60)],
    "versions": [f"1.{n}.3.{n % 4}" for n in range(30)],
    "builds": ["10.0.19041.1", "10.0.22621.2", "10.0.22631.3"],
    "names of files": [f"icon{n}@2x.png" for n in range(30)],
    "packages": ["@scope/package@1.2.3", "lodash@4.17.21", "react@18"],
    "handles": ["@ada", "@grace", "@edsger"],
    "repositories": ["git@github.com:org/repo.git", "ssh://git@host.example.org/repo"],
    "uuids": ["0192a4c1-0000-7000-8000-000000000001", "0192a4c1-0000-7000-8000-000000000002"],
    "hashes": [digits(64) for _ in range(30)],
    "isbn": ["978-3-16-148410-0", "978-0-306-40615-7"],
    "part numbers": [f"100-200-{n}" for n in range(3000, 3050)],
    "short texts": ["red", "green", "blue"],
    "scores": [f"0.{n}" for n in range(1000, 1100)],
    "shares": [f"{n}%" for n in range(100)],
    "sizes": ["S", "M", "L", "XL"],
    "nothing": [],
}


@pytest.mark.parametrize(("what", "values"), LOOKALIKES.items(), ids=LOOKALIKES)
def test_what_only_looks_like_one_is_not_taken_for_it(what, values):
    kind = "integer" if values and isinstance(values[0], int) else "text"
    assert found(values, kind=kind) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("email", "email"),
        ("CustomerEmail", "email"),
        ("contact_e-mail", "email"),
        ("HOME PHONE 2", "phone"),
        ("dateOfBirth", "birth-date"),
        ("Geschlecht", "sex"),
        ("prénom", "person-name"),
        ("patient_last_name", "person-name"),
        ("shipping_address", "address"),
        ("race", "race"),
        ("ICD10_code", "health"),
        ("sexual_orientation", "orientation"),
        ("api_key", "secret"),
    ],
)
def test_names_tell_a_class(name, expected):
    assert class_of_name(name) == expected
    assert expected in CLASSES


@pytest.mark.parametrize(
    "name",
    [
        "email_count",
        "has_email",
        "email_sent_at",
        "phone_calls",
        "phone_plan",
        "n_phones",
        "race_time",
        "race_id",
        "sex_ratio",
        "product_name",
        "name",
        "filename",
        "column_name",
        "address_count",
        "zip_file",
        "ip_traffic_gb",
        "token",
        "token_count",
        "lat_ms",
        "latency",
        "longitudinal",
        "message",
        "gender_encoded_mean",
        "card",
        "cardinality",
        "telemetry",
        "dobson_units",
        "age",
        "",
        "__",
        "123",
    ],
)
def test_names_that_say_something_else_tell_none(name):
    assert class_of_name(name) is None


@pytest.mark.parametrize(
    ("name", "values", "kind", "expected"),
    [
        ("phone", ["03012345678", "03087654321"], "text", ("phone", "name")),
        ("phone", ["yes", "no"], "text", None),
        ("email", [0, 1], "integer", None),
        ("email", ["true", "false"], "bool", None),
        ("lat", ["52.52", "48.13"], "float", ("geo", "name")),
        ("long", ["a long text", "another"], "text", None),
        ("dob", ["1980-02-03", "1975-11-30"], "text", ("birth-date", "name")),
        ("dob", ["yes", "no"], "text", None),
        ("sex", [0, 1, 1, 0], "integer", ("sex", "name")),
        ("sex", ["1.0", "2.0"], "float", ("sex", "name")),
        ("race", ["41.5", "39.0"], "float", None),
        ("race", [f"Grand Prix {n}" for n in range(60)], "text", None),
        ("race", ["White", "Black", "Other"], "text", ("race", "name")),
        ("last_name", ["Byron", "Hopper"], "text", ("person-name", "name")),
        ("last_name", ["0.5", "0.7"], "float", None),
        ("ssn", [], "text", ("national-id", "name")),
    ],
)
def test_a_name_counts_where_the_values_may_be_so(name, values, kind, expected):
    assert found(values, name=name, kind=kind) == expected


def test_a_file_is_looked_through_and_no_value_comes_out(tmp_path):
    file = tmp_path / "people.csv"
    lines = [f"{n},user{n}@example.org,{card()},{n}.50" for n in range(100)]
    file.write_text("\n".join(["id,contact,payment,price", *lines, "100,,,"]) + "\n")
    scanned = scan_files(str(file))
    assert (scanned.rows, scanned.columns, scanned.whole) == (101, 4, True)
    assert [(f.column, f.sensitivity, f.count, f.share) for f in scanned.findings] == [
        ("contact", "email", 100, 1.0),
        ("payment", "credit-card", 100, 1.0),
    ]
    assert "user7" not in repr(scanned)


def test_only_the_first_rows_are_looked_at_unless_all_are_asked_for(tmp_path):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    values = ["nothing"] * 60 + [f"u{n}@example.org" for n in range(60)]
    kinds = pa.array(values).dictionary_encode()
    file = tmp_path / "late.parquet"
    pq.write_table(pa.table({"note": values, "kind": kinds, "list": [[1]] * 120}), file)
    first = scan_files(str(file), rows=60)
    assert (first.rows, first.whole, first.findings) == (60, False, [])
    assert {one.column for one in scan_files(str(file), rows=None).findings} == {"note", "kind"}
    assert scan_files(str(file), rows=120).whole


def test_what_is_no_table_is_refused(tmp_path):
    file = tmp_path / "model.pkl"
    file.write_bytes(b"\x80\x04.")
    with pytest.raises(Unreadable):
        scan_files(str(file))


def test_of_seventy_columns_it_finds_what_is_personal_and_nothing_else(tmp_path):
    text, classes = written()
    file = tmp_path / "people.csv"
    file.write_text(text)
    found = {one.column: one.sensitivity for one in scan_files(str(file)).findings}
    assert {name: kind for name, kind in found.items() if classes.get(name) != kind} == {}
    # Names of persons are known by the name of the column only.
    assert classes.keys() - found.keys() == {"c19"}


def test_a_table_that_is_no_csv_is_looked_through_as_it_is(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    phones = [f"+49 151 {1_000_000 + n}" for n in range(30)]
    pq.write_table(pa.table({"c": phones, "n": list(range(30))}), tmp_path / "t.parquet")
    (found,) = scan_files(str(tmp_path / "t.parquet")).findings
    assert (found.column, found.sensitivity) == ("c", "phone")
