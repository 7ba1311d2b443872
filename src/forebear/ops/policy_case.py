"""The case of one model version: what requirements look at, each found out once at most."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from forebear.core.entities import Edge, Node
from forebear.core.errors import ForebearError
from forebear.core.policies import Rules, digest_of
from forebear.core.ports import Store
from forebear.core.rows import RunRow, VersionRow
from forebear.core.statements import Said, about_name
from forebear.core.validation import VALIDATION, Validation
from forebear.ops.completeness import CompletenessRequest, CompletenessResponse, check_completeness
from forebear.ops.facts import Facts
from forebear.ops.kin import same_model
from forebear.ops.leaks import LeaksRequest, LeaksResponse, leaks_into
from forebear.ops.standing import stage_of
from forebear.ops.table import Context, Target
from forebear.ops.training import Learned, flow_into, learned

__all__ = ["BY_GROUP", "Case"]

BY_GROUP = " --by COLUMN"
"""What makes a validation tell how it treats groups of people."""

_FLOW = frozenset({"code", "environment", "diff"})


class Case:
    """One version with the policy that it is judged by.

    `policy` is the name that approvals and overrides are asked under, `settings` tells what it
    asks; `now` is the moment by which times run out.
    """

    def __init__(
        self,
        context: Context,
        row: VersionRow,
        rules: Rules,
        policy: str,
        *,
        settings: Callable[[], Mapping[str, Any]],
        facts: Facts,
        now: datetime,
        as_of: str | None = None,
        seq: int | None = None,
        auditing: bool = False,
    ) -> None:
        self.context, self.row, self.rules, self.policy = context, row, rules, policy
        self.facts, self.now, self.as_of, self.seq = facts, now, as_of, seq
        self._settings, self.auditing = settings, auditing
        self.store: Store = context.store

    @property
    def title(self) -> str:
        """How people call the version: `churn:7`."""
        return f"{self.row.name}:{self.row.version}"

    @cached_property
    def policy_digest(self) -> str:
        """What binds approvals and overrides to the policy as it is."""
        return digest_of(self.policy, self._settings())

    @cached_property
    def ref(self) -> str:
        """How commands are told which version is meant."""
        both = self.store.versions("data", self.row.name, self.seq)
        return f"model:{self.title}" if both else self.title

    @property
    def next_ref(self) -> str:
        """How commands are told that the next version is meant, once it is there: the newest."""
        return self.ref.rpartition(":")[0]

    @cached_property
    def stage(self) -> str:
        """The stage that the version has now."""
        return stage_of(self.row, self.rules, self.facts)

    @cached_property
    def kin(self) -> list[Node]:
        """The model in all its guises: in memory, saved, loaded again."""
        if self.learned is not None:
            return self.learned.kin
        node = self.store.node(self.row.artifact, self.seq)
        return [] if node is None else same_model(self.store, node, self.seq)

    @cached_property
    def ids(self) -> list[str]:
        """Ids of all guises, that of the version first."""
        return list(dict.fromkeys([self.row.artifact, *(node.id for node in self.kin)]))

    @cached_property
    def everything(self) -> list[str]:
        """What holds for the version was said about any of these."""
        return [*self.ids, about_name("model", self.row.name)]

    @cached_property
    def ancestors(self) -> list[str]:
        """Ids of everything that led to the version, however far."""
        return list(self.store.closure(self.ids, "up", seq=self.seq).depths)

    @cached_property
    def runs(self) -> list[RunRow]:
        """The outermost runs that made the version."""
        made = [e.source for e in self.arriving if e.type == "generated"]
        nodes = self.store.nodes(list(dict.fromkeys(made)), self.seq)
        roots = dict.fromkeys(node.root or node.id for node in nodes.values())
        return [row for id in roots if (row := self.store.run(id, self.seq)) is not None]

    @cached_property
    def arriving(self) -> list[Edge]:
        """The links that lead to the version itself."""
        return self.store.edges(self.ids, "up", seq=self.seq)

    @cached_property
    def authors(self) -> list[str]:
        """Who made the version: who started its runs, gave it its name, or handed them over."""
        said = [*(row.attrs.get("by") for row in self.runs), self.row.by]
        # What a program says of its user need not be true; who handed it over is known.
        said += self.store.intakes.accounts([*(row.seq for row in self.runs), self.row.seq])
        return [who for who in dict.fromkeys(said) if isinstance(who, str)]

    @cached_property
    def learned(self) -> Learned | None:
        """What it was trained on; None where that cannot be asked."""
        try:
            return learned(self.store, self.target, self.seq)
        except ForebearError:
            return None

    @property
    def target(self) -> Target:
        """The version as other operations are asked about it."""
        return Target(ref=f"model:{self.title}")

    @cached_property
    def data(self) -> list[VersionRow]:
        """The named data nearest to what it was trained on, one version each."""
        starts = self.learned.train_data() if self.learned else []
        return self._named_above(starts or self.ids, whole=False)

    @cached_property
    def sources(self) -> list[VersionRow]:
        """All named data that led to its training data, these included, as far up as there is."""
        starts = self.learned.train_data() if self.learned else []
        return self._named_above(starts or self.ids, whole=True)

    @cached_property
    def unnamed(self) -> list[Node]:
        """Where its features begin, if none of the data that led to it has a name."""
        if self.learned is None or self.sources:
            return []
        roots = flow_into(self.store, self.learned.train_data(slot="X"), self.seq).roots
        return list(self.store.nodes(roots, self.seq).values())

    @cached_property
    def completeness(self) -> CompletenessResponse:
        """How much of what led to it was seen."""
        request = CompletenessRequest(target=self.target, as_of=self.as_of)
        return check_completeness(self.context, request)

    @cached_property
    def leaks(self) -> LeaksResponse | None:
        """Whether anything of the test data reached a fit; None where that cannot be asked."""
        if self.learned is None:
            return None
        request = LeaksRequest(target=self.target, as_of=self.as_of)
        try:
            return leaks_into(self.store, self.learned, request, self.seq, self._looked_at)
        except ForebearError:
            return None

    @property
    def _looked_at(self) -> set[str]:
        """Steps that validated it on rows of its training, each of which says so itself."""
        ever = self.facts.history(VALIDATION, self.ids)
        return {said.value.step for said in ever if said.value.trained_on}

    @cached_property
    def validations(self) -> list[Said[Validation]]:
        """Its validations, the newest of each data set, newest first."""
        return self.facts.latest(VALIDATION, self.ids)[::-1]

    @cached_property
    def deployments(self) -> list[RunRow]:
        """What serves it now."""
        return self.store.live_deployments(self.ids, seq=self.seq)

    @cached_property
    def retrain(self) -> str:
        """The command that makes a new version of it."""
        script = next((row.command for row in self.runs if row.command), [])
        return (
            f"forebear run {shlex.join(script[1:])}" if len(script) > 1 else "forebear run SCRIPT"
        )

    @property
    def rename(self) -> str | None:
        """The command that makes a new model the next version, if no program named this one."""
        if self.row.run is not None or not self.runs:
            return None
        places = self.store.locations(self.ids, self.seq)
        file = shlex.quote(places[0].uri) if places else "FILE"
        return f"forebear name {file} {self.row.name}"

    @property
    def deploy(self) -> str:
        """The command that puts it into use."""
        return f"forebear deploy {self.ref} --env ENV --endpoint URL"

    def validate(self, more: str = "", *, ref: str = "") -> str:
        """Return the command that validates it like its last validation: data, weights, groups."""
        newest = self.validations[0].value if self.validations else None
        groups = dict.fromkeys(one.by for one in newest.fairness) if newest else {}
        if groups and more == BY_GROUP:
            more = f" --by {shlex.quote(','.join(groups))}"
        on = self._ref_of(newest) if newest else "TEST_DATA"
        if newest and newest.weight:
            more = f" --weight {shlex.quote(newest.weight)}{more}"
        return f"forebear validate {ref or self.ref} --on {shlex.quote(on)}{more}"

    def _ref_of(self, validation: Validation) -> str:
        """Return how to name the data of a validation; its title need not be a ref."""
        rows = self.store.versions_of([validation.data], self.seq).get(validation.data)
        named = f"data:{rows[0].name}:{rows[0].version}" if rows else None
        return named or validation.data_title or validation.data

    def _named_above(self, starts: Iterable[str], *, whole: bool) -> list[VersionRow]:
        """Walk up from `starts` to data that has a name; past it only if the `whole` is wanted."""
        frontier, seen = list(dict.fromkeys(starts)), set[str]()
        found: dict[str, VersionRow] = {}
        while frontier:
            seen.update(frontier)
            named = self.store.versions_of(frontier, self.seq)
            for id, rows in named.items():
                data = [row for row in rows if row.kind == "data"]
                if data:
                    found.setdefault(id, data[0])
            onward = [id for id in frontier if whole or id not in found]
            edges = self.store.edges(onward, "up", seq=self.seq) if onward else []
            above = dict.fromkeys(e.source for e in edges if e.role not in _FLOW)
            frontier = [id for id in above if id not in seen]
        return list(found.values())
