"""Incidents: opened by the first failure of a severe check, closed by its first pass or its end."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from forebear.core.events import Stated
from forebear.core.ports import Store
from forebear.core.quality import CHECK, INCIDENT, CheckResult, Incident
from forebear.core.rows import VersionRow
from forebear.core.statements import about_name

__all__ = ["Change", "changes"]


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An incident that is opened or closed."""

    about: str
    id: str
    incident: Incident
    why: str

    @property
    def status(self) -> Literal["open", "closed"]:
        """What becomes of it."""
        return self.incident.status

    def event(self, by: str) -> Stated:
        """Return the event that says it."""
        return INCIDENT.say(
            self.about, self.incident, key=self.id, by=by, why=self.why, evidence="observed"
        )


def changes(
    store: Store,
    name: str | None,
    artifact: str,
    version: VersionRow | None,
    results: Mapping[str, CheckResult],
    *,
    ended: Callable[[], Container[str]] = frozenset,
) -> list[Change]:
    """Return which incidents results on a version open and close.

    An incident is of the data as it is now: checks of a version that was followed by a checked
    one change nothing. Its id is that of the check, so that two who check at the same time open
    the same incident. `ended` tells which checks are done no more: their incidents are closed.
    """
    about = about_name("data", name) if name else artifact
    if version is not None and _checked_later(store, version):
        return []
    if name is not None and version is None:
        return []  # a candidate that is no version yet
    now = {said.row.key: said.value for said in INCIDENT.latest(store.statements, [about])}
    where = f"{name} version {version.version}" if version else "it"
    found = []
    for id, result in results.items():
        before = now.get(id)
        opened = before is not None and before.status == "open"
        if result.status == "failed" and result.severity == "error" and not opened:
            incident = Incident(
                status="open",
                severity=result.severity,
                title=result.message,
                check=id,
                artifact=artifact,
            )
            found.append(Change(about=about, id=id, incident=incident, why=f"{where} fails {id}"))
        elif result.status == "passed" and before is not None and opened:
            incident = replace(before, status="closed", check=id, artifact=artifact)
            found.append(Change(about=about, id=id, incident=incident, why=f"{where} passes {id}"))
    left = {id: one for id, one in now.items() if one.status == "open" and id not in results}
    over = ended() if left else ()
    for id, before in left.items():
        if id in over:
            incident = replace(before, status="closed", artifact=artifact)
            why = f"{id} was taken out of the checks"
            found.append(Change(about=about, id=id, incident=incident, why=why))
    return found


def _checked_later(store: Store, version: VersionRow) -> bool:
    later = [
        row.artifact
        for row in store.versions(version.kind, version.name)
        if row.version > version.version and row.artifact != version.artifact
    ]
    return bool(later) and bool(CHECK.latest(store.statements, later))
