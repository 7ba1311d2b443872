"""httpx and httpx2: what is downloaded, by its address and its content."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Any, Final

from forebear.capture.callsite import call_site
from forebear.capture.downloads import Download
from forebear.capture.patching import Call, Patches, is_ours, marked
from forebear.capture.session import active
from forebear.capture.streams import Streams
from forebear.core.clock import now

__all__ = ["MODULES"]

_STREAMS: Final = Streams()


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe what clients send, and the content of responses that are read bit by bit."""
    patches.observe(module.Client, "send", _after_send)
    _follow_async(patches, module.AsyncClient)
    _STREAMS.follow_chunks(patches, module.Response, "iter_bytes")
    _STREAMS.follow_async_chunks(patches, module.Response, "aiter_bytes")


def _after_send(call: Call, result: Any) -> None:
    if result.request.method != "GET" or not result.is_success:
        return
    library = type(result).__module__.partition(".")[0]
    download = Download(call, str(result.url), result.headers, f"{library}.get")
    if hasattr(result, "_content"):
        download.done(result.content)
    else:
        _STREAMS.watch(result, download)


def _follow_async(patches: Patches, client: type) -> None:
    original = vars(client).get("send")
    if original is None or is_ours(original):
        return

    @functools.wraps(original)
    async def send(*args: Any, **kwargs: Any) -> Any:
        started, site = now(), call_site("get")
        result = await original(*args, **kwargs)
        session = active()
        if session is not None and not session.is_own_thread():
            try:
                facts: Any = (started, site, [], None, original, True)
                with session.own_work():
                    _after_send(Call(session, "send", args, kwargs, *facts), result)
            except Exception as error:
                session.trouble("send", error)
        return result

    patches.replace(client, "send", marked(send, original))


MODULES = {"httpx": patch, "httpx2": patch}
