"""subprocess, os, multiprocessing, loky: what a program starts is let record itself.

Objects on their way to another process are known there by their content; what is known here
to come from somewhere, but was not recorded yet, is recorded before it leaves.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any, Final

from forebear.capture import processes
from forebear.capture.callsite import is_user_code
from forebear.capture.files import note_opened
from forebear.capture.finish import checkpoint
from forebear.capture.objects import data_of
from forebear.capture.patching import Patches, is_ours
from forebear.capture.session import Session, active, guarded
from forebear.engines import tables

__all__ = ["MODULES"]

_ENVIRONMENT: Final = 5
"""The place of the environment among the arguments of `fork_exec`."""
_MOST_PARTS: Final = 200


def patch_subprocess(patches: Patches, module: ModuleType) -> None:
    """Let programs that are started with an environment of their own record themselves."""
    original = getattr(module, "_fork_exec", None)
    if original is not None:
        patches.replace(module, "_fork_exec", _with_encoded_environment(original))
    ended = getattr(module.Popen, "_handle_exitstatus", None)
    if ended is not None:
        patches.replace(module.Popen, "_handle_exitstatus", _and_tell(ended, _popen_ended))


def patch_os(patches: Patches, module: ModuleType) -> None:
    """The same for the functions of `os` that take an environment."""
    for name in ("execve", "posix_spawn", "posix_spawnp"):
        original = getattr(module, name, None)
        if original is not None:
            patches.replace(module, name, _with_environment(original))


def patch_util(patches: Patches, module: ModuleType) -> None:
    """Let workers record themselves, whatever the program has done to its environment."""
    original = module.spawnv_passfds

    @functools.wraps(original)
    def spawnv_passfds(*args: Any, **kwargs: Any) -> Any:
        _prepare()
        return original(*args, **kwargs)

    patches.replace(module, "spawnv_passfds", spawnv_passfds)


def patch_popen(patches: Patches, module: ModuleType) -> None:
    """See how workers end."""
    patches.replace(module.Popen, "poll", _and_tell(module.Popen.poll, _worker_ended))


def _worker_ended(session: Session, popen: Any) -> None:
    # A pool ends its workers by SIGTERM when it is closed.
    if (popen.returncode or 0) < 0 and popen.returncode != -signal.SIGTERM:
        name = signal.Signals(-popen.returncode).name
        session.gap_once(
            f"A worker process was ended by {name}; what it did last may not be recorded."
        )


def patch_loky(patches: Patches, module: ModuleType) -> None:
    """The same for loky, which starts workers in its own way."""
    original = module.fork_exec

    @functools.wraps(original)
    def fork_exec(cmd: Any, keep_fds: Any, env: Any = None, **kwargs: Any) -> Any:
        added = _variables({**os.environ, **(env or {})})
        return original(cmd, keep_fds, env={**(env or {}), **added}, **kwargs)

    patches.replace(module, "fork_exec", fork_exec)


def _prepare() -> None:
    session = active()
    if session is not None:
        _pass_on(session)


@guarded
def _pass_on(session: Session) -> None:
    session.shared = True
    processes.pass_on(session)


def _variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what a child needs beside its environment; nothing when it is started by us."""
    session = active()
    if session is None or session.is_own_thread():
        return {}
    try:
        session.shared = True
        return processes.variables_of(session, environment)
    except OSError as error:
        session.trouble("preparing for a process", error)
        return {}


