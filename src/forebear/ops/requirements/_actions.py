"""What gets a requirement met, where several requirements are met by the same."""

from __future__ import annotations

from forebear.core.quality import SUITE
from forebear.core.rows import VersionRow
from forebear.core.statements import about_name
from forebear.ops.policy_case import Case
from forebear.ops.requirement import Action

__all__ = ["quality_checks"]


def quality_checks(case: Case, row: VersionRow) -> list[Action]:
    """Return what checks the quality of a version of its data, and what makes checks of it."""
    title = f"data:{row.name}:{row.version}"
    check = Action(command=f"forebear quality check {title}")
    if case.facts.latest(SUITE, [about_name("data", row.name)]):
        return [check]
    suggest = f"forebear quality suggest {title} -o quality/{row.name}.toml"
    return [Action(command=suggest, words="if it has no checks yet"), check]
