"""MLflow's interface, as its clients speak it on the wire."""

import threading

import pytest

from forebear.client.local import LocalClient
from forebear.ops.lineage import ImpactRequest, TraceRequest
from forebear.ops.table import Target
from forebear.server.access import Principal, SingleUser
from forebear.server.mlflow import table
from forebear.store import open_store
from serving import asked

API = "/api/2.0/mlflow/"
FILES = "/api/2.0/mlflow-artifacts/artifacts"


class Client:
    def __init__(self, http, root=""):
        self.http, self.root = http, root

    def ask(self, method, path, expected=200, /, **said):
        more = {"params": said} if method == "GET" else {"json": said}
        answer = self.http.request(method, f"{self.root}{API}{path}", **more)
        assert answer.status_code == expected, answer.text
        return answer.json()

    def get(self, path, /, **said):
        return self.ask("GET", path, **said)

    def post(self, path, /, **said):
        return self.ask("POST", path, **said)

    def refused(self, method, path, expected=400, /, **said):
        told = self.ask(method, path, expected, **said)
        assert set(told) == {"error_code", "message"}
        return told["error_code"], told["message"]

    def run(self, **said):
        return self.post("runs/create", **{"experiment_id": "0", "start_time": 1000, **said})["run"]

    def put(self, path, body):
        answer = self.http.put(f"{self.root}{FILES}/{path}", content=body)
        assert answer.status_code == 200, answer.text

    def logged_model(self, run, files):
        made = self.post(
            "logged-models", experiment_id="0", name="model", source_run_id=run["info"]["run_id"]
        )["model"]["info"]
        folder = made["artifact_uri"].removeprefix("mlflow-artifacts:/")
        for name, body in files.items():
            self.put(f"{folder}/{name}", body)
        id = made["model_id"]
        self.post("runs/outputs", run_id=run["info"]["run_id"], models=[{"model_id": id}])
        self.ask("PATCH", f"logged-models/{id}", model_id=id, status="LOGGED_MODEL_READY")
        return id


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / ".forebear", create=True) as store:
        yield store


@pytest.fixture
def http(store):
    with asked(store) as http:
        yield http


@pytest.fixture
def mlflow(http):
    return Client(http)


def test_health_and_version(http):
    for root in ("", "/mlflow", "/mlflow/team"):
        assert http.get(f"{root}/health").text == "OK"
        assert http.get(f"{root}/version").text.count(".") == 2


class TestExperiments:
    def test_the_default_is_there(self, mlflow):
        told = mlflow.get("experiments/get", experiment_id="0")["experiment"]
        assert (told["name"], told["lifecycle_stage"]) == ("Default", "active")

    def test_made_found_renamed_deleted_restored(self, mlflow):
        id = mlflow.post(
            "experiments/create", name="first", tags=[{"key": "team", "value": "risk"}]
        )["experiment_id"]
        told = mlflow.get("experiments/get-by-name", experiment_name="first")["experiment"]
        assert (told["experiment_id"], told["tags"]) == (id, [{"key": "team", "value": "risk"}])
        mlflow.post("experiments/update", experiment_id=id, new_name="second")
        mlflow.post("experiments/set-experiment-tag", experiment_id=id, key="a", value="b")
        mlflow.post("experiments/delete-experiment-tag", experiment_id=id, key="team")
        mlflow.post("experiments/delete", experiment_id=id)
        assert mlflow.refused(
            "POST", "experiments/set-experiment-tag", experiment_id=id, key="a", value="c"
        )[0] == "INVALID_PARAMETER_VALUE"  # fmt: skip
        gone = mlflow.post("experiments/search", view_type="DELETED_ONLY", max_results=10)
        assert [one["name"] for one in gone["experiments"]] == ["second"]
        mlflow.post("experiments/restore", experiment_id=id)
        told = mlflow.get("experiments/get", experiment_id=id)["experiment"]
        assert (told["name"], told["tags"]) == ("second", [{"key": "a", "value": "b"}])

    def test_a_name_is_taken_once(self, mlflow):
        mlflow.post("experiments/create", name="first")
        code, message = mlflow.refused("POST", "experiments/create", name="first")
        assert code == "RESOURCE_ALREADY_EXISTS"
        assert "already exists" in message

    def test_what_is_not_there(self, mlflow):
        for path, said in (
            ("experiments/get", {"experiment_id": "99"}),
            ("experiments/get-by-name", {"experiment_name": "none"}),
        ):
            code, _ = mlflow.refused("GET", path, 404, **said)
            assert code == "RESOURCE_DOES_NOT_EXIST"

    def test_search_with_a_filter_order_and_pages(self, mlflow):
        for name in ("a1", "a2", "b1"):
            mlflow.post("experiments/create", name=name)
        asked = {"filter": "name LIKE 'a%'", "order_by": ["name DESC"], "max_results": 1}
        first = mlflow.post("experiments/search", **asked)
        second = mlflow.post("experiments/search", page_token=first["next_page_token"], **asked)
        assert [one["name"] for one in first["experiments"] + second["experiments"]] == ["a2", "a1"]
        assert second["next_page_token"] is None


