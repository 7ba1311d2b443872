"""PyTorch: modules that an optimizer trains, and what they compute afterwards.

Its functions of tensors are left alone, those that make one of an array too: compilers and
`torch.device` know them by identity. A step of an
optimizer costs a few microseconds: it is counted, and what it learns from is looked at only
when that is new.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any, Final

from forebear.capture.integrations._torch_watch import Fed, Watch, bare_module, watch_of
from forebear.capture.patching import Call, Patches, marked
from forebear.capture.plain import plain
from forebear.capture.session import Session, active
from forebear.capture.tracker import Origin
from forebear.capture.trainings import PREDICT

__all__ = ["MODULES"]

_DEEPEST_LOSS: Final = 12
_here = threading.local()
"""`busy` while a module or a loader of this thread is at work."""


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe modules, losses and optimizers."""
    patches.observe(module, "manual_seed", _after_seed)
    base = module.nn.Module
    original = base.__call__
    patches.replace(base, "__call__", _calling(original, module))
    _tell_compiler(patches, module, original)
    patches.replace(module.Tensor, "backward", _going_back(module.Tensor.backward))
    hooks: Any = sys.modules["torch.optim.optimizer"]
    replaced = type(hooks._global_optimizer_post_hooks)(hooks._global_optimizer_post_hooks)
    patches.replace(hooks, "_global_optimizer_post_hooks", replaced)
    hooks.register_optimizer_step_post_hook(_after_step)


def _tell_compiler(patches: Patches, torch: ModuleType, original: Any) -> None:
    """Let a compiler know our `__call__` for the ordinary one, and the ordinary one afterwards."""
    ours = torch.nn.Module.__call__

    def swap(before: Any, after: Any) -> None:
        for name in ("torch._dynamo.utils", "torch._dynamo.variables.nn_module"):
            module: Any = sys.modules.get(name)
            if getattr(module, "unpatched_nn_module_call", None) is before:
                module.unpatched_nn_module_call = after

    swap(original, ours)
    patches.on_undo(lambda: swap(ours, original))


def patch_loader(patches: Patches, module: ModuleType) -> None:
    """Observe what loaders are gone through and what they give."""
    loader, iterator = module.DataLoader, module._BaseDataLoaderIter
    patches.replace(loader, "__iter__", _iterating(loader.__iter__))
    patches.replace(iterator, "__next__", _fetching(iterator.__next__))


def _after_seed(call: Call, result: Any) -> None:
    if call.direct:
        call.session.params({"seed.torch": plain(call.argument(0, "seed"))})


# What is called all the time ------------------------------------------------------------------


def _noting() -> Session | None:
    """Return the session, unless this is a library's call within its own, or work of ours."""
    session = active()
    if session is None or session.opened_inside is not None or session.is_own_thread():
        return None
    return session


def _calling(original: Callable[..., Any], torch: ModuleType) -> Callable[..., Any]:
    """Return `Module.__call__`, which also notes the outermost calls."""
    learning, compiling = torch.is_grad_enabled, torch.compiler.is_compiling

    @functools.wraps(original)
    def called(self: Any, *args: Any, **kwargs: Any) -> Any:
        if getattr(_here, "busy", False) or compiling() or (session := _noting()) is None:
            return original(self, *args, **kwargs)
        _here.busy = True
        try:
            result = original(self, *args, **kwargs)
        finally:
            _here.busy = False
        try:
            given = next(_tensors((*args, *kwargs.values())), None)
            if given is not None:
                _note_call(session, self, given, _first(result), learning())
        except Exception as error:
            session.trouble("a module's call", error)
        return result

    return marked(called, original)


def _note_call(
    session: Session,
    module: Any,
    given: Any,
    output: Any,
    learning: bool,
) -> None:
    module = bare_module(module)
    watch = watch_of(session)
    if not watch.learns(module):
        return
    if learning and (module.training or output.requires_grad):
        watch.learned_from(module, given)
        return
    with session.own_work():
        _computed(watch, module, given, output)


