"""URLs: passwords, tokens in place of a user, signed and secret query keys."""

from __future__ import annotations

import re
from string import ascii_letters, digits
from typing import Final

from forebear.core.patterns import pattern
from forebear.core.redaction.names import words
from forebear.core.redaction.patterns import mark, replace
from forebear.core.redaction.values import is_blank, is_secret, looks_made

__all__ = ["locations", "queries", "urls"]

_URL: Final = pattern(r"://([^\s\"'<>`\\]++)")
_SCHEME_CHARS: Final = ascii_letters + digits + "+.-"
_HOST: Final = pattern(r"[^/?#]*+")
_WEB: Final = ("http", "https", "ftp", "ftps", "sftp", "ws", "wss")
_PORT: Final = pattern(r"[^:]*+:(?:\d*+|\{.*|\$.*|<.*)\Z")


def urls(value: str, rules: list[str]) -> str:
    """Take out passwords and tokens before the host of every URL."""

    def change(match: re.Match[str]) -> str | None:
        if "@" not in match[1]:
            return None
        scheme = _scheme_at_end(value[max(0, match.start() - 32) : match.start()])
        return locations(scheme, match[1], rules)

    return replace(_URL, value, change) if "@" in value else value


def locations(scheme: str, rest: str, rules: list[str]) -> str:
    """Clean the authority of a URL and of the URLs nested in it."""
    parts = rest.split("://")
    cleaned = []
    for part in parts:
        cleaned.append(_authority(scheme, part, rules))
        scheme = _scheme_at_end(part[-32:])
    return "://".join(cleaned)


def _scheme_at_end(before: str) -> str:
    return before[len(before.rstrip(_SCHEME_CHARS)) :]


def _authority(scheme: str, rest: str, rules: list[str]) -> str:
    if "@" not in rest:
        return rest
    found = _HOST.match(rest)
    host = found[0] if found else ""
    if "@" in host:
        end = host.rindex("@")
    elif ":" in host and not _PORT.match(host):
        end = rest.rindex("@")  # a password that was not percent-encoded
    else:
        return rest
    user, colon, password = rest[:end].partition(":")
    if user.startswith("[REDACTED") or password.startswith("[REDACTED"):
        return rest
    web = scheme.lower().rsplit("+", 1)[-1] in _WEB
    if colon and not is_blank(password):
        if web:
            return mark("url-userinfo", rules) + rest[end:]
        return f"{user}:{mark('dsn-password', rules)}{rest[end:]}"
    token = len(user) >= 20 and looks_made(user)
    if (token or (web and not colon)) and user != "git" and not is_blank(user):
        return mark("url-userinfo", rules) + rest[end:]
    return rest


_QUERY: Final = pattern(r"[?&;]([\w.~%+\-]{1,64}=(?!\[REDACTED:)[^\s\"'<>\\`)\]}]*+)")
_PAIR: Final = pattern(r"(?<![^&;?#])([^&;?#=]*+)=([^&;?#]*+)")
_SIGNED: Final = pattern(r"[&;?#]sig=", re.IGNORECASE)
_QUERY_KEYS: Final = words(
    "sig signature awsaccesskeyid googleaccessid key-pair-id access_token token auth_token apikey"
    " api_key api-key x-api-key auth authkey private_token job_token sas"
)
_SAS_KEYS: Final = words("sv se sp sr st ss srt spr sip si skoid sktid skt ske sks skv")
_PRESIGNED: Final = ("x-amz-", "x-goog-", "x-oss-", "x-cos-")


def queries(value: str, rules: list[str]) -> str:
    """Take out signatures and tokens among the keys of a query."""

    def change(match: re.Match[str]) -> str:
        sas = _SIGNED.search(match[0]) is not None

        def pair(found: re.Match[str]) -> str:
            key, value = found.groups()
            return f"{key}={mark('url-query', rules)}" if _hidden(key, value, sas) else found[0]

        return _PAIR.sub(pair, match[1])

    return replace(_QUERY, value, change) if "=" in value else value


def _hidden(key: str, value: str, sas: bool) -> bool:
    low = key.lower()
    told = (
        low in _QUERY_KEYS
        or low.startswith(_PRESIGNED)
        or (sas and low in _SAS_KEYS)
        or (low in ("key", "code") and len(value) >= 16)
    )
    return not is_blank(value) if told else is_secret(key, value)
