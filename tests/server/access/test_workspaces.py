"""Who may see some workspaces sees what is in them, and is told that there is more."""

from __future__ import annotations

import inspect

import pytest

from forebear.core.access import DEFAULT, Principal
from forebear.core.digest import of_bytes
from forebear.core.events import (
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    Link,
    LocationSeen,
    ReproductionRecorded,
    Stated,
    VersionNamed,
    encode,
)
from forebear.core.intakes import Intake
from forebear.core.ports import Store
from forebear.server.scoped.graph import ScopedGraph
from forebear.server.scoped.store import ScopedStore
from story import Story


class Told:
    """Two teams: `a` prepares data and trains a model, `b` serves it and reports."""

    def __init__(self, store, tmp_path):
        self.store = store
        story = Story(tmp_path)
        self.clean = story.prepare()
        self.trained = story.train(3, 0.9)
        story.alias("champion", 1, "best so far")
        self._put(story, "a")
        self.service, self.predictions, self.reader = story.serve(self.trained.file)
        self._put(story, "b")

    def _put(self, story, workspace):
        self.store.append(story.events, intake=Intake(workspace=workspace))
        story.events.clear()


@pytest.fixture
def empty(tmp_path):
    from forebear.store import open_store

    with open_store(tmp_path / "teams", create=True) as store:
        yield store


@pytest.fixture
def told(empty, tmp_path):
    return Told(empty, tmp_path)


@pytest.fixture
def house(told):
    from server.access.house import House

    with House(told.store) as house:
        house.told = told
        yield house


def seen_by(house, *workspaces):
    permissions = {one: frozenset(["read"]) for one in workspaces}
    return house.service.store_for(Principal(name="x", account="x", permissions=permissions))


def test_a_map_shows_nothing_of_a_workspace_that_is_not_seen(house):
    ada = house.as_("ada", ("viewer", "b"))
    answer = ada.call(
        "neighbourhood", target={"ref": house.told.predictions}, up=9, down=9, detail="steps"
    )
    assert {node["id"] for node in answer["nodes"]} == {
        house.told.predictions,
        house.told.service,
        house.told.reader,
    }
    assert (answer["withheld"], answer["complete"]) == (1, False)
    both = house.as_("bob", ("viewer", "a"), ("viewer", "b"))
    whole = both.call("neighbourhood", target={"ref": house.told.predictions}, up=9)
    assert house.told.clean in {node["id"] for node in whole["nodes"]}


def test_a_lineage_ends_where_the_workspace_ends_and_says_so(house):
    ada = house.as_("ada", ("viewer", "b"))
    answer = ada.call("trace", target={"ref": house.told.predictions})
    ids = {node["id"] for node in answer["nodes"]}
    assert house.told.predictions in ids
    assert house.told.trained.file not in ids
    assert answer["withheld"] == 1
    assert answer["complete"] is False
    assert "1 thing is withheld" in answer["verdict"]
    both = house.as_("both", ("viewer", "a"), ("viewer", "b"))
    whole = both.call("trace", target={"ref": house.told.predictions})
    assert house.told.trained.file in {node["id"] for node in whole["nodes"]}
    assert "withheld" not in whole


def test_what_a_thing_reaches_elsewhere_is_counted_and_not_told(house):
    ada = house.as_("ada", ("viewer", "a"))
    answer = ada.call("impact", target={"ref": "churn"})
    assert answer["deployments"] == []
    assert answer["withheld"] == 1
    text = ada.post("/api/v1/impact", {"target": {"ref": "churn"}}).text
    assert house.told.service not in text
    assert "serve.py" not in text


