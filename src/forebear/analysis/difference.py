"""Where the making of two things differs."""

from __future__ import annotations

import shlex
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Literal

from msgspec import Struct

from forebear.analysis.verdict import CONTEXT, called
from forebear.core.entities import Edge, Node
from forebear.core.rows import RunRow

__all__ = ["Ancestry", "Difference", "Part", "differences"]

Part = Literal["input", "parameter", "code", "environment", "step"]


class Difference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing in which the making of two things differs."""

    what: Part
    name: str
    """The role of an input, the key of a parameter, the file, the package, the step."""
    where: str
    """The step or script in which it matters."""
    left: str | None
    right: str | None
    left_id: str | None = None
    right_id: str | None = None


class Ancestry(Struct, frozen=True, kw_only=True):
    """One thing with all that it comes from."""

    root: str
    nodes: Mapping[str, Node]
    edges: Sequence[Edge]
    runs: Mapping[str, RunRow]
    """The outermost runs."""
    packages: Mapping[str, Mapping[str, str]] = {}
    """For each environment its packages with their versions."""


def differences(left: Ancestry, right: Ancestry) -> list[Difference]:
    """Return where two ancestries part, the nearest first.

    Both are walked up side by side: what made one thing is compared with what made the other,
    then what was used in the same role. Where both used the same content they agree, and
    nothing above it is looked at.
    """
    return _Comparison(left, right).differences()


class _Side:
    """One ancestry with the questions that comparing asks of it."""

    def __init__(self, ancestry: Ancestry) -> None:
        self.all = ancestry
        self._arriving: dict[str, list[Edge]] = {}
        for edge in ancestry.edges:
            self._arriving.setdefault(edge.target, []).append(edge)

    def node(self, id: str) -> Node:
        return self.all.nodes[id]

    def arriving(self, id: str) -> list[Edge]:
        return [e for e in self._arriving.get(id, ()) if e.source in self.all.nodes]

    def maker(self, id: str) -> str | None:
        """Return the step that made a thing (a step says more than the script around it)."""
        makers = [e.source for e in self.arriving(id) if e.type == "generated"]
        steps = [one for one in makers if self.node(one).parent]
        return next(iter(steps or makers), None)

    def origins(self, id: str) -> dict[tuple[str, str], list[str]]:
        """Return what a thing derives from or a step used, by role and slot."""
        found: dict[tuple[str, str], list[str]] = {}
        for edge in self.arriving(id):
            if edge.type != "generated" and edge.role not in CONTEXT:
                word = edge.role or edge.relation or "input"
                ends = found.setdefault((word, edge.slot or ""), [])
                if edge.source not in ends:
                    ends.append(edge.source)
        return found

    def around(self, run: str) -> dict[str, dict[str, Node]]:
        """Return code and environment of a step or run, by role and label."""
        found: dict[str, dict[str, Node]] = {}
        for edge in self.arriving(run):
            if edge.role in CONTEXT:
                node = self.node(edge.source)
                label = "" if edge.role == "environment" else node.label or node.name or ""
                found.setdefault(str(edge.role), {})[label] = node
        return found

    def script(self, run: str) -> RunRow | None:
        return self.all.runs.get(self.node(run).root or run)


class _Comparison:
    """Two ancestries, walked up side by side."""

    def __init__(self, left: Ancestry, right: Ancestry) -> None:
        self._left, self._right = _Side(left), _Side(right)
        self._found: list[Difference] = []
        self._asked: list[Difference] = []
        """What scripts were started with."""
        self._pending = deque([(left.root, right.root, "", "")])
        self._seen: set[tuple[str, str]] = set()

    def differences(self) -> list[Difference]:
        while self._pending:
            one, other, role, where = self._pending.popleft()
            if (one, other) in self._seen:
                continue
            self._seen.add((one, other))
            if self._left.node(one).type == self._right.node(other).type == "run":
                self._runs(one, other)
            else:
                self._things(one, other, role, where)
        found = self._found
        if not any(one.what == "parameter" for one in found):  # else these say what was asked for
            found = [*self._asked, *found]
        return list(dict.fromkeys(found))

    def _things(self, one: str, other: str, role: str, where: str) -> None:
        left, right = self._left.node(one), self._right.node(other)
        if one == other or (left.digest is not None and left.digest == right.digest):
            return
        makers = self._left.maker(one), self._right.maker(other)
        if makers[0] is not None and makers[1] is not None:
            self._pending.append((makers[0], makers[1], role, where))
        elif makers == (None, None) and self._left.origins(one) and self._right.origins(other):
            self._origins(one, other, where)
        else:
            self._note("input", role or "itself", where, left, right)

    def _runs(self, one: str, other: str) -> None:
        left, right = self._left.node(one), self._right.node(other)
        where = called(left)
        if (left.kind, left.name) == (right.kind, right.name):
            self._settings(where, left.attrs.get("params", {}), right.attrs.get("params", {}))
        else:  # settings of different things are no more alike than the things
            self._note("step", left.kind, where, left, right)
        self._surroundings(one, other, where)
        self._origins(one, other, where)

    def _surroundings(self, one: str, other: str, where: str) -> None:
        """Compare scripts, their settings, code and environment, once for each pair of scripts."""
        scripts = self._left.script(one), self._right.script(other)
        if scripts[0] and scripts[1]:
            pair = (scripts[0].id, scripts[1].id)
            if pair in self._seen or pair[0] == pair[1]:
                return
            self._seen.add(pair)
            where = scripts[0].name
            if scripts[0].id != one:
                self._settings(where, scripts[0].params, scripts[1].params)
            self._arguments(where, scripts[0], scripts[1])
        around = self._left.around(one), self._right.around(other)
        for role in sorted({*around[0], *around[1]}):
            here, there = around[0].get(role, {}), around[1].get(role, {})
            for label in sorted({*here, *there}):
                left, right = here.get(label), there.get(label)
                if left is None or right is None or left.digest != right.digest:
                    self._context(role, label, where, left, right)

    def _context(
        self, role: str, label: str, where: str, left: Node | None, right: Node | None
    ) -> None:
        packages = [
            side.all.packages.get(node.digest or "") if node else None
            for side, node in ((self._left, left), (self._right, right))
        ]
        if role != "environment" or packages[0] is None or packages[1] is None:
            what: Part = "environment" if role == "environment" else "code"
            self._note(what, label or role, where, left, right)
            return
        for name in sorted({*packages[0], *packages[1]}):
            versions = packages[0].get(name), packages[1].get(name)
            if versions[0] != versions[1]:
                self._say("environment", name, where, versions)

    def _settings(self, where: str, left: Mapping[str, Any], right: Mapping[str, Any]) -> None:
        one, other = dict(_flat(left)), dict(_flat(right))
        for key in sorted({*one, *other}):
            if key not in one or key not in other or one[key] != other[key]:
                said = [str(side[key]) if key in side else None for side in (one, other)]
                self._say("parameter", key, where, (said[0], said[1]))

    def _arguments(self, where: str, left: RunRow, right: RunRow) -> None:
        if left.command and right.command:
            words = shlex.join(_arguments(left)), shlex.join(_arguments(right))
            if words[0] != words[1]:
                one, other = words[0] or None, words[1] or None
                what = Difference(
                    what="parameter", name="arguments", where=where, left=one, right=other
                )
                self._asked.append(what)

    def _origins(self, one: str, other: str, where: str) -> None:
        left, right = self._left.origins(one), self._right.origins(other)
        for role, slot in dict.fromkeys([*left, *right]):
            word = f"{role} {slot}".strip()
            pairs = zip_longest(left.get((role, slot), []), right.get((role, slot), []))
            for here, there in pairs:
                if here is not None and there is not None:
                    self._pending.append((here, there, word, where))
                    continue
                only_left = self._left.node(here) if here is not None else None
                only_right = self._right.node(there) if there is not None else None
                self._note("input", word, where, only_left, only_right)

    def _note(
        self, what: Part, name: str, where: str, left: Node | None, right: Node | None
    ) -> None:
        words = called(left) if left else None, called(right) if right else None
        ids = left.id if left else None, right.id if right else None
        self._say(what, name, where, words, ids)

    def _say(
        self,
        what: Part,
        name: str,
        where: str,
        words: tuple[str | None, str | None],
        ids: tuple[str | None, str | None] = (None, None),
    ) -> None:
        self._found.append(
            Difference(
                what=what,
                name=name,
                where=where,
                left=words[0],
                right=words[1],
                left_id=ids[0],
                right_id=ids[1],
            )
        )


def _arguments(run: RunRow) -> list[str]:
    """Return what a script was started with, wherever it and its interpreter lie."""
    words = run.command[1:]
    names = [one.rpartition("/")[2] for one in words]
    return words[names.index(run.name) + 1 :] if run.name in names else words


def _flat(settings: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + str(key), value
