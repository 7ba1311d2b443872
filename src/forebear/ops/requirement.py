"""Requirements: what a policy or an audit may ask of a model version, one file each.

A file in `ops/requirements/` brings one `REQUIREMENT`: the word by which `forebear.toml` calls
it, how its setting is read, and how a version is judged by it. Other packages bring theirs as
entry points in the group `forebear.ops.requirements`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from forebear.core.policies import Move, Rules
from forebear.plugins import load_folder

if TYPE_CHECKING:
    from forebear.ops.policy_case import Case

__all__ = [
    "Action",
    "Evidence",
    "Judged",
    "Outcome",
    "Requirement",
    "State",
    "failed",
    "not_applicable",
    "passed",
    "requirements",
    "spoken",
    "unknown",
]

State = Literal["passed", "failed", "unknown", "waived", "not applicable"]


class Action(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something to do about what is missing."""

    command: str
    words: str = ""
    """What to know about it: who has to do it, what to change before."""
    times: int = 1
    """So many people have to do it, or so often."""


class Evidence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a judgement rests on, and the command that shows it."""

    command: str
    words: str
    seq: int | None = None
    """The event in the ledger; None where the command works it out from many."""


class Judged(Struct, frozen=True, kw_only=True):
    """What came of judging a version by one requirement."""

    state: State
    words: str
    ways: list[list[Action]] = []
    """Ways to meet it: any of them will do, and each is to be done whole. Of what is not
    applicable, those that will meet it once the version is in use."""
    evidence: list[Evidence] = []


class Outcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One requirement as an answer tells it."""

    requirement: str
    short: str
    """What it is called in a sentence."""
    title: str
    asked: str
    """The setting, as it stands in `forebear.toml`."""
    state: State
    words: str
    ways: list[list[Action]] = []
    evidence: list[Evidence] = []

    @property
    def well(self) -> bool:
        """Whether it stands in nobody's way."""
        return self.state in {"passed", "waived", "not applicable"}


class Requirement(Struct, frozen=True, kw_only=True):
    """One thing that may be asked of a version."""

    key: str
    short: str = ""
    """What it is called in a sentence, where that is not its word."""
    title: str
    """What it is, for people who are no data scientists."""
    example: str
    """A setting as it is written in `forebear.toml`."""
    read: Callable[[Any], Any]
    """Reads the setting; raises InvalidInput with what is wrong with it."""
    judge: Callable[[Case, Any], Judged]
    fits: Callable[[Any, Rules], None] | None = None
    """Raises InvalidInput where a setting that was read speaks of what the rules do not have."""
    default: Mapping[Move, Any] = {}
    """What is asked where a policy says nothing of it, by the move that the policy is for."""
    audit: Any = None
    """What an audit asks where `[audit]` says nothing of it; None for nothing."""
    again: Callable[[Case, Any], list[Action]] | None = None
    """What gets this setting met for the next version, where it is met for one version alone."""
    of_data: bool = False
    """It is about the data: what is done about it leads to other data."""
    weight: int = 0
    """What it counts in the score of an audit."""
    why: str = ""
    """Why it counts that much."""


_FOLDER: Final = "forebear.ops.requirements"


@cache
def requirements() -> Mapping[str, Requirement]:
    """Return all requirements by their word, those of other packages too."""
    found = (getattr(module, "REQUIREMENT", None) for module in load_folder(_FOLDER))
    return {one.key: one for one in found if isinstance(one, Requirement)}


def spoken(key: str) -> str:
    """Return what a requirement is called in a sentence.

    >>> spoken("validated_within"), spoken("leaks"), spoken("of_another_package")
    ('validation', 'leaks', 'of another package')
    """
    known = requirements().get(key)
    return known.short if known and known.short else key.replace("_", " ")


def passed(words: str, *evidence: Evidence) -> Judged:
    """Return that a requirement is met."""
    return Judged(state="passed", words=words, evidence=list(evidence))


def failed(words: str, *evidence: Evidence, ways: list[list[Action]]) -> Judged:
    """Return that a requirement is not met, with what can be done about it."""
    return Judged(state="failed", words=words, evidence=list(evidence), ways=ways)


def unknown(words: str, *evidence: Evidence, ways: list[list[Action]]) -> Judged:
    """Return that nobody can say, with what would tell."""
    return Judged(state="unknown", words=words, evidence=list(evidence), ways=ways)


def not_applicable(words: str) -> Judged:
    """Return that a requirement asks nothing of this version."""
    return Judged(state="not applicable", words=words)