def test_what_is_not_yours_is_as_what_is_not_there(house):
    ada = house.as_("ada", ("viewer", "b"))
    for there, nowhere in [
        ("churn", "chorn"),
        (house.told.trained.file, "sha256:" + "0" * 64),
        (house.told.trained.file[:20], "sha256:0000000000000"),
        (f"run:{house.told.trained.run}", "run:0192a000-0000-7000-8000-000000000001"),
    ]:
        hidden = ada.call("trace", 404, target={"ref": there})
        absent = ada.call("trace", 404, target={"ref": nowhere})
        assert hidden["code"] == absent["code"]
        told = hidden["detail"]
        for length in (99, 20, 19):  # answers shorten digests
            told = told.replace(there[:length], nowhere[:length])
        assert told.replace(there[4:], nowhere[4:]) == absent["detail"]
        assert hidden.get("hint") == absent.get("hint")


def asking(operation, ref, other):
    """Return a request about a thing, in the words that the operation takes."""
    fields = operation.request.__struct_fields__
    forms = {
        "target": {"target": {"ref": ref}},
        "targets": {"targets": [{"ref": ref}, {"ref": other}]},
        "start": {"start": {"ref": other}, "end": {"ref": ref}},
        "left": {"left": {"ref": ref}, "right": {"ref": other}},
        "name": {"name": ref},
        "text": {"text": ref},
    }
    return next((said for field, said in forms.items() if field in fields), {})


SECRETS = ["churn", "clean.parquet", "raw.csv", "train.py", "RandomForest", "champion"]


def test_no_question_tells_of_what_is_hidden(house):
    """Every operation that reads is asked by all refs there are, and tells nothing of team a."""
    from forebear.ops.table import operations

    ada = house.as_("ada", ("viewer", "b"))
    refs = [house.told.predictions, f"run:{house.told.service}", house.told.trained.file, "churn",
            f"run:{house.told.trained.run}", house.told.clean, "run:latest"]  # fmt: skip
    asked = answered = 0
    for name, operation in sorted(operations().items()):
        if operation.permission != "read":
            continue
        for ref in refs:
            answer = ada.post(f"/api/v1/{name}", asking(operation, ref, house.told.predictions))
            assert answer.status_code < 500, (name, ref, answer.text)
            asked += 1
            answered += answer.status_code == 200
            text = answer.text.replace(ref.removeprefix("run:"), "")
            for secret in (*SECRETS, house.told.trained.run, house.told.clean):
                assert secret in ref or secret not in text, (name, ref, secret, answer.text)
    assert asked > 100
    assert answered > 30


def test_the_ledger_and_its_bytes_are_told_in_part(house):
    ada = house.as_("ada", ("viewer", "b"))
    lines = ada.get("/api/v1/ledger/events").text.splitlines()
    assert 0 < len(lines) < house.told.store.head().size
    assert all(secret not in "".join(lines) for secret in SECRETS)
    kept = house.told.store.blobs.put(b"1,0.7")
    assert kept == house.told.predictions
    assert ada.get(f"/api/v1/blobs/{kept}").status_code == 404
    brought = house.as_("bob", ("contributor", "b"))
    assert brought.request("PUT", f"/api/v1/blobs/{kept}", content=b"1,0.7").status_code == 204
    assert ada.get(f"/api/v1/blobs/{kept}").status_code == 200
    hidden = house.told.store.blobs.put(b"pickle 3")
    assert hidden == house.told.trained.file
    assert ada.get(f"/api/v1/blobs/{hidden}").status_code == 404
    assert ada.get(f"/api/v1/live/{house.told.trained.run}").status_code == 404
    ada.call("verify", 403)


def test_the_same_content_is_seen_where_it_was_told_under_the_names_given_there(house, told):
    intake = Intake(workspace="b")
    story = Story(told.store.blobs.root)
    raw = story.file("mine.csv", b"id,age,churned\n1,40,0\n")
    told.store.append(story.events, intake=intake)
    seen = seen_by(house, "b")
    node = seen.node(raw)
    assert node is not None
    assert (node.label, node.name, node.version, node.aliases) == ("mine.csv", "mine.csv", None, [])
    other = seen_by(house, "a").node(raw)
    assert (other.label, other.name, other.version) == ("raw.csv", "raw", 1)
    assert "mine" not in str(other)
    assert [one.uri for one in seen.locations([raw])] == [str(story.at / "mine.csv")]
    assert seen.versions_of([raw]) == {}
    told.store.append([VersionNamed(kind="data", name="mine", artifact=raw)], intake=intake)
    seen = seen_by(house, "b")
    assert seen.node(raw).name == "mine"
    assert [row.name for row in seen.names("data")] == ["mine"]
    assert {row.name for row in seen_by(house, "a").names("data")} == {"raw", "clean"}


