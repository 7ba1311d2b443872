"""What a serving program asks when it begins: which deployment it is."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from forebear.core.errors import InvalidInput
from forebear.core.events import AnyEvent, EdgesRecorded, Link, RunStarted
from forebear.core.ids import new_id
from forebear.core.refs import check_name
from forebear.core.serving import TRAFFIC, Traffic
from forebear.ops.deployments import CALLED, deployments_at
from forebear.ops.kin import same_model
from forebear.ops.resolve import of_model, resolve
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["ServingRequest", "ServingResponse", "serving"]


class ServingResponse(Struct, frozen=True, kw_only=True):
    """The deployment that a program serves."""

    run: str
    title: str
    new: bool
    """Nobody had declared it: it was recorded now."""


class ServingRequest(Request[ServingResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Say that a program serves a model."""

    target: Target
    env: str


@operation(name="serving", permission="write")
def serving(context: Context, request: ServingRequest) -> ServingResponse:
    """Return the deployment of a model in an environment, recording one where nobody did.

    What is served without having been deployed gets no share of what others serve: it is told
    as it is, and `deploy` puts it right.

    Raises:
        InvalidInput: it is no model.
    """
    store, env = context.store, check_name(request.env, "environment")
    found = resolve(store, of_model(store, request.target))
    node = found.nodes[0]
    if node.kind not in {"model", "file"}:
        raise InvalidInput(f"{found.title} is {node.kind}, and only models are served.")
    kin = {one.id for one in same_model(store, node)}
    name = found.version.name if found.version else None
    here = deployments_at(store, env=env)
    for one in here:
        if one.model in kin:
            return ServingResponse(run=one.id, title=one.title, new=False)
    rivals = [one for one in here if name is not None and one.name == name and one.share]
    run = new_id()
    title = f"{name}:{found.version.version}" if found.version else found.title
    link = Link(artifact=node.id, role="model")
    attrs: dict[str, Any] = {"env": env, "by": context.author, "undeclared": True}
    attrs |= {CALLED: name} if name is not None else {}
    events: list[AnyEvent] = [
        RunStarted(run=run, kind="serve", name=f"{title} in {env}", attrs=attrs),
        EdgesRecorded(run=run, used=[link]),
        TRAFFIC.say(run, Traffic(share=0.0 if rivals else 1.0), by=context.author),
    ]
    store.append(events)
    return ServingResponse(run=run, title=title, new=True)
