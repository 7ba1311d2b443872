"""What facets say of things beside the graph, in statements.

Every facet that holds is said on a topic of its own (`topics.FACETS`); checks, owners,
descriptions and tags also in the words of the catalog, where people and policies find them.
A statement is made only where it is news, by the time of the events.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from forebear.core.catalog import COLUMN, DESCRIPTION, OWNER, TAG, ColumnNote, Description, Owner
from forebear.core.catalog import Tag as TagValue
from forebear.core.events import AnyEvent, Stated
from forebear.core.quality import CHECK, CheckResult, CheckStatus, Severity
from forebear.core.refs import NameKind
from forebear.core.statements import Topic, about_name
from forebear.exchange.openlineage import facets
from forebear.exchange.openlineage.plain import is_model
from forebear.exchange.openlineage.states import DatasetState, JobState, Part, RunState
from forebear.exchange.openlineage.topics import FACETS, statement_id
from forebear.exchange.openlineage.view import Spoken, View

__all__ = ["Sayings", "assertions_of", "tags_of"]

_SEVERITIES: Final[dict[str, Severity]] = {"warn": "warn", "warning": "warn", "info": "info"}
_STATUSES: Final[dict[str, CheckStatus]] = {
    "pass": "passed", "passed": "passed", "success": "passed",
    "skip": "skipped", "skipped": "skipped", "error": "error",
}  # fmt: skip
_EXPECTATIONS: Final = "greatExpectations_assertions"
_LONGEST: Final = 200
_LONGEST_TAG: Final = 64
_UNTAGGED: Final = re.compile(r"[^\w.:/+\-]+")


class Sayings:
    """Makes statements that are news to the store."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._made: list[AnyEvent] = []

    def of_run(self, run: RunState, told: Iterable[tuple[Part, str]]) -> list[AnyEvent]:
        """Return what a run says: its own facets, those of its job and of data it met."""
        at = run.ordered[-1].at
        self._facets("run", run.id, run.known, at, run.id)
        self.of_job(self._view.jobs[run.job])
        made = []
        for part, artifact in told:
            self._facets("dataset", artifact, part.facets, part.last, run.id)
            self._assertions(part, artifact, run)
            if is_model(part.facets):
                made.append(artifact)
        self._tests(run, made or [run.id])
        return self._made

    def of_job(self, job: JobState) -> list[AnyEvent]:
        """Return what holds of a job."""
        known, at = job.known, job.times()[-1]
        self._facets("job", job.key.about, known, at, None)
        for tag, value in tags_of(known).items():
            self._say(TAG, (job.key.about, tag), value, at, run=None)
        return self._made

    def of_dataset(self, state: DatasetState) -> list[AnyEvent]:
        """Return what holds of a data set as a whole."""
        at = state.latest.times[-1]
        for told, dataset in state.static:
            self._facets("dataset", state.key.about, dataset.facets, told.at, None)
        known = state.known
        kind: NameKind = "model" if state.is_model else "data"
        about = about_name(kind, self._view.name_of(state.key))
        for topic, key, value in _catalogued(known):
            self._say(topic, (about, key), value, at, run=None)
        return self._made

    def _facets(
        self, what: str, about: str, found: dict[str, Any], at: datetime, run: str | None
    ) -> None:
        for name, one in sorted(found.items()):
            value = one if isinstance(one, dict) else {"value": one}
            self._say(FACETS[what], (about, name[:_LONGEST]), value, at, run=run)

    def _assertions(self, part: Part, artifact: str, run: RunState) -> None:
        for one in assertions_of(part.facets):
            key = one.name or ":".join(word for word in (one.assertion, one.column) if word)
            value = CheckResult(
                check=one.assertion,
                status="passed" if one.success else "failed",
                severity=_severity(one.severity),
                column=one.column,
                message=one.description or "",
                measured=one.actual,
                expected=one.expected,
                tool="great_expectations" if _EXPECTATIONS in part.facets else _tool(run),
            )
            self._say(CHECK, (artifact, key[:_LONGEST]), value, part.last, run=run.id)

    def _tests(self, run: RunState, abouts: list[str]) -> None:
        found = facets.read(run.known, "test", facets.Tests)
        for one in found.tests if found else ():
            value = CheckResult(
                check=one.type or one.name,
                status=_STATUSES.get(one.status.lower(), "failed"),
                severity=_severity(one.severity),
                message=one.description or "",
                measured=one.actual,
                expected=one.expected,
                tool=_tool(run),
            )
            at = run.ordered[-1].at
            for about in abouts:
                self._say(CHECK, (about, one.name[:_LONGEST]), value, at, run=run.id)

    def _say(
        self, topic: Topic[Any], of: tuple[str, str], value: Any, at: datetime, *, run: str | None
    ) -> None:
        about, key = of
        told = msgspec.to_builtins(value)
        place = topic.name, about, key
        before = self._view.said.get(place)
        if before is not None and (before.value == told or before.at > at):
            return
        count = before.count + 1 if before else 1
        self._view.said[place] = Spoken(told, count, at)
        concealed = told
        if isinstance(value, Owner):
            who = self._view.store.identities.commitment(value.who)
            concealed = {**told, "who": who}
        self._made.append(
            Stated(
                id=statement_id(at, place, told, count),
                time=at,
                topic=topic.name,
                about=about,
                key=key,
                value=concealed,
                run=run,
            )
        )


