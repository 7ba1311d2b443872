"""By whom, and in which workspace, events were taken in by a server.

It lies beside the events, in the same transaction: an event is what it is wherever it goes, and
in which workspace it belongs is a matter of the store that has taken it in. What nobody has
taken in for a workspace is in the default one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from forebear.core.events import (
    AnyEvent,
    ArtifactRecorded,
    RunStarted,
    StepRecorded,
    VersionNamed,
)
from forebear.core.statements import about_name

__all__ = ["Intake", "Intakes", "Taken", "kept_key", "told_of"]


class Intake(Struct, frozen=True, kw_only=True):
    """For which workspace events are taken in, and from which account."""

    workspace: str
    account: str | None = None


class Taken(Struct, frozen=True, kw_only=True):
    """Events that were taken in at once."""

    first: int
    last: int
    workspace: str
    account: str | None


class Intakes(Protocol):
    """What a store remembers of how its events came in."""

    def after(self, seq: int) -> list[Taken]:
        """What was taken in after this event, in order; what came in otherwise is not listed."""

    def first_seqs(self, keys: Sequence[str]) -> dict[str, int]:
        """The first event that speaks of each of these artifacts, runs and names.

        A name is written as in statements: `model:churn`.
        """

    def sightings(self, keys: Sequence[str]) -> dict[str, set[str]]:
        """The workspaces for which events were taken in that tell of these things themselves."""

    def keep(self, digests: Sequence[str], workspace: str, *, known: bool) -> None:
        """Remember that bytes were brought for a workspace.

        With `known` they were here before: those that nobody is remembered to have brought are of
        the default workspace too.
        """

    def accounts(self, seqs: Sequence[int]) -> list[str]:
        """The names of the accounts that these events were taken in from."""


def kept_key(digest: str) -> str:
    """Return under which key it is remembered for which workspaces bytes were brought."""
    return f"kept:{digest}"


def told_of(events: Iterable[AnyEvent]) -> list[str]:
    """Return the things that events tell of, not those that they only mention."""
    found: dict[str, None] = {}
    for event in events:
        if isinstance(event, ArtifactRecorded):
            found[event.artifact] = None
        elif isinstance(event, RunStarted | StepRecorded):
            found[event.run] = None
        elif isinstance(event, VersionNamed):
            found[about_name(event.kind, event.name)] = None
    return list(found)