def test_what_nobody_took_in_is_in_the_default_workspace(house, told, tmp_path):
    story = Story(tmp_path / "later")
    file = story.file("own.csv", b"own")
    told.store.append(story.events)
    assert seen_by(house, DEFAULT).node(file) is not None
    assert seen_by(house, "a", "b").node(file) is None
    assert seen_by(house, DEFAULT).node(told.clean) is None


def test_news_is_never_taken_for_that_of_the_default_workspace(house, told, tmp_path):
    seen = seen_by(house, DEFAULT)
    assert seen.runs() == []
    story = Story(tmp_path / "later")
    story.run("secret.py")
    told.store.append(story.events, intake=Intake(workspace="a"))
    assert seen.runs() == []
    assert list(seen.events()) == []


def test_every_question_of_the_port_is_answered_here():
    asked = {name for name, one in vars(Store).items() if not name.startswith("_")}
    assert asked <= {*vars(ScopedGraph), *vars(ScopedStore)}
    assert len(asked) > 50
    for name in asked:
        ours, port = getattr(ScopedStore, name), getattr(Store, name)
        if not isinstance(port, property):
            assert inspect.signature(ours) == inspect.signature(port), name


@pytest.mark.parametrize(
    "event",
    [
        lambda told: Stated(topic="tag", about="model:churn", key="x", value={"by": None}),
        lambda told: Stated(topic="tag", about=told.trained.file, key="x", value={}),
        lambda told: VersionNamed(kind="model", name="churn", artifact=told.predictions),
        lambda told: EdgesRecorded(run=told.trained.run, used=[Link(artifact=told.predictions)]),
        lambda told: Derived(source=told.predictions, target=told.trained.file, relation="copy"),
    ],
)
def test_nobody_changes_what_is_in_other_workspaces(house, told, event):
    said = event(told)
    before = told.store.head()
    for roles in ([("contributor", "b")], [("contributor", "b"), ("viewer", "a")]):
        permissions = {place: {"viewer": {"read"}, "contributor": {"read", "write"}}[role]
                       for role, place in roles}  # fmt: skip
        who = Principal(
            name="ada",
            account="x",
            workspace="b",
            permissions={place: frozenset(one) for place, one in permissions.items()},
        )
        with pytest.raises(Exception, match="other workspaces"):
            house.service.store_for(who).append([said])
    assert told.store.head() == before


def test_what_belongs_to_a_workspace_is_said_in_it(house, told):
    ada = house.as_("ada", ("contributor", "a"), ("contributor", "b"))
    ada.call("alias", name="churn", alias="best", version=1)
    assert seen_by(house, "a").alias("model", "churn", "best") is not None
    assert seen_by(house, "b").alias("model", "churn", "best") is None
    root = house.admin()
    root.call("alias", name="churn", alias="good", version=1)
    assert seen_by(house, "a").alias("model", "churn", "good") is not None


def test_what_is_pushed_is_in_the_workspace_of_who_pushes(house, told, tmp_path):
    from forebear.core.events import encode

    story = Story(tmp_path / "pushed")
    story.prepare()
    bodies = b"\n".join(encode(one) for one in story.events)
    nightly = house.as_("nightly", ("contributor", "b"))
    answer = nightly.post("/api/v1/ledger/events", content=bodies)
    assert answer.status_code == 200
    mine = [row.name for row in seen_by(house, "b").runs()]
    assert "prepare.py" in mine
    assert len(seen_by(house, "a").runs()) == 2
    taken = told.store.intakes.after(0)[-1]
    assert (taken.workspace, taken.account) == ("b", house.account("nightly"))


