"""What nobody recorded before: a file, a folder, a service, a function, recorded as it is now."""

from __future__ import annotations

import contextlib
from pathlib import Path

from forebear.capture.filekinds import kind_of_file
from forebear.capture.validate.frames import frame_of
from forebear.capture.validate.functions import register_function
from forebear.capture.validate.importing import module_file
from forebear.client.asking import Asking
from forebear.client.local import LocalClient
from forebear.core import redaction
from forebear.core.digest import of_bytes
from forebear.core.entities import ArtifactKind
from forebear.core.errors import BadRef, ForebearError, UnknownRef
from forebear.engines.files import digest_path
from forebear.engines.tables import Fingerprint, fingerprint
from forebear.ops.recipe import ResolveRequest
from forebear.ops.register import RegisterRequest, RegisterResponse
from forebear.ops.table import Target

__all__ = ["recorded", "register", "register_anything"]


def recorded(client: Asking, ref: str, kind: ArtifactKind) -> str:
    """Return a ref that means something: what nobody recorded yet is recorded as it is now.

    Raises:
        UnknownRef: nothing is recorded, and nothing is there.
    """
    if not _is_service(ref):
        try:
            client.call(ResolveRequest(target=Target(ref=ref)))
        except UnknownRef:
            if not Path(ref).expanduser().exists() and module_file(ref) is None:
                raise
        except BadRef:
            # A model and data may have one name: here it is that of what is asked for.
            named = f"{kind}:{ref}"
            with contextlib.suppress(ForebearError):
                client.call(ResolveRequest(target=Target(ref=named)))
                return named
            raise
        else:
            return ref
    return register_anything(client, ref, kind).artifact


def register_anything(
    client: Asking, thing: str, kind: ArtifactKind, *, name: str | None = None
) -> RegisterResponse:
    """Record a file or folder, a service by its address, or a function by its module's file.

    Raises:
        UnknownRef: there is no such thing.
        Unreadable: it cannot be read.
    """
    if _is_service(thing):
        return _service(client, thing, kind, name)
    path = Path(thing).expanduser()
    if path.exists():
        return register(client, path, kind, name=name)
    module = module_file(thing)
    if module is None:
        raise UnknownRef(f"There is no file, folder, function or service '{thing}'.")
    code = register(client, module, "code").artifact
    return register_function(client, thing, module, code, kind, name=name)


def _is_service(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _service(client: Asking, url: str, kind: ArtifactKind, name: str | None) -> RegisterResponse:
    """Record a service by its address: what is behind it may change unseen."""
    address = redaction.text(url).value
    request = RegisterRequest(
        digest=of_bytes(f"service {address}".encode()),
        kind=kind,
        uri=address,
        label=address,
        name=name,
        format="http",
        by_reference=True,
    )
    return client.call(request)


def register(
    client: Asking,
    path: Path,
    kind: ArtifactKind,
    *,
    name: str | None = None,
    label: str | None = None,
) -> RegisterResponse:
    """Record a file or folder as it is now, keep a file's bytes, and give it a name.

    Raises:
        Unreadable: it is not there, or cannot be read.
    """
    full = path.absolute()
    found = digest_path(full)
    kept = full.is_file() and _keep(client, full, found.digest)
    table = _table(full) if kind == "data" else None
    return client.call(
        RegisterRequest(
            digest=found.digest,
            kind=kind,
            uri=str(full),
            label=label or full.name,
            name=name,
            format=full.suffix.lstrip(".") or ("folder" if full.is_dir() else None),
            size=found.size,
            kept=kept,
            rows=table.rows if table is not None else None,
            columns=table.columns if table is not None else [],
            table=table.digest if table is not None else None,
            parts=_models_in(full) if kind == "model" and full.is_dir() else [],
        )
    )


def _models_in(folder: Path) -> list[str]:
    """Return the digests of the files right in a folder that may be models by themselves."""
    files = [one for one in sorted(folder.iterdir()) if one.is_file()]
    return [digest_path(one).digest for one in files if kind_of_file(one) == "model"]


def _table(path: Path) -> Fingerprint | None:
    """Return what is in a data file, where it can be read as a table here."""
    try:
        return fingerprint(frame_of(path.read_bytes(), path.name))
    except (ForebearError, OSError):
        return None


def _keep(client: Asking, path: Path, digest: str) -> bool:
    """Keep a file's bytes where the store is on this machine; a server is told of it only."""
    if not isinstance(client, LocalClient):
        return client.blobs.has(digest)
    try:
        client.store.blobs.put_file(path, digest)
    except ForebearError:
        return False
    return True
