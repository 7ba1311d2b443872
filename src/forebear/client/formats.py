"""How figures, times and stored words are written for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from forebear.core.digest import is_digest

__all__ = [
    "duration",
    "figure",
    "hex12",
    "id_of_run",
    "place",
    "safe",
    "settings",
    "shape",
    "size",
    "span",
    "when",
]


def safe(text: str) -> str:
    r"""Return text whose control and invisible characters are written out.

    What is stored came from anybody; a terminal must not obey it.

    >>> print(safe("a\x1b[31mb"))
    a\x1b[31mb
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def when(moment: datetime) -> str:
    """Return a time as the clock on the wall shows it: `2026-11-23 15:04`."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def duration(start: datetime, end: datetime | None) -> str:
    """Return how long something took.

    >>> duration(datetime(2026, 1, 1, 12), datetime(2026, 1, 1, 12, 2, 5))
    '2 min 5 s'
    """
    if end is None:
        return ""
    seconds = (end - start).total_seconds()
    if seconds < 0.1:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def span(seconds: float) -> str:
    """Return a length of time in its two largest units.

    >>> span(86_400), span(93_900), span(30)
    ('1 day', '1 day 2 hours', '30 seconds')
    """
    rest = round(seconds)
    words = []
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, rest = divmod(rest, length)
        if count:
            words.append(f"{count} {unit}{'s' * (count != 1)}")
        elif words:
            break
    return " ".join(words[:2]) or "0 seconds"


def size(count: int) -> str:
    """Return a number of bytes with its unit.

    >>> size(999), size(1_230_000)
    ('999 B', '1.2 MB')
    """
    value = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 999.95 or (unit == "B" and count < 1000):
            return f"{count} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def shape(rows: int | None, columns: int | None) -> str:
    """Return the shape of a table.

    >>> shape(20000, 30)
    '20,000 × 30'
    """
    if rows is None:
        return ""
    return f"{rows:,} × {columns:,}" if columns is not None else f"{rows:,} rows"


def hex12(digest: str | None) -> str:
    """Return the first 12 hex digits of a digest, which `sha256:` before them makes a ref."""
    return digest.removeprefix("sha256:")[:12] if digest and is_digest(digest) else ""


def id_of_run(id: str) -> str:
    """Return the start of a run's id, which `run:` before it makes a ref."""
    return id[:13]


def place(uri: str | None) -> str:
    """Return a place as people in this folder would write it."""
    if not uri:
        return ""
    path = uri.removeprefix("file://")
    if not path.startswith("/"):
        return uri
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def figure(value: float | str) -> str:
    """Return a measured figure.

    >>> figure(0.912345678), figure(3.0), figure("NaN")
    ('0.912346', '3', 'NaN')
    """
    return f"{value:.6g}" if isinstance(value, float | int) else value


def settings(params: Mapping[str, Any]) -> list[str]:
    """Return settings as `key=value`, nested ones with dots; what is None comes last.

    >>> settings({"model": {"depth": 4}, "seed": None})
    ['model.depth=4', 'seed=None']
    """
    flat = list(_flat(params, ""))
    return [f"{key}={_value(value)}" for key, value in sorted(flat, key=lambda kv: kv[1] is None)]


def _flat(params: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for key, value in params.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + str(key), value


def _value(value: Any) -> str:
    text = figure(value) if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"
