"""What a recall reaches: models, deployments and consumers, each with a verdict and its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from forebear.analysis.remedies import Judgement, for_consumer, for_deployment, for_model
from forebear.analysis.verdict import called, counted
from forebear.core.entities import Edge, Evidence, EvidenceWord, Node
from forebear.core.ports import Store
from forebear.core.recalls import PACKAGE, RECALL, REMEDY, Recall, Remedy, RemedyStatus, Verdict
from forebear.core.statements import Said
from forebear.ops.consumers import ConsumerEntry, consumers_of
from forebear.ops.deployments import Deployment, deployments_at
from forebear.ops.kin import grouped
from forebear.ops.packages import version_in
from forebear.ops.recall_things import Parts, things_of

__all__ = ["Affected", "Reach", "reach_of"]

_MOST_UNNAMED: Final = 200
"""Models without a name that are listed; all of those with one are, and all that is live."""
_MOST_SHARPENED: Final = 12
"""Models of which rows or columns are followed."""
_MOST_CONSUMED: Final = 500
"""Models of which it is looked up who uses them; those in use come first."""
_MOST_WAYS: Final = 60
"""Things to which a way is searched."""
_ORDER: Final[dict[Verdict, int]] = {"quarantine": 0, "retrain": 1, "disclose": 2, "none": 3}


class Affected(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One model, deployment or consumer that a recall reaches."""

    id: str
    """A node's id; of a caller and a lock file `consumer:NAME`."""
    kind: Literal["model", "deployment", "consumer"]
    title: str
    verdict: Verdict
    """What is to be done: retrain, quarantine, disclose, none."""
    reason: str
    status: RemedyStatus | Literal["nothing to do"]
    path: list[str] = []
    """Ids on a shortest way from the recalled thing to it, or to what a caller or lock uses."""
    way: list[str] = []
    """What people call them."""
    evidence: EvidenceWord | None = None
    """The weakest link on that way."""
    live: bool = False
    """It is deployed, or is a deployment, or uses one."""
    aliases: list[str] = []
    note: str | None = None
    by_version: str | None = None
    """What took its place."""
    also: list[str] = []
    """Ids of its other guises."""

    @property
    def ids(self) -> list[str]:
        """All ids that remedies may be said about."""
        return [self.id, *self.also]


class Reach(Struct, frozen=True, kw_only=True):
    """All that a recall reaches."""

    affected: list[Affected]
    omitted: int
    """Things below that are not listed: models without a name, and no deployment of one."""
    gaps: list[str]


def reach_of(
    store: Store, said: Said[Recall], seq: int | None = None, *, ways: bool = True
) -> Reach:
    """Return what a recall reaches by now, what is live first.

    Without `ways` it is not said by what way things are reached, nor that some of them are only
    by one that is inferred: who counts them need not know.
    """
    return _Reaching(store, said, seq).result(ways=ways)


