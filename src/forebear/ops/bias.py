"""Where groups lost their share on the way to a model, and how the model treats them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from forebear.analysis.groups import GroupFigures, ShareChange, changes
from forebear.analysis.verdict import called, counted, listed
from forebear.core.errors import InvalidInput
from forebear.core.ports import Store
from forebear.engines.records import Records
from forebear.ops.alike import told_once
from forebear.ops.contents import Contents
from forebear.ops.cuts import Cut, cuts_of
from forebear.ops.group_figures import Predicted
from forebear.ops.resolve import moment
from forebear.ops.row_maps import MapReader, require_numpy
from forebear.ops.source_code import SourceLines
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.training import Learned, flow_into, learned, rows_known, steps_of

if TYPE_CHECKING:
    from forebear.analysis.rowways import Holding

__all__ = ["BiasRequest", "BiasResponse", "BiasStage", "GroupTable", "bias"]

_NOTHING: Final = "(none)"


class BiasStage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step, and how it changed the shares of groups of one column."""

    column: str
    """Several with × between: their combinations."""
    step: str
    name: str
    where: str | None
    line: str | None
    artifact: str
    title: str
    changes: list[ShareChange]
    beyond: list[str]
    """Groups whose share fell by more than the threshold."""
    operations: list[Cut] = []
    """Those that changed the number of rows."""


class GroupTable(Struct, frozen=True, kw_only=True):
    """What the model did with the groups of one column, on its test data."""

    column: str
    data: str
    predictions: str
    positive: str
    groups: list[GroupFigures]


class BiasResponse(Struct, kw_only=True, omit_defaults=True):
    """Where groups lost their share on the way to a model, and how the model treats them."""

    root: str
    source: str | None
    title: str | None
    verdict: str
    biased: bool | None
    """A step changed a share beyond the threshold; null where that cannot be said."""
    threshold: float
    stages: list[BiasStage]
    figures: list[GroupTable]
    complete: bool
    gaps: list[str]


