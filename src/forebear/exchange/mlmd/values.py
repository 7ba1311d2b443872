"""Values of properties: the one column that is set, and Structs of protobuf in a text.

ML Metadata keeps a Struct as text: a mark, and base64 of its bytes. They are read without protobuf,
which no two of its releases agree about.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["value_of"]

_MARK: Final = "mlmd-struct::"
_WRAPPED: Final = "__value__"
"""Under which TFX puts JSON into a Struct."""
_COLUMNS: Final = ("int_value", "double_value", "string_value", "bool_value")
_DEEPEST: Final = 50
_VARINT, _DOUBLE, _BYTES, _FLOAT = 0, 1, 2, 5


def value_of(row: Mapping[str, Any]) -> Any:
    """Return the value of a property from its row; None for what has no readable one."""
    name = next((one for one in _COLUMNS if row[one] is not None), None)
    if name is None:
        return None
    value = row[name]
    if name == "bool_value":
        return bool(value)
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> Any:
    """Return what a text stands for: a Struct, JSON, or itself."""
    if value.startswith(_MARK):
        try:
            found = _struct(base64.b64decode(value[len(_MARK) :], validate=True), 0)
        except (binascii.Error, ValueError, struct.error, IndexError):
            return value
        wrapped = found.get(_WRAPPED)
        return _text(wrapped) if isinstance(wrapped, str) and set(found) == {_WRAPPED} else found
    if value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _struct(data: bytes, depth: int) -> dict[str, Any]:
    """Return a `google.protobuf.Struct`: entries (1), each a name (1) and a value (2)."""
    found: dict[str, Any] = {}
    for number, entry in _fields(data):
        if number == 1 and isinstance(entry, bytes):
            parts = dict(_fields(entry))
            name, value = parts.get(1, b""), parts.get(2, b"")
            found[name.decode("utf-8")] = _value(value, depth + 1)
    return found


def _value(data: bytes, depth: int) -> Any:
    """Return a `google.protobuf.Value`, of which the last field that is set holds."""
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    said: Any = None
    for number, part in _fields(data):
        match number:
            case 2:
                (said,) = struct.unpack("<d", part)
            case 3:
                said = part.decode("utf-8")
            case 4:
                said = bool(part)
            case 5:
                said = _struct(part, depth)
            case 6:
                said = [_value(one, depth + 1) for n, one in _fields(part) if n == 1]
            case _:
                said = None
    return said


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Yield the fields of a message: number, and bytes or a whole number."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        length = 8 if kind == _DOUBLE else 4 if kind == _FLOAT else None
        if kind == _BYTES:
            length, at = _varint(data, at)
        if length is None or at + length > len(data):
            raise ValueError("no protobuf")
        yield key >> 3, data[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at
        if shift > 63:
            raise ValueError("no protobuf")
