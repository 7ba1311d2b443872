"""Putting a model version into use, out of use, and dividing the calls between versions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct, structs

from forebear.analysis.verdict import listed
from forebear.core import redaction
from forebear.core.errors import InvalidInput, NotFound
from forebear.core.events import AnyEvent, EdgesRecorded, Link, RunEnded, RunStarted
from forebear.core.ids import new_id
from forebear.core.ports import Store
from forebear.core.refs import check_name
from forebear.core.serving import TRAFFIC, Traffic
from forebear.ops.deployments import CALLED, Deployment, deployments_at
from forebear.ops.facts import Facts
from forebear.ops.kin import same_model
from forebear.ops.recalled import recalled
from forebear.ops.resolve import Found, of_model, resolve
from forebear.ops.rules_used import used_last
from forebear.ops.standing import stage_of
from forebear.ops.subjects import subject
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "DeployRequest",
    "DeployResponse",
    "Part",
    "TrafficRequest",
    "TrafficResponse",
    "UndeployRequest",
    "UndeployResponse",
    "deploy",
    "traffic",
    "undeploy",
]

_FIELDS: Final = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("day of the week", 0, 7),
)
_PIECE: Final = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?")


class Part(Struct, frozen=True, kw_only=True):
    """What share of the calls a version gets."""

    target: str
    share: float


class DeployResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The deployment that is there now, and what has become of the others."""

    verdict: str
    deployment: Deployment
    new: bool
    """False when exactly this was deployed already."""
    replaced: list[Deployment]
    """What it took the place of, as it was."""
    beside: list[Deployment]
    """Other live versions of the model there, with their shares now."""
    recalled: list[str]
    """Why it should not be in use; what is so is recorded all the same."""
    stage: str | None = None
    """How it stands to the stages, where that is against its use there."""