def test_a_location_said_elsewhere_is_not_told(house, told):
    told.store.append(
        [LocationSeen(artifact=told.predictions, uri="/secret/place", mode="read")],
        intake=Intake(workspace="a"),
    )
    seen = seen_by(house, "b")
    assert "/secret/place" not in {one.uri for one in seen.locations([told.predictions])}
    assert seen.find_location("/secret/place") == []
    assert of_bytes(b"1,0.7") == told.predictions


def test_the_header_chooses_the_workspace(house, told):
    ada = house.as_("ada", ("contributor", "a"), ("contributor", "b"))
    for place in ("a", "b"):
        told_ = ada.request("GET", "/api/v1/whoami", headers={"Forebear-Workspace": place}).json()
        assert told_["workspace"] == place
    assert ada.get("/api/v1/whoami", headers={"Forebear-Workspace": "c"}).status_code == 403


def test_mlflow_speaks_of_the_same_workspaces(house):
    ada = house.as_("ada", ("contributor", "a"))
    made = ada.post("/mlflow/a/api/2.0/mlflow/experiments/create", {"name": "secret"})
    assert made.status_code == 200
    by_name = "api/2.0/mlflow/experiments/get-by-name?experiment_name=secret"
    assert ada.get(f"/{by_name}").status_code == 200, "the only workspace is meant without a word"
    eve = house.as_("eve", ("contributor", "b"))
    assert eve.get(f"/mlflow/a/{by_name}").status_code == 403
    assert eve.get(f"/mlflow/nowhere/{by_name}").status_code == 403
    assert eve.get(f"/{by_name}").status_code == 404
    root = house.admin()
    assert root.get(f"/mlflow/a/{by_name}").status_code == 200
    assert root.get(f"/{by_name}").status_code == 404


def test_openlineage_has_workspaces_too(house):
    event = {
        "eventType": "COMPLETE",
        "eventTime": "2026-03-01T12:00:00Z",
        "run": {"runId": "0192a000-0000-7000-8000-00000000000a"},
        "job": {"namespace": "etl", "name": "secret_job"},
        "inputs": [{"namespace": "pg", "name": "secret_in"}],
        "outputs": [{"namespace": "pg", "name": "secret_out"}],
        "producer": "https://example.com/producer",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json",
    }
    ada = house.as_("ada", ("contributor", "a"))
    assert ada.post("/api/v1/lineage", event).status_code == 201
    assert "secret_job" in ada.get("/marquez/api/v1/namespaces/etl/jobs").text
    house.service._settle()
    eve = house.as_("eve", ("contributor", "b"), ("viewer", "default"))
    told = eve.get("/marquez/api/v1/namespaces/etl/jobs")
    assert "secret_job" not in told.text
    text = eve.post("/api/v1/runs", {}).text + eve.get("/api/v1/ledger/events").text
    assert "secret" not in text
    assert "secret_job" in ada.post("/api/v1/runs", {}).text


def test_whoever_sees_all_there_is_is_answered_by_the_store_itself(house, told):
    def reads(*workspaces):
        permissions = {one: frozenset(["read"]) for one in workspaces}
        who = Principal(name="x", account="x", permissions=permissions)
        return house.service.store_for(who, now=True)

    assert isinstance(reads("a"), ScopedStore)
    assert not isinstance(reads("a", "b"), ScopedStore)
    told.store.append([LocationSeen(artifact=told.clean, uri="/x", mode="read")])
    assert isinstance(reads("a", "b"), ScopedStore), "there is something in the default one now"
    assert not isinstance(reads("a", "b", DEFAULT), ScopedStore)
    told.store.append(
        [LocationSeen(artifact=told.clean, uri="/y", mode="read")], intake=Intake(workspace="c")
    )
    assert isinstance(reads("a", "b", DEFAULT), ScopedStore)


