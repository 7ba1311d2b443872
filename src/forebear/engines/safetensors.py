"""Reading safetensors files without their library: the header, and the digest of the weights."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
from msgspec import Struct

from forebear.core.errors import Unreadable
from forebear.engines.weights import Weight, bare_name, weights_digest

__all__ = ["Header", "Tensor", "read_header", "safetensors_weights"]

_LARGEST_HEADER: Final = 100_000_000
_CHUNK: Final = 1 << 20


class Tensor(Struct, frozen=True):
    """One tensor in a file: its type, shape, and where its bytes begin and end in the file."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int


class Header(Struct, frozen=True):
    """What a file says of itself: its tensors by name, and texts that its writer left."""

    tensors: dict[str, Tensor]
    metadata: dict[str, str]


class _Entry(Struct):
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


def read_header(path: Path) -> Header:
    """Return the header of a safetensors file.

    Raises:
        Unreadable: it is no such file, or it is cut off.
    """
    try:
        with path.open("rb") as file:
            return _header(file, path.stat().st_size)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise Unreadable(
            f"{path.name} is no whole safetensors file: {error}.",
            hint="Save or download it again.",
        ) from None


def _header(file: BinaryIO, size: int) -> Header:
    length = int.from_bytes(file.read(8), "little")
    if length > min(_LARGEST_HEADER, size - 8):
        raise ValueError("its header is longer than the file")
    told: dict[str, Any] = msgspec.json.decode(file.read(length), type=dict[str, Any])
    metadata = msgspec.convert(told.pop("__metadata__", None) or {}, dict[str, str])
    tensors = {}
    for name, entry in msgspec.convert(told, dict[str, _Entry]).items():
        start, stop = (8 + length + offset for offset in entry.data_offsets)
        if not 8 + length <= start <= stop <= size:
            raise ValueError(f"tensor '{name}' lies outside of it")
        tensors[name] = Tensor(entry.dtype, entry.shape, start, stop)
    return Header(tensors, metadata)


def safetensors_weights(path: Path) -> str | None:
    """Return the digest of the weights in a file: that of the network they were saved from.

    None when it holds no tensor.

    Raises:
        Unreadable: it is no such file, or it is cut off.
    """
    tensors = read_header(path).tensors
    if not tensors:
        return None
    with path.open("rb") as file:
        return weights_digest(
            (bare_name(name), _weight(file, tensors[name]))
            for name in sorted(tensors, key=bare_name)
        )


def _weight(file: BinaryIO, tensor: Tensor) -> Weight:
    if tensor.start == tensor.stop:
        return Weight(tensor.dtype, tensor.shape, b"")
    digest = hashlib.sha256()
    file.seek(tensor.start)
    left = tensor.stop - tensor.start
    while left and (chunk := file.read(min(left, _CHUNK))):
        digest.update(chunk)
        left -= len(chunk)
    return Weight(tensor.dtype, tensor.shape, digest.digest())
