"""Which models learned from data that comes from one source, in which part, and by what way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from msgspec import Struct

from forebear.analysis.flowgraph import FlowGraph, gather
from forebear.analysis.verdict import called
from forebear.core.entities import Edge, Node
from forebear.core.flows import Passage
from forebear.core.ports import Store
from forebear.ops.kin import grouped
from forebear.ops.training import BASES

__all__ = ["Holder", "Learners", "PartWord"]

PartWord = Literal["train", "validation", "test", "fitted", "base"]
_PARTS: Final[dict[str | None, PartWord]] = {
    "train": "train",
    "validation": "validation",
    "test": "test",
}
_SAME: Final = "export"
_BITS: Final[dict[PartWord, int]] = {
    "train": 1,
    "validation": 2,
    "fitted": 4,
    "base": 8,
    "test": 16,
}


class Holder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that contains a record, or may."""

    id: str
    title: str
    kind: str
    certain: bool
    """False: it may contain it, by a way of which the rows were not seen."""
    parts: list[PartWord] = []
    """Of data: what it was used for. Of a model: in which part it met the record; `fitted` by a
    fitted transformer on the way, `base` by a model that it builds on."""
    name: str | None = None
    version: int | None = None
    in_memory: bool = False
    rows: int | None = None
    """How many of the source's rows with these keys it contains, where there are several."""
    also: list[str] = []
    """Ids of the same model elsewhere."""


