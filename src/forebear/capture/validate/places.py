"""What nobody recorded before: a file, a folder, a service, a function, recorded as it is now."""

from __future__ import annotations

from pathlib import Path

from forebear.client.client import LocalClient
from forebear.core.entities import ArtifactKind
from forebear.core.errors import ForebearError, UnknownRef
from forebear.engines.files import digest_path
from forebear.ops.recipe import ResolveRequest
from forebear.ops.register import RegisterRequest, RegisterResponse
from forebear.ops.table import Target

__all__ = ["recorded", "register"]


def recorded(client: LocalClient, ref: str, kind: ArtifactKind) -> None:
    """Make sure that a ref means something: a file that nobody recorded is recorded now.

    Raises:
        UnknownRef: nothing is recorded, and no file is there.
    """
    try:
        client.call(ResolveRequest(target=Target(ref=ref)))
    except UnknownRef:
        if not Path(ref).expanduser().exists():
            raise
        register(client, Path(ref).expanduser(), kind)


def register(
    client: LocalClient, path: Path, kind: ArtifactKind, *, name: str | None = None
) -> RegisterResponse:
    """Record a file or folder as it is now, keep a file's bytes, and give it a name.

    Raises:
        Unreadable: it is not there, or cannot be read.
    """
    full = path.absolute()
    found = digest_path(full)
    kept = full.is_file() and _keep(client, full, found.digest)
    return client.call(
        RegisterRequest(
            digest=found.digest,
            kind=kind,
            uri=str(full),
            label=full.name,
            name=name,
            format=full.suffix.lstrip(".") or ("folder" if full.is_dir() else None),
            size=found.size,
            kept=kept,
        )
    )


def _keep(client: LocalClient, path: Path, digest: str) -> bool:
    try:
        client.store.blobs.put_file(path, digest)
    except ForebearError:
        return False
    return True