class _Reaching:
    def __init__(self, store: Store, said: Said[Recall], seq: int | None) -> None:
        self._store, self._said, self._seq = store, said, seq
        self._recall = said.value
        self._things = things_of(store, said, seq)
        self._parts = Parts(store, said.value, self._things, seq)
        self._starts = set(self._things)
        history = RECALL.history(store.statements, [said.row.about], key=said.row.key, seq=seq)
        self._at = history[-1].row.at if history else said.row.at
        remedies = REMEDY.latest(store.statements, key=said.row.key, seq=seq)
        self._remedies: dict[str, Remedy] = {one.row.about: one.value for one in remedies}
        self._through: dict[str, str] = {}
        """What callers and lock files use: the ways that lead to them end there."""

    def result(self, *, ways: bool) -> Reach:
        store, seq = self._store, self._seq
        if not self._things:
            return Reach(affected=[], omitted=0, gaps=[])
        known = [one for one in deployments_at(store, seq, ended=True) if one.model is not None]
        deployments = [one for one in known if one.status == "running"]
        named = store.named("model", seq)
        among = list(dict.fromkeys([*named, *(one.model or "" for one in known)]))
        depths = store.reached(self._things, "down", among, seq=seq)
        depths |= dict.fromkeys(self._starts.intersection(among), 0)
        below = store.closure(self._things, "down", kinds=["model"], seq=seq, limit=_MOST_UNNAMED)
        ids = list(dict.fromkeys([*depths, *below.depths, *self._starts]))
        nodes = {id: n for id, n in store.nodes(ids, seq).items() if n.kind == "model"}
        groups = self._groups(nodes, {one.model for one in deployments})
        judged = self._judged(groups)
        live = {one.model for one in deployments}
        affected = [self._model(group, judged[group[0].id], live) for group in groups]
        affected += self._deployments(known, judged, groups)
        affected += self._consumers(judged, groups, known)
        listed = len(set(nodes) - self._starts)
        affected.sort(key=lambda one: (_ORDER[one.verdict], not one.live, not one.aliases))
        return Reach(
            affected=self._with_ways(affected) if ways else affected,
            omitted=max(0, below.count + below.beyond - listed),
            gaps=[*self._parts.gaps, *self._not_followed(groups)],
        )

    def _groups(self, nodes: Mapping[str, Node], live: set[str | None]) -> list[list[Node]]:
        """Return the models, each in all its guises; what is in use first."""
        exports = self._store.edges(list(nodes), "down", type="derived", seq=self._seq)
        groups = grouped(nodes.values(), exports)
        return sorted(
            groups, key=lambda g: (live.isdisjoint(_ids(g)), not g[0].aliases, not g[0].version)
        )

    def _judged(self, groups: Sequence[Sequence[Node]]) -> dict[str, Judgement]:
        """Return the verdict on each group, by the id of its first guise."""
        roles = self._roles([node.id for group in groups for node in group])
        found = {}
        for place, group in enumerate(groups):
            ids = [node.id for node in group]
            followed = self._recall.key is not None or place < _MOST_SHARPENED
            knowledge = self._parts.in_model(ids) if followed else None
            parts = {role for id in ids for role in roles.get(id, ())}
            if self._parts.tested_on(ids):
                parts = {"test"}
            found[ids[0]] = for_model(
                self._recall,
                evidence="observed",
                roles=parts,
                knowledge=knowledge,
                itself=not self._starts.isdisjoint(ids),
            )
        return found

    def _not_followed(self, groups: Sequence[object]) -> list[str]:
        """Say of how many models it was not looked up what could be known."""
        left, unused = len(groups) - _MOST_SHARPENED, len(groups) - _MOST_CONSUMED
        gaps = []
        if left > 0 and self._recall.key is None and self._parts.can_tell:
            told = counted(left, "more model")
            gaps.append(f"whether rows or columns reached {told} was not followed")
        if unused > 0:
            gaps.append(f"who uses {counted(unused, 'more model')} was not looked up")
        return gaps

    def _roles(self, models: Sequence[str]) -> dict[str, set[str | None]]:
        """Return in which roles the recalled thing went into the making of each model."""
        store, seq = self._store, self._seq
        made = store.edges(models, "up", type="generated", seq=seq)
        used = store.edges(list({e.source for e in made}), "up", type="used", seq=seq)
        inputs = list({edge.source for edge in used})
        reached = self._starts | store.reached(self._things, "down", inputs, seq=seq).keys()
        into: dict[str, set[str | None]] = {}
        for edge in used:
            if edge.source in reached:
                into.setdefault(edge.target, set()).add(edge.role)
        return {edge.target: into.get(edge.source, set()) for edge in made}

    def _model(self, group: Sequence[Node], judged: Judgement, live: set[str | None]) -> Affected:
        first = group[0]
        return self._affected(
            id=first.id,
            kind="model",
            title=called(first),
            judged=judged,
            live=not live.isdisjoint(_ids(group)),
            aliases=first.aliases,
            also=[node.id for node in group[1:]],
        )

    def _deployments(
        self,
        deployments: Iterable[Deployment],
        judged: Mapping[str, Judgement],
        groups: Sequence[Sequence[Node]],
    ) -> list[Affected]:
        """Return the deployments that were live when the thing was recalled, or came later."""
        of = {node.id: judged[group[0].id] for group in groups for node in group}
        found = []
        for one in deployments:
            if one.model not in of or (one.until is not None and one.until < self._at):
                continue
            live = one.status == "running"
            made = self._affected(
                id=one.id,
                kind="deployment",
                title=f"{one.title} in {one.env}" if one.env else one.title,
                judged=for_deployment(self._recall, of[one.model]),
                live=live,
            )
            over = not live and made.status == "open"
            found.append(replace(made, status="done", note="it has ended") if over else made)
        return found

    def _consumers(
        self,
        judged: Mapping[str, Judgement],
        groups: Sequence[Sequence[Node]],
        deployments: Sequence[Deployment],
    ) -> list[Affected]:
        """Return who uses the models, each once, by the model that concerns them most."""
        live = {one.model for one in deployments}
        found: dict[str, Affected] = {}
        order = sorted(groups, key=lambda group: _ORDER[judged[group[0].id].verdict])
        known = [g for g in order if g[0].version is not None or not live.isdisjoint(_ids(g))]
        known = known[:_MOST_CONSUMED]
        titles = {node.id: called(group[0]) for group in known for node in group}
        first = {node.id: group[0].id for group in known for node in group}
        used = [one for one in deployments if one.model in titles]
        for use in consumers_of(self._store, titles, used, self._seq) if titles else ():
            entry, id = use.entry, self._id_of(use.entry)
            verdict = for_consumer(judged[first[use.model]])
            if id not in found or _ORDER[verdict.verdict] < _ORDER[found[id].verdict]:
                found[id] = self._affected(
                    id=id,
                    kind="consumer",
                    title=f"{entry.who} ({entry.title})",
                    judged=verdict,
                    live=entry.how == "calls",
                )
                self._through[id] = use.through
        return list(found.values())

    def _id_of(self, entry: ConsumerEntry) -> str:
        return entry.id if entry.id is not None else f"consumer:{entry.who}"

    def _affected(
        self,
        *,
        id: str,
        kind: Literal["model", "deployment", "consumer"],
        title: str,
        judged: Judgement,
        live: bool,
        aliases: Sequence[str] = (),
        also: Sequence[str] = (),
    ) -> Affected:
        said = next((r for one in (id, *also) if (r := self._remedies.get(one))), None)
        status: RemedyStatus | Literal["nothing to do"] = (
            "nothing to do" if judged.verdict == "none" else "open"
        )
        return Affected(
            id=id,
            kind=kind,
            title=title,
            verdict=judged.verdict,
            reason=judged.reason,
            status=said.status if said is not None else status,
            live=live,
            aliases=list(aliases),
            also=list(also),
            note=said.note if said else None,
            by_version=self._title(said.by_version) if said and said.by_version else None,
        )

    def _title(self, id: str) -> str:
        node = self._store.node(id, self._seq)
        return called(node) if node is not None else id

    def _versions(self, titles: Mapping[str, str]) -> dict[str, str]:
        """Return titles of environments that say which version of a recalled package is there."""
        about = self._said.row.about
        if not about.startswith(PACKAGE):
            return {}
        name = about.removeprefix(PACKAGE)
        found = {id: version_in(self._store, id, name) for id in self._things if id in titles}
        return {id: f"{name} {one} in {titles[id]}" for id, one in found.items() if one}

    def _with_ways(self, affected: Sequence[Affected]) -> list[Affected]:
        """Give each thing, the first ones at least, a shortest way that leads there."""
        store, seq = self._store, self._seq
        ends = {one.id: self._through.get(one.id, one.id) for one in affected[:_MOST_WAYS]}
        ways = store.ways(self._things, list(dict.fromkeys(ends.values())), "down", seq=seq)
        every = list({id for way in ways.values() for id in way})
        titles = {id: called(node) for id, node in store.nodes(every, seq).items()}
        titles |= self._versions(titles)
        edges: dict[tuple[str, str], Edge] = {
            (edge.source, edge.target): edge for edge in store.edges(every, "up", seq=seq)
        }
        return [
            _with_way(one, ways.get(ends.get(one.id, ""), []), titles, edges, self._recall)
            for one in affected
        ]


def _ids(group: Sequence[Node]) -> set[str]:
    return {node.id for node in group}


def _with_way(
    one: Affected,
    way: Sequence[str],
    titles: Mapping[str, str],
    edges: Mapping[tuple[str, str], Edge],
    recall: Recall,
) -> Affected:
    links = [edges[pair] for pair in pairwise(way) if pair in edges]
    weakest = min((e.evidence for e in links), key=lambda word: Evidence[word], default=None)
    if one.kind == "model" and weakest == "inferred" and one.verdict == "retrain":
        judged = for_model(recall, evidence="inferred")
        one = replace(one, verdict=judged.verdict, reason=judged.reason)
    passed = way[:-1] if way and way[-1] == one.id else way
    return replace(
        one,
        path=list(way),
        way=[*(titles.get(id, id) for id in passed), *([one.title] if way else [])],
        evidence=weakest,
    )
