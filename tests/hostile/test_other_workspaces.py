"""What is in a workspace makes no difference to who does not see it, by any question there is.

The same is done by a stranger at two servers: at one another team has recorded things, at the other
it has not. What the stranger is answered has to be the same, to the letter: what is found, counted,
refused, in which words, under which tag. Ids and times are told apart by the order in which they
come up.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from forebear.core.digest import of_bytes
from forebear.core.entities import Metric
from forebear.core.events import (
    ArtifactRecorded,
    EdgesRecorded,
    GapNoticed,
    Link,
    LocationSeen,
    MetricsLogged,
    ParamsLogged,
    RunEnded,
    RunStarted,
    VersionNamed,
    encode,
)
from forebear.core.ids import new_id
from forebear.ops.table import operations
from forebear.store import open_store
from server.access.house import Asking, House

UUID = re.compile(
    r"\b01[0-9a-f]{6}(?:-[0-9a-f]{4})?\b(?!-)|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b"
)
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?|\b1[789]\d{11}\b")
PLACE = re.compile(r'("(?:seq|size|recorded|age_seconds)": ?|\bevents? )\d+')
"""Where in the ledger something stands: how many events the whole store has is no secret."""
TELLING = {
    # Where events stand in the whole ledger is no secret (docs/security.md).
    *("tree", "anchor", "prove", "event"),
    # Who they are themselves, by ids of this server.
    *("whoami", "tokens"),
}
MLFLOW = "/mlflow/{space}/api/2.0/mlflow"


class Team:
    """Somebody who records something of everything in their workspace; words begin with `mark`."""

    def __init__(self, house: House, mark: str, space: str) -> None:
        self.mark, self.space = mark, space
        self.asking = house.as_(f"{mark}-ada", ("admin", space), ("contributor", space))
        self.asking.headers["Forebear-Workspace"] = space
        self.run, self.service = new_id(), new_id()
        self.data, self.model = (of_bytes(f"{mark} {what}".encode()) for what in ("data", "model"))
        self._record()
        self._do()
        self._of_others()

    def _record(self) -> None:
        mark = self.mark
        events = [
            ArtifactRecorded(
                artifact=self.data, kind="data", digest=self.data, label=f"{mark}.csv"
            ),
            LocationSeen(artifact=self.data, uri=f"/home/{mark}/{mark}.csv", mode="read"),
            VersionNamed(kind="data", name=f"{mark}-data", artifact=self.data),
            RunStarted(run=self.run, kind="run", name=f"{mark}-train.py"),
            ParamsLogged(run=self.run, params={f"{mark}-depth": 3}),
            ArtifactRecorded(artifact=self.model, kind="model", digest=self.model, run=self.run),
            EdgesRecorded(
                run=self.run, used=[Link(artifact=self.data)], generated=[Link(artifact=self.model)]
            ),
            MetricsLogged(
                run=self.run, metrics=[Metric(key=f"{mark}-f1", value=0.5)], model=self.model
            ),
            GapNoticed(run=self.run, what=f"{mark} was not seen"),
            RunEnded(run=self.run, status="finished"),
            VersionNamed(kind="model", name=f"{mark}-model", artifact=self.model),
        ]
        body = b"\n".join(map(encode, events))
        self._ok(self.asking.request("POST", "/api/v1/ledger/events", content=body))
        self._ok(
            self.asking.request(
                "PUT", f"/api/v1/blobs/{self.data}", content=f"{mark} data".encode()
            )
        )

    def _do(self) -> None:
        mark, model, data = self.mark, {"ref": f"{self.mark}-model"}, {"ref": f"{self.mark}-data"}
        for name, said in (
            ("describe", {"target": data, "text": f"what {mark} is"}),
            ("tag", {"target": data, "tags": [f"{mark}-tag"]}),
            ("own", {"target": data, "by": f"{mark}-owner"}),
            ("licence", {"target": data, "licence": "MIT", "terms": []}),
            ("fresh", {"target": data, "every": "1d"}),
            ("alias", {"name": f"{mark}-model", "alias": f"{mark}-best", "version": 1}),
            ("deploy", {"target": model, "env": f"{mark}-env", "endpoint": f"https://{mark}/"}),
            ("kpi", {"target": model, "figures": {f"{mark}-income": 1.0}}),
            ("recall", {"target": data, "reason": f"{mark} is bad"}),
            ("view-save", {"name": f"{mark}-view", "where": "params.depth = 3"}),
        ):
            self._ok(self.asking.post(f"/api/v1/{name}", said))

    def _of_others(self) -> None:
        """What MLflow's clients and producers of OpenLineage say."""
        mark, root = self.mark, MLFLOW.format(space=self.space)
        made = self._ok(self.asking.post(f"{root}/experiments/create", {"name": f"{mark}-exp"}))
        self.experiment = made["experiment_id"]
        said = {"experiment_id": self.experiment, "run_name": f"{mark}-run", "start_time": 1}
        self.mlflow_run = self._ok(self.asking.post(f"{root}/runs/create", said))["run"]["info"]
        self._ok(self.asking.post(f"{root}/registered-models/create", {"name": f"{mark}-reg"}))
        where = self.mlflow_run["artifact_uri"].removeprefix("mlflow-artifacts:/")
        self.file = f"/mlflow/{self.space}/api/2.0/mlflow-artifacts/artifacts/{where}/{mark}.txt"
        self._ok(self.asking.request("PUT", self.file, content=f"{mark} file".encode()))
        event = {
            "eventType": "COMPLETE",
            "eventTime": "2026-03-01T12:00:00Z",
            "producer": "https://example.com",
            "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json",
            "run": {"runId": str(uuid.uuid5(uuid.NAMESPACE_DNS, mark))},
            "job": {"namespace": f"{mark}-ns", "name": f"{mark}-job"},
            "inputs": [{"namespace": f"{mark}-ns", "name": f"{mark}-in"}],
            "outputs": [{"namespace": f"{mark}-ns", "name": f"{mark}-out"}],
        }
        assert self.asking.post("/api/v1/lineage", event).status_code == 201

    @staticmethod
    def _ok(answer: Any) -> Any:
        assert answer.status_code in {200, 204}, answer.text
        return answer.json() if answer.content else None

    @property
    def refs(self) -> list[str]:
        """How their things are called."""
        mark = self.mark
        return [
            *(f"{mark}-model", f"{mark}-model:1", f"{mark}-model@{mark}-best", f"{mark}-data"),
            *(self.data, self.data[:20], self.model, f"run:{self.run}", f"run:{self.run[:14]}"),
            *(f"/home/{mark}/{mark}.csv", f"data:{mark}-data:1", f"{mark}-view", f"{mark}-env"),
            *(f"{mark}-tag", f"{mark}-owner", mark, f"{mark}-reg", "run:latest"),
        ]


