"""Experiments, runs and artifacts, as MLflow's clients speak of them."""

import time
from urllib.parse import quote

import pytest

from server.mlflow.wire import FILES


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

    def test_values_that_are_sent_again_count_once(self, mlflow, store):
        id = mlflow.run()["info"]["run_id"]
        batch = [
            {"key": key, "value": step / 4, "timestamp": 9, "step": step}
            for step in range(40)
            for key in "xy"
        ]
        single = {"key": "x", "value": "NaN", "timestamp": 10, "step": 40}
        for path, said in (("log-batch", {"metrics": batch}), ("log-metric", single)):
            mlflow.post(f"runs/{path}", run_id=id, **said)
            events = store.head().size
            mlflow.post(f"runs/{path}", run_id=id, **said)
            assert store.head().size == events
        told = mlflow.get("metrics/get-history", run_id=id, metric_key="x")["metrics"]
        assert [one["step"] for one in told] == [*range(41)]
        mlflow.post("runs/log-metric", run_id=id, **{**single, "timestamp": 11})
        told = mlflow.get("metrics/get-history", run_id=id, metric_key="x")["metrics"]
        assert len(told) == 42
        more = {"key": "x", "value": 0.5, "timestamp": 12, "step": 42}
        mlflow.post("runs/log-batch", run_id=id, metrics=[*batch, more, single, more])
        told = mlflow.get("metrics/get-history", run_id=id, metric_key="x")["metrics"]
        assert [one["step"] for one in told[40:]] == [40, 40, 42]

    def test_a_step_that_is_null_is_none(self, mlflow):
        id = mlflow.run()["info"]["run_id"]
        mlflow.post("runs/log-metric", run_id=id, key="x", value=1, timestamp=1, step=None)
        assert mlflow.get("runs/get", run_id=id)["run"]["data"]["metrics"][0]["step"] == 0

    def test_what_is_said_of_data_and_logged_models_may_have_any_key(self, mlflow):
        run, tag = mlflow.run()["info"]["run_id"], {"key": "share in %", "value": "80"}
        data = {"name": "x", "digest": "1"}
        mlflow.post("runs/log-inputs", run_id=run, datasets=[{"dataset": data, "tags": [tag]}])
        told = mlflow.get("runs/get", run_id=run)["run"]["inputs"]["dataset_inputs"]
        assert told[0]["tags"] == [tag]
        made = mlflow.post("logged-models", experiment_id="0", params=[tag], tags=[tag])["model"]
        assert (made["info"]["tags"], made["data"]["params"]) == ([tag], [tag])

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

    def test_runs_of_a_deleted_experiment_are_deleted_with_it(self, mlflow):
        made = mlflow.post("experiments/create", name="x")["experiment_id"]
        id = mlflow.run(experiment_id=made)["info"]["run_id"]
        alone = mlflow.run(experiment_id=made)["info"]["run_id"]
        mlflow.post("runs/delete", run_id=alone)
        mlflow.post("experiments/delete", experiment_id=made)
        told = mlflow.get("runs/get", run_id=id)["run"]["info"]
        assert told["lifecycle_stage"] == "deleted"
        assert mlflow.refused("POST", "runs/set-tag", run_id=id, key="a", value="b")
        assert mlflow.post("runs/search", experiment_ids=[made])["runs"] == []
        mlflow.post("experiments/restore", experiment_id=made)
        (found,) = mlflow.post("runs/search", experiment_ids=[made])["runs"]
        assert (found["info"]["run_id"], found["info"]["lifecycle_stage"]) == (id, "active")
        told = mlflow.get("runs/get", run_id=alone)["run"]["info"]
        assert told["lifecycle_stage"] == "deleted"

    def test_a_run_goes_on_after_its_end(self, mlflow):
        id = mlflow.run()["info"]["run_id"]
        mlflow.post("runs/update", run_id=id, status="FINISHED", end_time=2000)
        mlflow.post("runs/update", run_id=id, status="RUNNING")
        assert mlflow.get("runs/get", run_id=id)["run"]["info"]["status"] == "RUNNING"

    def test_a_request_that_was_sent_again_leaves_no_ghost(self, mlflow):
        begun = int(time.time() * 1000)
        tags = [{"key": "mlflow.source.name", "value": "t.py"}]
        said = {"user_id": "u", "start_time": begun, "tags": tags}
        mlflow.run(**said)
        second = mlflow.run(**said)["info"]["run_id"]
        found = mlflow.post("runs/search", experiment_ids=["0"])["runs"]
        assert [run["info"]["run_id"] for run in found] == [second]

    def test_two_programs_that_begin_in_the_same_moment_are_two_runs(self, mlflow):
        said = {"user_id": "u", "start_time": int(time.time() * 1000)}
        first, second = (mlflow.run(**said)["info"]["run_id"] for _ in range(2))
        for id in (first, second):
            mlflow.post("runs/log-metric", run_id=id, key="x", value=1, timestamp=1)
        found = mlflow.post("runs/search", experiment_ids=["0"])["runs"]
        assert {run["info"]["run_id"] for run in found} == {first, second}

    def test_runs_that_are_said_to_have_begun_long_ago_were_not_sent_again(self, mlflow):
        ids = {mlflow.run(start_time=1)["info"]["run_id"] for _ in range(3)}
        found = mlflow.post("runs/search", experiment_ids=["0"])["runs"]
        assert {run["info"]["run_id"] for run in found} == ids

    def test_a_child_is_a_part_of_its_parent_in_the_graph(self, mlflow, store):
        parent = mlflow.run()["info"]["run_id"]
        child = mlflow.run(tags=[{"key": "mlflow.parentRunId", "value": parent}])["info"]["run_id"]
        rows = {row.id.replace("-", ""): row for row in store.runs(roots_only=False)}
        assert rows[child].parent == rows[parent].id


