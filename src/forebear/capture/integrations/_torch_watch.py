"""What is known of the loaders, modules and optimizers of PyTorch that are at work."""

from __future__ import annotations

import sys
import weakref
from collections import deque
from itertools import count
from typing import Any, Final, NamedTuple

from forebear.capture.callsite import call_site
from forebear.capture.integrations.torch_data import know, links_of
from forebear.capture.objects import role_of
from forebear.capture.plain import plain
from forebear.capture.reading import origins_in_code
from forebear.capture.scopes import name_in_code
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.capture.trainings import PREDICT, Training, Trainings, link_to
from forebear.core.events import Link
from forebear.engines.weights import bare_name

__all__ = ["Fed", "Watch", "bare_module", "settings_of", "watch_of"]

_SETTINGS: Final = frozenset(
    "lr momentum dampening weight_decay nesterov betas eps amsgrad alpha rho lr_decay lambd t0"
    " max_iter history_size line_search_fn centered initial_accumulator_value".split()
)
_MOST_FED: Final = 8


class Fed(NamedTuple):
    """A batch that a loader has given."""

    loader: Any
    tensors: tuple[int, ...]


class _Fresh(NamedTuple):
    """A module that has learned from something for the first time."""

    module: Any
    source: Any


class _Read(NamedTuple):
    """Data that the code names as what a tensor was made of; nobody saw it happen."""

    origins: list[Origin]


