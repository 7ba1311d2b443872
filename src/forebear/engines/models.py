"""The digest of a fitted model's state: what it has learned, not how it happens to be saved.

The state is what `pickle` would save, taken apart by the object's own `__reduce_ex__` and
`__getstate__` and digested value by value; nothing is pickled, called or imported. The rule is
written in docs/identity.md.
"""

from __future__ import annotations

import copyreg
import random
import struct
import sys
from collections import OrderedDict
from collections.abc import Iterable
from types import CellType, CodeType, FunctionType, MappingProxyType, ModuleType
from typing import Any, Final

from msgspec import Struct

from forebear.core.digest import combine, to_raw
from forebear.engines.boosters import booster_digest
from forebear.engines.regressions import regression_digest
from forebear.engines.tables import fingerprint, is_tabular
from forebear.engines.weights import weights_of

__all__ = ["StateDigest", "state_digest"]

_DEEPEST: Final = 150
_MOST: Final = 2_000_000
_CLOCKED: Final = ("_fit_time", "_score_time")
_VOLATILE: Final = frozenset({"_sklearn_version", "_stop_words_id", "refit_time_", "n_threads"})
"""What scikit-learn keeps of the machine, its memory and the moment beside what it learned."""


class StateDigest(Struct, frozen=True):
    """The digest of a state; `opaque` names the types of what it could not cover."""

    digest: str
    opaque: list[str] = []

    @property
    def complete(self) -> bool:
        """Tell whether every part of the state is covered."""
        return not self.opaque


def state_digest(obj: Any) -> StateDigest:
    """Return the digest of an object's state, above all of a fitted estimator's.

    It is the same in every process and after every save and load, and changes with any
    learned number. It never raises: what cannot be digested is named in `opaque`.

    >>> state_digest({"a": 1, "b": 2}) == state_digest({"b": 2, "a": 1})
    True
    """
    weights = _learned(obj)
    if weights is not None:
        return StateDigest(weights)
    walk = _Walk()
    digest = combine("state.v1", [walk.visit(obj)])
    return StateDigest(digest, sorted(walk.opaque))


class _Walk:
    """One walk over a graph of objects; equal values count the same wherever they are held."""

    def __init__(self) -> None:
        self.opaque: set[str] = set()
        self.above: dict[int, int] = {}
        """Objects being visited, by identity, with their depth."""
        self.known: dict[int, bytes] = {}
        self.kept: list[Any] = []
        """Holds what `known` knows, so that no identity is given to another object."""
        self.highest = _DEEPEST
        """The least depth that a cycle has led back to."""
        self.visits = 0

    def visit(self, obj: Any) -> bytes:
        """Return bytes that stand for the value of `obj`: itself when small, else a digest."""
        atom = _atom(obj)
        if atom is not None:
            return atom
        key, depth = id(obj), len(self.above)
        if key in self.known:
            return self.known[key]
        if key in self.above:
            self.highest = min(self.highest, self.above[key])
            return b"^" + str(depth - self.above[key]).encode()
        self.visits += 1
        if depth >= _DEEPEST or self.visits > _MOST:
            return self._opaque(obj, "too deep or too large: ")
        outer, self.highest = self.highest, _DEEPEST
        self.above[key] = depth
        try:
            found = b"#" + to_raw(self._node(obj))
        except Exception:
            # An object that cannot be taken apart: a lock, an open file, a broken property.
            found = self._opaque(obj)
        finally:
            del self.above[key]
        if self.highest >= depth:
            # Nothing in it leads out of it, so it is the same wherever it is met again.
            self.known[key] = found
            self.kept.append(obj)
            self.highest = outer
        self.highest = min(self.highest, outer)
        return found

    def _opaque(self, obj: Any, why: str = "") -> bytes:
        name = why + _name(type(obj))
        self.opaque.add(name)
        return b"?" + name.encode()

    def _node(self, obj: Any) -> str:
        cls = type(obj)
        if cls in (list, tuple):
            return combine(f"state.{cls.__name__}", map(self.visit, obj))
        if cls in (dict, MappingProxyType):
            return combine("state.dict", self._pairs(obj.items()))
        if cls in (set, frozenset):
            return combine("state.set", sorted(map(self.visit, obj)))
        if cls is FunctionType:
            return self._function(obj)
        if cls is CodeType:
            return self._code(obj)
        if is_tabular(obj):
            return self._table(obj)
        if (weights := _learned(obj)) is not None:
            return weights
        if cls.__module__.startswith("numpy.random") or isinstance(obj, random.Random):
            # Where a generator stands is not learned, and may be the whole process's own.
            return combine("state.random", [_name(cls).encode()])
        return self._object(obj)

    def _pairs(self, items: Iterable[tuple[Any, Any]]) -> list[bytes]:
        pairs = sorted((self.visit(key), self.visit(value)) for key, value in items)
        return [part for pair in pairs for part in pair]

    def _table(self, obj: Any) -> str:
        if getattr(getattr(obj, "dtype", None), "hasobject", False):
            # An array of objects: the trees of a forest, the texts of labels.
            shape = ",".join(map(str, obj.shape)).encode()
            return combine("state.array", [shape, *map(self.visit, obj.reshape(-1).tolist())])
        found = fingerprint(obj)
        assert found is not None
        self.opaque.update(f"{_name(type(obj))}: {gap}" for gap in found.gaps)
        return combine("state.table", [to_raw(found.digest)])

    def _function(self, function: FunctionType) -> str:
        """Return the digest of a function: its name where that finds it, else its code."""
        name = _name(function).encode()
        if _importable(function):
            return combine("state.function", [name])
        held = [_content(cell) for cell in function.__closure__ or ()]
        code = (function.__code__, function.__defaults__, function.__kwdefaults__, held)
        return combine("state.function", [name, *map(self.visit, code)])

    def _code(self, code: CodeType) -> str:
        parts = (code.co_code, code.co_consts, code.co_names)
        return combine("state.code", map(self.visit, parts))

    def _object(self, obj: Any) -> str:
        """Return the digest of what pickle would take apart, without putting it together."""
        cls = type(obj)
        reducer = copyreg.dispatch_table.get(cls)
        reduced = reducer(obj) if reducer else obj.__reduce_ex__(4)
        if isinstance(reduced, str):
            module = str(getattr(obj, "__module__", None) or cls.__module__)
            return combine("state.name", [f"{module}.{reduced}".encode()])
        make, args, state, items, pairs = (*reduced, None, None, None)[:5]
        parts = [self.visit(make), self.visit(args), self.visit(_lasting(obj, state))]
        parts += [combine("state.list", map(self.visit, items or ())).encode()]
        if isinstance(obj, OrderedDict):
            flat = [self.visit(part) for pair in pairs or () for part in pair]
        else:
            flat = self._pairs(pairs or ())
        return combine("state.object", [_name(cls).encode(), *parts, *flat])


