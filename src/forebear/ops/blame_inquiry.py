"""What is known of the things above data, beside those above a good version of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from forebear.analysis.blame import Origin, Standing, first_bad, matched
from forebear.analysis.blame_signs import Sign, picked, signs_of, standing_beside
from forebear.analysis.column_facts import ColumnFacts, of_profile, thinned
from forebear.analysis.drift import compared
from forebear.analysis.flowgraph import FlowGraph
from forebear.analysis.verdict import called, counted
from forebear.core.checking import Check
from forebear.core.entities import Node
from forebear.core.errors import InvalidInput
from forebear.core.events import StepRecorded
from forebear.core.ports import Store
from forebear.core.profiles import Profile
from forebear.core.quality import CHECK, CheckResult
from forebear.core.suggesting import known_of
from forebear.ops.names_above import draws_of, names_above, renamed
from forebear.ops.profiles import stored_profile
from forebear.ops.quality_seen import seen_of
from forebear.ops.quality_suites import in_force
from forebear.ops.training import flow_into, rows_known, steps_of

__all__ = ["Fault", "Found", "Inquiry", "Stop"]

_MOST = 12


class Fault(Struct, frozen=True, kw_only=True):
    """Something that is wrong with data."""

    what: str
    """`check range:age`, or `column age`."""
    said: str
    check: Check | str | None = None
    """The check, or its id where its suite is not there."""
    column: str | None = None
    sign: Sign | None = None
    """What stored profiles say of it where no check does."""


class Stop(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A thing on the way, and whether the fault is in it."""

    artifact: str
    title: str
    state: Literal["good", "bad", "unknown"]
    how: str


