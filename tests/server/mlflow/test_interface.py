"""MLflow's interface as a whole: workspaces, refusals, who may do what."""

import threading

from forebear.core.access import Principal
from forebear.server.access import SingleUser
from forebear.server.mlflow import table
from server.mlflow.wire import API, Client
from serving import asked


def test_health_and_version(http):
    for root in ("", "/mlflow", "/mlflow/team"):
        assert http.get(f"{root}/health").text == "OK"
        assert http.get(f"{root}/version").text.count(".") == 2


def test_a_workspace_is_by_itself(http):
    one, other = Client(http, "/mlflow/one"), Client(http, "/mlflow/two")
    one.post("experiments/create", name="first")
    one.post("registered-models/create", name="churn")
    one.run()
    assert len(other.post("experiments/search", max_results=10)["experiments"]) == 1
    assert other.post("runs/search", experiment_ids=["0"])["runs"] == []
    assert other.get("registered-models/search")["registered_models"] == []
    other.post("registered-models/create", name="churn")
    assert http.get("/mlflow/a%20b/api/2.0/mlflow/registered-models/search").status_code == 400


def test_root_and_mlflow_are_the_same(http):
    Client(http).post("experiments/create", name="first")
    told = Client(http, "/mlflow").get("experiments/get-by-name", experiment_name="first")
    assert told["experiment"]["name"] == "first"


def test_another_server_over_the_same_store_says_the_same(mlflow, store):
    run = mlflow.run(run_name="one")["info"]["run_id"]
    mlflow.post("runs/log-metric", run_id=run, key="x", value=1, timestamp=1)
    with asked(store) as second:
        told = Client(second).get("runs/get", run_id=run)["run"]
        assert told["data"]["metrics"][0]["value"] == 1
        Client(second).post("runs/set-tag", run_id=run, key="from", value="second")
        tags = mlflow.get("runs/get", run_id=run)["run"]["data"]["tags"]
        assert {"key": "from", "value": "second"} in tags


def test_what_is_not_served_says_so_as_mlflow_does(mlflow):
    for path in ("traces", "gateway/secrets", "scorers/list", "anything/else"):
        code, message = mlflow.refused("POST", path, 501)
        assert code == "NOT_IMPLEMENTED"
        assert path in message


def test_every_call_takes_nonsense_with_a_refusal(mlflow, http, store):
    before = store.head().size
    for one in table.calls():
        if one.path == "runs/create":  # what it is sent here is enough for a run
            continue
        path = one.path.replace("{model_id}", "m-x").replace("{tag_key}", "t")
        for body in (b"[]", b"{", b"\xff", b'{"name": [], "run_id": {}}', b'{"run_id": 1e400}'):
            answer = http.request(
                one.method, API + path, content=body, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code < 500, (one.path, body, answer.text)
            if answer.status_code >= 400:
                assert set(answer.json()) == {"error_code", "message"}
        answer = http.request(one.method, API + path, content=b"name=x")
        assert answer.status_code < 500
    # At most the experiment that is made where none is.
    assert store.head().size <= before + 1


def test_clients_at_once_lose_nothing(mlflow, store):
    runs = [mlflow.run(start_time=n + 1)["info"]["run_id"] for n in range(4)]

    def work(id, at):
        for step in range(25):
            mlflow.post(
                "runs/log-metric", run_id=id, key="loss", value=step, timestamp=at, step=step
            )

    threads = [threading.Thread(target=work, args=(id, at)) for at, id in enumerate(runs * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for id in runs:
        told = mlflow.get("metrics/get-history", run_id=id, metric_key="loss")["metrics"]
        assert sorted(one["step"] for one in told) == sorted([*range(25)] * 2)
    assert list(store.verify()) == []


def test_whoever_may_only_read_changes_nothing(http, store, monkeypatch):
    reader = Principal(name="auditor", permissions={"default": frozenset(["read"])})

    async def admit(self, request, permission):
        return reader

    Client(http).get("experiments/get", experiment_id="0")
    monkeypatch.setattr(SingleUser, "admit", admit)
    before = store.head()
    for one in table.calls():
        path = one.path.replace("{model_id}", "m-x").replace("{tag_key}", "t")
        answer = http.request(one.method, API + path)
        assert (answer.status_code == 403) == (one.permission != "read"), one.path
        if one.method == "GET":
            assert one.permission == ("admin" if "webhooks" in one.path else "read")
    assert store.head() == before
    assert Client(http).get("experiments/get", experiment_id="0")
