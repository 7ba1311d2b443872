"""Tensors of PyTorch and TensorFlow as NumPy arrays, without importing either library."""

from __future__ import annotations

import sys
from typing import Any, Final

__all__ = ["WORDS", "array_of", "holder_of"]

WORDS: Final = {
    "float64": "F64",
    "float32": "F32",
    "float16": "F16",
    "bfloat16": "BF16",
    "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2",
    "int64": "I64",
    "int32": "I32",
    "int16": "I16",
    "int8": "I8",
    "uint64": "U64",
    "uint32": "U32",
    "uint16": "U16",
    "uint8": "U8",
    "bool": "BOOL",
    "complex64": "C64",
}
"""Types by the words that safetensors has for them."""


def holder_of(thing: Any) -> str | None:
    """Return which library's plain tensor with values `thing` is.

    Tensors that only stand for values (of a compiler, on no device, of a graph) are none.
    """
    torch = sys.modules.get("torch")
    if torch is not None and type(thing) in (
        getattr(torch, "Tensor", None),
        getattr(getattr(torch, "nn", None), "Parameter", None),
    ):
        dense = thing.layout is torch.strided and thing.device.type != "meta"
        return "torch" if dense and not thing.is_quantized else None
    tensorflow = sys.modules.get("tensorflow")
    base = getattr(tensorflow, "Tensor", None) if tensorflow is not None else None
    if isinstance(base, type) and isinstance(thing, base):
        return "tensorflow" if hasattr(thing, "numpy") and not _is_variant(thing) else None
    return None


def _is_variant(thing: Any) -> bool:
    return getattr(thing.dtype, "name", "") in ("variant", "resource")


def array_of(thing: Any) -> Any:
    """Return the values of a plain tensor as an array, in its own memory where that is possible.

    Numbers of types that NumPy lacks come as whole numbers of the same bits.
    """
    if holder_of(thing) == "tensorflow":
        return thing.numpy()
    torch = sys.modules["torch"]
    plain = thing.detach().cpu().resolve_conj().resolve_neg()
    word = str(plain.dtype).removeprefix("torch.")
    if word.startswith(("bfloat16", "float8", "float4")):
        plain = plain.contiguous().view(torch.int16 if plain.element_size() == 2 else torch.uint8)
    return plain.numpy()
