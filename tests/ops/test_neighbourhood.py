from __future__ import annotations

import pytest

from forebear.client.client import LocalClient
from forebear.core.errors import InvalidInput, UnknownRef
from forebear.core.events import Derived
from forebear.core.ports import Store
from forebear.core.quality import CHECK, CheckResult
from forebear.core.validation import VALIDATION, Estimate, Validation
from forebear.ops import outline
from forebear.ops.describing import LicenceRequest
from forebear.ops.impact import ImpactRequest
from forebear.ops.lineage import TraceRequest
from forebear.ops.moments import MomentsRequest
from forebear.ops.neighbourhood import Near, NeighbourhoodRequest, NeighbourhoodResponse
from forebear.ops.recall import RecallRequest
from forebear.ops.surroundings import Opened
from forebear.ops.table import Target
from story import Story


def ask(client: LocalClient, ref: str, **more: object) -> NeighbourhoodResponse:
    return client.call(NeighbourhoodRequest(target=Target(ref=ref), **more))


def ties(answer: NeighbourhoodResponse) -> set[tuple[str, str]]:
    called = {node.id: node.title for node in answer.nodes}
    return {(called[link.source], called[link.target]) for link in answer.links}


def beyond(answer: NeighbourhoodResponse) -> set[tuple[str, str, int]]:
    called = {node.id: node.title for node in answer.nodes}
    return {
        (called[stub.node], f"{stub.direction} {sort}", count)
        for stub in answer.stubs
        for sort, count in stub.hidden.items()
    }


def node(answer: NeighbourhoodResponse, title: str) -> Near:
    return next(one for one in answer.nodes if one.title == title)


WHOLE = {
    ("raw:1", "prepare.py"),
    ("prepare.py", "clean:1"),
    ("clean:1", "train.py"),
    ("train.py", "churn:1"),
    ("churn:1", "serve.py"),
    ("serve.py", "predictions.csv"),
    ("predictions.csv", "report.py"),
}


@pytest.fixture
def trained(store: Store, story: Story):
    one, two = story.train(4, 0.8), story.train(8, 0.9, save="second.pkl")
    story.serve(one.file)
    store.append(story.events)
    return one, two


def test_one_link_each_side_with_what_lies_beyond(client: LocalClient, trained):
    answer = ask(client, "churn:1")
    assert ties(answer) == {("train.py", "churn:1"), ("churn:1", "serve.py")}
    assert [(one.title, one.depth) for one in answer.nodes] == [
        ("churn:1", 0),
        ("train.py", -1),
        ("serve.py", 1),
    ]
    (made,) = (link for link in answer.links if link.target == answer.root)
    assert (made.type, made.relation, made.evidence) == ("derived", "export", "observed")
    assert beyond(answer) == {("train.py", "up data", 1), ("serve.py", "down data", 1)}
    assert (answer.complete, answer.full) == (False, False)
    assert answer.verdict == ("Around churn:1: 1 deployment and 1 run. 2 more lie one link beyond.")


def test_the_whole_way_and_nothing_beside_it(client: LocalClient, trained):
    answer = ask(client, "churn:1", up=9, down=9)
    assert ties(answer) == WHOLE
    sorts = {one.title: one.sort for one in answer.nodes}
    assert (sorts["serve.py"], sorts["report.py"], sorts["raw:1"]) == (
        "deployment",
        "consumer",
        "data",
    )
    assert beyond(answer) == {("clean:1", "down run", 1)}
    assert node(answer, "train.py").steps == 4


def test_more_neighbours_of_what_is_opened(client: LocalClient, trained):
    first = ask(client, "churn:1", up=2)
    clean = node(first, "clean:1").id
    answer = ask(client, "churn:1", up=2, opened=[Opened(node=clean, direction="down")])
    assert [one.title for one in answer.nodes].count("train.py") == 2
    assert beyond(answer) >= {("train.py", "down model", 1)}
    untouched = ask(client, "churn:1", opened=[Opened(node=clean, direction="down")])
    assert clean not in {one.id for one in untouched.nodes}


def test_a_run_from_inside(client: LocalClient, trained):
    run = trained[0].run
    answer = ask(client, "churn:1", up=9, down=0, inside=[run])
    assert ties(answer) >= {
        ("clean:1", "pandas.read_parquet"),
        ("df", "train_test_split"),
        ("X_train", "RandomForestClassifier.fit"),
        ("RandomForestClassifier", "churn:1"),
        ("prepare.py", "clean:1"),
    }
    assert node(answer, "train_test_split").run == run
    (fit,) = (
        link
        for link in answer.links
        if link.source == node(answer, "X_train").id and link.type == "used"
    )
    assert fit.roles == ["train"]
    steps = ask(client, "churn:1", up=20, down=0, detail="steps")
    assert {one.sort for one in steps.nodes} == {"data", "model", "step"}


