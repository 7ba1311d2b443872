"""Logged and registered models, as MLflow's clients speak of them."""

import time

import pytest

from forebear.client.local import LocalClient
from forebear.ops.impact import ImpactRequest
from forebear.ops.lineage import TraceRequest
from forebear.ops.recall import RecallRequest
from forebear.ops.table import Target
from server.mlflow.wire import FILES, Client


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

    def test_what_is_no_truth_value_is_no_fault_of_ours(self, mlflow):
        mlflow.post("registered-models/create", name="churn")
        mlflow.post("model-versions/create", name="churn", source="s3://bucket/model")
        mlflow.post(
            "model-versions/transition-stage", name="churn", version="1", stage="Production",
            archive_existing_versions={"a": []},
        )  # fmt: skip

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

    def test_the_name_that_a_renamed_model_had_is_free(self, mlflow, store):
        which = [("churn", "s3://bucket/old"), ("churn", "s3://bucket/new")]
        for name, source in which:
            mlflow.post("registered-models/create", name=name)
            mlflow.post("model-versions/create", name=name, source=source)
            if source.endswith("old"):
                mlflow.post("registered-models/rename", name=name, new_name="attrition")
        for name, source in (("attrition", "s3://bucket/old"), ("churn", "s3://bucket/new")):
            told = mlflow.get("model-versions/get", name=name, version="1")["model_version"]
            assert told["source"] == source
        code, _ = mlflow.refused(
            "POST", "registered-models/rename", name="attrition", new_name="churn"
        )
        assert code == "RESOURCE_ALREADY_EXISTS"
        mlflow.post("registered-models/rename", name="churn", new_name="churn")
        mlflow.ask("DELETE", "registered-models/delete", name="churn")
        mlflow.post("registered-models/create", name="churn")
        assert store.versions("model", "churn-2")[0].version == 1
        again = Client(mlflow.http)
        told = again.get("registered-models/search")["registered_models"]
        assert [one["name"] for one in told] == ["attrition", "churn"]

    @pytest.mark.parametrize(
        ("alias", "part"),
        [
            ("latest", "is reserved"), ("LATEST", "is reserved"), ("v1", "'v1' is reserved"),
            ("a b", "Invalid alias name"), ("a" * 256, "maximum length of 255"),
        ],
    )  # fmt: skip
    def test_what_can_be_no_alias(self, mlflow, alias, part):
        mlflow.post("registered-models/create", name="churn")
        mlflow.post("model-versions/create", name="churn", source="s3://bucket/model")
        said = {"name": "churn", "alias": alias, "version": "1"}
        code, message = mlflow.refused("POST", "registered-models/alias", **said)
        assert (code, part in message) == ("INVALID_PARAMETER_VALUE", True), message

    def test_a_version_that_is_not_there(self, mlflow):
        mlflow.post("registered-models/create", name="churn")
        for name in ("churn", "none"):
            _, message = mlflow.refused("GET", "model-versions/get", 404, name=name, version="7")
            assert message == f"Model Version (name={name}, version=7) not found"
        _, message = mlflow.refused("GET", "model-versions/get", name="churn", version="x")
        assert message == "Parameter 'version' must be an integer, got 'x'."

    def test_what_becomes_of_its_versions_changes_a_model(self, mlflow):
        def changed():
            told = mlflow.get("registered-models/get", name="churn")["registered_model"]
            return told["last_updated_timestamp"]

        mlflow.post("registered-models/create", name="churn")
        which = {"name": "churn", "version": "1"}
        source = "mlflow-artifacts:/0/x/artifacts/model"
        ways = [
            ("POST", "model-versions/create", {"name": "churn", "source": source}),
            ("POST", "model-versions/transition-stage", {**which, "stage": "Staging"}),
            ("DELETE", "model-versions/delete", which),
        ]
        for method, path, said in ways:
            before = changed()
            time.sleep(0.002)
            mlflow.ask(method, path, **said)
            assert changed() > before, path
        mlflow.post("model-versions/create", name="churn", source=source)
        before = changed()
        time.sleep(0.002)
        mlflow.ask("PATCH", "model-versions/update", name="churn", version="2", description="x")
        assert changed() == before

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


