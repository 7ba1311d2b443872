"""What MLflow has recorded, taken over: the database and the folder that MLflow itself made."""

import shutil
import sqlite3
import sys

import pytest

from forebear.client.local import LocalClient
from forebear.core.errors import InvalidInput, Unreadable
from forebear.ops.lineage import TraceRequest
from forebear.ops.table import Target
from forebear.server.mlflow.importing.importer import import_mlflow
from server.mlflow.wire import FILES, Client

BOTH = pytest.mark.parametrize("of", ["mlflow.db", "mlruns"])


def counts(report):
    kinds = ("experiments", "runs", "logged_models", "models", "versions", "files")
    return [(getattr(report, kind).found, getattr(report, kind).new) for kind in kinds]


def trained(mlflow):
    found = mlflow.post(
        "runs/search", experiment_ids=experiments(mlflow), filter="attributes.run_name = 'train'"
    )
    (run,) = found["runs"]
    return run


def experiments(mlflow):
    found = mlflow.post("experiments/search", max_results=100)["experiments"]
    return [one["experiment_id"] for one in found]


def pairs(said):
    return {one["key"]: one["value"] for one in said}


class TestWhatComesIn:
    @BOTH
    def test_everything_is_counted(self, imported, of):
        report = imported(of)
        assert counts(report) == [(2, 2), (4, 4), (1, 1), (2, 2), (3, 3), (4, 4)]
        assert report.notes == []

    @BOTH
    def test_a_run_is_as_it_was(self, imported, mlflow, of):
        imported(of)
        run = trained(mlflow)
        info, data = run["info"], run["data"]
        assert (info["status"], info["user_id"]) == ("FINISHED", "ada")
        assert (info["start_time"], info["end_time"]) == (1_700_000_001_000, 1_700_000_009_000)
        assert pairs(data["params"]) == {"depth": "4", "note": "an 'odd' value: #1"}
        assert pairs(data["metrics"]) == {"loss": 0.2, "broken": "NaN", "auc": 0.9}
        assert pairs(data["tags"])["owner"] == "ada"
        history = mlflow.get("metrics/get-history", run_id=info["run_id"], metric_key="loss")
        assert [(one["timestamp"], one["step"]) for one in history["metrics"]] == [
            (1_700_000_002_000 + step, step) for step in range(5)
        ]

    def test_ids_are_kept(self, imported, mlflow, run_id):
        imported()
        assert trained(mlflow)["info"]["run_id"] == run_id
        assert experiments(mlflow) == ["1", "0"]

    @BOTH
    def test_data_in_every_context_and_models(self, imported, mlflow, of):
        imported(of)
        run = trained(mlflow)
        used = {
            one["dataset"]["name"]: one["tags"][0]["value"]
            for one in run["inputs"]["dataset_inputs"]
        }
        assert used == {"customers": "training", "holdout": "evaluation"}
        (made,) = run["outputs"]["model_outputs"]
        assert made["step"] == 3
        model = mlflow.get(f"logged-models/{made['model_id']}")["model"]
        assert model["info"]["status"] == "LOGGED_MODEL_READY"
        (auc,) = model["data"]["metrics"]
        assert (auc["dataset_name"], auc["value"]) == ("holdout", 0.9)

    @BOTH
    def test_versions_keep_their_numbers_and_deleted_ones_stay_deleted(self, imported, mlflow, of):
        imported(of)
        told = mlflow.get("model-versions/search", filter="name = 'churn'")["model_versions"]
        assert sorted((one["version"], one["current_stage"]) for one in told) == [
            ("1", "Production"), ("3", "None"),
        ]  # fmt: skip
        champion = mlflow.get("registered-models/alias", name="churn", alias="champion")
        assert champion["model_version"]["version"] == "3"
        assert champion["model_version"]["run_id"] == trained(mlflow)["info"]["run_id"]
        assert mlflow.refused("GET", "model-versions/get", 404, name="churn", version="2")

    @BOTH
    def test_files_are_served_wherever_a_version_leads(self, imported, mlflow, http, of):
        imported(of)
        where = mlflow.get("model-versions/get-download-uri", name="churn", version="1")
        path = where["artifact_uri"].removeprefix("mlflow-artifacts:/")
        assert http.get(f"{FILES}/{path}/MLmodel").text == "flavors: {}  # model\n"
        where = mlflow.get("model-versions/get-download-uri", name="my model", version="1")
        path = where["artifact_uri"].removeprefix("mlflow-artifacts:/")
        assert http.get(f"{FILES}/{path}/deep/weights.bin").content == bytes(range(32))

    @BOTH
    def test_the_graph_leads_from_a_version_to_its_data(self, imported, store, of):
        imported(of)
        asked = TraceRequest(target=Target(ref="churn@champion"))
        traced = LocalClient(store).call(asked)
        roles = {(edge.role, edge.evidence) for edge in traced.edges if edge.type == "used"}
        assert roles == {("train", "declared"), ("test", "declared")}

    def test_it_is_said_that_it_was_imported(self, imported, store, there, run_id):
        imported()
        (row,) = store.statements.latest(["mlflow.run"], [f"{run_id[:8]}-{run_id[8:12]}-"
            f"{run_id[12:16]}-{run_id[16:20]}-{run_id[20:]}"])  # fmt: skip
        assert row.why == f"imported from sqlite:///{there / 'mlflow.db'}"

    def test_long_histories_lie_in_packets(self, imported, database, mlflow, store, run_id):
        database(
            "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 1009)"
            f" INSERT INTO metrics SELECT 'loss', i, 1700000010000 + i, '{run_id}', i, 0 FROM n"
        )
        imported()
        history = mlflow.get("metrics/get-history", run_id=run_id, metric_key="loss")["metrics"]
        assert [one["step"] for one in history] == [*range(5), *range(10, 1010)]
        assert store.head().size < 200
        assert imported().runs.changed == 0

    def test_a_dry_run_changes_nothing(self, imported, store):
        report = imported(dry_run=True)
        assert counts(report) == [(2, 2), (4, 4), (1, 1), (2, 2), (3, 3), (4, 0)]
        assert store.head().size == 0

    def test_into_a_workspace_of_its_own(self, imported, http):
        imported(space="old")
        assert experiments(Client(http)) == ["0"]
        assert trained(Client(http, "/mlflow/old"))


