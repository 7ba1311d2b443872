"""The digest of a network's weights: its numbers, whoever holds them and however they are saved.

The rule is written in docs/identity.md.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from forebear.core.digest import combine
from forebear.engines.tensors import WORDS, array_of, holder_of

__all__ = ["Weight", "bare_name", "is_network", "named_weights", "weights_digest", "weights_of"]

_WRAPPERS: Final = ("_orig_mod.", "module.")
"""What compiling or spreading a module over devices puts before the names of its weights."""


class Weight(Struct, frozen=True):
    """One tensor: its type by safetensors' word, its shape, the SHA-256 of its bytes."""

    word: str
    shape: tuple[int, ...]
    raw: bytes

    def part(self, name: str = "") -> bytes:
        """Return the bytes by which it enters a digest, under a name where that lasts."""
        shape = ",".join(map(str, self.shape))
        return f"{name}\n{self.word}\n{shape}\n".encode() + self.raw


def is_network(thing: Any) -> bool:
    """Tell whether `thing` is a module of PyTorch or a model of Keras."""
    return _is_a(thing, "torch.nn", "Module") or _is_a(thing, "keras", "Model")


def _is_a(thing: Any, module: str, name: str) -> bool:
    cls = getattr(sys.modules.get(module), name, None)
    return isinstance(cls, type) and isinstance(thing, cls)


def weights_of(model: Any) -> str | None:
    """Return the digest of the weights that a network in memory has; None for other things.

    It is the same before and after every save and load, in training and evaluation mode, and
    changes with any number.
    """
    if _is_a(model, "keras", "Model"):
        return weights_digest(("", _weight(one.numpy())) for one in map(_value, model.weights))
    if _is_a(model, "torch.nn", "Module"):
        return named_weights(model.state_dict()) or weights_digest(())
    return None


def named_weights(tensors: Mapping[Any, Any]) -> str | None:
    """Return the digest of tensors by name, such as a `state_dict`; None when it holds none.

    Of tensors that share their memory the first by name counts: files keep only one.
    """
    found = [(str(name), one) for name, one in tensors.items() if holder_of(one) == "torch"]
    if not found:
        return None
    return weights_digest(_untied(sorted((bare_name(name), one) for name, one in found)))


def bare_name(name: str) -> str:
    """Return the name of a weight without what wrappers put before it."""
    for wrapper in _WRAPPERS:
        name = name.removeprefix(wrapper)
    return name


def _untied(tensors: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Weight]]:
    seen: set[tuple[Any, ...]] = set()
    for name, one in tensors:
        place = (one.data_ptr(), one.dtype, tuple(one.shape), one.stride(), str(one.device))
        if one.numel() and place in seen:
            continue
        seen.add(place)
        word = str(one.dtype).removeprefix("torch.")
        yield name, _weight(array_of(one), WORDS.get(word, word))


def weights_digest(weights: Iterable[tuple[str, Weight]]) -> str:
    """Return the digest of weights: by name where names last, else in the order of layers."""
    return combine("weights.v1", [weight.part(name) for name, weight in weights])


def _value(variable: Any) -> Any:
    """Return what holds a Keras variable's values: of any backend, with a `numpy` method."""
    value = variable.value
    value = value() if callable(value) else value
    return value.detach().cpu() if hasattr(value, "detach") else value


def _weight(array: Any, word: str | None = None) -> Weight:
    import numpy as np

    plain = np.ascontiguousarray(array)
    word = word or WORDS.get(plain.dtype.name, plain.dtype.name)
    raw = hashlib.sha256(plain.reshape(-1).view(np.uint8).data).digest() if plain.size else b""
    return Weight(word, tuple(array.shape), raw)
