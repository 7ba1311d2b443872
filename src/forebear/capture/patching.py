"""Patching: how observers get between a program and its libraries, and out again.

A wrapper only looks: it calls the original with the same arguments, returns the same result,
lets the same exceptions through, and what goes wrong in the looking stays in the session.
"""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import logging
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import CodeType, ModuleType
from typing import Any, Final, NamedTuple, TypeVar

from forebear.capture.callsite import CallSite, call_site, is_user_code
from forebear.capture.files import note_opened
from forebear.capture.session import Session, active
from forebear.core.clock import now

__all__ = [
    "Call",
    "ImportHook",
    "Observer",
    "Patches",
    "is_ours",
    "later",
    "marked",
    "observed",
    "without_wrappers",
]

_log = logging.getLogger(__name__)
_MISSING: Final = object()
_COUNTING: Final = ("pandas", "polars")
"""Libraries that count their own frames to find the user's line for a warning."""
_UNCOUNTED: Final = "<frozen importlib._bootstrap, by forebear>"

F = TypeVar("F", bound=Callable[..., Any])


class Call(NamedTuple):
    """One observed call, as an observer gets to see it."""

    session: Session
    function: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    started: datetime
    site: CallSite | None
    opened: list[tuple[str, str]]
    """Files that were opened meanwhile; `claim` takes those out that the observer records."""
    before: Any
    """What the `before` function returned."""
    original: Callable[..., Any]
    direct: bool
    """The user's code called it itself, not some library in between."""

    def argument(self, position: int, *names: str, default: Any = None) -> Any:
        """Return an argument by its position or one of its names."""
        for name in names:
            if name in self.kwargs:
                return self.kwargs[name]
        return self.args[position] if 0 <= position < len(self.args) else default

    def options(self, *left_out: str) -> dict[str, Any]:
        """Return the arguments that differ from their defaults, by name, but some."""
        signature = _signature(self.original)
        try:
            bound = signature.bind(*self.args, **self.kwargs).arguments if signature else {}
        except TypeError:
            bound = {}
        given = {**bound, **self.kwargs} if bound else dict(self.kwargs)
        for name, parameter in signature.parameters.items() if signature else ():
            if parameter.kind is parameter.VAR_KEYWORD or (
                name in given and given[name] is parameter.default
            ):
                given.pop(name, None)
        return {name: value for name, value in given.items() if name not in left_out}

    def label(self, position: int, *names: str) -> str | None:
        """Return what the user calls an argument, if that is a plain name.

        The position counts `self`, as `argument` does.
        """
        if self.site is None:
            return None
        return self.site.name_of(position - _takes_self(self.original), *names)

    def target(self) -> str | None:
        """Return the one name to which the user assigns the result."""
        targets = self.site.targets if self.site is not None else ()
        return targets[0] or None if len(targets) == 1 else None

    def claim(self, path: str) -> None:
        """Say that the observer accounts for this file."""
        self.opened[:] = [entry for entry in self.opened if entry[0] != path]


Observer = Callable[[Call, Any], None]
"""Called after the original returned, with its result."""


def later(module: str, name: str) -> Observer:
    """Return an observer that stands in a module which is imported when it is first called."""

    def observer(call: Call, result: Any) -> None:
        getattr(importlib.import_module(module), name)(call, result)

    return observer