def test_who_asks_about_a_step_sees_its_run_from_inside(client: LocalClient, trained):
    answer = ask(client, f"run:{trained[0].fit}")
    assert {one.title for one in answer.nodes} == {
        "RandomForestClassifier.fit", "X_train", "y_train", "RandomForestClassifier"
    }  # fmt: skip
    whole = ask(client, f"run:{trained[0].run}")
    assert ties(whole) == {("clean:1", "train.py"), ("train.py", "churn:1")}


def test_only_some_sorts_with_the_others_passed_through(client: LocalClient, trained):
    answer = ask(client, "churn:1", up=9, down=9, sorts=["model", "data", "consumer"])
    assert ties(answer) == {
        ("raw:1", "clean:1"),
        ("clean:1", "churn:1"),
        ("churn:1", "predictions.csv"),
        ("predictions.csv", "report.py"),
    }
    between = {link.between for link in answer.links}
    assert between == {0, 1}
    near = ask(client, "data:raw", up=0, down=1, sorts=["model"])
    assert ties(near) == {("raw:1", "churn:1"), ("raw:1", "churn:2")}


def test_only_runs_with_some_state(client: LocalClient, trained):
    answer = ask(client, "churn:1", up=9, down=9, status=["running"])
    titles = {one.title for one in answer.nodes}
    assert "serve.py" in titles
    assert "train.py" not in titles
    assert ("clean:1", "churn:1") in ties(answer)


def test_code_and_environment_where_they_are_asked_for(client: LocalClient, trained):
    answer = ask(client, "churn:1", up=2, down=0, context=True)
    assert {one.sort for one in answer.nodes} == {"model", "run", "data", "code", "environment"}
    code = node(answer, "train.py") if node(answer, "train.py").sort == "code" else None
    assert code is None or code.depth == -2
    about_code = ask(
        client, next(one.id for one in answer.nodes if one.sort == "code"), up=0, down=1
    )
    assert {one.sort for one in about_code.nodes} == {"code", "run"}


def test_a_shortest_way_to_something_else(client: LocalClient, trained):
    answer = ask(client, "churn:1", up=0, down=0, toward=Target(ref="data:raw"))
    called = {one.id: one.title for one in answer.nodes}
    assert [called[id] for id in answer.way] == [
        "raw:1", "prepare.py", "clean:1", "train.py", "churn:1"
    ]  # fmt: skip
    assert answer.verdict.startswith("raw:1 leads to churn:1 in ")
    none = ask(client, "churn:1", up=0, down=0, toward=Target(ref="churn:2"))
    assert none.verdict == "No recorded way leads from churn:1 to churn:2, or back."
    assert {one.title for one in none.nodes} == {"churn:1", "churn:2"}


def test_as_it_was(client: LocalClient, store: Store, story: Story):
    first = story.train(4, 0.8)
    store.append(story.events)
    moment = max(store.first_recorded([first.file, first.run]).values())
    story.events.clear()
    story.serve(first.file)
    store.append(story.events)
    before = ask(client, "churn:1", as_of=moment.isoformat())
    assert ties(before) == {("train.py", "churn:1")}
    assert ("churn:1", "serve.py") in ties(ask(client, "churn:1"))


def test_a_few_of_very_many_and_the_rest_counted(
    client: LocalClient, store: Store, story: Story, monkeypatch: pytest.MonkeyPatch
):
    one = story.train(4, 0.8)
    for _ in range(30):
        story.serve(one.file)
    store.append(story.events)
    answer = ask(client, "churn:1", up=0)
    assert sum(node.sort == "deployment" for node in answer.nodes) == 6
    assert ("churn:1", "down deployment", 24) in beyond(answer)
    assert answer.full is False
    tight = ask(client, "churn:1", up=9, down=9, limit=5)
    assert (len(tight.nodes), tight.full, tight.complete) == (5, True, False)
    monkeypatch.setattr(outline, "MOST", 10)
    cut = ask(client, "churn:1", up=0)
    (stub,) = (stub for stub in cut.stubs if (stub.node, stub.direction) == (cut.root, "down"))
    assert (stub.links, stub.hidden) == (30, {"deployment": 4})
    assert cut.verdict.endswith("At least 11 more lie one link beyond.")


def test_what_is_in_use_is_not_missed_where_not_all_is_looked_at(
    client: LocalClient, store: Store, story: Story, monkeypatch: pytest.MonkeyPatch
):
    used = story.train(4, 0.8)
    service, _, _ = story.serve(used.file)
    for depth in range(5, 12):
        story.train(depth, 0.8, save=f"{depth}.pkl")
    store.append(story.events)
    monkeypatch.setattr(outline, "MOST", 3)
    answer = ask(client, "data:clean", up=0, down=9, sorts=["model", "deployment"])
    assert service in {one.id for one in answer.nodes}
    assert {("clean:1", "churn:1"), ("churn:1", "serve.py")} <= ties(answer)
    near = ask(client, "data:clean", up=0, down=1, sorts=["model", "deployment"])
    assert service not in {one.id for one in near.nodes}