def _learned(obj: Any) -> str | None:
    """Return the digest of a model of a library that says itself what it has learned."""
    return weights_of(obj) or booster_digest(obj) or regression_digest(obj)


def _content(cell: CellType) -> tuple[Any, ...]:
    """Return what a function holds of the scope around it, which may not be there yet."""
    try:
        return (cell.cell_contents,)
    except ValueError:
        return ()


def _atom(obj: Any) -> bytes | None:
    """Return a small value as tagged bytes, None for everything with parts."""
    cls = type(obj)
    if cls is str:
        return b"s" + bytes(obj.encode("utf-8", "surrogatepass"))
    if cls is float:
        return b"f" + _double(obj)
    if cls is int:
        return b"i" + format(obj, "x").encode()
    if obj is None or cls is bool or obj is Ellipsis or obj is NotImplemented:
        return b"c" + str(obj).encode()
    if cls is bytes or cls is bytearray:
        return b"b" + bytes(obj)
    if cls is complex:
        return b"z" + _double(obj.real) + _double(obj.imag)
    if isinstance(obj, type):
        return b"t" + _name(obj).encode()
    if cls is ModuleType:
        return b"m" + str(obj.__name__).encode()
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(obj, numpy.generic) and not isinstance(obj, numpy.void):
        from forebear.engines.columns import encode_array, word_of

        values = b"".join(map(bytes, encode_array(numpy.array([obj]))))
        return f"n{word_of(obj.dtype)} ".encode() + values
    return None


def _double(value: float) -> bytes:
    return struct.pack("<d", float("nan") if value != value else value + 0.0)  # noqa: PLR0124


def _name(named: Any) -> str:
    """Return a class's or function's name with its module."""
    return f"{named.__module__}.{named.__qualname__}"


def _importable(function: FunctionType) -> bool:
    """Tell whether the function's name leads to it, in a module other than the script."""
    found: Any = sys.modules.get(function.__module__ or "")
    if found is None or function.__module__ in ("__main__", "__mp_main__"):
        return False
    for part in function.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is function


def _lasting(obj: Any, state: Any) -> Any:
    """Return a state without what scikit-learn writes at every fit, load or query anew."""
    if not any(base.__module__.startswith("sklearn.") for base in type(obj).__mro__):
        return state
    if isinstance(state, dict):
        state = {name: value for name, value in state.items() if name not in _VOLATILE}
        results = state.get("cv_results_")
        if type(results) is dict:
            state["cv_results_"] = {
                name: value for name, value in results.items() if not str(name).endswith(_CLOCKED)
            }
    elif type(obj).__module__.startswith("sklearn.neighbors.") and type(state) is tuple:
        # A k-d or ball tree counts its queries in four numbers after the first seven parts.
        state = (*state[:7], *state[11:])
    return state
