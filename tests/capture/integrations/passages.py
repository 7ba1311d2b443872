"""What a test made of known data, and what was recorded of the way of its rows and columns."""

from __future__ import annotations

from typing import NamedTuple

from forebear.capture.objects import data_of
from forebear.core.events import Feed, Flow, Rows
from forebear.engines import rowbytes, rowmaps

Way = list[list[int]] | None
"""For each row of what was made, the rows of the source that it holds; None: not seen."""


class Passed(NamedTuple):
    """The way from known data, by the labels of that data."""

    rows: dict[str, Way]
    columns: dict[str, set[str]] | None
    """For each column "label.column" of what it was made of; None: not seen."""
    by: set[str] = set()
    unknown: bool = False


def reach(record, made) -> str:
    """Let `made` reach a point that matters, and return its artifact."""
    with record.session.own_work():
        return data_of(record.session, made).artifact


def passage_to(record, artifact: str) -> Passed:
    """Return the recorded way to an artifact; what was made by no step has none."""
    labels = {name: artifact.label or "" for name, artifact in record.artifacts.items()}
    making = (s for s in record.steps if artifact in [g.artifact for g in s.generated])
    step = next(making, None)
    if step is None:
        return Passed({}, {})
    flow = next((flow for flow in step.flows if flow.target == artifact), None)
    if flow is None:
        return Passed({}, None, unknown=True)
    names = [labels[source] for source in flow.sources]
    return Passed(
        {name: _way(record.session, rows) for name, rows in zip(names, flow.rows, strict=True)},
        _columns(flow, names),
        {name for operation in step.operations for name in operation.by},
        any(operation.unknown for operation in step.operations),
    )


def _way(session, rows: Rows | None) -> Way:
    if rows is None:
        return None
    found = rowmaps.identity(rows.n_out)
    if rows.data or rows.map:
        found = rowbytes.decode(rows.data or session.blobs.get(rows.map))
    assert (found.n_in, found.n_out) == (rows.n_in, rows.n_out)
    assert int(found.reached().sum()) == rows.reached
    return [found.backward([at]).tolist() for at in range(rows.n_out)]


def _columns(flow: Flow, names: list[str]) -> dict[str, set[str]] | None:
    if flow.unseen:
        return None
    same = {name: {f"{names[0]}.{name}"} for name in flow.same}
    return same | {name: _fed(feed, names) for name, feed in flow.columns.items()}


def _fed(feed: Feed, names: list[str]) -> set[str]:
    return {f"{names[place]}.{column}" for place, column in feed.columns}