class TestRuns:
    def test_a_run_from_begin_to_end(self, mlflow, store):
        run = mlflow.run(run_name="one", user_id="someone", tags=[{"key": "t", "value": "v"}])
        id = run["info"]["run_id"]
        mlflow.post("runs/log-parameter", run_id=id, key="depth", value="4")
        mlflow.post("runs/log-metric", run_id=id, key="f1", value=0.5, timestamp=1500, step=1)
        mlflow.post("runs/set-tag", run_id=id, key="team", value="risk")
        mlflow.post("runs/update", run_id=id, status="FINISHED", end_time=2000)
        told = mlflow.get("runs/get", run_id=id)["run"]
        assert told["info"]["status"] == "FINISHED"
        assert (told["info"]["start_time"], told["info"]["end_time"]) == (1000, 2000)
        assert told["data"]["params"] == [{"key": "depth", "value": "4"}]
        assert told["data"]["metrics"] == [
            {"key": "f1", "value": 0.5, "timestamp": 1500, "step": 1}
        ]
        tags = {tag["key"]: tag["value"] for tag in told["data"]["tags"]}
        assert tags == {"t": "v", "team": "risk", "mlflow.runName": "one"}
        (row,) = store.runs()
        assert (row.name, row.status, row.params) == ("one", "finished", {"depth": "4"})
        assert store.metrics(runs=[row.id])[0].metric.value == 0.5
        assert list(store.verify()) == []

    def test_a_batch_is_taken_whole_or_not(self, mlflow, store):
        id = mlflow.run()["info"]["run_id"]
        metrics = [{"key": "loss", "value": 1 / n, "timestamp": n, "step": n} for n in range(1, 50)]
        mlflow.post(
            "runs/log-batch", run_id=id, metrics=metrics,
            params=[{"key": "a", "value": "1"}], tags=[{"key": "b", "value": "2"}],
        )  # fmt: skip
        before = store.head()
        bad = {"key": "bad\nname", "value": 1.0, "timestamp": 1, "step": 1}
        code, _ = mlflow.refused("POST", "runs/log-batch", run_id=id, metrics=[*metrics, bad])
        assert (code, store.head()) == ("INVALID_PARAMETER_VALUE", before)
        told = mlflow.get("metrics/get-history", run_id=id, metric_key="loss")
        assert [one["step"] for one in told["metrics"]] == list(range(1, 50))
        assert mlflow.get("runs/get", run_id=id)["run"]["data"]["metrics"][0]["step"] == 49

    @pytest.mark.parametrize("said", ["NaN", "Infinity", "-Infinity", 1e308])
    def test_what_is_no_ordinary_number(self, mlflow, said):
        id = mlflow.run()["info"]["run_id"]
        mlflow.post("runs/log-metric", run_id=id, key="x", value=said, timestamp=1)
        told = mlflow.get("runs/get", run_id=id)["run"]["data"]["metrics"]
        assert told[0]["value"] == said

    def test_the_latest_value_is_that_of_the_last_step(self, mlflow):
        id = mlflow.run()["info"]["run_id"]
        for step, at, value in ((3, 1, 0.3), (1, 5, 0.9), (3, 2, 0.1), (3, 2, "NaN")):
            mlflow.post("runs/log-metric", run_id=id, key="x", value=value, timestamp=at, step=step)
        assert mlflow.get("runs/get", run_id=id)["run"]["data"]["metrics"][0]["value"] == 0.1

    def test_a_parameter_keeps_its_value(self, mlflow):
        id = mlflow.run()["info"]["run_id"]
        mlflow.post("runs/log-parameter", run_id=id, key="depth", value="4")
        mlflow.post("runs/log-parameter", run_id=id, key="depth", value="4")
        code, message = mlflow.refused(
            "POST", "runs/log-parameter", run_id=id, key="depth", value="5"
        )
        assert code == "INVALID_PARAMETER_VALUE"
        assert "Changing param values is not allowed" in message

    def test_deleted_and_restored(self, mlflow):
        id = mlflow.run()["info"]["run_id"]
        mlflow.post("runs/delete", run_id=id)
        assert mlflow.refused("POST", "runs/set-tag", run_id=id, key="a", value="b")
        assert mlflow.post("runs/search", experiment_ids=["0"])["runs"] == []
        mlflow.post("runs/restore", run_id=id)
        assert len(mlflow.post("runs/search", experiment_ids=["0"])["runs"]) == 1

    def test_a_run_goes_on_after_its_end(self, mlflow):
        id = mlflow.run()["info"]["run_id"]
        mlflow.post("runs/update", run_id=id, status="FINISHED", end_time=2000)
        mlflow.post("runs/update", run_id=id, status="RUNNING")
        assert mlflow.get("runs/get", run_id=id)["run"]["info"]["status"] == "RUNNING"

    def test_a_request_that_was_sent_again_leaves_no_ghost(self, mlflow):
        said = {"user_id": "u", "tags": [{"key": "mlflow.source.name", "value": "t.py"}]}
        mlflow.run(**said)
        second = mlflow.run(**said)["info"]["run_id"]
        found = mlflow.post("runs/search", experiment_ids=["0"])["runs"]
        assert [run["info"]["run_id"] for run in found] == [second]

    def test_two_programs_that_begin_in_the_same_moment_are_two_runs(self, mlflow):
        first, second = (mlflow.run(user_id="u")["info"]["run_id"] for _ in range(2))
        for id in (first, second):
            mlflow.post("runs/log-metric", run_id=id, key="x", value=1, timestamp=1)
        found = mlflow.post("runs/search", experiment_ids=["0"])["runs"]
        assert {run["info"]["run_id"] for run in found} == {first, second}

    def test_a_child_is_a_part_of_its_parent_in_the_graph(self, mlflow, store):
        parent = mlflow.run()["info"]["run_id"]
        child = mlflow.run(tags=[{"key": "mlflow.parentRunId", "value": parent}])["info"]["run_id"]
        rows = {row.id.replace("-", ""): row for row in store.runs(roots_only=False)}
        assert rows[child].parent == rows[parent].id


