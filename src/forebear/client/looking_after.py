"""Profiling and checking what is new, in the background and in turns: see `afterwards`."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from forebear.client.afterwards import FOLDER, NEWS, WANTED
from forebear.client.asking import Asking
from forebear.client.background import alone, profiles_wished, push_later
from forebear.client.client import connect
from forebear.client.config import load_config
from forebear.client.data_places import source_of
from forebear.client.locate import Place, locate
from forebear.client.profiling import Wish, profile_of
from forebear.client.quality_watch import check_new
from forebear.client.scanning import scan
from forebear.core.clock import now
from forebear.core.errors import ForebearError
from forebear.ops.profiles import ProfileAnswer, UnprofiledRequest

__all__ = ["look_after", "profile_new"]

_PAUSE: Final = 60.0
"""Seconds from one look to the next, so that many short runs together cost one."""
_PATIENCE: Final = 60.0
"""Seconds after which no further profile is begun; the rest has its turn at the next look."""
_ROWS: Final = 1_000
"""Rows that are looked through for sensitive columns."""
_RECENT: Final = timedelta(hours=1)
_log = logging.getLogger(__name__)


def look_after(store: str | None) -> None:
    """Profile and check what is new, until nothing is; leave it to who is at it already."""
    place = locate(store)
    assert place.folder is not None
    state = place.folder / FOLDER
    while (state / WANTED).exists():
        with alone(state) as free:
            if not free:
                return
            _in_turns(place, state)


def _in_turns(place: Place, state: Path) -> None:
    last = state / "last"
    while (state / WANTED).exists():
        passed = time.time() - last.stat().st_mtime if last.exists() else _PAUSE
        time.sleep(max(0.0, min(_PAUSE - passed, _PAUSE)))
        (state / WANTED).unlink(missing_ok=True)
        try:
            _look(place, state)
        finally:
            last.touch()


def _look(place: Place, state: Path) -> None:
    with connect(place.address) as client:
        if profiles_wished(place):
            for said in profile_new(client, place, given_up=state / "given-up", until=_PATIENCE):
                print(said if isinstance(said, str) else said.verdict)
        told = list(_checked(client, place))
    if told:
        with (state / NEWS).open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in told)
    push_later(place)


def profile_new(
    client: Asking, place: Place, *, given_up: Path | None = None, until: float | None = None
) -> Iterator[ProfileAnswer | str]:
    """Profile what has no profile yet; yield answers, and why one cannot be had.

    What could not be read stands in the file `given_up` and is not tried again. Of a store that
    others share only what is recent is looked at: the rest is theirs.
    """
    begun = time.monotonic()
    below = load_config(place.kept).profile.below
    since = now() - _RECENT if place.url is not None and given_up is not None else None
    skipped = set(given_up.read_text().split()) if given_up and given_up.exists() else set()
    for one in client.call(UnprofiledRequest(below=below, since=since)):
        if one.ref in skipped:
            continue
        if until is not None and time.monotonic() - begun > until:
            break
        try:
            _scan_first(client, one.ref)
            yield profile_of(client, Wish(ref=one.ref))
        except ForebearError as error:
            if given_up is not None:
                with given_up.open("a", encoding="utf-8") as file:
                    file.write(f"{one.ref}\n")
            yield f"{one.ref} was not profiled: {error.message}"


def _scan_first(client: Asking, ref: str) -> None:
    """Look for sensitive columns, so that a profile that nobody asked for keeps nothing of them."""
    source = source_of(client, ref)
    if source is None or source.scanned or find_spec("stdnum") is None:
        return
    scan(client, ref, rows=_ROWS)


def _checked(client: Asking, place: Place) -> Iterator[str]:
    """Check what is new; yield what somebody should be told."""
    try:
        for found in check_new(client, place.address):
            if isinstance(found, str):
                print(found)
                continue
            print(found.verdict)
            if found.worst is not None:
                more = f"`forebear quality show data:{found.data}`"
                yield f"{found.verdict.rstrip('.')}; {more}"
    except ForebearError as error:
        yield f"new data is not checked: {error.message}"