class TestAgain:
    @BOTH
    def test_nothing_is_said_twice(self, imported, store, of):
        imported(of)
        size = store.head().size
        report = imported(of)
        assert [new for _, new in counts(report)] == [0] * 6
        assert store.head().size == size

    def test_only_what_is_new_there_is_added(self, imported, database, mlflow, run_id):
        imported()
        database(
            f"INSERT INTO params VALUES ('late', 'yes', '{run_id}')",
            f"INSERT INTO metrics VALUES ('loss', 0.1, 1700000002009, '{run_id}', 9, 0)",
            "INSERT INTO model_versions (name, version, creation_time, last_updated_time,"
            " current_stage, source, run_id, status, workspace) VALUES"
            f" ('churn', 4, 5, 5, 'None', 's3://there/x', '{run_id}', 'READY', 'default')",
            "UPDATE registered_model_aliases SET version = 4",
        )
        report = imported()
        assert (report.runs.new, report.runs.changed) == (0, 1)
        assert (report.versions.found, report.versions.new) == (4, 1)
        run = trained(mlflow)
        assert pairs(run["data"]["params"])["late"] == "yes"
        history = mlflow.get("metrics/get-history", run_id=run_id, metric_key="loss")["metrics"]
        assert [one["step"] for one in history] == [0, 1, 2, 3, 4, 9]
        told = mlflow.get("registered-models/alias", name="churn", alias="champion")
        assert told["model_version"]["source"] == "s3://there/x"

    def test_what_was_changed_here_is_not_undone(self, imported, database, mlflow, run_id):
        imported()
        mlflow.post("runs/set-tag", run_id=run_id, key="owner", value="bob")
        mlflow.post("registered-models/alias", name="churn", alias="champion", version="1")
        database(
            f"INSERT INTO tags VALUES ('more', '1', '{run_id}')",
            "UPDATE registered_models SET description = 'who left'",
        )
        imported()
        tags = pairs(trained(mlflow)["data"]["tags"])
        assert (tags["owner"], tags["more"]) == ("bob", "1")
        told = mlflow.get("registered-models/get", name="churn")["registered_model"]
        assert told["description"] == "who left"
        assert told["aliases"] == [{"alias": "champion", "version": "1"}]

    def test_files_that_come_later_are_tied_to_their_versions(self, imported, store):
        report = imported(artifacts=[])
        assert any("--artifacts" in note for note in report.notes)
        report = imported()
        assert (report.files.new, report.logged_models.changed) == (4, 1)
        traced = LocalClient(store).call(TraceRequest(target=Target(ref="churn:1")))
        assert any(node.format == "mlflow" and node.size for node in traced.nodes)


