"""fsspec, and what is built on it (s3fs, gcsfs, adlfs…): files that lie elsewhere.

A file that is fetched whole is known by its content. One that is opened, and read in pieces, is
data by reference, with the version that its store tells. Local files are seen when they are opened.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from forebear.capture.datafiles import name_in, referenced, remember_read
from forebear.capture.downloads import downloaded, uploaded
from forebear.capture.patching import Call, Patches, is_ours, marked, observed
from forebear.capture.tracker import Origin
from forebear.core.events import Link

__all__ = ["MODULES"]

_LOCAL: Final = frozenset({"file", "local"})
_VERSIONS: Final = ("ETag", "etag", "VersionId", "generation", "versionId", "content_md5", "mtime")


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe file systems: opening, fetching, putting."""
    system = module.AbstractFileSystem
    patches.observe(system, "open", _after_open)
    for name, after in _TRANSFERS.items():
        patches.observe(system, name, functools.partial(after, fs=None))
    patches.observe(module.core.OpenFile, "__enter__", _after_enter)


def patch_memory(patches: Patches, module: ModuleType) -> None:
    """Observe the one method that this file system has of its own."""
    after = functools.partial(_after_cat, fs=None)
    patches.observe(module.MemoryFileSystem, "cat_file", after)


def patch_asynchronous(patches: Patches, module: ModuleType) -> None:
    """Observe the methods that asynchronous file systems get when they are made."""
    original = module.sync_wrapper
    if is_ours(original):
        return

    @functools.wraps(original)
    def sync_wrapper(func: Any, obj: Any = None) -> Any:
        made = original(func, obj=obj)
        name = str(getattr(func, "__name__", "")).lstrip("_")
        after = _TRANSFERS.get(name)
        if obj is None or after is None:
            return made
        return observed(made, name, functools.partial(after, fs=obj))

    patches.replace(module, "sync_wrapper", marked(sync_wrapper, original))


def _system(call: Call, fs: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return the file system of a call and its other arguments; bound methods have it beside."""
    return (fs, call.args) if fs is not None else (call.args[0], call.args[1:])


def _is_local(fs: Any) -> bool:
    protocol = getattr(fs, "protocol", ())
    names = (protocol,) if isinstance(protocol, str) else protocol
    return bool(_LOCAL & set(names))


def _argument(call: Call, rest: tuple[Any, ...], position: int, name: str) -> Any:
    return call.kwargs.get(name, rest[position] if position < len(rest) else None)


# Opening --------------------------------------------------------------------------------------


def _after_open(call: Call, result: Any) -> None:
    path, mode = call.argument(1, "path"), call.argument(2, "mode", default="rb")
    _opened(call, call.args[0], str(path), str(mode), result)


def _after_enter(call: Call, result: Any) -> None:
    file = call.args[0]
    _opened(call, file.fs, str(file.path), str(file.mode), result)


def _opened(call: Call, fs: Any, path: str, mode: str, file: Any) -> None:
    if _is_local(fs):
        return
    url = str(fs.unstrip_protocol(path))
    if "r" in mode:
        _reading(call, fs, path, url, file)
    else:
        _writing(call, url, file)


def _reading(call: Call, fs: Any, path: str, url: str, file: Any) -> None:
    session = call.session
    whole = _in_memory(fs, path)
    if whole is not None:
        artifact = downloaded(call, url, {}, "fsspec.open", body=whole)
    else:
        artifact = referenced(session, url, "read", version=_version(file))
        remember_read(session, artifact)
        used = [Link(artifact=artifact, role="input")]
        session.step("ingest", "fsspec.open", started=call.started, used=used, site=call.site)
    if artifact is not None:
        session.tracker.bind(file, Origin(artifact=artifact, label=name_in(url)))


def _in_memory(fs: Any, path: str) -> bytes | None:
    """Return the content of a file that a file system keeps in memory."""
    store = getattr(fs, "store", None)
    held: Any = store.get(fs._strip_protocol(path)) if isinstance(store, dict) else None
    return held.getvalue() if hasattr(held, "getvalue") else None


def _version(file: Any) -> str | None:
    """Return what the store says of a file's version: the file has been told when opened."""
    for holder in (file, getattr(file, "buffer", None)):
        details = getattr(holder, "details", None)
        if isinstance(details, dict):
            return next((str(details[name]) for name in _VERSIONS if details.get(name)), None)
    return None


def _writing(call: Call, url: str, file: Any) -> None:
    """Remember a file that is being written; what puts frames into it tells of them itself."""
    session = call.session
    artifact = referenced(session, url, "write")
    session.tracker.bind(file, Origin(artifact=artifact, label=name_in(url)))
    site, started = call.site, call.started

    def unseen() -> None:
        used = [Link(artifact=one, role="input", evidence="inferred") for one in session.leaves()]
        session.gap(f"What went into {name_in(url)} was not seen.", artifact)
        generated = [Link(artifact=artifact)]
        session.step(
            "transform", "fsspec.open", started=started, used=used, generated=generated, site=site
        )

    session.unfinished[id(file)] = unseen


# Fetching and putting -------------------------------------------------------------------------


def _after_get(call: Call, result: Any, *, fs: Any) -> None:
    fs, rest = _system(call, fs)
    remote, local = _argument(call, rest, 0, "rpath"), _argument(call, rest, 1, "lpath")
    if _is_local(fs) or not isinstance(remote, str) or not isinstance(local, str | Path):
        return
    path = Path(local).absolute()
    path = path / remote.rstrip("/").rpartition("/")[2] if path.is_dir() else path
    url = str(fs.unstrip_protocol(remote))
    if path.is_file():
        downloaded(call, url, {}, f"fsspec.{call.function}", body=path)
    elif Path(local).is_dir():
        artifact = referenced(call.session, url, "read")
        remember_read(call.session, artifact)
        call.session.used(artifact, "input")


def _after_cat(call: Call, result: Any, *, fs: Any) -> None:
    fs, rest = _system(call, fs)
    path = _argument(call, rest, 0, "path")
    partial = any(call.kwargs.get(name) is not None for name in ("start", "end")) or rest[1:]
    found = result if isinstance(result, dict) else {path: result}
    for name, body in found.items():
        if isinstance(body, bytes) and isinstance(name, str) and not _is_local(fs) and not partial:
            url = str(fs.unstrip_protocol(name))
            downloaded(call, url, {}, f"fsspec.{call.function}", body=body)


def _after_put(call: Call, result: Any, *, fs: Any) -> None:
    fs, rest = _system(call, fs)
    local, remote = _argument(call, rest, 0, "lpath"), _argument(call, rest, 1, "rpath")
    if _is_local(fs) or not isinstance(remote, str) or not isinstance(local, str | Path):
        return
    path = Path(local).absolute()
    if path.is_file():
        call.claim(str(path))
        url = str(fs.unstrip_protocol(remote))
        uploaded(call.session, path, url + path.name if url.endswith("/") else url)


_TRANSFERS: Final[dict[str, Callable[..., None]]] = {
    "get": _after_get,
    "get_file": _after_get,
    "download": _after_get,
    "cat": _after_cat,
    "cat_file": _after_cat,
    "put": _after_put,
    "put_file": _after_put,
}

MODULES = {
    "fsspec": patch,
    "fsspec.implementations.memory": patch_memory,
    "fsspec.asyn": patch_asynchronous,
}
