"""A version's life: its stages, who approved it, what was overridden, and the rules of all that.

The rules are a file, `forebear.toml`, that people read and review like code. A *policy* is what
has to hold before a version may enter a stage; its digest covers every setting in it, so that an
approval says which policy it was given under.
"""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, get_args

import msgspec
from msgspec import Struct, field

from forebear.core.errors import InvalidInput
from forebear.core.events import Stated
from forebear.core.refs import check_name
from forebear.core.statements import Topic

__all__ = [
    "APPROVAL",
    "KPI",
    "OVERRIDE",
    "POLICY",
    "PROMOTION",
    "STAGE",
    "Approval",
    "Kpi",
    "Move",
    "Override",
    "PolicyInForce",
    "Promotion",
    "Rules",
    "RulesFile",
    "Stage",
    "digest_of",
    "key_of",
    "known_or_near",
    "override_text",
    "read_rules",
]

Move = Literal["promote", "demote", "rollback", "retire"]
"""What is done to a version's stage."""

_SECTIONS: Final = ("stages", "policy", "audit", "overrides")
_STAGES: Final = ("order", "environments")
_ENVIRONMENTS: Final = {"prod": "production", "stage": "staging"}
_FEWEST: Final = 2
_NEAR: Final = 0.75


class Approval(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person's word on a version; said of its artifact, under the policy's name (`production`).

    Each person's last word counts, so readers ask for the history of it and not for the latest.
    """

    decision: Literal["approved", "rejected"]
    of: str
    """Digest of the version's content."""
    policy: str
    """Digest of the policy it was given under: a changed policy asks again."""


class Override(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A version may pass a policy that it does not meet, until the statement's `until`.

    Said of its artifact, under the policy's name. The packet of the statement is a note signed
    with the key of the store in which it was said; without a good signature it counts for nothing.
    """

    of: str
    policy: str
    waives: list[str]
    """The requirements that are not met, and need not be."""


class Stage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A version reached the last stage; said of its artifact, under its name (`churn`).

    The stages before are aliases of that name: a version is where one points to it.
    """

    stage: str


class Promotion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A version changed its stage; said of its artifact, under name and stage (`churn@production`).

    It comes in one transaction with the moves of aliases that it explains, just before them.
    """

    move: Move
    origin: str
    """The stage that the version came from."""
    stage: str
    """The stage that it has now."""
    before: str | None = None
    """The artifact that was in the stage before, or that takes it over."""
    policy: str | None = None
    """Digest of the policy that was met."""
    waived: list[str] = []
    """Requirements that were not met, and that an override allowed."""


class PolicyInForce(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The settings of one policy from now on; said of `policy:` and its name."""

    digest: str
    settings: dict[str, Any]


class Kpi(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a version was worth to the business; said of its artifact, under the figure's name."""

    value: float
    unit: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None
    """Where the figure comes from: a report, a dashboard, an experiment."""


APPROVAL: Final = Topic("approval", Approval)
OVERRIDE: Final = Topic("override", Override)
STAGE: Final = Topic("stage", Stage)
PROMOTION: Final = Topic("promotion", Promotion)
POLICY: Final = Topic("policy", PolicyInForce)
KPI: Final = Topic("kpi", Kpi)


class RulesFile(Struct, frozen=True, kw_only=True):
    """A `forebear.toml` as it was found."""

    path: str
    text: str


class Rules(Struct, frozen=True, kw_only=True):
    """What `forebear.toml` says of stages, policies and audits.

    What a requirement's setting means is known to the requirement alone, which reads it.
    """

    order: Sequence[str] = ("candidate", "staging", "production", "retired")
    """Every version begins in the first stage; from the last one none comes back by itself."""
    environments: dict[str, str] = field(default_factory=lambda: dict(_ENVIRONMENTS))
    """Other words for stages, by which deployments call them."""
    policies: dict[str, dict[str, Any]] = {}
    audit: dict[str, Any] = {}
    trusted: list[str] = []
    """Verifier keys of other stores whose overrides count here too."""
    source: str | None = None
    """The file that says it; None for the rules that hold where nobody wrote any."""

    @property
    def held(self) -> tuple[str, ...]:
        """The stages that one version of a name holds at a time, by an alias."""
        return tuple(self.order[1:-1])

    @property
    def policy_names(self) -> tuple[str, ...]:
        """What a policy can be for: a stage to be entered, or one of two moves."""
        return (*self.order[1:], "demote", "rollback")

    def stage(self, word: str) -> str:
        """Return the stage that is meant by its name or by an environment.

        Raises:
            InvalidInput: there is none.
        """
        stage = self.environments.get(word, word)
        words = [*self.order, *self.environments]
        return known_or_near(stage, words, "There is no stage '{word}'.")

    def policy_name(self, word: str) -> str:
        """Return which policy is meant by a stage, an environment or a move.

        Raises:
            InvalidInput: there is none.
        """
        name = self.environments.get(word, word)
        return known_or_near(name, self.policy_names, "There is no policy for '{word}'.")


def digest_of(name: str, settings: Mapping[str, Any]) -> str:
    """Return the digest of a policy: of its name and everything it asks for.

    >>> digest_of("production", {"owner": True})[:19]
    'sha256:7eff9b66f8eb'
    """
    body = msgspec.json.encode([name, settings], order="sorted")
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def key_of(name: str, stage: str) -> str:
    """Return the key under which a promotion is said.

    >>> key_of("churn", "production")
    'churn@production'
    """
    return f"{name}@{stage}"


def override_text(event: Stated) -> str:
    """Return what is signed of an override: everything that it says, people as commitments.

    No checkpoint can be mistaken for it, since the name of a log has no spaces.
    """
    said = msgspec.convert(event.value, Override)
    lines = [
        "forebear override",
        f"version {said.of} {event.about}",
        f"policy {event.key} {said.policy}",
        f"waives {' '.join(said.waives)}",
        f"until {event.until.isoformat() if event.until else 'never'}",
        f"by {event.by}",
        f"why {event.why}",
    ]
    return "\n".join(lines) + "\n"


def known_or_near(word: str, known: Iterable[str], sentence: str) -> str:
    """Return `word` when it is among the known ones; else say so, and which one may be meant.

    Raises:
        InvalidInput: it is not. In `sentence` `{word}` stands for it.
    """
    words = list(known)
    if word in words:
        return word
    near = difflib.get_close_matches(word, words, n=1)
    hint = f"Did you mean `{near[0]}`? " if near else ""
    raise InvalidInput(
        sentence.replace("{word}", word), hint=f"{hint}There is: {', '.join(words)}."
    )


def read_rules(text: str, source: str) -> Rules:
    """Read the text of a `forebear.toml`; sections that are about other things are left alone.

    Raises:
        InvalidInput: it is no TOML, a section is misspelt, or a stage cannot be one.

    >>> read_rules('[stages]\\norder = ["new", "live", "gone"]', "forebear.toml").held
    ('live',)
    """
    try:
        said = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(f"{source} is no TOML: {error}.") from None
    for word in said:
        # Quality suites and others may live in the same file; what nearly is ours was meant so.
        near = difflib.get_close_matches(word, _SECTIONS, n=1, cutoff=_NEAR)
        if word not in _SECTIONS and near:
            raise InvalidInput(
                f"{source}: there is no section [{word}].", hint=f"Did you mean [{near[0]}]?"
            )
    order, environments = _stages(_table(said, "stages", source), source)
    rules = Rules(
        order=order,
        environments=environments,
        policies=_policies(_table(said, "policy", source), source),
        audit=_table(said, "audit", source),
        trusted=_trusted(_table(said, "overrides", source), source),
        source=source,
    )
    for name in rules.policies:
        known_or_near(
            name,
            rules.policy_names,
            f"{source}: [policy.{{word}}] is for no stage, and for no move.",
        )
    return rules


def _table(said: Mapping[str, Any], name: str, source: str) -> dict[str, Any]:
    table = said.get(name, {})
    if not isinstance(table, dict):
        raise InvalidInput(f"{source}: `{name}` must be a section, written `[{name}]`.")
    return table


def _stages(said: Mapping[str, Any], source: str) -> tuple[tuple[str, ...], dict[str, str]]:
    for word in said:
        known_or_near(word, _STAGES, f"{source}: there is no setting `{{word}}` in [stages].")
    order = said.get("order", list(Rules().order))
    words = isinstance(order, list) and all(isinstance(one, str) for one in order)
    if not words or len(order) < _FEWEST or len(set(order)) < len(order):
        raise InvalidInput(
            f"{source}: `order` in [stages] must list at least {_FEWEST} different stages.",
            hint='For example: order = ["candidate", "staging", "production", "retired"]',
        )
    for name in order:
        check_name(name, "stage")
        if name in (*get_args(Move), "audit"):
            raise InvalidInput(f"{source}: '{name}' is the name of a command, not of a stage.")
    usual = {word: stage for word, stage in _ENVIRONMENTS.items() if stage in order}
    environments = said.get("environments", usual)
    if not isinstance(environments, dict):
        raise InvalidInput(f'{source}: `environments` must be a table: {{ prod = "production" }}.')
    for word, stage in environments.items():
        known_or_near(
            str(stage), order, f"{source}: the environment `{word}` means no stage: '{{word}}'."
        )
    return tuple(order), environments


def _policies(said: Mapping[str, Any], source: str) -> dict[str, dict[str, Any]]:
    for name, settings in said.items():
        if not isinstance(settings, dict):
            raise InvalidInput(
                f"{source}: `{name}` in [policy] must be a section.",
                hint=f"Policies are written by stage: [policy.production], then `{name} = …`.",
            )
    return dict(said)


def _trusted(said: Mapping[str, Any], source: str) -> list[str]:
    for word in said:
        known_or_near(word, ["keys"], f"{source}: there is no setting `{{word}}` in [overrides].")
    keys = said.get("keys", [])
    if not isinstance(keys, list) or not all(isinstance(one, str) for one in keys):
        raise InvalidInput(
            f"{source}: `keys` in [overrides] must list verifier keys.",
            hint="A store's key is the line in its file `keys/log.pub`.",
        )
    return keys
