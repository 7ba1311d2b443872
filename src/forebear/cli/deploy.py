"""`forebear deploy`, `undeploy`, `traffic`, `deployments`: what is in use."""

from __future__ import annotations

from forebear.cli.app import COMMON, USE, Common, command
from forebear.cli.output import ask, more, print_json, print_lines
from forebear.client.deploy_text import changed_lines, deployments_lines
from forebear.core.errors import InvalidInput
from forebear.ops.deploy import DeployRequest, Part, TrafficRequest, UndeployRequest
from forebear.ops.deployments import DeploymentsRequest
from forebear.ops.table import Target

__all__ = ["deploy", "deployments", "traffic", "undeploy"]


@command(USE)
def deploy(
    ref: str,
    *,
    env: str,
    endpoint: str | None = None,
    share: float | None = None,
    shadow: bool = False,
    schedule: str | None = None,
    why: str | None = None,
    common: Common = COMMON,
) -> None:
    """Record that a model version is in use from now on (`forebear deploy churn:7 --env prod`).

    It takes the place of the version that served there, unless it gets a share beside it.

    Parameters
    ----------
    ref
        The model version: churn:7, churn@champion, a digest or a file.
    env
        Where: prod, staging, a region, a customer.
    endpoint
        Where it can be called; a password in it is not kept.
    share
        Its part of the calls, from 0 to 1; the others there share the rest.
    shadow
        It gets copies of the calls, and nobody sees its answers.
    schedule
        It scores batches at these times, written as in cron: "0 2 * * *".
    why
        The reason, kept with it.
    """
    request = DeployRequest(
        target=Target(ref=ref),
        env=env,
        endpoint=endpoint,
        share=share,
        shadow=shadow,
        schedule=schedule,
        why=why,
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(changed_lines(answer))


@command(USE)
def undeploy(
    ref: str, *, env: str | None = None, why: str | None = None, common: Common = COMMON
) -> None:
    """Record that a model version is in use no more; the others there get its share.

    Parameters
    ----------
    ref
        The model version, or the deployment as `run:…`.
    env
        Where (default: everywhere).
    why
        The reason, kept with it.
    """
    answer = ask(common, UndeployRequest(target=Target(ref=ref), env=env, why=why))
    print_json(answer) if common.json else print_lines(changed_lines(answer))


@command(USE)
def traffic(*parts: str, env: str, why: str | None = None, common: Common = COMMON) -> None:
    """Divide the calls between versions (`forebear traffic --env prod churn:7=0.9 churn:8=0.1`).

    Parameters
    ----------
    parts
        Versions with their shares, 1 together; none only tells how it is.
    env
        Where.
    why
        The reason, kept with it.
    """
    request = TrafficRequest(env=env, parts=[_part(text) for text in parts], why=why)
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(changed_lines(answer))


@command(USE)
def deployments(
    *,
    env: str | None = None,
    ended: bool = False,
    limit: int | None = None,
    after: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """What is in use, since when, with which share, and what was counted of it?

    Parameters
    ----------
    env
        Only there.
    ended
        Also what has ended.
    limit
        How many are listed.
    after
        The next page: what the page before said.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    request = DeploymentsRequest(env=env, ended=ended, limit=limit, after=after, as_of=as_of)
    answer = ask(common, request)
    if common.json:
        print_json(answer)
        return
    print_lines(deployments_lines(answer))
    more(answer.next)


def _part(text: str) -> Part:
    target, sign, share = text.rpartition("=")
    try:
        return Part(target=target, share=float(share.removesuffix("%")) / _whole(share))
    except ValueError:
        pass
    said = "no share" if not sign else f"'{share}' is no number"
    raise InvalidInput(f"'{text}': {said}.", hint="Write it like churn:7=0.9 or churn:7=90%.")


def _whole(share: str) -> float:
    return 100.0 if share.endswith("%") else 1.0