class TestWhatIsLogged:
    def test_long_values_are_kept_and_very_long_ones_shortened(self, mlflow):
        id = mlflow.run()["info"]["run_id"]
        mlflow.post("runs/log-parameter", run_id=id, key="p", value="x" * 7000)
        mlflow.post("runs/set-tag", run_id=id, key="t", value="x" * 100_003)
        data = mlflow.get("runs/get", run_id=id)["run"]["data"]
        assert data["params"] == [{"key": "p", "value": "x" * 7000}]
        tags = {one["key"]: one["value"] for one in data["tags"]}
        assert tags["t"] == "x" * 100_000 + "… (3 more)"

    @pytest.mark.parametrize("way", ["runs/set-tag", "runs/log-batch"])
    def test_the_tag_of_the_name_is_the_name(self, mlflow, way):
        id = mlflow.run()["info"]["run_id"]
        tag = {"key": "mlflow.runName", "value": "second"}
        mlflow.post(way, run_id=id, **(tag if way == "runs/set-tag" else {"tags": [tag]}))
        assert mlflow.get("runs/get", run_id=id)["run"]["info"]["run_name"] == "second"

    @pytest.mark.parametrize(
        ("path", "said", "wrong"),
        [
            ("runs/log-metric", {"run_id": 31}, "Invalid value 31 for parameter 'run_id'"),
            ("runs/log-metric", {"key": 31}, "Invalid value 31 for parameter 'key'"),
            ("runs/log-metric", {"step": "foo"}, "Invalid value \"foo\" for parameter 'step'"),
            ("runs/log-metric", {"timestamp": None}, "Missing value for required parameter"),
            ("runs/log-metric", {"timestamp": -1}, "Invalid value -1 for parameter 'timestamp'"),
            ("runs/log-metric", {"value": None}, "Missing value for required parameter 'value'"),
            ("runs/log-parameter", {"value": 41}, "Invalid value 41 for parameter 'value'"),
            ("runs/set-tag", {"value": 41}, "Invalid value 41 for parameter 'value'"),
            ("runs/log-batch", {"metrics": "foo"}, 'Invalid value "foo" for parameter'),
            ("runs/log-batch", {"metrics": [{"key": "a", "value": 1}]}, "'metrics[0].timestamp'"),
            ("runs/log-batch", {"tags": [{"key": "a"}, {}]}, "'tags[1].key'"),
            ("runs/log-metric", {"dataset_name": "x"}, "Both dataset_name and dataset_digest"),
            ("runs/create", {"run_name": 5}, "Invalid value 5 for parameter 'run_name'"),
        ],
    )
    def test_what_is_of_the_wrong_type_is_refused(self, mlflow, path, said, wrong):
        id = mlflow.run()["info"]["run_id"]
        whole = {"run_id": id, "key": "k", "value": 1.5, "timestamp": 5, "step": 1}
        if path != "runs/log-metric":
            whole = {"run_id": id, "key": "k", "value": "v"}
        code, message = mlflow.refused("POST", path, **{**whole, **said})
        assert (code, wrong in message) == ("INVALID_PARAMETER_VALUE", True), message

    def test_the_beginning_of_time_is_a_time(self, mlflow):
        id = mlflow.run()["info"]["run_id"]
        mlflow.post("runs/log-metric", run_id=id, key="k", value=1, timestamp=0)
        told = mlflow.get("metrics/get-history", run_id=id, metric_key="k")["metrics"]
        assert told == [{"key": "k", "value": 1, "timestamp": 0, "step": 0}]


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
        same = http.get(FILES, params={"path": f"{folder}/./notes/."}).json()["files"]
        assert same == listed
        given = http.get(f"{FILES}/{folder}/notes/a.txt")
        assert (given.content, given.headers["content-disposition"]) == (
            b"hello",
            'attachment; filename="a.txt"',
        )
        assert http.delete(f"{FILES}/{folder}/notes").status_code == 200
        assert http.get(f"{FILES}/{folder}/notes/a.txt").status_code == 404

    @pytest.mark.parametrize(
        ("name", "kind", "saved"),
        [
            ("a.txt", "text/plain", 'filename="a.txt"'),
            ("MLmodel", "text/plain", 'filename="MLmodel"'),
            ("roc.png", "image/png", 'filename="roc.png"'),
            ("page.html", "application/octet-stream", 'filename="page.html"'),
            ("x.svg", "application/octet-stream", 'filename="x.svg"'),
            ("é%.pkl", "application/octet-stream", "filename*=UTF-8''%C3%A9%25.pkl"),
        ],
    )
    def test_a_file_says_what_it_is_unless_it_might_be_run(self, mlflow, http, name, kind, saved):
        run = mlflow.run()["info"]
        folder = run["artifact_uri"].removeprefix("mlflow-artifacts:/")
        mlflow.put(f"{folder}/{quote(name)}", b"hello")
        of_a_run = {"run_id": run["run_id"], "path": name}
        for answer in (
            http.get(f"{FILES}/{folder}/{quote(name)}"),
            http.get(f"{FILES}/{folder}/{quote(name)}", headers={"Range": "bytes=0-1"}),
            http.get("/get-artifact", params=of_a_run),
        ):
            assert answer.headers["content-type"] == kind
            assert answer.headers["content-disposition"].startswith("attachment; filename=")
            assert answer.headers["content-disposition"].endswith(saved)
            assert answer.headers["x-content-type-options"] == "nosniff"

    @pytest.mark.parametrize("name", ["95%.png", "a;b.txt", "100%", "é (1)+.txt"])
    def test_ordinary_names_of_files(self, mlflow, http, name):
        folder = mlflow.run()["info"]["artifact_uri"].removeprefix("mlflow-artifacts:/")
        mlflow.put(f"{folder}/{quote(name)}", b"hello")
        listed = http.get(FILES, params={"path": folder}).json()["files"]
        assert [one["path"] for one in listed] == [name]
        assert http.get(f"{FILES}/{folder}/{quote(name)}").content == b"hello"

    @pytest.mark.parametrize(
        "path",
        ["..%2f..%2fetc%2fpasswd", "0/x/..%2f..%2f..%2fetc/passwd", "%252e%252e%252fetc%252fpasswd",
         "0/x/artifacts/..;/y", "0/x/%5c..%5cy", "C:%5cx",
         "%2fetc%2fpasswd", "0/%00/y", "~root/x",
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
