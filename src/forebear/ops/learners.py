"""Which models learned from data that comes from one source, in which part, and by what way."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, Literal

from forebear.analysis.flowgraph import FlowGraph, gather
from forebear.core.entities import Edge, Node
from forebear.core.flows import Passage
from forebear.core.ports import Store
from forebear.ops.kin import grouped

__all__ = ["Learners", "PartWord"]

PartWord = Literal["train", "validation", "test", "fitted", "base"]
_PARTS: Final[dict[str | None, PartWord]] = {
    "train": "train",
    "validation": "validation",
    "test": "test",
}
_SAME: Final = "export"


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
        self._order = _ordered(self._models, self._parents)
        self._groups = grouped(self._models.values(), self._exports)

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
        used = [edge for edge in self._down(models, "used") if edge.role in ("base", "model")]
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
                elif one.role == "base":
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

    def holding(
        self, certain: Collection[str], perhaps: Collection[str]
    ) -> Iterator[tuple[list[Node], list[PartWord], bool]]:
        """Yield each model that holds rows which such data hold: its guises, parts, certainty."""
        sure = self._reached(certain, guessed=False)
        more = bool(perhaps or self._guessed)
        maybe = self._reached({*certain, *perhaps}, guessed=True) if more else {}
        for group in self._groups:
            for found, is_sure in ((sure, True), (maybe, False)):
                parts = {part: None for node in group for part in found.get(node.id, ())}
                if parts:
                    yield group, list(parts), is_sure
                    break

    def _reached(self, data: Collection[str], *, guessed: bool) -> dict[str, dict[PartWord, None]]:
        found: dict[str, dict[PartWord, None]] = {}
        if not data:
            return found
        for model in self._order:
            parts: dict[PartWord, None] = {}
            for id, part in self._learned.get(model, {}).items():
                if id in data and (guessed or (model, id) not in self._guessed):
                    parts[part] = None
            for parent, how in self._parents.get(model, {}).items():
                theirs = found.get(parent)
                if theirs:
                    parts |= theirs if how == "same" else {how: None}
            if parts:
                found[model] = parts
        return found


def _ordered(models: Collection[str], parents: Mapping[str, Collection[str]]) -> list[str]:
    """Return models, each behind those that it has something of."""
    order: dict[str, None] = {}
    for start in models:
        pending: list[tuple[str, bool]] = [(start, False)]
        entered: set[str] = set()
        while pending:
            model, done = pending.pop()
            if done:
                order[model] = None
            elif model not in order and model not in entered:
                entered.add(model)
                pending.append((model, True))
                pending += [(one, False) for one in parents.get(model, ()) if one in models]
    return list(order)
