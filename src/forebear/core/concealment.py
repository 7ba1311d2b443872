"""Concealment: what in an event tells who somebody is, and is not written into it.

Each string in an event is searched once, by one pattern, before the event becomes a fact: for
e-mail addresses, for the folders of people, and for the known names of whoever records. Each
occurrence gives way to a commitment (`forebear.core.commitments`). Who did something (`by`) and
why is what people write of people: it gives way as a whole. Ids, digests and the words that an
event's own fields take are left, and so are the names that things are asked for by: those of
models, data, aliases and metrics.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from forebear.core.ordinary_words import ORDINARY

__all__ = ["Concealer", "spelled"]

_COMMITMENT: Final = r"identity:[0-9a-f]{64}(?![0-9a-f])"
_HEX: Final = "[0-9a-f]"
_LEFT: Final = rf"{_COMMITMENT}|sha256:{_HEX}{{64}}|{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}"
_FOLDER: Final = (
    r"(?<=/home/)\w(?:[\w.+-]*\w)?|(?<=/Users/)\w(?:[\w.+-]*\w)?|(?<=\\Users\\)[^\\/:*?\"<>|]+"
)
# What stands before the @ of a place in Azure's storage is a container.
_ADDRESS: Final = (
    r"(?<![\w.+-])(?<!abfs://)(?<!abfss://)(?<!wasb://)(?<!wasbs://)"
    r"[\w.+-]{1,64}+(?:@|%40)(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}"
)
_SIGNS: Final = ("@", "%", "/home/", "Users", '"by":"')
"""What is in every event in which there is something to conceal, unless it is a known name.

Most events have none of it, and looking for it is all that they cost. Who says why says who.
"""
_WHOLE: Final = frozenset(("by", "why"))
_REGISTRY: Final = frozenset(("version", "alias"))
_FREE: Final = frozenset(("params", "attrs", "details", "labels"))
"""Fields in which keys are what a program says, and no words of ours."""
_IDS: Final = frozenset(
    "id event time started ended run parent artifact digest table weights points source sources"
    " target matched model data map kind status evidence mode relation verdict environment role key"
    " type topic about until packet form_of".split()
)
_encoder: Final = msgspec.json.Encoder(order="sorted")


class Concealer:
    """Puts commitments into an event's bytes; done twice it is done once.

    `token` gives the commitment to a value. `names` are those of one person, as anybody may
    write them; `homes` are paths, each of which is one value.
    """

    def __init__(
        self, token: Callable[[str], str], names: Iterable[str] = (), homes: Iterable[str] = ()
    ) -> None:
        self._token = token
        self._names, self._homes = sorted(set(names)), sorted(set(homes))
        signs = {_sign_of(name) for name in self._names}
        self._signs = sorted(signs | {_inside(home).lower() for home in self._homes})
        self._pattern: re.Pattern[str] | None = None

    def __call__(self, body: bytes) -> bytes:
        """Return an event's canonical bytes with commitments in place of personal data."""
        text = body.decode()
        for sign in _SIGNS:
            if sign in text:
                return self._concealed(body)
        if self._signs:
            text = text.lower()
            for sign in self._signs:
                if sign in text:
                    return self._concealed(body)
        return body

    def _concealed(self, body: bytes) -> bytes:
        fields: dict[str, Any] = msgspec.json.decode(body)
        kept = _IDS | {"name", "alias"} if fields.get("event") in _REGISTRY else _IDS
        told = {key: one if key in kept else self._field(key, one) for key, one in fields.items()}
        return body if told == fields else _encoder.encode(told)

    def _field(self, key: str, value: Any) -> Any:
        if key in _WHOLE and isinstance(value, str):
            return self._whole(value)
        if key == "attrs":
            return {
                self._text(word): self._whole(one)
                if word == "by" and isinstance(one, str)
                else self._searched(one, free=True)
                for word, one in value.items()
            }
        return self._searched(value, free=_is_free(key, value))

    def _searched(self, value: Any, *, free: bool) -> Any:
        """Search a value; in what is not `free` the keys are an event's own."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return [self._searched(one, free=free) for one in value]
        if not isinstance(value, dict):
            return value
        if free:
            return {self._text(key): self._searched(one, free=True) for key, one in value.items()}
        return {
            key: one if key in _IDS else self._searched(one, free=_is_free(key, one))
            for key, one in value.items()
        }

    def _whole(self, value: str) -> str:
        return value if not value or re.fullmatch(_COMMITMENT, value) else self._token(value)

    def _text(self, value: str) -> str:
        if self._pattern is None:
            self._pattern = _pattern(self._names, self._homes)
        return self._pattern.sub(self._replaced, value)

    def _replaced(self, found: re.Match[str]) -> str:
        value = found[0]
        if found.lastgroup == "left":
            return value
        if found.lastgroup == "common" and re.split("@|%40", value)[0].lower() in ORDINARY:
            return value
        return self._token(value)


def _is_free(key: str, value: Any) -> bool:
    # Columns stand in a list with their types, and also as the keys of what they are made of.
    return key in _FREE or (key == "columns" and isinstance(value, dict))


def _pattern(names: list[str], homes: list[str]) -> re.Pattern[str]:
    """Return what finds the parts of a text that need a look, each once."""
    ways = [rf"(?P<left>{_LEFT})"]
    if homes:
        longest = "|".join(map(re.escape, sorted(homes, key=len, reverse=True)))
        ways.append(rf"(?P<home>(?<![\w.-])(?:{longest})(?![\w.-]))")
    ways.append(rf"(?P<common>{_FOLDER}|{_ADDRESS})")
    if names:
        all_ways = "|".join(map(spelled, sorted(names, key=len, reverse=True)))
        ways.append(rf"(?P<name>(?<![^\W_])(?i:{all_ways})(?![^\W_]))")
    return re.compile("|".join(ways))


def spelled(name: str) -> str:
    """Return a pattern for a name: `Jane Doe` is also written `Jane.Doe` and `Doe, Jane`."""
    parts = re.findall(r"[^\W_]+", name)
    plain = re.fullmatch(r"[\w\s._,'+-]+", name)
    if not plain or len(parts) < 2 or sum(map(len, parts)) < 6:
        return re.escape(name)
    orders = (parts, parts[::-1])
    return "|".join(r"[\s._,'+-]{0,2}".join(map(re.escape, order)) for order in orders)


def _sign_of(name: str) -> str:
    """Return what every text has in it, in lower case, in which the name is found."""
    return _inside(max(re.findall(r"[^\W_]+", name), key=len, default=name)).lower()


def _inside(value: str) -> str:
    return msgspec.json.encode(value)[1:-1].decode()