class TestWhereModelsGoAndComeFrom:
    def consumers(self, store, ref):
        reached = LocalClient(store).call(ImpactRequest(target=Target(ref=ref)))
        return [node for node in reached.nodes if node.kind == "consume"]

    def test_whoever_loads_a_logged_model_uses_it_once_a_day(self, mlflow, store, http):
        id = mlflow.logged_model(mlflow.run(), {"MLmodel": b"flavors: {}", "model.pkl": b"x"})
        mlflow.post("registered-models/create", name="churn")
        mlflow.post("model-versions/create", name="churn", source=f"models:/{id}")
        assert self.consumers(store, "churn:1") == []
        where = f"{FILES}/0/models/{id}/artifacts"
        assert http.get(f"{where}/model.pkl").status_code == 200
        assert self.consumers(store, "churn:1") == []
        for _ in range(2):
            assert http.get(f"{where}/MLmodel").status_code == 200
            mlflow.get("model-versions/get-download-uri", name="churn", version="1")
        (consumer,) = self.consumers(store, "churn:1")
        assert consumer.name == "MLflow client"

    def test_a_model_made_from_a_logged_model(self, mlflow, store):
        base = mlflow.logged_model(mlflow.run(run_name="pretrain"), {"MLmodel": b"base"})
        run = mlflow.run(run_name="tune", start_time=2000)
        mlflow.post("runs/log-inputs", run_id=run["info"]["run_id"], models=[{"model_id": base}])
        tuned = mlflow.logged_model(run, {"MLmodel": b"tuned"})
        mlflow.post("registered-models/create", name="tuned")
        mlflow.post("model-versions/create", name="tuned", source=f"models:/{tuned}")
        traced = LocalClient(store).call(TraceRequest(target=Target(ref="tuned:1")))
        assert {"pretrain", "tune"} <= {node.name for node in traced.nodes if node.type == "run"}

    @pytest.mark.parametrize(
        ("said", "relation"),
        [
            ("source_model_name: org/bert\n    model_binary: model", "base"),
            ("source_model_name: org/bert\n    peft_adaptor: peft", "adapter"),
            ("source_model_name: org/bert\n    source_model_revision: abc", "copy"),
        ],
    )
    def test_a_model_made_from_one_of_a_hub(self, mlflow, store, said, relation):
        text = f"flavors:\n  transformers:\n    {said}\n".encode()
        id = mlflow.logged_model(mlflow.run(), {"MLmodel": text})
        mlflow.post("registered-models/create", name="tuned")
        mlflow.post("model-versions/create", name="tuned", source=f"models:/{id}")
        traced = LocalClient(store).call(TraceRequest(target=Target(ref="tuned:1")))
        (edge,) = [edge for edge in traced.edges if edge.type == "derived"]
        assert (edge.relation, edge.evidence) == (relation, "declared")
        (base,) = store.find_location("hf:org/bert")
        assert (base.id, base.label) == (edge.source, "org/bert")

    @pytest.mark.parametrize(
        "text",
        [
            b"flavors: [transformers]", b"{", b"flavors: {transformers: 1}", b"\xff\xfe",
            b"[" * 9999, b"#" * 300_000,
            b"flavors: {transformers: {source_model_name: '../../x; rm'}}",
            b"!!python/object/apply:os.system ['true']",
        ],
    )  # fmt: skip
    def test_a_file_that_says_nothing_of_it(self, mlflow, text):
        assert mlflow.logged_model(mlflow.run(), {"MLmodel": text})

    def test_nothing_that_a_version_is_made_of_can_be_lost(self, mlflow, store, http):
        run = mlflow.run(run_name="train")
        id = mlflow.logged_model(run, {"MLmodel": b"flavors: {}"})
        mlflow.post("registered-models/create", name="churn")
        mlflow.post(
            "model-versions/create", name="churn", source=f"models:/{id}",
            run_id=run["info"]["run_id"],
        )  # fmt: skip
        path = f"{FILES}/0/models/{id}/artifacts"
        mlflow.post("runs/delete", run_id=run["info"]["run_id"])
        mlflow.ask("DELETE", f"logged-models/{id}")
        assert http.delete(path).status_code == 200
        mlflow.post("experiments/delete", experiment_id="0")
        traced = LocalClient(store).call(TraceRequest(target=Target(ref="churn:1")))
        assert "train" in {node.name for node in traced.nodes}
        assert [store.blobs.get(digest) for digest in store.blobs.digests()] == [b"flavors: {}"]
        told = mlflow.get("runs/get", run_id=run["info"]["run_id"])["run"]
        assert told["info"]["lifecycle_stage"] == "deleted"


