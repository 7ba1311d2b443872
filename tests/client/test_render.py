from __future__ import annotations

from datetime import UTC, datetime

import pytest

from forebear.client.lines import WIDTH, as_text
from forebear.client.render import figures_lines, impact_lines, path_lines, trace_lines
from forebear.client.show_text import show_lines
from forebear.core.digest import of_bytes
from forebear.core.events import ReproductionRecorded
from forebear.ops.graph import Figure
from forebear.ops.impact import ImpactRequest
from forebear.ops.lineage import PathRequest, TraceRequest
from forebear.ops.show import ShowRequest
from forebear.ops.table import Target
from story import RAW, Story, link


@pytest.fixture(autouse=True)
def here(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(story.at)


def traced(client, ref: str, **more) -> str:
    return as_text(trace_lines(client.call(TraceRequest(target=Target(ref=ref), **more))))


def shown(client, ref: str, **more) -> str:
    return as_text(show_lines(client.call(ShowRequest(target=Target(ref=ref))), **more))


def bare(text: str) -> list[str]:
    return [" ".join(one.split()) for one in text.split("\n")]


def test_a_trace_reads_from_the_model_down_to_the_raw_data(store, story, client):
    trained = story.train(4, 0.8)
    story.alias("champion", 1)
    store.append(story.events)
    lines = bare(traced(client, "churn:1"))
    tree = [
        f"churn:1 @champion model.pkl 8 B {trained.file[7:19]}",
        "│ saved from RandomForestClassifier in memory observed",
        "│ trained by RandomForestClassifier.fit train.py:12 observed",
    ]
    start = lines.index(tree[0])
    assert lines[start : start + 3] == tree
    assert lines[start + 3].startswith(f"│ (run train.py {trained.run[:13]}, ")
    assert lines[start + 4] == "│ max_depth=4, n_estimators=100"
    assert lines[start + 5] == "├─ train X_train 742 rows observed"
    last = lines.index(f"│ from raw:1 data/raw.csv 22 B {of_bytes(RAW)[7:19]} observed")
    assert lines[last + 1] == "└─ train y_train 742 rows observed"
    assert lines[last + 2] == "split by train_test_split train.py:9 see above observed"
    assert lines.count("f1 0.8 on X_test (test) observed") == 1


def test_code_and_environment_are_told_once_a_run(store, story, client):
    story.train(4, 0.8)
    store.append(story.events)
    lines = bare(traced(client, "churn:1"))
    assert sum(one.startswith("environment Python 3.11.7") for one in lines) == 2
    assert "git main 1a2b3c4d5e, with uncommitted changes" in lines
    assert "command python train.py --depth 4" in lines


def test_a_trace_ends_with_what_was_not_seen(store, story, client):
    trained = story.train(4, 0.8)
    story.gap(trained.run, "An unknown read.")
    store.append(story.events)
    lines = bare(traced(client, "churn:1"))
    assert lines[-2:] == ["Not seen:", f"- An unknown read (run train.py {trained.run[:13]})"]


def test_repeated_runs_with_the_same_result_are_one_line(store, story, client):
    for _ in range(4):
        story.prepare()
    store.append(story.events)
    lines = bare(traced(client, "data:clean"))
    (told,) = [one for one in lines if one.startswith("written by DataFrame.to_parquet")]
    assert "and 4 more runs with the same result" in told


def test_a_reproduction_is_told(store, story, client):
    trained = story.train(4, 0.8)
    story.say(
        ReproductionRecorded(
            artifact=trained.file,
            run=trained.run,
            verdict="numerical",
            reason="largest relative error 1e-12",
            environment="rebuilt",
            by="ops",
        )
    )
    store.append(story.events)
    assert "numerical: largest relative error 1e-12" in traced(client, "churn:1")
    assert "largest relative error" in shown(client, "churn:1")


def test_operations_between_recorded_points_are_told(store, story, client):
    run = story.run("other.py")
    out = story.file("out.csv", b"out")
    story.step(
        run,
        "transform",
        "DataFrame.to_csv",
        [link(of_bytes(RAW))],
        [out],
        attrs={"operations": ["dropna", "sort_values"]},
    )
    story.end(run)
    store.append(story.events)
    assert "after dropna, sort_values" in traced(client, out)


def test_no_line_is_wider_than_it_may_be(store, story, client):
    long = "a very long label " * 20
    base = story.memory("data", long, "x")
    run = story.run("long.py", *(["--option"] * 40))
    previous = base
    for n in range(60):
        left, right = (story.memory("data", f"{long}{n}{side}", f"{n}{side}") for side in "lr")
        story.step(run, "transform", long, [link(previous)], [left, right], params={"p": long})
        previous = story.memory("data", f"joined {n}", f"joined {n}")
        story.step(run, "transform", "join", [link(left), link(right)], [previous])
    out = story.file("out.csv", b"out")
    story.step(run, "transform", "to_csv", [link(previous)], [out])
    story.gap(run, long * 3)
    store.append(story.events)
    text = traced(client, out)
    assert "goes on; ask for" in text
    texts = [text, shown(client, out), shown(client, f"run:{run}")]
    texts.append(as_text(impact_lines(client.call(ImpactRequest(target=Target(ref=base))))))
    assert all(len(one) <= WIDTH for text in texts for one in text.split("\n"))


def test_a_long_chain_is_written_without_indenting(store, story, client):
    run = story.run("chain.py")
    previous = of_bytes(RAW)
    for n in range(500):
        following = story.memory("data", f"t{n}", f"t{n}")
        story.step(run, "transform", "f", [link(previous)], [following])
        previous = following
    store.append(story.events)
    lines = traced(client, previous).split("\n")
    assert "   from t0" in [one[:10] for one in lines]


def test_stored_words_cannot_command_a_terminal(store, story, client):
    evil = story.memory("data", "\x1b]0;title\x07[bold]x", "x")
    run = story.run("\x1b[2Jevil.py")
    story.step(run, "ingest", "read\x1b[1m", [], [evil], params={"\x1bkey": "\nvalue"})
    story.gap(run, "gap\x1b[0m")
    store.append(story.events)
    for text in (traced(client, evil), shown(client, evil), shown(client, f"run:{run}")):
        assert "\x1b" not in text
        assert "[bold]x" in text
        assert all(one.isprintable() for one in text.split("\n"))


def test_impact_tells_a_way_to_each(store, story, client):
    trained = story.train(4, 0.8)
    story.serve(trained.file)
    store.append(story.events)
    text = as_text(impact_lines(client.call(ImpactRequest(target=Target(ref="data:raw")))))
    lines = bare(text)
    assert lines[0].startswith("raw:1 reaches 1 model (churn:1), 1 deployment (serve.py)")
    for part, first in (
        ("Models", "churn:1"),
        ("Deployments", "serve.py"),
        ("Consumers", "report"),
    ):
        assert lines[lines.index(part) + 1].startswith(first)
    assert "→ train_test_split → X_train → RandomForestClassifier.fit →" in " ".join(lines)


def test_a_path_reads_from_cause_to_effect(store, story, client):
    story.train(4, 0.8)
    store.append(story.events)
    request = PathRequest(start=Target(ref="data:raw"), end=Target(ref="churn:1"))
    lines = bare(as_text(path_lines(client.call(request))))
    assert lines[2] == "raw:1 data/raw.csv"
    assert lines[3] == "→ used by pandas.read_csv prepare.py:3 (run prepare.py) observed"
    assert lines[-1] == "→ saved as churn:1 model.pkl observed"


def test_show_tells_names_runs_and_versions(store, story, client):
    trained = story.train(4, 0.8)
    story.alias("champion", 1, "first")
    store.append(story.events)
    assert "@champion → 1" in " ".join(shown(client, "churn").split())
    assert "first" not in shown(client, "churn")
    assert "by ops  first" in shown(client, "churn", history=True)
    version = bare(shown(client, "churn:1"))
    assert version[0] == "churn:1 @champion model"
    assert "Trained by" in version
    assert "train X_train 742 rows in memory observed" in version
    run = bare(shown(client, f"run:{trained.run}"))
    assert run[0] == "train.py run finished"
    assert {"Used", "Made", "Steps", "Metrics", "Code and environment"} <= set(run)
    made = run[run.index("Made") : run.index("Code and environment")]
    assert any(one.startswith("saved as churn:1") for one in made)
    schema = bare(shown(client, "data:clean:1"))
    assert "churned bool" in schema


def test_equal_figures_of_a_program_that_ran_twice_are_told_once():
    def figure(data: str, value: float) -> Figure:
        at = datetime(2026, 11, 23, tzinfo=UTC)
        return Figure(
            key="auc", value=value, evidence="observed", run="r", at=at, data=data, data_name="X"
        )

    assert len(figures_lines([figure("one", 0.7), figure("two", 0.7)])) == 1
    assert len(figures_lines([figure("one", 0.7), figure("two", 0.8)])) == 2


def test_times_are_those_of_the_wall(monkeypatch: pytest.MonkeyPatch):
    from forebear.client.formats import when

    moment = datetime(2026, 11, 23, 15, 4, 59, tzinfo=UTC)
    assert when(moment) == f"{moment.astimezone():%Y-%m-%d %H:%M}"
