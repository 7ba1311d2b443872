"""What the floors above expect of a store, whatever database is behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from forebear.core.lineage import Lineage
from forebear.core.merkle import Subtrees

if TYPE_CHECKING:  # programs that are recorded import this module
    from forebear.core.accounts import Accounts
    from forebear.core.blobs import Blobs
    from forebear.core.entities import ArtifactKind, Node
    from forebear.core.events import AnyEvent
    from forebear.core.expectations import Expectation
    from forebear.core.flows import Flows
    from forebear.core.intakes import Intake, Intakes
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
    from forebear.core.search import Phrases
    from forebear.core.statements import Statements

__all__ = ["HashTree", "Identities", "Store"]


class HashTree(Subtrees, Protocol):
    """The Merkle tree over a ledger, of which upper hashes are remembered, to be checked."""

    def forget(self) -> None:
        """Drop what is remembered: it will be made again."""


class Identities(Protocol):
    """Names of people, apart from the events that speak of them, so that they can be erased."""

    def commitment(self, value: str) -> str:
        """Return what an event says in place of `value`; it says nothing without its salt."""

    def matching(self, name: str) -> list[str]:
        """Commitments to `name` or to what has it as a word in it, unless they are erased."""

    def conceal(self, body: bytes) -> bytes:
        """Return an event's bytes with commitments in place of personal data."""

    def reveal(self, body: bytes) -> bytes:
        """Return an event's bytes with the values that are known in place of commitments."""


