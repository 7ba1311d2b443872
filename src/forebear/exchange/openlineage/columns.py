"""Column lineage: what the facet says, as flows from columns into columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from forebear.core.events import Feed, Flow, Operation
from forebear.exchange.openlineage import facets
from forebear.exchange.openlineage.explicit import key_of
from forebear.exchange.openlineage.naming import DatasetKey
from forebear.exchange.openlineage.versions import Met

__all__ = ["flow_of"]

_MOST: Final = 10_000
"""Pairs of sources and targets of one run up to which each target is told of all sources."""


def flow_of(
    met: Met, sources: Sequence[DatasetKey], targets: Iterable[DatasetKey]
) -> tuple[list[Operation], list[Flow]]:
    """Return the operations and flows of those targets of which columns are told.

    That no column of a source went into a target is told too, unless there are very many of both:
    of those that no column came from nothing is known then.
    """
    operations: list[Operation] = []
    flows: list[Flow] = []
    targets = list(targets)
    if len(sources) * len(targets) > _MOST:
        sources = []
    for target in targets:
        said = facets.read(met.outputs[target].facets, "columnLineage", facets.ColumnLineage)
        if said is None or not said.fields:
            continue
        flow = _Flow(met, sources, operations)
        columns = {name: flow.feed(one) for name, one in sorted(said.fields.items())}
        flow.rows_by(said.dataset or ())
        flows += [
            Flow(target=one.artifact, sources=flow.artifacts, columns=columns)
            for one in met.written[target]
        ]
    return operations, flows


class _Flow:
    """The columns of one target, with the places of sources and operations."""

    def __init__(
        self, met: Met, sources: Sequence[DatasetKey], operations: list[Operation]
    ) -> None:
        self._met, self._operations = met, operations
        self.artifacts: list[str] = []
        self._places: dict[DatasetKey, list[int]] = {}
        for key in sources:
            self._place(key)

    def feed(self, said: facets.FieldSources) -> Feed:
        """Return what one column was made of."""
        columns: list[tuple[int, str]] = []
        through: list[int] = []
        for one in said.input_fields:
            ways = one.transformations or []
            if ways and all(str(way.type).upper() == "INDIRECT" for way in ways):
                self.rows_by([one])
                continue
            places = self._place(self._met.view.canonical(key_of(one)))
            columns += [(place, one.field or "*") for place in places]
            through += [self._operation(way) for way in ways if _does(way)]
        return Feed(list(dict.fromkeys(columns)), list(dict.fromkeys(through)))

    def rows_by(self, fields: Iterable[facets.InputField]) -> None:
        """Note columns that decided about rows: of a filter, a join, a sort."""
        for one in fields:
            for way in one.transformations or [facets.Transformation()]:
                name = (way.subtype or way.type or "indirect").lower()
                if one.field:
                    self._add(Operation(name=name, by=[one.field]))

    def _operation(self, way: facets.Transformation) -> int:
        name = (way.subtype or way.type or "transformation").lower()
        if way.masking:
            name += " (masking)"
        return self._add(Operation(name=name, pooled=str(way.subtype).upper() == "AGGREGATION"))

    def _add(self, operation: Operation) -> int:
        if operation not in self._operations:
            self._operations.append(operation)
        return self._operations.index(operation)

    def _place(self, key: DatasetKey) -> list[int]:
        if key not in self._places:
            known = self._met.read.get(key) or self._met.written.get(key, [])
            first = len(self.artifacts)
            self.artifacts += [one.artifact for one in known]
            self._places[key] = list(range(first, len(self.artifacts)))
        return self._places[key]


def _does(way: facets.Transformation) -> bool:
    """Tell whether a transformation changes values."""
    return str(way.subtype or way.type).upper() not in ("IDENTITY", "DIRECT", "NONE")
