"""Profiling where the data lies: reading here, keeping in the store.

A version's profile is made of that version's bytes and no others: the digest is looked at before
the rows are read, and again behind the last one.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from forebear.client.asking import Asking
from forebear.client.data_places import check_still, content_of, source_of
from forebear.core.errors import InvalidInput
from forebear.core.personal import class_of
from forebear.core.profiles import Profile, encode, seal
from forebear.engines.profile import Progress, profile_path
from forebear.ops.profiles import (
    KeepProfileRequest,
    ProfileAnswer,
    ProfileSource,
    answer_of,
)

__all__ = ["Wish", "profile_of"]


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
