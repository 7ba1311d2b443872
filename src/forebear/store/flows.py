"""How data went into data: the table of flows, and the steps as they were told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from forebear.core.events import StepRecorded
from forebear.core.flows import Flows, Passage
from forebear.core.lineage import Direction
from forebear.store import ledger
from forebear.store.blobs import FileBlobs
from forebear.store.closure import folder_for
from forebear.store.database import Database
from forebear.store.reading import Reader
from forebear.store.recursion import numbers_of
from forebear.store.words import ALL, EDGE_TYPES

if TYPE_CHECKING:
    from forebear.store.membership import Membership

__all__ = ["FlowTables", "maps"]

_FLOWS: Final = """
SELECT flow.seq, flow.n, flow.n_in, flow.n_out, flow.reached, flow.whole, flow.map,
       source.key AS source_key, target.key AS target_key, run.key AS run_key
FROM flow JOIN node AS source ON source.id = flow.source
JOIN node AS target ON target.id = flow.target
JOIN node AS run ON run.id = flow.run
WHERE flow.{end} IN :nodes AND flow.seq <= :bound
"""
# Pairs of what a run used and made, but for what flows of that run tell of.
_UNSAID: Final = """
SELECT source.key AS source_key, target.key AS target_key, run.key AS run_key, made.seq
FROM edge AS used
JOIN edge AS made ON made.source = used.target AND made.type = :generated
JOIN node AS source ON source.id = used.source
JOIN node AS target ON target.id = made.target
JOIN node AS run ON run.id = made.source
WHERE {end} IN :nodes AND used.type = :used
  AND used.role NOT IN ('code', 'environment', 'diff', 'model', 'base', 'teacher')
  AND used.source <> made.target AND used.seq <= :bound AND made.seq <= :bound
  AND NOT EXISTS (SELECT 1 FROM flow WHERE flow.run = made.source AND flow.target = made.target)
  AND NOT EXISTS (
      SELECT 1 FROM artifact
      WHERE artifact.node IN (made.target, used.source)
        AND artifact.kind IN ('model', 'code', 'environment')
  )
"""
_DERIVED: Final = """
SELECT source.key AS source_key, target.key AS target_key, edge.relation, edge.seq
FROM edge JOIN node AS source ON source.id = edge.source
JOIN node AS target ON target.id = edge.target
WHERE {end} IN :nodes AND edge.type = :derived AND edge.seq <= :bound
  AND NOT EXISTS (
      SELECT 1 FROM artifact
      WHERE artifact.node IN (edge.target, edge.source)
        AND artifact.kind IN ('model', 'code', 'environment')
  )
