"""What gets a requirement met, where several requirements are met by the same."""

from __future__ import annotations

from forebear.analysis.verdict import called, listed
from forebear.core.quality import SUITE
from forebear.core.rows import VersionRow
from forebear.core.statements import about_name
from forebear.ops.policy_case import Case
from forebear.ops.requirement import Action, Judged, unknown

__all__ = ["no_data", "quality_checks"]


def quality_checks(case: Case, row: VersionRow) -> list[Action]:
    """Return what checks the quality of a version of its data, and what makes checks of it."""
    title = f"data:{row.name}:{row.version}"
    check = Action(command=f"forebear quality check {title}")
    if case.facts.latest(SUITE, [about_name("data", row.name)]):
        return [check]
    suggest = f"forebear quality suggest {title} -o quality/{row.name}.toml"
    return [Action(command=suggest, words="if it has no checks yet"), check]


def no_data(case: Case) -> Judged:
    """Judge the checks of a version of whose training data none has a name."""
    if case.unnamed:
        titles = listed(called(node) for node in case.unnamed)
        again = Action(command=case.retrain, words="with its data read from a file, to be checked")
        return unknown(f"It was trained on {titles}, without a name or checks.", ways=[[again]])
    again = Action(command=case.retrain, words="recorded, so that its data is seen")
    return unknown("Which data it was trained on is not recorded.", ways=[[again]])