def test_a_workspace_that_begins_meanwhile_is_not_told_of(house, told, monkeypatch):
    from forebear.ops.table import operations

    operation = operations()["runs"]
    asked = []

    def slow(context, request):
        asked.append(type(context.store).__name__)
        if len(asked) == 1:
            story = Story(told.store.blobs.root)
            story.run("secret.py")
            told.store.append(story.events, intake=Intake(workspace="c"))
        return original(context, request)

    original = operation.run
    monkeypatch.setattr(type(operation), "run", property(lambda self: slow), raising=False)
    ada = house.as_("ada", ("viewer", "a"), ("viewer", "b"))
    assert "secret.py" not in ada.post("/api/v1/runs", {}).text
    assert len(asked) == 2


def test_no_interface_passes_by_what_somebody_may_see():
    """Only what is about accounts, health and bytes that were looked up before asks the store."""
    from pathlib import Path

    import forebear.server as package

    root = Path(package.__file__).parent
    passing = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "service.store." in path.read_text() or "service.store\n" in path.read_text()
    }
    assert passing <= {
        "accounts.py", "apis/health.py", "apis/sessions.py", "apis/signing_in.py", "endpoints.py",
        "journal.py", "kept.py",
    }  # fmt: skip


def test_who_is_admin_elsewhere_is_none_here(house):
    eve = house.as_("eve", ("admin", "b"), ("viewer", "a"))
    said = {"name": "h", "url": "https://192.0.2.1/", "events": [
        {"entity": "REGISTERED_MODEL", "action": "CREATED"}]}  # fmt: skip
    for method in ("GET", "POST"):
        answer = eve.request(method, "/mlflow/a/api/2.0/mlflow/webhooks", json=said)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "PERMISSION_DENIED")
    assert eve.get("/mlflow/b/api/2.0/mlflow/webhooks").status_code == 200
    made = eve.post("/mlflow/a/api/2.0/mlflow/runs/create", {"experiment_id": "0"})
    assert made.status_code == 403
    kept = list(house.told.store.blobs.digests())
    eve.headers["Forebear-Workspace"] = "a"
    digest = of_bytes(b"not theirs to bring")
    for path in (f"/api/v1/blobs/{digest}", "/mlflow/a/api/2.0/mlflow-artifacts/artifacts/0/x/f"):
        sent = eve.request("PUT", path, content=b"not theirs to bring")
        assert sent.status_code == 403
    assert eve.post("/api/v1/blobs/lacking", {"digests": [digest]}).status_code == 403
    assert list(house.told.store.blobs.digests()) == kept


@pytest.mark.parametrize("own", [True, False])
def test_nobody_verifies_what_was_made_in_another_workspace(house, own):
    eve = house.as_("eve", ("viewer", "a"), ("contributor", "b"))
    eve.headers["Forebear-Workspace"] = "b"
    told, mine = house.told, of_bytes(b"eve's own")
    about = mine if own else told.trained.file
    events = [
        ArtifactRecorded(artifact=about, kind="model", digest=about),
        ReproductionRecorded(
            artifact=about, run=told.trained.run, verdict="bitwise", reason="so they say",
            environment="rebuilt", by="eve", matched=[told.trained.file],
        ),
    ]  # fmt: skip
    for event in events[:1]:
        assert handed_over(eve, event).status_code == 200
    before = [edge.evidence for edge in told.store.run_edges(told.trained.run)]
    assert handed_over(eve, events[1]).status_code == 403
    asked = {
        "artifact": about, "run": told.trained.run, "verdict": "bitwise", "reason": "x",
        "environment": "rebuilt", "matched": [told.trained.file],
    }  # fmt: skip
    assert eve.post("/api/v1/reproduced", asked).status_code == 403
    assert [edge.evidence for edge in told.store.run_edges(told.trained.run)] == before
    assert told.store.reproductions([about]) == []


def handed_over(asking, event):
    return asking.request("POST", "/api/v1/ledger/events", content=encode(event))
