"""What a model said about the rows of its test data, beside what was true of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from forebear.analysis.columns import origins, spoken_in
from forebear.analysis.groups import GroupFigures, figures_by_group
from forebear.core.entities import Node
from forebear.core.errors import ForebearError
from forebear.core.ports import Store
from forebear.core.rows import MetricRow
from forebear.engines.records import canonical, load_array
from forebear.ops.contents import Contents
from forebear.ops.row_maps import MapReader
from forebear.ops.training import Learned, columns_in, flow_into, measured_on, rows_known, steps_of

__all__ = ["Predicted"]

_MOST_CLASSES: Final = 50

Table = tuple[str, str, str, list[GroupFigures]]
"""The data, the predictions, the class that counts as selected, and the figures."""


class Predicted:
    """Kept predictions of a model on its test data."""

    def __init__(
        self,
        store: Store,
        model: Learned,
        roots: Sequence[str],
        contents: Contents,
        seq: int | None,
    ) -> None:
        self._store, self._model, self._contents, self._seq = store, model, contents, seq
        self._roots = roots
        self.gaps: dict[str, None] = {}
        parts, self._figures = measured_on(store, model, seq)
        self._test = parts["test"] or parts["input"]

    def by_group(self, source: str, groups: Sequence[str], positive: str | None) -> Table | None:
        """Return the figures by the groups of the source's rows; None where there are none."""
        found = self._predictions()
        if found is None:
            self.gaps["no predictions on test data were kept: there are no figures by group"] = None
            return None
        data, node, values = found
        rows = self._rows(data, source)
        if rows is None or len(rows) != len(values):
            self.gaps["which rows were predicted was not seen: there are no figures by group"] = (
                None
            )
            return None
        kept = [place for place, row in enumerate(rows) if 0 <= row < len(groups)]
        said = [values[place] for place in kept]
        if len(set(said)) > _MOST_CLASSES:
            self.gaps["the predictions are no classes: there are no figures by group"] = None
            return None
        actual = self._actual(said, [rows[place] for place in kept], source)
        chosen = (
            canonical(positive)
            if positive is not None
            else max(
                {*said, *(actual or [])}, key=lambda one: (isinstance(one, str), one), default=1
            )
        )
        told = [groups[rows[place]] for place in kept]
        return data, node.id, str(chosen), figures_by_group(told, said, actual, chosen)

    def _predictions(self) -> tuple[str, Node, list[Any]] | None:
        """Return the newest kept predictions of classes on test data."""
        used = self._store.edges(self._model.ids, "down", seq=self._seq)
        steps = self._store.nodes([e.target for e in used if e.type == "used"], self._seq)
        predicting = [
            node.id
            for node in steps.values()
            if node.kind == "predict" and (node.name or "").endswith(".predict")
        ]
        inputs = self._store.edges(predicting, "up", seq=self._seq)
        made = self._store.edges(predicting, "down", seq=self._seq)
        nodes = self._store.nodes([e.target for e in made if e.type == "generated"], self._seq)
        for edge in reversed(made):
            data = [e.source for e in inputs if e.target == edge.source and e.source in self._test]
            node = nodes.get(edge.target)
            digest = node.attrs.get("values") if node is not None else None
            if data and node is not None and isinstance(digest, str):
                values = self._values(digest)
                if values is not None:
                    return data[0], node, values
        return None

    def _values(self, digest: str) -> list[Any] | None:
        try:
            array = load_array(self._store.blobs.get(digest))
        except (ForebearError, ValueError):
            return None
        flat = array.reshape(len(array), -1) if array.ndim else array.reshape(1, 1)
        return [canonical(str(one)) for one in flat[:, 0].tolist()] if flat.shape[1] == 1 else None

    def _rows(self, data: str, source: str) -> list[int] | None:
        """Return the row of the source that each row of the data holds."""
        from forebear.analysis.rowways import up_from

        graph = flow_into(self._store, [data], self._seq)
        graph.rows = rows_known(self._store.nodes(graph.order, self._seq))
        held = up_from(graph, data, MapReader(self._store)).get(source)
        if held is None or held.rows is None or held.unseen or held.rows.is_grouped:
            return None
        found: list[int] = held.rows.positions().tolist()
        return found

    def _actual(self, said: Sequence[Any], rows: Sequence[int], source: str) -> list[Any] | None:
        """Return the true classes: the column of the source that the target is.

        Where the target has other words for the classes than the source, they are taken for each
        other in the one way that gives the accuracy that was measured.
        """
        column = self._target_column(source)
        node = self._store.node(source, self._seq)
        records = self._contents.of(node) if node is not None and column else None
        texts = records.column(column) if records is not None and column else None
        if texts is None:
            self.gaps["the true classes of test rows are not known: only selection is told"] = None
            return None
        found: list[Any] = [canonical(texts[row]) for row in rows]
        if set(said) <= set(found):
            return found
        words, classes = sorted(set(found), key=str), sorted(set(said), key=str)
        if len(words) == len(classes) == 2:
            for first, second in ((0, 1), (1, 0)):
                of = {words[0]: classes[first], words[1]: classes[second]}
                turned = [of[one] for one in found]
                if _agrees(said, turned, self._figures):
                    return turned
        self.gaps[
            "the target has other words for classes than the source: only selection is told"
        ] = None
        return None

    def _target_column(self, source: str) -> str | None:
        """Return the one column of the source that the target was made of."""
        targets = self._model.train_data(slot="y")
        graph = flow_into(self._store, targets, self._seq)
        nodes = self._store.nodes(graph.order, self._seq)
        steps = steps_of(self._store, graph, self._seq)
        made_of = origins(
            graph,
            steps,
            lambda id: columns_in(self._store, nodes[id], self._seq) if id in nodes else [],
            spoken_in(graph, steps),
        )
        found = {
            place.column
            for target in targets
            for trails in made_of.get(target, {}).values()
            for place, trail in trails.items()
            if place.artifact == source and trail.seen
        }
        return found.pop() if len(found) == 1 else None


def _agrees(said: Sequence[Any], true: Sequence[Any], figures: Sequence[MetricRow]) -> bool:
    """Tell whether an accuracy that was measured is that of these classes."""
    share = sum(one == two for one, two in zip(said, true, strict=True)) / max(len(said), 1)
    return any(
        row.metric.key.startswith("accuracy")
        and isinstance(row.metric.value, float)
        and abs(row.metric.value - share) < 1e-9
        for row in figures
    )
