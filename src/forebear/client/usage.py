"""What is in use, and taking it back, from a program or a notebook: the commands as functions.

Nothing heavy is imported before the first call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from forebear.client.refs import Ref, target_of

if TYPE_CHECKING:
    from forebear.client.life_answers import (
        Consumers,
        Deployed,
        Deployments,
        Recalled,
        Recalls,
        ShownRecall,
        Traffic,
        Undeployed,
    )
    from forebear.core.recalls import Cause, RemedyStatus, Severity
    from forebear.ops.recall_view import RecallView
    from forebear.ops.table import Request

__all__ = [
    "close_recall",
    "consumers",
    "deploy",
    "deployments",
    "recall",
    "recall_status",
    "recalled",
    "recalls",
    "remedy",
    "traffic",
    "undeploy",
]


def deploy(
    ref: Ref,
    env: str,
    *,
    endpoint: str | None = None,
    share: float | None = None,
    shadow: bool = False,
    schedule: str | None = None,
    why: str | None = None,
    store: str | None = None,
) -> Deployed:
    """Record that a model version is in use from now on, in place of the one that served there.

    With a `share` of the calls (0 to 1) it serves beside the others; in the `shadow` it gets
    copies of the calls; a `schedule`, written as in cron, says when it scores batches.
    """
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.life_answers import Deployed
    from forebear.ops.deploy import DeployRequest

    request = DeployRequest(
        target=target_of(ref),
        env=env,
        endpoint=endpoint,
        share=share,
        shadow=shadow,
        schedule=schedule,
        why=why,
    )
    return Deployed(**asdict(asked(request, store)))


def undeploy(
    ref: Ref, env: str | None = None, *, why: str | None = None, store: str | None = None
) -> Undeployed:
    """Record that a version, or a deployment (`run:…`), is in use no more: everywhere, or in `env`.

    The others there get its share.
    """
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.life_answers import Undeployed
    from forebear.ops.deploy import UndeployRequest

    request = UndeployRequest(target=target_of(ref), env=env, why=why)
    return Undeployed(**asdict(asked(request, store)))


def traffic(
    env: str,
    parts: Mapping[str, float] | None = None,
    *,
    why: str | None = None,
    store: str | None = None,
) -> Traffic:
    """Divide the calls between versions: `{"churn:7": 0.9, "churn:8": 0.1}`.

    With no parts it only tells how they are divided.
    """
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.life_answers import Traffic
    from forebear.ops.deploy import Part, TrafficRequest

    shares = [Part(target=version, share=share) for version, share in (parts or {}).items()]
    return Traffic(**asdict(asked(TrafficRequest(env=env, parts=shares, why=why), store)))


def deployments(
    env: str | None = None,
    *,
    ended: bool = False,
    limit: int | None = None,
    after: str | None = None,
    as_of: str | None = None,
    store: str | None = None,
) -> Deployments:
    """Return what is in use, since when, with which share, and what was counted of it.

    `ended` also lists what is in use no more. Of a page of `limit`, `after` is the `next` of
    the page before.
    """
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.life_answers import Deployments
    from forebear.ops.deployments import DeploymentsRequest

    request = DeploymentsRequest(env=env, ended=ended, limit=limit, after=after, as_of=as_of)
    return Deployments(**asdict(asked(request, store)))


def consumers(ref: Ref, *, as_of: str | None = None, store: str | None = None) -> Consumers:
    """Say who uses a version, or any version of a name: deployments, callers, programs, locks."""
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.life_answers import Consumers
    from forebear.ops.consumers import ConsumersRequest

    return Consumers(**asdict(asked(ConsumersRequest(target=target_of(ref), as_of=as_of), store)))


def recall(
    ref: Ref,
    *,
    reason: str,
    severity: Severity = "high",
    cause: Cause | None = None,
    versions: str | None = None,
    key: Mapping[str, object] | None = None,
    column: str | None = None,
    store: str | None = None,
) -> ShownRecall:
    """Take back data, a model, or a package (`package:pillow` with its `versions`, `"<10.3"`).

    All that it reaches is listed, and cannot be promoted from now on. `key` names one record of
    the data (`{"id": 4711}`), `column` one of its columns. Whom `[notify]` in config.toml names
    is told, in the background.

    Raises:
        InvalidInput: a package without a sound specifier, or a record that is nowhere.
        Conflict: it is recalled already.
    """
    from forebear.ops.recall import RecallRequest

    request = RecallRequest(
        target=target_of(ref),
        reason=reason,
        severity=severity,
        cause=cause,
        versions=versions,
        keys=[{name: str(value) for name, value in key.items()}] if key else [],
        column=column,
    )
    return _announced(_recall(request, store), store)


def recalls(
    *,
    closed: bool = False,
    limit: int | None = None,
    after: str | None = None,
    as_of: str | None = None,
    store: str | None = None,
) -> Recalls:
    """Return the recalls that are open, or all, each with how much is left to do."""
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.life_answers import Recalls
    from forebear.ops.recall import RecallsRequest

    request = RecallsRequest(closed=closed, limit=limit, after=after, as_of=as_of)
    return Recalls(**asdict(asked(request, store)))


def recall_status(id: str, *, as_of: str | None = None, store: str | None = None) -> ShownRecall:
    """Say what a recall reaches by now, and what is left to do; `id` may be its beginning."""
    from forebear.ops.recall import RecallStatusRequest

    return _recall(RecallStatusRequest(id=id, as_of=as_of), store)


def remedy(
    id: str,
    ref: Ref,
    status: RemedyStatus,
    *,
    by_version: Ref | None = None,
    note: str | None = None,
    store: str | None = None,
) -> ShownRecall:
    """Say what has become of one thing that a recall reaches: done, accepted, open.

    That it is done is checked: what takes its place (`by_version`) must not come from what was
    recalled, a deployment must have ended.
    """
    from forebear.ops.remedy import RemedyRequest

    request = RemedyRequest(
        id=id,
        target=target_of(ref),
        status=status,
        by_version=None if by_version is None else target_of(by_version),
        note=note,
    )
    return _recall(request, store)


def close_recall(
    id: str, *, force: bool = False, why: str | None = None, store: str | None = None
) -> ShownRecall:
    """Close a recall once nothing is left to do; `force` closes it all the same, for a reason."""
    from forebear.ops.remedy import CloseRecallRequest

    return _announced(_recall(CloseRecallRequest(id=id, force=force, why=why), store), store)


def recalled(ref: Ref, *, as_of: str | None = None, store: str | None = None) -> Recalled:
    """Say whether a thing is recalled, or made of something that is."""
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.life_answers import Recalled
    from forebear.ops.recalled import RecalledRequest

    return Recalled(**asdict(asked(RecalledRequest(target=target_of(ref), as_of=as_of), store)))


def _recall(request: Request[RecallView], store: str | None) -> ShownRecall:
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.life_answers import ShownRecall

    return ShownRecall(**asdict(asked(request, store)))


def _announced(view: ShownRecall, store: str | None) -> ShownRecall:
    from forebear.client.locate import locate
    from forebear.client.notify_background import tell_later

    tell_later(locate(store), view.id)
    return view