class TestSearch:
    @pytest.fixture
    def found(self, mlflow):
        for n in range(6):
            id = mlflow.run(run_name=f"run {n}", start_time=1000 + n)["info"]["run_id"]
            mlflow.post(
                "runs/log-batch", run_id=id,
                params=[{"key": "depth", "value": str(n)}, {"key": "my param", "value": "x"}],
                tags=[{"key": "team", "value": "risk" if n % 2 else "ads"}],
                metrics=[{"key": "f1", "value": n / 10, "timestamp": 1, "step": 0}] if n else [],
            )  # fmt: skip
        return lambda text, **more: [
            run["info"]["run_name"][-1]
            for run in mlflow.post(
                "runs/search", experiment_ids=["0"], filter=text, **more
            )["runs"]
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("", "543210"),
            ("metrics.f1 > 0.3", "54"),
            ("metrics.`f1` <= 0.2 and tags.team = 'risk'", "1"),
            ("params.depth = '3'", "3"),
            ("params.\"depth\" != '3'", "54210"),
            ("param.`my param` = 'x' AND attributes.run_name LIKE 'run%4'", "4"),
            ("tags.team ILIKE 'RI%'", "531"),
            ("attribute.status = 'RUNNING' and start_time >= 1004", "54"),
            ("metrics.f1 = 0", ""),
            ("params.none IS NULL and metrics.f1 < 0.2", "1"),
            ("tags.team IS NOT NULL", "543210"),
            ("run_id IN ('a', 'b')", ""),
        ],
    )
    def test_filters(self, found, text, names):
        assert "".join(found(text)) == names

    @pytest.mark.parametrize(
        ("order", "names"),
        [
            (["metrics.f1 DESC"], "543210"),
            (["metrics.f1 ASC"], "123450"),
            (["tags.team", "params.depth"], "024135"),
            (["attributes.start_time"], "012345"),
            (["start_time desc"], "543210"),
        ],
    )
    def test_orders(self, found, order, names):
        assert "".join(found("", order_by=order)) == names

    @pytest.mark.parametrize(
        "text",
        [
            "metrics.f1", "metrics.f1 >", "metrics.f1 > 'a'", "metrics.f1 LIKE '1'", "f1 > 1",
            "params.a = 1", "params.a > '1'", "params.a = 'b' OR params.a = 'c'", "1=1 --",
            "') OR 1=1", "__import__('os')", "name = 'a'; DROP TABLE runs", "(params.a = 'b')",
            "run_id IN ()", "run_id IN ('a'", "params.a = 'unclosed", "other.a = 'b'",
            "((((" * 5000,
            "params.a LIKE '" + "%a" * 12_000 + "'", "\x00", "attributes.__class__ = 'x'",
        ],
    )  # fmt: skip
    def test_what_is_no_filter_is_refused(self, mlflow, text):
        code, message = mlflow.refused("POST", "runs/search", experiment_ids=["0"], filter=text)
        assert code == "INVALID_PARAMETER_VALUE"
        assert len(message) < 1000

    @pytest.mark.parametrize("order", ["; drop", "metrics.", "nothing", "(select 1)", "a b c"])
    def test_what_is_no_order_is_refused(self, mlflow, order):
        asked = {"experiment_ids": ["0"], "order_by": [order]}
        assert mlflow.refused("POST", "runs/search", **asked)[0] == "INVALID_PARAMETER_VALUE"

    @pytest.mark.parametrize("token", ["x", "LTE=", "MTIzNDU2Nzg5MDEyMzQ1", "é", "Li4v"])
    def test_what_is_no_page_is_refused(self, mlflow, token):
        asked = {"experiment_ids": ["0"], "page_token": token}
        assert mlflow.refused("POST", "runs/search", **asked)[0] == "INVALID_PARAMETER_VALUE"

    def test_pages_together_are_the_whole(self, found, mlflow):
        names, token = [], None
        while True:
            told = mlflow.post("runs/search", experiment_ids=["0"], max_results=4, page_token=token)
            names += [run["info"]["run_name"][-1] for run in told["runs"]]
            token = told["next_page_token"]
            if token is None:
                break
        assert "".join(names) == "543210"