class Watch:
    """What is known of the loaders, modules and optimizers at work."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.trainings = Trainings(session)
        self.trainings.on_over = self._over
        self.fed: deque[Fed] = deque(maxlen=_MOST_FED)
        self.fresh: list[_Fresh] = []
        self.targets: list[Any] = []
        """What a loss was computed against."""
        self.seen: set[tuple[int, Any]] = set()
        self.by_optimizer: dict[int, tuple[Any, list[Training]]] = {}
        self.loaders: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()
        """Iterators of loaders, with their loader."""
        self.rounds: dict[int, int] = {}
        """How often a loader was gone through."""
        self.known: dict[Any, list[Link]] = {}
        self.loss: Any = None
        self.serials: dict[int, tuple[Any, int]] = {}
        self._numbers = count()
        self._learning: dict[int, bool] = {}

    def serial(self, thing: Any) -> int:
        """Return a number for an object that no later object gets."""
        entry = self.serials.get(id(thing))
        if entry is None or entry[0]() is not thing:
            entry = self.serials[id(thing)] = (weakref.ref(thing), next(self._numbers))
        return entry[1]

    def learns(self, module: Any) -> bool:
        """Tell whether a module has weights: a loss has none."""
        number = self.serial(module)
        known = self._learning.get(number)
        if known is None:
            known = self._learning[number] = next(module.parameters(), None) is not None
        return known

    def source(self, tensor: Any) -> tuple[Any, Any]:
        """Return what a tensor comes from, with a key that tells it from other sources."""
        base = tensor._base
        for fed in reversed(self.fed):
            if id(tensor) in fed.tensors or (base is not None and id(base) in fed.tensors):
                return ("loader", self.serial(fed.loader)), fed.loader
        known = self.session.tracker.get(tensor)
        if known is not None and known.sources():
            whole = known.artifact is not None or PREDICT not in known.operations
            names = tuple(one.artifact for one in known.sources())
            return ("known", names, self.serial(tensor) if whole else 0), tensor
        if base is not None:
            return ("base", self.serial(base)), base
        if self.fed:
            loader = self.fed[-1].loader
            return ("loader", self.serial(loader)), loader
        return ("unseen",), None

    def learned_from(self, module: Any, tensor: Any) -> None:
        """Note that a module has been called to learn from a tensor."""
        key, source = self.source(tensor)
        place = (self.serial(module), key)
        if place not in self.seen:
            self.seen.add(place)
            source = self.read_of(tensor) if source is None else source
            self.fresh.append(_Fresh(module, source))

    def read_of(self, tensor: Any) -> Any:
        """Return a tensor that can be known, or what the code says that it was made of."""
        know(self.session, tensor)
        known = self.session.tracker.get(tensor)
        if known is not None and known.exact:
            return tensor
        return _Read(origins_in_code(self.session.tracker, tensor))

    def stepped(self, optimizer: Any) -> None:
        """Count a step of an optimizer; at the first, and when there is news, look at it."""
        entry = self.by_optimizer.get(id(optimizer))
        known = entry is not None and entry[0]() is optimizer
        if entry is None or not known or self.fresh or any(one.over for one in entry[1]):
            with self.session.own_work():
                trainings = self._attach(optimizer)
            self.by_optimizer[id(optimizer)] = (weakref.ref(optimizer), trainings)
        else:
            trainings = entry[1]
        for training in trainings:
            training.steps += 1
        self.fed.clear()

    def _attach(self, optimizer: Any) -> list[Training]:
        """Return the trainings that an optimizer steps, with the news of their data."""
        mine = {id(param) for group in optimizer.param_groups for param in group["params"]}
        going = list(self.trainings.going.values())
        trainings = [one for one in going if _holds(one.model, mine)]
        fresh = [one for one in self.fresh if _holds(one.module, mine)]
        self.fresh = [one for one in self.fresh if one not in fresh][-_MOST_FED:]
        for module in {id(one.module): one.module for one in fresh}.values():
            training = self.trainings.going.get(id(module))
            if training is None:
                training = self._begin(module, optimizer)
            if training not in trainings:
                trainings.append(training)
            training.batches |= {
                self.serial(one.source): one.source.batch_size
                for one in fresh
                if getattr(one.source, "batch_size", None) is not None
            }
        links = [link for one in fresh for link in self.links(one.source, "train")]
        links += self._targets({link.artifact for link in links})
        for training in trainings:
            for link in links:
                if link not in training.used:
                    training.used.append(link)
        return trainings

    def _begin(self, module: Any, optimizer: Any) -> Training:
        training = self.trainings.begin(module, f"{type(optimizer).__name__}.step", call_site())
        training.label = name_in_code(module)
        training.params = settings_of(optimizer)
        training.names = frozenset(map(bare_name, module.state_dict()))
        for part in module.modules():
            known = self.session.tracker.get(part)
            if part is not module and known is not None:
                training.used += link_to(known.sources(), "base")
        training.attrs = {
            "parameters": sum(one.numel() for one in module.parameters()),
            "library": "torch",
            "version": str(sys.modules["torch"].__version__),
        }
        started = dict(self.rounds)

        def figures() -> dict[str, float]:
            training.params["steps"] = training.steps
            for number, size in training.batches.items():
                rounds = self.rounds.get(number, 0) - started.get(number, 1) + 1
                training.params |= {"epochs": rounds, "batch_size": size}
            loss = self.loss
            return {"loss": float(loss)} if loss is not None and loss.numel() == 1 else {}

        training.metrics = figures
        return training

    def compared(self, loss: Any, targets: list[Any]) -> None:
        """Note what a loss was computed against, unless a loader gave it."""
        self.targets = []
        for tensor in targets:
            key, source = self.source(tensor)
            if key[0] == "loader":
                return
            source = self.read_of(tensor) if source is None else source
            if not isinstance(source, _Read):
                self.targets.append(source)
        if not self.targets:
            self.targets = [self.read_of(loss)]

    def _targets(self, known: set[str]) -> list[Link]:
        """Return the links to the targets that are not among the features."""
        links = [link for one in self.targets for link in self.links(one, "train")]
        self.targets = []
        return [
            Link(artifact=link.artifact, role=link.role, slot="y", evidence=link.evidence)
            for link in links
            if link.artifact not in known
        ]

    def links(self, source: Any, role: str | None) -> list[Link]:
        """Return the links to the data of a source, recorded the first time."""
        if isinstance(source, _Read):
            return [
                Link(
                    artifact=one.artifact or "",
                    role=role or role_of(one) or "input",
                    evidence="inferred",
                )
                for one in source.origins
            ]
        known = self.session.tracker.get(source)
        if known is not None and PREDICT in known.operations:
            return link_to(known.sources(), role or known.role or "input")
        found = self.known.get((self.serial(source), role))
        if found is None:
            found = links_of(self.session, source, role)
            self.known[self.serial(source), role] = found
        return found

    def _over(self, model: Any) -> None:
        number = self.serial(model)
        self.seen = {one for one in self.seen if one[0] != number}


_watches: weakref.WeakKeyDictionary[Session, Watch] = weakref.WeakKeyDictionary()


def watch_of(session: Session) -> Watch:
    """Return what is watched in a session."""
    found = _watches.get(session)
    if found is None:
        found = _watches[session] = Watch(session)
    return found


def bare_module(module: Any) -> Any:
    """Return the module inside what compiling it or spreading it over devices makes of it."""
    kind = type(module).__name__
    if kind == "OptimizedModule":
        return module._orig_mod
    return module.module if kind in ("DataParallel", "DistributedDataParallel") else module


def _holds(module: Any, params: set[int]) -> bool:
    return any(id(param) in params for param in module.parameters())


def settings_of(optimizer: Any) -> dict[str, Any]:
    """Return the class and the settings of an optimizer, those of its first group."""
    group = optimizer.param_groups[0]
    settings = {name: plain(group[name]) for name in group if name in _SETTINGS}
    return {"optimizer": type(optimizer).__name__, **settings}
