"""Refs: how people write which thing they mean.

| written | means |
|---|---|
| `churn`, `churn:7`, `churn@champion` | a model's newest version, version 7, an alias |
| `data:adult`, `data:adult:3` | the same for data (`model:` is the default) |
| `run:0192a…` | a run, by its id or the start of it |
| `sha256:9f86d0…` | an artifact by content, or the start of its digest |
| `0192a4c1-…` | a run or an artifact by its id |
| `0192a4c1-5d2e`, `9f86d081884c` | a run or content, as tables show it, if nothing has that name |
| `models/churn.pkl` | whatever has the content of that file |
"""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

from msgspec import Struct

from forebear.core.digest import MIN_PREFIX
from forebear.core.errors import BadRef, InvalidInput
from forebear.core.ids import is_id
from forebear.core.patterns import pattern

__all__ = ["NameKind", "Ref", "as_shown", "check_name", "parse"]

NameKind = Literal["model", "data"]
_KINDS: Final = ("model", "data")
_NAME: Final = pattern(r"\w[\w.\-]{0,127}\Z")
_NAMED: Final = pattern(
    r"(?:(?P<kind>model|data):)?(?P<name>\w[\w.\-]{0,127})"
    r"(?::v?(?P<version>\d{1,9})|@(?P<alias>\w[\w.\-]{0,127}))?\Z"
)
_RUN: Final = pattern(r"run:[0-9a-f][0-9a-f\-]{3,35}\Z")
_HEX: Final = pattern(rf"sha256:[0-9a-f]{{{MIN_PREFIX},64}}\Z")
_RUN_SHOWN: Final = pattern(r"[0-9a-f]{8}-[0-9a-f]{4}[0-9a-f\-]{0,23}\Z")
_HEX_SHOWN: Final = pattern(r"[0-9a-f]{12,64}\Z")
_LONGEST: Final = 4096


class Ref(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One parsed reference; exactly one of `name`, `run`, `digest`, `id`, `path` is set.

    `kind` is set when the writer said it; a bare `churn` may be a model or data.
    `path` is set only when the text can be nothing else: a name may also be a file's name,
    which only the reader of the ref can find out.
    """

    text: str
    kind: NameKind | None = None
    name: str | None = None
    version: int | None = None
    alias: str | None = None
    run: str | None = None
    digest: str | None = None
    id: str | None = None
    path: str | None = None


def parse(text: str) -> Ref:
    """Parse what somebody wrote.

    Raises:
        BadRef: nothing could be meant by it (empty, too long, control characters, a digest
            or run id that is too short).

    >>> parse("churn@champion").alias
    'champion'
    >>> parse("data:adult:3").version
    3
    """
    if not text.strip() or len(text) > _LONGEST or any(ord(c) < 32 for c in text):
        raise BadRef("A ref must be 1 to 4096 printable characters.")
    if text.startswith("run:"):
        if not _RUN.match(text):
            raise BadRef(
                f"'{text}' is not a run: after 'run:' come at least 4 characters of its id.",
                hint="`forebear log` lists the runs.",
            )
        return Ref(text=text, run=text.removeprefix("run:"))
    if text.startswith("sha256:"):
        if not _HEX.match(text):
            raise BadRef(
                f"'{text}' is not a digest: after 'sha256:' come {MIN_PREFIX} to 64 "
                "hexadecimal digits."
            )
        return Ref(text=text, digest=text)
    if is_id(text):
        return Ref(text=text, id=text)
    named = _NAMED.match(unicodedata.normalize("NFKC", text))
    if named is None:
        return Ref(text=text, path=text)
    kind, version = named["kind"], named["version"]
    return Ref(
        text=text,
        kind="data" if kind == "data" else "model" if kind == "model" else None,
        name=named["name"],
        version=int(version) if version else None,
        alias=named["alias"],
    )


def as_shown(text: str) -> Ref | None:
    """Return the run or content that `text` means if it was copied from a table.

    >>> as_shown("01a21cac-981f").run
    '01a21cac-981f'
    >>> as_shown("b294f9c850bf").digest
    'sha256:b294f9c850bf'
    """
    if _RUN_SHOWN.match(text):
        return Ref(text=text, run=text)
    if _HEX_SHOWN.match(text):
        return Ref(text=text, digest=f"sha256:{text}")
    return None


def check_name(name: str, what: str = "name") -> str:
    """Return `name` in its one normal form (NFKC), or say why it cannot be a name.

    Names appear in refs, so they hold letters, digits, `.`, `_` and `-` only, and are no
    word that refs give another meaning.

    Raises:
        InvalidInput: the name cannot be written in a ref.
    """
    normal = unicodedata.normalize("NFKC", name)
    reserved = normal in {*_KINDS, "run", "sha256"}
    if not _NAME.match(normal) or reserved or is_id(normal):
        shown = name if len(name) <= 60 else name[:57] + "…"
        raise InvalidInput(
            f"'{shown}' cannot be {'an' if what[0] in 'aeiou' else 'a'} {what}.",
            hint="Use 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit"
            " (not 'model', 'data', 'run' or 'sha256').",
        )
    return normal