class TestArtifacts:
    def test_files_of_a_run(self, mlflow, http):
        run = mlflow.run()["info"]
        folder = run["artifact_uri"].removeprefix("mlflow-artifacts:/")
        mlflow.put(f"{folder}/notes/a.txt", b"hello")
        mlflow.put(f"{folder}/b.json", b"{}")
        told = mlflow.get("artifacts/list", run_id=run["run_id"])
        assert told["root_uri"] == run["artifact_uri"]
        assert told["files"] == [
            {"path": "b.json", "is_dir": False, "file_size": 2},
            {"path": "notes", "is_dir": True},
        ]
        inside = mlflow.get("artifacts/list", run_id=run["run_id"], path="notes")["files"]
        assert inside == [{"path": "notes/a.txt", "is_dir": False, "file_size": 5}]
        listed = http.get(FILES, params={"path": f"{folder}/notes"}).json()["files"]
        assert listed == [{"path": "a.txt", "is_dir": False, "file_size": 5}]
        given = http.get(f"{FILES}/{folder}/notes/a.txt")
        assert (given.content, given.headers["content-disposition"]) == (
            b"hello",
            'attachment; filename="a.txt"',
        )
        assert http.delete(f"{FILES}/{folder}/notes").status_code == 200
        assert http.get(f"{FILES}/{folder}/notes/a.txt").status_code == 404

    @pytest.mark.parametrize(
        "path",
        ["..%2f..%2fetc%2fpasswd", "0/x/..%2f..%2f..%2fetc/passwd", "%252e%252e%252fetc%252fpasswd",
         "0/x/artifacts/..;/y", "0/x/%5c..%5cy", "C:%5cx", "%2fetc%2fpasswd", "0/%00/y", "~root/x",
         "0/x//y", "file:%2f%2f%2fetc%2fpasswd/..%2f", "0/x/" + "y" * 3000],
    )  # fmt: skip
    def test_no_path_leads_elsewhere(self, mlflow, http, store, path):
        before = store.head()
        for method in ("GET", "PUT", "DELETE"):
            answer = http.request(
                method, f"{FILES}/{path}", content=b"x" if method == "PUT" else b""
            )
            assert answer.status_code in {400, 404, 405}, (method, answer.text)
            assert "root:" not in answer.text
        listed = http.get(FILES, params={"path": path.replace("%2f", "/").replace("%5c", "\\")})
        assert "root:" not in listed.text
        assert listed.status_code in {200, 400}
        assert store.head() == before


