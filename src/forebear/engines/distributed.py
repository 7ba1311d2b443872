"""Profiles and digests by the workers of a Dask scheduler: bit for bit those of one machine.

Each part of a table (a file, or some row groups of a long one) is read by one worker; what
it counted is merged on the workers too, so that only the whole comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from forebear.core.errors import ForebearError, InvalidInput, Unreadable
from forebear.core.profiles import EMPTY, Profile, decode, encode, merge_all
from forebear.engines.columns import BLOCK
from forebear.engines.part_digests import (
    PartDigests,
    count_rows,
    digest_part,
    joined,
    shared_block,
    starts_of,
)
from forebear.engines.profile import Progress, chosen_of, profile_rows
from forebear.engines.profile_files import files_of
from forebear.engines.profile_sources import (
    Part,
    Unfit,
    open_part,
    open_rows,
    parts_of,
    widened,
)
from forebear.engines.tables import Fingerprint

__all__ = ["digest_on", "profile_on"]

_TOGETHER: Final = 8
"""Profiles that one task merges."""
_RETRIES: Final = 64
_PATIENCE: Final = "10s"

T = TypeVar("T")
Client = Any
Future = Any


def profile_on(
    address: str,
    place: str,
    *,
    columns: Sequence[str] | None = None,
    correlations: bool = False,
    progress: Progress | None = None,
) -> Profile:
    """Return the profile of files that the workers of a scheduler can read.

    Raises:
        InvalidInput: no scheduler answers at the address (`dask://host:8786`), or its workers
            have no forebear; a column is named that is not there.
        Unreadable: the files cannot be read as a table, here or by a worker.
    """
    parts, names, types = _planned(place)
    chosen_of(names, columns)
    total = sum(part.rows or 0 for part in parts) or None

    def run(client: Client, types: Sequence[Any]) -> Profile:
        done = [
            client.submit(_profile_part, part, types, columns, correlations, pure=False)
            for part in parts
        ]
        _follow(client, done, parts, progress, total)
        while len(done) > 1:
            done = [
                client.submit(_merged, *done[start : start + _TOGETHER], pure=False)
                for start in range(0, len(done), _TOGETHER)
            ]
        return decode(done[0].result()) if done else EMPTY

    return _with_types(address, types, run)


def digest_on(address: str, place: str) -> Fingerprint:
    """Return the digest of the table in files that the workers of a scheduler can read.

    Raises:
        InvalidInput, Unreadable: as `profile_on` does.
    """
    parts, names, types = _planned(place)

    def run(client: Client, types: Sequence[Any]) -> Fingerprint:
        counts = [
            part.rows if part.rows is not None else client.submit(count_rows, part, types)
            for part in parts
        ]
        rows = client.gather(counts)
        starts = starts_of(rows)
        done = [
            client.submit(digest_part, part, types, start, pure=False)
            for part, start in zip(parts, starts, strict=True)
        ]
        shared = [
            client.submit(shared_block, number, *(done[place] for place in sharing), pure=False)
            for number, sharing in _shared(starts, rows).items()
        ]
        own = client.map(_without_rows, done, pure=False)
        return joined(names, sum(rows), client.gather([*own, *shared]))

    return _with_types(address, types, run)


def _planned(place: str) -> tuple[list[Part], list[str], list[Any]]:
    """Return the parts of a table, and the names and types of its columns."""
    files = files_of(place)
    rows = open_rows(files)
    return parts_of(files), rows.names, rows.types


def _with_types(address: str, types: Sequence[Any], run: Callable[[Client, Any], T]) -> T:
    """Return what `run` does, again with a wider type where a later value did not fit."""
    with _connected(address) as client:
        for _ in range(_RETRIES):
            try:
                return run(client, types)
            except Unfit as unfit:
                types = widened(types, unfit)
        raise Unreadable("The types of the columns change too often to be read.")


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        from distributed import Client as Connection
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise InvalidInput(
            "Dask is not installed here.", hint="pip install 'forebear[dask]'"
        ) from None
    host = address.partition("://")[2]
    try:
        client = Connection(f"tcp://{host}", timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InvalidInput(
            f"No Dask scheduler answers at {host}.",
            hint="Start one with `dask scheduler`, and workers that see the same files.",
        ) from error
    try:
        yield client
    except (ForebearError, Unfit):
        raise
    except KilledWorker as error:
        raise Unreadable(
            f"The workers at {host} died over a part, perhaps of lack of memory."
        ) from error
    except (ImportError, AttributeError) as error:
        raise InvalidInput(
            f"The workers at {host} cannot do it: {error}.",
            hint="They need the same forebear[dask] as this machine.",
        ) from error
    finally:
        client.close(timeout=2)


def _follow(
    client: Client,
    done: Sequence[Future],
    parts: Sequence[Part],
    progress: Progress | None,
    total: int | None,
) -> None:
    """Tell how far the parts are, and raise the error of the first that fails."""
    from distributed import as_completed

    sizes = {future.key: part.rows or 0 for future, part in zip(done, parts, strict=True)}
    count = 0
    for future in as_completed(done, loop=client.loop):
        if future.status == "error":
            future.result()
        count += sizes[future.key]
        if progress is not None:
            progress(count, total)


def _shared(starts: Sequence[int], rows: Sequence[int]) -> dict[int, list[int]]:
    """Return the blocks that no part has alone and whole, with the parts that share them.

    >>> _shared([0, 65_536, 70_000], [65_536, 4_464, 100_000])
    {1: [1, 2], 2: [2]}
    """
    found: dict[int, list[int]] = {}
    for place, (start, count) in enumerate(zip(starts, rows, strict=True)):
        stop = start + count
        for number in {start // BLOCK, max(stop - 1, start) // BLOCK}:
            first, last = number * BLOCK, (number + 1) * BLOCK
            if count and not (start <= first and last <= stop):
                found.setdefault(number, []).append(place)
    return dict(sorted(found.items()))


# What workers do


def _profile_part(
    part: Part, types: Sequence[Any], columns: Sequence[str] | None, correlations: bool
) -> bytes:
    rows = open_part(part, types)
    return encode(profile_rows(rows, columns=columns, correlations=correlations))


def _merged(*parts: bytes) -> bytes:
    return encode(merge_all(map(decode, parts)))


def _without_rows(part: PartDigests) -> PartDigests:
    return PartDigests(
        start=part.start,
        rows=part.rows,
        blocks=part.blocks,
        words=part.words,
        unknown=part.unknown,
    )
