"""requests: what is downloaded, by its address and its content."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from forebear.capture.downloads import Download
from forebear.capture.patching import Call, Patches
from forebear.capture.streams import Streams

__all__ = ["MODULES"]

_STREAMS: Final = Streams()


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe what sessions send, and the content of responses that are read bit by bit."""
    patches.observe(module.Session, "send", _after_send)
    _STREAMS.follow_chunks(patches, module.Response, "iter_content")


def _after_send(call: Call, result: Any) -> None:
    request = result.request
    if request.method != "GET" or not result.ok:
        return
    download = Download(call, str(result.url), result.headers, "requests.get")
    if result._content is False:
        _STREAMS.watch(result, download)
    else:
        download.done(result.content)


MODULES = {"requests": patch}