def _with_encoded_environment(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def fork_exec(*args: Any) -> Any:
        given = args[_ENVIRONMENT]
        session = active()
        if given is None and session is not None and session.is_own_thread():
            # What we start ourselves is not the program's.
            given = [name + b"=" + value for name, value in os.environb.items()]
        elif given is not None:
            pairs = (os.fsdecode(pair).partition("=") for pair in given)
            environment = {name: value for name, _, value in pairs}
            environment.update(_variables(environment))
            given = [os.fsencode(f"{name}={value}") for name, value in environment.items()]
        return original(*args[:_ENVIRONMENT], given, *args[_ENVIRONMENT + 1 :])

    return fork_exec


def _with_environment(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def start(path: Any, argv: Any, env: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(env, Mapping):
            env = {os.fsdecode(name): os.fsdecode(value) for name, value in env.items()}
            env |= _variables(env)
        return original(path, argv, env, *args, **kwargs)

    return start


def _and_tell(
    original: Callable[..., Any], tell: Callable[[Session, Any], None]
) -> Callable[..., Any]:
    """Return a method that does what `original` does and then tells of its object."""

    @functools.wraps(original)
    def told(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        session = active()
        if session is not None and not session.is_own_thread():
            guarded(tell)(session, self)
        return result

    return told


def _popen_ended(session: Session, popen: Any) -> None:
    if popen.returncode:
        with session.own_work():
            processes.end_of_child(session, popen.pid, popen.returncode)


# Objects on their way ---------------------------------------------------------------------


def patch_reduction(patches: Patches, module: ModuleType) -> None:
    """Let messages between processes be: they are no files, and there are many of them."""
    loads = vars(module.ForkingPickler).get("loads")
    if is_ours(loads):
        patches.replace(module.ForkingPickler, "loads", loads.__wrapped__)


def patch_queues(patches: Patches, module: ModuleType) -> None:
    """See what a worker hands back: then a task is over, and what it wrote is complete."""
    for name in ("Queue", "SimpleQueue"):
        cls = getattr(module, name, None)
        if cls is not None and "put" in vars(cls):
            patches.replace(cls, "put", _handing_over(cls.put))


def patch_connection(patches: Patches, module: ModuleType) -> None:
    """See what goes through a pipe."""
    for name in ("_ConnectionBase",):
        cls = getattr(module, name, None)
        if cls is not None:
            patches.replace(cls, "send", _handing_over(cls.send))


def _handing_over(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def put(self: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
        session = active()
        if session is not None and not session.is_own_thread():
            _hand_over(session, [getattr(obj, "result", obj)])
            if session.worker:
                _complete(session)
        return original(self, obj, *args, **kwargs)

    return put


def _complete(session: Session) -> None:
    """Complete the record of a task that is over, if it has done anything."""
    files = session.files
    done = (session.emitted, len(files.pending), len(files.settlers), len(sys.modules))
    if done != session.checked:
        checkpoint(session)
        session.checked = (session.emitted, *done[1:3], len(sys.modules))


def patch_executors(patches: Patches, module: ModuleType) -> None:
    """See what a task is given: `submit` of the executors of processes."""
    cls = getattr(module, "ProcessPoolExecutor", None) or getattr(module, "_ReusablePool", None)
    if cls is not None and "submit" in vars(cls):
        patches.replace(cls, "submit", _giving(cls.submit))


def patch_process(patches: Patches, module: ModuleType) -> None:
    """See what a process or a pool is given."""
    for cls, names in (
        (getattr(module, "Pool", None), ("apply_async", "_map_async", "imap", "imap_unordered")),
        (getattr(module, "BaseProcess", None), ("__init__",)),
    ):
        for name in names:
            if cls is not None and name in vars(cls):
                patches.replace(cls, name, _giving(vars(cls)[name]))


def _giving(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def give(*args: Any, **kwargs: Any) -> Any:
        session = active()
        if session is not None and not session.is_own_thread():
            _hand_over(session, [*args[1:], *kwargs.values()])
        return original(*args, **kwargs)

    return give


def patch_joblib(patches: Patches, module: ModuleType) -> None:
    """See what the tasks of joblib are given, one by one as they are asked for."""
    original = module.Parallel.__call__

    @functools.wraps(original)
    def call(self: Any, iterable: Any) -> Any:
        session = active()
        if session is None or session.opened_inside is not None:
            return original(self, iterable)
        return original(self, _seen(session, iterable))

    patches.replace(module.Parallel, "__call__", call)


def _seen(session: Session, tasks: Iterable[Any]) -> Iterator[Any]:
    for task in tasks:
        _hand_over(session, task[1:] if isinstance(task, tuple) else [])
        yield task


@guarded
def _hand_over(session: Session, things: Iterable[Any]) -> None:
    """Record data of known origin before it leaves this process, once for each object."""
    if session.tracker.is_empty:
        return
    for part in _parts(things):
        origin = session.tracker.get(part)
        if origin is not None and origin.artifact is None and tables.is_tabular(part):
            with session.own_work():
                data_of(session, part)


def _parts(things: Iterable[Any], depth: int = 3) -> Iterator[Any]:
    for thing in list(things)[:_MOST_PARTS]:
        if isinstance(thing, Mapping) and depth:
            yield from _parts(thing.values(), depth - 1)
        elif isinstance(thing, list | tuple) and depth:
            yield from _parts(thing, depth - 1)
        else:
            yield thing


def patch_sklearn(patches: Patches, module: ModuleType) -> None:
    """What scikit-learn gives to workers is its own business: the call that does so is seen."""
    cls = getattr(module, "_FuncWrapper", None)
    if cls is None:
        return
    original = vars(cls)["__call__"]

    @functools.wraps(original)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        session = active()
        code = getattr(self.function, "__code__", None)
        if session is None or not session.worker or code is None or is_user_code(code.co_filename):
            return original(self, *args, **kwargs)
        with session.inside() as opened:
            result = original(self, *args, **kwargs)
        note_opened(session, opened)
        return result

    patches.replace(cls, "__call__", call)


MODULES = {
    "os": patch_os,
    "subprocess": patch_subprocess,
    "multiprocessing.util": patch_util,
    "multiprocessing.popen_fork": patch_popen,
    "multiprocessing.queues": patch_queues,
    "multiprocessing.reduction": patch_reduction,
    "multiprocessing.connection": patch_connection,
    "multiprocessing.pool": patch_process,
    "multiprocessing.process": patch_process,
    "concurrent.futures.process": patch_executors,
    "joblib.parallel": patch_joblib,
    "joblib.externals.loky.backend.fork_exec": patch_loky,
    "joblib.externals.loky.backend.queues": patch_queues,
    "loky.backend.fork_exec": patch_loky,
    "loky.backend.queues": patch_queues,
    "sklearn.utils.parallel": patch_sklearn,
}
