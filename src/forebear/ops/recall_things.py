"""What a recall speaks of: its artifacts, and the part of them where it is only a part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from forebear.analysis.remedies import Knowledge
from forebear.core.errors import ForebearError
from forebear.core.ports import Store
from forebear.core.recalls import PACKAGE, RECALL, Recall
from forebear.core.refs import NameKind
from forebear.core.statements import Said
from forebear.ops.columns import columns_from
from forebear.ops.kin import same_model
from forebear.ops.learners import Holder
from forebear.ops.packages import environments_with
from forebear.ops.rows import RowsRequest, rows
from forebear.ops.table import Context, Target
from forebear.ops.training import learned
from forebear.ops.who_used import WhoUsedRequest, who_used

__all__ = ["Parts", "find_recall", "key_of", "things_of"]

_MOST_SOURCES: Final = 4
_LEARNED: Final = frozenset({"train", "validation", "fitted", "base"})
_NAMES: Final[dict[str, NameKind]] = {"data:": "data", "model:": "model"}


def find_recall(store: Store, start: str, seq: int | None = None) -> list[Said[Recall]]:
    """Return the recalls whose id begins like that."""
    return [
        one for one in RECALL.latest(store.statements, seq=seq) if one.row.key.startswith(start)
    ]


def things_of(store: Store, said: Said[Recall], seq: int | None = None) -> list[str]:
    """Return the artifacts that a recall speaks of: versions, their guises, environments.

    Versions and environments that were recorded after the recall are among them.
    """
    about = said.row.about
    if about.startswith(PACKAGE):
        package = about.removeprefix(PACKAGE)
        return environments_with(store, package, said.value.versions or "", seq).ids
    ids = [about]
    for start, kind in _NAMES.items():
        if about.startswith(start):
            ids = [row.artifact for row in store.versions(kind, about.removeprefix(start), seq)]
    found = dict.fromkeys([*ids, *said.value.rows])
    for node in store.nodes(list(found), seq).values():
        if node.kind == "model":
            found |= dict.fromkeys(kin.id for kin in same_model(store, node, seq))
        elif isinstance(table := node.attrs.get("table"), str):
            # A file with the same table in another format is the same data.
            same = [one for one in store.find_artifacts(table, seq) if not one.in_memory]
            found |= dict.fromkeys(one.id for one in same)
    return list(found)


def key_of(recall: Recall) -> dict[str, str] | None:
    """Return how a recalled record was named, where that is known and was not erased."""
    name, sign, value = (recall.key or "").partition("=")
    return {name: value} if sign and name else None


class Parts:
    """What rows and columns tell of a recall: which models its part is in.

    Only what is known now is asked: about an earlier time, and without NumPy, nothing is said.
    """

    def __init__(
        self, store: Store, recall: Recall, things: Sequence[str], seq: int | None = None
    ) -> None:
        self._store, self._recall, self._things, self._seq = store, recall, things, seq
        self._context = Context(store=store, by="")
        self._holders: dict[str, Holder] | None = None
        self._followed: bool | None = None
        self.gaps: list[str] = []
        """Why it was not known of some."""

    def in_model(self, ids: Sequence[str]) -> Knowledge | None:
        """Tell whether the recalled part is in a model, given as its guises; None: not known."""
        recall = self._recall
        if self._seq is not None or recall.cause in {"package", "base-model"}:
            return None
        try:
            if recall.key is not None:
                return self._record_in(ids)
            return self._column_in(ids) if recall.column is not None else self._rows_in(ids)
        except ForebearError as error:
            self._note(error)
            return None

    @property
    def can_tell(self) -> bool:
        """Whether rows or columns are known of what is recalled."""
        return self._recall.column is not None or bool(self._followed)

    def tested_on(self, ids: Sequence[str]) -> bool:
        """Tell whether a model met the recalled record only where it was measured."""
        found = [one for id in ids if (one := (self._holders or {}).get(id)) is not None]
        return bool(found) and all(one.parts and not _LEARNED & set(one.parts) for one in found)

    def _record_in(self, ids: Sequence[str]) -> Knowledge:
        if self._holders is None:
            self._holders = self._found()
        held = [one for id in ids if (one := self._holders.get(id)) is not None]
        if not held:
            return "none"
        return "contains" if any(one.certain for one in held) else "may contain"

    def _found(self) -> dict[str, Holder]:
        key = key_of(self._recall)
        found: dict[str, Holder] = {}
        for thing in self._things[:1] if key else self._recall.rows:
            target = Target(ref=thing)
            request = (
                WhoUsedRequest(source=target, keys=[key])
                if key
                else WhoUsedRequest(source=target, rows=self._recall.rows[thing], only_this=True)
            )
            for one in who_used(self._context, request).models:
                for id in (one.id, *one.also):
                    if id not in found or one.certain:
                        found[id] = one
        return found

    def _column_in(self, ids: Sequence[str]) -> Knowledge | None:
        model = learned(self._store, Target(ref=ids[0]), None)
        answer = columns_from(self._store, model, None, self._things)
        name = self._recall.column
        here = {one.id for one in answer.sources} & set(self._things)
        if any(one.column == name and one.source in here for one in answer.columns):
            return "contains"
        away = {one.source for one in answer.unused if one.column == name and not one.decided}
        return "none" if here and answer.complete and here <= away else "may contain"

    def _rows_in(self, ids: Sequence[str]) -> Knowledge | None:
        """Tell whether provably no row of the recalled data is in a model."""
        if self._followed is None:
            leaving = self._store.flows.passages(self._things, "down")
            self._followed = any(one.told and one.reached is not None for one in leaving)
        if not self._followed:
            return None
        model = Target(ref=ids[0])
        above = self._store.reached(ids, "up", self._things)
        if not 0 < len(above) <= _MOST_SOURCES:
            return None
        for thing in above:
            answer = rows(self._context, RowsRequest(target=model, source=Target(ref=thing)))
            reached = [one.reached for one in answer.parts if one.part in {"train", "base"}]
            if not (answer.complete and reached and not any(reached)):
                return None
        return "none"

    def _note(self, error: ForebearError) -> None:
        if self._recall.key is not None or self._recall.column is not None:
            self.gaps = list(dict.fromkeys([*self.gaps, str(error)]))
