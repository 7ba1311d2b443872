"""The whole life of a model: everything that was said and done about its versions, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from msgspec import Struct, structs

from forebear.analysis.verdict import counted, listed
from forebear.core.catalog import DESCRIPTION, NAMED, OWNER, Description, Named, Owner
from forebear.core.errors import UnknownRef
from forebear.core.policies import (
    APPROVAL,
    KPI,
    OVERRIDE,
    POLICY,
    PROMOTION,
    Approval,
    Kpi,
    Override,
    PolicyInForce,
    Promotion,
)
from forebear.core.ports import Store
from forebear.core.recalls import RECALL, REMEDY, Recall, Remedy
from forebear.core.refs import parse
from forebear.core.statements import Said, StatementRow, Topic, about_name
from forebear.core.validation import VALIDATION, Validation
from forebear.ops.kin import same_model
from forebear.ops.paging import Pages
from forebear.ops.requirement import spoken
from forebear.ops.resolve import closest
from forebear.ops.table import Context, Request, operation

__all__ = ["Happened", "TimelineRequest", "TimelineResponse", "timeline"]

What = Literal[
    "version",
    "alias",
    "stage",
    "approval",
    "override",
    "validation",
    "reproduction",
    "deployment",
    "recall",
    "figure",
    "owner",
    "policy",
]


class Happened(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened."""

    seq: int
    at: datetime
    what: What
    version: int | None = None
    """The version that it happened to; None where it is about the model, or its data."""
    words: str
    by: str | None = None
    why: str | None = None
    until: datetime | None = None


class TimelineResponse(Struct, frozen=True, kw_only=True):
    """Everything that was said and done about a model's versions, newest first."""

    name: str
    verdict: str
    happened: list[Happened]
    omitted: int
    next: str | None = None
    """Asks for the page after it."""


