"""Files among the artifacts of runs and logged models: addresses, lists, what they are together.

A file's bytes lie in the content store under their digest; which path leads to them is said in a
statement. An address is only ever looked up among paths that were sent, never opened.
"""

from __future__ import annotations

import posixpath
import re
from typing import Final

from forebear.core.digest import combine, to_raw
from forebear.server.mlflow.errors import invalid
from forebear.server.mlflow.facts import FileFact
from forebear.server.mlflow.values import Body
from forebear.server.mlflow.view import View

__all__ = [
    "SCHEME",
    "check_path",
    "digest_of",
    "files_below",
    "find",
    "listing",
    "model_at",
    "path_of",
    "place_of",
    "plain",
]

SCHEME: Final = "mlflow-artifacts:"
_LONGEST: Final = 2000
_STRANGE: Final = re.compile(
    r"[\x00-\x1f\x7f\\]|(?:^|/)\.\.?(?:[/;]|$)|%[0-9A-Fa-f]{2}|//|^[A-Za-z]:|^~|^/"
)


def check_path(path: str) -> str:
    """Return the path of an artifact, decoded once and not further.

    Raises:
        MlflowError: it has parts that might lead elsewhere.
    """
    if not path or len(path) > _LONGEST or _STRANGE.search(path):
        raise invalid(f"Invalid path: {path[:200]!r}")
    return path


def plain(path: str) -> str:
    """Return the path of a folder without the parts that lead nowhere.

    >>> plain("1/abc/artifacts/./model/"), plain(".")
    ('1/abc/artifacts/model', '')
    """
    return "/".join(part for part in path.split("/") if part not in {"", "."})


def path_of(uri: str) -> str | None:
    """Return the path that an address of ours leads to; None for other addresses.

    >>> path_of("mlflow-artifacts:/1/abc/artifacts/model")
    '1/abc/artifacts/model'
    """
    if not uri.startswith(SCHEME):
        return None
    rest = uri[len(SCHEME) :]
    if rest.startswith("//"):
        rest = "/" + rest[2:].partition("/")[2]
    return rest.strip("/")


def place_of(space: str, path: str) -> tuple[str, str]:
    """Return what a file's statement is about, and its key there.

    >>> place_of("", "1/abc/artifacts/model/MLmodel")
    ('mlflow-artifacts:/1/abc', 'artifacts/model/MLmodel')
    """
    parts = path.split("/")
    whose = 3 if parts[1:2] == ["models"] else 2
    owner = "/".join(parts[:whose])
    return f"{SCHEME}{space}/{owner}", "/".join(parts[whose:])


def find(view: View, path: str) -> FileFact | None:
    """Return the file at a path."""
    about, key = place_of(view.space, path)
    return view.files.get(about, {}).get(key)


def files_below(view: View, path: str) -> dict[str, FileFact]:
    """Return all files in a folder, by their paths in it."""
    about, key = place_of(view.space, path.rstrip("/"))
    inside = key + "/" if key else ""
    return {
        one[len(inside) :]: fact
        for one, fact in view.files.get(about, {}).items()
        if one.startswith(inside)
    }


def model_at(view: View, path: str) -> str | None:
    """Return the logged model in the graph that whoever fetches this file means to load.

    Every client begins with the file MLmodel; other files are looked at for many reasons.
    """
    _, kind, id, *rest = *path.split("/", 3), "", "", ""
    logged = view.logged.get(id) if kind == "models" else None
    return logged.fact.artifact if logged and rest[0] == "artifacts/MLmodel" else None


def listing(view: View, path: str, *, relative_to: str = "") -> list[Body]:
    """Return the files and folders in a folder, as a client expects them."""
    sizes: dict[str, int | None] = {}
    for below, fact in files_below(view, path).items():
        first, slash, _ = below.partition("/")
        sizes[first] = None if slash else fact.size
    return [
        {"path": posixpath.join(relative_to, name), "is_dir": size is None}
        | ({} if size is None else {"file_size": size})
        for name, size in sorted(sizes.items())
    ]


def digest_of(files: dict[str, FileFact]) -> str:
    """Return the digest of a folder with these files: as of such a folder on a disk."""
    parts: list[bytes] = []
    for path in sorted(files, key=str.encode):
        parts += [path.encode(), b"file", to_raw(files[path].digest)]
    return combine("folder.v1", parts)
