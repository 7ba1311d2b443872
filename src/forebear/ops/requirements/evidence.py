"""evidence: every link of its lineage is known at least that well."""

from __future__ import annotations

from typing import Any, Final, get_args

from forebear.analysis.verdict import counted
from forebear.core.entities import EvidenceWord, at_least
from forebear.ops.policy_case import Case
from forebear.ops.requirement import Action, Evidence, Judged, Requirement, failed, passed, unknown
from forebear.ops.requirements._settings import choice

__all__ = ["REQUIREMENT"]


def _read(value: Any) -> EvidenceWord:
    return choice(value, get_args(EvidenceWord))  # type: ignore[return-value]


def _judge(case: Case, least: EvidenceWord) -> Judged:
    edges = case.store.edges([*case.ids, *case.ancestors], "up", seq=case.seq)
    command = f"forebear trace {case.ref}"
    again = Action(command=f"forebear reproduce {case.ref}")
    retrain = Action(command=case.retrain, words="recorded, so that its making is seen")
    made = [edge for edge in edges if edge.target in case.ids and edge.relation != "export"]
    if not made:
        shown = Evidence(command=command, words="no link leads to it")
        return unknown("Where it comes from is not recorded.", shown, ways=[[retrain]])
    weak = [edge for edge in edges if at_least(edge.evidence) < at_least(least)]
    shown = Evidence(command=command, words=f"{counted(len(edges), 'link')} lead to it")
    if not weak:
        return passed(f"Every link that leads to it is {least} or better.", shown)
    are = "is" if len(weak) == 1 else "are"
    words = (
        f"{len(weak):,} of {counted(len(edges), 'link')} that lead to it {are} less than {least}."
    )
    weaker = Evidence(command=f"{command} --json", words=f"{len(weak):,} of them are weaker")
    ways = [[again]] if least == "verified" else [[retrain]]
    return failed(words, shown, weaker, ways=ways)


REQUIREMENT: Final = Requirement(
    key="evidence",
    title="Its lineage was seen, and not only claimed",
    example='evidence = "observed"',
    read=_read,
    judge=_judge,
    audit="observed",
    weight=8,
    why="a claimed lineage may be wrong",
)