class Servers:
    """Two servers; only at the first one has the other team recorded anything."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.houses: list[House] = []
        self.strangers: list[tuple[Asking, Team]] = []
        self.known: list[dict[str, str]] = [{}, {}]
        for name in ("with", "without"):
            store = stack.enter_context(open_store(folder / name, create=True))
            house = stack.enter_context(House(store))
            if name == "with":
                self.theirs = Team(house, "zebra", "team-a")
            self.houses.append(house)
        for house in self.houses:
            Team(house, "third", "team-c")
            mine = Team(house, "mine", "team-b")
            stranger = house.as_("eve", ("contributor", "team-b"))
            self.strangers.append((stranger, mine))
        self.houses[1].account("zebra-ada", ("contributor", "team-a"))

    def asked(self, method: str, path: str, **more: Any) -> list[str]:
        """Return what each server answers, with ids and times put into one form."""
        return [
            self._plain(place, stranger.request(method, path, **more))
            for place, (stranger, _) in enumerate(self.strangers)
        ]

    def _plain(self, place: int, answer: Any) -> str:
        names = self.known[place]

        def named(found: re.Match[str]) -> str:
            return names.setdefault(found[0], f"id-{len(names)}")

        kept = ("content-type", "cache-control", "allow", "retry-after")
        told = [str(answer.status_code), *(f"{one}: {answer.headers.get(one)}" for one in kept)]
        text = UUID.sub(named, "\n".join([*told, answer.text]))
        return PLACE.sub(r"\1PLACE", TIME.sub("TIME", text))


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with ExitStack() as stack:
        yield Servers(tmp_path_factory.mktemp("teams"), stack)


def apart(first: str, second: str) -> str:
    """Return where two answers part."""
    pairs = enumerate(zip(first, second, strict=False))
    place = next((n for n, (one, other) in pairs if one != other), 0)
    near = slice(max(0, place - 100), place + 100)
    return f"{first[near]!r} and {second[near]!r}"


def requests(operation: str, ref: str, own: str) -> Iterator[dict[str, Any]]:
    """Yield requests that name a thing, wherever the operation takes one."""
    target, mine = {"ref": ref}, {"ref": own}
    needs = {
        "target": target, "targets": [target, mine], "start": target, "end": mine, "left": mine,
        "right": target, "model": target, "data": mine, "source": target, "before": target,
        "name": ref, "query": ref, "direction": "up", "relation": "copy", "id": ref, "recall": ref,
        "policy": "production", "column": "x", "names": [ref], "path": ref, "part": "test",
        "groups": ["x"], "ids": [ref], "seq": 3, "digest": ref, "namespace": ref, "text": ref,
        "models": [{"name": ref, "version": 1, "digest": of_bytes(b"x")}], "columns": ["x"],
        "toward": target, "good": target, "view": ref, "owner": ref, "tag": ref, "env": ref,
    }  # fmt: skip
    asked = msgspec.structs.fields(operations()[operation].request)
    required = {one.name for one in asked if one.required}
    base = {name: needs[name] for name in required if name in needs}
    yield base
    for one in asked:
        if one.name in needs and not one.required:
            yield {**base, one.name: needs[one.name]}


@pytest.mark.parametrize(
    "operation",
    [name for name, one in sorted(operations().items()) if one.reads and name not in TELLING],
)
def test_no_question_tells_whether_they_are_there(servers: Servers, operation: str) -> None:
    for ref in [*servers.theirs.refs, "mine-model", "nothing"]:
        for said in requests(operation, ref, "mine-model"):
            first, second = servers.asked("POST", f"/api/v1/{operation}", json=said)
            assert first == second, (said, apart(first, second))


def addresses(servers: Servers) -> Iterator[tuple[str, str]]:
    theirs, mlflow = servers.theirs, "/api/2.0/mlflow"
    run, experiment = theirs.mlflow_run["run_id"], theirs.experiment
    for root in (f"/mlflow/team-b{mlflow}", mlflow):
        yield "GET", f"{root}/runs/get?run_id={run}"
        yield "GET", f"{root}/experiments/get?experiment_id={experiment}"
        yield "GET", f"{root}/experiments/get-by-name?experiment_name=zebra-exp"
        yield "GET", f"{root}/metrics/get-history?run_id={run}&metric_key=x"
        yield "GET", f"{root}/artifacts/list?run_id={run}"
        yield "GET", f"{root}/registered-models/get?name=zebra-reg"
        yield "GET", f"{root}/registered-models/search"
        yield "GET", f"{root}/model-versions/search"
        yield "GET", f"{root}/experiments/search?max_results=100"
    yield "GET", theirs.file.replace("/mlflow/team-a", "")
    yield "GET", theirs.file
    for marquez in ("/api/v1", "/marquez/api/v1"):
        for path in (
            "namespaces", "namespaces/zebra-ns", "namespaces/zebra-ns/jobs",
            "namespaces/zebra-ns/datasets", "namespaces/zebra-ns/jobs/zebra-job", "jobs",
            "search?q=zebra", "lineage?nodeId=job:zebra-ns:zebra-job", "events/lineage",
            "stats/jobs", "stats/datasets",
        ):  # fmt: skip
            yield "GET", f"{marquez}/{path}"
    for digest in (theirs.data, theirs.model):
        yield "GET", f"/api/v1/blobs/{digest}"
        yield "HEAD", f"/api/v1/blobs/{digest}"
    yield "GET", f"/api/v1/live/{theirs.run}"
    yield "GET", f"/api/v1/live/{theirs.run[:14]}"


def test_no_address_tells_whether_they_are_there(servers: Servers) -> None:
    for method, path in addresses(servers):
        first, second = servers.asked(method, path)
        assert first == second, (path, apart(first, second))
        for accepted in ("gzip", "identity"):
            for headers in ({"If-None-Match": "*"}, {"Range": "bytes=0-1"}):
                more = {**headers, "Accept-Encoding": accepted}
                first, second = servers.asked(method, path, headers=more)
                assert first == second, (path, more, apart(first, second))


def test_what_one_has_to_send_does_not_tell_what_they_have(servers: Servers) -> None:
    said = {"digests": [servers.theirs.data, servers.theirs.model, of_bytes(b"nothing")]}
    first, second = servers.asked("POST", "/api/v1/blobs/lacking", json=said)
    assert first == second
    put = f"/api/v1/blobs/{of_bytes(b'zebra model')}"
    first, second = servers.asked("PUT", put, content=b"guessed")
    assert first == second


def test_events_are_told_as_if_there_were_no_others(servers: Servers) -> None:
    told = [
        [
            UUID.sub("id", line.partition(" ")[2])
            for line in stranger.get("/api/v1/ledger/events").text.splitlines()
        ]
        for stranger, _ in servers.strangers
    ]
    assert len(told[0]) == len(told[1]) > 20
    assert "zebra" not in "".join(told[0])


def test_places_in_the_ledger_tell_no_more_than_that_something_is_there(servers: Servers) -> None:
    stranger, mine = servers.strangers[0]
    size = servers.houses[0].store.head().size
    told = [stranger.post("/api/v1/event", {"seq": seq}) for seq in range(1, size + 1)]
    assert {answer.status_code for answer in told} == {200, 404}
    proofs = [
        stranger.post("/api/v1/prove", {"target": {"ref": ref}})
        for ref in (*servers.theirs.refs, f"{mine.mark}-model")
    ]
    assert {answer.status_code for answer in proofs[:-1]} <= {400, 404}
    assert proofs[-1].status_code == 200
    text = "".join(answer.text for answer in (*told, proofs[-1]))
    assert "zebra" not in text
    assert servers.theirs.run not in text
    for name in ("tree", "anchor"):
        asked = {"tree": {"since": 0}, "anchor": {"size": 5, "root": "0" * 64}}[name]
        assert "zebra" not in stranger.post(f"/api/v1/{name}", asked).text


def changes(theirs: Team) -> Iterator[tuple[str, dict[str, Any]]]:
    model = {"ref": "zebra-model"}
    for ref in ({"ref": theirs.data}, {"ref": f"run:{theirs.run}"}, model, {"ref": "zebra-data"}):
        yield "describe", {"target": ref, "text": "x"}
        yield "tag", {"target": ref, "tags": ["x"]}
        yield "own", {"target": ref, "by": "eve"}
        yield "deploy", {"target": ref, "env": "x"}
        yield "undeploy", {"target": ref}
        yield "recall", {"target": ref, "reason": "x"}
        yield "derive", {"parent": ref, "child": {"ref": "mine-model"}, "relation": "copy"}
        yield "derive", {"parent": {"ref": "mine-model"}, "child": ref, "relation": "copy"}
        yield "lock", {"targets": [ref], "consumer": "eve"}
        yield "kpi", {"target": ref, "figures": {"a": 1.0}}
    yield "alias", {"name": "zebra-model", "alias": "x", "version": 1}
    yield "view-save", {"name": "zebra-view", "remove": True}
    yield "traffic", {"env": "zebra-env", "parts": []}
    yield "recall-close", {"id": "0192"}
    yield "delivered", {"recall": "0192", "deliveries": []}


def test_what_one_may_not_change_is_as_what_is_not_there(servers: Servers) -> None:
    for name, said in changes(servers.theirs):
        first, second = servers.asked("POST", f"/api/v1/{name}", json=said)
        assert first == second, (name, said)


def test_it_would_be_seen_if_there_were_a_difference(servers: Servers) -> None:
    """The servers do differ to who sees both teams, so that these tests can fail."""
    told = [
        house.as_("both", ("viewer", "team-a"), ("viewer", "team-b")).call("models")["models"]
        for house in servers.houses
    ]
    assert [len(models) for models in told] == [2, 1]
