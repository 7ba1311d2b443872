"""Blame: by which thing a fault or a drift came into data, by what is stored alone."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from forebear.analysis.verdict import called, counted
from forebear.core.entities import Node
from forebear.core.errors import InvalidInput
from forebear.core.ports import Store
from forebear.core.quality import CHECK
from forebear.ops.blame_inquiry import Found, Inquiry
from forebear.ops.resolve import moment, resolve_one
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["BlameRequest", "BlameResponse", "Problem", "blame"]


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something wrong with the data, and where it came in."""

    what: str
    """`check range:age`, or `column age`."""
    said: str
    origins: list[Found]


class BlameResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By what faults came into data."""

    verdict: str
    title: str
    artifact: str
    good: str | None
    """The version that it was compared with."""
    problems: list[Problem]
    gaps: list[str] = []


class BlameRequest(Request[BlameResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask by what a fault came into data."""

    target: Target
    column: str | None = None
    check: str | None = None
    good: Target | None = None
    """A version that is as it should be; without it the last one before that fails nothing."""
    as_of: str | None = None


@operation(name="blame", permission="read")
def blame(context: Context, request: BlameRequest) -> BlameResponse:
    """Walk up from data that is not as it should be, and name the first thing that is not.

    Nothing is read but results of checks and stored profiles.

    Raises:
        InvalidInput: it has no such check or column, or it is not known to be otherwise.
    """
    store = context.store
    seq = moment(store, request.as_of)
    node = resolve_one(store, request.target, seq)
    if node.kind not in ("data", "file"):
        raise InvalidInput(
            f"{called(node)} is of the kind {node.kind}, and blame is about data.",
            hint="`forebear trace` shows the data that it comes from.",
        )
    good = _good(store, node, request, seq)
    inquiry = Inquiry(store, node, good, seq)
    problems = [
        Problem(what=fault.what, said=fault.said, origins=inquiry.origins(fault))
        for fault in inquiry.faults(request.check, request.column)
    ]
    return BlameResponse(
        verdict=_verdict(called(node), problems),
        title=called(node),
        artifact=node.id,
        good=called(good) if good else None,
        problems=problems,
        gaps=inquiry.gaps(),
    )


def _good(store: Store, node: Node, request: BlameRequest, seq: int | None) -> Node | None:
    """Return the version to compare with: the one that is said, else the last good one before."""
    if request.good is not None:
        return resolve_one(store, request.good, seq)
    rows = store.versions_of([node.id], seq).get(node.id, [])
    for row in rows:
        earlier = [
            one
            for one in store.versions(row.kind, row.name, seq)
            if one.version < row.version and one.artifact != node.id
        ]
        for one in earlier:
            said = CHECK.latest(store.statements, [one.artifact], seq=seq)
            if not any(r.value.status == "failed" and r.value.severity == "error" for r in said):
                return store.node(one.artifact, seq)
    return None


def _verdict(title: str, problems: Sequence[Problem]) -> str:
    if not problems:
        return f"Nothing is known to be wrong with {title}."
    first = problems[0]
    if len(problems) == 1 and len(first.origins) == 1:
        return f"{first.what} of {title}: {first.origins[0].verdict}"
    places = dict.fromkeys(one.title for problem in problems for one in problem.origins)
    faults = counted(len(problems), "fault")
    origins = [one for problem in problems for one in problem.origins]
    if any(stop.state == "unknown" for one in origins for stop in one.above):
        return (
            f"{faults} of {title} came in with {', '.join(places)}, or above, where not all is"
            " recorded."
        )
    return f"{faults} of {title} came in with {', '.join(places)}."
