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
from forebear.core.errors import InvalidInput, NotFound, UnknownRef, Unreadable
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

__all__ = ["Wish", "check_still", "content_of", "profile_of", "source_of"]


class Wish(Struct, frozen=True, kw_only=True):
    """What is to be profiled, and how."""

    ref: str
    columns: list[str] | None = None
    correlations: bool = False
    engine: str = "local"
    """`local`, or the address of a Dask scheduler: `dask://host:8786`."""
    digest: bool = False
    """Also the digest of the rows, whatever files hold them."""


def profile_of(
    client: Asking | None, wish: Wish, progress: Progress | None = None
) -> ProfileAnswer:
    """Profile what is meant, and keep it where its content is recorded.

    Raises:
        Unreadable: there is nothing with that content to be read, or it is no table.
        InvalidInput, UnknownRef: it is no data, or nothing of the name is there.
    """
    if wish.engine != "local" and not wish.engine.startswith("dask://"):
        raise InvalidInput(
            f"There is no engine '{wish.engine}'.",
            hint="Engines are local, and dask://host:8786 for a Dask scheduler.",
        )
    source = source_of(client, wish.ref)
    if source is None:
        place = wish.ref if "://" in wish.ref else str(Path(wish.ref).expanduser())
        profile = _scanned(place, wish, progress)
        answer = _unkept(profile, wish, "Its content is not recorded: the profile was not kept.")
        answer.table = _digested(place, wish)
        return answer
    assert client is not None
    with content_of(client, source, wish.ref) as place:
        profile = _scanned(place, wish, progress)
        table = _digested(place, wish)
        check_still(place, source)
    answer = _kept(client, profile, wish, source)
    answer.table = table
    return answer


def _kept(client: Asking, profile: Profile, wish: Wish, source: ProfileSource) -> ProfileAnswer:
    if wish.columns is not None:
        return _unkept(profile, wish, "A profile of some columns only is not kept.", source)
    # What few rows share stays here, wherever the store is.
    sealed = seal(profile, personal=lambda column: class_of(column, source.classes))
    request = KeepProfileRequest(about=source.about, packet=encode(sealed), by=_engine(wish))
    return client.call(request)


def source_of(client: Asking | None, ref: str) -> ProfileSource | None:
    """Return what is recorded; None where it is files that are not."""
    if client is None or "://" in ref or ("*" in ref and not Path(ref).exists()):
        return None
    try:
        return client.call(ProfileSourceRequest(target=Target(ref=ref)))
    except UnknownRef:
        if Path(ref).expanduser().exists() or parse(ref).path is not None:
            return None
        raise


def _engine(wish: Wish) -> str:
    return wish.engine.partition("://")[0]


def _scanned(place: str, wish: Wish, progress: Progress | None) -> Profile:
    if wish.engine == "local":
        return profile_path(
            place, columns=wish.columns, correlations=wish.correlations, progress=progress
        )
    from forebear.engines.distributed import profile_on

    return profile_on(
        wish.engine,
        place,
        columns=wish.columns,
        correlations=wish.correlations,
        progress=progress,
    )


def _digested(place: str, wish: Wish) -> str | None:
    """Return the digest of the rows, where that is wished."""
    if not wish.digest:
        return None
    if wish.engine == "local":
        from forebear.engines.part_digests import digest_rows

        return digest_rows(place).digest
    from forebear.engines.distributed import digest_on

    return digest_on(wish.engine, place).digest


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
def content_of(client: Asking, source: ProfileSource, ref: str) -> Iterator[str]:
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


def check_still(place: str, source: ProfileSource) -> None:
    """Refuse what was read where somebody has written meanwhile.

    Raises:
        Unreadable: the content is not what it was.
    """
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