class DeployRequest(Request[DeployResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Put a model version into use."""

    target: Target
    env: str
    endpoint: str | None = None
    share: float | None = None
    """Of the calls for this model there; the others keep the rest. None: all, in their place."""
    shadow: bool = False
    schedule: str | None = None
    """For batches: when, as five fields of cron."""
    why: str | None = None


class UndeployResponse(Struct, frozen=True, kw_only=True):
    """What was taken out of use, and what goes on there."""

    verdict: str
    ended: list[Deployment]
    beside: list[Deployment]


class UndeployRequest(Request[UndeployResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Take a model version out of use."""

    target: Target
    env: str | None = None
    why: str | None = None


class TrafficResponse(Struct, frozen=True, kw_only=True):
    """How the calls are divided now."""

    verdict: str
    env: str
    deployments: list[Deployment]


class TrafficRequest(Request[TrafficResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Divide the calls for a model between its versions; without parts only tell."""

    env: str
    parts: list[Part] = []
    why: str | None = None


@operation(name="deploy", permission="write")
def deploy(context: Context, request: DeployRequest) -> DeployResponse:
    """Record that a model version is in use from now on.

    It takes the place of what serves the same model there in the same way; with a share the
    others stay, and keep the rest in their proportions.

    Raises:
        InvalidInput: it is no model, or the share or the schedule means nothing.
    """
    _check(request)
    env = check_name(request.env, "environment")
    endpoint = redaction.url(request.endpoint).value if request.endpoint else None
    target = of_model(context.store, request.target)
    request = structs.replace(request, target=target, env=env, endpoint=endpoint)
    found = _model(context.store, request.target)
    place = _Place(context.store, request, found)
    recalls = recalled(context.store, subject(context.store, request.target).everything)
    reasons = [f"{one.title}: {one.reason}" for one in recalls]
    against = _against(context.store, request, found)
    if place.already is not None:
        words = f"{place.already.title} is deployed in {env} like that already."
        beside = [one for one in place.rivals if one is not place.already]
        return DeployResponse(
            verdict=_with_warnings(words, reasons, against),
            deployment=place.already,
            new=False,
            replaced=[],
            beside=beside,
            recalled=reasons,
            stage=against,
        )
    if not place.staying and request.share not in {None, 1.0}:
        raise InvalidInput(
            f"Nothing else serves {found.title} in {env}, so its share is 1 and not "
            f"{request.share:g}.",
            hint="Leave --share out; give it when a second version comes.",
        )
    share = 1.0 if request.share is None else request.share
    run = new_id()
    events = _begun(context, request, found, run)
    traffic = Traffic(share=share, shadow=request.shadow)
    events.append(TRAFFIC.say(run, traffic, by=context.author, why=_clean(request.why)))
    events += [_ended(context, one, replaced_by=run) for one in place.replaced]
    events += _scaled(context, place.staying, 1.0 - share)
    context.store.append(events)
    after = {one.id: one for one in deployments_at(context.store, env=env)}
    gone = {one.id for one in place.replaced}
    beside = [after[one.id] for one in place.rivals if one.id not in gone]
    return DeployResponse(
        verdict=_with_warnings(_deployed(after[run], place.replaced, beside), reasons, against),
        deployment=after[run],
        new=True,
        replaced=place.replaced,
        beside=beside,
        recalled=reasons,
        stage=against,
    )


def _against(store: Store, request: DeployRequest, found: Found) -> str | None:
    """Return how a version stands to the stages, where it should not be in use there.

    What shares the calls, or gets copies of them, is on trial, and need not be in the stage.
    """
    rules, row = used_last(store, None), found.version
    if rules is None or row is None:
        return None
    if stage_of(row, rules, Facts(store, None)) == rules.order[-1]:
        return f"it is {rules.order[-1]}"
    stage = rules.environments.get(request.env, request.env)
    if stage not in rules.held or stage in row.aliases or request.share or request.shadow:
        return None
    held = store.alias("model", row.name, stage)
    holds = f"{row.name}:{held.version}" if held is not None else "no version of it"
    return f"{stage} holds {holds}"


class _Place:
    """What is there already where a version is to be deployed, and what becomes of it."""

    def __init__(self, store: Store, request: DeployRequest, found: Found) -> None:
        kin, name = _kin(store, found), found.version.name if found.version else None
        self.rivals = [
            one
            for one in deployments_at(store, env=request.env)
            if one.model in kin or (name is not None and one.name == name)
        ]
        mode = "shadow" if request.shadow else "batch" if request.schedule else "online"
        alike = [one for one in self.rivals if one.mode == mode]
        own = [one for one in alike if one.model in kin]
        whole = request.share is None and mode != "shadow"
        risen = [one for one in self.rivals if one.mode == "shadow" and one.model in kin]
        sunk = [one for one in self.rivals if one.mode == "online" and not one.share]
        moved = {"online": risen, "shadow": [one for one in sunk if one.model in kin]}
        self.replaced = (alike if whole else own) + moved.get(mode, [])
        kept = [one for one in alike if one not in self.replaced]
        self.staying = kept if mode == "online" else []
        """Online beside the new one, and to share the calls with it."""
        same = [
            one
            for one in own
            if (one.endpoint, one.schedule) == (request.endpoint, request.schedule)
        ]
        share = 1.0 if request.share is None else request.share
        fits = mode == "shadow" or (self.replaced == same and same and same[0].share == share)
        self.already = same[0] if same and fits else None


@operation(name="undeploy", permission="write")
def undeploy(context: Context, request: UndeployRequest) -> UndeployResponse:
    """Record that a model version is in use no more; other versions get its share of the calls.

    Raises:
        NotFound: it is not deployed there.
    """
    store = context.store
    found = resolve(store, of_model(store, request.target))
    here = deployments_at(store, env=request.env)
    ids = {found.run.id} if found.run is not None else _kin(store, found)
    ended = [one for one in here if one.id in ids or one.model in ids]
    if not ended:
        where = f"in {request.env}" if request.env else "anywhere"
        hint = "`forebear deployments` lists what is."
        raise NotFound(f"{found.title} is not deployed {where}.", hint=hint)
    events: list[AnyEvent] = [_ended(context, one, why=request.why) for one in ended]
    gone = {one.id for one in ended}
    for group in {one.group for one in ended if one.mode == "online"}:
        staying = [
            one
            for one in here
            if one.group == group and one.mode == "online" and one.id not in gone
        ]
        events += _scaled(context, staying, 1.0)
    store.append(events)
    groups = {one.group for one in ended}
    beside = [one for one in deployments_at(store, env=request.env) if one.group in groups]
    return UndeployResponse(verdict=_undeployed(ended, beside), ended=ended, beside=beside)


@operation(name="traffic", permission="write")
def traffic(context: Context, request: TrafficRequest) -> TrafficResponse:
    """Divide the calls for a model between its live versions; what gets a part leaves the shadow.

    Raises:
        InvalidInput: the parts are not 1 together, or leave a live version out.
    """
    store = context.store
    here = [one for one in deployments_at(store, env=request.env) if one.mode != "batch"]
    if request.parts:
        wanted = _wanted(store, request, here)
        now = [one for one in here if one.id in wanted]
        by, why = context.author, _clean(request.why)
        store.append(
            [TRAFFIC.say(one.id, Traffic(share=wanted[one.id]), by=by, why=why) for one in now]
        )
        here = [one for one in deployments_at(store, env=request.env) if one.mode != "batch"]
    shares = ", ".join(f"{one.title} {_percent(one)}" for one in here)
    verdict = f"In {request.env}: {shares}." if here else f"Nothing is live in {request.env}."
    return TrafficResponse(verdict=verdict, env=request.env, deployments=here)


def _wanted(store: Store, request: TrafficRequest, here: Sequence[Deployment]) -> dict[str, float]:
    """Return the share that each deployment is to have."""
    wanted: dict[str, float] = {}
    for part in request.parts:
        kin = _kin(store, _model(store, Target(ref=part.target)))
        found = [one for one in here if one.model in kin]
        if not found:
            raise NotFound(
                f"{part.target} is not live in {request.env}.",
                hint=f"`forebear deploy {part.target} --env {request.env} --share …` deploys it.",
            )
        if not 0 <= part.share <= 1:
            raise InvalidInput(f"The share of {part.target} must be from 0 to 1.")
        wanted[found[0].id] = part.share
    groups = {one.group for one in here if one.id in wanted}
    if len(groups) > 1:
        raise InvalidInput("Divide the calls for one model at a time.")
    left_out = [
        one
        for one in here
        if one.group in groups and one.id not in wanted and one.mode == "online" and one.share
    ]
    if left_out:
        raise InvalidInput(
            f"{left_out[0].title} is live in {request.env} too: say its share.",
            hint=f"`{left_out[0].title}=0` takes its calls away.",
        )
    whole = sum(wanted.values())
    if abs(whole - 1) > 1e-6:
        raise InvalidInput(f"The shares are {whole:g} together, and must be 1.")
    return wanted


def _model(store: Store, target: Target) -> Found:
    found = resolve(store, target)
    node = found.nodes[0]
    if node.kind not in {"model", "file"}:
        raise InvalidInput(f"{found.title} is {node.kind}, and only models are deployed.")
    return found


def _kin(store: Store, found: Found) -> set[str]:
    return {one.id for one in same_model(store, found.nodes[0])}


def _check(request: DeployRequest) -> None:
    if request.share is not None and not 0 < request.share <= 1:
        raise InvalidInput(f"A share is above 0 and at most 1, not {request.share:g}.")
    if request.shadow and request.share is not None:
        raise InvalidInput("What is in the shadow has no share: leave out --share or --shadow.")
    if request.schedule is None:
        return
    if request.share is not None or request.shadow:
        raise InvalidInput("What runs by a schedule has all of its calls: leave out --share.")
    fields = request.schedule.split()
    sound = len(fields) == len(_FIELDS)
    for text, (what, least, most) in zip(fields, _FIELDS, strict=False):
        if not all(_in_range(piece, least, most) for piece in text.split(",")):
            raise InvalidInput(
                f"'{text}' is no {what} of a schedule.", hint=f"From {least} to {most}, or *."
            )
    if not sound:
        raise InvalidInput(
            f"'{request.schedule}' is no schedule.",
            hint='Five fields as in cron: "0 2 * * *" is every night at two.',
        )


def _in_range(piece: str, least: int, most: int) -> bool:
    found = _PIECE.fullmatch(piece)
    if found is None or found[3] == "0":
        return False
    ends = [int(one) for one in found.groups()[:2] if one is not None]
    return ends == sorted(ends) and all(least <= end <= most for end in ends)


def _begun(context: Context, request: DeployRequest, found: Found, run: str) -> list[AnyEvent]:
    said: dict[str, Any] = {
        "env": request.env,
        "endpoint": request.endpoint,
        "schedule": request.schedule,
        "why": _clean(request.why),
        "by": context.author,
    }
    if (named := found.version) is not None:
        said[CALLED] = named.name
    title = f"{named.name}:{named.version}" if named else found.title
    link = Link(artifact=found.nodes[0].id, role="model", evidence="declared")
    return [
        RunStarted(
            run=run,
            kind="serve",
            name=f"{title} in {request.env}",
            attrs={key: value for key, value in said.items() if value},
        ),
        EdgesRecorded(run=run, used=[link]),
    ]


def _ended(
    context: Context, one: Deployment, *, replaced_by: str | None = None, why: str | None = None
) -> RunEnded:
    said = {"ended_by": context.author, "replaced_by": replaced_by, "ended_why": _clean(why)}
    attrs = {key: value for key, value in said.items() if value}
    return RunEnded(run=one.id, status="finished", attrs=attrs)


def _scaled(context: Context, staying: Sequence[Deployment], whole: float) -> list[AnyEvent]:
    """Let these have `whole` together, in the proportions that they have now."""
    now = sum(one.share for one in staying)
    if not staying or abs(now - whole) < 1e-9:
        return []
    events: list[AnyEvent] = []
    for one in staying:
        share = one.share / now * whole if now else whole / len(staying)
        events.append(TRAFFIC.say(one.id, Traffic(share=round(share, 9)), by=context.author))
    return events


def _clean(why: str | None) -> str | None:
    return None if why is None else redaction.text(why).value


def _percent(one: Deployment) -> str:
    return "in the shadow" if one.mode == "shadow" else f"{100 * one.share:g} %"


def _deployed(
    made: Deployment, replaced: Sequence[Deployment], beside: Sequence[Deployment]
) -> str:
    what = {
        "online": f"serves {_percent(made)} of the calls" if beside else "is live",
        "shadow": "runs in the shadow",
        "batch": f"scores at {made.schedule}",
    }[made.mode]
    sentence = f"{made.title} {what} in {made.env}"
    others = [one.title for one in replaced if one.title != made.title]
    if others:
        sentence += f", in the place of {' and '.join(others)}"
    rest = ", ".join(f"{one.title} {_percent(one)}" for one in beside if one.mode != "batch")
    return sentence + (f"; beside it {rest}." if rest else ".")


def _with_warnings(sentence: str, reasons: Sequence[str], against: str | None) -> str:
    warnings = [f"it is recalled ({listed(reasons)})"] if reasons else []
    warnings += [against] if against else []
    return sentence + (f" Mind that {' and '.join(warnings)}." if warnings else "")


def _undeployed(ended: Sequence[Deployment], beside: Sequence[Deployment]) -> str:
    gone = ", ".join(dict.fromkeys(f"{one.title} in {one.env or 'use'}" for one in ended))
    sentence = f"Ended: {gone}."
    rest = ", ".join(f"{one.title} {_percent(one)}" for one in beside if one.mode != "batch")
    if rest:
        return f"{sentence} What goes on: {rest}."
    return f"{sentence} Nothing serves {ended[0].name or ended[0].title} there now."
