"""Logged and registered models, as MLflow's clients speak of them."""

import pytest

from forebear.client.local import LocalClient
from forebear.ops.lineage import ImpactRequest, TraceRequest
from forebear.ops.table import Target


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
