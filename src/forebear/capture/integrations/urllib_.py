"""urllib: what is downloaded, by its address and its content."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from forebear.capture.downloads import Download, downloaded
from forebear.capture.patching import Call, Patches
from forebear.capture.streams import Streams

__all__ = ["MODULES"]

_STREAMS: Final = Streams()


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe `urlopen`, `urlretrieve` and the reading of what they return."""
    patches.observe(module, "urlopen", _after_open)
    patches.observe(module, "urlretrieve", _after_retrieve)
    response = sys.modules["http.client"].HTTPResponse
    for name in ("read", "read1"):
        _STREAMS.follow_reads(patches, response, name, _is_over)


def _is_over(response: Any) -> bool:
    return bool(response.isclosed())


def _after_open(call: Call, result: Any) -> None:
    request = call.argument(0, "url")
    method = request.get_method() if hasattr(request, "get_method") else None
    posted = call.argument(1, "data") is not None
    if not hasattr(result, "isclosed") or posted or method not in (None, "GET"):
        return
    download = Download(call, str(result.geturl()), result.headers, "urllib.urlopen")
    _STREAMS.watch(result, download)


def _after_retrieve(call: Call, result: Any) -> None:
    url, (path, headers) = str(call.argument(0, "url")), result
    if url.lower().startswith("file:"):
        return
    downloaded(call, url, headers, "urllib.urlretrieve", body=Path(path).absolute())


MODULES = {"urllib.request": patch}
