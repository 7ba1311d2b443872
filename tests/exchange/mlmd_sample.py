"""A small database of ML Metadata (schema 10), as a TFX pipeline of three runs leaves it.

Run 1 pushes a blessed model. Run 2 takes data from the cache, and its model is not blessed. In
run 3 the trainer fails.
"""

import sqlite3
import weakref

TABLES = """
CREATE TABLE Type (id INTEGER PRIMARY KEY, name TEXT, version TEXT, type_kind INT);
CREATE TABLE ParentType (type_id INT, parent_type_id INT);
CREATE TABLE Artifact (id INTEGER PRIMARY KEY, type_id INT, uri TEXT, state INT, name TEXT,
  external_id TEXT, create_time_since_epoch INT, last_update_time_since_epoch INT);
CREATE TABLE Execution (id INTEGER PRIMARY KEY, type_id INT, last_known_state INT, name TEXT,
  external_id TEXT, create_time_since_epoch INT, last_update_time_since_epoch INT);
CREATE TABLE Context (id INTEGER PRIMARY KEY, type_id INT, name TEXT,
  external_id TEXT, create_time_since_epoch INT, last_update_time_since_epoch INT);
CREATE TABLE ArtifactProperty (artifact_id INT, name TEXT, is_custom_property INT, int_value INT,
  double_value DOUBLE, string_value TEXT, byte_value BLOB, proto_value BLOB, bool_value BOOLEAN);
CREATE TABLE ExecutionProperty (execution_id INT, name TEXT, is_custom_property INT, int_value INT,
  double_value DOUBLE, string_value TEXT, byte_value BLOB, proto_value BLOB, bool_value BOOLEAN);
CREATE TABLE ContextProperty (context_id INT, name TEXT, is_custom_property INT, int_value INT,
  double_value DOUBLE, string_value TEXT, byte_value BLOB, proto_value BLOB, bool_value BOOLEAN);
CREATE TABLE Event (id INTEGER PRIMARY KEY, artifact_id INT, execution_id INT, type INT,
  milliseconds_since_epoch INT);
CREATE TABLE EventPath (event_id INT, is_index_step INT, step_index INT, step_key TEXT);
CREATE TABLE Association (id INTEGER PRIMARY KEY, context_id INT, execution_id INT);
CREATE TABLE MLMDEnv (schema_version INT);
INSERT INTO MLMDEnv VALUES (10);
"""
TYPES = {
    "mlmd.Dataset": 1, "mlmd.Model": 2, "mlmd.Train": 3, "mlmd.Evaluate": 4, "Examples": 5,
    "Model": 6, "ModelBlessing": 7, "PushedModel": 8,
    "tfx.components.example_gen.csv_example_gen.component.CsvExampleGen": 9,
    "tfx.components.trainer.component.Trainer": 10,
    "tfx.components.evaluator.component.Evaluator": 11,
    "tfx.components.pusher.component.Pusher": 12,
    "pipeline": 13, "pipeline_run": 14, "node": 15, "system.Metrics": 16,
    "DataSet": 17, "SavedModel": 18,
}  # fmt: skip
BASES = {5: 1, 6: 2, 8: 2, 10: 3, 11: 4}
COMPLETE, FAILED, CACHED = 3, 4, 5
INPUT, OUTPUT, INTERNAL = 3, 4, 6
START = 1_767_225_600_000
"""2026-01-01, in milliseconds."""


class Sample:
    """A database that is being written."""

    def __init__(self, file, root="gs://penguin"):
        self.root, self._at = root, START
        self._db = sqlite3.connect(file)
        # From Python 3.13 on a connection that nobody closed is warned of.
        weakref.finalize(self, self._db.close)
        self._db.executescript(TABLES)
        self._add("Type", *[(id, name, None, 0) for name, id in TYPES.items()])
        self._add("ParentType", *BASES.items())

    def _add(self, table, *rows):
        marks = ",".join("?" * len(rows[0]))
        for row in rows:
            last = self._db.execute(f"INSERT INTO {table} VALUES ({marks})", row).lastrowid
        self._db.commit()
        return last

    def context(self, type, name):
        known = self._db.execute("SELECT id FROM Context WHERE name = ?", [name]).fetchone()
        if known:
            return known[0]
        return self._add("Context", (None, TYPES[type], name, None, self._at, self._at))

    def artifact(self, type, key, **properties):
        self._at += 1000
        uri = f"{self.root}/{key}/{self._at - START}"
        id = self._add("Artifact", (None, TYPES[type], uri, 2, None, None, self._at, self._at))
        for name, value in {"tfx_version": "1.16.0", **properties}.items():
            whole, text = (value, None) if isinstance(value, int) else (None, value)
            self._add("ArtifactProperty", (id, name, 1, whole, None, text, None, None, None))
        return id

    def execution(self, run, node, inputs, outputs, state=COMPLETE, **properties):
        (type,) = [id for name, id in TYPES.items() if name.endswith(f".{node}")]
        self._at += 1000
        row = (None, type, state, None, None, self._at, self._at + 500)
        id = self._add("Execution", row)
        for name, value in properties.items():
            self._add("ExecutionProperty", (id, name, 0, None, None, value, None, None, None))
        for kind, given in ((INPUT, inputs), (OUTPUT, outputs)):
            for key, artifact in given.items():
                event = self._add("Event", (None, artifact, id, kind, self._at))
                self._add("EventPath", (event, 0, None, key), (event, 1, 0, None))
        names = (("pipeline", "penguin"), ("pipeline_run", run), ("node", f"penguin.{node}"))
        for context in names:
            self._add("Association", (None, self.context(*context), id))
        return id

    def moved(self, artifact, uri):
        self._db.execute("UPDATE Artifact SET uri = ? WHERE id = ?", [uri, artifact])
        self._db.commit()

    def internal(self, artifact, execution):
        self._add("Event", (None, artifact, execution, INTERNAL, self._at))

    def ended(self, execution, state):
        self._db.execute(
            "UPDATE Execution SET last_known_state = ? WHERE id = ?", [state, execution]
        )
        self._db.commit()


def three_runs(file, root="gs://penguin"):
    """Write the sample; return it with its two models."""
    sample = Sample(file, root)
    examples = sample.artifact("Examples", "examples", split_names='["train", "eval"]', span=0)
    data = {"examples": examples}
    sample.execution("run-1", "CsvExampleGen", {}, data, input_base="/data/penguin")
    models = []
    for run, steps, blessed in (("run-1", 100, 1), ("run-2", 3, 0)):
        if models:
            sample.execution(run, "CsvExampleGen", {}, data, CACHED)
        model = sample.artifact("Model", "model")
        settings = {"train_args": f'{{"num_steps": {steps}}}',
                    "custom_config": '{"rate": 0.01, "api_key": "hunter2"}'}  # fmt: skip
        trained = sample.execution(run, "Trainer", data, {"model": model}, **settings)
        sample.internal(model, trained)
        asked = {**data, "model": model} | ({"baseline_model": models[0]} if models else {})
        blessing = sample.artifact("ModelBlessing", "blessing", blessed=blessed)
        figures = sample.artifact("system.Metrics", "metrics", accuracy=blessed)
        sample.execution(run, "Evaluator", asked, {"blessing": blessing, "evaluation": figures})
        place = f"{root}/serving/penguin"
        pushed = sample.artifact("PushedModel", "pushed", pushed=blessed, pushed_destination=place)
        sample.execution(run, "Pusher", {"model": model}, {"pushed_model": pushed})
        models.append(model)
    sample.execution("run-3", "Trainer", data, {}, FAILED)
    return sample, models