class Store(Lineage, Protocol):
    """The ledger and its projections. `seq` bounds what a question may see: None is all."""

    @property
    def blobs(self) -> Blobs:
        """The content store that belongs to this ledger."""

    @property
    def identities(self) -> Identities:
        """The names that belong to this ledger."""

    @property
    def accounts(self) -> Accounts:
        """What a server of this store knows of people."""

    @property
    def intakes(self) -> Intakes:
        """By whom, and in which workspace, events were taken in."""

    @property
    def withheld(self) -> int:
        """How many things answers have left out so far that whoever asks may not see."""

    @property
    def tree(self) -> HashTree:
        """The Merkle tree over all events."""

    @property
    def flows(self) -> Flows:
        """How data went into data."""

    @property
    def statements(self) -> Statements:
        """What is said of things beside the graph."""

    @property
    def phrases(self) -> Phrases:
        """Texts to be searched."""

    def append(
        self,
        events: Iterable[AnyEvent],
        *,
        expect: Expectation | None = None,
        intake: Intake | None = None,
    ) -> Appended:
        """Write events in order, all or none, durable when this returns.

        Personal data gives way to commitments first. An id that is already there with the same
        bytes counts as a duplicate; with other bytes the whole call is refused with
        EventConflict, which `refusals` remembers. With `expect` it is refused unless that holds
        at the moment of writing (Conflict for an alias, CycleRefused for a cause). `intake` says
        for which workspace it is.
        """

    def append_encoded(self, bodies: Iterable[bytes], *, intake: Intake | None = None) -> Appended:
        """Write events that are already in their canonical bytes."""

    def events(self, after: int = 0) -> Iterator[StoredEvent]:
        """All events with `seq` greater than `after`, in order."""

    def refusals(self) -> list[Refusal]:
        """Events that were refused because their id was taken, oldest first."""

    def head(self) -> Head:
        """How far the ledger reaches now."""

    def leaf_hashes(self, start: int, stop: int) -> list[bytes]:
        """The leaf hashes of the events with start < seq <= stop, in order."""

    def recorded_by(self, id: str) -> list[int]:
        """The seqs of the events that tell of this artifact or run itself, in order."""

    def first_recorded(self, ids: Sequence[str]) -> dict[str, datetime]:
        """When each of these was first spoken of; unknown ids are left out."""

    def recorded_at(self, seqs: Sequence[int]) -> dict[int, datetime]:
        """When these events were recorded."""

    def seq_at(self, moment: datetime) -> int:
        """The last `seq` recorded at or before `moment` (0 when there was none)."""

    def node(self, id: str, seq: int | None = None) -> Node | None:
        """The artifact or run with exactly this id."""

    def nodes(self, ids: Sequence[str], seq: int | None = None) -> dict[str, Node]:
        """Many nodes at once; unknown ids are left out."""

    def sketches(self, ids: Sequence[str], seq: int | None = None) -> dict[str, Sketch]:
        """What each of many nodes is, in short; unknown ids are left out."""

    def steps(self, runs: Sequence[str], seq: int | None = None) -> dict[str, str]:
        """For each step below any of these outermost runs that run."""

    def same_content(self, digests: Sequence[str], seq: int | None = None) -> dict[str, list[Node]]:
        """For each digest the artifacts whose content, table or weights digest it is."""

    def find_artifacts(self, digest: str, seq: int | None = None) -> list[Node]:
        """Artifacts whose content, table or weights digest is `digest` or begins with it.

        Ordered: content matches first, then table, then weights; oldest first within each.
        """

    def find_runs(self, prefix: str, seq: int | None = None) -> list[RunRow]:
        """Runs whose id begins with `prefix` (at most 20)."""

    def find_location(self, uri: str, seq: int | None = None) -> list[Node]:
        """Artifacts last seen at this place, newest first."""

    def run_rows(self, ids: Sequence[str], seq: int | None = None) -> dict[str, RunRow]:
        """Many runs at once; unknown ids are left out."""

    def run(self, id: str, seq: int | None = None) -> RunRow | None:
        """One run."""

    def runs(
        self,
        *,
        roots_only: bool = True,
        parent: str | None = None,
        before: str | None = None,
        limit: int = 50,
        seq: int | None = None,
    ) -> list[RunRow]:
        """Runs, newest first; `before` is the id of the last run of the page before.

        With `parent`, the steps of that run in the order in which they happened.
        """

    def unfinished(self) -> list[RunRow]:
        """Root runs without an end."""

    def deployments(self, *, ended: bool = False, seq: int | None = None) -> list[RunRow]:
        """All runs of the kind `serve` without an end, oldest first; with `ended` those too."""

    def artifacts(self, kind: ArtifactKind, seq: int | None = None) -> list[str]:
        """The ids of all artifacts that were said to be of this kind, oldest first."""

    def names(self, kind: NameKind, seq: int | None = None) -> list[NameRow]:
        """Registered names, most recently changed first."""

    def newest(self, kind: NameKind, seq: int | None = None) -> dict[str, str]:
        """For each name of a kind the artifact of its newest version."""

    def versions(self, kind: NameKind, name: str, seq: int | None = None) -> list[VersionRow]:
        """Versions of a name, newest first, each with the aliases that point to it."""

    def versions_of_names(
        self, kind: NameKind, names: Sequence[str], seq: int | None = None
    ) -> dict[str, list[VersionRow]]:
        """For each of these names what `versions` tells; unknown ones are left out."""

    def versions_of(
        self, artifacts: Sequence[str], seq: int | None = None
    ) -> dict[str, list[VersionRow]]:
        """For each artifact the versions that it is."""

    def named(self, kind: NameKind, seq: int | None = None) -> list[str]:
        """The ids of all artifacts that are a version of some name, oldest first."""

    def alias(
        self, kind: NameKind, name: str, alias: str, seq: int | None = None
    ) -> AliasRow | None:
        """Where an alias points; None when it never did or was taken away."""

    def alias_history(self, kind: NameKind, name: str, seq: int | None = None) -> list[AliasRow]:
        """Every move of every alias of a name, newest first."""

    def metrics(
        self,
        *,
        runs: Sequence[str] = (),
        models: Sequence[str] = (),
        seq: int | None = None,
        points: bool = False,
    ) -> list[MetricRow]:
        """Figures of the given runs or about the given models, oldest first.

        A figure with very many points is one row, unless all `points` are asked for: then one
        row each.
        """

    def figures(self, runs: Sequence[str], seq: int | None = None) -> dict[str, RunFigures]:
        """For each of these runs what it and all its steps were set to and measured."""

    def locations(
        self, artifacts: Sequence[str], seq: int | None = None, *, run: str | None = None
    ) -> list[LocationRow]:
        """Where artifacts were seen, newest first, one row a place.

        With `run`, only what that outermost run and its parts saw, one row a place and mode.
        """

    def locations_of_runs(
        self, artifacts: Sequence[str], runs: Sequence[str], seq: int | None = None
    ) -> dict[str, list[LocationRow]]:
        """For each of these runs what `locations` tells of it."""

    def gaps(self, runs: Sequence[str], seq: int | None = None) -> list[GapRow]:
        """What was not seen in the given runs (root runs include their steps)."""

    def reproductions(
        self, artifacts: Sequence[str], seq: int | None = None
    ) -> list[ReproductionRow]:
        """Verdicts about artifacts, newest first."""

    def verify(self) -> Iterator[Fault]:
        """Check every event, the root over them, every projection and every kept blob."""

    def rebuild(self) -> None:
        """Make all projections again from the events."""

    def erase_identity(self, commitments: Sequence[str]) -> None:
        """Erase the values behind commitments, here and in all projections; events stay."""

    def close(self) -> None:
        """Let go of the database."""
