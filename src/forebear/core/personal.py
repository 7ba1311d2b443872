"""Which columns look, by their names, as if they told who somebody is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["PERSONAL", "class_of", "personal_class"]

PERSONAL: Final = frozenset(
    "email phone iban credit-card national-id ip geo birth-date person-name address user-id"
    " secret".split()
)
"""Classes of columns (`forebear.core.catalog.CLASSES`) of which no value is kept."""

_WORDS: Final = {
    "email": "email mail e_mail mailaddress emailaddress",
    "phone": "phone telephone tel mobile cell msisdn fax phonenumber",
    "iban": "iban bic account_number accountnumber accountno",
    "credit-card": "creditcard credit_card card_number cardnumber pan ccn",
    "national-id": "ssn nin passport national_id nationalid tax_id taxid social_security ahv",
    "ip": "ip ipaddress ip_address ipv4 ipv6 mac_address",
    "geo": "latitude longitude lat lon lng geolocation",
    "birth-date": "birthday birthdate birth_date dob date_of_birth",
    "person-name": "firstname first_name lastname last_name surname full_name fullname"
    " given_name family_name maiden_name username user_name person customer_name patient_name",
    "address": "street street_address address home_address",
    "user-id": "user_id userid customer_id customerid patient_id patientid member_id person_id",
    "secret": "password passwd pwd secret token api_key apikey",
}
_CLASS: Final = {word: name for name, words in _WORDS.items() for word in words.split()}
_PARTS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


def personal_class(column: str) -> str | None:
    """Return what a column's name says that it holds of persons.

    >>> personal_class("Home E-Mail"), personal_class("customerId"), personal_class("emails_opened")
    ('email', 'user-id', None)
    """
    parts = [part.lower() for part in _PARTS.split(column) if part]
    # What a name ends with says what the column is: `phone_plan` is a plan.
    for start in range(len(parts)):
        found = _CLASS.get("_".join(parts[start:]))
        if found is not None:
            return found
    return None


def class_of(column: str, said: Mapping[str, str]) -> str | None:
    """Return of which personal class a column is: what is said of it, else what its name tells.

    >>> class_of("email", {"email": "none"}), class_of("email", {})
    (None, 'email')
    """
    found = said.get(column)
    if found is None:
        return personal_class(column)
    return found if found in PERSONAL else None