def assertions_of(found: dict[str, Any]) -> list[facets.Assertion]:
    """Return what was asserted of data, in the standard's words or in Great Expectations' own."""
    said = facets.read(found, "dataQualityAssertions", facets.Assertions)
    if said is not None:
        return said.assertions
    own = facets.read(found, _EXPECTATIONS, facets.Expectations)
    return [
        facets.Assertion(assertion=one.expectation_type, success=one.success, column=one.column)
        for one in (own.assertions if own else ())
    ]


def _catalogued(found: dict[str, Any]) -> Iterator[tuple[Topic[Any], str, Any]]:
    """Yield what facets of a data set say in the words of the catalog."""
    owners = facets.read(found, "ownership", facets.Ownership)
    for owner in owners.owners if owners else ():
        role = (owner.type or "owner").lower()
        yield OWNER, role[:_LONGEST], Owner(who=owner.name, role=role)
    text = facets.read(found, "documentation", facets.Documentation)
    if text is not None and text.description.strip():
        yield DESCRIPTION, "", Description(text=text.description)
    notes: dict[str, str] = {}
    schema = facets.read(found, "schema", facets.Schema)
    for column in schema.fields if schema else ():
        if column.description:
            notes[column.name] = column.description
    for name, value in tags_of(found).items():
        yield TAG, name, value
    for name, note in sorted(notes.items()):
        yield COLUMN, name[:_LONGEST], ColumnNote(text=note)


def tags_of(found: dict[str, Any]) -> dict[str, TagValue]:
    """Return the tags that facets tell; one that only fields have speaks of these columns."""
    said = facets.read(found, "tags", facets.Tags)
    fields: dict[str, list[str | None]] = {}
    for tag in said.tags if said else ():
        if spelled := _spelled(tag):
            fields.setdefault(spelled, []).append(tag.field or None)
    return {
        name: TagValue(columns=[] if None in of else sorted({one for one in of if one}))
        for name, of in fields.items()
    }


def _spelled(tag: facets.TagOf) -> str:
    """Return a tag in the form in which people write and take back tags (`forebear tag`)."""
    said = str(tag.value).lower() if isinstance(tag.value, bool) else tag.value
    whole = tag.key if said in (None, "", "true") else f"{tag.key}:{said}"
    plain = unicodedata.normalize("NFKC", whole).lower()
    return _UNTAGGED.sub("-", plain).strip(".:/+-")[:_LONGEST_TAG]


def _severity(said: str | None) -> Severity:
    return _SEVERITIES.get(str(said).lower(), "error")


def _tool(run: RunState) -> str:
    kind = facets.read(run.job_facets, "jobType", facets.JobType)
    return (kind.integration or "openlineage").lower() if kind else "openlineage"
