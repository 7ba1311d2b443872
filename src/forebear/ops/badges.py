"""Verdicts at a glance: what a map of the graph says of each thing that it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct

from forebear.analysis.drift import DriftWord
from forebear.analysis.verdict import counted, listed
from forebear.core.catalog import LICENCE
from forebear.core.entities import Node
from forebear.core.ports import Store
from forebear.core.profiles import PROFILE
from forebear.core.quality import CHECK
from forebear.core.recalls import REMEDY
from forebear.core.rows import VersionRow
from forebear.core.statements import Said, about_name
from forebear.core.validation import VALIDATION, Validation
from forebear.ops.drift import drift_between
from forebear.ops.kin import same_model
from forebear.ops.recall_things import things_of
from forebear.ops.recalled import open_recalls, recalled

__all__ = ["QUICK", "Badge", "BadgeWord", "badges_of"]

BadgeWord = Literal["quality", "validation", "drift", "recall", "licence"]
Status = Literal["good", "warn", "bad", "unknown"]
QUICK: Final[tuple[BadgeWord, ...]] = ("quality", "validation", "recall", "licence")
"""What is only looked up; drift has to be computed."""
_PASSED: Final[dict[bool | None, tuple[Status, str]]] = {
    True: ("good", "passed"),
    False: ("bad", "failed"),
    None: ("unknown", "no thresholds"),
}
_MOST_DRIFTS: Final = 20
"""Data of which drift is computed: it needs both profiles each time."""
_DATA: Final = frozenset({"data", "file"})
_HEIRS: Final = frozenset({"data", "serve", "consume"})
"""What is marked beside models where a recalled thing leads to it: data, and what is in use."""


class Badge(Struct, frozen=True, kw_only=True):
    """What one thing is found to be, in one respect."""

    about: BadgeWord
    status: Status
    words: str


def badges_of(
    store: Store, nodes: Mapping[str, Node], wanted: Sequence[BadgeWord], seq: int | None
) -> dict[str, list[Badge]]:
    """Return what is to be said of these things, in the respects that are wanted."""
    looked = _Looked(store, nodes, seq)
    found: dict[str, list[Badge]] = {}
    for word in dict.fromkeys(wanted):
        for id, badge in _JUDGES[word](looked).items():
            found.setdefault(id, []).append(badge)
    return found


class _Looked:
    """The things that are looked at, with the other guises and the names of each."""

    def __init__(self, store: Store, nodes: Mapping[str, Node], seq: int | None) -> None:
        self.store, self.seq, self.nodes = store, seq, nodes
        self.models = [id for id, node in nodes.items() if node.kind == "model"]
        self.data = [id for id, node in nodes.items() if node.kind in _DATA]
        self._kin: dict[str, list[str]] | None = None
        self._versions: dict[str, list[VersionRow]] | None = None

    @property
    def kin(self) -> dict[str, list[str]]:
        """Models with all ids under which the same model is known."""
        if self._kin is None:
            self._kin = {
                id: [one.id for one in same_model(self.store, self.nodes[id], self.seq)]
                for id in self.models
            }
        return self._kin

    @property
    def versions(self) -> dict[str, list[VersionRow]]:
        """Data with what versions they are."""
        if self._versions is None:
            self._versions = self.store.versions_of(self.data, self.seq)
        return self._versions


def _quality(looked: _Looked) -> dict[str, Badge]:
    said = CHECK.latest(looked.store.statements, looked.data, seq=looked.seq)
    results: dict[str, list[str]] = {}
    grave: set[str] = set()
    for one in said:
        results.setdefault(one.row.about, []).append(one.value.status)
        if one.value.status == "failed" and one.value.severity == "error":
            grave.add(one.row.about)
    found = {}
    for id, statuses in results.items():
        failed, done = statuses.count("failed"), len(statuses)
        words = f"{failed} of {counted(done, 'check')} failed" if failed else "all checks passed"
        undone = statuses.count("error")
        if undone:
            words += f", {undone} could not be done"
        status: Status = "bad" if id in grave else "warn" if failed or undone else "good"
        found[id] = Badge(about="quality", status=status, words=words)
    return found


def _validation(looked: _Looked) -> dict[str, Badge]:
    every = [id for ids in looked.kin.values() for id in ids]
    last: dict[str, Said[Validation]] = {}
    for one in VALIDATION.latest(looked.store.statements, every, seq=looked.seq):
        last[one.row.about] = one
    found = {}
    for id, ids in looked.kin.items():
        said = max((last[one] for one in ids if one in last), key=_when, default=None)
        if said is None:
            found[id] = Badge(about="validation", status="unknown", words="never validated")
            continue
        value = said.value
        figure = f"{value.main} {value.metrics[value.main].value:.3g} on {value.data_title}"
        if value.passed is None:
            found[id] = Badge(
                about="validation", status="unknown", words=f"{figure}, no thresholds"
            )
        elif value.passed:
            found[id] = Badge(about="validation", status="good", words=f"{figure}, passed")
        else:
            found[id] = Badge(about="validation", status="bad", words=f"{figure}, failed")
    return found


def _when(said: Said[Validation]) -> int:
    return said.row.seq


def _recall(looked: _Looked) -> dict[str, Badge]:
    store, seq, ids = looked.store, looked.seq, list(looked.nodes)
    found: dict[str, Badge] = {}
    for one in open_recalls(store, seq):
        things = things_of(store, one, seq)
        words = f"recalled: {one.value.reason}"
        below = store.reached(things, "down", ids, seq=seq) if things else {}
        for id in ids:
            if id in things:
                found[id] = Badge(about="recall", status="bad", words=words)
            elif id in below and looked.nodes[id].kind in _HEIRS:
                words_below = f"made of {one.value.title}, which was {words}"
                found.setdefault(id, Badge(about="recall", status="warn", words=words_below))
    return found | _recalled_models(looked)


def _recalled_models(looked: _Looked) -> dict[str, Badge]:
    """Return what is to be said of models, of which more is known: their rows, what was decided."""
    store, seq = looked.store, looked.seq
    found: dict[str, Badge] = {}
    if not open_recalls(store, seq) and not REMEDY.latest(store.statements, seq=seq):
        return found
    for id, ids in looked.kin.items():
        names = [
            about_name(row.kind, row.name)
            for rows in store.versions_of(ids, seq).values()
            for row in rows
        ]
        standing = recalled(store, list(dict.fromkeys([*ids, *names])), seq)
        if standing:
            titles = listed(one.title for one in standing)
            words = f"reached by the recall of {titles}: {standing[0].reason}"
            found[id] = Badge(about="recall", status="bad", words=words)
    return found


def _licence(looked: _Looked) -> dict[str, Badge]:
    names = {
        id: [id, *(about_name(row.kind, row.name) for row in rows)]
        for id, rows in looked.versions.items()
    }
    every = [*looked.data, *(name for some in names.values() for name in some)]
    said = {
        one.row.about: one.value
        for one in LICENCE.latest(looked.store.statements, every, seq=looked.seq)
    }
    found = {}
    for id in looked.data:
        licence = next((said[name] for name in names.get(id, [id]) if name in said), None)
        if licence is not None and "no-ml" in licence.terms:
            words = f"{licence.spdx} forbids learning from it"
            found[id] = Badge(about="licence", status="bad", words=words)
        elif licence is not None:
            found[id] = Badge(about="licence", status="good", words=licence.spdx)
    return found


def _drift(looked: _Looked) -> dict[str, Badge]:
    """Compare versions with the ones before, as far as both have a stored profile."""
    store, seq = looked.store, looked.seq
    rows = {id: rows[-1] for id, rows in looked.versions.items() if rows and rows[-1].version > 1}
    profiled = {one.row.about for one in PROFILE.latest(store.statements, list(rows), seq=seq)}
    found = {}
    for id, row in [(id, row) for id, row in rows.items() if id in profiled][:_MOST_DRIFTS]:
        older = [one for one in store.versions("data", row.name, seq) if one.version < row.version]
        drift = drift_between(store, older[0].artifact, id, seq) if older else None
        if drift is not None and drift.worst in _DRIFTS:
            status, words = _DRIFTS[drift.worst]
            words = f"{words} against {row.name}:{older[0].version}"
            found[id] = Badge(about="drift", status=status, words=words)
    return found


_DRIFTS: Final[dict[DriftWord, tuple[Status, str]]] = {
    "strong": ("bad", "strong drift"),
    "moderate": ("warn", "moderate drift"),
    "none": ("good", "no drift"),
    "unsure": ("unknown", "too few rows to tell drift"),
}
_JUDGES: Final[dict[BadgeWord, Callable[[_Looked], dict[str, Badge]]]] = {
    "quality": _quality,
    "validation": _validation,
    "drift": _drift,
    "recall": _recall,
    "licence": _licence,
}
