"""The program that is meant, or that made what is meant."""

from __future__ import annotations

from forebear.core.errors import UnknownRef
from forebear.core.ports import Store
from forebear.core.rows import RunRow
from forebear.ops.kin import same_model
from forebear.ops.resolve import resolve
from forebear.ops.table import Target

__all__ = ["context_of", "run_behind", "with_steps"]


def run_behind(store: Store, target: Target, seq: int | None = None) -> RunRow:
    """Return the outermost run that is meant, or that made the artifact that is meant.

    Raises:
        UnknownRef: no run is known to have made it.
    """
    found = resolve(store, target, seq)
    row = found.run
    if row is None:
        node = found.nodes[0]
        kin = same_model(store, node, seq) if node.kind == "model" else found.nodes
        up = store.edges([one.id for one in kin], "up", seq=seq)
        makers = (edge.source for edge in up if edge.type == "generated")
        row = next((made for id in makers if (made := store.run(id, seq)) is not None), None)
    if row is None:
        raise UnknownRef(
            f"No run is known to have made {found.title}.",
            hint="`forebear log` lists the runs.",
        )
    whole = row if row.root == row.id else store.run(row.root, seq)
    return whole or row


def with_steps(store: Store, row: RunRow, seq: int | None = None) -> list[str]:
    """Return the ids of a run and of all steps inside it."""
    found, pending = {row.id: None}, [row]
    while pending:
        one = pending.pop()
        steps = store.runs(parent=one.id, limit=10_000, seq=seq) if one.steps else []
        # What is said from elsewhere may make a run a part of itself.
        inner = [step for step in steps if step.id not in found]
        found.update((step.id, None) for step in inner)
        pending += inner
    return list(found)


def context_of(store: Store, row: RunRow, role: str, seq: int | None = None) -> list[str]:
    """Return the artifacts that a run used as its code or its environment."""
    edges = store.edges([row.id], "up", seq=seq)
    return [edge.source for edge in edges if edge.type == "used" and edge.role == role]
