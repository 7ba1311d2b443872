from __future__ import annotations

from forebear.client.lines import as_text
from forebear.client.rows_text import rows_lines
from forebear.ops.row_record import RowPart, Stage
from forebear.ops.rows import RowsResponse


def stage(artifact: str, reached: int = 7) -> Stage:
    return Stage(
        step=f"step of {artifact}",
        kind="split",
        name="train_test_split",
        where="train.py:8",
        line=None,
        artifact=artifact,
        title="X_train",
        rows=reached,
        reached=reached,
        lost=None,
    )


def told(*stages: Stage) -> str:
    parts = [
        RowPart(part="train", artifact=one.artifact, title=one.title, rows=7, reached=one.reached)
        for one in stages
    ]
    answer = RowsResponse(
        root="model",
        source="data",
        title="data:1",
        location=None,
        verdict="It learned from 7 rows.",
        rows=10,
        stages=list(stages),
        parts=parts,
        complete=True,
        gaps=[],
    )
    return as_text(rows_lines(answer))


def test_what_two_runs_did_alike_is_told_once_and_that_is_said():
    once, twice = told(stage("one")), told(stage("one"), stage("two"))
    folded = [line for line in twice.splitlines() if "told once" not in line]
    assert folded == once.splitlines()
    assert len(folded) < len(twice.splitlines())


def test_what_two_runs_did_differently_is_told_of_both():
    text = told(stage("one"), stage("two", reached=6))
    assert text.count("train_test_split") == 2
    assert "told once" not in text
