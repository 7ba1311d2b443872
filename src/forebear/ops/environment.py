"""The environments of runs: interpreter, platform and packages, and how those of two differ."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from forebear.analysis.verdict import counted
from forebear.core.errors import ForebearError, UnknownRef
from forebear.core.ports import Store
from forebear.core.rows import RunRow
from forebear.ops.resolve import moment
from forebear.ops.run_behind import context_of, run_behind
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "EnvironmentDiffRequest",
    "EnvironmentDiffResponse",
    "EnvironmentRequest",
    "EnvironmentResponse",
    "FactDiff",
    "Package",
    "environment",
    "environment_diff",
]


class Package(Struct, frozen=True, kw_only=True):
    """An installed package."""

    name: str
    version: str


class EnvironmentResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """In what a run was executed."""

    run: str
    name: str
    verdict: str
    digest: str | None
    facts: dict[str, str] = {}
    """Of the interpreter, the platform, the machine and the variables: `python.version`."""
    packages: list[Package] = []


class EnvironmentRequest(
    Request[EnvironmentResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Ask in what a run was executed."""

    target: Target
    """A run, or what it made."""
    as_of: str | None = None


class FactDiff(Struct, frozen=True, kw_only=True):
    """Something that is another in two environments; None where it is not there."""

    what: Literal["package", "fact"]
    name: str
    left: str | None
    right: str | None


class EnvironmentDiffResponse(Struct, frozen=True, kw_only=True):
    """How the environments of two runs differ."""

    left: str
    """The id of the run."""
    right: str
    verdict: str
    differences: list[FactDiff]
    same: int
    """Packages that are the same."""


class EnvironmentDiffRequest(
    Request[EnvironmentDiffResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Ask how the environments of two runs differ."""

    left: Target
    right: Target
    as_of: str | None = None


@operation(name="environment", permission="read")
def environment(context: Context, request: EnvironmentRequest) -> EnvironmentResponse:
    """Tell the interpreter, the platform and the packages of a run.

    Raises:
        UnknownRef: no run is meant.
    """
    store, seq = context.store, moment(context.store, request.as_of)
    return _environment_of(store, run_behind(store, request.target, seq), seq)


@operation(name="environment-diff", permission="read")
def environment_diff(context: Context, request: EnvironmentDiffRequest) -> EnvironmentDiffResponse:
    """Compare the environments of two runs: packages, interpreter, platform, machine.

    Raises:
        UnknownRef: no run is meant, or the environment of one is not kept.
    """
    store, seq = context.store, moment(context.store, request.as_of)
    sides = []
    for target in (request.left, request.right):
        side = _environment_of(store, run_behind(store, target, seq), seq)
        if not side.packages:
            raise UnknownRef(f"The environment of {side.name} ({side.run[:13]}) is not kept.")
        sides.append(side)
    left, right = sides
    packages = [{one.name: one.version for one in side.packages} for side in sides]
    found = [
        *_differing("package", packages[0], packages[1]),
        *_differing("fact", left.facts, right.facts),
    ]
    same = sum(packages[1].get(name) == version for name, version in packages[0].items())
    return EnvironmentDiffResponse(
        left=left.run,
        right=right.run,
        verdict=_verdict(found, same),
        differences=found,
        same=same,
    )


def _environment_of(store: Store, row: RunRow, seq: int | None) -> EnvironmentResponse:
    found = context_of(store, row, "environment", seq)
    described = [told for one in found if (told := _described(store, one))]
    around = {part: row.attrs.get(part) for part in ("machine", "variables")}
    if not found:
        verdict = f"In what {row.name} was executed was not recorded."
    elif not described:
        verdict = f"The environment of {row.name} is not kept here."
    else:
        python = described[-1].get("python", {})
        count = counted(len(described[-1].get("packages", ())), "package")
        verdict = f"{row.name} ran on Python {python.get('version', '?')} with {count}."
    facts = {k: v for k, v in described[-1].items() if k != "packages"} if described else {}
    packages = described[-1].get("packages", []) if described else []
    return EnvironmentResponse(
        run=row.id,
        name=row.name,
        verdict=verdict,
        digest=found[-1] if found else None,
        facts=_flat(facts | around),
        packages=[Package(name=one["name"], version=one["version"]) for one in packages],
    )


def _described(store: Store, digest: str) -> dict[str, Any] | None:
    """Return the description of an environment; None where it was not kept."""
    try:
        told = msgspec.json.decode(store.blobs.get(digest))
    except (ForebearError, msgspec.MsgspecError):
        return None
    return told if isinstance(told, dict) else None


def _flat(facts: dict[str, Any], before: str = "") -> dict[str, str]:
    """Return nested facts under names with dots; what is None is left out."""
    found: dict[str, str] = {}
    for key, value in facts.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{before}{key}.")
        elif value is not None:
            text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
            found[f"{before}{key}"] = text
    return found


def _differing(
    what: Literal["package", "fact"], left: dict[str, str], right: dict[str, str]
) -> list[FactDiff]:
    return [
        FactDiff(what=what, name=name, left=left.get(name), right=right.get(name))
        for name in sorted(left.keys() | right.keys())
        if left.get(name) != right.get(name)
    ]


def _verdict(found: list[FactDiff], same: int) -> str:
    packages = sum(one.what == "package" for one in found)
    facts = len(found) - packages
    if not found:
        return f"Both ran in the same environment, with {counted(same, 'package')}."
    parts = [counted(packages, "package")] if packages else []
    parts += [counted(facts, "fact") + " about interpreter and machine"] if facts else []
    return f"The environments differ in {' and '.join(parts)}; {counted(same, 'package')} agree."
