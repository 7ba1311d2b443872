"""Streams that a program reads for itself: what passes through is digested on the way."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from forebear.capture.downloads import Download
from forebear.capture.patching import Patches, is_ours, marked
from forebear.capture.session import active

__all__ = ["Streams"]


class Streams:
    """Responses whose content is on its way, by identity."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Any], Download]] = {}

    def watch(self, response: Any, download: Download) -> None:
        """Digest what is read of a response from now on."""
        key = id(response)
        self._known[key] = (weakref.ref(response, lambda _: self._known.pop(key, None)), download)

    def _of(self, response: Any) -> Download | None:
        found = self._known.get(id(response))
        if found is None or found[0]() is not response or active() is not found[1].session:
            return None
        return found[1]

    def follow_chunks(self, patches: Patches, owner: type, name: str) -> None:
        """Follow a method that returns an iterator over the content."""
        original = vars(owner).get(name)
        if original is None or is_ours(original):
            return

        @functools.wraps(original)
        def chunks(response: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
            found: Iterator[Any] = original(response, *args, **kwargs)
            download = self._of(response)
            if download is None:
                return found
            self._known.pop(id(response), None)
            return download.through(found)

        patches.replace(owner, name, marked(chunks, original))

    def follow_async_chunks(self, patches: Patches, owner: type, name: str) -> None:
        """Follow a method that returns an asynchronous iterator over the content."""
        original = vars(owner).get(name)
        if original is None or is_ours(original):
            return

        @functools.wraps(original)
        async def chunks(response: Any, *args: Any, **kwargs: Any) -> Any:
            download = self._of(response)
            self._known.pop(id(response), None)
            async for chunk in original(response, *args, **kwargs):
                if download is not None:
                    download.feed(chunk)
                yield chunk
            if download is not None:
                download.done()

        patches.replace(owner, name, marked(chunks, original))

    def follow_reads(
        self, patches: Patches, owner: type, name: str, is_over: Callable[[Any], bool]
    ) -> None:
        """Follow a method that returns the next bytes; `is_over` tells that they were the last."""
        original = vars(owner).get(name)
        if original is None or is_ours(original):
            return

        @functools.wraps(original)
        def read(response: Any, *args: Any, **kwargs: Any) -> Any:
            download = self._of(response)
            if download is None:
                return original(response, *args, **kwargs)
            held = self._known.pop(id(response))  # it may read by another method of its own
            try:
                data = original(response, *args, **kwargs)
            finally:
                self._known[id(response)] = held
            if isinstance(data, bytes):
                download.feed(data)
                if is_over(response):
                    download.done()
            return data

        patches.replace(owner, name, marked(read, original))
