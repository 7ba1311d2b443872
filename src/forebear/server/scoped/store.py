"""The port of the store, over another store, for somebody who sees some workspaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from forebear.analysis.verdict import counted
from forebear.core.accounts import Accounts
from forebear.core.entities import Node
from forebear.core.errors import Forbidden
from forebear.core.events import AliasMoved, AnyEvent, Stated
from forebear.core.expectations import Expectation
from forebear.core.intakes import Intake, Intakes
from forebear.core.ports import HashTree, Identities
from forebear.core.refs import NameKind
from forebear.core.rows import (
    AliasRow,
    Appended,
    Fault,
    GapRow,
    Head,
    LocationRow,
    MetricRow,
    NameRow,
    Refusal,
    ReproductionRow,
    RunFigures,
    RunRow,
    Sketch,
    StoredEvent,
    VersionRow,
)
from forebear.core.statements import about_name
from forebear.server.scoped.graph import ScopedGraph
from forebear.server.scoped.parts import (
    ScopedBlobs,
    ScopedFlows,
    ScopedPhrases,
    ScopedStatements,
)

__all__ = ["ScopedStore"]

T = TypeVar("T", AliasRow, LocationRow, ReproductionRow, MetricRow, GapRow)

_PAGE = 200


class ScopedStore(ScopedGraph):
    """A store as somebody sees it; see the package.

    With `decides` nothing is written once something was withheld: what it would rest on is not
    known to who decides.
    """

    @property
    def blobs(self) -> ScopedBlobs:
        """Kept bytes, but for those of artifacts that are not seen."""
        return ScopedBlobs(self._inner, self._sight)

    @property
    def flows(self) -> ScopedFlows:
        """How data went into data."""
        return ScopedFlows(self._inner.flows, self._sight)

    @property
    def statements(self) -> ScopedStatements:
        """What is said where it is seen."""
        return ScopedStatements(self._inner.statements, self._sight)

    @property
    def phrases(self) -> ScopedPhrases:
        """Texts about what is seen."""
        return ScopedPhrases(self._inner.phrases, self._sight)

    @property
    def identities(self) -> Identities:
        """Names behind commitments: whoever sees an event sees the names in it."""
        return self._inner.identities

    @property
    def accounts(self) -> Accounts:
        """Accounts are no matter of workspaces."""
        return self._inner.accounts

    @property
    def intakes(self) -> Intakes:
        """From whom events came in is asked of events that are seen."""
        return self._inner.intakes

    @property
    def tree(self) -> HashTree:
        """Hashes tell nothing of what was hashed."""
        return self._inner.tree

    def append(
        self,
        events: Iterable[AnyEvent],
        *,
        expect: Expectation | None = None,
        intake: Intake | None = None,
    ) -> Appended:
        """Write events."""
        said = list(events)
        if self._decides:
            self._check_grounds(said)
        return self._inner.append(said, expect=expect, intake=intake)

    def append_encoded(self, bodies: Iterable[bytes], *, intake: Intake | None = None) -> Appended:
        """Write events that are already in their canonical bytes."""
        return self._inner.append_encoded(bodies, intake=intake)

    def events(self, after: int = 0) -> Iterator[StoredEvent]:
        """All events that are seen, in order."""
        return (one for one in self._inner.events(after) if self._sight.event(one.seq))

    def refusals(self) -> list[Refusal]:
        """None: they are of everybody."""
        return []

    def head(self) -> Head:
        """How far the ledger reaches, with what is not seen."""
        return self._inner.head()

    def leaf_hashes(self, start: int, stop: int) -> list[bytes]:
        """Hashes tell nothing of what was hashed."""
        return self._inner.leaf_hashes(start, stop)

    def recorded_by(self, id: str) -> list[int]:
        """The events that are seen and tell of this."""
        if not self._sight.thing(id):
            return []
        return [seq for seq in self._inner.recorded_by(id) if self._sight.event(seq)]

    def first_recorded(self, ids: Sequence[str]) -> dict[str, datetime]:
        """When each of these was first spoken of."""
        return self._inner.first_recorded(self._seen(ids))

    def recorded_at(self, seqs: Sequence[int]) -> dict[int, datetime]:
        """When these events were recorded."""
        return self._inner.recorded_at([seq for seq in seqs if self._sight.event(seq)])

    def seq_at(self, moment: datetime) -> int:
        """The last event recorded by then, seen or not."""
        return self._inner.seq_at(moment)

    def sketches(self, ids: Sequence[str], seq: int | None = None) -> dict[str, Sketch]:
        """What each of these is, in short."""
        return self._inner.sketches(self._seen(ids), seq)

    def steps(self, runs: Sequence[str], seq: int | None = None) -> dict[str, str]:
        """The steps below these runs."""
        found = self._inner.steps(self._seen(runs), seq)
        return {step: found[step] for step in self._seen(list(found))}

    def same_content(self, digests: Sequence[str], seq: int | None = None) -> dict[str, list[Node]]:
        """Artifacts with these digests."""
        found = self._inner.same_content(digests, seq)
        return {digest: self._nodes_seen(nodes, seq) for digest, nodes in found.items()}

    def run_rows(self, ids: Sequence[str], seq: int | None = None) -> dict[str, RunRow]:
        """Many runs at once."""
        return self._inner.run_rows(self._seen(ids), seq)

    def names(self, kind: NameKind, seq: int | None = None) -> list[NameRow]:
        """Names with versions that are seen, most recently changed first."""
        found = []
        for row in self._inner.names(kind, seq):
            versions = self.versions(kind, row.name, seq)
            if versions:
                moves = self.alias_history(kind, row.name, seq)
                times = [one.created for one in versions]
                found.append(
                    NameRow(
                        kind=kind,
                        name=row.name,
                        versions=len(versions),
                        created=min(times),
                        updated=max([*times, *(move.at for move in moves)]),
                    )
                )
        return sorted(found, key=lambda row: row.updated, reverse=True)

    def newest(self, kind: NameKind, seq: int | None = None) -> dict[str, str]:
        """For each name the artifact of its newest version that is seen."""
        rows = {row.name: self.versions(kind, row.name, seq) for row in self.names(kind, seq)}
        return {name: versions[0].artifact for name, versions in rows.items()}

    def versions(self, kind: NameKind, name: str, seq: int | None = None) -> list[VersionRow]:
        """Versions of a name that are seen, newest first; the numbers of others are left out."""
        if not self._sight.thing(about_name(kind, name)):
            return []
        return self._versions_seen(self._inner.versions(kind, name, seq), seq)

    def versions_of_names(
        self, kind: NameKind, names: Sequence[str], seq: int | None = None
    ) -> dict[str, list[VersionRow]]:
        """Versions that are seen of names that are seen."""
        seen = [name for name in names if self._sight.thing(about_name(kind, name))]
        found = self._inner.versions_of_names(kind, seen, seq)
        kept = {name: self._versions_seen(rows, seq) for name, rows in found.items()}
        return {name: rows for name, rows in kept.items() if rows}

    def named(self, kind: NameKind, seq: int | None = None) -> list[str]:
        """The ids of all artifacts that are a version of some name that is seen."""
        of = self.versions_of(self._seen(self._inner.named(kind, seq)), seq)
        return [id for id, rows in of.items() if any(row.kind == kind for row in rows)]

    def alias(
        self, kind: NameKind, name: str, alias: str, seq: int | None = None
    ) -> AliasRow | None:
        """Where an alias points by what is seen."""
        moves = self.alias_history(kind, name, seq)
        last = next((move for move in moves if move.alias == alias), None)
        return None if last is None or last.version is None else last

    def metrics(
        self,
        *,
        runs: Sequence[str] = (),
        models: Sequence[str] = (),
        seq: int | None = None,
        points: bool = False,
    ) -> list[MetricRow]:
        """Figures of runs or about models, from runs that are seen."""
        seen = self._seen(runs), self._seen(models)
        if not any(seen):
            return []
        rows = self._inner.metrics(runs=seen[0], models=seen[1], seq=seq, points=points)
        return self._rows_seen(rows)

    def figures(self, runs: Sequence[str], seq: int | None = None) -> dict[str, RunFigures]:
        """What runs were set to and measured."""
        return self._inner.figures(self._seen(runs), seq)

    def gaps(self, runs: Sequence[str], seq: int | None = None) -> list[GapRow]:
        """What was not seen in runs."""
        return self._rows_seen(self._inner.gaps(self._seen(runs), seq))

    def reproductions(
        self, artifacts: Sequence[str], seq: int | None = None
    ) -> list[ReproductionRow]:
        """Verdicts about artifacts."""
        return self._rows_seen(self._inner.reproductions(self._seen(artifacts), seq))

    def verify(self) -> Iterator[Fault]:
        """Only whoever sees all of it can check it."""
        raise _of_all()

    def rebuild(self) -> None:
        """Only whoever sees all of it can make it again."""
        raise _of_all()

    def erase_identity(self, commitments: Sequence[str]) -> None:
        """Only whoever sees all of it can erase from it."""
        raise _of_all()

    def close(self) -> None:
        """The store is everybody's, and stays open."""

    def _check_grounds(self, events: Sequence[AnyEvent]) -> None:
        """Return when all is seen that led to the versions that something is decided about."""
        about = [one.about for one in events if isinstance(one, Stated)]
        about += [one.artifact for one in events if isinstance(one, AliasMoved) and one.artifact]
        above = ScopedStore(self._inner, self._sight.afresh())
        above.closure(about, "up")
        if above.withheld:
            number = counted(above.withheld, "thing")
            raise Forbidden(
                f"This rests on {number} withheld from you, in workspaces that you may not see.",
                hint="Somebody who may see them has to decide.",
            )


def _of_all() -> Forbidden:
    return Forbidden(
        "This is about the whole store, and you may see a part of it.",
        hint="Whoever may read everywhere may ask it.",
    )
