"""Profiling where the data lies: reading here, keeping in the store.

A version's profile is made of that version's bytes and no others: the digest is looked at before
the rows are read, and again behind the last one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from forebear.client.asking import Asking
from forebear.core.errors import NotFound, UnknownRef, Unreadable
from forebear.core.personal import class_of
from forebear.core.profiles import Profile, encode, seal
from forebear.core.refs import parse
from forebear.engines.files import digest_path
from forebear.engines.profile import Progress, profile_path
from forebear.ops.profiles import (
    KeepProfileRequest,
    ProfileAnswer,
    ProfileSource,
    ProfileSourceRequest,
    answer_of,
)
from forebear.ops.table import Target

__all__ = ["Wish", "profile_of"]


class Wish(Struct, frozen=True, kw_only=True):
    """What is to be profiled, and how."""

    ref: str
    columns: list[str] | None = None
    correlations: bool = False
    engine: str = "local"
    """`local`, or the address of a Dask scheduler: `dask://host:8786`."""


def profile_of(
    client: Asking | None, wish: Wish, progress: Progress | None = None
) -> ProfileAnswer:
    """Profile what is meant, and keep it where its content is recorded.

    Raises:
        Unreadable: there is nothing with that content to be read, or it is no table.
        InvalidInput, UnknownRef: it is no data, or nothing of the name is there.
    """
    source = _source(client, wish.ref)
    if source is None:
        profile = _scanned(str(_file(wish.ref)), wish, progress)
        return _unkept(profile, wish, "its content is not recorded, so the profile was not kept")
    assert client is not None
    with _content(client, source, wish.ref) as place:
        profile = _scanned(place, wish, progress)
        _check_still(place, source)
    if wish.columns is not None:
        return _unkept(profile, wish, "a profile of some columns only is not kept", source)
    # What few rows share stays here, wherever the store is.
    sealed = seal(profile, personal=lambda column: class_of(column, source.classes))
    request = KeepProfileRequest(about=source.about, packet=encode(sealed), by=_engine(wish))
    return client.call(request)


def _source(client: Asking | None, ref: str) -> ProfileSource | None:
    """Return what is recorded; None where it is a file that is not."""
    if client is None:
        return None
    try:
        return client.call(ProfileSourceRequest(target=Target(ref=ref)))
    except UnknownRef:
        if not _is_place(ref):
            raise
        return None


def _is_place(ref: str) -> bool:
    return Path(ref).expanduser().exists() or "*" in ref or parse(ref).path is not None


def _file(ref: str) -> Path:
    return Path(ref).expanduser()


def _engine(wish: Wish) -> str:
    return wish.engine.partition("://")[0]


def _scanned(place: str, wish: Wish, progress: Progress | None) -> Profile:
    return profile_path(
        place, columns=wish.columns, correlations=wish.correlations, progress=progress
    )


def _unkept(
    profile: Profile, wish: Wish, why: str, source: ProfileSource | None = None
) -> ProfileAnswer:
    return answer_of(
        seal(profile, personal=lambda column: class_of(column, source.classes if source else {})),
        title=source.title if source else wish.ref,
        about=source.about if source else None,
        by=_engine(wish),
        said=[why],
    )


@contextmanager
def _content(client: Asking, source: ProfileSource, ref: str) -> Iterator[str]:
    """Give a path at which the content of an artifact can be read."""
    if source.digest is None:
        raise Unreadable(
            f"{source.title} lived only in the memory of its run: there is nothing to read.",
            hint="Profile the file that it was read from or written to.",
        )
    place = _place_of(source, [ref, *source.places])
    if place is not None:
        yield place
        return
    if not client.blobs.has(source.digest):
        raise Unreadable(
            f"No file with the content of {source.title} is there any more, and no copy was kept.",
            hint=_hint(source.places),
        )
    with tempfile.TemporaryDirectory(prefix="forebear-profile-") as folder:
        path = Path(folder) / Path(source.name).name
        client.blobs.copy_to(source.digest, path)
        yield str(path)


def _place_of(source: ProfileSource, places: Sequence[str]) -> str | None:
    """Return where the content lies now, unchanged."""
    for place in dict.fromkeys(places):
        path = Path(place).expanduser()
        try:
            if path.exists() and digest_path(path).digest == source.digest:
                return str(path)
        except Unreadable:
            continue
    return None


def _check_still(place: str, source: ProfileSource) -> None:
    try:
        same = digest_path(place).digest == source.digest
    except (Unreadable, NotFound):
        same = False
    if not same:
        raise Unreadable(
            f"'{place}' changed while it was profiled; nothing was kept.",
            hint="Try again when the program that writes it has finished.",
        )


def _hint(places: Sequence[str]) -> str:
    if not places:
        return "Give the file: forebear profile FILE."
    return f"It was seen at {places[0]}, where now is something else or nothing."