class Found(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a fault came in."""

    artifact: str
    title: str
    sure: bool
    """Everything above it is known to be good, or there is nothing above it."""
    step: str | None
    """What made it; None for what nothing recorded made."""
    name: str | None
    where: str | None
    way: list[Stop]
    """From it to what was asked about."""
    above: list[Stop]
    """What is known of what went into it."""
    verdict: str


class Inquiry:
    """One version with its ancestry beside that of a good version."""

    def __init__(self, store: Store, node: Node, good: Node | None, seq: int | None) -> None:
        self._store, self._node, self._good, self._seq = store, node, good, seq
        self._graph: FlowGraph = flow_into(store, [node.id, *([good.id] if good else [])], seq)
        self._steps: dict[str, StepRecorded] = steps_of(store, self._graph, seq)
        self._nodes = store.nodes(self._graph.order, seq)
        self._parents = {
            id: list(dict.fromkeys(passage.source for passage in arriving))
            for id, arriving in self._graph.into.items()
        }
        self._beside = (
            matched(node.id, good.id, self._parents, self._likeness) if good is not None else {}
        )
        self._draws = draws_of(self._graph, self._steps, rows_known(self._nodes))
        self._profiles: dict[str, Profile | None] = {}
        self._results: dict[str, dict[str, CheckResult]] = {}

    def faults(self, check: str | None, column: str | None) -> list[Fault]:
        """Return what is wrong: what failing checks say, else which columns drifted."""
        results = self._found_in(self._node.id)
        if check is not None:
            if check not in results:
                raise InvalidInput(
                    f"The check '{check}' was not done on {called(self._node)}.",
                    hint=f"Done were: {', '.join(results) or 'none'}.",
                )
            return [self._failure(check, results[check])]
        failed = {id: one for id, one in results.items() if one.status == "failed"}
        if column is not None:
            failed = {id: one for id, one in failed.items() if one.column == column}
        severe = {id: one for id, one in failed.items() if one.severity == "error"} or failed
        if severe:
            return [self._failure(id, one) for id, one in list(severe.items())[:_MOST]]
        return self._drifted(column)

    def _failure(self, id: str, result: CheckResult) -> Fault:
        return Fault(what=f"check {id}", said=result.message, check=self._check(id))

    def origins(self, fault: Fault) -> list[Found]:
        """Return where one fault came in."""
        check = fault.check
        involved = [fault.column] if fault.column else self._involved(check)
        columns = names_above(self._graph, self._steps, self._node.id, involved)
        same = names_above(self._graph, self._steps, self._node.id, involved, computed=False)
        sign = fault.sign or self._sign_of(involved)
        known: dict[str, Standing] = {}

        def standing(id: str) -> Standing:
            if id == self._node.id:
                return Standing(state="bad", how="it is what was asked about")
            if id not in known:
                names = columns.get(id, {}), same.get(id, {})
                known[id] = self._standing(id, check, *names, sign)
            return known[id]

        found = first_bad(self._node.id, self._parents, standing)
        return [self._told(one, standing) for one in found]

    def gaps(self) -> list[str]:
        """Say what is not recorded."""
        found = []
        if self._good is None:
            found.append("there is no version before it that is known to be good")
        unknown = [
            called(node)
            for id, node in self._nodes.items()
            if id in self._above() and not node.in_memory and self._profile(id) is None
            and not self._found_in(id)
        ]  # fmt: skip
        if unknown:
            listed = ", ".join(unknown[:5]) + (" …" if len(unknown) > 5 else "")
            found.append(f"of {listed} neither a profile nor checks are recorded")
        return found

    # What is known of one thing

    def _standing(
        self,
        id: str,
        check: Check | str | None,
        columns: dict[str, str],
        same: dict[str, str],
        sign: Sign | None,
    ) -> Standing:
        """Say whether the fault is in a thing; `columns` are the names there of those involved.

        Of these the check means those that are the `same`, and not what they were computed from.
        """
        beside = self._beside.get(id)
        if beside is not None and self._digest(id) == self._digest(beside):
            title = called(self._good) if self._good else "the good version"
            return Standing(state="good", how=f"the same content went into {title}")
        if check is None:
            return self._drift(id, columns, sign)
        if self._involved(check) and not columns:
            return Standing(state="good", how="no part of the column came from it")
        judged = self._judged(id, check, same)
        before = self._judged(beside, check, same) if beside is not None else None
        if judged is None:
            how = "the check was not done on it"
        elif judged.state == "good" or before is None or before.state == "good":
            return judged
        else:
            # Then it is what was done to it that made the good version good.
            how = "what stood in its place before fails the check as well"
        drifted = self._drift(id, columns, sign)
        # That nothing drifted does not say that a few rows are not bad.
        far = bool(sign and sign.far) and (judged is not None or not same)
        return drifted if far or drifted.state == "bad" else Standing(state="unknown", how=how)

    def _judged(self, id: str, check: Check | str, columns: dict[str, str]) -> Standing | None:
        """Say what a check says of a thing, as it is recorded, else by its profile."""
        if self._involved(check) and not columns:
            return None
        name = check if isinstance(check, str) else check.name
        found_as = None if isinstance(check, str) else renamed(check, columns)
        for key in dict.fromkeys([name, *([found_as.name] if found_as else [])]):
            result = self._found_in(id).get(key)
            if result is not None and result.status in ("passed", "failed"):
                state: Literal["bad", "good"] = "bad" if result.status == "failed" else "good"
                return Standing(state=state, how=f"the check {key} {result.status} on it")
        profile = self._profile(id)
        if found_as is not None and profile is not None:
            outcome = known_of(found_as, seen_of(profile))
            if outcome is not None and outcome.status in ("passed", "failed"):
                state = "bad" if outcome.status == "failed" else "good"
                return Standing(state=state, how=f"by its profile {outcome.message}")
        return None

    def _drift(self, id: str, columns: dict[str, str], sign: Sign | None) -> Standing:
        beside = self._beside.get(id)
        if beside is None:
            return Standing(state="unknown", how="nothing stood in its place before")
        one, other = self._facts(beside), self._facts(id)
        if one is None or other is None:
            return Standing(state="unknown", how="its profile is not recorded")
        return standing_beside(one, other, columns, sign)

    def _sign_of(self, involved: Sequence[str]) -> Sign | None:
        """Return how far columns are from those of the good version, where that is known."""
        one = self._facts(self._good.id) if self._good is not None else None
        other = self._facts(self._node.id)
        if one is None or other is None:
            return None
        found = compared(picked(one, involved), picked(other, involved))
        return Sign(what="", said="", drifts={c.column: c for c in found.columns})

    def _drifted(self, column: str | None) -> list[Fault]:
        """Return what is not as in the good version."""
        title = called(self._node)
        if self._good is None:
            raise InvalidInput(
                f"No check fails on {title}, and there is nothing to compare it with.",
                hint="`--good VERSION` names a version that is as it should be.",
            )
        before, now = self._facts(self._good.id), self._facts(self._node.id)
        if before is None or now is None:
            raise InvalidInput(
                f"No check fails on {title}, and of it or of {called(self._good)} no profile is"
                " recorded.",
                hint="`forebear profile` makes one; `forebear quality check` does checks.",
            )
        if column is not None and column not in now and column not in before:
            raise InvalidInput(f"{title} has no column '{column}'.")
        signs = signs_of(before, now, column)
        return [
            Fault(what=one.what, said=one.said, column=one.column, sign=one)
            for one in signs[:_MOST]
        ]

    def _facts(self, id: str) -> dict[str, ColumnFacts] | None:
        profile = self._profile(id)
        if profile is None:
            return None
        draws = self._draws.get(id, {})
        return {
            name: thinned(one, draws.get(name, one.rows))
            for name, one in of_profile(profile).items()
        }

    def _profile(self, id: str) -> Profile | None:
        if id not in self._profiles:
            self._profiles[id] = next(
                (
                    found
                    for one in self._equal(id)
                    if (found := stored_profile(self._store, one, self._seq)) is not None
                ),
                None,
            )
        return self._profiles[id]

    def _found_in(self, id: str) -> dict[str, CheckResult]:
        if id not in self._results:
            said = CHECK.latest(self._store.statements, self._equal(id), seq=self._seq)
            self._results[id] = {one.row.key: one.value for one in said}
        return self._results[id]

    def _equal(self, id: str) -> list[str]:
        """Return a thing with those that hold the same table: a file, and what was read of it."""
        node = self._nodes.get(id)
        if node is None:
            return [id]
        tables = {word for word in (node.digest, node.attrs.get("table")) if word}
        equal = [one.id for word in tables for one in self._store.find_artifacts(word, self._seq)]
        return list(dict.fromkeys([id, *equal]))

    def _digest(self, id: str) -> str:
        node = self._nodes.get(id)
        table = node.attrs.get("table") if node else None
        return str(table or (node.digest if node else None) or id)

    def _check(self, id: str) -> Check | str:
        """Return the check as its suite has it, or its id where the suite is not there."""
        for row in self._store.versions_of([self._node.id], self._seq).get(self._node.id, []):
            suite = in_force(self._store, row.name, self._seq) if row.kind == "data" else None
            for check in suite.checks if suite else ():
                if suite is not None and suite.key(check, row.name) == id:
                    return check
        return id

    def _involved(self, check: Check | str | None) -> list[str]:
        if isinstance(check, Check):
            return check.involved()
        result = self._found_in(self._node.id).get(check or "")
        return [result.column] if result is not None and result.column else []

    # How things belong together

    def _likeness(self, one: str, other: str) -> int:
        """Say how sure it is that two things play the same part: by name, place, step."""
        mine, its = self._nodes.get(one), self._nodes.get(other)
        if mine is None or its is None:
            return 0
        if one == other:
            return 5
        if mine.name is not None and mine.version is not None and mine.name == its.name:
            return 4
        if mine.label is not None and mine.label == its.label:
            return 3
        steps = [self._made_by(id) for id in (one, other)]
        if steps[0] is not None and steps[1] is not None:
            return 2 if (steps[0].kind, steps[0].name) == (steps[1].kind, steps[1].name) else 0
        return 0

    def _made_by(self, id: str) -> StepRecorded | None:
        arriving = self._graph.into.get(id, ())
        return next((self._steps[p.run] for p in arriving if p.run in self._steps), None)

    def _above(self) -> set[str]:
        return set(self._graph.above([self._node.id]))

    def _told(self, origin: Origin, standing: Callable[[str], Standing]) -> Found:

        def stop(id: str) -> Stop:
            known = standing(id)
            return Stop(artifact=id, title=self._title(id), state=known.state, how=known.how)

        step = self._made_by(origin.artifact)
        run = next((p.run for p in self._graph.into.get(origin.artifact, ()) if p.run), None)
        made = step.name if step else None
        if step is None and run is not None:
            row = self._store.run(run, self._seq)
            made = row.name if row else None
        above = [stop(id) for id in [*origin.good, *origin.unknown]]
        return Found(
            artifact=origin.artifact,
            title=self._title(origin.artifact),
            sure=not origin.unknown or not origin.open,
            step=run,
            name=made,
            where=step.where if step else None,
            way=[stop(id) for id in origin.way],
            above=above,
            verdict=self._sentence(origin, made, step.where if step else None),
        )

    def _sentence(self, origin: Origin, made: str | None, where: str | None) -> str:
        title = self._title(origin.artifact)
        at = f"{made} ({where})" if where else made
        if not self._parents.get(origin.artifact):
            return f"It came in with {title}, which nothing recorded made."
        if not origin.unknown:
            good = " and ".join(self._title(id) for id in origin.good)
            return f"It came in with {title}, made by {at or 'a derivation'} of {good}, still good."
        unknown = counted(len(origin.unknown), "thing")
        if not origin.open:
            good = " and ".join(self._title(id) for id in origin.good)
            return (
                f"It came in between {good}, still good, and {title}; of {unknown} between it is"
                " not recorded."
            )
        return (
            f"The first that is known to have it is {title}, made by {at or 'a derivation'}; of"
            f" {unknown} above it is not recorded."
        )

    def _title(self, id: str) -> str:
        node = self._nodes.get(id)
        return called(node) if node is not None else id
