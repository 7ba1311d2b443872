"""Data that a ref means, read where it lies: its file, or the copy that the store keeps."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from forebear.client.asking import Asking
from forebear.core.errors import NotFound, UnknownRef, Unreadable
from forebear.core.refs import parse
from forebear.engines.files import digest_path
from forebear.ops.profiles import ProfileSource, ProfileSourceRequest
from forebear.ops.table import Target

__all__ = ["check_still", "content_of", "source_of"]


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


@contextmanager
def content_of(client: Asking, source: ProfileSource, ref: str) -> Iterator[str]:
    """Give a path at which the content of an artifact can be read."""
    if source.digest is None:
        raise Unreadable(
            f"{source.title} lived only in the memory of its run: there is nothing to read.",
            hint="Name the file that it was read from or written to.",
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
    with tempfile.TemporaryDirectory(prefix="forebear-data-") as folder:
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
            f"'{place}' changed while it was read; nothing was kept.",
            hint="Try again when the program that writes it has finished.",
        )


def _hint(places: Sequence[str]) -> str:
    if not places:
        return "Name a file that has it."
    return f"It was seen at {places[0]}, where now is something else or nothing."