"""
_ENDS: Final = {"up": "target", "down": "source"}
_OF_PAIRS: Final = {"up": "made.target", "down": "used.source"}
_LATER: Final = """
SELECT key FROM node
WHERE type = 'artifact' AND id IN (
    SELECT target FROM flow WHERE seq > :after
    UNION SELECT target FROM edge WHERE seq > :after
    UNION SELECT made.target FROM edge AS made JOIN edge AS used ON used.target = made.source
          WHERE used.seq > :after
)
ORDER BY id
"""
_STEPS: Final = """
SELECT seq, body FROM event
WHERE seq IN (SELECT run.seq FROM run WHERE run.node IN :nodes) AND seq <= :bound
ORDER BY seq
"""
_AGGREGATING: Final = """
SELECT DISTINCT node.key FROM aggregate JOIN node ON node.id = aggregate.run
WHERE aggregate.seq <= :bound
"""
_SAME: Final = ("copy", "export")
"""Relations of what has the rows of what it is derived from."""


class FlowTables(Flows):
    """The flows of one store; implements `forebear.core.flows.Flows`."""

    def __init__(
        self, database: Database, blobs: FileBlobs, reveal: Callable[[bytes], bytes]
    ) -> None:
        self._database, self._blobs, self._reveal = database, blobs, reveal

    def passages(
        self, artifacts: Sequence[str], direction: Direction, seq: int | None = None
    ) -> list[Passage]:
        """What arrives at (`up`) or leaves (`down`) any of these, in the order of recording."""
        bound = ALL if seq is None else seq
        with self._database.reading() as reader:
            nodes = list(numbers_of(reader, artifacts).values())
            query = _FLOWS.format(end=_ENDS[direction])
            found = [_told(row) for row in reader.rows(query, nodes=nodes, bound=bound)]
            found += _followed(reader, nodes, direction, bound)
        return sorted(found, key=lambda one: (one.seq, one.n))

    def later(self, after: int) -> list[str]:
        """Artifacts into which something went that was recorded after this `seq`."""
        with self._database.reading() as reader:
            return reader.column(_LATER, after=after)

    def map_bytes(self, passage: Passage) -> bytes | None:
        """The row map of a passage in its encoded form; None where it is `whole` or not seen."""
        if passage.map is not None:
            return self._blobs.get(passage.map)
        if passage.whole or not passage.seen:
            return None
        query = "SELECT data FROM flow WHERE seq = :seq AND n = :n"
        with self._database.reading() as reader:
            data = reader.value(query, seq=passage.seq, n=passage.n)
        return None if data is None else bytes(data)

    def membership(self, source: str) -> Membership:
        """The index of which artifacts hold which rows of `source`, as far as it was made."""
        from forebear.store.membership import Membership

        graph = folder_for(self._database.place, self._blobs.root.parent)
        beside = graph.name == "graph"
        folder = graph.with_name("rows") if beside else graph.parent.with_name("rows") / graph.name
        name = hashlib.sha256(source.encode()).hexdigest()[:32]
        return Membership(folder / name, source, self._leaf_at)

    def aggregating(self, seq: int | None = None) -> list[str]:
        """The steps that made nothing but figures over many rows."""
        with self._database.reading() as reader:
            return reader.column(_AGGREGATING, bound=ALL if seq is None else seq)

    def _leaf_at(self, seq: int) -> str | None:
        with self._database.reading() as reader:
            found = ledger.leaf_hashes(reader, seq - 1, seq)
        return found[0].hex() if found else None

    def steps(self, runs: Sequence[str], seq: int | None = None) -> dict[str, StepRecorded]:
        """What was recorded of these steps, by their ids; runs that are no steps are left out."""
        with self._database.reading() as reader:
            numbers = list(numbers_of(reader, runs).values())
            return {step.run: step for step in self._steps(reader, numbers, seq)}

    def _steps(self, reader: Reader, nodes: list[int], seq: int | None) -> list[StepRecorded]:
        found = []
        for _, body in reader.tuples(_STEPS, nodes=nodes, bound=ALL if seq is None else seq):
            told = ledger.told(ledger.as_bytes(body), self._reveal)
            if isinstance(told, StepRecorded):
                found.append(told)
        return found


def maps(reader: Reader) -> list[str]:
    """Return the digests of all row maps that are in the content store."""
    return reader.column("SELECT DISTINCT map FROM flow WHERE map IS NOT NULL")


def _told(row: Any) -> Passage:
    return Passage(
        source=row.source_key,
        target=row.target_key,
        run=row.run_key,
        seq=row.seq,
        n=row.n,
        n_in=row.n_in,
        n_out=row.n_out,
        reached=row.reached,
        whole=bool(row.whole),
        map=row.map,
    )


def _followed(reader: Reader, nodes: list[int], direction: Direction, bound: int) -> list[Passage]:
    """Return what must have gone where, though no flow says so."""
    found: dict[tuple[str, str, str | None], Passage] = {}
    pairs = _UNSAID.format(end=_OF_PAIRS[direction])
    types = {word: EDGE_TYPES[word] for word in ("used", "generated")}
    for row in reader.rows(pairs, nodes=nodes, bound=bound, **types):
        key = row.source_key, row.target_key, row.run_key
        found.setdefault(
            key, Passage(source=key[0], target=key[1], run=key[2], seq=row.seq, told=False)
        )
    derived = _DERIVED.format(end=f"edge.{_ENDS[direction]}")
    for row in reader.rows(derived, nodes=nodes, bound=bound, derived=EDGE_TYPES["derived"]):
        found.setdefault(
            (row.source_key, row.target_key, None),
            Passage(
                source=row.source_key,
                target=row.target_key,
                run=None,
                seq=row.seq,
                told=False,
                relation=row.relation,
                whole=row.relation in _SAME,
            ),
        )
    return list(found.values())
