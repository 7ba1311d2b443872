"""Classes of sensitive columns by what they are called: one vocabulary for all of forebear."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

__all__ = ["PERSONAL", "class_of", "class_of_name", "personal_class"]

PERSONAL: Final = frozenset(
    "email phone iban credit-card national-id ip geo birth-date person-name address user-id"
    " secret".split()
)
"""Classes of columns (`forebear.core.catalog.CLASSES`) of which no value is kept."""

_PHRASES: Final = {
    "email": (
        "email|e mail|mail|email address|emailaddress|mail address|mailaddress|e mail address"
        "|correo|courriel"
    ),
    "phone": (
        "phone|telephone|tel|mobile|mobile phone|cell|cell phone|cellphone|fax|msisdn|telefon"
        "|telefono|handy|phone number|phonenumber"
    ),
    "iban": "iban|bic|bank account|account iban|account number|accountnumber|account no|accountno",
    "credit-card": "credit card|card number|cc number|creditcard|pan number|kreditkarte",
    "national-id": (
        "ssn|social security|social security number|national id|national insurance number|passport"
        "|passport number|tax id|taxpayer id|nino|bsn|pesel|cpf|dni|nie|curp|aadhaar|codice fiscale"
        "|personnummer|nhs number|sozialversicherungsnummer|steuer id|driver license"
        "|drivers license|license number|nin|nationalid|taxid|ahv"
    ),
    "ip": "ip|ipv4|ipv6|ip address|ip addr|ipaddress|ipaddr|client ip|remote addr|remote ip",
    "geo": (
        "lat|latitude|lon|lng|long|longitude|geo lat|geo lon|geo lng|gps|gps lat|gps lon|gps lng"
        "|coordinates|geo coordinates|geolocation|lat lon|lat long|lat lng"
    ),
    "birth-date": (
        "dob|birth date|birthdate|date of birth|birthday|birth day|birth year|year of birth|yob"
        "|geburtsdatum|geburtstag|fecha nacimiento|fecha de nacimiento|date naissance"
        "|date de naissance|data di nascita"
    ),
    "person-name": (
        "first name|firstname|last name|lastname|surname|full name|fullname|given name|givenname"
        "|family name|middle name|maiden name|forename|vorname|nachname|prenom|apellido|apellidos"
        "|nombre completo|cognome|person name|patient name|customer name|employee name|fname|lname"
    ),
    "address": (
        "street|street address|address|address line|addr|home address|postal address"
        "|postcode|postal code|zip|zip code|zipcode|plz|strasse|house number|adresse|direccion"
    ),
    "user-id": (
        "user id|userid|customer id|client id|patient id|employee id|member id|subscriber id"
        "|person id|username|user name|login|account id|device id|advertising id|idfa|gaid|imei"
        "|mac address|cookie id|customerid|patientid"
    ),
    "secret": (
        "password|passwd|pwd|passwort|secret|api key|apikey|access token|auth token|refresh token"
        "|private key|client secret|password hash|pin code|cvv|cvc"
    ),
    "health": (
        "diagnosis|diagnoses|icd|icd 9|icd 10|icd9|icd10|disease|medication|medications"
        "|prescription"
        "|blood pressure|blood type|blood group|hiv|hiv status|disability|pregnant|pregnancy"
        "|mental health|allergy|allergies|symptom|symptoms|health condition|medical history"
        "|treatment plan|insulin|glucose|cholesterol|bmi|body mass index|smoker"
    ),
    "sex": "sex|gender|gender identity|geschlecht|sexe|sexo|genero|sesso",
    "race": "race|ethnicity|ethnic|ethnic group|ethnic origin|racial|race ethnicity|skin color"
    "|skin colour|caste|tribe|nationality",
    "religion": "religion|religious affiliation|religious|faith|denomination|konfession",
    "politics": "political party|party affiliation|political affiliation|political view"
    "|political views|political opinion|political orientation|voted for",
    "orientation": "sexual orientation|sexuality|sexual preference",
    "union": "trade union|union member|union membership|labor union|labour union",
    "biometric": "fingerprint|fingerprints|face embedding|face encoding|faceid"
    "|iris scan|retina scan|voiceprint|voice print|biometric|biometrics|facial features",
    "genetic": "genotype|genome|dna|dna sequence|dna profile|genetic|genetic test|snp|brca"
    "|brca1|brca2",
}
_OF_PHRASE: Final = {
    phrase: kind for kind, phrases in _PHRASES.items() for phrase in phrases.split("|")
}
_ALSO: Final = {"token": "secret", "person": "person-name"}
"""Words that are as likely to say something harmless: only who keeps values heeds them."""
_WHOSE: Final = frozenset(
    "user users customer client patient employee member person people contact home work business"
    " primary secondary main personal private own billing shipping delivery mailing sender receiver"
    " recipient guest owner applicant borrower student driver subscriber staff emergency father"
    " mother parent spouse partner the raw clean original orig src source my their guardian".split()
)
"""Words before a phrase that say whose it is, and change nothing."""
_BEHIND: Final = frozenset(
    "number no nr num value text string str field col column code raw clean original norm"
    " normalized normalised".split()
)
"""Words and figures behind a phrase that change nothing."""
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CUT: Final = re.compile(r"[^a-z0-9]+")


def class_of_name(name: str) -> str | None:
    """Return the class that a column's name says, if the whole of the name says it.

    A name that says more than whose it is speaks of something else: how many, when, whether.

    >>> class_of_name("CustomerEmail"), class_of_name("home_phone_2")
    ('email', 'phone')
    >>> class_of_name("email_count"), class_of_name("race_time"), class_of_name("has_phone")
    (None, None, None)
    """
    words = _words(name)
    while words and words[0] in _WHOSE:
        if (found := _said(words)) is not None:
            return found
        words = words[1:]
    return _said(words)


def personal_class(column: str) -> str | None:
    """Return the personal class that a name ends with: for who would rather keep too little.

    >>> personal_class("Home E-Mail"), personal_class("legacy_email"), personal_class("auth_token")
    ('email', 'email', 'secret')
    >>> personal_class("emails_opened"), personal_class("phone_plan"), personal_class("bmi")
    (None, None, None)
    """
    for found in _endings(_words(column)):
        if found in PERSONAL:
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


def _words(name: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", _HUMP.sub(" ", name))
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign)).lower()
    return [word for word in _CUT.split(plain.replace("ß", "ss")) if word]


def _endings(words: list[str]) -> Iterator[str]:
    for start in range(len(words)):
        found = _said(words[start:])
        if found is not None:
            yield found
    if words and words[-1] in _ALSO:
        yield _ALSO[words[-1]]


def _said(words: list[str]) -> str | None:
    while words:
        found = _OF_PHRASE.get(" ".join(words))
        if found is not None:
            return found
        if not (words[-1].isdigit() or words[-1] in _BEHIND):
            return None
        words = words[:-1]
    return None
