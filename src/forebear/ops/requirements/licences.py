"""licences: all data that led to it may be used."""

from __future__ import annotations

from typing import Any, Final

from forebear.analysis.verdict import called, listed
from forebear.core.catalog import LICENCE
from forebear.core.errors import InvalidInput
from forebear.core.rows import VersionRow
from forebear.core.statements import about_name
from forebear.ops.policy_case import Case
from forebear.ops.requirement import (
    Action,
    Evidence,
    Judged,
    Requirement,
    failed,
    not_applicable,
    passed,
    unknown,
)

__all__ = ["REQUIREMENT"]


def _read(value: Any) -> list[str] | None:
    """Return the licences that are allowed; None for all that are known, [] for whatever."""
    if value == "known":
        return None
    if value == "any":
        return []
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return value
    raise InvalidInput('it is "known", "any", or a list of licences.')


def _judge(case: Case, allowed: list[str] | None) -> Judged:
    if allowed == []:
        return not_applicable("Licences are not asked about.")
    if case.unnamed:
        titles = listed(called(node) for node in case.unnamed)
        naming = [Action(command=f"forebear name {one.id} NAME") for one in case.unnamed]
        licence = Action(command="forebear licence data:NAME SPDX")
        return unknown(f"It comes from {titles}, without a name.", ways=[[*naming, licence]])
    if not case.sources:
        return unknown("Which data led to it is not recorded.", ways=[[_seen(case)]])
    shown: list[Evidence] = []
    missing: list[VersionRow] = []
    refused: list[str] = []
    for row in case.sources:
        said = case.facts.latest(LICENCE, [row.artifact, about_name("data", row.name)])
        if not said:
            missing.append(row)
            continue
        spdx = said[-1].value.spdx
        words = f"data:{row.name} is under {spdx}"
        command = f"forebear show data:{row.name}"
        shown.append(Evidence(command=command, words=words, seq=said[-1].row.seq))
        if "no-ml" in said[-1].value.terms or (allowed is not None and spdx not in allowed):
            refused.append(words)
    bare = _without_parents(case, missing)
    if refused:
        words = f"Not allowed: {listed(refused)}."
        retrain = Action(command=case.retrain, words="from data that may be used")
        return failed(words, *shown, ways=[[retrain]])
    if bare:
        names = list(dict.fromkeys(row.name for row in bare))
        actions = [Action(command=f"forebear licence data:{name} SPDX") for name in names]
        return unknown(f"No licence is recorded of {listed(names)}.", *shown, ways=[actions])
    licences = listed(dict.fromkeys(one.words.rpartition(" ")[2] for one in shown))
    return passed(f"All data that led to it is licensed: {licences}.", *shown)


def _without_parents(case: Case, missing: list[VersionRow]) -> list[VersionRow]:
    """Return those of which no other named data is known that they were made of.

    What was made of licensed data is under the terms of that.
    """
    named = {row.artifact for row in case.sources}
    bare = []
    for row in missing:
        above = case.store.closure([row.artifact], "up", seq=case.seq, kinds=["data", "file"])
        if named.isdisjoint(above.depths):
            bare.append(row)
    return bare


def _seen(case: Case) -> Action:
    return Action(command=case.retrain, words="recorded, so that its data is seen")


REQUIREMENT: Final = Requirement(
    key="licences",
    title="Its data may be used for it",
    example='licences = "known", or licences = ["CC-BY-4.0", "MIT"]',
    read=_read,
    judge=_judge,
    of_data=True,
    audit="known",
    weight=8,
    why="data without a licence may not be used",
)