class BiasRequest(Request[BiasResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask where groups lost their share."""

    target: Target
    groups: list[str]
    """Columns of the source that tell the groups."""
    threshold: float = 0.3
    positive: str | None = None
    """The class that counts as selected; the greater of two where it is not given."""
    data: Target | None = None
    """A file with the content of the source, where no copy was kept."""
    as_of: str | None = None


@operation(name="bias", permission="read")
def bias(context: Context, request: BiasRequest) -> BiasResponse:
    """Say where groups lost their share on the way to a model, and its figures by group.

    Raises:
        InvalidInput: it is no model, no group is named, or NumPy is not there.
    """
    require_numpy()
    if not request.groups or not 0 < request.threshold <= 1:
        raise InvalidInput(
            "Name the columns that tell the groups, and a threshold above 0 and up to 1.",
            hint="forebear bias churn:3 --group sex,race --threshold 0.3",
        )
    store = context.store
    seq = moment(store, request.as_of)
    model = learned(store, request.target, seq)
    contents = Contents(store, seq, given=request.data.path if request.data else None)
    look = _Look(store, model, contents, seq)
    source = look.source(request.groups)
    stages: list[BiasStage] = []
    figures: list[GroupTable] = []
    if source is not None:
        id, records = source
        told = _groupings(records, request.groups)
        for column, groups in told.items():
            found = look.stages(id, column, groups, request.threshold)
            stages += told_once(found, step="", artifact="")
        predicted = Predicted(store, model, look.graph_roots, contents, seq)
        for column, groups in told.items():
            table = predicted.by_group(id, groups, request.positive)
            if table is not None:
                data, values, positive, rows = table
                figures.append(
                    GroupTable(
                        column=column, data=data, predictions=values, positive=positive, groups=rows
                    )
                )
        look.gaps |= predicted.gaps
    gaps = [*model.gaps, *look.gaps, *contents.gaps, *look.reader.gaps]
    beyond = [stage for stage in stages if stage.beyond]
    return BiasResponse(
        root=model.found.nodes[0].id,
        source=source[0] if source else None,
        title=look.title(source[0]) if source else None,
        verdict=_verdict(model, request, stages, beyond, source is not None),
        biased=None if source is None or (look.unseen and not beyond) else bool(beyond),
        threshold=request.threshold,
        stages=stages,
        figures=figures,
        complete=not gaps,
        gaps=gaps,
    )


class _Look:
    """The way from the sources to the features of a model."""

    def __init__(self, store: Store, model: Learned, contents: Contents, seq: int | None) -> None:
        self._contents = contents
        self._graph = flow_into(store, model.train_data(slot="X"), seq)
        self._steps = steps_of(store, self._graph, seq)
        self._nodes = store.nodes(self._graph.order, seq)
        self._graph.rows = rows_known(self._nodes)
        self._lines = SourceLines(store, seq)
        self.reader = MapReader(store)
        self.gaps: dict[str, None] = {}
        self.unseen = False
        self._held: dict[str, dict[str, Holding]] = {}

    @property
    def graph_roots(self) -> list[str]:
        """Ids of the sources."""
        return self._graph.roots

    def title(self, artifact: str) -> str:
        """Return what people call an artifact."""
        node = self._nodes.get(artifact)
        return called(node) if node is not None else artifact

    def source(self, columns: Sequence[str]) -> tuple[str, Records] | None:
        """Return the source that has all of these columns, with its records.

        Of several it is the one with the most rows: others are looked up in it. Where its records
        can't be read, or lack a column, the groups are told from the first file below it that
        has them.
        """
        from forebear.analysis.rowways import sizes

        size = sizes(self._graph)
        for root in sorted(self._graph.roots, key=lambda one: -size.get(one, 0)):
            for one in self._graph.below([root]):
                node = self._nodes.get(one)
                if node is None or node.in_memory:
                    continue
                records = self._contents.of(node, rows=size.get(one))
                if records is None or not all(records.column(name) for name in columns):
                    continue
                if one != root:
                    where = f"before {self.title(one)} is not known"
                    self.gaps[f"how the groups of {self.title(root)} were divided {where}"] = None
                return one, records
        named = listed(columns)
        self.gaps[f"no source whose records can be read has the columns {named}"] = None
        return None

    def _holdings(self, source: str) -> dict[str, Holding]:
        from forebear.analysis.rowways import down_from

        if source not in self._held:
            self._held[source] = dict(down_from(self._graph, source, self.reader))
        return self._held[source]

    def stages(
        self, source: str, column: str, groups: Sequence[str], threshold: float
    ) -> list[BiasStage]:
        """Return the steps that change how many rows there are of any group."""
        held = self._holdings(source)
        counts = {id: self._counts(one, groups) for id, one in held.items()}
        found = []
        for artifact in self._graph.below([source]):
            for passage in self._graph.into.get(artifact, ()):
                before, after = counts.get(passage.source), counts.get(artifact)
                if passage.source not in held or before is None:
                    continue
                step = self._steps.get(passage.run or "")
                if after is None:
                    where = f" ({step.where})" if step and step.where else ""
                    name = step.name if step else "a derivation"
                    self.gaps[f"which rows {name} kept was not seen{where}"] = None
                    self.unseen = True
                    continue
                changed = changes(before, after)
                if before == after:
                    continue
                found.append(
                    BiasStage(
                        column=column,
                        step=passage.run or "",
                        name=step.name if step else "derived",
                        where=step.where if step else None,
                        line=self._lines.at(step.run, step.where) if step else None,
                        artifact=artifact,
                        title=self.title(artifact),
                        changes=changed,
                        beyond=[one.group for one in changed if one.change < -threshold],
                        operations=cuts_of(step, self._lines) if step else [],
                    )
                )
                break
        return found

    @staticmethod
    def _counts(held: Holding, groups: Sequence[str]) -> dict[str, int] | None:
        """Return how many rows of an artifact belong to each group."""
        if held.rows is None or held.unseen:
            return None
        found = dict.fromkeys(groups, 0)
        for group, count in zip(groups, held.rows.counts().tolist(), strict=False):
            found[group] += count
        return found


def _groupings(records: Records, columns: Sequence[str]) -> dict[str, list[str]]:
    """Return for each column, and for all together, the group of each row."""
    values: dict[str, list[str]] = {}
    for name in columns:
        values[name] = [text.strip() or _NOTHING for text in records.column(name) or []]
    if len(columns) > 1:
        together: Any = zip(*(values[name] for name in columns), strict=True)
        values[" × ".join(columns)] = [" × ".join(cells) for cells in together]
    return values


def _verdict(
    model: Learned,
    request: BiasRequest,
    stages: Sequence[BiasStage],
    beyond: Sequence[BiasStage],
    looked: bool,
) -> str:
    groups = listed(request.groups)
    if not looked:
        return f"What became of groups by {groups} on the way to {model.title} cannot be said."
    limit = f"{request.threshold:.0%}"
    if not beyond:
        return (
            f"No step on the way to {model.title} took more than {limit} of its share from a group"
            f" by {groups}; {counted(len({one.step for one in stages}), 'step')} changed shares."
        )
    steps = list(
        dict.fromkeys(f"{one.name} ({one.where})" if one.where else one.name for one in beyond)
    )
    return (
        f"{counted(len(steps), 'step')} on the way to {model.title} took more than {limit} of its"
        f" share from a group by {groups}: {listed(steps)}."
    )
