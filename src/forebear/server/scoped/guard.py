"""What somebody may write: only about what is in workspaces where they may.

All ways of writing come by here: operations, events handed over, MLflow's calls, OpenLineage.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from forebear.core.access import EVERYWHERE, Permission, Principal
from forebear.core.digest import is_digest
from forebear.core.errors import Forbidden
from forebear.core.events import (
    AliasMoved,
    AnyEvent,
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    GapNoticed,
    MetricsLogged,
    ParamsLogged,
    ReproductionRecorded,
    RunEnded,
    RunStarted,
    SeriesLogged,
    Stated,
    StepRecorded,
    VersionNamed,
)
from forebear.core.policies import APPROVAL, OVERRIDE, POLICY, PROMOTION, STAGE
from forebear.core.ports import Store
from forebear.core.statements import about_name
from forebear.server.scoped.sight import Places

__all__ = ["Guard"]

_JUDGING: Final = frozenset(topic.name for topic in (APPROVAL, OVERRIDE, POLICY, PROMOTION, STAGE))
"""What is said of stages: by operations, which ask who may, and never by events from elsewhere."""


class Guard:
    """Looks at events before they are written for somebody."""

    def __init__(
        self, store: Store, places: Places, who: Principal, permission: Permission
    ) -> None:
        self._store, self._places, self._who = store, places, who
        self._permission, self._where = permission, who.where(permission)

    @property
    def workspace(self) -> str:
        """Where they work, if they say nothing else."""
        return self._who.workspace

    def place(self, events: Sequence[AnyEvent], *, handed_over: bool = False) -> str:
        """Return the workspace that events belong to, which all of them may be written to.

        That is where the things are that they change, or else where their author works. Events
        that are `handed_over` were made elsewhere: what they say of who did it is looked at too.

        Raises:
            Forbidden: one may not be written.
        """
        if handed_over and not self._who.may("admin", EVERYWHERE):
            self._check_words(events)
        keys = {key for event in events for key in _changed(event, strict=not handed_over)}
        places = self._places.of_things(keys).values()
        allowed = [found if EVERYWHERE in self._where else found & self._where for found in places]
        if not all(allowed):
            raise Forbidden(
                f"{self._who.name} may not change what is in other workspaces.",
                hint="`forebear account whoami` says where you may do something.",
            )
        common = set[str].intersection(*allowed) if allowed else set()
        own = self._who.workspace
        if common and own not in common:
            return min(common)
        self._who.must_here(self._permission)
        return own

    def _check_words(self, events: Sequence[AnyEvent]) -> None:
        for event in events:
            if isinstance(event, Stated) and event.topic in _JUDGING:
                raise Forbidden(
                    "Approvals and stages are not handed over: they are said at the server itself.",
                    hint="`forebear approve` and `forebear promote` do that. An admin may bring in"
                    " the store that they are in.",
                )
            said = _author(event)
            other = self._name_of(said) if said else None
            if other is not None and other != self._who.name:
                raise Forbidden(f"{self._who.name} may not speak for somebody else.")

    def _name_of(self, said: str) -> str | None:
        """Return the account that is meant by an author's name or commitment, if one is."""
        name = self._store.identities.reveal(said.encode()).decode()
        found = self._store.accounts.account(name)
        return None if found is None else found.name


def _author(event: AnyEvent) -> str | None:
    if isinstance(event, RunStarted):
        said = event.attrs.get("by")
        return said if isinstance(said, str) else None
    return getattr(event, "by", None)


def _changed(event: AnyEvent, *, strict: bool) -> list[str]:
    """Return the things that an event changes what is known of; new ones are nobody's yet.

    What is handed over may give versions to any name: programs name what they make by
    themselves, and a name says nothing of whose it is.
    """
    match event:
        case RunStarted(run=run, parent=parent) | StepRecorded(run=run, parent=parent):
            return [one for one in (run, parent) if one is not None]
        case SeriesLogged(run=run, series=series):
            return [run, *(one.run for one in series)]
        case (
            RunEnded(run=run)
            | EdgesRecorded(run=run)
            | ParamsLogged(run=run)
            | MetricsLogged(run=run)
            | GapNoticed(run=run)
        ):
            return [run]
        case ArtifactRecorded(artifact=artifact):
            # The same content may be met by anybody; what lived in memory was only there.
            return [] if is_digest(artifact) else [artifact]
        case Derived(target=artifact):
            return [artifact]
        case ReproductionRecorded(artifact=artifact, run=run):
            return [artifact, run]  # what the run has made is verified by it
        case AliasMoved(kind=kind, name=name):
            return [about_name(kind, name)]
        case VersionNamed(kind=kind, name=name) if strict:
            return [about_name(kind, name)]
        case Stated(about=about):
            return [about]
    return []