class Patches:
    """Keeps what was replaced, so that everything can be put back."""

    def __init__(self) -> None:
        self._undo: list[tuple[Any, str, Any]] = []
        self._undone: list[Callable[[], None]] = []

    def observe(
        self,
        owner: Any,
        name: str,
        after: Observer,
        before: Callable[[Session, tuple[Any, ...], dict[str, Any]], Any] | None = None,
    ) -> None:
        """Let `after` see every outermost call of `owner.name` (a function or method).

        Calls that an observed library makes of itself are not seen. Names that this version
        of the library lacks are passed over; class and static methods stay what they are.
        """
        original = vars(owner).get(name) if isinstance(owner, type) else getattr(owner, name, None)
        if original is None or is_ours(original):
            return
        if isinstance(original, classmethod | staticmethod):
            wrapped: Any = type(original)(observed(original.__func__, name, after, before))
        elif callable(original):
            wrapped = observed(original, name, after, before)
        else:
            return
        self.replace(owner, name, wrapped)

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute and remember what was there."""
        original = vars(owner).get(name, _MISSING)
        setattr(owner, name, value)
        self._undo.append((owner, name, original))

    def rebind(self) -> None:
        """Let user code that has imported a function by name before us use the wrapper too."""
        wrapped = {
            id(original): vars(owner).get(name)
            for owner, name, original in self._undo
            if isinstance(owner, ModuleType)
        }
        for module in _user_modules():
            for alias, thing in list(vars(module).items()):
                if (wrapper := wrapped.get(id(thing))) is not None:
                    setattr(module, alias, wrapper)

    def on_undo(self, act: Callable[[], None]) -> None:
        """Do this too once everything is put back."""
        self._undone.append(act)

    def undo(self) -> None:
        """Put everything back, last first, names in user code included."""
        while self._undo:
            owner, name, original = self._undo.pop()
            if original is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
        while self._undone:
            self._undone.pop()()
        for module in _user_modules():
            for alias, thing in list(vars(module).items()):
                if is_ours(thing):
                    setattr(module, alias, thing.__wrapped__)


def observed(
    original: Callable[..., Any],
    name: str,
    after: Observer,
    before: Callable[[Session, tuple[Any, ...], dict[str, Any]], Any] | None = None,
) -> Callable[..., Any]:
    """Return a function that does what `original` does and lets `after` look at it."""

    @functools.wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        session = active()
        if session is None or session.opened_inside is not None:
            return original(*args, **kwargs)
        site = call_site(name)
        if site is None and session.observing:
            # A worker thread of a library whose own call is being observed.
            with session.inside():
                return original(*args, **kwargs)
        seen = None
        with session.inside() as opened:
            started = now()
            if before is not None:
                try:
                    with session.own_work():
                        seen = before(session, args, kwargs)
                except Exception as error:
                    session.trouble(name, error)
            try:
                result = original(*args, **kwargs)
            except BaseException:
                note_opened(session, opened)
                raise
            try:
                with session.own_work():
                    direct = is_user_code(sys._getframe(1).f_code.co_filename)
                    facts = (started, site, opened, seen, original, direct)
                    after(Call(session, name, args, kwargs, *facts), result)
            except Exception as error:
                session.trouble(name, error)
        note_opened(session, opened)
        return result

    return marked(wrapper, original)


def marked(wrapper: F, original: Any) -> F:
    """Mark a wrapper as ours, and keep it out of what warnings count.

    `warnings.warn(..., stacklevel=2)` shall name the user's line as it does without us. Its
    counting passes over frames that look like the import machinery's. pandas and polars count
    the frames of their own files instead, so there a wrapper looks like one of those.
    """
    module = str(getattr(original, "__module__", None) or "").partition(".")[0]
    home = getattr(sys.modules.get(module), "__file__", None)
    file = home if home is not None and module in _COUNTING else _UNCOUNTED
    function: Any = wrapper
    function.__code__ = _in_file(function.__code__, file)
    function.__forebear__ = wrapper
    return wrapper


_moved: dict[tuple[int, str], tuple[CodeType, CodeType]] = {}
"""Code in another file, by the identity of the original: to hash code takes long."""


def _in_file(code: CodeType, file: str) -> CodeType:
    known = _moved.get((id(code), file))
    if known is None or known[0] is not code:
        known = _moved[id(code), file] = (code, code.replace(co_filename=file))
    return known[1]


def without_wrappers(error: BaseException) -> None:
    """Take our frames out of an exception's traceback, and of those of its causes."""
    ours = {id(moved) for _, moved in _moved.values()}
    seen: set[int] = set()
    chain: list[BaseException | None] = [error]
    while chain:
        one = chain.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        chain += [one.__cause__, one.__context__]
        trace = one.__traceback__
        while trace is not None and id(trace.tb_frame.f_code) in ours:
            trace = trace.tb_next
        one.__traceback__ = trace
        while trace is not None and trace.tb_next is not None:
            if id(trace.tb_next.tb_frame.f_code) in ours:
                trace.tb_next = trace.tb_next.tb_next
            else:
                trace = trace.tb_next


def is_ours(function: Any) -> bool:
    """Tell whether a function is a wrapper of ours.

    Libraries that wrap our wrapper copy its attributes, so the mark says whose it is.
    """
    return function is not None and getattr(function, "__forebear__", None) is function


@functools.lru_cache(maxsize=1024)
def _signature(function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


def _takes_self(function: Callable[..., Any]) -> bool:
    signature = _signature(function)
    return signature is not None and next(iter(signature.parameters), "") == "self"


def _user_modules() -> list[ModuleType]:
    return [
        module
        for name, module in list(sys.modules.items())
        if name == "__main__"
        or ((file := getattr(module, "__file__", None)) is not None and is_user_code(file))
    ]


class ImportHook(importlib.abc.MetaPathFinder):
    """Applies patches to modules at the moment of their import, whatever the order."""

    def __init__(self, targets: Mapping[str, Sequence[Callable[[ModuleType], None]]]) -> None:
        self._targets = targets
        self._looking: set[str] = set()

    def install(self) -> None:
        """Patch what is imported already, and from now on what will be."""
        sys.meta_path.insert(0, self)
        for name in self._targets:
            module = sys.modules.get(name)
            if module is not None and not _is_half_made(module):
                self.apply(module, name)

    def remove(self) -> None:
        """Stop looking at imports."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def apply(self, module: ModuleType, name: str) -> None:
        """Apply the patches for one module; one that fails leaves the others in place."""
        for patch in self._targets[name]:
            try:
                patch(module)
            except Exception as error:
                _log.debug("cannot observe %s", name, exc_info=True)
                session = active()
                if session is not None:
                    session.trouble(f"observing {name}", error)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find the module as if we were not here, and be told when it is loaded."""
        if fullname not in self._targets or fullname in self._looking:
            return None
        self._looking.add(fullname)
        try:
            spec: importlib.machinery.ModuleSpec | None = None
            for finder in _others(self):
                spec = finder.find_spec(fullname, path, target)
                if spec is not None:
                    break
            else:
                return None
        finally:
            self._looking.discard(fullname)
        if spec.loader is not None and hasattr(spec.loader, "exec_module"):
            spec.loader = _TellingLoader(spec.loader, self)
        return spec


class _TellingLoader(importlib.abc.Loader):
    """Loads as the real loader does, restores it on the module, then tells the hook."""

    def __init__(self, real: Any, hook: ImportHook) -> None:
        self._real = real
        self._hook = hook

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._real.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self._real
        module.__loader__ = self._real
        self._real.exec_module(module)
        self._hook.apply(module, module.__name__)


# A module may warn its importer: our frame doesn't count between them.
_exec: Any = _TellingLoader.exec_module
_exec.__code__ = _in_file(_exec.__code__, _UNCOUNTED)


def _others(hook: ImportHook) -> Iterable[Any]:
    return [finder for finder in sys.meta_path if finder is not hook]


def _is_half_made(module: ModuleType) -> bool:
    return bool(getattr(module.__spec__, "_initializing", False))