def _computed(watch: Watch, module: Any, tensor: Any, output: Any) -> None:
    """Note what a module has computed without learning."""
    session = watch.session
    key, source = watch.source(tensor)
    if source is None:
        source = watch.read_of(tensor)
    one = watch.trainings.evaluate(module, key, lambda: watch.links(source, None))
    rows = len(output) if output.ndim else 1
    one.made(output, rows)
    known = session.tracker.get(module)
    data = Origin(artifact=one.links[0].artifact) if one.links else None
    model = known.sources()[0] if known is not None and known.sources() else None
    parents = tuple(Origin(artifact=link.artifact) for link in one.links)
    made = Origin(parents=(*parents, *((model,) if model else ())), operations=(PREDICT,))
    made.model, made.data = model, data
    role = one.links[0].role if one.links else None
    made.role = role if role != "input" else None
    session.tracker.bind(output, made)
    if model is not None:
        _remember(session, one, made)


def _remember(session: Session, one: Any, made: Origin) -> None:
    """Remember predictions by the number of rows of the whole pass, to recognise them later."""
    latest = session.tracker.predictions
    if one.calls > 1 and latest and latest[-1][0] < one.rows:
        latest.pop()
    latest.append((one.rows, made))


def _tensors(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if hasattr(value, "_base"):
            yield value
        elif isinstance(value, Mapping):
            yield from (one for one in value.values() if hasattr(one, "_base"))
        elif isinstance(value, list | tuple):
            yield from (one for one in value if hasattr(one, "_base"))


class _Nothing:
    """Stands for a result without tensors."""

    requires_grad = False
    ndim = 0


def _first(result: Any) -> Any:
    """Return the tensor that a result is or holds first; of an output with logits these."""
    logits = getattr(result, "logits", None)
    if logits is not None and hasattr(logits, "_base"):
        return logits
    return next(_tensors((result,)), _Nothing)


def _going_back(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return `Tensor.backward`, which also notes the loss and what it was computed against."""

    @functools.wraps(original)
    def backward(self: Any, *args: Any, **kwargs: Any) -> Any:
        session = _noting()
        if session is not None:
            try:
                watch = watch_of(session)
                watch.loss = self.detach()
                if watch.fresh:
                    watch.compared(self, list(_compared_with(self.grad_fn)))
            except Exception as error:
                session.trouble("a loss", error)
        return original(self, *args, **kwargs)

    return marked(backward, original)


def _compared_with(node: Any) -> Iterator[Any]:
    """Yield the targets that the functions behind a loss have kept for their gradient."""
    todo = [node]
    for _ in range(_DEEPEST_LOSS):
        if not todo:
            return
        node = todo.pop(0)
        target = getattr(node, "_saved_target", None)
        if target is not None:
            yield target
            return
        todo += [inner for inner, _ in getattr(node, "next_functions", ()) if inner is not None]


def _after_step(optimizer: Any, args: Any, kwargs: Any) -> None:
    session = _noting()
    if session is None:
        return
    try:
        watch_of(session).stepped(optimizer)
    except Exception as error:
        session.trouble("a step of an optimizer", error)


def _iterating(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return `DataLoader.__iter__`, which also counts the rounds."""

    @functools.wraps(original)
    def iterate(self: Any) -> Any:
        result = original(self)
        session = _noting()
        if session is not None:
            watch = watch_of(session)
            watch.loaders[result] = self
            number = watch.serial(self)
            watch.rounds[number] = watch.rounds.get(number, 0) + 1
        return result

    return marked(iterate, original)


def _fetching(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the iterator's `__next__`, which also remembers whose batch it was."""

    @functools.wraps(original)
    def fetch(self: Any) -> Any:
        if getattr(_here, "busy", False) or (session := _noting()) is None:
            return original(self)
        _here.busy = True
        try:
            result = original(self)
        finally:
            _here.busy = False
        watch = watch_of(session)
        loader = watch.loaders.get(self)
        if loader is not None:
            held = tuple(map(id, _tensors((result,))))
            watch.fed.append(Fed(loader, held))
        return result

    return marked(fetch, original)


MODULES = {"torch": patch, "torch.utils.data.dataloader": patch_loader}