class TestModels:
    def test_a_model_with_its_run_its_data_and_who_uses_it(self, mlflow, store):
        run = mlflow.run(run_name="train")
        dataset = {"name": "x", "digest": "abc", "source_type": "local", "source": '{"uri": "/x"}'}
        for context in ("training", "validation"):
            tags = [{"key": "mlflow.data.context", "value": context}]
            mlflow.post(
                "runs/log-inputs", run_id=run["info"]["run_id"],
                datasets=[{"dataset": dataset, "tags": tags}],
            )  # fmt: skip
        id = mlflow.logged_model(run, {"MLmodel": b"flavors: {}", "model.pkl": b"pickled"})
        mlflow.post("registered-models/create", name="churn")
        made = mlflow.post(
            "model-versions/create", name="churn", source=f"models:/{id}",
            run_id=run["info"]["run_id"],
        )["model_version"]  # fmt: skip
        assert (made["version"], made["model_id"], made["status"]) == ("1", id, "READY")
        mlflow.post("registered-models/alias", name="churn", alias="champion", version="1")
        told = mlflow.get("registered-models/alias", name="churn", alias="champion")
        assert told["model_version"]["version"] == "1"
        where = mlflow.get("model-versions/get-download-uri", name="churn", version="1")
        assert where["artifact_uri"].endswith(f"/models/{id}/artifacts")
        client = LocalClient(store)
        traced = client.call(TraceRequest(target=Target(ref="churn@champion")))
        roles = {edge.role for edge in traced.edges if edge.type == "used"}
        assert roles == {"train", "validation"}
        reached = client.call(ImpactRequest(target=Target(ref="churn:1")))
        assert "consume" in {node.kind for node in reached.nodes}

    def test_the_same_model_registered_again_is_the_next_version(self, mlflow):
        id = mlflow.logged_model(mlflow.run(), {"MLmodel": b"a"})
        mlflow.post("registered-models/create", name="churn")
        numbers = [
            mlflow.post("model-versions/create", name="churn", source=f"models:/{id}")[
                "model_version"
            ]["version"]
            for _ in range(3)
        ]
        assert numbers == ["1", "2", "3"]

    def test_every_move_of_an_alias_is_kept(self, mlflow, store):
        mlflow.post("registered-models/create", name="churn")
        for n in range(2):
            id = mlflow.logged_model(mlflow.run(start_time=2000 + n), {"MLmodel": b"%d" % n})
            mlflow.post("model-versions/create", name="churn", source=f"models:/{id}")
            mlflow.post("registered-models/alias", name="churn", alias="prod", version=str(n + 1))
        mlflow.ask("DELETE", "registered-models/alias", name="churn", alias="prod")
        moves = [(row.alias, row.version) for row in store.alias_history("model", "churn")]
        assert moves == [("prod", None), ("prod", 2), ("prod", 1)]

    def test_what_is_deleted_stays_in_the_graph(self, mlflow, store):
        id = mlflow.logged_model(mlflow.run(), {"MLmodel": b"a"})
        mlflow.post("registered-models/create", name="churn")
        mlflow.post("model-versions/create", name="churn", source=f"models:/{id}")
        mlflow.post("registered-models/alias", name="churn", alias="prod", version="1")
        mlflow.ask("DELETE", f"logged-models/{id}")
        mlflow.ask("DELETE", "model-versions/delete", name="churn", version="1")
        assert mlflow.refused("GET", "model-versions/get", 404, name="churn", version="1")
        assert (
            mlflow.get("registered-models/get", name="churn")["registered_model"]["aliases"] == []
        )
        (row,) = store.versions("model", "churn")
        assert store.edges([row.artifact], "up")

    def test_stages(self, mlflow):
        mlflow.post("registered-models/create", name="churn")
        for n in range(2):
            id = mlflow.logged_model(mlflow.run(start_time=n + 1), {"MLmodel": b"%d" % n})
            mlflow.post("model-versions/create", name="churn", source=f"models:/{id}")
        for version in ("1", "2"):
            mlflow.post(
                "model-versions/transition-stage", name="churn", version=version,
                stage="production", archive_existing_versions=True,
            )  # fmt: skip
        told = mlflow.post("registered-models/get-latest-versions", name="churn")
        stages = {one["version"]: one["current_stage"] for one in told["model_versions"]}
        assert stages == {"1": "Archived", "2": "Production"}
        assert mlflow.refused(
            "POST", "model-versions/transition-stage", name="churn", version="1", stage="Moon"
        )

    def test_renamed_and_deleted_and_made_again(self, mlflow):
        mlflow.post("registered-models/create", name="churn", tags=[{"key": "a", "value": "b"}])
        mlflow.post("registered-models/rename", name="churn", new_name="my model")
        assert mlflow.refused("GET", "registered-models/get", 404, name="churn")
        mlflow.ask("PATCH", "registered-models/update", name="my model", description="good")
        told = mlflow.get("registered-models/get", name="my model")["registered_model"]
        assert (told["description"], told["tags"]) == ("good", [{"key": "a", "value": "b"}])
        mlflow.ask("DELETE", "registered-models/delete", name="my model")
        mlflow.post("registered-models/create", name="my model")
        assert (
            mlflow.get("registered-models/get", name="my model")["registered_model"]["tags"] == []
        )

    def test_search(self, mlflow):
        for name in ("a", "b"):
            mlflow.post("registered-models/create", name=name, tags=[{"key": "t", "value": name}])
        told = mlflow.get("registered-models/search", filter="tags.t = 'a'")
        assert [one["name"] for one in told["registered_models"]] == ["a"]
        # What clients ask by themselves, to leave out prompts.
        told = mlflow.get(
            "registered-models/search", filter="tag.`mlflow.prompt.is_prompt` != 'true'"
        )
        assert [one["name"] for one in told["registered_models"]] == ["a", "b"]

    @pytest.mark.parametrize(
        "source",
        ["file:///etc/passwd", "/etc/passwd", "FILE:/etc", "../x", "models:/m-x/../y", "~/x",
         "C:\\x", "\\\\host\\s", "mlflow-artifacts:/0/../x", "."],
    )  # fmt: skip
    def test_no_version_comes_from_a_file_of_the_server(self, mlflow, store, source):
        mlflow.post("registered-models/create", name="churn")
        before = store.head()
        code, _ = mlflow.refused("POST", "model-versions/create", name="churn", source=source)
        assert (code, store.head()) == ("INVALID_PARAMETER_VALUE", before)

    @pytest.mark.parametrize("name", ["", "a/b", "a:b", "..", "x" * 300, "\n", "a\x00b"])
    def test_what_can_be_no_name(self, mlflow, name):
        assert mlflow.refused("POST", "registered-models/create", name=name)

    @pytest.mark.parametrize(
        "name", ["a b", "<img src=x>", "'; DROP TABLE", "{{7*7}}", "名前", "a.b"]
    )
    def test_strange_names_are_names(self, mlflow, store, name):
        mlflow.post("registered-models/create", name=name)
        assert mlflow.get("registered-models/get", name=name)["registered_model"]["name"] == name
        assert list(store.verify()) == []


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

    def work(id):
        for step in range(25):
            mlflow.post(
                "runs/log-metric", run_id=id, key="loss", value=step, timestamp=step, step=step
            )

    threads = [threading.Thread(target=work, args=(id,)) for id in runs * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for id in runs:
        told = mlflow.get("metrics/get-history", run_id=id, metric_key="loss")["metrics"]
        assert sorted(one["step"] for one in told) == sorted([*range(25)] * 2)
    assert list(store.verify()) == []


def test_whoever_may_only_read_changes_nothing(http, store, monkeypatch):
    reader = Principal(name="auditor", permissions=frozenset(["read"]))
    Client(http).get("experiments/get", experiment_id="0")
    monkeypatch.setattr(SingleUser, "admit", lambda self, request: reader)
    before = store.head()
    for one in table.calls():
        path = one.path.replace("{model_id}", "m-x").replace("{tag_key}", "t")
        answer = http.request(one.method, API + path)
        assert (answer.status_code == 403) == (one.permission == "write"), one.path
        if one.method == "GET":
            assert one.permission == "read"
    assert store.head() == before
    assert Client(http).get("experiments/get", experiment_id="0")
