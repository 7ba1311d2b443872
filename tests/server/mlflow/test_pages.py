"""Files as MLflow's pages ask for them, and downloads in parts."""

import pytest

AJAX = "/ajax-api/2.0/mlflow"


def folder_of(run):
    return run["info"]["artifact_uri"].removeprefix("mlflow-artifacts:/")


@pytest.fixture
def run(mlflow):
    made = mlflow.run()
    mlflow.put(f"{folder_of(made)}/model/MLmodel", b"flavors: {}")
    return made


class TestFiles:
    @pytest.mark.parametrize("name", ["run_id", "run_uuid"])
    def test_of_a_run(self, http, run, name):
        said = {name: run["info"]["run_id"], "path": "model/MLmodel"}
        answer = http.get("/get-artifact", params=said)
        assert (answer.status_code, answer.content) == (200, b"flavors: {}")
        assert answer.headers["content-disposition"] == 'attachment; filename="MLmodel"'

    def test_of_a_version(self, mlflow, http, run):
        mlflow.post("registered-models/create", name="churn")
        source = f"{run['info']['artifact_uri']}/model"
        mlflow.post("model-versions/create", name="churn", source=source)
        said = {"name": "churn", "version": "1", "path": "MLmodel"}
        answer = http.get("/model-versions/get-artifact", params=said)
        assert answer.content == b"flavors: {}"

    def test_of_a_version_that_lies_elsewhere(self, mlflow, http):
        mlflow.post("registered-models/create", name="churn")
        mlflow.post("model-versions/create", name="churn", source="s3://bucket/model")
        said = {"name": "churn", "version": "1", "path": "MLmodel"}
        answer = http.get("/model-versions/get-artifact", params=said)
        assert (answer.status_code, "lies elsewhere" in answer.text) == (404, True)

    def test_of_a_logged_model(self, mlflow, http, run):
        id = mlflow.logged_model(run, {"MLmodel": b"flavors: {}"})
        address = f"{AJAX}/logged-models/{id}/artifacts/files"
        answer = http.get(address, params={"artifact_file_path": "MLmodel"})
        assert answer.content == b"flavors: {}"

    @pytest.mark.parametrize(
        ("path", "status"), [("../x", 400), ("", 400), ("a/%2e%2e/x", 400), ("none", 404)]
    )
    def test_what_is_refused(self, http, run, path, status):
        said = {"run_id": run["info"]["run_id"], "path": path}
        assert http.get("/get-artifact", params=said).status_code == status


class TestUpload:
    def test_what_a_page_made_is_a_file_of_the_run(self, mlflow, http, run):
        id = run["info"]["run_id"]
        said = {"run_uuid": id, "path": "notes/a.txt"}
        assert http.post(f"{AJAX}/upload-artifact", params=said, content=b"hi").status_code == 200
        assert http.get("/get-artifact", params=said).content == b"hi"
        told = mlflow.get("artifacts/list", run_id=id, path="notes")["files"]
        assert told == [{"path": "notes/a.txt", "is_dir": False, "file_size": 2}]

    @pytest.mark.parametrize(
        ("said", "body", "wrong"),
        [
            ({}, b"hi", "run_uuid"),
            ({"path": ""}, b"hi", "path"),
            ({"path": "../a"}, b"hi", "Invalid path"),
            ({"path": "a"}, b"", "data"),
        ],
    )
    def test_refused(self, http, run, said, body, wrong):
        asked = {"run_uuid": run["info"]["run_id"], **said} if said else {}
        answer = http.post(f"{AJAX}/upload-artifact", params=asked, content=body)
        assert (answer.status_code, wrong in answer.json()["message"]) == (400, True)


class TestDownloadInParts:
    def test_a_file_says_where_its_parts_are(self, http, run):
        path = f"{folder_of(run)}/model/MLmodel"
        told = http.get(f"/api/2.0/mlflow-artifacts/presigned/{path}").json()
        assert (told["headers"], told["file_size"]) == ({}, 11)
        parts = [
            http.get(told["url"], headers={"Range": f"bytes={first}-{first + 5}"})
            for first in (0, 6)
        ]
        assert [part.status_code for part in parts] == [206, 206]
        assert b"".join(part.content for part in parts) == b"flavors: {}"

    def test_who_asks_fetches_as_who_asked(self, http, run):
        path = f"{folder_of(run)}/model/MLmodel"
        answer = http.get(
            f"/api/2.0/mlflow-artifacts/presigned/{path}", headers={"Authorization": "Bearer x"}
        )
        assert answer.json()["headers"] == {"Authorization": "Bearer x"}

    def test_a_file_that_is_not_there(self, http, run):
        path = f"{folder_of(run)}/none"
        assert http.get(f"/api/2.0/mlflow-artifacts/presigned/{path}").status_code == 404
