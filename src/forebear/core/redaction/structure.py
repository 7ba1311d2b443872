"""Secrets given away by what stands around them: key blocks, headers, flags in text, .netrc."""

from __future__ import annotations

import re
from typing import Final

from forebear.core.patterns import pattern
from forebear.core.redaction.names import KEYWORDS
from forebear.core.redaction.patterns import mark, replace
from forebear.core.redaction.values import is_blank, is_secret

__all__ = ["authorization", "flags", "netrc", "private_keys"]

_KEY_BLOCK: Final = pattern(
    r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
    r"((?:[A-Za-z0-9+/=\s\\:,.\"']|-(?!----))*+(?:-----END [A-Z0-9 ]{0,60}-----)?)"
)
_KEY_LINE: Final = pattern(r"[A-Za-z0-9+/=]{16,}+")


def private_keys(value: str, rules: list[str]) -> str:
    """Take out key blocks, also when indented, quoted, in a diff, or cut off before the end."""

    def change(match: re.Match[str]) -> str | None:
        body = match[1]
        lines = list(_KEY_LINE.finditer(body))
        if not any(len(line[0]) >= 32 for line in lines):
            return None
        tail = "" if "-----END " in body else body[lines[-1].end() :]
        return mark("private-key", rules) + tail

    return replace(_KEY_BLOCK, value, change) if "PRIVATE KEY" in value else value


_HEADER: Final = pattern(
    r"authorization\\?[\"']?\s{0,4}[:=,]\s{0,4}\\?[\"']?[fb]?[\"']?"
    r"(?:(?P<scheme>basic|bearer|token|negotiate|apikey|api-key|key|ntlm|splunk)[ \t]{1,4})?"
    r"(?P<credential>(?:aws4-[^\r\n\"'\\]{1,4000}+)|[\w\-.~+/=:]{8,}+)",
    re.IGNORECASE,
)
_BEARER: Final = pattern(
    r"\b(?P<scheme>bearer)[ \t]{1,4}(?P<credential>[\w\-.~+/]{16,}+=*+)", re.IGNORECASE
)


def authorization(value: str, rules: list[str]) -> str:
    """Take out the credentials of headers, and those after `bearer`."""

    def change(match: re.Match[str]) -> str | None:
        credential = match["credential"]
        made = any(c.isdigit() or c == "=" for c in credential)
        if match["scheme"]:
            made = made or any(c.isupper() for c in credential[1:])
        return mark("authorization", rules) if made and not is_blank(credential) else None

    said = value.casefold()
    if "authorization" in said:
        value = replace(_HEADER, value, change)
    return replace(_BEARER, value, change) if "bearer" in said else value


_TEXT_FLAG: Final = pattern(
    rf"(?<![\w\-])(?=-{{1,2}}[\w.\-]{{0,60}}?{KEYWORDS})(-{{1,2}}[A-Za-z][\w.\-]{{1,63}}+)"
    r"(?:[\"'],)?[ \t]{1,4}[\"']?(?!-)([^\s\"'`,)]{6,4096}+)",
    re.IGNORECASE,
)
_CURL_USER: Final = pattern(r"\s(?:-u|--user)[ =]?[\"']?[^\s:\"']{1,64}+:([^\s\"']{1,4096}+)")
_SSHPASS: Final = pattern(r"\bsshpass[ \t]{1,4}-p[ \t]{0,4}[\"']?([^\s\"']{1,4096}+)")
_WANDB_LOGIN: Final = pattern(r"wandb[. \t]{1,4}login\b[^\n]{0,60}?([0-9a-f]{40})(?![0-9a-f])")


def flags(value: str, rules: list[str]) -> str:
    """Take out values of secret flags in a command that stands in text."""

    def flag(match: re.Match[str]) -> str:
        name, found = match.groups()
        if not is_secret(name, found, loose=True) or not any(c.isdigit() for c in found):
            return match[0]
        return match[0].removesuffix(found) + mark("flag", rules)

    def curl(match: re.Match[str]) -> str | None:
        near = "curl" in value[max(0, match.start() - 200) : match.start()]
        return mark("flag", rules) if near and not is_blank(match[1]) else None

    value = _TEXT_FLAG.sub(flag, value)
    if "curl" in value:
        value = replace(_CURL_USER, value, curl)
    if "sshpass" in value:
        value = replace(_SSHPASS, value, lambda m: None if is_blank(m[1]) else mark("flag", rules))
    if "wandb" in value:
        value = replace(_WANDB_LOGIN, value, lambda m: mark("wandb-key", rules))
    return value


_NETRC: Final = pattern(
    r"\b(?:machine[\s+]{1,8}[^\s]{1,255}+|default)"
    r"(?:[\s+\-]{1,8}(?:login|account)[\s+]{1,8}[^\s]{1,255}+){1,2}"
    r"[\s+\-]{1,8}password[ \t]{1,8}([^\s]{1,4096}+)"
)


def netrc(value: str, rules: list[str]) -> str:
    """Take out the passwords of a .netrc file, also when it stands on one line or in a diff."""

    def change(match: re.Match[str]) -> str | None:
        return None if is_blank(match[1]) else mark("netrc", rules)

    return replace(_NETRC, value, change) if "password" in value else value