def test_grades_below_the_one_asked_for_are_not_followed(
    client: LocalClient, store: Store, story: Story
):
    story.train(4, 0.8)
    guess = story.file("guess.csv", b"1")
    model = story.file("model.pkl", b"pickle 4", kind="model")
    story.say(Derived(source=guess, target=model, relation="subset", evidence="inferred"))
    store.append(story.events)
    assert "guess.csv" in {one.title for one in ask(client, "churn:1").nodes}
    sure = ask(client, "churn:1", evidence="observed")
    assert "guess.csv" not in {one.title for one in sure.nodes}


def test_judged_at_a_glance(client: LocalClient, store: Store, trained):
    clean = node(ask(client, "churn:1", up=9), "clean:1").id
    validation = Validation(
        data=clean,
        data_title="clean:1",
        task="classification",
        rows=10,
        main="f1",
        metrics={"f1": Estimate(value=0.8)},
        passed=False,
    )
    store.append(
        [
            CHECK.say(clean, CheckResult(check="range", status="failed"), key="a"),
            CHECK.say(clean, CheckResult(check="range", status="passed"), key="b"),
            VALIDATION.say(trained[0].model, validation),
        ]
    )
    client.call(LicenceRequest(target=Target(ref="data:raw"), licence="CC-BY-4.0"))
    client.call(RecallRequest(target=Target(ref="data:raw"), reason="it is wrong"))
    answer = ask(client, "churn:1", up=9, down=9)
    told = {
        (one.title, badge.about): (badge.status, badge.words)
        for one in answer.nodes
        for badge in one.badges
    }
    assert told["clean:1", "quality"] == ("bad", "1 of 2 checks failed")
    assert told["churn:1", "validation"] == ("bad", "f1 0.8 on clean:1, failed")
    assert told["raw:1", "licence"] == ("good", "CC-BY-4.0")
    assert told["raw:1", "recall"] == ("bad", "recalled: it is wrong")
    assert told["clean:1", "recall"][0] == "warn"
    assert told["churn:1", "recall"][0] == "bad"
    only = ask(client, "churn:1", badges=["licence", "drift"])
    assert {badge.about for one in only.nodes for badge in one.badges} <= {"licence", "drift"}


def test_nothing_is_there(client: LocalClient, store: Store, story: Story):
    alone = story.file("alone.csv", b"alone")
    store.append(story.events)
    answer = ask(client, alone)
    assert (answer.verdict, answer.complete) == ("Nothing is recorded around alone.csv.", True)
    with pytest.raises(UnknownRef):
        ask(client, "nothing")
    with pytest.raises(InvalidInput, match="-1 is no number for 'up'"):
        ask(client, alone, up=-1)


def test_the_moments_at_which_it_came_to_be_known(client: LocalClient, store: Store, story: Story):
    first = story.train(4, 0.8)
    store.append(story.events)
    story.events.clear()
    story.serve(first.file)
    story.alias("champion", 1)
    store.append(story.events)
    answer = client.call(MomentsRequest(target=Target(ref="churn:1")))
    assert [one.at for one in answer.moments] == sorted(one.at for one in answer.moments)
    early, late = answer.moments[0], answer.moments[-1]
    # At the first moment the thing itself is known.
    assert "train.py" in {n.title for n in ask(client, "churn:1", as_of=str(early.at)).nodes}
    assert len(client.call(MomentsRequest(target=Target(ref="churn@champion"))).moments) == 1
    assert "serve.py" not in {n.title for n in ask(client, "churn:1", as_of=str(early.at)).nodes}
    assert "serve.py" in {n.title for n in ask(client, "churn:1", as_of=str(late.at)).nodes}
    assert "churn@champion moved to 1" in late.words
    assert sum(one.count for one in answer.moments) >= 10
    (all_,) = client.call(MomentsRequest(target=Target(ref="churn:1"), most=1)).moments
    assert (all_.at, all_.count) == (late.at, sum(one.count for one in answer.moments))
    with pytest.raises(InvalidInput, match="0 is no number of moments"):
        client.call(MomentsRequest(target=Target(ref="churn:1"), most=0))


def test_step_by_step_it_is_what_a_trace_finds(client: LocalClient, trained):
    """The map leaves out what surrounds runs, and nothing else."""
    wide = {"detail": "steps", "each": 1_000, "limit": 10_000}
    for ref in ("churn:1", "data:raw", f"run:{trained[1].fit}"):
        for request, hops in ((TraceRequest, {"up": 99}), (ImpactRequest, {"down": 99})):
            answer = client.call(request(target=Target(ref=ref)))
            seen = ask(client, ref, **({"up": 0, "down": 0} | hops), context=True, **wide)
            whole = {one.id for one in answer.nodes if one.type == "run" and one.root == one.id}
            told = {one.id for one in answer.nodes} - whole
            assert {one.id for one in seen.nodes} >= told, ref
            assert {one.id for one in seen.nodes} - told <= whole, ref
