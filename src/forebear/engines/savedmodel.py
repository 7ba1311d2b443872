"""Reading what TensorFlow leaves in the folder of a SavedModel, without TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from forebear.core.errors import Unreadable

__all__ = ["Fingerprint", "is_saved_model", "read_fingerprint"]

_FIELDS: Final = {
    1: "saved_model_checksum",
    2: "graph_def_program_hash",
    3: "signature_def_hash",
    4: "saved_object_graph_hash",
    5: "checkpoint_hash",
    7: "uuid",
}
_WIRE_BYTES: Final = 2


class Fingerprint(Struct, frozen=True, kw_only=True):
    """The hashes in `fingerprint.pb`; `uuid` names one act of saving, where it is there."""

    saved_model_checksum: int = 0
    graph_def_program_hash: int = 0
    signature_def_hash: int = 0
    saved_object_graph_hash: int = 0
    checkpoint_hash: int = 0
    uuid: str | None = None

    @property
    def singleprint(self) -> str:
        """The four lasting hashes as TensorFlow writes them."""
        parts = (
            self.graph_def_program_hash,
            self.signature_def_hash,
            self.saved_object_graph_hash,
            self.checkpoint_hash,
        )
        return "/".join(map(str, parts))


def is_saved_model(folder: Path) -> bool:
    """Tell whether a folder holds a SavedModel."""
    return any((folder / name).is_file() for name in ("saved_model.pb", "saved_model.pbtxt"))


def read_fingerprint(folder: Path) -> Fingerprint | None:
    """Return the fingerprint of a SavedModel; None where its writer left none.

    Raises:
        Unreadable: the file is no fingerprint.
    """
    path = folder / "fingerprint.pb"
    if not path.is_file():
        return None
    try:
        told = {_FIELDS[n]: value for n, value in _fields(path.read_bytes()) if n in _FIELDS}
        uuid = told.pop("uuid", None)
        hashes = {name: value for name, value in told.items() if isinstance(value, int)}
        text = uuid.decode() if isinstance(uuid, bytes) else None
        return Fingerprint(**hashes, uuid=text)
    except (ValueError, IndexError) as error:
        raise Unreadable(f"{path} is no fingerprint of a SavedModel: {error}.") from None


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the numbers and values of a protobuf message of varints and byte strings."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        value, at = _varint(data, at)
        if tag & 7 == _WIRE_BYTES:
            if at + value > len(data):
                raise ValueError("it is cut off")
            yield tag >> 3, data[at : at + value]
            at += value
        elif tag & 7 == 0:
            yield tag >> 3, value
        else:
            raise ValueError(f"it has a field of type {tag & 7}")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise ValueError("it has a number of more than 64 bits")