class Learners:
    """All data and models that a source can reach.

    A model holds the rows of the data that it was trained and validated on. It also holds, as
    `base`, those of the models that it builds on, and, as `fitted`, those of fitted models that
    made its data: a scaler, an imputer, a model whose predictions it learns from.
    """

    def __init__(self, store: Store, source: str, seq: int | None) -> None:
        self._store, self._seq = store, seq
        self.parts: dict[str, dict[PartWord, None]] = {}
        """What data was used for."""
        self._models: dict[str, Node] = {}
        self._learned: dict[str, dict[str, PartWord]] = {}
        """For each model the data that it learned from."""
        self._guessed: set[tuple[str, str]] = set()
        """Pairs of a model and data of which that is inferred."""
        self._parents: dict[str, dict[str, PartWord | Literal["same"]]] = {}
        self._made_with: dict[str, set[str]] = {}
        """For data the fitted models that made it."""
        self._exports: list[Edge] = []
        self.graph = self._gathered(source)
        self._take_in_fitted()
        self._tabulated()

    def _gathered(self, source: str) -> FlowGraph:
        """Return all data below the source, and below what was made with its models."""
        starts, seen = {source: None}, set[str]()
        while True:
            graph = gather(list(starts), self._leaving, down=True)
            fresh = [id for id in graph.order if id not in seen]
            seen.update(fresh)
            models = self._learn(fresh)
            while models:
                models = self._followed(models)
            more = [id for id in self._made_with if id not in seen]
            if not more:
                return graph
            starts |= dict.fromkeys(more)

    def _leaving(self, ids: Sequence[str]) -> list[Passage]:
        return self._store.flows.passages(ids, "down", self._seq)

    def _learn(self, data: Sequence[str]) -> list[str]:
        """Take in what data was used for; return models that were met for the first time."""
        by_step: dict[str, list[Edge]] = {}
        for edge in self._down(data, "used"):
            part = _PARTS.get(edge.role)
            if part is not None:
                self.parts.setdefault(edge.source, {})[part] = None
            if part != "test":
                by_step.setdefault(edge.target, []).append(edge)
        made = self._down(list(by_step), "generated")
        fresh = self._models_among([edge.target for edge in made])
        for edge in made:
            if edge.target in self._models:
                learned = self._learned.setdefault(edge.target, {})
                for one in by_step[edge.source]:
                    # What made a model of data that nobody gave a part learned from it.
                    part = _PARTS.get(one.role, "train")
                    if learned.get(one.source) != "train":
                        learned[one.source] = part
                    if one.evidence == "inferred":
                        self._guessed.add((edge.target, one.source))
        return fresh

    def _followed(self, models: Sequence[str]) -> list[str]:
        """Take in what these models were used for; return further ones that build on them."""
        derived = self._down(models, "derived")
        used = [edge for edge in self._down(models, "used") if edge.role in {*BASES, "model"}]
        made = self._down(list(dict.fromkeys(edge.target for edge in used)), "generated")
        fresh = self._models_among([edge.target for edge in (*derived, *made)])
        for edge in derived:
            if edge.target in self._models:
                same = edge.relation == _SAME
                self._exports += [edge] if same else []
                self._parents.setdefault(edge.target, {})[edge.source] = "same" if same else "base"
        makers: dict[str, list[Edge]] = {}
        for edge in used:
            makers.setdefault(edge.target, []).append(edge)
        for edge in made:
            for one in makers[edge.source]:
                if edge.target not in self._models:
                    self._made_with.setdefault(edge.target, set()).add(one.source)
                elif one.role in BASES:
                    self._parents.setdefault(edge.target, {}).setdefault(one.source, "base")
        return fresh

    def _down(self, ids: Sequence[str], type: str) -> list[Edge]:
        return [e for e in self._store.edges(ids, "down", seq=self._seq) if e.type == type]

    def _models_among(self, ids: Sequence[str]) -> list[str]:
        """Take in those of these that are models; return the new ones."""
        unknown = [id for id in dict.fromkeys(ids) if id not in self._models]
        nodes = self._store.nodes(unknown, self._seq)
        fresh = {id: node for id, node in nodes.items() if node.kind == "model"}
        self._models |= fresh
        return list(fresh)

    def _take_in_fitted(self) -> None:
        """Let each model know the fitted models that made its data, however far above."""
        through: dict[str, set[str]] = {}
        for id in self.graph.order:
            found = set(self._made_with.get(id, ()))
            for passage in self.graph.into.get(id, ()):
                found |= through.get(passage.source, set())
            through[id] = found
        for model, data in self._learned.items():
            parents = self._parents.setdefault(model, {})
            for id in data:
                for other in through.get(id, ()):
                    if other != model:
                        parents.setdefault(other, "fitted")

    def _tabulated(self) -> None:
        """Put it all into arrays: models by groups of guises, data by their places."""
        import numpy as np

        groups = grouped(self._models.values(), self._exports)
        self._groups = [_Group(nodes) for nodes in groups]
        of = {node.id: place for place, nodes in enumerate(groups) for node in nodes}
        places = {id: place for place, id in enumerate(self.graph.order)}
        learned = [
            (of[model], places[id], _BITS[part], (model, id) in self._guessed)
            for model, data in self._learned.items()
            for id, part in data.items()
        ]
        builds = [
            (of[model], of[parent], _BITS[how])
            for model, parents in self._parents.items()
            for parent, how in parents.items()
            if how != "same" and parent in of and of[model] != of[parent]
        ]
        self._learning = np.array(learned, np.int64).reshape(-1, 4).T
        self._building = np.array(builds, np.int64).reshape(-1, 3).T

    def holding(self, certain: Any, perhaps: Any) -> list[Holder]:
        """Return the models that hold rows, given masks over the data which hold them."""
        sure = self._reached(certain, guessed=False)
        found = [self._groups[at].holder(int(sure[at])) for at in sure.nonzero()[0].tolist()]
        if perhaps.any() or self._guessed:
            maybe = self._reached(certain | perhaps, guessed=True)
            more = ((maybe > 0) & (sure == 0)).nonzero()[0].tolist()
            found += [self._groups[at].holder(int(maybe[at]), certain=False) for at in more]
        return found

    def _reached(self, data: Any, *, guessed: bool) -> Any:
        """Return for each group of models the parts (as bits) in which it met such data."""
        import numpy as np

        state = np.zeros(len(self._groups), np.int64)
        group, place, part, guess = self._learning
        there = data[place] & ((guess == 0) | guessed)
        np.bitwise_or.at(state, group[there], part[there])
        child, parent, how = self._building
        while True:
            before = state.copy()
            reached = state[parent] > 0
            np.bitwise_or.at(state, child[reached], how[reached])
            if (state == before).all():
                return state


class _Group:
    """One model in all its guises; what an answer says of it is made once."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = nodes
        self._made: dict[tuple[int, bool], Holder] = {}

    def holder(self, parts: int, *, certain: bool = True) -> Holder:
        known = self._made.get((parts, certain))
        if known is None:
            known = self._made[parts, certain] = self._holder(parts, certain=certain)
        return known

    def _holder(self, parts: int, *, certain: bool) -> Holder:
        first = self._nodes[0]
        return Holder(
            id=first.id,
            title=called(first),
            kind="model",
            certain=certain,
            parts=[part for part, bit in _BITS.items() if parts & bit],
            name=first.name if first.version is not None else None,
            version=first.version,
            in_memory=first.in_memory,
            also=[node.id for node in self._nodes[1:]],
        )