class TestRecalls:
    def test_a_version_that_a_recall_reaches_says_so(self, mlflow, store):
        run = mlflow.run()["info"]["run_id"]
        data = {"name": "people", "digest": "1", "source": '{"uri": "/x"}'}
        tags = [{"key": "mlflow.data.context", "value": "training"}]
        mlflow.post("runs/log-inputs", run_id=run, datasets=[{"dataset": data, "tags": tags}])
        id = mlflow.logged_model({"info": {"run_id": run}}, {"MLmodel": b"a"})
        mlflow.post("registered-models/create", name="churn")
        mlflow.post("model-versions/create", name="churn", source=f"models:/{id}")
        mlflow.post("registered-models/alias", name="churn", alias="prod", version="1")
        ways = [
            ("model-versions/get", {"name": "churn", "version": "1"}),
            ("registered-models/alias", {"name": "churn", "alias": "prod"}),
        ]
        for path, said in ways:
            assert mlflow.get(path, **said)["model_version"]["tags"] == []
        LocalClient(store).call(
            RecallRequest(target=Target(ref="data:people"), reason="labels of May are wrong")
        )
        for path, said in ways:
            (tag,) = mlflow.get(path, **said)["model_version"]["tags"]
            assert tag["key"] == "forebear.recalled"
            assert "labels of May are wrong" in tag["value"]

    def test_nobody_else_says_that_a_version_is_recalled(self, mlflow):
        mlflow.post("registered-models/create", name="churn")
        mlflow.post("model-versions/create", name="churn", source="s3://bucket/model")
        tag = {"key": "forebear.recalled", "value": "so it is"}
        _, said = mlflow.refused("POST", "model-versions/set-tag", name="churn", version="1", **tag)
        assert "told by forebear alone" in said
        mlflow.refused(
            "POST", "model-versions/create", name="churn", source="s3://bucket/b", tags=[tag]
        )


class TestCopies:
    def copy(self, mlflow, source, name="churn"):
        return mlflow.post("model-versions/create", name=name, source=source)["model_version"]

    def test_the_files_of_a_copy_are_those_of_the_first(self, mlflow):
        for name in ("churn", "prod"):
            mlflow.post("registered-models/create", name=name)
        self.copy(mlflow, "s3://bucket/model")
        self.copy(mlflow, "models:/churn/1")
        self.copy(mlflow, "models:/churn/2", "prod")
        told = mlflow.get("model-versions/get-download-uri", name="prod", version="1")
        assert told["artifact_uri"] == "s3://bucket/model"

    def test_a_copy_under_another_name_is_the_same_content(self, mlflow, store):
        for name in ("churn", "prod"):
            mlflow.post("registered-models/create", name=name)
        self.copy(mlflow, "s3://bucket/model")
        self.copy(mlflow, "models:/churn/1", "prod")
        first, second = (store.versions("model", name)[0] for name in ("churn", "prod"))
        assert first.artifact == second.artifact

    @pytest.mark.parametrize("source", ["models:/none/1", "models:/churn/9", "models:/m-none"])
    def test_of_what_is_not_there_there_is_no_copy(self, mlflow, source):
        mlflow.post("registered-models/create", name="churn")
        code, _ = mlflow.refused("POST", "model-versions/create", 404, name="churn", source=source)
        assert code == "RESOURCE_DOES_NOT_EXIST"


def test_when_a_model_changed_last(mlflow, monkeypatch):
    clock = iter(range(10**12, 10**12 + 10**6, 1000))
    monkeypatch.setattr("forebear.server.mlflow.table.millis", lambda _: next(clock))
    mlflow.post("registered-models/create", name="churn")
    said = {"name": "churn", "version": "1"}

    def changed(method, path, **more):
        times = []
        for _ in range(2):
            model = mlflow.get("registered-models/get", name="churn")["registered_model"]
            versions = model["latest_versions"] or [{"last_updated_timestamp": 0}]
            times.append([model["last_updated_timestamp"], versions[0]["last_updated_timestamp"]])
            if len(times) == 1:
                mlflow.ask(method, path, 200, **more)
        return [after > before for before, after in zip(*times, strict=True)]

    create = changed("POST", "model-versions/create", name="churn", source="s3://bucket/model")
    assert create == [True, True]
    assert changed("POST", "model-versions/set-tag", **said, key="a", value="b") == [False, False]
    assert changed("PATCH", "model-versions/update", **said, description="d") == [False, True]
    moved = changed("POST", "model-versions/transition-stage", **said, stage="Staging")
    assert moved == [True, True]


def test_versions_in_an_order_that_was_asked_for(mlflow):
    for name in ("b", "a"):
        mlflow.post("registered-models/create", name=name)
        for _ in range(2):
            mlflow.post("model-versions/create", name=name, source="s3://bucket/model")
    told = mlflow.get("model-versions/search", order_by="version_number DESC")["model_versions"]
    assert [(one["name"], one["version"]) for one in told] == [
        ("a", "2"), ("b", "2"), ("a", "1"), ("b", "1"),
    ]  # fmt: skip


def test_the_source_of_a_prompt_means_nothing(mlflow):
    prompt = {"key": "mlflow.prompt.is_prompt", "value": "true"}
    mlflow.post("registered-models/create", name="greeting", tags=[prompt])
    mlflow.post("model-versions/create", name="greeting", source="dummy-source", tags=[prompt])
    told = mlflow.get("model-versions/get", name="greeting", version="1")["model_version"]
    assert told["source"] == "dummy-source"
