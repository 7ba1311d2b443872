"""The file of a version: its kept copy, or a file that still has that content."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from forebear.analysis.verdict import called
from forebear.core.digest import is_digest
from forebear.core.entities import Node
from forebear.core.errors import ForebearError, Unreadable
from forebear.core.ports import Store
from forebear.engines.files import digest_path
from forebear.ops.local_files import may_open

__all__ = ["file_of", "name_of", "same_content"]


@contextmanager
def file_of(store: Store, node: Node, given: str | None = None) -> Iterator[Path]:
    """Give the path of a file with exactly the content of an artifact, for as long as it is used.

    Raises:
        Unreadable: no copy was kept, and no file with this content is where it was seen.
    """
    candidates = [Path(given)] if given else []
    candidates += [path for row in store.locations([node.id]) if (path := _path(row.uri))]
    for path in candidates:
        if same_content(path, node.id):
            yield path
            return
    if not is_digest(node.id) or not store.blobs.has(node.id):
        raise Unreadable(
            f"The content of {called(node)} is not at hand: no copy was kept, and no file that was"
            " seen with it has it still.",
            hint="Name a file that has it.",
        )
    with tempfile.TemporaryDirectory(prefix="forebear-") as folder:
        path = Path(folder) / Path(name_of(store, node)).name
        store.blobs.copy_to(node.id, path)
        yield path


def name_of(store: Store, node: Node) -> str:
    """Return a name for the content that tells by its ending what it is."""
    names = [node.label or ""]
    names += [path.name for row in store.locations([node.id]) if (path := _path(row.uri))]
    named = next((name for name in names if "." in name), names[0] or "data")
    return named if "." in named or not node.format else f"{named}.{node.format}"


def same_content(path: Path, digest: str) -> bool:
    """Tell whether a file has this content now."""
    try:
        return may_open(path) and digest_path(path).digest == digest
    except (ForebearError, OSError):
        return False


def _path(uri: str) -> Path | None:
    if uri.startswith("file://"):
        return Path(unquote(uri.removeprefix("file://")))
    return Path(uri) if uri.startswith("/") else None
