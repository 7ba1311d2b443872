from __future__ import annotations

from datetime import UTC, datetime

import pytest

from forebear.analysis.completeness import completeness, gaps_of
from forebear.core.entities import Edge, Node
from forebear.core.rows import GapRow, RunRow

RUN = "0192a4c1-0000-7000-8000-000000000000"
DATA = Node(id="d", type="artifact", kind="data", name="d.csv")
STEP = Node(id="s", type="run", kind="train", name="fit", root=RUN)


def run(status: str, error: str | None = None) -> RunRow:
    return RunRow(
        id=RUN,
        kind="run",
        name="train.py",
        status=status,
        error=error,
        started=datetime(2026, 1, 1, tzinfo=UTC),
        root=RUN,
        seq=1,
    )


def gaps(**more) -> list[str]:
    facts = {"runs": [run("finished")], "noticed": [], "nodes": {"d": DATA, "s": STEP}, "edges": []}
    return gaps_of(**(facts | more))


def test_nothing_missing_is_no_gap():
    assert gaps() == []


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        ("failed", "ValueError: no.", "failed: ValueError: no"),
        ("lost", None, "was lost"),
        ("running", None, "has not ended yet"),
    ],
)
def test_runs_that_did_not_end_well_are_gaps(status, error, said):
    (only,) = gaps(runs=[run(status, error)])
    assert only.startswith("run train.py 0192a4c1-0000")
    assert said in only


def test_noticed_gaps_name_their_run_also_when_a_step_noticed():
    for id in (RUN, "s"):
        noticed = [GapRow(run=id, what="An unknown read.", seq=1)]
        assert gaps(noticed=noticed) == ["An unknown read (run train.py 0192a4c1-0000)"]


def test_gaps_about_other_things_are_left_out():
    assert gaps(noticed=[GapRow(run=RUN, what="x", artifact="elsewhere", seq=1)]) == []
    assert len(gaps(noticed=[GapRow(run=RUN, what="x", artifact="d", seq=1)])) == 1


def test_inferred_links_references_and_unknown_things_are_gaps():
    edge = Edge(source="d", target="s", type="used", evidence="inferred")
    assert gaps(edges=[edge]) == ["the link from d.csv to fit is inferred, nobody saw it"]
    table = Node(id="t", type="artifact", kind="data", name="wh.t", attrs={"by_reference": True})
    assert "by reference only" in gaps(nodes={"t": table})[0]
    unknown = Node(id="u", type="artifact", kind="unknown", name="u")
    assert "nothing is recorded of it" in gaps(nodes={"u": unknown})[0]


def test_what_a_filter_hides_is_said():
    assert gaps(hidden=2, least="observed") == ["2 links weaker than 'observed' left out, as asked"]


def test_the_figure_counts_gaps_as_links_not_seen():
    seen = Edge(source="a", target="b", type="derived", evidence="observed")
    weak = Edge(source="b", target="c", type="derived", evidence="declared")
    told = completeness([seen, seen, weak], gaps=1)
    assert (told.observed, told.declared, told.figure) == (2, 1, 0.5)
    assert completeness([], gaps=0).figure == 1.0
