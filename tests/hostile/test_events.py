"""Events that cannot be, or that nobody means: the store takes or refuses them and is sound."""

import gzip
import resource

import msgspec
import pytest

from forebear.core.digest import of_bytes
from forebear.core.events import (
    AliasMoved,
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    Link,
    ParamsLogged,
    RunEnded,
    RunStarted,
    StepRecorded,
    VersionNamed,
    encode,
)
from forebear.core.ids import new_id
from story import START, Story

A, B, C = (of_bytes(word) for word in (b"event a", b"event b", b"event c"))
MODEL = [ArtifactRecorded(artifact=one, kind="model", digest=one) for one in (A, B, C)]


def run(id, **more):
    return RunStarted(run=id, kind="run", name="x", **more)


def self_parent():
    id = new_id()
    return [run(id, parent=id)]


def parents_in_a_circle():
    one, other = new_id(), new_id()
    return [run(one, parent=other), run(other, parent=one)]


def ended_and_then_more():
    id = new_id()
    return [run(id), RunEnded(run=id, status="finished"), ParamsLogged(run=id, params={"a": 1})]


def only_ended():
    return [RunEnded(run=new_id(), status="failed")]


def both_ways(used):
    id = new_id()
    return [run(id), EdgesRecorded(run=id, used=used, generated=used)]


SCENES = {
    "a circle of links": [
        *MODEL,
        *(
            Derived(source=one, target=other, relation="finetune")
            for one, other in ((A, B), (B, C), (C, A))
        ),
    ],
    "a link to itself": [*MODEL, Derived(source=A, target=A, relation="copy")],
    "a run that is its own parent": self_parent(),
    "runs that are each other's parents": parents_in_a_circle(),
    "an end without a beginning": only_ended(),
    "news after the end": ended_and_then_more(),
    "a run that makes what it uses": both_ways([Link(artifact=A)]),
    "thousands of inputs": both_ways([Link(artifact=of_bytes(b"%d" % n)) for n in range(4_000)]),
    "a step of nothing": [
        StepRecorded(
            run=new_id(), parent=new_id(), kind="train", name="fit", started=START, ended=START
        )
    ],
    "a name for nothing": [VersionNamed(kind="model", name="ghost", artifact=of_bytes(b"ghost"))],
    "an alias of nothing": [
        AliasMoved(kind="model", name="nobody", alias="best", version=99, by="ops")
    ],
    "a year long gone": [run(new_id(), started=START.replace(year=1970))],
    "a year to come": [run(new_id(), started=START.replace(year=9999))],
    "a parameter without end": [ParamsLogged(run=new_id(), params={"a": "x" * 1_000_000})],
}


def sent(attack, events):
    return attack("POST", "/api/v1/ledger/events", content=b"\n".join(map(encode, events)))


@pytest.mark.parametrize("scene", SCENES)
def test_questions_about_it_are_answered(attack, store, scene):
    answer = sent(attack, SCENES[scene])
    assert answer.status_code in {200, 400}
    asked = {getattr(one, key) for one in SCENES[scene] for key in ("run", "artifact", "source")
             if getattr(one, key, None)}  # fmt: skip
    for thing in list(asked)[:3]:
        ref = thing if thing.startswith("sha256:") else f"run:{thing}"
        for question in ("trace", "impact", "show", "closure"):
            more = {"direction": "up"} if question == "closure" else {}
            said = {"target": {"ref": ref}, **more}
            assert attack("POST", f"/api/v1/{question}", json=said).status_code in {200, 400, 404}
    for listed in ("runs", "models", "data"):
        assert attack("GET", f"/api/v1/{listed}").status_code == 200
    assert list(store.verify()) == []


def test_an_id_with_other_content_is_refused_and_remembered(attack, store):
    first = run(new_id())
    assert sent(attack, [first]).status_code == 200
    changed = encode(first).replace(b'"name":"x"', b'"name":"y"')
    answer = attack("POST", "/api/v1/ledger/events", content=changed)
    assert (answer.status_code, answer.json()["code"]) == (409, "event-conflict")
    assert first.id in {one.id for one in store.refusals()}
    assert sent(attack, [first]).json()["duplicates"] == 1


def test_all_or_none_are_taken(attack, store):
    before = store.head()
    body = b"\n".join([encode(run(new_id())), b"{}", encode(run(new_id()))])
    assert attack("POST", "/api/v1/ledger/events", content=body).status_code == 400
    assert store.head() == before


@pytest.mark.parametrize("missing", ["id", "time", "started", "ended"])
def test_an_event_says_its_id_and_times_itself(attack, store, missing):
    id = new_id()
    of = run(id) if missing == "started" else RunEnded(run=id, status="finished")
    fields = msgspec.json.decode(encode(of))
    del fields[missing]
    body = msgspec.json.encode(fields)
    for path, more in (
        ("/api/v1/ledger/events", {"content": body}),
        ("/api/v1/record", {"json": {"events": [fields]}}),
    ):
        assert attack("POST", path, **more).status_code == 400


def test_what_is_nested_deeply_is_refused_and_what_is_not_is_read(attack):
    for deep, status in ((150, 200), (250, 400), (900, 400), (5000, 400)):
        body = encode(run(new_id(), attrs={"deep": "here"}))
        nested = body.replace(b'"here"', b"[" * deep + b"]" * deep)
        assert attack("POST", "/api/v1/ledger/events", content=nested).status_code == status


def test_the_order_of_arrival_does_not_matter(attack, store, tmp_path):
    story = Story(tmp_path)
    story.prepare()
    story.train(7, 0.7, save="late.pkl")
    for event in reversed(story.events):
        assert sent(attack, [event]).status_code == 200
    assert list(store.verify()) == []
    told = attack("POST", "/api/v1/trace", json={"target": {"ref": of_bytes(b"pickle 7")}}).json()
    assert {"late.pkl", "raw.csv"} <= {one.get("label") for one in told["nodes"]}


def grown(work):
    """Return by how many MB the most memory that this process has needed grew."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    work()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def test_what_unpacks_to_too_much_is_refused_and_takes_little_memory(attack):
    bomb = gzip.compress(b'{"a": "' + b"\0" * (200 << 20) + b'"}', 9)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}

    def throw():
        for path in ("/api/v1/lineage", "/api/v1/lineage/batch"):
            assert attack("POST", path, content=bomb, headers=headers).status_code == 413

    throw()
    assert grown(throw) < 100


def test_what_is_too_large_is_refused(attack):
    body = b" " * ((64 << 20) + 1)
    headers = {"Content-Type": "application/json"}
    for path in ("/api/v1/models", "/api/v1/ledger/events", "/api/v1/lineage"):
        assert attack("POST", path, content=body, headers=headers).status_code == 413