class TestNothingIsLost:
    def test_names_and_numbers_that_are_taken(self, imported, mlflow):
        mlflow.post("registered-models/create", name="churn")
        mlflow.post("model-versions/create", name="churn", source="s3://here/model")
        mlflow.post("experiments/create", name="other")
        report = imported()
        assert any("churn:1" in note and "--workspace" in note for note in report.notes)
        told = mlflow.get("model-versions/get", name="churn", version="1")["model_version"]
        assert told["source"] == "s3://here/model"
        assert mlflow.get("model-versions/get", name="churn", version="3")

    def test_a_model_that_had_the_name_before_stays_another_one(self, imported, mlflow):
        mlflow.post("registered-models/create", name="churn")
        mlflow.post("model-versions/create", name="churn", source="s3://here/model")
        mlflow.post("registered-models/rename", name="churn", new_name="attrition")
        imported()
        assert imported().models.new == 0
        told = mlflow.get("model-versions/get", name="attrition", version="1")["model_version"]
        assert told["source"] == "s3://here/model"
        found = mlflow.get("model-versions/search", filter="name = 'churn'")["model_versions"]
        assert sorted(one["version"] for one in found) == ["1", "3"]

    def test_an_experiment_whose_id_is_taken(self, imported, mlflow, database):
        imported()
        database("UPDATE experiments SET name = 'another', creation_time = 7 WHERE name = 'churn'")
        report = imported()
        assert any("another id here" in note for note in report.notes)
        names = {one["name"] for one in mlflow.post("experiments/search")["experiments"]}
        assert names == {"Default", "churn", "another"}

    def test_runs_that_are_in_another_workspace(self, imported):
        imported()
        report = imported(space="other")
        assert (report.runs.found, report.runs.new) == (4, 0)
        assert any(note.startswith("4 runs did not come: here already") for note in report.notes)

    def test_artifacts_that_lie_elsewhere(self, imported, database, mlflow):
        database("UPDATE runs SET artifact_uri = 's3://bucket/run/artifacts' WHERE name = 'train'")
        report = imported()
        assert any("s3:" in note for note in report.notes)
        assert trained(mlflow)["info"]["artifact_uri"] == "s3://bucket/run/artifacts"


def test_everything_comes_from_postgresql_as_from_sqlite(store, mlflow, there, postgres):
    copied(there / "mlflow.db", postgres)
    report = import_mlflow(store, postgres, by="ada", artifacts=[there / "artifacts"])
    assert counts(report) == [(2, 2), (4, 4), (1, 1), (2, 2), (3, 3), (4, 4)]
    run = trained(mlflow)
    assert pairs(run["data"]["metrics"]) == {"loss": 0.2, "broken": "NaN", "auc": 0.9}
    assert len(run["inputs"]["dataset_inputs"]) == 2
    again = import_mlflow(store, str(there / "mlflow.db"), by="ada")
    assert [one for one in counts(again) if one[1]] == []


