"""Where the rows of two pieces of data meet: which rows of a common ancestor are in both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from forebear.analysis.flowgraph import FlowGraph
from forebear.core.entities import Node
from forebear.core.events import StepRecorded
from forebear.core.flows import Passage
from forebear.core.ports import Store
from forebear.ops.row_maps import MapReader
from forebear.ops.training import flow_into, rows_known, steps_of

if TYPE_CHECKING:
    from forebear.analysis.rowways import Holding
    from forebear.engines.records import Records
    from forebear.ops.contents import Contents

__all__ = ["Meeting", "Shared"]


class Shared(NamedTuple):
    """Rows of an artifact from which both come; `known` is False where that could not be seen."""

    known: bool
    artifact: str = ""
    rows: Any = None
    """Their places there, ascending."""

    @property
    def number(self) -> int:
        """How many there are."""
        return 0 if self.rows is None else len(self.rows)


class Meeting:
    """The flow into some data, with the rows that each holds of what is above it.

    Of joined tables only the divided one counts (see `analysis.rowways.divided`).
    """

    def __init__(self, store: Store, artifacts: Sequence[str], seq: int | None) -> None:
        from forebear.analysis.rowways import divided

        self.graph: FlowGraph = flow_into(store, artifacts, seq)
        self.steps: dict[str, StepRecorded] = steps_of(store, self.graph, seq)
        self.nodes: dict[str, Node] = store.nodes(self.graph.order, seq)
        self.graph.rows = rows_known(self.nodes)
        self.reader = MapReader(store)
        self._load = divided(self.graph, self.reader)
        self._held: dict[str, dict[str, Holding]] = {}
        self._masks: dict[tuple[tuple[str, ...], str], tuple[Any, bool]] = {}
        self._several = _of_several_tables(self.graph, self.nodes)

    def held(self, artifact: str) -> dict[str, Holding]:
        """Return what an artifact holds of each one above it, itself included."""
        from forebear.analysis.rowways import up_from

        if artifact not in self._held:
            self._held[artifact] = up_from(self.graph, artifact, self._load)
        return self._held[artifact]

    def rows_of(self, artifacts: Iterable[str], above: str) -> tuple[Any, bool]:
        """Return a mask of the rows of `above` in any of these, and whether all ways were seen.

        The mask is None where none of them holds any row, or none that was seen.
        """
        key = tuple(artifacts), above
        if key not in self._masks:
            self._masks[key] = self._rows_of(*key)
        return self._masks[key]

    def _rows_of(self, artifacts: Iterable[str], above: str) -> tuple[Any, bool]:
        mask, seen = None, True
        if above in self._several:
            return None, False
        for one in artifacts:
            held = self.held(one).get(above)
            if held is None:
                continue
            seen &= not held.unseen and held.rows is not None
            if held.rows is not None:
                reached = held.rows.reached()
                mask = reached if mask is None else mask | reached
        return mask, seen

    def records(self, contents: Contents, root: str, rows: int) -> Records | None:
        """Return the records of a source; of one in memory those of a file with all its rows."""
        if self.nodes[root].in_memory:
            for artifact in self.graph.below([root]):
                node = self.nodes.get(artifact)
                if node is None or node.in_memory:
                    continue
                held = self.held(artifact).get(root)
                same = held is not None and held.rows is not None and held.rows.is_identity()
                records = contents.of(node, rows=rows) if same else None
                if records is not None:
                    return records
        return contents.of(self.nodes[root], rows=rows)

    def shared(self, fitted: Sequence[str], tested: Sequence[str]) -> Shared:
        """Return the rows that went into both, of the furthest common ancestor that has any.

        What was seen below an unseen step counts too: there the rows are those of the data that
        the step made.
        """
        mine, theirs = (set[str]().union(*map(self.held, some)) for some in (fitted, tested))
        common = [one for one in self.graph.order if one in mine and one in theirs]
        known = not common
        for one in common:
            (fit, all_fit), (test, all_test) = (self.rows_of(ids, one) for ids in (fitted, tested))
            if fit is not None and test is not None:
                both = fit & test
                if both.any():
                    return Shared(True, one, both.nonzero()[0])
            known |= all_fit and all_test
        return Shared(known)

    def set_apart(self, artifact: str) -> tuple[str, int] | None:
        """Return the step, and the operation in it, at which rows were last chosen for this."""
        at = artifact
        for _ in range(len(self.graph.order)):
            arriving = self.graph.into.get(at, ())
            if not arriving:
                return None
            passage = arriving[0]
            if not self._all_rows(passage):
                step = self.steps.get(passage.run or "")
                operations = step.operations if step else []
                cuts = [n for n, one in enumerate(operations) if one.rows_in != one.rows_out]
                return passage.run or "", cuts[-1] if cuts else -1
            at = passage.source
        return None

    @staticmethod
    def _all_rows(passage: Passage) -> bool:
        return passage.whole or (
            passage.reached is not None and passage.reached == passage.n_in == passage.n_out
        )


def _of_several_tables(graph: FlowGraph, nodes: Mapping[str, Node]) -> set[str]:
    """Return archives whose arrays differ in length: rows of one are not those of another."""
    sizes: dict[str, set[int]] = {}
    for passage in graph.passages:
        node = nodes.get(passage.source)
        if node is not None and node.format == "npz" and passage.n_in is not None:
            sizes.setdefault(passage.source, set()).add(passage.n_in)
    return {source for source, some in sizes.items() if len(some) > 1}