class TimelineRequest(Request[TimelineResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask for the whole life of a model."""

    name: str
    version: int | None = None
    """Only what happened to this version, and to all."""
    limit: int = 500
    as_of: str | None = None
    after: str | None = None
    """The `next` of the page before."""


@operation(name="timeline", permission="read")
def timeline(context: Context, request: TimelineRequest) -> TimelineResponse:
    """Tell the whole life of a model: versions, stages, approvals, validations, use, recalls.

    Raises:
        InvalidInput: the limit is none.
        UnknownRef: there is no model of that name.
    """
    store, name = context.store, parse(request.name).name or request.name
    pages = Pages(store, request)
    life = _Life(store, name, pages.seq)
    every = _explained(
        [*life.named(), *life.aliases(), *life.said(), *life.made_again(), *life.served()]
    )
    told = _together(_explained(every))
    wanted = [one for one in told if request.version in {None, one.version or request.version}]
    wanted.sort(key=lambda one: one.seq, reverse=True)
    page = pages.cut(wanted, _key)
    return TimelineResponse(
        name=name,
        verdict=_verdict(name, life.count, wanted),
        happened=page.listed,
        omitted=page.left,
        next=page.next,
    )


def _key(one: Happened) -> str:
    return f"{one.seq} {one.what} {one.version} {one.words}"


class _Life:
    """The versions of a model, and what each of their ids means."""

    def __init__(self, store: Store, name: str, seq: int | None) -> None:
        self._store, self._name, self._seq = store, name, seq
        self._rows = store.versions("model", name, seq)
        if not self._rows:
            near = closest(store, name, seq)
            raise UnknownRef(
                f"There is no model called '{name}'.",
                hint=f"Did you mean {' or '.join(near)}?"
                if near
                else "`forebear models` lists the models.",
            )
        nodes = store.nodes([row.artifact for row in self._rows], seq)
        self._version: dict[str, int] = {}
        for row in self._rows:
            node = nodes.get(row.artifact)
            kin = same_model(store, node, seq) if node is not None else []
            for id in (row.artifact, *(one.id for one in kin)):
                self._version.setdefault(id, row.version)

    @property
    def count(self) -> int:
        """How many versions there are."""
        return len(self._rows)

    def named(self) -> Iterator[Happened]:
        """Yield when each version got its number."""
        named = self._history([NAMED.name], [row.artifact for row in self._rows])
        later = {row.about for row in named if row.key == about_name("model", self._name)}
        for row in self._rows:
            how = "by itself" if row.automatic or row.artifact in later else "by decision"
            words = f"{row.name}:{row.version} was named {how}"
            yield Happened(
                seq=row.seq,
                at=row.created,
                what="version",
                version=row.version,
                words=words,
                by=row.by,
            )

    def aliases(self) -> Iterator[Happened]:
        """Yield the moves of aliases."""
        for row in self._store.alias_history("model", self._name, self._seq):
            to = f"to {row.name}:{row.version}" if row.version else "nowhere"
            yield Happened(
                seq=row.seq,
                at=row.at,
                what="alias",
                version=row.version,
                words=f"@{row.alias} points {to}",
                by=row.by,
                why=row.why,
            )

    def said(self) -> Iterator[Happened]:
        """Yield what was stated about versions, about the model, and about what led to it."""
        own = [*self._version, about_name("model", self._name)]
        yield from self._told(self._history(_OWN, own))
        yield from self._told(self._history({POLICY.name: _TOPICS[POLICY.name]}, None))
        recalled = self._store.statements.history([RECALL.name], seq=self._seq)
        if recalled:
            above = self._store.closure(list(self._version), "up", seq=self._seq).depths
            names = self._store.versions_of(list(above), self._seq).values()
            reached = {*own, *above, *(about_name(r.kind, r.name) for rows in names for r in rows)}
            yield from self._told([row for row in recalled if row.about in reached])

    def made_again(self) -> Iterator[Happened]:
        """Yield reproductions."""
        for row in self._store.reproductions(list(self._version), self._seq):
            yield Happened(
                seq=row.seq,
                at=row.at,
                what="reproduction",
                version=self._version.get(row.artifact),
                words=f"made again: {row.verdict}, {row.reason}",
                by=row.by,
            )

    def served(self) -> Iterator[Happened]:
        """Yield when deployments began and ended."""
        down = self._store.edges(list(self._version), "down", seq=self._seq)
        used = {edge.target: edge.source for edge in down if edge.type == "used"}
        nodes = self._store.nodes(list(used), self._seq)
        for id, node in nodes.items():
            row = self._store.run(id, self._seq) if node.kind == "serve" else None
            if row is None:
                continue
            # What `deploy` records is called after the version and the place: that is said here.
            where = f"in {row.attrs['env']}" if "env" in row.attrs else f"by {row.name}"
            version, by = self._version[used[id]], row.attrs.get("by")
            yield Happened(
                seq=row.seq,
                at=row.started,
                what="deployment",
                version=version,
                words=f"served {where}",
                by=by if isinstance(by, str) else None,
            )
            if row.ended is not None:
                ends = [s for s in self._store.recorded_by(id) if not self._seq or s <= self._seq]
                yield Happened(
                    seq=ends[-1] if ends else row.seq,
                    at=row.ended,
                    what="deployment",
                    version=version,
                    words=f"served no more {where}",
                )

    def _history(self, topics: Iterable[str], about: Sequence[str] | None) -> list[StatementRow]:
        return self._store.statements.history(list(topics), about, seq=self._seq)

    def _told(self, rows: Iterable[StatementRow]) -> Iterator[Happened]:
        for row in rows:
            topic, what, words = _TOPICS[row.topic]
            said = topic.listed([row])
            if row.value is not None and not said:
                continue
            told = words(said[0]) if said else _taken_back(row)
            yield Happened(
                seq=row.seq,
                at=row.at,
                what=what,
                version=self._version.get(row.about),
                words=told,
                by=row.by,
                why=row.why,
                until=row.until,
            )


def _explained(every: list[Happened]) -> list[Happened]:
    """Return what happened without moves of aliases that a change of stage tells already.

    Such a change is written in one transaction, so that its moves come right behind it.
    """
    told = {one.seq for one in every if one.what == "stage"}
    kept = []
    for one in sorted(every, key=lambda one: one.seq):
        if one.what == "alias" and one.seq - 1 in told:
            told.add(one.seq)
        else:
            kept.append(one)
    return kept


def _together(every: list[Happened]) -> list[Happened]:
    """Return what happened with rules that came into force together as one."""
    kept: list[Happened] = []
    for one in every:
        last = kept[-1] if kept else None
        if last and one.what == last.what == "policy" and one.seq == last.seq + 1:
            others = f"{last.words}; {one.words.removeprefix('rules of ')}"
            kept[-1] = structs.replace(one, words=others)
        else:
            kept.append(one)
    return kept


def _taken_back(row: StatementRow) -> str:
    return f"the {row.topic} {row.key}".rstrip() + " was taken back"


def _promotion(said: Said[Promotion]) -> str:
    moves = {"promote": "promoted", "demote": "taken back", "rollback": "rolled back to"}
    value = said.value
    if value.move == "retire":
        return f"retired from {value.origin}"
    waived = f", without {listed(map(spoken, value.waived))} by an override" if value.waived else ""
    if value.move == "rollback":
        return f"{value.stage} was rolled back to it{waived}"
    return f"{moves[value.move]} from {value.origin} to {value.stage}{waived}"


def _approval(said: Said[Approval]) -> str:
    return f"{said.value.decision} for {said.row.key}"


def _override(said: Said[Override]) -> str:
    waived = listed(map(spoken, said.value.waives), 8)
    return f"overridden for {said.row.key}: {waived} need not be met"


def _kpi(said: Said[Kpi]) -> str:
    unit = f" {said.value.unit}" if said.value.unit else ""
    source = f", from {said.value.source}" if said.value.source else ""
    return f"{said.row.key} = {said.value.value:g}{unit}{source}"


def _validation(said: Said[Validation]) -> str:
    value = said.value
    result = {True: "passed", False: "failed", None: "done"}[value.passed]
    main = value.metrics.get(value.main)
    figure = f", {value.main} {main.value:.4g}" if main and main.value is not None else ""
    return f"validation on {value.data_title or value.data} {result}{figure}"


def _recall(said: Said[Recall]) -> str:
    value = said.value
    state = "recalled" if value.status == "open" else "recall closed"
    return f"{value.title} {state} ({value.severity}): {value.reason}"


def _remedy(said: Said[Remedy]) -> str:
    return f"remedy of the recall {said.row.key}: {said.value.verdict}, {said.value.status}"


def _owner(said: Said[Owner]) -> str:
    return f"{said.value.who} is its {said.value.role}"


def _decided(said: Said[Named]) -> str:
    return f"somebody decided that it is a version of {said.row.key.partition(':')[2]}"


def _description(said: Said[Description]) -> str:
    return f"described: {said.value.text}"


def _policy(said: Said[PolicyInForce]) -> str:
    name = said.row.about.partition(":")[2]
    return f"rules of {name} ({listed(said.value.settings, 8) or 'nothing is asked'})"


_TOPICS: Final[Mapping[str, tuple[Topic[Any], What, Callable[[Said[Any]], str]]]] = {
    PROMOTION.name: (PROMOTION, "stage", _promotion),
    APPROVAL.name: (APPROVAL, "approval", _approval),
    OVERRIDE.name: (OVERRIDE, "override", _override),
    KPI.name: (KPI, "figure", _kpi),
    VALIDATION.name: (VALIDATION, "validation", _validation),
    RECALL.name: (RECALL, "recall", _recall),
    REMEDY.name: (REMEDY, "recall", _remedy),
    OWNER.name: (OWNER, "owner", _owner),
    DESCRIPTION.name: (DESCRIPTION, "owner", _description),
    NAMED.name: (NAMED, "version", _decided),
    POLICY.name: (POLICY, "policy", _policy),
}
_OWN: Final = [name for name in _TOPICS if name not in {POLICY.name, RECALL.name}]


def _verdict(name: str, count: int, happened: Sequence[Happened]) -> str:
    told = f"{name} has {counted(count, 'version')}, and {counted(len(happened), 'event')}"
    if not happened:
        return f"{told}."
    first, last = (f"{one.at:%Y-%m-%d}" for one in (happened[-1], happened[0]))
    return f"{told} on {first}." if first == last else f"{told} from {first} to {last}."