def copied(file, address):
    """Copy a database of MLflow's into PostgreSQL, with the types that MLflow gives it there."""
    psycopg = pytest.importorskip("psycopg")
    types = {"FLOAT": "double precision", "DOUBLE": "double precision", "BOOLEAN": "boolean",
             "BIGINT": "bigint", "INTEGER": "integer"}  # fmt: skip
    with sqlite3.connect(file) as old, psycopg.connect(address) as new:
        for (name,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            columns = old.execute(f"PRAGMA table_info({name})").fetchall()
            said = [(one[1], types.get(one[2].split("(")[0].upper(), "text")) for one in columns]
            listed = ", ".join(f'"{key}" {kind}' for key, kind in said)
            new.execute(f'CREATE TABLE "{name}" ({listed})')
            marks = ", ".join(f"%s::{kind}" for _, kind in said)
            for row in old.execute(f"SELECT * FROM {name}").fetchall():
                values = [
                    bool(value) if kind == "boolean" and value is not None else value
                    for value, (_, kind) in zip(row, said, strict=True)
                ]
                new.execute(f'INSERT INTO "{name}" VALUES ({marks})', values)
    old.close()


class TestHostile:
    def test_a_database_does_not_say_what_is_read(self, imported, database, tmp_path, store):
        secret = tmp_path / "home" / "run" / "artifacts"
        secret.mkdir(parents=True)
        (secret / "id_rsa").write_text("secret")
        database(f"UPDATE runs SET artifact_uri = '{secret}' WHERE name = 'train'")
        report = imported()
        assert any(str(secret.parent.parent) in note for note in report.notes)
        assert not any(store.blobs.get(one) == b"secret" for one in store.blobs.digests())

    @pytest.mark.parametrize(
        "uri", ["mlflow-artifacts:/../../home/run", "{there}/artifacts/../../home", "../../home"]
    )
    def test_addresses_that_lead_elsewhere(self, imported, database, there, uri):
        (there.parent / "home" / "run").mkdir(parents=True)
        (there.parent / "home" / "run" / "x").write_text("secret")
        database(f"UPDATE runs SET artifact_uri = '{uri.format(there=there)}' WHERE name = 'train'")
        report = imported()
        assert any("leads elsewhere" in note for note in report.notes)
        assert report.runs.new == 4

    def test_links_are_not_followed(self, imported, there, run_id, store):
        (there / "secret").write_text("secret")
        folder = there / "artifacts" / "churn" / run_id / "artifacts"
        (folder / "link").symlink_to(there / "secret")
        (folder / "links").symlink_to(there, target_is_directory=True)
        assert imported().files.found == 4
        assert not any(store.blobs.get(one) == b"secret" for one in store.blobs.digests())

    def test_a_file_with_a_strange_name_is_said(self, imported, there, run_id):
        (there / "artifacts" / "churn" / run_id / "artifacts" / "a%2e%2e").write_text("x")
        report = imported()
        assert any("a%2e%2e" in note for note in report.notes)
        assert report.files.new == 4

    def test_a_model_without_its_files_is_said(self, imported, there):
        shutil.rmtree(there / "artifacts" / "churn" / "models")
        report = imported()
        assert any("had no files" in note for note in report.notes)
        assert report.versions.new == 3

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE runs SET start_time = 'soon'",
            "UPDATE metrics SET value = 'high'",
            "UPDATE experiments SET name = NULL, experiment_id = 99",
        ],
    )
    def test_nonsense_is_one_sentence(self, there, store, change):
        with sqlite3.connect(there / "mlflow.db") as link:
            schema = link.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
            for name, _ in schema.fetchall():
                if name in {"runs", "metrics", "experiments"}:
                    link.execute(f"CREATE TABLE plain AS SELECT * FROM {name}")
                    link.execute("PRAGMA foreign_keys = OFF")
                    link.execute(f"DROP TABLE {name}")
                    link.execute(f"ALTER TABLE plain RENAME TO {name}")
            link.execute(change)
        link.close()
        with pytest.raises(Unreadable, match="not what MLflow writes"):
            import_mlflow(store, str(there / "mlflow.db"), by="ada")

    def test_times_that_no_calendar_has(self, imported, database):
        database("UPDATE runs SET start_time = 9000000000000000000 WHERE name = 'train'")
        report = imported()
        assert any("could not be said here" in note for note in report.notes)

    def test_what_is_nothing_of_mlflow(self, store, tmp_path):
        (tmp_path / "a.db").write_text("no database")
        with pytest.raises(Unreadable, match="cannot be read: file is not a database"):
            import_mlflow(store, str(tmp_path / "a.db"), by="ada")
        sqlite3.connect(tmp_path / "b.db").close()
        with pytest.raises(Unreadable, match="no tracking database"):
            import_mlflow(store, f"sqlite:///{tmp_path / 'b.db'}", by="ada")
        with pytest.raises(Unreadable, match="no folder of MLflow"):
            import_mlflow(store, str(tmp_path), by="ada")
        with pytest.raises(InvalidInput, match="nothing at"):
            import_mlflow(store, str(tmp_path / "c.db"), by="ada")
        with pytest.raises(InvalidInput, match="no name of a workspace"):
            import_mlflow(store, str(tmp_path / "a.db"), by="ada", space="a/b")
        with pytest.raises(InvalidInput, match="no place that MLflow's records are read from"):
            import_mlflow(store, "mssql://me:secret@host/db", by="ada")

    @pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg2"])
    def test_a_database_that_is_away_is_said_without_its_password(self, store, scheme):
        with pytest.raises(Unreadable, match="cannot be reached") as raised:
            import_mlflow(store, f"{scheme}://me:secret@127.0.0.1:1/db", by="ada")
        assert "secret" not in str(raised.value)

    def test_a_driver_that_is_not_there(self, store, monkeypatch):
        monkeypatch.setitem(sys.modules, "pymysql", None)
        with pytest.raises(InvalidInput, match="the package pymysql") as raised:
            import_mlflow(store, "mysql+pymysql://me:secret@127.0.0.1:1/db", by="ada")
        assert raised.value.hint == "pip install pymysql"

    @pytest.mark.parametrize("text", ["- a list", "{", "[" * 5000])
    def test_a_file_that_is_none_of_its_folder(self, imported, there, text):
        (there / "mlruns" / "0" / "meta.yaml").write_text(text)
        with pytest.raises(Unreadable):
            imported("mlruns")
