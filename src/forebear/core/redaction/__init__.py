"""Redaction: no secret is kept, because it is taken out before anything is written.

Structure comes first: a flag, a key, a header or a part of a URL says by its name that its value
is secret, whatever the value looks like. Patterns come second, for keys that providers give a
prefix of their own. What was taken out leaves `[REDACTED:rule-id]` in its place, and redacting
twice changes nothing. Every pattern runs in linear time: repeats are possessive or bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct

from forebear.core.redaction.commands import clean_arguments
from forebear.core.redaction.free_text import clean_text
from forebear.core.redaction.parameters import clean_mapping
from forebear.core.redaction.urls import locations

__all__ = ["Redacted", "argv", "mapping", "text", "url"]

T = TypeVar("T")


class Redacted(Struct, Generic[T], frozen=True):
    """A cleaned value, and the id of the rule behind each thing that was taken out."""

    value: T
    rules: list[str] = []


def argv(arguments: Iterable[str]) -> Redacted[list[str]]:
    """Clean a command line: values of secret flags and settings, URLs, and what `text` finds.

    >>> argv(["train.py", "--password", "hunter2", "--depth", "4"]).value
    ['train.py', '--password', '[REDACTED:flag]', '--depth', '4']
    """
    rules: list[str] = []
    return Redacted(clean_arguments(arguments, rules), rules)


def url(value: str) -> Redacted[str]:
    """Clean one URL or DSN: passwords, tokens in place of a user, signed and secret query keys.

    >>> url("postgresql://user:s3cret@db/prod?sslmode=require").value
    'postgresql://user:[REDACTED:dsn-password]@db/prod?sslmode=require'
    """
    rules: list[str] = []
    scheme, separator, rest = value.partition("://")
    if separator:
        value = scheme + separator + locations(scheme, rest, rules)
    return Redacted(clean_text(value, rules), rules)


def text(value: str) -> Redacted[str]:
    """Clean free text: code, a diff, a log, a configuration file, an error message.

    >>> text('api_key = "abc"; sort_key = "age"').value
    'api_key = "[REDACTED:assignment]"; sort_key = "age"'
    """
    rules: list[str] = []
    return Redacted(clean_text(value, rules), rules)


def mapping(values: Mapping[str, Any]) -> Redacted[dict[str, Any]]:
    """Clean parameters: values under secret names at any depth, and secrets inside strings.

    Numbers, booleans and objects under ordinary names come back as they are.

    >>> mapping({"depth": 4, "db": {"password": "hunter2"}}).value
    {'depth': 4, 'db': {'password': '[REDACTED:param]'}}
    """
    rules: list[str] = []
    return Redacted(clean_mapping(values, rules), rules)
