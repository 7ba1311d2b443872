"""Recalls as MLflow's clients see them: a tag of each version that one reaches."""

from __future__ import annotations

from forebear.core.errors import Forbidden, NotFound
from forebear.ops.recalled import RecalledRequest, recalled_op
from forebear.ops.table import Context, Target
from forebear.server.mlflow.facts import RECALLED
from forebear.server.mlflow.registered import version_out
from forebear.server.mlflow.table import Desk
from forebear.server.mlflow.things import Model
from forebear.server.mlflow.values import Body

__all__ = ["recall_of", "version_with_recall"]


def recall_of(desk: Desk, ref: str) -> str | None:
    """Return why a model was recalled, or what it was made of; None where no recall reaches it."""
    context = Context(store=desk.store, by=desk.by)
    try:
        answer = recalled_op(context, RecalledRequest(target=Target(ref=ref)))
    except (NotFound, Forbidden):
        return None  # the graph knows nothing of it, or not for who asks
    return answer.verdict if answer.recalls else None


def version_with_recall(desk: Desk, model: Model, number: int) -> Body:
    """Return a version as a client expects it, with a tag where a recall reaches it."""
    told = version_out(desk, model, number)
    said = recall_of(desk, f"model:{model.graph_name}:{number}")
    if said is not None:
        told["tags"].append({"key": RECALLED, "value": said})
    return told
